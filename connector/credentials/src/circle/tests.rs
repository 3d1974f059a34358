//! Versions, signatures, forks and ends of a circle's list.

use super::*;
use crate::jose_guard::{Typ, sign};
use crate::{
    DidDocument, Documents, Keypair, Trust, TrustList, did_jwk, did_key, did_web_document,
};
use adit_vocab::adit;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

const MEMBERSHIP: &str = adit::MEMBERSHIP_CREDENTIAL.as_str();
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Three members with a key each.
struct World {
    members: Vec<(Did, Keypair)>,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        let member = |name: &str| (did(name), Keypair::generate().unwrap());
        let members = ["oem", "shop", "mill"].map(member).into();
        Self { members, now: "2026-11-22T12:00:00Z".parse().unwrap() }
    }

    fn documents(&self) -> Documents {
        let read = |(did, key): &(Did, Keypair)| {
            let document = did_web_document(did, &[key.public()], "https://a.example", &[]);
            DidDocument::parse(did, document.to_string().as_bytes()).unwrap()
        };
        self.members.iter().map(read).collect()
    }

    /// A version of three members that trusts one association, signed by some of them.
    fn list(
        &self,
        version: u64,
        before: Option<&Circle>,
        issuer: &str,
        by: &[usize],
    ) -> SignedList {
        let list = CircleList::draft(&draft(version, before, issuer), self.now).unwrap();
        self.signed(&list, by)
    }

    fn signed(&self, list: &CircleList, by: &[usize]) -> SignedList {
        let line = |member: &usize| {
            let (did, key) = &self.members[*member];
            format!("{}\n", list.sign(key, did).unwrap())
        };
        let text: String = by.iter().map(line).collect();
        SignedList::read_all(&text).unwrap().remove(0)
    }

    fn first(&self) -> Circle {
        self.accept(self.list(1, None, "association", &[0, 1]), None).unwrap()
    }

    fn accept(&self, list: SignedList, before: Option<&Circle>) -> Result<Circle, CircleError> {
        list.accept(before, &self.documents(), self.now)
    }

    /// Holds a refused list against code and text, in which `A` and `B` stand for the hashes of both versions.
    fn check(&self, list: SignedList, before: Option<&Circle>, code: &str, text: &str) {
        let hashes =
            [list.list.hash.clone(), before.map(|it| it.list.hash.clone()).unwrap_or_default()];
        let error = self.accept(list, before).unwrap_err();
        let told = error.to_string().replace(&hashes[0], "B");
        let told = if hashes[1].is_empty() { told } else { told.replace(&hashes[1], "A") };
        assert_eq!((error.code(), told.as_str()), (code, text));
    }
}

fn did(name: &str) -> Did {
    format!("did:web:{name}.example").parse().unwrap()
}

fn draft(version: u64, before: Option<&Circle>, issuer: &str) -> String {
    let previous =
        before.map(|it| format!("previous = \"{}\"\n", it.list.hash)).unwrap_or_default();
    format!(
        "circle = \"nordic-mining\"\nversion = {version}\n{previous}quorum = 2\n\
         members = [\"did:web:oem.example\", \"did:web:shop.example\", \"did:web:mill.example\"]\n\
         expires = \"2027-11-22T00:00:00Z\"\n\
         [[issuer]]\ndid = \"did:web:{issuer}.example\"\ntypes = [\"MembershipCredential\"]\n"
    )
}

#[test]
fn a_version_signed_by_enough_members_is_taken_and_trusted() {
    let world = World::new();
    let first = world.first();
    let trust = Trust::new(TrustList::default(), vec![first.clone()]);
    assert!(trust.accepts(&did("association"), MEMBERSHIP, world.now));
    assert!(!trust.accepts(&did("association"), adit::AUDITOR_CREDENTIAL.as_str(), world.now));
    assert!(!trust.accepts(&did("stranger"), MEMBERSHIP, world.now));
    let second = world.list(2, Some(&first), "chamber", &[1, 2]);
    let second = world.accept(second, Some(&first)).unwrap();
    let trust = Trust::new(TrustList::default(), vec![second]);
    assert!(trust.accepts(&did("chamber"), MEMBERSHIP, world.now));
    assert!(!trust.accepts(&did("association"), MEMBERSHIP, world.now));
}

