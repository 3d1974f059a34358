//! Circles of companies that keep a trust list together: versions, signatures, ends, and what a company says itself.

use crate::attack::peer::{Answer, Peer};
use crate::attack::{MEMBERSHIP, Row, Scene, credential, instant, now};
use crate::circle::{json, small, text};
use adit::circle::Circle;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Three companies; the association vouches for the shop, and the oem is asked.
struct World {
    circle: Circle,
    membership: String,
}

const ASSOCIATION: &str = "did:web:association.example";

impl World {
    fn new() -> Self {
        let circle = small(&["oem", "shop", "association"]);
        let membership = circle.folder("shop").join("membership.jwt").display().to_string();
        let to = ["--to", "did:web:shop.example", "--output", &membership];
        let issue = [&["credential", "issue", "--type", MEMBERSHIP], &to[..]].concat();
        circle.adit("association", &issue).unwrap();
        Self { circle, membership }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.circle.root().join(name)
    }

    fn path(&self, name: &str) -> String {
        self.file(name).display().to_string()
    }

    /// The oem's answer to the shop, which shows what the association says of it: a bearer, or the code of the refusal.
    fn asked(&self) -> Result<String, String> {
        let present = ["--present", &self.membership, "--json"];
        let token = [&["token", "--peer", "did:web:oem.example"], &present[..]].concat();
        let output = self.circle.run("shop", &token).unwrap();
        let told = json(&output);
        match told["access_token"].as_str() {
            Some(bearer) => Ok(bearer.to_owned()),
            None => Err(told["detail"]["problem"]["code"].as_str().unwrap_or("none").to_owned()),
        }
    }

    /// Runs a command that must fail, and gives its code.
    fn refused(&self, company: &str, arguments: &[&str]) -> (String, String) {
        let output = self.circle.run(company, &[arguments, &["--json"]].concat()).unwrap();
        assert!(!output.status.success(), "{arguments:?} was done: {}", text(&output));
        let told = json(&output);
        let part = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        (part("code"), part("title"))
    }

    /// Drafts the next version of a circle as the oem, with lines changed, and has members sign it.
    fn version(&self, circle: &str, file: &str, changes: &[(&str, &str)], by: &[&str]) -> Value {
        let (draft, list) = (self.path(&format!("{file}.toml")), self.path(file));
        self.circle.adit("oem", &["trust", "circle", "draft", circle, "-o", &draft]).unwrap();
        let mut text = std::fs::read_to_string(&draft).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{from} in {text}");
            text = text.replace(from, to);
        }
        std::fs::write(&draft, text).unwrap();
        let mut told = Value::Null;
        for (company, number) in by.iter().zip(0..) {
            let from = if number == 0 { &draft } else { &list };
            let sign = ["trust", "sign", from, "-o", &list, "--json"];
            told = json(&self.circle.adit(company, &sign).unwrap());
        }
        told
    }

    /// The oem takes a file.
    fn add(&self, file: &str) {
        self.circle.adit("oem", &["trust", "circle", "add", &self.path(file)]).unwrap();
    }
}

const TWO: (&str, &str) = (
    "members = [\"did:web:oem.example\"]",
    "members = [\"did:web:oem.example\", \"did:web:shop.example\"]",
);
const QUORUM: (&str, &str) = ("quorum = 1", "quorum = 2");

fn entry() -> String {
    format!("[[issuer]]\ndid = \"{ASSOCIATION}\"\ntypes = [\"{MEMBERSHIP}\"]\n")
}

