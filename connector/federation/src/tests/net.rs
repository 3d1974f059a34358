//! Companies in memory: a plain reading of what a holder answers.

use crate::derived::{DERIVED, Derived};
use crate::{Fetched, PeerFault, Peers, Recipient, Summarised};
use adit_facts::{Fetch, Step, Summary};
use adit_policy::SendPermit;
use adit_vocab::{Did, adit, eudpp, schema};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Mutex;

/// The instant of every test.
pub(super) const AT: &str = "2026-06-01T00:00:00Z";

/// The companies of one test, and what was asked of them.
#[derive(Default)]
pub(super) struct Net {
    pub(super) holdings: BTreeMap<Did, Vec<Quad>>,
    pub(super) own: Option<Did>,
    /// Companies that are there but only known once a fact names them.
    pub(super) strangers: BTreeSet<Did>,
    pub(super) faults: BTreeMap<Did, PeerFault>,
    pub(super) forbidden: BTreeSet<Did>,
    /// The generation that a company's n-th answer has; the first without.
    pub(super) moves: BTreeMap<Did, usize>,
    pub(super) calls: Mutex<Vec<(Did, Fetch)>>,
}

pub(super) fn did(name: &str) -> Did {
    format!("did:web:{name}.example").parse().unwrap()
}

impl Net {
    /// Companies by name and Turtle-like lines: subject, predicate, object, separated by blanks.
    pub(super) fn of(companies: &[(&str, &str)]) -> Self {
        let mut net = Self::default();
        for (name, lines) in companies {
            let quads = lines.lines().map(str::trim).filter(|line| !line.is_empty());
            let quads = quads.map(|line| quad(name, line)).collect();
            net.holdings.insert(did(name), quads);
        }
        net
    }

    pub(super) fn asked(&self) -> Vec<Did> {
        self.calls.lock().unwrap().iter().map(|(did, _)| did.clone()).collect()
    }

    pub(super) fn all_quads(&self) -> impl Iterator<Item = &Quad> {
        self.holdings.values().flatten()
    }

    fn quads(&self, recipient: &Recipient) -> (&Did, &[Quad]) {
        let did = match recipient {
            Recipient::Own => self.own.as_ref().unwrap(),
            Recipient::Peer(permit) => permit.peer(),
        };
        let (did, quads) = self.holdings.get_key_value(did).unwrap();
        (did, quads)
    }
}

/// A quad of one company, in the one room that short lines are for.
pub(super) fn quad(company: &str, line: &str) -> Quad {
    let mut terms = line.splitn(3, ' ');
    let mut next = || term(terms.next().unwrap());
    let (subject, predicate, object) = (next(), next(), next());
    let node = |term| match term {
        Term::NamedNode(node) => node,
        Term::BlankNode(_) | Term::Literal(_) => panic!("{line}"),
    };
    let room =
        NamedNode::new_unchecked(format!("https://{company}.example/room/part/as-built/public"));
    Quad::new(node(subject), node(predicate), object, room)
}

/// `mill:h1` is an item of a company, `adit:x` a term, `@2026` an instant, `#1` an integer, the rest a plain literal.
fn term(text: &str) -> Term {
    if let Some(number) = text.strip_prefix('#') {
        return oxrdf::Literal::new_typed_literal(number, oxrdf::vocab::xsd::INTEGER).into();
    }
    if let Some(date) = text.strip_prefix('@') {
        let datatype = oxrdf::vocab::xsd::DATE_TIME;
        return oxrdf::Literal::new_typed_literal(format!("{date}T00:00:00Z"), datatype).into();
    }
    let known = adit_vocab::expand(text);
    match (known, text.split_once(':')) {
        (Some(iri), _) => NamedNode::new_unchecked(iri).into(),
        (None, Some(("did", _))) => NamedNode::new_unchecked(text).into(),
        (None, Some((company, local))) => {
            NamedNode::new_unchecked(format!("https://{company}.example/id/{local}")).into()
        }
        (None, None) => oxrdf::Literal::new_simple_literal(text).into(),
    }
}

impl Peers for Net {
    fn own(&self) -> Option<&Did> {
        self.own.as_ref()
    }

    fn known(&self) -> Vec<Did> {
        let known = self.holdings.keys().filter(|did| !self.strangers.contains(*did));
        known.cloned().collect()
    }

