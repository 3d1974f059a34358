use super::world::{AT, iri, lines, quad, room, stored, typed};
use crate::{Change, Limits, QueryText, Results, Scratch, View};
use adit_policy::Permit;
use adit_vocab::{Tier, adit, schema};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Quad, Term};

fn everything() -> Permit {
    Permit::for_test(Tier::ALL.iter().copied(), None, true, vec![])
}

fn ask(view: &View, text: &str) -> Vec<String> {
    let text = QueryText::scan(text, None, &Limits::default()).unwrap();
    lines(&view.query(&text.parse().unwrap()).unwrap())
}

fn installation(from: &str, through: Option<&str>, rooms: &[NamedNode]) -> Vec<Quad> {
    let node = "urn:x:installation";
    let instant = |text| Term::from(typed(text, xsd::DATE_TIME));
    let mut quads = Vec::new();
    for room in rooms {
        quads.push(quad(node, adit::INSTALLED_ITEM, iri("urn:x:part"), room));
        quads.push(quad(node, adit::INSTALLED_IN, iri("urn:x:module"), room));
        quads.push(quad(node, schema::VALID_FROM, instant(from), room));
        quads.extend(through.map(|t| quad(node, schema::VALID_THROUGH, instant(t), room)));
    }
    quads
}

#[test]
fn part_of_holds_from_the_instant_it_begins_to_the_instant_it_ends() {
    let rooms = [room("part/as-built/owner"), room("part/as-built/public")];
    let (_directory, store) =
        stored(&installation("2026-01-01T00:00:00Z", Some("2026-02-01T00:00:00+02:00"), &rooms));
    let table = [
        ("2025-12-31T23:59:59.999999999Z", 0),
        ("2026-01-01T00:00:00Z", 1),
        ("2026-01-31T21:59:59Z", 1),
        ("2026-01-31T22:00:00Z", 0),
    ];
    for (at, count) in table {
        let view = View::open(&store, &everything(), at.parse().unwrap()).unwrap();
        let found = ask(&view, "SELECT * { ?part <https://w3id.org/adit/ns#partOf> ?module }");
        assert_eq!(found.len(), count, "{at}");
        let rooms = ask(&view, "SELECT * { GRAPH ?g { <urn:x:part> ?p <urn:x:module> } }");
        assert_eq!(rooms.len(), 2 * count, "{at}");
    }
}

#[test]
fn a_hidden_end_does_not_end_what_is_visible() {
    let public = room("part/as-built/public");
    let mut quads = installation("2026-01-01T00:00:00Z", None, &[public]);
    let end = Term::from(typed("2026-02-01T00:00:00Z", xsd::DATE_TIME));
    let owner = room("part/as-built/owner");
    quads.push(quad("urn:x:installation", schema::VALID_THROUGH, end, &owner));
    let (_directory, store) = stored(&quads);
    let at = AT.parse().unwrap();
    let ask_part = |permit| {
        let view = View::open(&store, &permit, at).unwrap();
        view.describe(&iri("urn:x:part")).unwrap().len()
    };
    assert_eq!(ask_part(Permit::for_test([Tier::Public], None, false, vec![])), 1);
    assert_eq!(ask_part(everything()), 0);
}

#[test]
fn a_view_keeps_its_generation() {
    let public = room("part/as-built/public");
    let name = |value: &str| quad("urn:x:1", schema::NAME, Literal::from(value), &public);
    let (_directory, store) = stored(&[name("old")]);
    let view = View::open(&store, &everything(), AT.parse().unwrap()).unwrap();
    store.apply(2, &Change { add: vec![name("new")], remove: vec![name("old")] }).unwrap();
    let item = iri("urn:x:1");
    assert_eq!((view.generation(), view.describe(&item).unwrap()), (1, vec![name("old")]));
    let view = View::open(&store, &everything(), AT.parse().unwrap()).unwrap();
    assert_eq!((view.generation(), view.describe(&item).unwrap()), (2, vec![name("new")]));
}

#[test]
fn hidden_and_missing_items_look_the_same() {
    let owner = room("part/as-built/owner");
    let (_directory, store) =
        stored(&[quad("urn:x:hidden", schema::NAME, Literal::from("x"), &owner)]);
    let permit = Permit::for_test([Tier::Public], None, false, vec![]);
    let view = View::open(&store, &permit, AT.parse().unwrap()).unwrap();
    for item in ["urn:x:hidden", "urn:x:missing"] {
        assert_eq!(view.describe(&iri(item)).unwrap(), []);
        assert!(!view.contains(&iri(item)).unwrap());
        assert!(ask(&view, &format!("DESCRIBE <{item}>")).is_empty());
    }
    assert_eq!(view.summary().unwrap().predicates.len(), 0);
}

