//! `adit doctor` against real folders, servers and partners; what it says mends a thing is typed, and mends it.

use crate::circle::json;
use crate::shop::Shop;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

/// Every code that is not fine.
fn troubles(said: &Value) -> Vec<&str> {
    let findings = said["findings"].as_array().unwrap().iter();
    findings.filter(|it| it["level"] != "ok").map(|it| it["code"].as_str().unwrap()).collect()
}

fn codes(said: &Value) -> Vec<&str> {
    let findings = said["findings"].as_array().unwrap().iter();
    findings.map(|it| it["code"].as_str().unwrap()).collect()
}

/// A partner that answers every request with 200 and this date; without one it accepts and says nothing.
fn partner(shop: &Shop, date: Option<Timestamp>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some(date) = date else {
                silent.push(stream);
                continue;
            };
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).unwrap();
            let date =
                jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2";
            write!(stream, "{head}\r\nDate: {}\r\nConnection: close\r\n\r\n{{}}", date.unwrap())
                .unwrap();
        }
    });
    let description = r#"{"did": "did:web:mill.example", "name": "Mill", "base": "https://connector.mill.example",
        "identifiers": {}}"#;
    shop.write(".adit/partners/mill.json", description);
    shop.hosts(&[("connector.mill.example", address)]);
    address
}

#[test]
fn a_company_in_good_order_is_told_so_through_its_server() {
    let mut shop = Shop::new();
    shop.set("security_contact = \"mailto:security@shop.example\"");
    shop.serve();
    let (said, exit) = shop.doctor();
    assert_eq!((troubles(&said), exit), (vec![], 0), "{said:#}");
    assert_eq!((&said["errors"], &said["warnings"]), (&0.into(), &0.into()));
    for code in [
        "settings.fine",
        "access.fine",
        "disk.fine",
        "server.fine",
        "journal.fine",
        "facts.fine",
        "workers.fine",
        "did.fine",
        "name.fine",
        "clock.alone",
        "credential.fine",
    ] {
        assert!(codes(&said).contains(&code), "{code}: {said:#}");
    }
    let people = shop.done(&["doctor", "--lang", "fi"]);
    let people = String::from_utf8(people.stdout).unwrap();
    assert!(people.starts_with("kunnossa Asetukset kelpaavat\n"), "{people}");
}

#[test]
fn without_a_server_the_folder_is_looked_at_and_nobody_finds_our_keys() {
    let shop = Shop::new();
    let (said, exit) = shop.doctor();
    assert_eq!(exit, 1);
    assert_eq!(troubles(&said), ["did.unseen", "name.unseen", "contact.none"], "{said:#}");
    assert!(codes(&said).contains(&"workers.fine") && codes(&said).contains(&"server.none"));
}

#[test]
fn a_client_has_nothing_to_be_found_by() {
    let shop = Shop::new();
    let client = shop.folder().with_file_name("client");
    let client = client.to_str().unwrap();
    let run = |line: &str| shop.shell(&format!("adit -C {client} {line}"));
    let nobody = run("doctor --json");
    assert_eq!(troubles(&json(&nobody)), ["folder.none"]);
    assert!(run("init --name Researcher").status.success());
    let output = run("doctor --json");
    let said = json(&output);
    assert_eq!((troubles(&said), output.status.code()), (vec![], Some(0)), "{said:#}");
    let told = codes(&said);
    assert!(told.contains(&"workers.fine") && !told.contains(&"did.fine"), "{said:#}");
    assert!(!told.iter().any(|code| code.starts_with("server.")), "{said:#}");
}

/// Breaks something, and expects the finding; types what it says, and expects that it is gone.
fn broken_and_mended(shop: &Shop, code: &str, break_it: impl FnOnce(&Shop)) {
    assert_eq!(shop.finding(code), None);
    break_it(shop);
    let finding = shop.finding(code).unwrap_or_else(|| panic!("{code} is not found"));
    let mend = finding["mend"].as_str().unwrap();
    let output = shop.shell(mend);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{code}: {mend}: {said}");
    assert_eq!(shop.finding(code), None, "{code} is still there after {mend}");
}

