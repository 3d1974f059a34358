//! Row K4: keys that are replaced, under load, and that are taken back.

use crate::attack::request::Request;
use crate::attack::target::{Target, memory};
use crate::circle::{Ends, json, program, small, text};
use adit::circle::Circle;
use adit::config::Config;
use adit::folder::Folder;
use adit::keys::Keystore;
use serde_json::Value;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The DID document of a company, and how many keys its relationships list.
fn document(circle: &Circle, name: &str) -> (Value, usize, usize) {
    let request = Request::get("/.well-known/did.json");
    let got = request.send(circle.address(name).unwrap());
    assert_eq!(got.status, 200);
    let document: Value = serde_json::from_slice(&got.body).unwrap();
    let listed = |relationship: &str| document[relationship].as_array().unwrap().len();
    let (proves, asserts) = (listed("authentication"), listed("assertionMethod"));
    assert_eq!(listed("capabilityInvocation"), proves);
    (document, proves, asserts)
}

#[test]
fn k4_replacing_the_key_under_load() {
    let circle = small(&["oem", "shop"]);
    circle.invite("oem", "shop", "did:web:shop.example").unwrap();
    let (_, proves, asserts) = document(&circle, "shop");
    assert_eq!((proves, asserts), (1, 1));
    let before = json(&circle.adit("shop", &["key", "list", "--json"]).unwrap());
    let old = before["keys"][0]["kid"].as_str().unwrap().to_owned();

    let process = circle.process("shop").unwrap();
    let resident = memory(process, "VmRSS:");
    let done = AtomicBool::new(false);
    let load = |run: &(dyn Fn() -> Result<(), String> + Sync)| {
        let mut asked = 0;
        while !done.load(Ordering::SeqCst) {
            run()?;
            asked += 1;
        }
        Ok::<u32, String>(asked)
    };
    let token = |company: &'static str, arguments: &'static [&'static str]| {
        let circle = &circle;
        move || {
            let output = circle.run(company, arguments).unwrap();
            let told = || String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.success() { Ok(()) } else { Err(told()) }
        }
    };
    // The shop shows what it holds to the oem, the oem to the shop, and the shop to itself.
    let out = token("shop", &["token", "--peer", "did:web:oem.example"]);
    let into = token("oem", &["token", "--peer", "did:web:shop.example"]);
    let own = token("shop", &["token"]);
    let published = || {
        // Nobody in particular may not ask more often than the limits say.
        std::thread::sleep(Duration::from_millis(100));
        let (document, proves, asserts) = document(&circle, "shop");
        let listed = document["verificationMethod"].as_array().unwrap().len();
        // The key that signs is always there, and never more than the two.
        if (1..=2).contains(&proves) && (1..=2).contains(&asserts) && listed == asserts {
            Ok(())
        } else {
            Err(document.to_string())
        }
    };
    let asked = std::thread::scope(|scope| {
        let loads: Vec<_> = [&out as &(dyn Fn() -> _ + Sync), &into, &own, &published]
            .map(|run| scope.spawn(move || load(run)))
            .into();
        let ends = Ends(&done);
        std::thread::sleep(Duration::from_millis(500));
        let rotate = ["key", "rotate", "--lead", "2s", "--overlap", "4s", "--key", "ed25519"];
        circle.adit("shop", &rotate).unwrap();
        let rotated = Instant::now();
        // Announced and overlapping: both keys are there, for everything.
        let (both, proves, asserts) = document(&circle, "shop");
        assert_eq!((proves, asserts), (2, 2), "{both}");
        assert!(both["authentication"].to_string().contains(&old));
        // It leaves on its date by itself: 2 s of lead and 4 s of overlap.
        while document(&circle, "shop").1 == 2 {
            assert!(rotated.elapsed() < Duration::from_secs(8), "the old key did not leave");
            std::thread::sleep(Duration::from_millis(200));
        }
        assert!(rotated.elapsed() > Duration::from_secs(5), "the old key left too early");
        std::thread::sleep(Duration::from_millis(1500));
        drop(ends);
        loads.into_iter().map(|load| load.join().unwrap()).collect::<Result<Vec<_>, _>>()
    });
    let asked = asked.unwrap();
    assert!(asked.iter().all(|asked| *asked > 3), "too little load: {asked:?}");
    let grown = memory(process, "VmHWM:").saturating_sub(resident);
    assert!(grown <= 64 << 20, "its memory grew by {} MB", grown >> 20);

    // What is left of the old key: it proves the oem's partner credential until that ends, and nothing new.
    let (document, _, asserts) = document(&circle, "shop");
    assert_eq!(asserts, 2);
    assert!(!document["authentication"].to_string().contains(&old));
    assert!(document["assertionMethod"].to_string().contains(&old));
    let after = json(&circle.adit("shop", &["key", "list", "--json"]).unwrap());
    assert_eq!(
        (&after["keys"][0]["state"], &after["keys"][1]["state"]),
        (&"asserts".into(), &"signs".into())
    );
    // The spent private half is gone from the folder, and the journal tells each step.
    let folder = Folder::at(circle.folder("shop"));
    let (_, keys) = Keystore::open(&folder, &Config::read(&folder).unwrap()).unwrap();
    assert_eq!(keys.to_text().matches("\"d\":").count(), 1);
    let export = text(&circle.adit("shop", &["audit", "export"]).unwrap());
    let kinds = export.lines().filter(|line| line.contains("\"kind\":\"key\"")).count();
    assert_eq!(kinds, 3, "made, replaced and spent are in the journal: {export}");
    // The oem still opens the shop with the credential that the old key signed.
    circle.adit("oem", &["token", "--peer", "did:web:shop.example"]).unwrap();
}

