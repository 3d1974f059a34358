//! A credential in a company's hands: issued, shown, checked without the network, renewed, taken back.

use crate::attack::peer::Answer;
use crate::attack::request::Request;
use crate::attack::target::{DID, Target};
use crate::attack::{MEMBERSHIP, Scene, now, status};
use crate::circle::adit;
use serde_json::{Value, json};
use std::process::Output;

fn parsed(output: &Output) -> Value {
    let read = serde_json::from_slice(&output.stdout);
    read.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// The exit code and the code of the problem.
fn refused(output: &Output) -> (Option<i32>, String) {
    let said = String::from_utf8_lossy(&output.stderr);
    let code = said.split(" [").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
    (output.status.code(), code.to_owned())
}

/// How each check of `adit credential verify --json` ended.
fn checks(told: &Value) -> Vec<(String, bool)> {
    let checks = told["checks"].as_array().unwrap().iter();
    checks.map(|it| (it["check"].as_str().unwrap().to_owned(), it["checked"] == true)).collect()
}

fn issue(target: &Target, name: &str, extra: &[&str]) -> (String, Value) {
    let file = target.folder().join(name).display().to_string();
    let issued = target.adit(&[&["credential", "issue", "-o", &file, "--json"], extra].concat());
    (file, parsed(&issued))
}

const AUDITOR: &[&str] = &["--type", "AuditorCredential", "--to", "did:web:auditor.example"];

#[test]
fn a_credential_is_checked_from_files_alone() {
    let target = Target::started("");
    let (file, _) = issue(&target, "auditor.jwt", AUDITOR);
    // At home everything is at hand.
    let at_home = target.run(&["credential", "verify", &file, "--json"]);
    assert_eq!(at_home.status.code(), Some(0), "{}", String::from_utf8_lossy(&at_home.stderr));
    let told = parsed(&at_home);
    assert_eq!(told["verified"], true, "{told}");
    assert_eq!(checks(&told).len(), 5, "{told}");
    // Elsewhere it depends on what was named.
    let elsewhere = tempfile::tempdir().unwrap();
    let verify = |more: &[&str]| {
        let arguments = [&["credential", "verify", &file, "--json"], more].concat();
        let output = adit(elsewhere.path(), &arguments);
        (output.status.code(), parsed(&output))
    };
    let unchecked = |told: &Value| -> Vec<String> {
        checks(told).into_iter().filter(|(_, is_checked)| !is_checked).map(|it| it.0).collect()
    };
    let lists = ["status (revocation)", "status (suspension)"];
    let (code, told) = verify(&[]);
    assert_eq!(
        (code, unchecked(&told)),
        (Some(3), [&["signature"][..], &lists].concat().iter().map(|it| it.to_string()).collect())
    );
    let document = elsewhere.path().join("did.json").display().to_string();
    target.adit(&["did", "export", "--output", &document]);
    let (code, told) = verify(&["--document", &document]);
    assert_eq!((code, unchecked(&told)), (Some(3), lists.map(str::to_owned).to_vec()));
    let mut named = vec!["--document".to_owned(), document];
    for purpose in ["revocation", "suspension"] {
        let path = format!("/credentials/status/{purpose}/1");
        let got = Request::get(&path).send(target.address());
        let list = elsewhere.path().join(format!("{purpose}.jwt"));
        std::fs::write(&list, got.body).unwrap();
        named.extend(["--list".to_owned(), list.display().to_string()]);
    }
    let named: Vec<_> = named.iter().map(String::as_str).collect();
    let (code, told) = verify(&named);
    assert_eq!((code, told["verified"].clone()), (Some(0), json!(true)), "{told}");
    // A newer list says otherwise; a changed credential is none.
    target.adit(&["credential", "revoke", &file]);
    let got = Request::get("/credentials/status/revocation/1").send(target.address());
    std::fs::write(elsewhere.path().join("revocation.jwt"), got.body).unwrap();
    let output = adit(elsewhere.path(), &[&["credential", "verify", &file], &named[..]].concat());
    assert_eq!(refused(&output), (Some(4), "status.revoked".to_owned()));
    let mut text = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    let last = if text.ends_with('A') { "B" } else { "A" };
    let at = text.len() - 5;
    text.replace_range(at..=at, last);
    std::fs::write(elsewhere.path().join("changed.jwt"), text).unwrap();
    let arguments = [&["credential", "verify", "changed.jwt"], &named[..2]].concat();
    let output = adit(elsewhere.path(), &arguments);
    assert_eq!(refused(&output), (Some(4), "jose.signature".to_owned()));
}

#[test]
fn a_credential_of_another_is_checked_with_what_is_remembered() {
    let scene = Scene::started("");
    let url = format!("https://{}/lists/kept", scene.peer.host);
    let list = status::list(&scene.issuer, &url, "revocation", &status::clear());
    let body = list.signed(&scene.issuer.key).into_bytes();
    scene.peer.on("/lists/kept", Answer::Whole(200, "application/vc+jwt", body));
    let entry = json!({
        "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
        "statusListIndex": "7", "statusListCredential": url,
    });
    let credential = scene.credential().claim("credentialStatus", entry);
    let credential = credential.claim("iat", now() - 60).signed(&scene.issuer.key);
    let file = scene.target.folder().join("member.jwt");
    std::fs::write(&file, &credential).unwrap();
    let file = file.display().to_string();
    let verify = || scene.target.run(&["credential", "verify", &file, "--json"]);
    let before = verify();
    assert_eq!(before.status.code(), Some(3), "nothing is known of the issuer yet");
    // Somebody showed a credential of this issuer: from then on the company remembers its key and its list.
    let asked = scene.asking(&scene.showing(&[credential]));
    assert_eq!(asked.send(scene.target.address()).status, 200);
    let requests = scene.target.requests_to_peers();
    let after = verify();
    let told = parsed(&after);
    assert_eq!((after.status.code(), told["verified"].clone()), (Some(0), json!(true)), "{told}");
    let all = told["checks"].as_array().unwrap();
    let of_list = all.iter().find(|it| it["check"] == "status (revocation)");
    assert!(of_list.unwrap()["detail"]["age_s"].as_u64().unwrap() < 60, "{told}");
    assert_eq!(scene.target.requests_to_peers(), requests, "it is offline");
    assert_eq!(MEMBERSHIP, told["types"][0].as_str().unwrap().trim_start_matches("adit:"));
}

#[test]
fn a_renewed_credential_takes_over_from_the_old_one() {
    let target = Target::started("");
    let (old, issued) = issue(&target, "old.jwt", AUDITOR);
    let new = target.folder().join("new.jwt").display().to_string();
    let renewed = parsed(&target.adit(&["credential", "renew", &old, "-o", &new, "--json"]));
    assert_eq!(renewed["renews"], issued["id"]);
    let state = |id: &Value| {
        let shown = parsed(&target.adit(&["credential", "show", "--json"]));
        let rows = shown["issued"].as_array().unwrap().clone();
        rows.iter().find(|row| row["id"] == *id).unwrap()["state"].as_str().unwrap().to_owned()
    };
    assert_eq!([state(&issued["id"]), state(&renewed["id"])], ["ending", "valid"]);
    for file in [&old, &new] {
        let output = target.run(&["credential", "verify", file]);
        assert_eq!(output.status.code(), Some(0), "the old one serves until it is handed over");
    }
    let newest = target.folder().join("newest.jwt").display().to_string();
    target.adit(&["credential", "renew", &new, "-o", &newest, "--hand-over-days", "0"]);
    assert_eq!(state(&renewed["id"]), "revoked");
    let output = target.run(&["credential", "verify", &new]);
    assert_eq!(refused(&output), (Some(4), "status.revoked".to_owned()));
    let again = target.run(&["credential", "renew", &new, "-o", &newest]);
    assert_eq!(refused(&again), (Some(2), "credential.revoked".to_owned()));
    let places: std::collections::BTreeSet<_> = [&old, &new, &newest]
        .map(|file| {
            parsed(&target.adit(&["credential", "show", file, "--json"]))["status"][0]["index"]
                .as_u64()
                .unwrap()
        })
        .into();
    assert_eq!(places.len(), 3, "each has a place of its own");
}

#[test]
fn only_what_this_company_issued_is_taken_back() {
    let target = Target::started("");
    let none = target.run(&["credential", "revoke", "urn:uuid:none"]);
    assert_eq!(refused(&none), (Some(2), "credential.unknown".to_owned()));
    let own = target.folder().join("credentials/owner.jwt").display().to_string();
    let shown = parsed(&target.adit(&["credential", "show", &own, "--json"]));
    assert_eq!(shown["status"], json!([]), "the owner's own credential needs no list");
    let (file, _) = issue(&target, "a.jwt", AUDITOR);
    let revoke = |more: &[&str]| target.run(&[&["credential", "revoke", &file], more].concat());
    assert!(revoke(&[]).status.success());
    assert!(revoke(&[]).status.success(), "twice is once");
    assert_eq!(refused(&revoke(&["--resume"])), (Some(2), "credential.revoked".to_owned()));
}

#[test]
fn a_birth_certificate_follows_its_schema_and_may_carry_its_proof_inside() {
    let folder = tempfile::tempdir().unwrap();
    let init = ["init", "--did", DID, "--name", "Maker", "--key", "ed25519"];
    let passphrase = ["--passphrase-file", "../birth.passphrase"];
    let home = folder.path().join("maker");
    std::fs::create_dir(&home).unwrap();
    let output = adit(&home, &[&init[..], &passphrase].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let item = "https://id.target.example/p/drill/7";
    let claims = |bom: &str| {
        let claims = json!({
            "productionDate": "2026-11-20", "bomDigest": bom,
            "builtAt": "https://id.target.example/place/north",
        });
        std::fs::write(home.join("birth.json"), claims.to_string()).unwrap();
    };
    let issue = |more: &[&str]| {
        let issue =
            ["credential", "issue", "--type", "DigitalBirthCertificate", "--claims", "birth.json"];
        adit(&home, &[&issue[..], more].concat())
    };
    claims("none");
    let broken = issue(&["--to", item, "-o", "birth.jwt"]);
    assert_eq!(refused(&broken), (Some(2), "credential.issue".to_owned()));
    assert!(!home.join("birth.jwt").exists());
    claims(&"ab".repeat(32));
    let holder = issue(&["--to", "did:web:shop.example", "-o", "birth.jwt"]);
    assert_eq!(refused(&holder), (Some(2), "credential.issue".to_owned()));
    for (file, more) in [("birth.jwt", None), ("birth-embedded.json", Some("--embedded"))] {
        let arguments: Vec<_> = ["--to", item, "-o", file].into_iter().chain(more).collect();
        let output = issue(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let shown = parsed(&adit(&home, &["credential", "show", file, "--json"]));
        assert_eq!(shown["subject"], item);
        assert_eq!(shown["schemas"].as_array().unwrap().len(), 1, "{shown}");
        let output = adit(&home, &["credential", "verify", file, "--json"]);
        assert_eq!(parsed(&output)["verified"], true, "{file}");
    }
    let text = std::fs::read_to_string(home.join("birth-embedded.json")).unwrap();
    let changed = text.replace("2026-11-20", "2026-11-21");
    std::fs::write(home.join("changed.json"), changed).unwrap();
    let output = adit(&home, &["credential", "verify", "changed.json"]);
    assert_eq!(refused(&output), (Some(4), "jose.signature".to_owned()));
}

#[test]
fn a_credential_that_was_taken_back_is_not_shown_where_another_fits() {
    let circle = crate::circle::small(&["maker", "buyer"]);
    let [maker, buyer] = ["did:web:maker.example", "did:web:buyer.example"];
    circle.invite("maker", "buyer", buyer).unwrap();
    for name in ["maker", "buyer"] {
        circle.adit(name, &["trust", "add", maker, "--type", "ResearcherCredential"]).unwrap();
    }
    let issue = |to: &str, file: &std::path::Path| {
        let issue = ["credential", "issue", "--type", "ResearcherCredential", "--to", to];
        circle.adit("maker", &[&issue[..], &["-o", file.to_str().unwrap()]].concat()).unwrap();
    };
    // One at home, and one that the same company issued to another.
    for (name, did, code) in [("maker", maker, "status.revoked"), ("buyer", buyer, "peer.refused")]
    {
        let file = circle.folder(name).join("credentials/researcher.jwt");
        issue(did, &file);
        let held = || circle.run(name, &["token", "--peer", maker, "--json"]).unwrap();
        let before = held();
        assert!(before.status.success(), "{name}: {}", crate::circle::text(&before));
        circle.adit("maker", &["credential", "revoke", file.to_str().unwrap()]).unwrap();
        let after = held();
        assert!(after.status.success(), "{name}: {}", crate::circle::text(&after));
        // Where nothing else fits, the refusal says why.
        let present = ["token", "--peer", maker, "--present", file.to_str().unwrap()];
        let alone = circle.run(name, &present).unwrap();
        assert_eq!(refused(&alone).1, code, "{name}");
        let said = String::from_utf8_lossy(&alone.stderr).into_owned();
        assert!(said.contains(&format!("{maker} has revoked the credential")), "{said}");
    }
    // Nor is it shown to a verifier that comes to fetch what there is.
    let token =
        crate::circle::text(&circle.adit("buyer", &["token", "--peer", maker, "--dcp"]).unwrap());
    let fetching = Request::post("/dcp/caller", "application/json", "").bearer(token.trim());
    let got = fetching.send(circle.address("maker").unwrap());
    assert_eq!(got.status, 200, "{}", got.text());
    let shown: Vec<_> =
        got.json()["credentials"].as_array().unwrap().iter().map(|it| it["type"].clone()).collect();
    assert_eq!(shown, [json!(["https://w3id.org/adit/ns#PartnerCredential"])]);
}
