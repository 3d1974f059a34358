//! A day at the command line: completions, settings, error pages, who asked.

use crate::circle::{adit, companies, json, program, root, text};
use adit::explain::pages;
use adit::ingest::Code;
use adit::language::Language;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::{Command, Output};

/// An empty folder, made a company's.
fn company() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let init = ["init", "--did", "did:web:shop.example", "--name", "Shop Oy"];
    let output = adit(folder.path(), &init);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

#[test]
fn bash_completes_a_command_and_its_option() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("adit");
    std::fs::write(&script, adit(folder.path(), &["completions", "bash"]).stdout).unwrap();
    for (typed, completed) in [("publ", "publish"), ("publish --with", "--withdraw")] {
        let words = format!("adit {typed}");
        let last = words.split(' ').next_back().unwrap();
        let code = format!(
            "source /usr/share/bash-completion/bash_completion; source '{}'
             COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMP_LINE='{words}'; COMP_POINT=${{#COMP_LINE}}
             _adit adit {last} adit; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            script.display()
        );
        let output = Command::new("bash").args(["--norc", "-c", &code]).output().unwrap();
        assert_eq!(text(&output).trim(), completed, "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn help_speaks_the_language_of_the_environment_or_of_the_flag() {
    let help = |lang: &str, arguments: &[&str]| {
        let output = Command::new(program()).args(arguments).env("LC_ALL", lang).output().unwrap();
        text(&output)
    };
    assert!(help("C", &["publish", "--help"]).contains("Examples:"));
    let swedish = help("sv_SE.UTF-8", &["publish", "--help"]);
    assert!(swedish.contains("Användning:") && swedish.contains("alla eller inga"), "{swedish}");
    let finnish = help("sv_SE.UTF-8", &["--lang", "fi", "help", "publish"]);
    assert!(finnish.contains("Käyttö:") && finnish.contains("Esimerkkejä:"), "{finnish}");
}

#[test]
fn a_setting_is_told_with_its_value_and_its_origin() {
    let folder = company();
    let mut command = Command::new(program());
    command.current_dir(&folder).env("ADIT_WORKERS", "4").env("ADIT_LISTEN", "127.0.0.1:2");
    let output = command
        .args(["config", "explain", "--json", "--set", "listen=127.0.0.1:3"])
        .output()
        .unwrap();
    let told = json(&output);
    let of = |key: &str| {
        let all = told["settings"].as_array().unwrap();
        let it = all.iter().find(|it| it["key"] == key).unwrap();
        let text = |part: &str| it[part].as_str().unwrap().to_owned();
        assert!(text("about").len() > 10, "{key}");
        (text("value"), text("origin"))
    };
    let pair = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
    assert_eq!(of("did"), pair("did:web:shop.example", "adit.toml line 1"));
    assert_eq!(of("workers"), pair("4", "environment ADIT_WORKERS"));
    assert_eq!(of("listen"), pair("127.0.0.1:3", "flag --set"));
    assert_eq!(of("language"), pair("en", "default"));
    // The file that opens the keys is named, and what stands in it is not told.
    let named = of("keys.passphrase_file").0;
    let secret = std::fs::read_to_string(&named).unwrap();
    let secret = secret.lines().last().unwrap();
    assert!(secret.starts_with("AGE-SECRET-KEY-") && !text(&output).contains(secret));
}

#[test]
fn a_misspelled_setting_is_told_with_its_line_and_the_nearest_one() {
    let folder = company();
    let path = folder.path().join("adit.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("lisen = \"127.0.0.1:1\"\n{settings}")).unwrap();
    let output = adit(folder.path(), &["config", "check"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        said,
        "adit: ./adit.toml: line 1: 'lisen' is not a setting; did you mean 'listen'? [settings]\n  more: adit explain settings\n"
    );
}

/// The codes in the sources of the packages, as their `code()` functions spell them.
fn codes() -> BTreeSet<String> {
    let connector = root().join("connector");
    let mut codes: BTreeSet<String> = Code::ALL.iter().map(|code| code.to_string()).collect();
    let mut found = |file: &str, before: &str, from: &str| {
        let source = std::fs::read_to_string(connector.join(file)).unwrap();
        let source = source.split_once(from).unwrap_or_else(|| panic!("{from} in {file}")).1;
        let source = source.split("\n    }\n").next().unwrap();
        let mut some = 0;
        for piece in source.split(before).skip(1) {
            let code = piece.split('"').next().unwrap();
            codes.insert(code.to_owned());
            some += 1;
        }
        assert!(some > 0, "no code in {file} after {from}");
    };
    // 3 is a partial answer, which is no error.
    for exit in [1, 2, 4, 5, 6] {
        found("app/src/error/class.rs", &format!(", {exit}, \""), "fn class(&self)");
    }
    found("app/src/error/class.rs", "=> \"", "fn plan_code(");
    found("app/src/safe_client/failure.rs", "=> \"", "const fn code(&self)");
    found("app/src/safe_client/certificates.rs", "=> \"", "const fn code(&self)");
    found("facts/src/refusal.rs", "=> \"", "fn code(&self)");
    found("credentials/src/refusal.rs", "=> \"", "pub fn code(&self)");
    found("credentials/src/circle/error.rs", "=> \"", "pub fn code(&self)");
    found("credentials/src/dcp/refusal.rs", "=> \"", "pub fn code(&self)");
    found("app/src/keys/trouble.rs", "=> \"", "pub fn code(&self)");
    found("credentials/src/refusal.rs", "\", \"", "const fn names(self)");
    found("credentials/src/status/refusal.rs", "=> \"", "pub fn code(&self)");
    for file in std::fs::read_dir(connector.join("policy/src")).unwrap() {
        let path = file.unwrap().path();
        // The tests lie in a folder.
        let source =
            if path.is_file() { std::fs::read_to_string(&path).unwrap() } else { continue };
        for piece in source.split("code: \"").skip(1) {
            codes.insert(piece.split('"').next().unwrap().to_owned());
        }
    }
    codes
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let codes = codes();
    let english: BTreeSet<_> = pages(Language::En).keys().cloned().collect();
    let without_page: Vec<_> = codes.difference(&english).collect();
    assert!(without_page.is_empty(), "write these into strings/errors.en.toml: {without_page:?}");
    let without_code: Vec<_> = english.difference(&codes).collect();
    assert!(without_code.is_empty(), "nothing tells these: {without_code:?}");
    for (code, page) in pages(Language::En) {
        for part in [&page.means, &page.why, &page.mend] {
            assert!(part.ends_with('.'), "{code}: {part}");
        }
        assert!(!page.example.is_empty(), "{code}");
    }
}

#[test]
fn what_a_supplier_meets_is_explained_in_swedish_and_finnish() {
    for language in [Language::Sv, Language::Fi] {
        let pages = pages(language);
        let first = [
            "folder.client",
            "key.readable",
            "not-found",
            "bearer.scheme",
            "bearer.unknown",
            "bearer.ended",
            "sparql.syntax",
            "not-anchored",
            "peer.refused",
            "peer.unreachable",
            "trust",
            "trust.issuer",
            "trust.blocked",
        ];
        let met = Code::ALL.iter().map(|code| code.as_str()).chain(first);
        let missing: Vec<_> = met.filter(|code| !pages.contains_key(*code)).collect();
        assert!(
            missing.is_empty(),
            "write these into strings/errors.{}.toml: {missing:?}",
            language.tag()
        );
        for code in pages.keys() {
            assert!(adit::explain::pages(Language::En).contains_key(code), "{code}");
        }
    }
}

#[test]
fn explain_and_the_connector_tell_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let output = adit(folder.path(), &["explain", "value.date", "--lang", "fi"]);
    let shown = text(&output);
    assert!(shown.contains("Solu ei ole päivä tai aika"), "{shown}");
    assert_eq!(adit(folder.path(), &["explain", "no.such"]).status.code(), Some(2));

    let circle = companies();
    let at = |path: &str| format!("http://{}{path}", circle.address("shop").unwrap());
    let page = Command::new("curl")
        .args(["-fsS", "-H", "Accept-Language: fi", &at("/errors/value.date")])
        .output()
        .unwrap();
    let page = text(&page);
    assert!(page.contains("<html lang=\"fi\">") && page.contains("Solu ei ole päivä"), "{page}");

    // A problem names its code for every connector alike, and links to the page of this one.
    let problem =
        text(&Command::new("curl").args(["-sS", "-i", &at("/sparql?zzz=1")]).output().unwrap());
    assert!(problem.contains("\"type\":\"https://w3id.org/adit/errors#usage\""), "{problem}");
    assert!(problem.to_lowercase().contains("link: </errors/usage>; rel=\"help\""), "{problem}");
}

#[test]
fn a_company_sees_who_asked_for_its_facts() {
    let circle = companies();
    let question = "SELECT ?s ?n { ?s <https://schema.org/name> ?n } LIMIT 1";
    let shop = "did:web:revonsalmi.example";
    let token = circle.adit("oem", &["token", "--peer", shop, "--purpose", "recall"]).unwrap();
    let bearer = format!("Authorization: Bearer {}", text(&token).trim());
    let endpoint = format!("http://{}/sparql", circle.address("shop").unwrap());
    let query = format!("query={question}");
    let curl = ["-fsS", "-G", "-H", &bearer, "--data-urlencode", &query, &endpoint];
    assert!(Command::new("curl").args(curl).output().unwrap().status.success());

    let grouped = text(&circle.adit("shop", &["asked", "--by", "asker", "--csv"]).unwrap());
    let header = "asker,purpose,credentials,permitted_by,outcome,questions,first,last\r\n";
    assert!(grouped.starts_with(header), "{grouped}");
    let row = grouped.lines().find(|row| row.starts_with("did:web:bergvarg.example,recall,"));
    let row = row.unwrap_or_else(|| panic!("{grouped}"));
    assert!(row.contains("PartnerCredential by did:web:revonsalmi.example"), "{row}");
    assert!(row.contains("urn:adit:policy:partner") && row.contains(",permitted,"), "{row}");
    assert!(!grouped.contains(&format!("\n{shop},")), "our own people are not listed");

    let each = json(&circle.adit("shop", &["asked", "--json"]).unwrap());
    let requests = each["requests"].as_array().unwrap();
    let by_query = requests.iter().rfind(|it| it["what"] == "query" && it["purpose"] == "recall");
    assert_eq!(by_query.unwrap()["predicates"], serde_json::json!(["schema:name"]));
    let long_ago = circle.adit("shop", &["asked", "--until", "2020-01-01", "--csv"]).unwrap();
    assert_eq!(text(&long_ago).lines().count(), 1);
}

#[test]
fn keys_and_issued_credentials_are_in_the_journal() {
    let folder = company();
    let entries =
        || json(&adit(folder.path(), &["journal", "verify", "--json"]))["entries"].clone();
    assert_eq!(entries(), 1);
    assert!(adit(folder.path(), &["init"]).status.success());
    assert_eq!(entries(), 1, "the key was there before");
    let issue =
        ["credential", "issue", "--type", "ResearcherCredential", "--to", "did:web:r.example"];
    let output = adit(folder.path(), &[&issue[..], &["-o", "r.jwt"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.path().join("r.jwt").exists());
    assert_eq!(entries(), 2);
}

#[test]
fn what_a_crash_left_behind_is_cleared_at_the_start() {
    let folder = company();
    let left = folder.path().join(".adit/scratch/scratch-1");
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("data.mdb"), "left").unwrap();
    assert!(adit(folder.path(), &["asked"]).status.success());
    assert!(!left.exists());
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn an_init_that_fails_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let shop = "did:web:shop.example";
    for (arguments, code, told) in [
        (
            &["--did", shop, "--country", "Finland"][..],
            2,
            "adit: --country is 'Finland'; write two capital letters such as FI [usage]",
        ),
        (
            &["--did", shop, "--time-zone", "Helsinki"],
            2,
            "adit: --time-zone is 'Helsinki'; write a name such as Europe/Helsinki [usage]",
        ),
        (&["--did", "did:wb:shop.example"], 4, "it is no did:web"),
        (&["--did", "did:web:SHOP.example"], 4, "its host is not a domain name in lower case"),
        (
            &["--did", shop, "--set", "lisen=1"],
            2,
            "'lisen' is not a setting; did you mean 'listen'?",
        ),
    ] {
        let output = adit(folder.path(), &[&["init"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(said(&output).contains(told), "{}", said(&output));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "{arguments:?}");
    }
}

#[test]
fn a_folder_stays_its_companys() {
    let folder = company();
    let output = adit(folder.path(), &["init", "--did", "did:web:other.example"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).starts_with(
            "adit: . is the folder of did:web:shop.example; make one of its own for did:web:other.example: "
        ),
        "{}",
        said(&output)
    );
    assert!(adit(folder.path(), &["init", "--did", "did:web:shop.example"]).status.success());
}

#[test]
fn a_reader_that_leaves_early_breaks_nothing() {
    let folder = company();
    for line in ["explain --json", "explain", "config explain --json", "explain no.such --json"] {
        // The reader is gone before the first byte.
        let script = format!("'{}' {line} | true; exit ${{PIPESTATUS[0]}}", program().display());
        let mut bash = Command::new("bash");
        let output = bash.current_dir(&folder).args(["-c", &script]).output().unwrap();
        assert!(!said(&output).contains("panicked"), "{line}: {}", said(&output));
        assert_ne!(output.status.code(), Some(101), "{line}");
    }
}

#[test]
fn who_is_stopped_is_said_and_whether_it_is_a_partner() {
    let folder = company();
    let row = "number;did;name\n1;did:web:oem.example;OEM\n";
    std::fs::write(folder.path().join("partners.csv"), row).unwrap();
    let stopped =
        "is stopped: what it asks with its credentials is refused from the next request on\n";
    for (did, about) in [
        ("did:web:oem.example", ""),
        ("did:web:oen.example", "it is not one of your partners; nearest: did:web:oem.example\n"),
        ("did:web:another-company.fi", "it is not one of your partners\n"),
    ] {
        let told = text(&adit(folder.path(), &["trust", "block", did]));
        assert_eq!(told, format!("{did} {stopped}{about}"));
    }
}

#[test]
fn only_publishing_says_that_nothing_was_published() {
    let folder = company();
    std::fs::write(folder.path().join("parts.csv"), "part;serial\n7001;0042\n").unwrap();
    for (command, title) in [
        ("check", "adit: 1 error in the data [data]"),
        ("diff", "adit: 1 error in the data [data]"),
        ("gaps", "adit: 1 error in the data [data]"),
        ("publish", "adit: 1 error in the data; nothing was published [data]"),
    ] {
        assert_eq!(said(&adit(folder.path(), &[command])).lines().next(), Some(title));
    }
    let output = adit(folder.path(), &["publish", "--withdraw", "nix.csv"]);
    assert!(
        said(&output).contains("to do: nothing is published yet; adit publish"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_misspelled_purpose_is_told_with_the_one_that_was_meant() {
    let folder = company();
    let question = "SELECT ?n { <https://id.shop.example/p/7> <https://schema.org/name> ?n }";
    let asked = ["query", "--text", question, "--present", "none", "--purpose", "recal"];
    let told = said(&adit(folder.path(), &asked));
    let start = "adit: refused by no rule: odrl:purpose must be recall, ";
    let end = ", got recal; did you mean recall? ask with --purpose recall [policy.purpose]";
    assert!(told.starts_with(start), "{told}");
    assert!(told.lines().next().unwrap().ends_with(end), "{told}");
    assert_eq!(told.matches("did you mean").count(), 1, "{told}");
}

#[test]
fn a_misspelled_predicate_is_told_with_the_one_that_was_meant() {
    let folder = company();
    let question = "SELECT ?n { <https://id.shop.example/p/7> <https://schema.org/nmae> ?n }";
    let output = adit(folder.path(), &["query", "--text", question, "--present", "none"]);
    let told = text(&output) + &said(&output);
    assert!(
        told.contains("no profile here knows schema:nmae; did you mean schema:name?\n"),
        "{told}"
    );
}

#[test]
fn a_server_that_was_killed_is_not_said_to_answer() {
    let folder = company();
    std::fs::write(folder.path().join(".adit/address"), "127.0.0.1:9").unwrap();
    drop(std::os::unix::net::UnixListener::bind(folder.path().join(".adit/control.sock")).unwrap());
    let told = text(&adit(folder.path(), &["whoami"]));
    assert!(told.contains("no server runs; adit serve starts it\n"), "{told}");
    assert!(!told.contains("answering"), "{told}");
    let program = json(&adit(folder.path(), &["whoami", "--json"]));
    assert_eq!(program["address"], Value::Null);
}

#[test]
fn a_connector_introduces_itself_and_names_an_empty_query() {
    let circle = companies();
    let at = |path: &str| format!("http://{}{path}", circle.address("shop").unwrap());
    let curl = |arguments: &[&str]| {
        text(&Command::new("curl").arg("-sS").args(arguments).output().unwrap())
    };
    for (language, word) in [("en", "Ways in"), ("sv", "Vägar in"), ("fi", "Mistä pääset sisään")]
    {
        let page = curl(&["-f", "-H", &format!("Accept-Language: {language}"), &at("/")]);
        assert!(page.contains(word) && page.contains("did:web:revonsalmi.example"), "{page}");
        assert!(page.contains("href=\"/sparql\"") && page.contains("href=\"/openapi.json\""));
    }
    let empty = curl(&[&at("/sparql?query=")]);
    assert!(empty.contains("the query is empty") && empty.contains("sparql.syntax"), "{empty}");
}