#[test]
fn k4_a_revoked_key_proves_nothing_that_it_ever_signed() {
    let circle = small(&["oem", "shop"]);
    circle.invite("oem", "shop", "did:web:shop.example").unwrap();
    let ask = ["token", "--peer", "did:web:shop.example", "--json"];
    circle.adit("oem", &ask).unwrap();
    let list = json(&circle.adit("shop", &["key", "list", "--json"]).unwrap());
    let old = list["keys"][0]["kid"].as_str().unwrap().to_owned();
    let refused = json(&circle.run("shop", &["key", "retire", &old, "--json"]).unwrap());
    assert_eq!(refused["code"], "key.newest");
    circle.adit("shop", &["key", "rotate", "--lead", "0s"]).unwrap();
    circle.adit("shop", &["key", "retire", &old]).unwrap();
    let (document, proves, asserts) = document(&circle, "shop");
    assert_eq!((proves, asserts), (1, 1));
    let revoked = &document["verificationMethod"][0];
    assert_eq!(
        (revoked["id"].as_str(), revoked["revoked"].is_string()),
        (Some(old.as_str()), true)
    );
    // The partner credential that it signed opens nothing any more; the shop's own people go on.
    let refused = json(&circle.run("oem", &ask).unwrap());
    assert_eq!(refused["detail"]["problem"]["code"], "did.key", "{refused}");
    circle.adit("shop", &["token"]).unwrap();
    // A did:jwk cannot have another key.
    let client = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let folder = client.path().join("client");
        let mut command = Command::new(program());
        command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).output().unwrap()
    };
    let init = ["init", "--name", "Somebody", "--passphrase-file", "../client.passphrase"];
    assert!(run(&init).status.success());
    assert_eq!(json(&run(&["key", "rotate", "--json"]))["code"], "key.fixed");
}

#[test]
fn a_company_may_begin_with_ed25519() {
    let root = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let folder = root.path().join("shop");
        let mut command = Command::new(program());
        let output = command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output
    };
    let init = ["init", "--did", "did:web:shop.example", "--key", "ed25519"];
    run(&[&init[..], &["--passphrase-file", "../shop.passphrase"]].concat());
    let file = root.path().join("did.json");
    run(&["did", "export", "--output", file.to_str().unwrap()]);
    let document: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let method = &document["verificationMethod"][0];
    assert_eq!(method["publicKeyJwk"]["crv"], "Ed25519", "{document}");
    // The next key is of the same kind where nothing else is said.
    run(&["key", "rotate", "--lead", "0s"]);
    let keys = json(&run(&["key", "list", "--json"]));
    assert_eq!(
        (&keys["keys"][0]["state"], &keys["keys"][1]["state"]),
        (&"overlap".into(), &"signs".into())
    );
    let folder = Folder::at(root.path().join("shop"));
    let (_, ring) = Keystore::open(&folder, &Config::read(&folder).unwrap()).unwrap();
    assert_eq!(ring.issuing().public().to_jwk()["crv"], "Ed25519");
}

#[test]
fn k4_a_kill_in_the_middle_of_a_rotation_leaves_our_own_people_their_way_in() {
    let target = Target::started("");
    let owner = target.folder().join("credentials/owner.jwt");
    let before = std::fs::read_to_string(&owner).unwrap();
    let keys: Value =
        serde_json::from_slice(&target.adit(&["key", "list", "--json"]).stdout).unwrap();
    let old = keys["keys"][0]["kid"].as_str().unwrap().to_owned();
    target.adit(&["key", "rotate", "--lead", "0s"]);
    assert_ne!(std::fs::read_to_string(&owner).unwrap(), before);
    // The keys were written and the owner's credential was not.
    std::fs::write(&owner, &before).unwrap();
    target.adit(&["key", "retire", &old]);
    assert_ne!(std::fs::read_to_string(&owner).unwrap(), before);
    target.adit(&["token"]);
}
