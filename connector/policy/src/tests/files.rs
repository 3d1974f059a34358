//! Which files are read, and the exact answer to all others.

use super::*;

/// An offer with one permission, changed in one place.
fn offer(change: impl FnOnce(&mut Value)) -> Value {
    let mut offer = json!({
        "@context": ["http://www.w3.org/ns/odrl.jsonld", "https://w3id.org/adit/context.jsonld"],
        "@type": "Offer",
        "uid": "urn:x:offer",
        "permission": [{
            "target": "adit:facts",
            "action": "odrl:read",
            "constraint": [{
                "leftOperand": "odrl:purpose",
                "operator": "isA",
                "rightOperand": "adit:purpose-recall",
            }],
        }],
    });
    change(&mut offer);
    offer
}

fn problems(text: &str) -> Vec<String> {
    match Policies::read([("p.json", text)], Vocabulary::bundled()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

/// Sets what a pointer points at, and says how the file is refused.
fn refused_with(pointer: &str, value: Value) -> Vec<String> {
    let changed = offer(|offer| {
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        offer.pointer_mut(parent).unwrap()[member] = value;
    });
    problems(&changed.to_string())
}

#[test]
fn a_term_that_is_not_known_refuses_and_names_it() {
    assert_eq!(problems(&offer(|_| {}).to_string()), [""; 0]);
    let rule_members = "allowed: uid, target, action, assignee, constraint";
    let constraint = "/permission/0/constraint/0";
    for (pointer, value, expected) in [
        ("/@context", json!("https://evil.example/c"), "found \"https://evil.example/c\"; allowed: http://www.w3.org/ns/odrl.jsonld and https://w3id.org/adit/context.jsonld, the first of them always".to_owned()),
        ("/@context", json!([{"odrl": "x:y"}]), "found [{\"odrl\":\"x:y\"}]; allowed: http://www.w3.org/ns/odrl.jsonld and https://w3id.org/adit/context.jsonld, the first of them always".into()),
        ("/@context", json!([]), "found []; allowed: http://www.w3.org/ns/odrl.jsonld and https://w3id.org/adit/context.jsonld, the first of them always".into()),
        ("/@type", json!("Set"), "found \"Set\"; allowed: Offer".into()),
        ("/uid", json!("offer one"), "found \"offer one\"; allowed: an IRI".into()),
        ("/profile", json!("https://other.example/profile"), "found \"https://other.example/profile\"; allowed: https://w3id.org/adit/ns#".into()),
        ("/obligation", json!([]), "found the member 'obligation'; allowed: @context, @type, uid, profile, permission, prohibition".into()),
        ("/permission", json!([]), "found []; allowed: an array with at least one entry, or no such member".into()),
        ("/permission", json!({}), "found {}; allowed: an array with at least one entry, or no such member".into()),
        ("/permission/0/duty", json!([]), format!("found the member 'duty'; {rule_members}")),
        ("/permission/0/action", json!("odrl:distribute"), "found \"odrl:distribute\"; allowed: odrl:read, adit:ask".into()),
        ("/permission/0/action", json!({"@id": "odrl:read"}), "found {\"@id\":\"odrl:read\"}; allowed: odrl:read, adit:ask".into()),
        ("/permission/0/target", json!("urn:x:data"), "found \"urn:x:data\"; allowed: adit:facts; permit tiers, and prohibit single predicates".into()),
        ("/permission/0/target", json!("adit:grade"), "found \"adit:grade\"; allowed: adit:facts; permit tiers, and prohibit single predicates".into()),
        ("/permission/0/assignee", json!("the shop"), "found \"the shop\"; allowed: a DID".into()),
        ("/permission/0/constraint", json!([]), "found []; allowed: an array with at least one entry, or no such member".into()),
        ("/permission/0/constraint/0/and", json!([]), "found the member 'and'; allowed: leftOperand, operator, rightOperand".into()),
        ("/permission/0/constraint/0/leftOperand", json!("odrl:spatial"), "found \"odrl:spatial\"; allowed: adit:holdsCredential, odrl:purpose, adit:accessTier, odrl:dateTime, odrl:recipient".into()),
        ("/permission/0/constraint/0/leftOperand", json!("accessTier"), "found \"accessTier\"; allowed: adit:holdsCredential, odrl:purpose, adit:accessTier, odrl:dateTime, odrl:recipient".into()),
        ("/permission/0/constraint/0/operator", json!("lt"), "found \"lt\"; allowed: with odrl:purpose one of eq, neq, isA, isAnyOf, isNoneOf".into()),
        ("/permission/0/constraint/0/operator", json!("isAllOf"), "found \"isAllOf\"; allowed: with odrl:purpose one of eq, neq, isA, isAnyOf, isNoneOf".into()),
    ] {
        assert_eq!(refused_with(pointer, value), [format!("p.json at '{pointer}': {expected}")]);
    }
    let purposes = "allowed: adit:purpose-dismantling, ";
    for (value, at, found) in [
        (json!("marketing"), "", "\"marketing\""),
        (json!(["recall", "marketing"]), "/1", "\"marketing\""),
        (
            json!({"@value": "gossip", "@type": "xsd:string"}),
            "",
            "{\"@value\":\"gossip\",\"@type\":\"xsd:string\"}",
        ),
    ] {
        let [problem] = &refused_with(&format!("{constraint}/rightOperand"), value)[..] else {
            panic!("one problem")
        };
        let start = format!("p.json at '{constraint}/rightOperand{at}': found {found}; {purposes}");
        assert!(problem.starts_with(&start), "{problem}");
    }
}

#[test]
fn right_operands_that_do_not_fit() {
    let check = |left: &str, operator: &str, right: Value, expected: &str| {
        let changed = offer(|offer| {
            offer["prohibition"] = offer["permission"].take();
            offer.as_object_mut().unwrap().remove("permission");
            offer["prohibition"][0]["constraint"] =
                json!([{"leftOperand": left, "operator": operator, "rightOperand": right}]);
        });
        let at = "p.json at '/prohibition/0/constraint/0/rightOperand";
        let expected = if expected.is_empty() { vec![] } else { vec![format!("{at}{expected}")] };
        assert_eq!(problems(&changed.to_string()), expected);
    };
    let instant = "allowed: an instant with its offset, such as 2027-01-01T00:00:00Z";
    let tiers = "public, legitimateInterest, authority, partner, research, owner";
    let typed = |kind: &str, value: &str| json!({"@value": value, "@type": kind});
    check("dateTime", "lt", json!("2027-01-01T00:00:00+02:00"), "");
    check(
        "dateTime",
        "lt",
        typed("http://www.w3.org/2001/XMLSchema#dateTime", "2027-01-01T00:00:00Z"),
        "",
    );
    check("dateTime", "lt", json!("2027-01-01"), &format!("': found \"2027-01-01\"; {instant}"));
    check(
        "dateTime",
        "lt",
        json!("2027-01-01T00:00:00"),
        &format!("': found \"2027-01-01T00:00:00\"; {instant}"),
    );
    check(
        "dateTime",
        "lt",
        typed("xsd:date", "2027-01-01"),
        "/@type': found \"xsd:date\"; allowed: xsd:dateTime, xsd:dateTimeStamp",
    );
    check("dateTime", "lt", json!(1), "': found 1; allowed: an object with @value, @type");
    check(
        "dateTime",
        "lt",
        json!([]),
        &format!("': found []; allowed: one value: {}", &instant[9..]),
    );
    check("recipient", "eq", json!("did:web:a.example"), "");
    check(
        "recipient",
        "eq",
        json!("shop"),
        "': found \"shop\"; allowed: a DID, such as did:web:mill.example",
    );
    check(
        "recipient",
        "eq",
        json!(["did:web:a.example", "did:web:b.example"]),
        "': found [\"did:web:a.example\",\"did:web:b.example\"]; allowed: one value: a DID, such as did:web:mill.example",
    );
    check("adit:accessTier", "isAnyOf", json!(["public", "adit:tier-partner"]), "");
    check(
        "adit:accessTier",
        "eq",
        json!("secret"),
        &format!("': found \"secret\"; allowed: {tiers}"),
    );
    check("adit:holdsCredential", "isNoneOf", json!(["PartnerCredential"]), "");
    // A birth certificate is about an item, so no caller holds one.
    for name in ["FriendCredential", "DigitalBirthCertificate"] {
        check(
            "adit:holdsCredential",
            "eq",
            json!(name),
            &format!(
                "': found \"{name}\"; allowed: adit:OwnerCredential, adit:MembershipCredential, adit:PartnerCredential, adit:LegitimateInterestCredential, adit:ResearcherCredential, adit:AuthorityCredential, adit:AuditorCredential"
            ),
        );
    }
}

#[test]
fn rules_that_would_not_do_what_they_say() {
    let constraint = json!({"leftOperand": "adit:holdsCredential", "operator": "isNoneOf", "rightOperand": "PartnerCredential"});
    let found = "found {\"leftOperand\":\"adit:holdsCredential\",\"operator\":\"isNoneOf\",\"rightOperand\":\"PartnerCredential\"}";
    assert_eq!(
        refused_with("/permission/0/constraint", json!([constraint])),
        [format!(
            "p.json at '/permission/0/constraint/0': {found}; allowed: eq, isA or isAnyOf in a permission: a caller can leave any credential out"
        )]
    );
    let rule = |action: &str, target: &str| {
        json!([{"target": target, "action": action, "constraint": [
            {"leftOperand": "adit:accessTier", "operator": "eq", "rightOperand": "public"}
        ]}])
    };
    let found = "found {\"leftOperand\":\"adit:accessTier\",\"operator\":\"eq\",\"rightOperand\":\"public\"}";
    assert_eq!(
        refused_with("/prohibition", rule("adit:ask", "adit:facts")),
        [format!(
            "p.json at '/prohibition/0/constraint/0': {found}; allowed: with adit:ask the operands odrl:purpose, odrl:dateTime, odrl:recipient"
        )]
    );
    assert_eq!(
        refused_with("/prohibition", rule("odrl:read", "adit:grade")),
        [format!(
            "p.json at '/prohibition/0/constraint/0': {found}; allowed: no adit:accessTier where the target is one predicate: its tier is fixed"
        )]
    );
    assert_eq!(
        refused_with("/prohibition", json!([{"target": "adit:grade", "action": "adit:ask"}])),
        ["p.json at '/prohibition/0/target': found \"adit:grade\"; allowed: adit:facts"]
    );
    assert_eq!(
        refused_with("/prohibition", json!([{"target": "https://a.example/p", "action": "read"}])),
        [
            "p.json at '/prohibition/0/target': found \"https://a.example/p\"; allowed: adit:facts, or a predicate of the vocabulary"
        ]
    );
    let asks =
        json!([{"target": "adit:facts", "action": "adit:ask", "assignee": "did:web:a.example"}]);
    assert_eq!(
        refused_with("/prohibition", asks),
        [
            "p.json at '/prohibition/0/assignee': found \"did:web:a.example\"; allowed: no assignee with adit:ask; name peers by odrl:recipient"
        ]
    );
}

#[test]
fn files_that_are_not_one_offer() {
    for (text, expected) in [
        (
            "[]",
            "p.json at '': found []; allowed: an object with @context, @type, uid, profile, permission, prohibition",
        ),
        (
            "",
            "p.json at '': found text that is not JSON (EOF while parsing a value at line 1 column 0); allowed: JSON in UTF-8",
        ),
        (
            r#"{"uid": "a:b", "uid": "a:c"}"#,
            "p.json at '/uid': found a member that stands twice; allowed: each member once",
        ),
    ] {
        let found = problems(text);
        assert_eq!(found.first().map(String::as_str), Some(expected));
    }
    let nothing = offer(|offer| drop(offer.as_object_mut().unwrap().remove("permission")));
    assert_eq!(
        problems(&nothing.to_string()),
        ["p.json at '': found nothing; allowed: at least one permission or prohibition"]
    );
    let with_mark = format!("\u{feff}{}", offer(|_| {}));
    assert_eq!(problems(&with_mark), [""; 0]);
}

#[test]
fn all_problems_of_all_files_come_at_once() {
    let wrong = offer(|offer| {
        offer["@type"] = json!("Set");
        offer["permission"][0]["action"] = json!("sell");
    });
    let files = [("a.json", wrong.to_string()), ("b.json", "{".to_owned())];
    let found = Policies::read(files, Vocabulary::bundled()).unwrap_err();
    let places: Vec<_> = found.iter().map(|it| (it.file.as_str(), it.pointer.as_str())).collect();
    assert_eq!(places, [("a.json", "/@type"), ("a.json", "/permission/0/action"), ("b.json", "")]);
    let same = offer(|_| {}).to_string();
    let twice =
        Policies::read([("a.json", &same), ("b.json", &same)], Vocabulary::bundled()).unwrap_err();
    assert_eq!(
        twice[0].to_string(),
        "b.json at '': found the uid 'urn:x:offer#permission-1', which stands in a.json too; allowed: a uid that no other offer or rule has"
    );
}

#[test]
fn hashes_depend_on_the_offers_alone() {
    let read = |files: &[(&str, &str)]| {
        Policies::read(files.iter().copied(), Vocabulary::bundled()).unwrap()
    };
    let (first, second) = (TEMPLATES[0], TEMPLATES[1]);
    let both = read(&[first, second]);
    assert_eq!(both.hash(), read(&[second, first]).hash());
    assert_ne!(both.hash(), read(&[first]).hash());
    let spaced = first.1.replace(": ", " :  ");
    assert_eq!(read(&[first]).hash(), read(&[("other.json", &spaced)]).hash());
    assert_eq!(both.offers()[0].hash.len(), 64);
}
