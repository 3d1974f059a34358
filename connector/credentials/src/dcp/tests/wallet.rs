//! What is kept, what of it is shown, and what is delivered.

use super::*;

#[test]
fn of_equal_credentials_the_newest_is_shown_and_none_that_ended() {
    let renewed = {
        let until = *NOW + SignedDuration::from_hours(48);
        let claims = Claims::about("urn:uuid:3", "MembershipCredential", did("shop"), *NOW, until);
        issue(&OEM_KEY, &did("oem"), &claims, *NOW).unwrap()
    };
    let wallet =
        [credential("urn:uuid:1", "shop", 3600), credential("urn:uuid:2", "shop", -1), renewed];
    let wallet: Vec<_> = wallet.iter().map(|token| Kept::read(token).unwrap()).collect();
    let chosen = |scopes: &[Scope]| {
        let scopes: Vec<_> = scopes.iter().collect();
        let chosen = choose(&wallet, &scopes, &did("mill"), *NOW);
        chosen
            .into_iter()
            .map(|it| it.credential().unverified_id().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(chosen(&[Scope::Type("MembershipCredential".into())]), ["urn:uuid:3"]);
    assert_eq!(chosen(&[Scope::Id("urn:uuid:1".into())]), ["urn:uuid:1"]);
    assert_eq!(chosen(&[Scope::Id("urn:uuid:2".into())]), [""; 0]);
    assert_eq!(chosen(&[Scope::Type("PartnerCredential".into())]), [""; 0]);
    assert!(wallet[2].replaces(&wallet[0]) && wallet[2].replaces(&wallet[1]));
    assert!(!wallet[0].replaces(&wallet[2]) && !wallet[2].replaces(&wallet[2]));
}

#[test]
fn a_credential_between_two_is_shown_to_its_issuer_alone() {
    let claims = Claims::about(
        "urn:uuid:1",
        "PartnerCredential",
        did("shop"),
        *NOW,
        *NOW + SignedDuration::from_hours(1),
    );
    let kept = Kept::read(&issue(&OEM_KEY, &did("oem"), &claims, *NOW).unwrap()).unwrap();
    assert!(kept.is_for(&did("oem")));
    assert!(!kept.is_for(&did("mill")));
    let member = Kept::read(&credential("urn:uuid:2", "shop", 60)).unwrap();
    assert!(member.is_for(&did("mill")));
}

/// What the shop shows the mill: each credential in both data models.
fn shown(wallet: &[Kept]) -> PresentationResponse {
    let chosen: Vec<_> = wallet.iter().collect();
    let mut ids = 0;
    let id = || {
        ids += 1;
        format!("presentation-{ids}")
    };
    let presentations = show(&SHOP_KEY, &did("shop"), &chosen, &did("mill"), id, *NOW).unwrap();
    let response = PresentationResponse { presentations };
    PresentationResponse::read(response.to_json().to_string().as_bytes()).unwrap()
}

#[test]
fn what_is_shown_in_both_data_models_makes_one_caller() {
    let claims = Claims::about(
        "urn:uuid:11",
        "MembershipCredential",
        did("shop"),
        *NOW,
        *NOW + SignedDuration::from_hours(1),
    );
    let wallet = [
        Kept::read(&credential("urn:uuid:1", "shop", 60)).unwrap(),
        Kept::read(&issue11(&OEM_KEY, &did("oem"), &claims, *NOW).unwrap()).unwrap(),
    ];
    assert_eq!([wallet[0].profile(), wallet[1].profile()], [Profile::Vc20, Profile::Vc11]);
    let response = shown(&wallet);
    assert_eq!(response.presentations.len(), 2);
    let sender = verify(&token(Some("a")), &documents(), &ForgetfulReplay::default()).unwrap();
    let asked = scopes_to_ask(&trust(), *NOW);
    assert_eq!(asked, [Scope::Type("MembershipCredential".into())]);
    let shown = Shown::read(&response, &sender, &asked).unwrap();
    let replay = ForgetfulReplay::default();
    let callers = shown.into_presentations().into_iter().map(|presentation| {
        with_evidence(&documents(), &replay, |evidence| presentation.verify(evidence).unwrap())
    });
    let caller = callers.reduce(|one, other| one.joined(other).unwrap()).unwrap();
    assert_eq!(caller.did(), Some(&did("shop")));
    assert_eq!(caller.credentials().len(), 2);
    assert!(caller.holds("https://w3id.org/adit/ns#MembershipCredential"));
}

#[test]
fn what_was_not_asked_for_is_passed_over_and_nothing_is_not_enough() {
    let wallet = [Kept::read(&credential("urn:uuid:1", "shop", 60)).unwrap()];
    let sender = verify(&token(Some("a")), &documents(), &ForgetfulReplay::default()).unwrap();
    let read = |response: &PresentationResponse, asked: &[Scope]| {
        Shown::read(response, &sender, asked).map(drop).map_err(|it| (it.code(), it.cause()))
    };
    let partner = [Scope::Type("PartnerCredential".into())];
    let nothing = Err(("dcp.notShown", DcpCause::Forbidden));
    assert_eq!(read(&shown(&wallet), &partner), nothing);
    assert_eq!(read(&PresentationResponse { presentations: Vec::new() }, &partner), nothing);
    // A presentation by another, which the sender passes on.
    let stranger = Keypair::generate().unwrap();
    let token =
        present(&stranger, &did("oem"), &[wallet[0].token().to_owned()], &did("mill"), "1", *NOW);
    let response = PresentationResponse { presentations: vec![token.unwrap()] };
    assert_eq!(read(&response, &partner), Err(("dcp.presenter", DcpCause::Forbidden)));
}

#[test]
fn a_presentation_of_the_data_model_1_1_names_one_holder() {
    let until = *NOW + SignedDuration::from_hours(1);
    let claims = Claims::about("urn:uuid:1", "MembershipCredential", did("shop"), *NOW, until);
    let credential = issue11(&OEM_KEY, &did("oem"), &claims, *NOW).unwrap();
    let token = present11(&SHOP_KEY, &did("shop"), &[credential], &did("mill"), "1", *NOW).unwrap();
    Unverified::parse11(&token).unwrap();
    let other = resigned(&token, |_, payload| payload["vp"]["holder"] = json!(did("oem")));
    let refusal = Unverified::parse11(&other).unwrap_err();
    assert_eq!(refusal.to_string(), "the claim 'holder' must be the same DID as iss");
}

#[test]
fn a_delivered_credential_is_from_its_sender_about_the_holder() {
    let check = |credential: &str, sender: &str| {
        let (documents, replay) = (documents(), ForgetfulReplay::default());
        let kept = Kept::read(credential).unwrap();
        with_evidence(&documents, &replay, |evidence| {
            kept.check_delivered(&did(sender), evidence).map_err(|it| it.code())
        })
    };
    assert_eq!(check(&credential("urn:uuid:1", "mill", 60), "oem"), Ok(()));
    assert_eq!(check(&credential("urn:uuid:1", "mill", 60), "shop"), Err("vc.issuer"));
    assert_eq!(check(&credential("urn:uuid:1", "shop", 60), "oem"), Err("vc.holder"));
    assert_eq!(check(&credential("urn:uuid:1", "mill", -60), "oem"), Err("vc.expired"));
}

#[test]
fn a_delivery_is_proved_before_any_status_list_is_asked_for() {
    let forged = {
        let until = *NOW + SignedDuration::from_hours(1);
        let claims = Claims::about("urn:uuid:1", "MembershipCredential", did("mill"), *NOW, until);
        issue(&SHOP_KEY, &did("oem"), &claims, *NOW).unwrap()
    };
    let check = |token: &str, sender: &str| {
        let (documents, kept) = (documents(), Kept::read(token).unwrap());
        with_evidence(&documents, &ForgetfulReplay::default(), |evidence| {
            kept.check_signed(&did(sender), evidence).map_err(|it| it.code())
        })
    };
    assert_eq!(check(&forged, "oem"), Err("did.key"));
    assert_eq!(check(&credential("urn:uuid:1", "mill", 60), "shop"), Err("vc.issuer"));
    assert_eq!(check(&credential("urn:uuid:1", "shop", 60), "oem"), Err("vc.holder"));
    assert_eq!(check(&credential("urn:uuid:1", "mill", 60), "oem"), Ok(()));
}

#[test]
fn what_is_delivered_was_asked_for_or_renews_what_is_held() {
    let of = |types: &[&str]| types.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
    let kept = |id: &str, valid_s: i64| Kept::read(&credential(id, "mill", valid_s)).unwrap();
    let (old, new, short) =
        (kept("urn:uuid:1", 60), kept("urn:uuid:2", 90), kept("urn:uuid:3", 30));
    assert!(new.is_of(&of(&["MembershipCredential"])));
    assert!(new.is_of(&of(&["PartnerCredential", "adit:MembershipCredential"])));
    assert!(!new.is_of(&of(&["PartnerCredential"])) && !new.is_of(&[]));
    assert!(!new.renews(&[]), "nothing of its kind is held");
    assert!(new.renews(std::slice::from_ref(&old)) && old.renews(std::slice::from_ref(&old)));
    assert!(!short.renews(&[old]), "it would stand beside the longer one");
}
