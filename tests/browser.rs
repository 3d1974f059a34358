//! The item page as people meet it: in a real browser, in three languages, on a phone and on a desk.

use crate::circle::{program, root, text};
use crate::node::node;
use adit::circle::Circle;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock};

/// A battery pack with a fact in every tier, in the companies of `tests/browser/companies`.
const PACK: &str = "https://id.harjula.example/p/HA-350/00731";
/// Another item of the maker, about which little is published.
const CABLE: &str = "https://id.harjula.example/p/HA-350/00740";
const MAKER: &str = "did:web:harjula.example";
const LANGUAGES: [&str; 3] = ["en", "sv", "fi"];

/// The battery maker and its customer, running, met and published.
fn companies() -> MutexGuard<'static, Circle> {
    static COMPANIES: OnceLock<Mutex<Circle>> = OnceLock::new();
    let companies = COMPANIES.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("adit-pages-").tempdir().unwrap().keep();
        let examples = root().join("tests/browser/companies");
        let mut circle = Circle::prepare(program(), &examples, &folder).unwrap();
        circle.start().unwrap();
        circle.meet().unwrap();
        circle.publish().unwrap();
        Mutex::new(circle)
    });
    companies.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The address of one of the maker's items on this machine.
fn address(circle: &Circle, iri: &str) -> String {
    circle.loopback(iri).unwrap()
}

/// The header that shows who asks; none for the public.
fn bearer(circle: &Circle, company: &str) -> String {
    let output = circle.adit(company, &["token", "--peer", MAKER, "--purpose", "maintenance"]);
    format!("Bearer {}", text(&output.unwrap()).trim())
}

/// A whole answer: status and headers, sorted, without the time, then the body.
fn get(address: &str, headers: &[&str]) -> String {
    let mut command = Command::new("curl");
    command.args(["-s", "-i", "--max-time", "30"]);
    for header in headers {
        command.args(["-H", header]);
    }
    let output = command.arg(address).output().unwrap();
    let answer = String::from_utf8(output.stdout).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let head = head.lines().filter(|line| !line.starts_with("date:"));
    // The order of header lines, and of the names in this one, differs from one worker to the next.
    let names = |line: &str| {
        let (name, names) = line.split_once(": ").unwrap_or_default();
        let mut names: Vec<_> = names.split(", ").collect();
        names.sort_unstable();
        format!("{name}: {}", names.join(", "))
    };
    let is_list = |line: &str| line.starts_with("access-control-expose-headers");
    let tidy = |line: &str| if is_list(line) { names(line) } else { line.to_owned() };
    let mut head: Vec<_> = head.map(tidy).collect();
    head.sort_unstable();
    format!("{}\n\n{body}", head.join("\n"))
}

fn html(address: &str, language: &str, bearer: Option<&str>) -> String {
    let language = format!("Accept-Language: {language}");
    let bearer = bearer.map(|bearer| format!("Authorization: {bearer}"));
    let mut headers = vec!["Accept: text/html", &language];
    headers.extend(bearer.as_deref());
    get(address, &headers)
}

