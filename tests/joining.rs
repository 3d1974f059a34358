//! Three companies join four that trade already: nobody edits a file, and what was missing in the answers is there.

use crate::circle::{json, program, root, text};
use crate::examples::{check_all, check_one};
use crate::fifth::{changed, settings};
use adit::circle::{Circle, Plan, copy};
use std::path::{Path, PathBuf};

const FOUR: [&str; 4] = ["mill", "shop", "oem", "mine"];
const JOINING: [&str; 3] = ["wire", "battery", "recycler"];

/// The examples with a demo.toml that knows only the four, the university and its researcher.
fn examples_of_four(into: &Path, plan: &str) {
    copy(&root().join("examples"), into).unwrap();
    let mut plan: toml::Table = plan.parse().unwrap();
    let joins = |value: &toml::Value| {
        let names = ["folder", "from", "to", "issuer", "holder"];
        let mut values = names.iter().filter_map(|name| value.get(name)?.as_str());
        values.any(|name| JOINING.contains(&name))
    };
    for (_, list) in &mut plan {
        list.as_array_mut().unwrap().retain(|entry| !joins(entry));
    }
    std::fs::write(into.join("demo.toml"), plan.to_string()).unwrap();
}

/// Four companies whose files name three others, at whose addresses nobody answers yet.
fn four(plan: &str) -> Circle {
    let folder = tempfile::Builder::new().prefix("adit-joining-").tempdir().unwrap().keep();
    let examples = folder.join("examples");
    examples_of_four(&examples, plan);
    let mut circle = Circle::prepare(program(), &examples, &folder).unwrap();
    let nobody = ["tjarnvik", "sysi", "gramyr"]
        .map(|name| format!("\"{name}.example\" = \"127.0.0.1:1\"\n"));
    std::fs::write(folder.join("hosts.toml"), nobody.concat()).unwrap();
    circle.start().unwrap();
    circle.meet().unwrap();
    circle.publish().unwrap();
    circle
}

/// One company comes: its folder as it is, a key, a server.
fn come(circle: &mut Circle, name: &str, did: &str) {
    let folder = circle.folder(name);
    copy(&root().join("examples").join(name), &folder).unwrap();
    let settings = folder.join("adit.toml");
    let network = "\n[network]\nhosts_file = \"../hosts.toml\"\n";
    let text = std::fs::read_to_string(&settings).unwrap() + network;
    std::fs::write(settings, text).unwrap();
    let secret = format!("../{name}.passphrase");
    circle.adit(name, &["init", "--passphrase-file", &secret]).unwrap();
    circle.start_one(name, did).unwrap();
}

/// Invitations, trust entries and credentials in which one of the three takes part, as `demo.toml` has them.
fn meet(circle: &Circle, plan: &Plan) {
    let did =
        |name: &str| plan.company.iter().find(|member| member.folder == name).unwrap().did.clone();
    let joins = |name: &str| JOINING.contains(&name);
    for it in plan.invitation.iter().filter(|it| joins(&it.from) || joins(&it.to)) {
        circle.invite(&it.from, &it.to, &did(&it.to)).unwrap();
    }
    for member in plan.company.iter().filter(|member| joins(&member.folder)) {
        for (kind, issuer) in &member.trusts {
            circle.adit(&member.folder, &["trust", "add", issuer, "--type", kind]).unwrap();
        }
    }
    for it in plan.credential.iter().filter(|it| joins(&it.issuer)) {
        let output = circle.folder(&it.holder).join(format!("credentials/{}.jwt", it.issuer));
        let output = output.display().to_string();
        let to = did(&it.holder);
        let issue = ["credential", "issue", "--type", &it.kind, "--to", &to, "--output", &output];
        circle.adit(&it.issuer, &issue).unwrap();
    }
}

