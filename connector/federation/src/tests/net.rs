//! Companies in memory: a plain reading of what a holder answers.

use crate::derived::{DERIVED, Derived};
use crate::{Fetched, PeerFault, Peers, Recipient, Summarised};
use adit_facts::{Fetch, Step, Summary};
use adit_policy::SendPermit;
use adit_vocab::{Did, adit, eudpp, schema};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use oxrdf::vocab::xsd;
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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

/// `mill:h1` is an item of a company, `adit:x` a term, `@2026` an instant, `#1` an integer, `#1.5` a decimal, `!true` a
/// truth value, the rest a plain literal.
fn term(text: &str) -> Term {
    if let Some(number) = text.strip_prefix('#') {
        let datatype = if number.contains('.') { xsd::DECIMAL } else { xsd::INTEGER };
        return oxrdf::Literal::new_typed_literal(number, datatype).into();
    }
    if let Some(truth) = text.strip_prefix('!') {
        return oxrdf::Literal::new_typed_literal(truth, xsd::BOOLEAN).into();
    }
    if let Some(date) = text.strip_prefix('@') {
        let datatype = xsd::DATE_TIME;
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
        let quads = Held::of(quads).answer(request);
        let bytes = quads.iter().map(|quad| quad.to_string().len() as u64).sum();
        Ok(Fetched { quads, generation: 1 + u64::from(moved), bytes, ..Fetched::default() })
    }
}

/// The quads that a step rests on, and where it leads.
type Way = (Vec<Quad>, Vec<Term>);

/// A company's quads, by subject.
struct Held<'q> {
    quads: &'q [Quad],
    about: HashMap<NamedNode, Vec<&'q Quad>>,
}

impl<'q> Held<'q> {
    fn of(quads: &'q [Quad]) -> Self {
        let mut about: HashMap<NamedNode, Vec<&Quad>> = HashMap::new();
        for quad in quads {
            about.entry(node(quad)).or_default().push(quad);
        }
        Self { quads, about }
    }

    fn objects(&self, subject: &NamedNode, predicate: NamedNodeRef<'_>) -> Vec<Term> {
        let quads = self.about.get(subject).into_iter().flatten();
        let quads = quads.filter(|quad| quad.predicate == predicate);
        quads.map(|quad| quad.object.clone()).collect()
    }

    /// The installations, placements or assignments that the company does not know to be over.
    fn live(&self, derived: &Derived) -> BTreeSet<NamedNode> {
        let ends = [schema::VALID_THROUGH, eudpp::ASSIGNMENT_VALID_TO];
        let is_over = |inner: &NamedNode| {
            let ends = ends.iter().filter(|end| derived.reads(end.as_str()));
            let mut ends = ends.flat_map(|end| self.objects(inner, *end));
            ends.any(|end| matches!(&end, Term::Literal(end) if end.value() <= AT))
        };
        let joins = |quad: &&Quad| quad.predicate == derived.item || quad.predicate == derived.far;
        let all = self.quads.iter().filter(joins);
        all.map(node).filter(|inner| !is_over(inner)).collect()
    }

    fn whole(&self, inner: &NamedNode, derived: &Derived) -> Vec<Quad> {
        let bases = self.about.get(inner).into_iter().flatten();
        let bases = bases.filter(|quad| derived.reads(quad.predicate.as_str()));
        bases.map(|quad| Quad::clone(quad)).collect()
    }

    fn answer(&self, request: &Fetch) -> Vec<Quad> {
        match request {
            Fetch::Match { subjects, predicates, objects } => {
                assert!(subjects.is_some() || objects.is_some(), "a request must start somewhere");
                let subjects = subjects.as_ref().map(|all| all.iter().cloned().collect());
                let objects = objects.as_ref().map(|all| all.iter().cloned().collect());
                self.matching(subjects.as_ref(), predicates.as_deref(), objects.as_ref())
            }
            Fetch::Walk { from, steps } => self.walk(from, steps),
        }
    }

    fn matching(
        &self,
        subjects: Option<&HashSet<NamedNode>>,
        predicates: Option<&[NamedNode]>,
        objects: Option<&HashSet<Term>>,
    ) -> Vec<Quad> {
        let is_object = |term: &Term| objects.is_none_or(|all| all.contains(term));
        let is_subject = |term: &Term| match term {
            Term::NamedNode(node) => subjects.is_none_or(|all| all.contains(node)),
            Term::BlankNode(_) | Term::Literal(_) => false,
        };
        let wants = |predicate: NamedNodeRef<'_>| {
            predicates.is_none_or(|all| all.iter().any(|one| one.as_ref() == predicate))
        };
        let fits = |quad: &&Quad| {
            wants(quad.predicate.as_ref())
                && is_subject(&node(quad).into())
                && is_object(&quad.object)
        };
        let mut found: Vec<Quad> = self.quads.iter().filter(fits).cloned().collect();
        for derived in DERIVED.iter().filter(|derived| wants(derived.predicate)) {
            for inner in self.live(derived) {
                let ends = |base| self.objects(&inner, base);
                if (subjects.is_none() || ends(derived.item).iter().any(is_subject))
                    && (objects.is_none() || ends(derived.far).iter().any(is_object))
                {
                    found.extend(self.whole(&inner, derived));
                }
            }
        }
        found
    }

    fn walk(&self, from: &[NamedNode], steps: &[Step]) -> Vec<Quad> {
        let mut leading: HashMap<Term, Vec<Way>> = HashMap::new();
        for Step { predicate, inverse } in steps {
            if let Some(derived) = Derived::of(predicate.as_str()) {
                let (near, far) = match inverse {
                    true => (derived.far, derived.item),
                    false => (derived.item, derived.far),
                };
                for inner in self.live(derived) {
                    for near in self.objects(&inner, near) {
                        let ends = self.objects(&inner, far);
                        let way = (self.whole(&inner, derived), ends);
                        leading.entry(near).or_default().push(way);
                    }
                }
            }
            for quad in self.quads.iter().filter(|quad| quad.predicate == *predicate) {
                let subject = Term::from(quad.subject.clone());
                let (near, far) = match inverse {
                    true => (quad.object.clone(), subject),
                    false => (subject, quad.object.clone()),
                };
                leading.entry(near).or_default().push((vec![quad.clone()], vec![far]));
            }
        }
        let mut met = Vec::new();
        let mut reached: HashSet<Term> = from.iter().cloned().map(Term::from).collect();
        let mut frontier: Vec<Term> = reached.iter().cloned().collect();
        while let Some(next) = frontier.pop() {
            for (quads, ends) in leading.get(&next).into_iter().flatten() {
                met.extend(quads.iter().cloned());
                frontier
                    .extend(ends.iter().filter(|end| reached.insert(Term::clone(end))).cloned());
            }
        }
        met
    }
}

fn node(quad: &Quad) -> NamedNode {
    match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => node.clone(),
        NamedOrBlankNode::BlankNode(_) => panic!("{quad}"),
    }
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