#[test]
fn what_is_said_to_mend_a_thing_mends_it() {
    let mut shop = Shop::new();
    shop.serve();
    broken_and_mended(&shop, "key.readable", |shop| shop.mode("keys/ring.age", 0o640));
    broken_and_mended(&shop, "credential.readable", |shop| {
        let name = std::fs::read_dir(shop.folder().join("credentials")).unwrap().next().unwrap();
        let name = name.unwrap().file_name().into_string().unwrap();
        shop.mode(&format!("credentials/{name}"), 0o644);
    });
    broken_and_mended(&shop, "access.writable", |shop| shop.mode("adit.toml", 0o646));
    broken_and_mended(&shop, "access.state", |shop| shop.mode(".adit", 0o755));
    broken_and_mended(&shop, "access.socket", |shop| shop.mode(".adit/control.sock", 0o666));
    // The address there is an example; it is for the company to write its own.
    shop.stop();
    let settings = shop.folder().join("adit.toml");
    let finding = shop.finding("contact.none").unwrap();
    assert!(shop.shell(finding["mend"].as_str().unwrap()).status.success());
    assert_eq!(shop.finding("contact.none"), None);
    assert!(std::fs::read_to_string(settings).unwrap().starts_with("security_contact = "));
}

#[test]
fn a_folder_that_cannot_be_opened_is_looked_at_from_outside() {
    let shop = Shop::new();
    shop.set("workerz = 2");
    let (said, exit) = shop.doctor();
    assert_eq!(exit, 1);
    assert_eq!(troubles(&said), ["settings.wrong", "folder.closed"], "{said:#}");
    let why = said["findings"][0]["says"].as_str().unwrap();
    assert!(why.contains("did you mean 'workers'"), "{why}");
}

#[test]
fn a_clock_that_is_an_hour_off_is_told_by_the_partners() {
    let mut shop = Shop::new();
    shop.serve();
    partner(&shop, Some(Timestamp::now() + SignedDuration::from_hours(1)));
    let finding = shop.finding("clock.wrong").unwrap();
    assert_eq!(finding["level"], "error");
    assert_eq!(finding["mend"], "sudo timedatectl set-ntp true");
    partner(&shop, Some(Timestamp::now()));
    assert!(shop.finding("clock.fine").is_some());
    assert!(shop.finding("peer.fine").is_some());
}

#[test]
fn a_partner_that_says_nothing_holds_nobody_up() {
    let mut shop = Shop::new();
    shop.serve();
    partner(&shop, None);
    let begun = Instant::now();
    let finding = shop.finding("peer.silent").unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(finding["level"], "warning");
}

#[test]
fn what_ends_soon_is_told_by_doctor_metrics_and_log() {
    let mut shop = Shop::new();
    let issue =
        ["credential", "issue", "--type", "ResearcherCredential", "--to", "did:web:shop.example"];
    let file = shop.folder().join("credentials/researcher.jwt");
    shop.done(&[&issue[..], &["--days", "5", "--output", file.to_str().unwrap()]].concat());
    shop.serve();
    let finding = shop.finding("credential.soon").unwrap();
    assert_eq!(finding["values"]["days"], "4", "{finding:#}");
    let mend = "credential request --issuer did:web:shop.example --type ResearcherCredential";
    assert!(finding["mend"].as_str().unwrap().ends_with(mend), "{finding:#}");
    // The same credential as its issuer sees it.
    let finding = shop.finding("issued.soon").unwrap();
    let mend = "credential issue --type ResearcherCredential --to did:web:shop.example --output ResearcherCredential.jwt";
    assert!(finding["mend"].as_str().unwrap().ends_with(mend), "{finding:#}");
    let metrics = std::process::Command::new("curl")
        .args(["-s", "--unix-socket"])
        .arg(shop.folder().join(".adit/control.sock"))
        .arg("http://adit/metrics")
        .output()
        .unwrap();
    let metrics = String::from_utf8(metrics.stdout).unwrap();
    for what in ["credential", "issued-credential"] {
        let name = format!("adit_expires_in_seconds{{what=\"{what}\"}} ");
        let line = metrics.lines().find_map(|line| line.strip_prefix(&name));
        let left: i64 = line.unwrap_or_else(|| panic!("{metrics}")).parse().unwrap();
        assert!((4 * 86_400..5 * 86_400).contains(&left), "{what}: {left}");
    }
    assert!(!metrics.contains("shop.example"), "no label names anybody");
    let log = shop.log();
    assert!(log.contains("ends soon") && log.contains("researcher.jwt"), "{log}");
}

