//! What a permit opens, and rules in words.

use super::*;
use adit_vocab::{Phase, Room, adit};

fn room(tier: Tier, audience: Option<&str>) -> Room {
    let (base, group) = ("https://mill.example".to_owned(), "steel".to_owned());
    Room { base, group, phase: Phase::AsBuilt, tier, audience: audience.map(did) }
}

#[test]
fn a_permit_opens_rooms() {
    let shop = "did:web:shop.example";
    let of = |tiers: &[Tier], audience: Option<&str>, all: bool| {
        Permit::for_test(tiers.iter().copied(), audience.map(did), all, Vec::new())
    };
    let partner = of(&[Tier::Public, Tier::Partner], Some(shop), false);
    let anonymous = of(&[Tier::Public, Tier::Partner], None, false);
    let own = of(Tier::ALL, Some("did:web:mill.example"), true);
    for (room, expected) in [
        (room(Tier::Public, None), [true, true, true]),
        (room(Tier::Research, None), [false, false, true]),
        (room(Tier::Partner, Some(shop)), [true, false, true]),
        (room(Tier::Partner, Some("did:web:oem.example")), [false, false, true]),
        (room(Tier::Partner, None), [false, false, true]),
        (room(Tier::Owner, Some(shop)), [false, false, true]),
    ] {
        let got = [&partner, &anonymous, &own].map(|permit| permit.opens(&room));
        assert_eq!(got, expected, "{}", room.to_iri());
    }
}

#[test]
fn a_permit_hides_what_is_derived_from_the_hidden() {
    let hidden = vec![adit::INSTALLED_IN.as_str().to_owned()];
    let permit = Permit::for_test([Tier::Partner], None, false, hidden);
    assert!(permit.hides(adit::INSTALLED_IN.as_str()));
    assert!(permit.hides(adit::PART_OF.as_str()));
    assert!(!permit.hides(adit::LOCATED_AT.as_str()));
    assert_eq!(permit.hidden_predicates().collect::<Vec<_>>(), [adit::INSTALLED_IN.as_str()]);
}

#[test]
fn equal_keys_open_equal_facts() {
    let key = |tiers: &[Tier], audience: Option<&str>, all, hidden: &[&str]| {
        let hidden = hidden.iter().map(|it| (*it).to_owned()).collect();
        Permit::for_test(tiers.iter().copied(), audience.map(did), all, hidden).key()
    };
    let a = key(&[Tier::Public, Tier::Partner], Some("did:web:a.example"), false, &[]);
    assert_eq!(a, key(&[Tier::Partner, Tier::Public], Some("did:web:a.example"), false, &[]));
    for other in [
        key(&[Tier::Public], Some("did:web:a.example"), false, &[]),
        key(&[Tier::Public, Tier::Partner], Some("did:web:b.example"), false, &[]),
        key(&[Tier::Public, Tier::Partner], None, false, &[]),
        key(&[Tier::Public, Tier::Partner], Some("did:web:a.example"), true, &[]),
        key(&[Tier::Public, Tier::Partner], Some("did:web:a.example"), false, &["x"]),
    ] {
        assert_ne!(a, other);
    }
}

#[test]
fn a_permit_names_the_rule_of_each_tier() {
    let policies = Policies::read(TEMPLATES.iter().copied(), Vocabulary::bundled()).unwrap();
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let permit = decide(&policies, &Caller::anonymous(), &mill(), &Asked::default(), now).unwrap();
    assert_eq!(permit.rule_of(Tier::Public), Some("urn:adit:policy:public#permission-1"));
    assert_eq!(permit.rule_of(Tier::Partner), None);
    assert_eq!((permit.audience(), permit.purpose(), permit.valid_until()), (None, None, None));
    assert!(!permit.sees_all_audiences());
}

#[test]
fn rules_are_said_in_sentences() {
    let policies = Policies::read(TEMPLATES.iter().copied(), Vocabulary::bundled()).unwrap();
    let sentences: Vec<_> = explain(&policies).into_iter().map(|it| it.en).collect();
    assert_eq!(
        sentences,
        [
            "Whoever meets this may read all facts: the caller holds an OwnerCredential issued by this company.",
            "Whoever meets this may read all facts: the facts are of the tier public.",
            "Whoever meets this may read all facts: the caller holds a PartnerCredential; and the purpose is recall, warranty, maintenance or repair, or narrower; and the facts are of the tier partner or public.",
            "Whoever meets this may read all facts: the caller holds a ResearcherCredential; and the purpose is ResearchAndDevelopment, or narrower; and the facts are of the tier research or public.",
            "Whoever meets this may not, whatever else permits it, read all facts: the purpose is CommercialResearch, or narrower; and the facts are of another tier than public.",
            "Whoever meets this may send a question to another company: the purpose is recall, warranty, maintenance or repair, or narrower.",
            "Whoever meets this may send a question to another company: the purpose is ResearchAndDevelopment, or narrower.",
        ]
    );
}