    fn permit(&self, peer: &Did) -> Result<SendPermit, adit_policy::Refusal> {
        if self.forbidden.contains(peer) {
            return Err(adit_policy::Refusal {
                code: "policy.recipient",
                rule: "no-competitors".into(),
                operand: "odrl:recipient",
                expected: "a partner".to_owned(),
                got: peer.to_string(),
                fix: "make a partner of it".to_owned(),
            });
        }
        Ok(SendPermit::for_test(peer.clone(), None))
    }

    async fn discover(&self, peer: &SendPermit) -> Result<(), PeerFault> {
        if self.holdings.contains_key(peer.peer()) {
            return Ok(());
        }
        Err(PeerFault::Unreachable { reason: "no such host".to_owned() })
    }

    async fn summary(&self, of: &Recipient) -> Result<Summarised, PeerFault> {
        let mut summary = Summary::default();
        for quad in self.quads(of).1 {
            let NamedOrBlankNode::NamedNode(subject) = &quad.subject else { continue };
            summary.note(subject.as_str(), quad.predicate.as_str(), quad.object.as_ref());
        }
        Ok(Summarised { summary, generation: 1 })
    }

    async fn fetch(&self, from: &Recipient, request: &Fetch) -> Result<Fetched, PeerFault> {
        // Others get their turn, as they would while a network is slow.
        tokio::task::yield_now().await;
        let (did, quads) = self.quads(from);
        let mut calls = self.calls.lock().unwrap();
        calls.push((did.clone(), request.clone()));
        let earlier = calls.iter().filter(|(asked, _)| asked == did).count();
        if let Some(fault) = self.faults.get(did) {
            return Err(fault.clone());
        }
        let moved = self.moves.get(did).is_some_and(|at| earlier >= *at);
        let quads = answer(quads, request);
        Ok(Fetched { quads, generation: 1 + u64::from(moved), ..Fetched::default() })
    }
}

fn answer(quads: &[Quad], request: &Fetch) -> Vec<Quad> {
    match request {
        Fetch::Match { subjects, predicates, objects } => {
            assert!(subjects.is_some() || objects.is_some(), "a request must start somewhere");
            let nodes: Option<BTreeSet<_>> = subjects.as_ref().map(|all| all.iter().collect());
            let fits = |subject: &NamedNode, object: &Term| {
                nodes.as_ref().is_none_or(|nodes| nodes.contains(subject))
                    && objects.as_ref().is_none_or(|objects| objects.contains(object))
            };
            let wants = |predicate: NamedNodeRef<'_>| {
                predicates
                    .as_ref()
                    .is_none_or(|all| all.iter().any(|one| one.as_ref() == predicate))
            };
            let mut found: Vec<Quad> = quads
                .iter()
                .filter(|quad| wants(quad.predicate.as_ref()) && fits(&node(quad), &quad.object))
                .cloned()
                .collect();
            for derived in DERIVED.iter().filter(|derived| wants(derived.predicate)) {
                for inner in live(quads, derived) {
                    let ends = |base| objects_of(quads, &inner, base);
                    let items = subjects.as_ref().map(|_| ends(derived.item));
                    let far = objects.as_ref().map(|_| ends(derived.far));
                    let item = |items: Vec<Term>| {
                        items.iter().any(|item| match item {
                            Term::NamedNode(item) => {
                                nodes.as_ref().is_some_and(|nodes| nodes.contains(item))
                            }
                            Term::BlankNode(_) | Term::Literal(_) => false,
                        })
                    };
                    let object = |far: Vec<Term>| {
                        far.iter().any(|far| objects.as_ref().is_some_and(|all| all.contains(far)))
                    };
                    if items.is_none_or(item) && far.is_none_or(object) {
                        found.extend(whole(quads, &inner, derived));
                    }
                }
            }
            found
        }
        Fetch::Walk { from, steps } => walk(quads, from, steps),
    }
}

fn walk(quads: &[Quad], from: &[NamedNode], steps: &[Step]) -> Vec<Quad> {
    let mut met: Vec<Quad> = Vec::new();
    let mut reached: HashSet<Term> = from.iter().cloned().map(Term::from).collect();
    let mut frontier: Vec<Term> = reached.iter().cloned().collect();
    while let Some(next) = frontier.pop() {
        let mut ends = Vec::new();
        for Step { predicate, inverse } in steps {
            if let Some(derived) = Derived::of(predicate.as_str()) {
                let (near, other) = if *inverse {
                    (derived.far, derived.item)
                } else {
                    (derived.item, derived.far)
                };
                for inner in live(quads, derived) {
                    if objects_of(quads, &inner, near).contains(&next) {
                        met.extend(whole(quads, &inner, derived));
                        ends.extend(objects_of(quads, &inner, other));
                    }
                }
            }
            for quad in quads.iter().filter(|quad| quad.predicate == *predicate) {
                let subject = Term::from(quad.subject.clone());
                let (near, other) = if *inverse {
                    (quad.object.clone(), subject)
                } else {
                    (subject, quad.object.clone())
                };
                if near == next {
                    met.push(quad.clone());
                    ends.push(other);
                }
            }
        }
        frontier.extend(ends.into_iter().filter(|end| reached.insert(end.clone())));
    }
    met
}

