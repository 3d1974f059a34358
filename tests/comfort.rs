//! A day at the command line: completions, settings, error pages, who asked.

use crate::circle::{companies, json, program, root, text};
use adit::explain::pages;
use adit::ingest::Code;
use adit::language::Language;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

fn adit(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.current_dir(folder).args(arguments).env("LC_ALL", "C").output().unwrap()
}

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
    let key = std::fs::read_to_string(folder.path().join("keys/key.json")).unwrap();
    let key: Value = serde_json::from_str(&key).unwrap();
    assert!(!text(&output).contains(key["d"].as_str().unwrap()), "the private key is told");
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
        found("app/src/error.rs", &format!(", {exit}, \""), "fn class(&self)");
    }
    found("app/src/error.rs", "=> \"", "fn plan_code(");
    found("facts/src/refusal.rs", "=> \"", "fn code(&self)");
    found("credentials/src/refusal.rs", "=> \"", "pub fn code(&self)");
    found("credentials/src/refusal.rs", "\", \"", "const fn names(self)");
    for file in std::fs::read_dir(connector.join("policy/src")).unwrap() {
        let path = file.unwrap().path();
        let is_source = path.file_name().is_some_and(|name| name != "tests.rs");
        let source = std::fs::read_to_string(&path).unwrap();
        for piece in source.split("code: \"").skip(1).filter(|_| is_source) {
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
        let missing: Vec<_> =
            Code::ALL.iter().filter(|code| !pages.contains_key(code.as_str())).collect();
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