#[test]
fn what_a_circle_keeps_is_read_again_and_another_company_may_take_it() {
    let world = World::new();
    let first = world.first();
    assert_eq!(Circle::read(&first.to_text()).unwrap(), first);
    let again = SignedList::read_all(&first.to_text()).unwrap();
    let again = SignedList::pinned(again, Some(first.list.hash())).unwrap().remove(0);
    assert_eq!(world.accept(again, None).unwrap(), first);
}

#[test]
fn an_ended_list_trusts_nobody() {
    let world = World::new();
    let trust = Trust::new(TrustList::default(), vec![world.first()]);
    let end: Timestamp = "2027-11-22T00:00:00Z".parse().unwrap();
    let second = SignedDuration::from_secs(1);
    assert!(trust.accepts(&did("association"), MEMBERSHIP, end - second));
    assert!(!trust.accepts(&did("association"), MEMBERSHIP, end));
    assert!(!trust.listed(end)[0].in_force);
}

#[test]
fn what_the_own_list_says_against_an_issuer_wins_over_every_circle() {
    let world = World::new();
    let circles = vec![world.first()];
    let accepts = |own: TrustList| {
        Trust::new(own, circles.clone()).accepts(&did("association"), MEMBERSHIP, world.now)
    };
    let mut own = TrustList::default();
    assert!(accepts(own.clone()));
    own.block(&did("association"), true);
    assert!(!accepts(own.clone()));
    own.block(&did("association"), false);
    own.refuse(&did("association"), ["MembershipCredential"]).unwrap();
    assert!(!accepts(own.clone()));
    // An entry for another type takes nothing away.
    own.add(&did("association"), ["MembershipCredential"], None).unwrap();
    own.remove(&did("association"));
    own.add(&did("association"), ["AuditorCredential"], None).unwrap();
    assert!(accepts(own));
}

#[test]
fn too_few_signatures_name_who_is_missing() {
    let world = World::new();
    let first = world.first();
    let text = "version 2 of the circle 'nordic-mining' needs 2 signatures of the members of the version before; valid are those of did:web:mill.example";
    let list = world.list(2, Some(&first), "chamber", &[2]);
    world.check(list, Some(&first), "circle.quorum", text);
    // One member twice is one member.
    let line = |list: &SignedList| list.to_text();
    let twice = line(&world.list(2, Some(&first), "chamber", &[2])).repeat(2)
        + &line(&world.list(2, Some(&first), "chamber", &[2]));
    let twice = SignedList::read_all(&twice).unwrap().remove(0);
    world.check(twice, Some(&first), "circle.quorum", text);
    // A signature by another key than the member's counts nothing.
    let list = world.list(2, Some(&first), "chamber", &[0]);
    let forged = list.list.sign(&Keypair::generate().unwrap(), &did("shop")).unwrap();
    let forged = SignedList::read_all(&format!("{}{forged}\n", list.to_text())).unwrap().remove(0);
    world.check(forged, Some(&first), "circle.quorum", "version 2 of the circle 'nordic-mining' needs 2 signatures of the members of the version before; valid are those of did:web:oem.example; those of did:web:shop.example do not fit or could not be checked");
}

#[test]
fn only_members_of_the_version_before_count_and_nobody_else_is_asked_for() {
    let mut world = World::new();
    let first = world.first();
    let outsiders = ["evil", "worse"].map(|name| (did(name), Keypair::generate().unwrap()));
    world.members.extend(outsiders);
    let members = "members = [\"did:web:evil.example\", \"did:web:worse.example\"]";
    let text = draft(2, Some(&first), "evil");
    let line = text.lines().find(|line| line.starts_with("members")).unwrap().to_owned();
    let list = CircleList::draft(&text.replace(&line, members), world.now).unwrap();
    let list = world.signed(&list, &[3, 4]);
    assert!(list.signed_by(Some(&first)).unwrap().is_empty());
    world.check(list, Some(&first), "circle.quorum", "version 2 of the circle 'nordic-mining' needs 2 signatures of the members of the version before; valid are those of nobody");
}

