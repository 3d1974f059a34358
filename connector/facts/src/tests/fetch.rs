use super::world::{AT, iri, quad, room, stored, typed};
use crate::{Fetch, Step, View};
use adit_policy::Permit;
use adit_vocab::{Tier, adit, schema};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, NamedNodeRef, Quad, Term};
use std::collections::BTreeSet;

/// a part in a module in a machine; the second part left its module; the third will come.
fn assembly() -> Vec<Quad> {
    let public = room("part/as-built/public");
    let mut quads = Vec::new();
    let rows = [
        ("1", "part", "module", "2025-01-01T00:00:00Z", None),
        ("2", "module", "machine", "2025-01-01T00:00:00Z", None),
        ("3", "old", "module", "2025-01-01T00:00:00Z", Some("2026-01-01T00:00:00Z")),
        ("4", "next", "module", "2027-01-01T00:00:00Z", None),
    ];
    for (node, item, parent, from, through) in rows {
        let node = format!("urn:x:n{node}");
        let item = iri(&format!("urn:x:{item}"));
        quads.push(quad(&node, adit::INSTALLED_ITEM, item.clone(), &public));
        quads.push(quad(&node, adit::INSTALLED_IN, iri(&format!("urn:x:{parent}")), &public));
        quads.push(quad(&node, schema::VALID_FROM, typed(from, xsd::DATE_TIME), &public));
        let through = through.map(|text| typed(text, xsd::DATE_TIME));
        quads.extend(through.map(|t| quad(&node, schema::VALID_THROUGH, t, &public)));
        quads.push(quad(item.as_str(), schema::NAME, Literal::from("x"), &public));
    }
    quads.push(quad("urn:x:part", schema::WEIGHT, Literal::from(3), &room("part/as-built/owner")));
    quads
}

/// The subjects and the last parts of the predicates of what is fetched.
fn fetched(fetch: &Fetch) -> BTreeSet<String> {
    let (_directory, store) = stored(&assembly());
    let permit = Permit::for_test([Tier::Public], None, false, vec![]);
    let view = View::open(&store, &permit, AT.parse().unwrap()).unwrap();
    let quads = view.fetch(fetch, 100).unwrap();
    let short = |quad: &Quad| {
        let predicate = quad.predicate.as_str().rsplit(['/', '#']).next().unwrap().to_owned();
        format!("{} {predicate}", quad.subject.to_string().replace("urn:x:", ""))
    };
    let set: BTreeSet<_> = quads.iter().map(short).collect();
    assert_eq!(set.len(), quads.len(), "each quad once");
    set
}

