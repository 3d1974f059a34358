//! Keys that were rotated, that end, and that were revoked.

use super::*;

/// The OEM's document after it replaced its key, with what was remembered of the old one.
fn rotated(world: &World, change: impl FnOnce(&mut Value)) -> Documents {
    let past = read(&world.oem, &document(&world.oem, &[&world.oem_key]));
    let past = past.assertion_keys(world.now);
    let mut new = document(&world.oem, &[&Keypair::generate().unwrap()]);
    change(&mut new);
    let mut documents = world.documents();
    documents.add(read(&world.oem, &new).with_past(past));
    documents
}

fn try_with(world: &World, token: &str, documents: &Documents) -> Result<Caller, Refusal> {
    world.try_token_with(token, documents, &ForgetfulReplay::default())
}

#[test]
fn a_credential_signed_while_its_key_was_listed_stays_checkable() {
    let world = World::new();
    let documents = rotated(&world, |_| {});
    try_with(&world, &world.presentation(), &documents).unwrap();
    // What the old key signs after it was last seen is not accepted.
    let late = world.now.as_second() + 1;
    let token = world.forge_credential(|_, payload| payload["iat"] = json!(late));
    assert_eq!(try_with(&world, &token, &documents).unwrap_err().code(), "did.key");
}

#[test]
fn a_credential_that_does_not_say_when_it_was_signed_counts_from_its_beginning() {
    let world = World::new();
    let documents = rotated(&world, |_| {});
    let without_iat = |payload: &mut Value| drop(payload.as_object_mut().unwrap().remove("iat"));
    let token = world.forge_credential(|_, payload| without_iat(payload));
    try_with(&world, &token, &documents).unwrap();
    let token = world.forge_credential(|_, payload| {
        without_iat(payload);
        drop(payload.as_object_mut().unwrap().remove("validFrom"));
    });
    assert_eq!(try_with(&world, &token, &documents).unwrap_err().code(), "did.key");
}

#[test]
fn a_past_key_proves_no_presentation_and_serves_no_other_did() {
    let mut world = World::new();
    let past = read(&world.shop, &document(&world.shop, &[&world.shop_key]));
    let past = past.assertion_keys(world.now);
    let new = document(&world.shop, &[&Keypair::generate().unwrap()]);
    let mut documents = world.documents();
    documents.add(read(&world.shop, &new).with_past(past.clone()));
    let refusal = try_with(&world, &world.presentation(), &documents).unwrap_err();
    assert_eq!(refusal.code(), "did.key");
    // Handed to another DID's document they are left out.
    world.oem_key = Keypair::generate().unwrap();
    let other = read(&world.oem, &document(&world.oem, &[&world.oem_key]));
    assert_eq!(other.clone().with_past(past), other);
}

#[test]
fn a_key_that_the_document_says_is_revoked_proves_nothing_old_or_new() {
    let world = World::new();
    let revoked = |at: &str| {
        let method = document(&world.oem, &[&world.oem_key])["verificationMethod"][0].clone();
        rotated(&world, |new| {
            let methods = new["verificationMethod"].as_array_mut().unwrap();
            methods.push(method);
            methods[1]["revoked"] = json!(at);
        })
    };
    let refusal = try_with(&world, &world.presentation(), &revoked("2026-11-22T11:00:00Z"));
    assert_eq!(refusal.unwrap_err().code(), "did.key");
    let mut listed = document(&world.oem, &[&world.oem_key]);
    listed["verificationMethod"][0]["revoked"] = json!("2026-11-22T12:00:00Z");
    let documents = world.documents_with(&world.oem, &listed);
    let refusal = try_with(&world, &world.presentation(), &documents).unwrap_err();
    assert_eq!(refusal.code(), "did.key");
}