#[test]
fn a_credential_that_was_revoked_is_told_to_its_holder() {
    let mut shop = Shop::new();
    let issue =
        ["credential", "issue", "--type", "ResearcherCredential", "--to", "did:web:shop.example"];
    let file = shop.folder().join("credentials/researcher.jwt");
    shop.done(&[&issue[..], &["--output", file.to_str().unwrap()]].concat());
    shop.serve();
    assert_eq!(shop.finding("status.set"), None);
    let show = ["credential", "show", file.to_str().unwrap(), "--json"];
    assert_eq!(json(&shop.done(&show))["trouble"], Value::Null);
    shop.done(&["credential", "revoke", file.to_str().unwrap()]);
    let finding = shop.finding("status.set").unwrap();
    assert_eq!(
        (&finding["level"], &finding["values"]["which"]),
        (&"error".into(), &"researcher.jwt".into())
    );
    assert_eq!(json(&shop.done(&show))["trouble"]["code"], "status.revoked");
}

#[test]
fn no_finding_holds_a_secret() {
    let keypair = adit_credentials::Keypair::generate().unwrap();
    let jwk = keypair.to_private_jwk();
    let secret = serde_json::from_str::<Value>(&jwk).unwrap()["d"].as_str().unwrap().to_owned();
    let shop = Shop::with_key(Some(&jwk));
    shop.mode("keys/key.json", 0o644);
    let (said, _) = shop.doctor();
    assert_eq!(troubles(&said), ["key.readable", "key.plain", "folder.closed"], "{said:#}");
    shop.mode("keys/key.json", 0o600);
    let (more, _) = shop.doctor();
    for text in [said.to_string(), more.to_string()] {
        assert!(!text.contains(&secret));
        assert!(!text.contains("eyJ"), "a token: {text}");
    }
}

/// Makes a certificate of its own for a name, which ends in five days, and names it in the settings.
fn certificate(shop: &Shop, name: &str) {
    let [certificate, key] = ["tls.pem", "tls.key"].map(|file| shop.folder().join(file));
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", "5", "-subj", "/CN=test", "-addext", &format!("subjectAltName=DNS:{name}")])
        .args([&"-keyout".as_ref(), &key.as_os_str(), &"-out".as_ref(), &certificate.as_os_str()])
        .output()
        .expect("openssl is there; make test installs it");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    shop.mode("tls.key", 0o600);
}

#[test]
fn a_certificate_is_looked_at_before_it_is_served() {
    let shop = Shop::new();
    certificate(&shop, "connector.shop.example");
    shop.set("tls.certificate = \"tls.pem\"\ntls.key = \"tls.key\"");
    let finding = shop.finding("certificate.soon").unwrap();
    assert_eq!(finding["values"]["days"], "4", "{finding:#}");
    assert_eq!(shop.finding("certificate.doubted"), None);
    certificate(&shop, "other.example");
    let finding = shop.finding("certificate.doubted").unwrap();
    assert!(finding["says"].as_str().unwrap().contains("connector.shop.example"), "{finding:#}");
    shop.mode("tls.key", 0o644);
    let finding = shop.finding("certificate.unusable").unwrap();
    assert_eq!(finding["mend"], "adit explain key.readable");
}

#[test]
fn a_circle_whose_list_ends_soon_drafts_the_next() {
    let shop = Shop::new();
    let [draft, list] = ["nordic.toml", "nordic.jws"].map(|file| shop.folder().join(file));
    let [draft, list] = [&draft, &list].map(|path| path.to_str().unwrap());
    shop.done(&["trust", "circle", "draft", "nordic", "--output", draft]);
    let until = (Timestamp::now() + SignedDuration::from_hours(5 * 24)).to_string();
    let text = std::fs::read_to_string(draft).unwrap();
    let lines: Vec<_> = text
        .lines()
        .map(|line| match line.starts_with("expires") {
            true => format!("expires = \"{until}\""),
            false => line.to_owned(),
        })
        .collect();
    std::fs::write(draft, lines.join("\n")).unwrap();
    shop.done(&["trust", "sign", draft, "--output", list]);
    // Who joins says which list was meant; alone one reads it from the refusal.
    let refused = String::from_utf8(shop.run(&["trust", "circle", "add", list]).stderr).unwrap();
    let pin = refused.split("--pin ").nth(1).unwrap().split_whitespace().next().unwrap();
    shop.done(&["trust", "circle", "add", list, "--pin", pin]);
    let finding = shop.finding("trust.soon").unwrap();
    assert_eq!(finding["values"]["days"], "4", "{finding:#}");
    let mend = finding["mend"].as_str().unwrap();
    assert!(mend.ends_with("trust circle draft nordic --output nordic.toml"), "{mend}");
    let output = shop.shell(&format!("cd {} && {mend}", shop.folder().display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
