//! What may be asked for, and what an access token opens.

use super::*;

#[test]
fn scopes_are_read_with_and_without_their_end() {
    let read = |text: &str| text.parse::<Scope>().map_err(|e| e.to_string());
    let member = Scope::Type("MembershipCredential".into());
    for text in [
        "org.eclipse.dspace.dcp.vc.type:MembershipCredential",
        "org.eclipse.dspace.dcp.vc.type:MembershipCredential:read",
    ] {
        assert_eq!(read(text), Ok(member.clone()));
    }
    let id = Scope::Id("urn:uuid:1".into());
    assert_eq!(read("org.eclipse.dspace.dcp.vc.id:urn:uuid:1"), Ok(id.clone()));
    assert_eq!(read(&id.to_string()), Ok(id.clone()));
    for wrong in [
        "",
        "Member",
        "org.eclipse.dspace.dcp.vc.type:",
        "org.eclipse.dspace.dcp.vc.id::read",
        "org.eclipse.dspace.dcp.vc.type:a b",
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    let types = ["VerifiableCredential", "MembershipCredential"];
    assert!(member.fits(types, None) && id.fits(types, Some("urn:uuid:1")));
    assert!(Scope::Type("https://w3id.org/adit/ns#MembershipCredential".into()).fits(types, None));
    assert!(!Scope::Type("SensitiveCredential".into()).fits(types, Some("SensitiveCredential")));
    assert!(Scope::Type("Sensitive".into()).fits(["Sensitive"], None));
}

#[test]
fn an_access_token_opens_its_scopes_to_its_verifier_for_its_time() {
    let access = Access {
        verifier: did("shop"),
        scopes: vec![Scope::Type("adit:MembershipCredential".into())],
        until: *NOW + SignedDuration::from_mins(5),
    };
    let sender = verify(&token(None), &documents(), &ForgetfulReplay::default()).unwrap();
    let asked = [Scope::Type("MembershipCredential".into()), Scope::Type("Sensitive".into())];
    assert_eq!(access.opened(&sender, &asked, *NOW).unwrap(), [&asked[0]]);
    let whole = Access { scopes: Vec::new(), ..access.clone() };
    assert_eq!(whole.opened(&sender, &asked, *NOW).unwrap().len(), 2);
    let others = Access { verifier: did("oem"), ..access.clone() };
    assert_eq!(others.opened(&sender, &asked, *NOW).unwrap_err().code(), "dcp.access");
    assert_eq!(access.opened(&sender, &asked, access.until).unwrap_err().code(), "dcp.access");
}

#[test]
fn what_nobody_can_show_is_not_asked_for() {
    let mut list = TrustList::default();
    let trusted = ["OwnerCredential", "MembershipCredential", "DigitalBirthCertificate"];
    list.add(&did("oem"), trusted, None).unwrap();
    let asked = scopes_to_ask(&list.into(), *NOW);
    assert_eq!(asked, [Scope::Type("MembershipCredential".into())]);
}