#[test]
fn an_older_version_is_never_taken_back() {
    let world = World::new();
    let first = world.first();
    let second = world.list(2, Some(&first), "chamber", &[0, 1]);
    let second = world.accept(second, Some(&first)).unwrap();
    let again = world.list(1, None, "association", &[0, 1]);
    world.check(again, Some(&second), "circle.rollback", "version 2 of the circle 'nordic-mining' is in force; the file holds nothing newer than version 1");
    let third = world.list(3, Some(&second), "association", &[0, 1]);
    world.check(third, Some(&first), "circle.gap", "version 1 of the circle 'nordic-mining' is in force and the file goes on with version 3; add the versions between first");
}

#[test]
fn two_versions_of_one_number_name_whoever_signed_both() {
    let world = World::new();
    let first = world.first();
    let held = world.accept(world.list(2, Some(&first), "chamber", &[0, 1]), Some(&first)).unwrap();
    let other = world.list(2, Some(&first), "club", &[1, 2]);
    world.check(other, Some(&held), "circle.fork", "the circle 'nordic-mining' has two versions 2: A is in force here, the file holds B; signed both: did:web:shop.example");
    // A version that follows the other one.
    let other = world.accept(world.list(2, Some(&first), "club", &[1, 2]), Some(&first)).unwrap();
    let third = world.list(3, Some(&other), "club", &[1, 2]);
    let text = format!(
        "the circle 'nordic-mining' has two versions 2: A is in force here, the file holds {}; ask a member which one the circle means",
        other.list.hash
    );
    world.check(third, Some(&held), "circle.fork", &text);
}

#[test]
fn joining_needs_the_hash_that_somebody_told() {
    let world = World::new();
    let read = || vec![world.list(1, None, "association", &[0, 1])];
    let hash = read()[0].list.hash.clone();
    let error = SignedList::pinned(read(), None).unwrap_err();
    assert_eq!(error.code(), "circle.pin");
    assert!(error.to_string().ends_with(&format!("--pin {hash}")), "{error}");
    let other = "0".repeat(64);
    let error = SignedList::pinned(read(), Some(&other)).unwrap_err();
    assert_eq!(error.code(), "circle.pin");
    assert!(SignedList::pinned(read(), Some(&hash.to_uppercase())).is_ok());
}

#[test]
fn a_list_from_the_future_waits() {
    let world = World::new();
    let list = CircleList::draft(&draft(1, None, "association"), world.now + DAY).unwrap();
    let list = world.signed(&list, &[0, 1]);
    world.check(list, None, "circle.expired", "version 1 of the circle 'nordic-mining' says that it was made at 2026-11-23T12:00:00Z, now 2026-11-22T12:00:00Z; check the clock");
}

#[test]
fn what_no_list_may_say() {
    let world = World::new();
    let good = draft(1, None, "association");
    let wrong = "the file holds no trust list of a circle: ";
    let majority = "quorum must be more than half of the members and not more than all: two versions of one number could be valid otherwise";
    for (from, to, why) in [
        ("quorum = 2", "quorum = 1", majority),
        ("quorum = 2", "quorum = 4", majority),
        (
            "nordic-mining",
            "../key",
            "the name of a circle has at most 80 letters a-z, digits and hyphens",
        ),
        (
            "version = 1",
            "version = 2",
            "version 1 has no previous, and each later one names the hash of the one before",
        ),
        (
            "\"did:web:shop.example\"",
            "\"did:web:oem.example\"",
            "it names nobody, somebody twice, or more than 256 members",
        ),
        (
            "did:web:shop.example",
            "did:other:shop",
            "the member did:other:shop is of no DID method in use",
        ),
        ("2027-11-22", "2026-11-22", "it must end after it is made, and within 400 days"),
        ("2027-11-22", "2029-11-22", "it must end after it is made, and within 400 days"),
        (
            "types =",
            "never = [\"AuditorCredential\"]\ntypes =",
            "never belongs to a company's own list; a circle leaves the type out",
        ),
        (
            "types =",
            "note = \"ours\\u001b[2J\"\ntypes =",
            "a note is one line of at most 200 bytes, without control characters",
        ),
    ] {
        let error = CircleList::draft(&good.replacen(from, to, 1), world.now).unwrap_err();
        assert_eq!(error.to_string(), format!("{wrong}{why}"), "{to}");
    }
    for own in ["OwnerCredential", "PartnerCredential"] {
        let text = good.replace("MembershipCredential", own);
        let error = CircleList::draft(&text, world.now).unwrap_err();
        assert_eq!(
            (error.code(), error.to_string()),
            (
                "circle.type",
                format!(
                    "the list lets did:web:association.example issue a {own}; who a company's own people and partners are only the company itself says"
                )
            )
        );
    }
}