fn matching(
    subjects: Option<&[&str]>,
    predicates: Option<&[NamedNodeRef<'_>]>,
    objects: Option<&[&str]>,
) -> Fetch {
    let node = |text: &&str| iri(&format!("urn:x:{text}"));
    Fetch::Match {
        subjects: subjects.map(|all| all.iter().map(node).collect()),
        predicates: predicates.map(|all| all.iter().map(|p| p.into_owned()).collect()),
        objects: objects.map(|all| all.iter().map(|o| Term::from(node(o))).collect()),
    }
}

fn set(text: &[&str]) -> BTreeSet<String> {
    text.iter().map(|line| (*line).to_owned()).collect()
}

const N1: [&str; 3] = ["<n1> installedIn", "<n1> installedItem", "<n1> validFrom"];

#[test]
fn matches_stored_quads_that_are_visible() {
    let found = fetched(&matching(Some(&["part"]), Some(&[schema::NAME, schema::WEIGHT]), None));
    assert_eq!(found, set(&["<part> name"]));
    let found = fetched(&matching(None, Some(&[adit::INSTALLED_IN]), Some(&["machine"])));
    assert_eq!(found, set(&["<n2> installedIn"]));
    let found = fetched(&matching(Some(&["n1"]), Some(&[adit::INSTALLED_IN]), Some(&["machine"])));
    assert_eq!(found, set(&[]));
    assert_eq!(fetched(&matching(Some(&["part"]), Some(&[]), None)), set(&[]));
}

#[test]
fn a_derived_predicate_stands_for_what_it_follows_from() {
    assert_eq!(fetched(&matching(Some(&["part"]), Some(&[adit::PART_OF]), None)), set(&N1));
    // The part that left is over; the one that comes is not.
    let found = fetched(&matching(None, Some(&[adit::PART_OF]), Some(&["module"])));
    let next = ["<n4> installedIn", "<n4> installedItem", "<n4> validFrom"];
    assert_eq!(found, set(&[N1, next].concat()));
    let found = fetched(&matching(Some(&["part"]), Some(&[adit::PART_OF]), Some(&["machine"])));
    assert_eq!(found, set(&[]));
    // Any predicate includes the derived ones.
    let found = fetched(&matching(Some(&["part"]), None, None));
    assert_eq!(found, set(&[&N1[..], &["<part> name"]].concat()));
}

fn walk(from: &str, predicate: NamedNodeRef<'_>, inverse: bool) -> Fetch {
    let predicate = NamedNode::from(predicate);
    Fetch::Walk { from: vec![iri(from)], steps: vec![Step { predicate, inverse }] }
}

#[test]
fn a_walk_goes_on_until_nothing_new_is_met() {
    let up = fetched(&walk("urn:x:part", adit::PART_OF, false));
    let n2 = ["<n2> installedIn", "<n2> installedItem", "<n2> validFrom"];
    assert_eq!(up, set(&[N1, n2].concat()));
    let down = fetched(&walk("urn:x:machine", adit::PART_OF, true));
    let n4 = ["<n4> installedIn", "<n4> installedItem", "<n4> validFrom"];
    assert_eq!(down, set(&[N1, n2, n4].concat()));
}

#[test]
fn refuses_what_is_unbound_or_too_much() {
    let (_directory, store) = stored(&assembly());
    let permit = Permit::for_test([Tier::Public], None, false, vec![]);
    let view = View::open(&store, &permit, AT.parse().unwrap()).unwrap();
    let refused = |fetch: &Fetch| view.fetch(fetch, 2).unwrap_err().to_string();
    let unknown = NamedNodeRef::new("urn:x:unknown").unwrap();
    for predicates in [None, Some(&[unknown][..])] {
        assert_eq!(
            refused(&matching(None, predicates, None)),
            "the request binds neither subjects nor objects; bind one of them"
        );
    }
    assert_eq!(
        refused(&matching(Some(&["part"]), None, None)),
        "more than 2 quads fit the request; bind more of it"
    );
}

#[test]
fn refuses_more_predicates_than_are_looked_up() {
    let (_directory, store) = stored(&assembly());
    let permit = Permit::for_test([Tier::Public], None, false, vec![]);
    let view = View::open(&store, &permit, AT.parse().unwrap()).unwrap();
    // Each once, however often it is named.
    let predicates = |count: usize| -> Vec<NamedNode> {
        (0..3 * count).map(|n| iri(&format!("urn:x:p{}", n % count))).collect()
    };
    let from = vec![iri("urn:x:part")];
    for (count, fits) in [(Fetch::PREDICATES_MAX, true), (Fetch::PREDICATES_MAX + 1, false)] {
        let steps = predicates(count).into_iter();
        let steps = steps.map(|predicate| Step { predicate, inverse: false }).collect();
        let (subjects, predicates) = (Some(from.clone()), Some(predicates(count)));
        for fetch in [
            Fetch::Match { subjects, predicates, objects: None },
            Fetch::Walk { from: from.clone(), steps },
        ] {
            let code = view.fetch(&fetch, 2).map_err(|error| match error {
                crate::QueryError::Refused(refusal) => refusal.code(),
                crate::QueryError::Fault(fault) => panic!("{fault}"),
            });
            assert_eq!(code, if fits { Ok(vec![]) } else { Err("fetch.predicates") });
        }
    }
}

#[test]
fn a_request_that_finds_nothing_ends_when_its_time_is_over() {
    let (_directory, store) = stored(&assembly());
    let permit = Permit::for_test([Tier::Public], None, false, vec![]);
    let view = View::open(&store, &permit, AT.parse().unwrap()).unwrap();
    let looks = std::cell::Cell::new(0);
    let fetch = matching(
        Some(&["part", "module", "machine", "old", "next"]),
        Some(&[adit::INSTALLED_IN, schema::VALID_FROM, schema::VALID_THROUGH]),
        None,
    );
    let ended = view.fetch_while(&fetch, 100, &|| {
        looks.set(looks.get() + 1);
        if looks.get() > 7 { Err(crate::Refusal::Deadline { limit_ms: 1 }) } else { Ok(()) }
    });
    assert!(ended.unwrap_err().to_string().starts_with("the query was not done after 1 ms"));
    assert_eq!(looks.get(), 8, "of fifteen looks");
    assert_eq!(view.fetch(&fetch, 100).unwrap(), []);
}

#[test]
fn what_is_hidden_takes_no_more_time_than_there_is() {
    let [owner, public] = ["owner", "public"].map(|tier| room(&format!("part/as-built/{tier}")));
    let hub = iri("urn:x:hub");
    let mut quads = vec![quad("urn:x:n", adit::INSTALLED_ITEM, iri("urn:x:part"), &public)];
    for number in 0..8000 {
        let (node, text) = (format!("urn:x:n{number}"), Literal::from(number));
        quads.push(quad(&node, schema::MANUFACTURER, hub.clone(), &owner));
        quads.push(quad(&node, adit::INSTALLED_IN, hub.clone(), &owner));
        quads.push(quad("urn:x:n", schema::NAME, text, &owner));
    }
    let (_directory, store) = stored(&quads);
    let permit = Permit::for_test([Tier::Public], None, false, vec![]);
    let view = View::open(&store, &permit, AT.parse().unwrap()).unwrap();
    for fetch in [
        matching(None, Some(&[schema::MANUFACTURER]), Some(&["hub"])),
        matching(None, Some(&[adit::PART_OF]), Some(&["hub"])),
        matching(Some(&["part"]), Some(&[adit::PART_OF]), None),
        matching(Some(&["n"]), None, None),
        walk("urn:x:hub", schema::MANUFACTURER, true),
    ] {
        // As many looks as what is visible takes: the time is over while a scan passes over what is not.
        let looks = std::cell::Cell::new(0);
        let ended = view.fetch_while(&fetch, 100, &|| {
            looks.set(looks.get() + 1);
            if looks.get() > 6 { Err(crate::Refusal::Deadline { limit_ms: 1 }) } else { Ok(()) }
        });
        assert!(ended.is_err(), "{fetch:?} took {} looks", looks.get());
    }
}
