use super::*;

#[test]
fn s15_somebody_elses_credential() {
    let world = World::new();
    let thief = did("did:web:thief.example");
    let thief_key = Keypair::generate().unwrap();
    let stolen = [world.credential()];
    let token = present(&thief_key, &thief, &stolen, &world.mill, "1", world.now).unwrap();
    let text = "the credential is about did:web:shop.example, the presentation is by did:web:thief.example; present only your own";
    world.check(&token, "vc.holder", Cause::Trust, text);
    for claim in ["sub", "holder"] {
        let token = world.forge(|_, payload| payload[claim] = json!(thief));
        let refusal = world.try_token(&token).unwrap_err();
        assert_eq!(refusal.to_string(), format!("the claim '{claim}' must be the same DID as iss"));
    }
}

#[test]
fn s16_an_issuer_that_is_not_trusted_for_the_type() {
    let mut world = World::new();
    let text = "did:web:oem.example is not trusted here to issue a ResearcherCredential; this company would have to add it to its trust list";
    let mut claims = world.claims();
    claims.types = vec!["ResearcherCredential".into(), "PartnerCredential".into()];
    let credential = issue(&world.oem_key, &world.oem, &claims, world.now).unwrap();
    world.check(&world.present(&[credential]), "trust.issuer", Cause::Trust, text);
    let text = text.replace("Researcher", "Partner");
    world.trust = Trust::default();
    world.check(&world.presentation(), "trust.issuer", Cause::Trust, &text);
    // It is refused before anybody is asked for a document, whatever its signature.
    let unverified = Unverified::parse(&world.presentation()).unwrap();
    let refusal = unverified.issuers(&world.trust, world.now).unwrap_err();
    assert_eq!(refusal.code(), "trust.issuer");
    // And again at the end, should somebody verify without having asked.
    let (documents, replay) = (world.documents(), ForgetfulReplay::default());
    let refusal = unverified.verify(&world.evidence(&documents, &replay)).unwrap_err();
    assert_eq!(refusal.code(), "trust.issuer");
    let text = format!(
        "the credential of did:web:oem.example has no type that is known here; known are {}",
        known_types()
    );
    let token = world
        .forge_credential(|_, payload| payload["type"] = json!(["VerifiableCredential", "Other"]));
    world.check(&token, "vc.type", Cause::Trust, &text);
}

#[test]
fn s18_too_many_credentials_and_presentations_in_presentations() {
    let world = World::new();
    for (count, entries) in
        [(0, json!([])), (17, json!(vec![json!({}); 17])), (10_000, json!(vec![0; 10_000]))]
    {
        let token = world.forge(|_, payload| payload["verifiableCredential"] = entries);
        let text = format!("the presentation holds {count} credentials; between 1 and 16 are read");
        world.check(&token, "vp.count", Cause::Form, &text);
    }
    let envelope = "credential 1 of the presentation must be an EnvelopedVerifiableCredential with an id that begins with data:application/vc+jwt,";
    let inner = world.presentation();
    for entry in [
        json!({"type": "EnvelopedVerifiablePresentation", "id": format!("data:application/vp+jwt,{inner}")}),
        json!({"type": "EnvelopedVerifiableCredential", "id": format!("data:application/vp+jwt,{inner}")}),
        json!({"type": "VerifiableCredential", "issuer": "did:web:oem.example"}),
        json!(world.credential()),
    ] {
        let token = world.forge(|_, payload| payload["verifiableCredential"] = json!([entry]));
        world.check(&token, "vp.envelope", Cause::Form, envelope);
    }
    let credentials = vec![world.credential(); 17];
    let made = present(&world.shop_key, &world.shop, &credentials, &world.mill, "1", world.now);
    assert_eq!(
        made.unwrap_err().to_string(),
        "a presentation holds between 1 and 16 credentials, not 17"
    );
}

#[test]
fn a_credential_handed_over_is_checked_before_it_is_kept() {
    let world = World::new();
    let (token, documents) = (world.credential(), world.documents());
    let replay = ForgetfulReplay::default();
    let check = |issuer, subject| {
        let evidence = world.evidence(&documents, &replay);
        let checked = Credential::check(&token, issuer, subject, &evidence);
        checked.map_err(|refusal| refusal.to_string())
    };
    assert_eq!(check(&world.oem, &world.shop), Ok(()));
    assert_eq!(
        check(&world.mill, &world.shop).unwrap_err(),
        "the claim 'issuer' must be the company that hands the credential over"
    );
    assert_eq!(
        check(&world.oem, &world.mill).unwrap_err(),
        "the credential is about did:web:shop.example, the presentation is by did:web:mill.example; present only your own"
    );
    let peeked = Credential::peek(&token).unwrap();
    assert_eq!(peeked.unverified_types(), [adit::PARTNER_CREDENTIAL.as_str()]);
    assert_eq!(peeked.unverified_subject().holder(), Some(&world.shop));
    assert_eq!(peeked.unverified_valid_until(), Some(world.claims().valid_until));
    assert_eq!(peeked.unverified_id(), Some("urn:uuid:1"));
}

#[test]
fn credentials_that_are_not_issued() {
    let world = World::new();
    let refuse = |change: &dyn Fn(&mut Claims)| {
        let mut claims = world.claims();
        change(&mut claims);
        issue(&world.oem_key, &world.oem, &claims, world.now).unwrap_err().to_string()
    };
    assert_eq!(
        refuse(&|claims| claims.types = vec!["FriendCredential".into()]),
        format!("'FriendCredential' is not a type of credential; known are {}", known_types())
    );
    assert_eq!(
        refuse(&|claims| claims.valid_until = claims.valid_from),
        "the credential would begin at 2026-11-22T12:00:00Z and end at 2026-11-22T12:00:00Z; end it later"
    );
    assert_eq!(
        refuse(&|claims| claims.extra = [("id".to_owned(), json!("x"))].into_iter().collect()),
        "extra holds an id; the subject is named by its own field"
    );
}
