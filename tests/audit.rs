//! `adit audit export`: an auditor checks the lines with nothing but SHA-256, and finds no secret in them.

use crate::shop::Shop;
use adit::journal::Hash;
use adit_credentials::Keypair;
use serde_json::Value;
use std::process::Command;

/// JSON as RFC 8785 writes it; the journal holds no numbers but integers.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
            let members: Vec<_> = sorted
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(values) => {
            format!("[{}]", values.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

fn hash(prefix: u8, parts: &[&[u8]]) -> Hash {
    Hash::of(&[&[prefix], parts.concat().as_slice()].concat())
}

/// Checks an export line by line, as SECURITY.md says; returns the kinds and the last root.
fn verified(export: &str) -> (Vec<String>, Option<Hash>) {
    let mut lines = export.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let head = lines.next().unwrap();
    let (mut number, mut kinds, mut last) = (head["first"].as_u64().unwrap_or(1) - 1, vec![], None);
    let parsed = |value: &Value| value.as_str().unwrap().parse::<Hash>().unwrap();
    // The complete subtrees so far, each with its size, largest first.
    let sizes = (0..64).rev().map(|bit| 1_u64 << bit).filter(|bit| number & bit != 0);
    let edge: Vec<_> = head["edge"].as_array().unwrap().iter().map(parsed).collect();
    let mut trees: Vec<(u64, Hash)> = sizes.zip(edge).collect();
    for entry in lines {
        number += 1;
        assert_eq!(entry["number"], number);
        let mut record = entry.as_object().unwrap().clone();
        let (leaf, root) = (record.remove("leaf").unwrap(), record.remove("root").unwrap());
        let found = hash(0, &[canonical(&Value::Object(record)).as_bytes()]);
        assert_eq!(found, parsed(&leaf), "entry {number}");
        trees.push((1, found));
        while let [.., (left, a), (right, b)] = trees[..]
            && left == right
        {
            trees.truncate(trees.len() - 2);
            trees.push((left + right, hash(1, &[a.as_bytes(), b.as_bytes()])));
        }
        let whole = trees.iter().rev().map(|(_, root)| *root);
        let whole = whole.reduce(|right, left| hash(1, &[left.as_bytes(), right.as_bytes()]));
        assert_eq!(whole, Some(parsed(&root)), "entry {number}");
        (kinds, last) = ([kinds, vec![entry["kind"].as_str().unwrap().to_owned()]].concat(), whole);
    }
    assert_eq!(head["last"].as_u64(), (!kinds.is_empty()).then_some(number), "it was cut off");
    (kinds, last)
}

fn exported(shop: &Shop, arguments: &[&str]) -> String {
    let output = shop.done(&[&["audit", "export"], arguments].concat());
    String::from_utf8(output.stdout).unwrap()
}

fn get(shop: &Shop, path: &str, bearer: Option<&str>) -> String {
    let mut curl = Command::new("curl");
    curl.arg("-s").arg(format!("http://{}{path}", shop.address().unwrap()));
    if let Some(bearer) = bearer {
        curl.args(["-H", &format!("Authorization: Bearer {bearer}")]);
    }
    String::from_utf8(curl.output().unwrap().stdout).unwrap()
}

#[test]
fn every_part_of_the_journal_can_be_checked_beside_the_running_server() {
    let mut shop = Shop::new();
    shop.serve();
    for did in ["did:web:a.example", "did:web:b.example", "did:web:c.example"] {
        shop.done(&["trust", "block", did]);
    }
    let middle = jiff::Timestamp::now().to_string();
    for did in ["did:web:a.example", "did:web:b.example"] {
        shop.done(&["trust", "unblock", did]);
    }
    let (kinds, root) = verified(&exported(&shop, &[]));
    assert!(kinds.len() >= 6 && kinds[0] == "key", "{kinds:?}");
    let output = shop.done(&["journal", "verify", "--json"]);
    let journal: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(journal["root"], root.unwrap().to_string());
    let (later, same) = verified(&exported(&shop, &["--since", &middle]));
    assert_eq!((later, same), (vec!["trust".to_owned(); 2], root));
    let (earlier, _) = verified(&exported(&shop, &["--until", &middle]));
    assert_eq!(earlier.len() + 2, kinds.len());
    let (none, _) = verified(&exported(&shop, &["--since", "2020-01-01", "--until", "2020-12-31"]));
    assert!(none.is_empty());
}

#[test]
fn a_file_is_its_owners_and_a_changed_line_is_noticed() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Shop::new();
    shop.done(&["trust", "block", "did:web:a.example"]);
    let file = shop.folder().join("audit.jsonl");
    // One that everybody may read stands there already.
    std::fs::write(&file, "of last year").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let output = shop.done(&["audit", "export", "--output", file.to_str().unwrap(), "--json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let export = std::fs::read_to_string(&file).unwrap();
    assert_eq!(told["entries"], export.lines().count() - 1);
    verified(&export);
    let changed = export.replace("did:web:a.example", "did:web:b.example");
    assert!(std::panic::catch_unwind(|| verified(&changed)).is_err());
    // A full disk is told with the name of the file.
    let output = shop.run(&["audit", "export", "--output", "/dev/full"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("adit: /dev/full: ") && said.contains("[file]"), "{said}");
    let cut = export.trim_end().rsplit_once('\n').unwrap().0;
    assert!(std::panic::catch_unwind(|| verified(cut)).is_err());
}

#[test]
fn no_key_no_token_no_query_and_no_name_of_a_person_is_in_it() {
    let jwk = Keypair::generate().unwrap().to_private_jwk();
    let scalar = serde_json::from_str::<Value>(&jwk).unwrap()["d"].as_str().unwrap().to_owned();
    let raw = base64_url(&scalar);
    let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut shop = Shop::with_key(Some(&jwk));
    shop.serve();
    let bearer = String::from_utf8(shop.done(&["token"]).stdout).unwrap().trim().to_owned();
    let query =
        "/sparql?query=ASK%20%7B%20%3Chttps%3A%2F%2Fa.example%2Fhidden-item%3E%20%3Fp%20%3Fo%20%7D";
    assert!(get(&shop, query, Some(&bearer)).contains("boolean"));
    get(&shop, query, Some("not-a-bearer-of-ours"));
    get(&shop, query, Some("eyJhbGciOiJub25lIn0.e30.AAAA"));
    let invitation = shop.folder().join("invitation.json");
    let name = "Matti Meikäläinen";
    let to = ["invite", "did:web:oem.example", "--number", "1", "--name", name, "--output"];
    shop.done(&[&to[..], &[invitation.to_str().unwrap()]].concat());
    let invitation: Value =
        serde_json::from_str(&std::fs::read_to_string(invitation).unwrap()).unwrap();
    let issue =
        ["credential", "issue", "--type", "ResearcherCredential", "--to", "did:web:oem.example"];
    let credential = shop.folder().join("researcher.jwt");
    shop.done(&[&issue[..], &["--output", credential.to_str().unwrap()]].concat());
    let credential = std::fs::read_to_string(credential).unwrap();

    let export = exported(&shop, &[]);
    let (kinds, _) = verified(&export);
    for kind in ["decision", "trust", "refusal"] {
        assert!(kinds.iter().any(|it| it == kind), "{kind}: {kinds:?}");
    }
    let signature = credential.trim().rsplit('.').next().unwrap().to_owned();
    let code = invitation["code"].as_str().unwrap().to_owned();
    for (what, secret) in [
        ("the key in base64url", scalar.as_str()),
        ("the key in hexadecimal", &hex),
        ("a bearer", &bearer),
        ("a bearer of somebody else", "not-a-bearer-of-ours"),
        ("any token", "eyJ"),
        ("the signature of a credential", &signature),
        ("the secret of an invitation", &code),
        ("a query", "hidden-item"),
        ("a name of a person", "Meik"),
    ] {
        assert!(!export.contains(secret), "{what} is in the export");
    }
    assert!(!export.as_bytes().windows(raw.len()).any(|it| it == raw), "the key as it is");
}

fn base64_url(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let shop = Shop::new();
    let line = format!("adit -C {} audit export | head -n 1", shop.folder().display());
    let output = shop.shell(&line);
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 1);
    let output = shop.run(&["audit", "export", "--since", "yesterday"]);
    assert_eq!(output.status.code(), Some(2));
}