#[test]
fn terms_that_only_the_query_knows_are_still_equal_to_themselves() {
    let (_directory, store) = stored(&[]);
    let view = View::open(&store, &everything(), AT.parse().unwrap()).unwrap();
    let text = "SELECT ?x { VALUES (?x ?y) { ('a' 'a') ('a' 'b') (<urn:x:n> <urn:x:n>) (2.50 2.5) (7 7) } \
                FILTER(sameTerm(?x, ?y)) }";
    assert_eq!(ask(&view, text).len(), 3);
}

#[test]
fn a_computed_term_joins_with_a_stored_one() {
    let public = room("part/as-built/public");
    let (_directory, store) = stored(&[
        quad("urn:x:1", schema::WEIGHT, typed("2.5", xsd::DECIMAL), &public),
        quad("urn:x:2", schema::NAME, Literal::from("urn:x:1"), &public),
    ]);
    let view = View::open(&store, &everything(), AT.parse().unwrap()).unwrap();
    let text = "SELECT ?s { BIND(1.25 * 2 AS ?w) ?s <https://schema.org/weight> ?w }";
    assert_eq!(ask(&view, text).len(), 1);
    let text = "SELECT ?t { BIND(STR(<urn:x:1>) AS ?n) ?t <https://schema.org/name> ?n }";
    assert_eq!(ask(&view, text).len(), 1);
}

#[test]
fn names_a_function_that_it_lacks() {
    let (_directory, store) = stored(&[]);
    let view = View::open(&store, &everything(), AT.parse().unwrap()).unwrap();
    let text = "SELECT * { BIND(<urn:x:f>(1) AS ?x) }";
    let text = QueryText::scan(text, None, &Limits::default()).unwrap();
    let error = view.query(&text.parse().unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the query cannot be evaluated: The custom function <urn:x:f> is not supported"
    );
}

#[test]
fn a_scratch_view_shows_everything_and_derives() {
    let parent = tempfile::tempdir().unwrap();
    let quads = installation("2026-01-01T00:00:00Z", None, &[iri("https://b.example/any")]);
    let scratch = Scratch::new(parent.path(), quads).unwrap();
    let view = View::open_scratch(&scratch, AT.parse().unwrap()).unwrap();
    let text = QueryText::scan(
        "ASK { <urn:x:part> <https://w3id.org/adit/ns#partOf>+ <urn:x:module> }",
        None,
        &Limits::default(),
    );
    let query = text.unwrap().parse().unwrap();
    assert_eq!(view.query(&query).unwrap(), Results::Boolean(true));
}

#[test]
fn a_summary_names_prefixes_and_never_hidden_ones() {
    let (public, owner) = (room("part/as-built/public"), room("part/as-built/owner"));
    let (_directory, store) = stored(&[
        quad("https://a.example/i/1", schema::MODEL, iri("https://a.example/m/1"), &public),
        quad("https://a.example/i/2", schema::MODEL, iri("https://a.example/m/1"), &public),
        quad("https://a.example/i/2", schema::NAME, Literal::from("x"), &public),
        quad("https://secret.example/i/2", schema::MODEL, iri("urn:x:1"), &owner),
        quad("https://secret.example/i/2", schema::WEIGHT, Literal::from(1), &owner),
    ]);
    let permit = Permit::for_test([Tier::Public], None, false, vec![]);
    let view = View::open(&store, &permit, AT.parse().unwrap()).unwrap();
    let summary = format!("{:?}", view.summary().unwrap().predicates);
    assert_eq!(
        summary,
        "{\"https://schema.org/model\": Prefixes { subjects: {\"https://a.example/i/\"}, \
         objects: {\"https://a.example/m/\"}, literals: false }, \
         \"https://schema.org/name\": Prefixes { subjects: {\"https://a.example/i/\"}, objects: {}, literals: true }}"
    );
}

#[test]
fn who_sees_the_same_shares_what_is_made_of_it() {
    let (public, partner) =
        (room("part/as-built/public"), "part/as-built/partner/did:web:oem.example");
    let name =
        |subject: &str, room: &NamedNode| quad(subject, schema::NAME, Literal::from("x"), room);
    let (_directory, store) = stored(&[name("urn:x:1", &public), name("urn:x:2", &room(partner))]);
    let shown = |did: Option<&str>, hidden: &[&str]| {
        let audience = did.map(|did| did.parse().unwrap());
        let hidden = hidden.iter().map(|it| (*it).to_owned()).collect();
        let permit = Permit::for_test([Tier::Public, Tier::Partner], audience, false, hidden);
        View::open(&store, &permit, AT.parse().unwrap()).unwrap().shown()
    };
    let nobody = shown(None, &[]);
    assert_eq!(shown(Some("did:web:stranger.example"), &[]), nobody);
    assert_ne!(shown(Some("did:web:oem.example"), &[]), nobody);
    assert_ne!(shown(None, &[schema::NAME.as_str()]), nobody);
    store.apply(2, &Change::default()).unwrap();
    assert_ne!(shown(None, &[]), nobody, "another generation");
}