#[test]
fn two_circles_versions_signatures_and_the_own_list() {
    let world = World::new();
    let add = |file: &str| {
        vec!["trust", "circle", "add"]
            .into_iter()
            .map(str::to_owned)
            .chain([world.path(file)])
            .collect::<Vec<_>>()
    };
    let refused = |company: &str, arguments: &[String]| {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        world.refused(company, &arguments)
    };
    assert_eq!(world.asked(), Err("trust.issuer".to_owned()));

    // The first version: two members, both of whom must sign; the association may vouch.
    let issuers = ("issuer = []", "");
    let with_entry = ("expires = ", "# expires\nexpires = ");
    let draft = world.path("v1.toml");
    world.circle.adit("oem", &["trust", "circle", "draft", "nordic-mining", "-o", &draft]).unwrap();
    let first = std::fs::read_to_string(&draft).unwrap();
    let first =
        first.replace(TWO.0, TWO.1).replace(QUORUM.0, QUORUM.1).replace(issuers.0, issuers.1);
    let first = first.replace(with_entry.0, with_entry.1) + "\n" + &entry();
    std::fs::write(&draft, first).unwrap();
    let sign = ["trust", "sign", &draft, "-o", &world.path("v1"), "--json"].map(str::to_owned);
    let sign: Vec<_> = sign.iter().map(String::as_str).collect();
    let signed = json(&world.circle.adit("oem", &sign).unwrap());
    let hash = signed["hash"].as_str().unwrap().to_owned();
    // Whoever is no member adds nothing by signing.
    let (code, said) = world.refused("association", &["trust", "sign", &world.path("v1")]);
    assert_eq!(code, "usage");
    assert!(said.contains("no member of the circle nordic-mining"), "{said}");
    // Joining: not without the hash, not by another one, not with one signature of two.
    let (code, said) = refused("oem", &add("v1"));
    assert_eq!(code, "circle.pin");
    assert!(said.ends_with(&format!("--pin {hash}")), "{said}");
    let other = "0".repeat(64);
    assert_eq!(refused("oem", &[add("v1"), vec!["--pin".into(), other]].concat()).0, "circle.pin");
    let pinned = [add("v1"), vec!["--pin".into(), hash.clone()]].concat();
    let (code, said) = refused("oem", &pinned);
    assert_eq!(code, "circle.quorum");
    assert!(said.ends_with("valid are those of did:web:oem.example"), "{said}");
    world.circle.adit("shop", &["trust", "sign", &world.path("v1")]).unwrap();
    let pinned: Vec<_> = pinned.iter().map(String::as_str).collect();
    world.circle.adit("oem", &pinned).unwrap();
    let bearer = world.asked().unwrap();
    let shown = text(&world.circle.adit("oem", &["trust", "show"]).unwrap());
    let line = format!(
        "{ASSOCIATION} may issue MembershipCredential, by the circle nordic-mining, until "
    );
    assert!(shown.contains(&line) && shown.contains(&hash), "{shown}");

    // The second version takes the association off; one signature is not enough.
    let without = [(entry_as_drafted(), String::new())];
    let without: Vec<_> = without.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    world.version("nordic-mining", "v2", &without, &["oem"]);
    assert_eq!(refused("oem", &add("v2")).0, "circle.quorum");
    assert!(world.asked().is_ok());
    world.circle.adit("shop", &["trust", "sign", &world.path("v2")]).unwrap();
    world.add("v2");
    assert_eq!(world.asked(), Err("trust.issuer".to_owned()));
    // The bearer that the first version opened dies with it.
    let request = crate::attack::request::Request::sparql("ASK { ?s ?p ?o }").bearer(&bearer);
    assert_eq!(request.send(world.circle.address("oem").unwrap()).status, 401);
    // The first version comes back: refused, also with its hash.
    assert_eq!(refused("oem", &add("v1")).0, "circle.rollback");
    let back: Vec<_> = pinned.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(refused("oem", &back).0, "circle.rollback");
    // Another second version: this company signs none, and one that others signed is a fork.
    let draft = std::fs::read_to_string(world.path("v2.toml")).unwrap();
    std::fs::write(world.path("other.toml"), draft.replace("quorum = 2", "quorum = 2 ")).unwrap();
    std::thread::sleep(Duration::from_millis(1100));
    let (code, _) = world
        .refused("oem", &["trust", "sign", &world.path("other.toml"), "-o", &world.path("other")]);
    assert_eq!(code, "circle.signed");

    // A second circle, of the oem alone, trusts the association again; the company's own word wins over both.
    let alone = [("issuer = []", "")];
    let draft = world.path("b1.toml");
    world.circle.adit("oem", &["trust", "circle", "draft", "steel", "-o", &draft]).unwrap();
    let text_of = std::fs::read_to_string(&draft).unwrap().replace(alone[0].0, alone[0].1);
    std::fs::write(&draft, text_of + "\n" + &entry()).unwrap();
    let told = json(
        &world
            .circle
            .adit("oem", &["trust", "sign", &draft, "-o", &world.path("b1"), "--json"])
            .unwrap(),
    );
    let pin = told["hash"].as_str().unwrap();
    // By an address given by hand: any server may hold the file.
    let peer = Peer::start("lists.example", Arc::default());
    let list = std::fs::read(world.path("b1")).unwrap();
    peer.on("/steel.list", Answer::Whole(200, "text/plain", list));
    note_host(world.circle.root(), "lists.example", &peer.address.to_string());
    let by_address = ["trust", "circle", "add", "https://lists.example/steel.list", "--pin", pin];
    world.circle.adit("oem", &by_address).unwrap();
    assert!(world.asked().is_ok());
    let own = |arguments: &[&str]| {
        let change = [&["trust"], arguments].concat();
        world.circle.adit("oem", &change).unwrap();
        world.asked()
    };
    let never = ["refuse", ASSOCIATION, "--type", MEMBERSHIP];
    assert_eq!(own(&never), Err("trust.issuer".to_owned()));
    assert!(own(&["remove", ASSOCIATION]).is_ok());
    assert_eq!(own(&["block", ASSOCIATION]), Err("trust.issuer".to_owned()));
    assert!(own(&["unblock", ASSOCIATION]).is_ok());
    assert_eq!(own(&["circle", "remove", "steel"]), Err("trust.issuer".to_owned()));
    assert_eq!(world.refused("oem", &["trust", "circle", "remove", "steel"]).0, "circle.unknown");
    // Entries of one's own, with a date.
    assert!(own(&["add", ASSOCIATION, "--type", MEMBERSHIP, "--until", "2999-01-01"]).is_ok());
    let ended = ["add", ASSOCIATION, "--type", MEMBERSHIP, "--until", "2020-01-01"];
    assert_eq!(own(&ended), Err("trust.issuer".to_owned()));
}