#[test]
fn a_member_with_two_dids_of_one_key_would_sign_twice() {
    let world = World::new();
    let key = world.members[0].1.public();
    let dids = [did_jwk(key), did_key(key)];
    for [one, other] in [[&dids[0], &dids[1]], [&dids[1], &dids[0]]] {
        let text = draft(1, None, "association")
            .replace("did:web:oem.example", one.as_str())
            .replace("did:web:shop.example", other.as_str());
        let told = CircleList::draft(&text, world.now).unwrap_err().to_string();
        assert!(told.contains(&format!(": the member {}", &other.as_str()[..40])), "{told}");
        assert!(told.ends_with(" has the key of another member"), "{told}");
    }
}

#[test]
fn content_that_no_draft_makes() {
    let world = World::new();
    let list = world.list(1, None, "association", &[0]).list;
    let content = URL_SAFE_NO_PAD.decode(&list.content).unwrap();
    let told = |member: &str, value: serde_json::Value| {
        let mut payload: serde_json::Value = serde_json::from_slice(&content).unwrap();
        payload[member] = value;
        let (did, key) = &world.members[0];
        let line = sign(key, did, Typ::TrustList, &payload).unwrap();
        SignedList::read_all(&line).unwrap_err().to_string()
    };
    for quorum in [1_u64 << 63, (1 << 63) + 1, u64::MAX] {
        assert!(told("quorum", quorum.into()).contains("quorum must be more than half"));
    }
    for version in [1_u64 << 32, u64::MAX] {
        assert!(told("version", version.into()).ends_with("its version is above 4294967295"));
    }
    // What is told of a file never moves the cursor of whoever reads it.
    let issuer = serde_json::json!([{"did": "did:web:a.example", "types": ["\u{1b}[2J"]}]);
    for (member, value) in
        [("\u{1b}[2J", 1.into()), ("members", ["\u{1b}[2J"].as_slice().into()), ("issuers", issuer)]
    {
        let told = told(member, value);
        assert!(told.contains("[2J") && !told.contains('\u{1b}'), "{told:?}");
    }
}

#[test]
fn a_file_that_is_no_list() {
    let world = World::new();
    let other = draft(1, None, "association").replace("nordic-mining", "other");
    let other = world.signed(&CircleList::draft(&other, world.now).unwrap(), &[0]).to_text();
    let good = world.list(1, None, "association", &[0]).to_text();
    let check = |text: &str, told: &str| {
        let error = SignedList::read_all(text).unwrap_err();
        assert_eq!((error.code(), error.to_string().as_str()), ("circle.list", told));
    };
    check("# nothing\n\n", "the file holds no trust list of a circle: it is empty");
    check(
        &format!("{good}{other}"),
        "the file holds no trust list of a circle: it holds lists of several circles",
    );
    let long = "the file holds no trust list of a circle: it has more than 1048576 bytes";
    check(&"#".repeat(LIST_FILE_BYTES_MAX + 1), long);
    check(
        "hello",
        "line 1 of the list: the token has 1 parts, a signed one has 3: header, payload, signature; encrypted tokens are not read",
    );
}

#[test]
fn the_draft_of_the_next_version_says_the_same() {
    let world = World::new();
    let first = world.first();
    let next = CircleList::draft(&first.list.next_draft(world.now), world.now).unwrap();
    assert_eq!((next.version, next.previous.as_deref()), (2, Some(first.list.hash.as_str())));
    assert_eq!((&next.members, &next.issuers), (&first.list.members, &first.list.issuers));
    let founder = did("oem");
    let text = CircleList::first_draft("nordic-mining", &founder, world.now);
    assert_eq!(CircleList::draft(&text, world.now).unwrap().members, [founder]);
}