fn node(quad: &Quad) -> NamedNode {
    match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => node.clone(),
        NamedOrBlankNode::BlankNode(_) => panic!("{quad}"),
    }
}

fn objects_of(quads: &[Quad], subject: &NamedNode, predicate: NamedNodeRef<'_>) -> Vec<Term> {
    let quads = quads.iter().filter(|quad| node(quad) == *subject && quad.predicate == predicate);
    quads.map(|quad| quad.object.clone()).collect()
}

/// The installations, placements or assignments that the company does not know to be over.
fn live(quads: &[Quad], derived: &Derived) -> BTreeSet<NamedNode> {
    let ends = [schema::VALID_THROUGH, eudpp::ASSIGNMENT_VALID_TO];
    let is_over = |inner: &NamedNode| {
        let ends = ends.iter().filter(|end| derived.reads(end.as_str()));
        let mut ends = ends.flat_map(|end| objects_of(quads, inner, *end));
        ends.any(|end| matches!(&end, Term::Literal(end) if end.value() <= AT))
    };
    let all =
        quads.iter().filter(|quad| quad.predicate == derived.item || quad.predicate == derived.far);
    all.map(node).filter(|inner| !is_over(inner)).collect()
}

fn whole(quads: &[Quad], inner: &NamedNode, derived: &Derived) -> Vec<Quad> {
    let bases = quads.iter().filter(|quad| derived.reads(quad.predicate.as_str()));
    bases.filter(|quad| node(quad) == *inner).cloned().collect()
}

/// Runs a query over quads as one store would: each in its room and in the default graph, with what is derived at [`AT`].
pub(super) fn evaluate<'q>(quads: impl IntoIterator<Item = &'q Quad>, query: &str) -> Vec<String> {
    let store = Store::new().unwrap();
    for quad in quads {
        store.insert(quad).unwrap();
    }
    for derived in &DERIVED {
        let (from, through) = match derived.predicate == adit::OWNED_BY {
            true => (eudpp::ASSIGNMENT_VALID_FROM, eudpp::ASSIGNMENT_VALID_TO),
            false => (schema::VALID_FROM, schema::VALID_THROUGH),
        };
        let role = match derived.predicate == adit::OWNED_BY {
            true => format!("GRAPH ?r {{ ?n {} {} }}", eudpp::HAS_ROLE, adit::OWNER),
            false => String::new(),
        };
        let (item, far, predicate) = (derived.item, derived.far, derived.predicate);
        let derive = format!(
            r#"INSERT {{ GRAPH ?g {{ ?s {predicate} ?o }} }} WHERE {{
                GRAPH ?g {{ ?n {far} ?o }} GRAPH ?h {{ ?n {item} ?s }} {role}
                FILTER NOT EXISTS {{ GRAPH ?x {{ ?n {through} ?t }} FILTER(STR(?t) <= "{AT}") }}
                FILTER EXISTS {{ GRAPH ?x {{ ?n {from} ?t }} FILTER(STR(?t) <= "{AT}") }} }}"#
        );
        SparqlEvaluator::new().parse_update(&derive).unwrap().on_store(&store).execute().unwrap();
    }
    let all: Vec<Quad> = store.iter().map(Result::unwrap).collect();
    for quad in all {
        store.insert(&Quad { graph_name: GraphName::DefaultGraph, ..quad }).unwrap();
    }
    let prepared = SparqlEvaluator::new().parse_query(query).unwrap();
    let mut rows: Vec<String> = match prepared.on_store(&store).execute().unwrap() {
        QueryResults::Boolean(yes) => vec![yes.to_string()],
        QueryResults::Graph(triples) => {
            let all: BTreeSet<_> = triples.map(|triple| triple.unwrap().to_string()).collect();
            all.into_iter().collect()
        }
        QueryResults::Solutions(rows) => rows
            .map(|row| {
                let row = row.unwrap();
                let mut cells: Vec<_> =
                    row.iter().map(|(name, value)| format!("{name}={value}")).collect();
                cells.sort();
                cells.join(" ")
            })
            .collect(),
    };
    rows.sort();
    rows
}