/// The entry as a draft of the next version spells it.
fn entry_as_drafted() -> String {
    format!("[[issuer]]\ndid = \"{ASSOCIATION}\"\ntypes = [\"{MEMBERSHIP}\"]\n")
}

fn note_host(root: &Path, name: &str, address: &str) {
    let path = root.join("hosts.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, format!("{text}\"{name}\" = \"{address}\"\n")).unwrap();
}

#[test]
fn a_list_ends_by_itself_and_a_restart_keeps_what_was_taken() {
    let mut world = World::new();
    let draft = world.path("v1.toml");
    world.circle.adit("oem", &["trust", "circle", "draft", "short", "-o", &draft]).unwrap();
    let text_of = std::fs::read_to_string(&draft).unwrap().replace("issuer = []", "");
    let expires = text_of.lines().find(|line| line.starts_with("expires")).unwrap().to_owned();
    let end = now() + 8;
    let text_of = text_of.replace(&expires, &format!("expires = \"{}\"", instant(end)));
    std::fs::write(&draft, text_of + "\n" + &entry()).unwrap();
    let sign = ["trust", "sign", &draft, "-o", &world.path("v1"), "--json"].map(str::to_owned);
    let sign: Vec<_> = sign.iter().map(String::as_str).collect();
    let told = json(&world.circle.adit("oem", &sign).unwrap());
    let pin = told["hash"].as_str().unwrap();
    world.circle.adit("oem", &["trust", "circle", "add", &world.path("v1"), "--pin", pin]).unwrap();
    assert!(world.asked().is_ok());
    world.circle.kill("oem");
    world.circle.start_one("oem", "did:web:oem.example").unwrap();
    assert!(now() < end, "the restart took longer than the list lives");
    assert!(world.asked().is_ok());
    let waiting = Instant::now();
    while now() < end {
        assert!(waiting.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(world.asked(), Err("trust.issuer".to_owned()));
    let shown = text(&world.circle.adit("oem", &["trust", "show"]).unwrap());
    assert!(shown.contains("circle short: version 1, ENDED"), "{shown}");
    // Nobody joins at what has ended.
    let (code, _) =
        world.refused("shop", &["trust", "circle", "add", &world.path("v1"), "--pin", pin]);
    assert_eq!(code, "circle.expired");
}

#[test]
fn s16_an_issuer_whose_entry_ended_is_asked_for_nothing() {
    let scene = Scene::started("");
    let former = scene.peer.party("former");
    let trust = ["trust", "add", &former.did, "--type", MEMBERSHIP, "--until", "2020-01-01"];
    scene.target.adit(&trust);
    let later = scene.peer.party("later");
    let trust = ["trust", "add", &later.did, "--type", MEMBERSHIP, "--from", "2999-01-01"];
    scene.target.adit(&trust);
    let shown = |issuer: &crate::attack::peer::Party| {
        let token = credential(issuer, &scene.holder.did, MEMBERSHIP).signed(&issuer.key);
        scene.asking(&scene.showing(&[token]))
    };
    scene.target.check([
        Row::refused("S16", "an entry that ended", shown(&former), 403, "trust.issuer").offline(),
        Row::refused("S16", "an entry that has not begun", shown(&later), 403, "trust.issuer")
            .offline(),
    ]);
}
