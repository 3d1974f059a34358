//! What is checked once, and what is checked each time.

use super::*;

/// The checks that one presentation cost.
fn checks_of(world: &World, token: &str) -> u64 {
    let before = world.verified.checks();
    world.try_token(token).unwrap();
    world.verified.checks() - before
}

#[test]
fn a_credential_shown_again_costs_no_second_check() {
    let world = World::new();
    let credential = world.credential();
    let present = |jti: &str| {
        let shown = std::slice::from_ref(&credential);
        present(&world.shop_key, &world.shop, shown, &world.mill, jti, world.now).unwrap()
    };
    assert_eq!(checks_of(&world, &present("1")), 2);
    // A presentation is new each time, so its own signature is checked each time.
    assert_eq!(checks_of(&world, &present("2")), 1);
    assert_eq!(world.verified.spared(), 1);
}

#[test]
fn what_was_checked_once_is_held_against_time_trust_key_and_holder_each_time() {
    let mut world = World::new();
    let (token, credential) = (world.presentation(), world.credential());
    world.try_token(&token).unwrap();
    world.try_token(&world.present(std::slice::from_ref(&credential))).unwrap();

    let trust = std::mem::take(&mut world.trust);
    assert_eq!(world.try_token(&token).unwrap_err().code(), "trust.issuer");
    world.trust = trust;

    let thief = (did("did:web:thief.example"), Keypair::generate().unwrap());
    let shown = std::slice::from_ref(&credential);
    let stolen = present(&thief.1, &thief.0, shown, &world.mill, "1", world.now).unwrap();
    assert_eq!(world.try_token(&stolen).unwrap_err().code(), "vc.holder");

    let other = document(&world.oem, &[&Keypair::generate().unwrap()]);
    let (documents, replay) =
        (world.documents_with(&world.oem, &other), ForgetfulReplay::default());
    let refusal = world.try_token_with(&token, &documents, &replay).unwrap_err();
    assert_eq!(refusal.code(), "did.key");

    world.now = world.claims().valid_until;
    let refusal = world.try_token(&world.present(shown)).unwrap_err();
    assert_eq!(refusal.code(), "vc.expired");
}

#[test]
fn what_did_not_fit_is_not_remembered() {
    let world = World::new();
    let forged = world.present(&[resign(&world.credential(), &world.shop_key, |_, _| {})]);
    for _ in 0..2 {
        assert_eq!(world.try_token(&forged).unwrap_err().code(), "jose.signature");
    }
    assert_eq!(world.verified.spared(), 0);
}

#[test]
fn the_memory_of_checks_is_bounded_and_keeps_what_is_used() {
    let verified = Verified::default();
    let key = Keypair::generate().unwrap();
    let digest = |number: u64| {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.to_le_bytes());
        digest
    };
    for number in 1..60_000 {
        assert!(verified.check(digest(0), key.public(), || true));
        assert!(verified.check(digest(number), key.public(), || true));
    }
    assert_eq!((verified.checks(), verified.spared()), (60_000, 59_998));
    assert!(!verified.check(digest(1), key.public(), || false), "the oldest is forgotten");
    assert!(verified.check(digest(59_999), key.public(), || false), "the youngest is known");
}