#[test]
fn a_revoked_key_stays_revoked_when_the_document_says_it_no_more() {
    let world = World::new();
    let listed = document(&world.oem, &[&world.oem_key]);
    let known = read(&world.oem, &listed).remember(&[], world.now);
    let mut revoked = document(&world.oem, &[&Keypair::generate().unwrap()]);
    let new = revoked.clone();
    let mut method = listed["verificationMethod"][0].clone();
    method["revoked"] = json!("2026-11-22T11:00:00Z");
    revoked["verificationMethod"].as_array_mut().unwrap().push(method.clone());
    let known = read(&world.oem, &revoked).remember(&known, world.now);
    // As it is kept between two runs.
    let known: Vec<_> = known.iter().filter_map(|it| PastKey::from_json(&it.to_json())).collect();
    // The key comes back for a while under another name, and goes.
    method["id"] = json!("#again");
    method.as_object_mut().unwrap().remove("revoked");
    let mut again = new.clone();
    again["verificationMethod"].as_array_mut().unwrap().push(method);
    again["assertionMethod"].as_array_mut().unwrap().push(json!("#again"));
    let known = read(&world.oem, &again).remember(&known, world.now);
    assert_eq!(known.iter().filter(|it| it.revoked.is_some()).count(), 2);
    let try_past = |document: &Value, known: &[PastKey]| {
        let mut documents = world.documents();
        documents.add(read(&world.oem, document).with_past(known.to_vec()));
        try_with(&world, &world.presentation(), &documents).map(drop)
    };
    let bare = json!({ "id": world.oem });
    for document in [&new, &bare] {
        assert_eq!(try_past(document, &known).unwrap_err().code(), "did.key");
    }
    // One that will be revoked serves until then.
    let later = |it: &PastKey| PastKey {
        revoked: Some("2026-11-22T12:00:01Z".parse().unwrap()),
        ..it.clone()
    };
    try_past(&new, &known.iter().map(later).collect::<Vec<_>>()).unwrap();
}

#[test]
fn a_key_that_ended_proves_credentials_of_its_time_and_no_presentation() {
    let world = World::new();
    let ended = |who: &Did, key: &Keypair, at: &str| {
        let mut document = document(who, &[key]);
        document["verificationMethod"][0]["expires"] = json!(at);
        world.documents_with(who, &document)
    };
    let token = world.presentation();
    let (soon, before) = ("2026-11-22T12:00:01Z", "2026-11-22T11:59:59Z");
    try_with(&world, &token, &ended(&world.oem, &world.oem_key, soon)).unwrap();
    let issuer = ended(&world.oem, &world.oem_key, before);
    assert_eq!(try_with(&world, &token, &issuer).unwrap_err().code(), "did.key");
    let earlier = world.now.as_second() - 60;
    let old = world.forge_credential(|_, payload| payload["iat"] = json!(earlier));
    try_with(&world, &old, &issuer).unwrap();
    let holder = ended(&world.shop, &world.shop_key, before);
    assert_eq!(try_with(&world, &token, &holder).unwrap_err().code(), "did.key");
}

#[test]
fn a_remembered_key_is_written_and_read() {
    let world = World::new();
    for key in [world.oem_key, Keypair::generate_for(Algorithm::Ed25519).unwrap()] {
        let [past] =
            &read(&world.oem, &document(&world.oem, &[&key])).assertion_keys(world.now)[..]
        else {
            panic!("one key is listed")
        };
        assert_eq!(PastKey::from_json(&past.to_json()).as_ref(), Some(past));
        let revoked = PastKey { revoked: Some(world.now), ..past.clone() };
        assert_eq!(PastKey::from_json(&revoked.to_json()), Some(revoked.clone()));
        let mut wrong = revoked.to_json();
        wrong["revoked"] = json!("yesterday");
        assert_eq!(PastKey::from_json(&wrong), None);
    }
    assert_eq!(PastKey::from_json(&json!({"id": "did:web:oem.example#k"})), None);
}

#[test]
fn a_presentation_refused_for_its_key_can_be_verified_with_a_newer_document() {
    let world = World::new();
    let (unverified, replay) =
        (Unverified::parse(&world.presentation()).unwrap(), ForgetfulReplay::default());
    let other = document(&world.shop, &[&Keypair::generate().unwrap()]);
    let old = world.documents_with(&world.shop, &other);
    let refusal = unverified.verify(&world.evidence(&old, &replay)).unwrap_err();
    assert_eq!(refusal.code(), "did.key");
    unverified.verify(&world.evidence(&world.documents(), &replay)).unwrap();
}
