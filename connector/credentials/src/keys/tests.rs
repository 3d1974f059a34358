//! The life of keys, at exact instants.

use super::*;
use jiff::SignedDuration;
use serde_json::Value;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const LEAD: SignedDuration = SignedDuration::from_mins(15);

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn did() -> Did {
    "did:web:mill.example".parse().unwrap()
}

fn keypair() -> Keypair {
    Keypair::generate().unwrap()
}

fn rotated(keys: &Keys, asserts_until: Timestamp) -> Keys {
    let rotation = Rotation { now: now(), lead: LEAD, overlap: 7 * DAY, asserts_until };
    keys.rotate(keypair(), &rotation).unwrap()
}

/// The states at an instant, and how many keys each relationship lists.
fn at(keys: &Keys, now: Timestamp) -> (Vec<KeyState>, [usize; 3]) {
    let document = keys.document(&did(), "https://mill.example", &[], now);
    let listed = |name: &str| document[name].as_array().unwrap().len();
    let states = keys.list(&did(), now).iter().map(|key| key.state).collect();
    let names = ["authentication", "assertionMethod", "capabilityInvocation"];
    (states, names.map(listed))
}

#[test]
fn a_key_is_announced_signs_overlaps_asserts_and_is_forgotten() {
    use KeyState::*;
    let first = Keys::new(keypair(), now());
    let keys = rotated(&first, now() + 30 * DAY);
    assert_eq!(at(&first, now()), (vec![Signs], [1, 1, 1]));
    assert_eq!(at(&keys, now()), (vec![Signs, Announced], [2, 2, 2]));
    assert_eq!(at(&keys, now() + LEAD), (vec![Overlap, Signs], [2, 2, 2]));
    let second = SignedDuration::from_secs(1);
    assert_eq!(at(&keys, now() + LEAD + 7 * DAY - second).1, [2, 2, 2]);
    assert_eq!(at(&keys, now() + LEAD + 7 * DAY), (vec![Asserts, Signs], [1, 2, 1]));
    assert_eq!(at(&keys, now() + 30 * DAY - second).1, [1, 2, 1]);
    assert_eq!(at(&keys, now() + 30 * DAY), (vec![Signs], [1, 1, 1]));
    let dates = [now() + LEAD, now() + LEAD + 7 * DAY, now() + 30 * DAY];
    let mut seen = Vec::new();
    let mut when = now();
    while let Some(next) = keys.next_change(when) {
        seen.push(next);
        when = next;
    }
    assert_eq!(seen, dates);
}

#[test]
fn credentials_are_signed_by_the_newest_key_and_presentations_after_the_lead() {
    let first = Keys::new(keypair(), now());
    let keys = rotated(&first, now());
    assert_eq!(keys.signing(now()).public(), first.signing(now()).public());
    assert_eq!(keys.issuing().public(), keys.signing(now() + LEAD).public());
    assert_ne!(keys.issuing().public(), first.issuing().public());
    // A clock set back finds a key all the same.
    let tidied = keys.tidied(now() + LEAD).unwrap();
    assert_eq!(tidied.signing(now() - DAY).public(), keys.issuing().public());
}

#[test]
fn a_spent_private_half_is_gone_at_the_first_tidying() {
    let keys = rotated(&Keys::new(keypair(), now()), now() + 30 * DAY);
    let privates = |keys: &Keys| keys.to_text().matches("\"d\":").count();
    assert_eq!((privates(&keys), keys.tidied(now()).is_some()), (2, false));
    let tidied = keys.tidied(now() + LEAD).unwrap();
    assert_eq!((privates(&tidied), tidied.public(now() + LEAD).len()), (1, 2));
    assert!(tidied.tidied(now() + LEAD).is_none());
    assert_eq!(tidied.tidied(now() + 30 * DAY).unwrap().public(now()).len(), 1);
}

