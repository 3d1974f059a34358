//! A category of products that the program has never heard of: one file, no rebuild.

use crate::circle::{adit, program, root, text};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const TABLE: &str = "valaisimet.csv";

/// A maker of luminaires, with its products and without a profile for them.
fn maker() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("adit-profile-").tempdir().unwrap();
    let init = ["init", "--did", "did:web:valosepat.example", "--name", "Valosepät Oy"];
    assert!(adit(folder.path(), &init).status.success());
    for name in [TABLE, "valaisimet.csv-metadata.json"] {
        std::fs::copy(root().join("tests/profiles").join(name), folder.path().join(name)).unwrap();
    }
    folder
}

fn add_profile(folder: &Path) {
    std::fs::create_dir(folder.join("profiles")).unwrap();
    let profile = root().join("tests/shapes/luminaire.ttl");
    std::fs::copy(profile, folder.join("profiles/luminaire.ttl")).unwrap();
}

/// The public page of an item in a language, from a server that is started for it.
fn page(folder: &Path, path: &str, language: &str) -> String {
    let mut server = Command::new(program());
    server.arg("-C").arg(folder);
    server.args(["serve", "--listen", "127.0.0.1:0", "--until-stdin-closes"]);
    server.stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::null());
    let mut server = server.spawn().unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap()).lines().map(Result::unwrap);
    let line = log.by_ref().find(|line| line.contains("127.0.0.1:")).unwrap();
    let at = line.find("127.0.0.1:").unwrap();
    let is_address = |c: char| c.is_ascii_digit() || c == '.' || c == ':';
    let address = line[at..].split(|c| !is_address(c)).next().unwrap().to_owned();
    let drain = std::thread::spawn(move || log.for_each(drop));
    let mut curl = Command::new("curl");
    curl.args(["-s", "--max-time", "30", "-H", "Accept: text/html"]);
    curl.args(["-H", &format!("Accept-Language: {language}"), "-H", "Host: id.valosepat.example"]);
    let got = curl.arg(format!("http://{address}{path}")).output().unwrap();
    drop(server.stdin.take());
    server.wait().unwrap();
    drain.join().unwrap();
    String::from_utf8(got.stdout).unwrap()
}

#[test]
fn a_new_category_is_one_file() {
    let folder = maker();
    let folder = folder.path();
    // Without the profile its predicates are unknown, and so the owner's alone.
    let before = text(&adit(folder, &["check"]));
    assert!(before.contains("https://valosepat.example/ns#luminousFlux"), "{before}");
    assert!(before.contains("[predicate.unknown]"), "{before}");

    add_profile(folder);
    let after = adit(folder, &["publish"]);
    assert!(after.status.success(), "{}", String::from_utf8_lossy(&after.stderr));
    assert!(!text(&after).contains("[predicate.unknown]"), "{}", text(&after));

    // The page shows what is public under the names of the profile, in the reader's language.
    let item = "/p/VS-60/00017";
    for (language, name, number) in [
        ("sv", "Ljusflöde", "7 200"),
        ("fi", "Valovirta", "7 200"),
        ("en", "Luminous flux", "7,200"),
    ] {
        let page = page(folder, item, language).replace(['\u{a0}', '\u{202f}'], " ");
        assert!(page.contains(name) || page.contains(&name.to_lowercase()), "{language}: {page}");
        assert!(page.contains(number), "{language}: {page}");
        assert!(!page.contains("kanta") && !page.contains("sockel"), "{language}: {page}");
    }

    // Its gaps are those of the core profile and its own.
    let gaps = text(&adit(folder, &["gaps", "--lang", "sv"]));
    assert!(gaps.contains("2 of 2"), "{gaps}");
    assert!(gaps.contains("livslängd (https://valosepat.example/ns#lifetimeHours)"), "{gaps}");
    assert!(gaps.contains("massa (schema:weight)"), "{gaps}");
}

#[test]
fn the_rules_of_a_profile_hold_for_its_group() {
    let folder = maker();
    let folder = folder.path();
    add_profile(folder);
    let table = std::fs::read_to_string(folder.join(TABLE)).unwrap();
    std::fs::write(folder.join(TABLE), table.replace("7150;4000;none", "7150;400;E14")).unwrap();
    let refused = adit(folder, &["check"]);
    assert_eq!(refused.status.code(), Some(6));
    let said = String::from_utf8(refused.stderr).unwrap();
    for expected in [
        "valaisimet.csv, row 3, column 'Väri', value '400': a colour temperature is one whole number between 1000 and 20000 kelvin [rule]\n  correct it",
        "valaisimet.csv, row 3, column 'Kanta', value 'E14': the cap is one of E27, E40, G5, G13, none [rule]\n  correct it",
    ] {
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_profile_that_cannot_be_used_names_file_and_cause() {
    let folder = maker();
    let folder = folder.path();
    add_profile(folder);
    let path = folder.join("profiles/luminaire.ttl");
    let profile = std::fs::read_to_string(&path).unwrap();
    let cases = [
        (
            "adit:tier-public ; sh:group core:figuresGroup ; sh:order 30",
            "adit:tier-everybody ; sh:order 30",
            "the field https://valosepat.example/profiles/luminaire#flux has the tier 'adit:tier-everybody'; write one of adit:tier-public",
        ),
        (
            "\"ljusflöde\"@sv , ",
            "",
            "the field https://valosepat.example/profiles/luminaire#flux has no sh:name in 'sv'",
        ),
        (
            "profiles/core> ; owl",
            "profiles/kernel> ; owl",
            "it extends https://w3id.org/adit/profiles/kernel, which is neither bundled nor in the folder",
        ),
        (
            "\"luminaire\" ;",
            "\"Luminaire\" ;",
            "adit:profileOf 'Luminaire' is not lower-case letters, digits and hyphens",
        ),
    ];
    for (from, to, expected) in cases {
        assert!(profile.contains(from), "{from}");
        std::fs::write(&path, profile.replacen(from, to, 1)).unwrap();
        let refused = adit(folder, &["check"]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_ne!(refused.status.code(), Some(0), "{said}");
        assert!(said.contains("profiles/luminaire.ttl: ") && said.contains(expected), "{said}");
    }
}