#[test]
fn three_companies_join_without_a_change_at_the_other_four() {
    let text = std::fs::read_to_string(root().join("examples/demo.toml")).unwrap();
    let plan: Plan = toml::from_str(&text).unwrap();
    let mut circle = four(&text);

    // Before: the answers are partial, and say whose part is missing.
    check_all(&circle, "four");
    let missing = missing(&circle);
    assert_eq!(
        missing,
        ["did:web:gramyr.example", "did:web:sysi.example", "did:web:tjarnvik.example"]
    );

    let before: Vec<_> = FOUR.iter().map(|name| settings(&circle.folder(name))).collect();
    for name in JOINING {
        let did = &plan.company.iter().find(|member| member.folder == name).unwrap().did;
        come(&mut circle, name, did);
    }
    meet(&circle, &plan);
    for name in JOINING {
        circle.adit(name, &["publish"]).unwrap();
    }

    // After: the rows of all seven, from the files that the four published before.
    who_asked_is_known(&circle);
    for question in [
        "machines-with-heat",
        "footprint-of-machine",
        "built-and-maintained",
        "machine-with-substance",
        "copper-of-motor",
        "who-has-what",
    ] {
        check_one(&circle, question, "oem");
    }
    let wallet: [&[&str]; 4] = [
        &[],
        &[],
        &["battery.jwt", "partner-sysi-example.jwt", "partner-tjarnvik-example.jwt"],
        &["partner-gramyr-example.jwt", "partner-sysi-example.jwt"],
    ];
    for ((name, before), wallet) in FOUR.iter().zip(&before).zip(wallet) {
        let mut changed = changed(&circle.folder(name), before);
        changed.sort();
        assert_eq!(changed, wallet, "{name}");
    }
    a_late_file_makes_an_answer_whole(&circle);
}

/// The companies that the machine builder's question did not reach.
fn missing(circle: &Circle) -> Vec<String> {
    let question = root().join("examples/questions/worn-batteries.rq").display().to_string();
    let answer = circle.run("oem", &["query", &question, "--purpose", "repair", "--json"]).unwrap();
    assert_eq!(answer.status.code(), Some(3));
    let answer = json(&answer);
    let sources = answer["report"]["sources"].as_array().unwrap();
    let failed = sources.iter().filter(|source| source["status"]["status"] == "failed");
    failed.map(|source| source["did"].as_str().unwrap().to_owned()).collect()
}

/// A supplier's question: who asked for my facts, for what, on the strength of what?
fn who_asked_is_known(circle: &Circle) {
    for (question, caller) in [
        ("worn-batteries", "oem-repair"),
        ("dismantling", "recycler"),
        ("dismantling", "recycler-warranty"),
        ("products-with-substance", "researcher"),
        ("products-with-substance", "public"),
    ] {
        check_one(circle, question, caller);
    }
    let output = circle.adit("battery", &["asked", "--by", "asker", "--csv"]).unwrap();
    let told = text(&output);
    let (mut rows, mut lines) = (String::new(), told.lines());
    assert_eq!(
        lines.next(),
        Some("asker,purpose,credentials,permitted_by,outcome,questions,first,last")
    );
    for line in lines {
        let [last, first, questions, who] = {
            let mut cells = line.rsplitn(4, ',');
            [(); 4].map(|()| cells.next().unwrap())
        };
        assert!(questions.parse::<u32>().unwrap() > 0 && first <= last, "{line}");
        // A client is named by its key, which is another each time.
        let who = if who.starts_with("did:jwk:") { &who[who.find(',').unwrap()..] } else { who };
        rows.push_str(&format!("{who}\n"));
    }
    let expected = root().join("examples/expected/asked.battery.csv");
    let expected = std::fs::read_to_string(expected).unwrap().replace("\r\n", "\n");
    assert_eq!(rows, expected.split_once('\n').unwrap().1);
}

/// The shop's delivery file of October comes: a part that its customer knew nothing of is open to it.
fn a_late_file_makes_an_answer_whole(circle: &Circle) {
    check_one(circle, "parts-without-heat", "oem");
    let late: PathBuf = root().join("examples/shop/late");
    copy(&late, &circle.folder("shop")).unwrap();
    circle.adit("shop", &["publish", "toimitukset-2026-10.csv"]).unwrap();
    // The first question after a publication may notice that the shop moved, and says: ask again.
    let names = "SELECT ?n { <https://id.revonsalmi.example/p/0010549/61177> <https://schema.org/name> ?n }";
    circle.run("oem", &["query", "--text", names, "--purpose", "recall"]).unwrap();
    check_all(circle, "late");
}