/// Where pictures of the pages are kept.
fn pictures() -> PathBuf {
    let folder = program().parent().unwrap().parent().unwrap().join("acceptance/screens");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Lets Chromium look at pages; see `browser/look.cjs` for what it reports.
fn look(pages: &[Value]) -> Vec<Value> {
    let mut looking = node(&root().join("tests/browser/look.cjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node; make test installs it");
    let order = json!({ "pages": pages, "pictures": pictures() }).to_string();
    looking.stdin.take().unwrap().write_all(order.as_bytes()).unwrap();
    let output = looking.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Looks at a page in three languages, on a phone and on a desk; each by day and by night.
fn looks(name: &str, url: &str, bearer: Option<&str>, widths: &[u16]) -> Vec<Value> {
    let mut pages = Vec::new();
    for language in LANGUAGES {
        for width in widths {
            let mut headers = json!({ "Accept-Language": language });
            if let Some(bearer) = bearer {
                headers["Authorization"] = json!(bearer);
            }
            pages.push(json!({
                "name": format!("{name}-{language}-{width}"), "url": url,
                "language": language, "width": width, "headers": headers,
            }));
        }
    }
    pages
}

#[test]
fn the_page_is_for_everyone_on_every_screen() {
    let circle = companies();
    let owner = bearer(&circle, "maker");
    let pack = address(&circle, PACK);
    let plain = address(&circle, CABLE);
    let missing = address(&circle, "https://id.harjula.example/p/HA-350/0O731");
    drop(circle);
    let both = [360, 1280];
    let mut pages = looks("public", &pack, None, &both);
    pages.extend(looks("owner", &pack, Some(&owner), &both));
    pages.extend(looks("cable", &plain, None, &both));
    pages.extend(looks("missing", &missing, None, &both));
    let reports = look(&pages);
    assert_eq!(reports.len(), 24);
    for report in reports {
        let name = report["name"].as_str().unwrap();
        let page = name.split('-').next().unwrap();
        assert_eq!(report["status"], if page == "missing" { 404 } else { 200 }, "{name}");
        assert_eq!(report["language"], name.split('-').nth(1).unwrap(), "{name}");
        for (scheme, rules) in [("judged_light", 15), ("judged_dark", 1)] {
            assert!(report[scheme].as_u64().unwrap() >= rules, "{name}: axe looked at the page");
        }
        assert_eq!(report["violations"], json!([]), "{name}");
        assert_eq!(report["sideways"], false, "{name} must be scrolled sideways");
        assert_eq!((&report["scripts"], &report["requests"]), (&json!(0), &json!(1)), "{name}");
        // Chromium itself tells of a 404; it has nothing else to tell, such as a style that the policy stopped.
        let complaints = report["complaints"].as_array().unwrap();
        assert_eq!(complaints.len(), usize::from(page == "missing"), "{name}: {complaints:?}");
        let code = match page {
            "missing" => json!([]),
            "cable" => json!([CABLE, CABLE]),
            _ => json!([PACK, PACK]),
        };
        assert_eq!(
            report["qr"], code,
            "{name}: what a reader of QR codes reads, by day and by night"
        );
    }
}

#[test]
fn the_first_screen_of_a_phone_tells_what_it_is_and_how_to_be_safe() {
    let circle = companies();
    let pack = address(&circle, PACK);
    let owner = bearer(&circle, "maker");
    drop(circle);
    let told = [
        ("en", "Battery pack 350 kWh for loaders", "350\u{a0}kWh", "High voltage, 640 V."),
        ("sv", "Batteripaket 350 kWh för lastare", "2\u{a0}148,5\u{a0}kg", "Högspänning, 640 V."),
        (
            "fi",
            "Akkupaketti 350 kWh lastaajaan",
            "61,2\u{a0}kg\u{a0}CO₂e",
            "Korkea jännite, 640 V.",
        ),
    ];
    for (name, caller) in [("first-public", None), ("first-owner", Some(owner.as_str()))] {
        for (report, (language, title, figure, safety)) in
            look(&looks(name, &pack, caller, &[360])).iter().zip(told)
        {
            for part in ["title", "names", "figures", "safety"] {
                let end = report["ends"][part].as_u64().unwrap();
                assert!(end <= 640, "{name}, {language}: {part} ends at {end}");
            }
            let text = report["text"].as_str().unwrap();
            for said in [title, "Harjulan Akku Oy", "HA-350", figure, safety] {
                assert!(text.contains(said), "{language}: {said} in {text}");
            }
        }
    }
}

/// Every value that one caller may read and another may not.
fn closed_values(circle: &Circle) -> BTreeSet<String> {
    let query = "SELECT ?value { ?s ?p ?value FILTER(isLiteral(?value)) }";
    let endpoint = address(circle, "https://connector.harjula.example/sparql");
    let values = |bearer: Option<String>| {
        let header = format!("Authorization: {}", bearer.unwrap_or_default());
        let mut command = Command::new("curl");
        command.args(["-s", "-G", "-H", "Accept: application/sparql-results+json"]);
        if header.len() > 20 {
            command.args(["-H", &header]);
        }
        let query = format!("query={query}");
        let output = command.args(["--data-urlencode", &query, &endpoint]).output().unwrap();
        let rows: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rows = rows["results"]["bindings"].as_array().unwrap().clone();
        let value = |row: &Value| row["value"]["value"].as_str().unwrap().to_owned();
        rows.iter().map(value).collect::<BTreeSet<_>>()
    };
    let open = values(None);
    let all = values(Some(bearer(circle, "maker")));
    assert!(open.len() > 30 && all.is_superset(&open));
    all.difference(&open).cloned().collect()
}

#[test]
fn the_same_address_shows_more_to_a_caller_and_no_byte_of_it_without() {
    let circle = companies();
    let pack = address(&circle, PACK);
    let (partner, owner) = (bearer(&circle, "customer"), bearer(&circle, "maker"));
    let closed = closed_values(&circle);
    for secret in ["T-884210", "87412.35", "71.85", "47.913", "23.417", "96.53", "P17Y", "=G1"] {
        assert!(closed.contains(secret), "{secret} is closed: {closed:?}");
    }
    for language in LANGUAGES {
        let public = html(&pack, language, None);
        let told = public.replace('\u{a0}', "");
        // A serial is closed as a fact, and stands in the address that was asked for.
        for value in closed.iter().filter(|value| !PACK.contains(value.as_str())) {
            for spelled in [value.clone(), value.replace('.', ",")] {
                let is_short = spelled.len() < 3;
                assert!(is_short || !told.contains(&spelled), "{language}: {spelled} in {told}");
            }
        }
        for label in ["Serial number", "Serienummer", "Sarjanumero"] {
            assert!(!public.contains(label), "{language}: {public}");
        }
        let decimal = |text: &str| match language {
            "en" => text.to_owned(),
            _ => text.replace('.', ","),
        };
        let partner = html(&pack, language, Some(&partner));
        let owner = html(&pack, language, Some(&owner));
        for (caller, page, seen, unseen) in [
            ("partner", &partner, vec!["T-884210", "71.85", "-W3"], vec!["87412", "96.53", "=G1"]),
            ("owner", &owner, vec!["T-884210", "71.85", "=G1", "23.417", "96.53"], vec!["98.71"]),
        ] {
            for value in seen {
                assert!(page.contains(&decimal(value)), "{language}: {caller} sees {value}");
            }
            for value in unseen {
                assert!(!page.contains(&decimal(value)), "{language}: {caller}, {value}");
            }
        }
        assert_eq!(public, html(&pack, language, None), "the same request, the same bytes");
    }
}

#[test]
fn a_hidden_item_and_a_missing_one_are_equal_to_the_byte() {
    let circle = companies();
    // A batch of which only the delivery is stated, which is between maker and customer.
    let hidden = "https://id.harjula.example/b/KE-2599";
    let address = address(&circle, hidden);
    let ask = || {
        let mut answers: Vec<_> = LANGUAGES.map(|it| html(&address, it, None)).into();
        answers.push(get(&address, &["Accept: application/json"]));
        answers.push(get(&address, &[]));
        answers
    };
    let missing = ask();
    assert!(missing[0].starts_with("HTTP/1.1 404"), "{}", missing[0]);
    for (answer, language, title) in [
        (&missing[0], "en", "Nothing is published here"),
        (&missing[1], "sv", "Här finns inget publicerat"),
        (&missing[2], "fi", "Tässä ei ole julkaistu mitään"),
    ] {
        assert!(answer.contains(&format!("content-language: {language}\n")), "{answer}");
        assert!(answer.contains(title) && answer.contains(hidden), "{answer}");
    }
    assert!(missing[3].contains("application/problem+json"), "{}", missing[3]);
    let delivered = format!(
        "PREFIX adit: <https://w3id.org/adit/ns#> <{hidden}> adit:deliveredTo <did:web:storklint.example> ; \
         adit:orderNumber \"T-990017\" ."
    );
    std::fs::write(circle.folder("maker").join("hidden.ttl"), delivered).unwrap();
    circle.adit("maker", &["publish"]).unwrap();
    assert_eq!(ask(), missing, "published, and not open to the public");
    let customer = bearer(&circle, "customer");
    assert!(html(&address, "en", Some(&customer)).starts_with("HTTP/1.1 200"));
    std::fs::remove_file(circle.folder("maker").join("hidden.ttl")).unwrap();
}

#[test]
fn a_category_of_products_is_one_file_and_has_its_page() {
    let circle = companies();
    let cable = address(&circle, CABLE);
    for (language, kind, section, field, value) in [
        ("en", "Connecting cable", "Electric figures", "Rated current", "1,250\u{a0}A"),
        ("sv", "Anslutningskabel", "Elektriska värden", "Märkström", "1\u{a0}250\u{a0}A"),
        ("fi", "Liitäntäkaapeli", "Sähköiset arvot", "Nimellisvirta", "1\u{a0}250\u{a0}A"),
    ] {
        let page = html(&cable, language, None);
        let heading = format!("<h2 id=\"electric\">{section}</h2>");
        for said in [&format!("{kind} · "), &heading, &format!("<h3>{field}</h3>"), value] {
            assert!(page.contains(said), "{language}: {said} in {page}");
        }
        assert!(!page.contains("319.5") && !page.contains("319,5"), "{language}: {page}");
    }
    let owner = html(&cable, "en", Some(&bearer(&circle, "maker")));
    assert!(owner.contains("Batch price") && owner.contains("7,319.5"), "{owner}");
}

#[test]
fn the_language_is_the_browsers_or_the_one_chosen_on_the_page() {
    let circle = companies();
    let pack = address(&circle, PACK);
    let canonical = format!("<link rel=\"canonical\" href=\"{PACK}\">");
    for (query, header, language, title) in [
        ("", Some("sv-FI, fi;q=0.5"), "sv", "Batteripaket 350 kWh för lastare"),
        ("", Some("de, en;q=0.1"), "en", "Battery pack 350 kWh for loaders"),
        ("", None, "fi", "Akkupaketti 350 kWh lastaajaan"),
        ("?lang=en", Some("sv"), "en", "Battery pack 350 kWh for loaders"),
        ("?lang=tlh", Some("sv"), "sv", "Batteripaket 350 kWh för lastare"),
    ] {
        let header = header.map(|header| format!("Accept-Language: {header}"));
        let mut headers = vec!["Accept: text/html"];
        headers.extend(header.as_deref());
        let page = get(&format!("{pack}{query}"), &headers);
        assert!(page.contains(&format!("content-language: {language}\n")), "{page}");
        assert!(page.contains(&format!("<html lang=\"{language}\">")), "{page}");
        assert!(page.contains(&format!("<h1>{title}</h1>")), "{page}");
        assert!(page.contains(&canonical), "the address has no query: {page}");
        let vary = page.lines().find(|line| line.starts_with("vary:")).unwrap();
        assert!(vary.starts_with("vary: Accept, Accept-Language, Authorization"), "{vary}");
        let policy = page.lines().find(|line| line.starts_with("content-security-policy:"));
        assert!(policy.is_some_and(|it| !it.contains("unsafe") && it.contains("'sha256-")));
        assert!(page.len() < 100_000, "{}", page.len());
    }
}