#[test]
fn text_and_back_is_the_same() {
    let keys = rotated(&Keys::new(keypair(), now()), now() + 30 * DAY);
    let keys = rotated(&keys.tidied(now() + LEAD).unwrap(), now() + 60 * DAY);
    let again = Keys::read(&keys.to_text()).unwrap();
    assert_eq!(again.to_text(), keys.to_text());
    assert_eq!(again.list(&did(), now()), keys.list(&did(), now()));
}

#[test]
fn one_private_jwk_is_read_as_one_key_that_signs() {
    let keypair = keypair();
    let keys = Keys::read(&keypair.to_private_jwk()).unwrap();
    assert_eq!(keys.signing(now()).public(), keypair.public());
    assert_eq!(keys.list(&did(), now())[0].state, KeyState::Signs);
}

#[test]
fn a_retired_key_proves_nothing_from_that_moment() {
    let first = Keys::new(keypair(), now());
    let old = first.list(&did(), now())[0].kid.clone();
    let newest = KeysError::Newest { kid: old.clone() };
    assert_eq!(first.retire(&did(), &old, now()).unwrap_err(), newest);
    let unknown = KeysError::Unknown { kid: "x".into() };
    assert_eq!(first.retire(&did(), "x", now()).unwrap_err(), unknown);
    let keys = rotated(&first, now() + 30 * DAY);
    // By its short name too; the announced key signs at once.
    let short = old.rsplit('#').next().unwrap();
    let keys = keys.retire(&did(), short, now()).unwrap();
    assert_eq!(at(&keys, now()), (vec![KeyState::Revoked, KeyState::Signs], [1, 1, 1]));
    assert_eq!(keys.signing(now()).public(), keys.issuing().public());
    let document = keys.document(&did(), "https://mill.example", &[], now() + 4000 * DAY);
    assert_eq!(document["verificationMethod"][0]["revoked"], "2026-11-22T12:00:00Z");
    assert_eq!(document["verificationMethod"].as_array().unwrap().len(), 2);
    assert!(!document["assertionMethod"].to_string().contains(short));
}

#[test]
fn keys_that_are_not_read_and_what_is_said_never_repeats_them() {
    let secret = keypair().to_private_jwk();
    let ring = |keys: &str| format!("{{\"keys\":[{keys}]}}");
    let dated = |jwk: &str| {
        format!(
            "{{\"jwk\":{jwk},\"made\":\"2026-01-01T00:00:00Z\",\"signs_from\":\"2026-01-01T00:00:00Z\"}}"
        )
    };
    let public = keypair().public().to_jwk().to_string();
    for (text, why) in [
        (String::new(), "no keys: not JSON of this form"),
        (secret[..secret.len() / 2].to_owned(), "no keys: not JSON of this form"),
        (ring(""), "no keys: the list is empty"),
        (ring(&dated(&public)), "no keys: the last one cannot sign"),
        (ring(&format!("{0},{0}", dated(&secret))), "no keys: two of them have no end"),
        (ring(&secret), "no keys: not JSON of this form"),
    ] {
        assert_eq!(Keys::read(&text).unwrap_err().to_string(), why);
    }
}

#[test]
fn debug_names_keys_by_their_thumbprints_alone() {
    let keypair = keypair();
    let jwk: Value = serde_json::from_str(&keypair.to_private_jwk()).unwrap();
    let told = format!("{:?}", Keys::new(keypair, now()));
    assert!(!told.contains(jwk["d"].as_str().unwrap()) && told.contains("Keypair("), "{told}");
}

#[test]
fn at_most_sixteen_keys_are_published() {
    let mut keys = Keys::new(keypair(), now());
    for _ in 1..KEYS_MAX {
        keys = rotated(&keys, now() + 30 * DAY);
    }
    let rotation = Rotation { now: now(), lead: LEAD, overlap: DAY, asserts_until: now() };
    assert_eq!(keys.rotate(keypair(), &rotation).unwrap_err(), KeysError::TooMany);
    // Once the others have left there is room again.
    let rotation = Rotation { now: now() + 31 * DAY, ..rotation };
    assert_eq!(keys.rotate(keypair(), &rotation).unwrap().public(rotation.now).len(), 2);
}
