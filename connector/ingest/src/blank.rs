//! Blank nodes to IRIs that say what they hold.
//!
//! Stored facts have no blank nodes: they could not be cited, joined or compared. Blank nodes that hang together
//! are canonicalised together by [RDFC-1.0](https://www.w3.org/TR/rdf-canon/#canon-algorithm), and the hash of what they state
//! is their name. So the same file twice names them alike, and a new line elsewhere in the file changes no name.

use crate::{Code, Problem};
use oxrdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use sha2::{Digest, Sha256};
use sophia::api::term::{BnodeId, IriRef, LanguageTag, SimpleTerm};
use sophia::c14n::hash::{HashFunction, Sha256 as CanonicalSha256};
use sophia::c14n::rdfc10;
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// The most blank nodes that hang together.
const TOGETHER_MAX: usize = 1_000;
/// The most hashes that naming the blank nodes of one file may take.
const HASHES_MAX: u64 = 40_000;
/// The longest chain of alike blank nodes that is followed: each step takes stack.
const DEPTH_MAX: usize = 64;
/// The most alike neighbours of one blank node that are told apart by trying every order.
const ALIKE_MAX: usize = 6;

type Canonical = ([SimpleTerm<'static>; 3], Option<SimpleTerm<'static>>);

/// Replaces every blank node by an IRI under `base`.
pub(crate) fn name_blank_nodes(triples: Vec<Triple>, base: &str) -> Result<Vec<Triple>, Problem> {
    let (with_blanks, mut named): (Vec<Triple>, Vec<Triple>) =
        triples.into_iter().partition(|triple| blanks_of(triple).next().is_some());
    if with_blanks.is_empty() {
        return Ok(named);
    }
    HASHES.set(0);
    let mut copies: HashMap<String, usize> = HashMap::new();
    for knot in knots(with_blanks) {
        let labels = canonical_labels(&knot)?;
        let relabelled: Vec<Triple> = knot
            .iter()
            .map(|triple| {
                relabel(triple, |blank| {
                    NamedOrBlankNode::BlankNode(BlankNode::new_unchecked(label_of(&labels, blank)))
                })
            })
            .collect();
        let mut lines: Vec<String> =
            relabelled.iter().map(|triple| format!("{triple} .\n")).collect();
        lines.sort_unstable();
        lines.dedup();
        let hash = format!("{:x}", Sha256::digest(lines.concat()));
        // Two knots that state the same are two things all the same, as they were in the file.
        let copy = copies.entry(hash.clone()).and_modify(|copy| *copy += 1).or_insert(1);
        let name = |blank: &BlankNode| {
            let label = label_of(&labels, blank);
            NamedOrBlankNode::NamedNode(NamedNode::new_unchecked(format!(
                "{base}/record/node/{}-{copy}-{label}",
                &hash[..32]
            )))
        };
        named.extend(knot.iter().map(|triple| relabel(triple, name)));
    }
    Ok(named)
}

/// The blank nodes of a triple: at most subject and object.
fn blanks_of(triple: &Triple) -> impl Iterator<Item = &BlankNode> {
    let subject = match &triple.subject {
        NamedOrBlankNode::BlankNode(blank) => Some(blank),
        NamedOrBlankNode::NamedNode(_) => None,
    };
    let object = match &triple.object {
        Term::BlankNode(blank) => Some(blank),
        Term::NamedNode(_) | Term::Literal(_) => None,
    };
    subject.into_iter().chain(object)
}

/// Groups triples whose blank nodes hang together.
fn knots(triples: Vec<Triple>) -> Vec<Vec<Triple>> {
    let mut numbers: HashMap<BlankNode, usize> = HashMap::new();
    let mut parents: Vec<usize> = Vec::new();
    for triple in &triples {
        let mut first = None;
        for blank in blanks_of(triple) {
            let next = parents.len();
            let number = *numbers.entry(blank.clone()).or_insert(next);
            if number == next {
                parents.push(next);
            }
            let root = root_of(&mut parents, number);
            let joined = *first.get_or_insert(root);
            parents[root] = joined;
        }
    }
    let mut knots: BTreeMap<usize, Vec<Triple>> = BTreeMap::new();
    for triple in triples {
        let number = blanks_of(&triple).next().and_then(|blank| numbers.get(blank)).copied();
        let root = number.map_or(0, |number| root_of(&mut parents, number));
        knots.entry(root).or_default().push(triple);
    }
    knots.into_values().collect()
}

/// The representative of a group, with the path to it halved for the next time.
fn root_of(parents: &mut [usize], mut number: usize) -> usize {
    while parents[number] != number {
        parents[number] = parents[parents[number]];
        number = parents[number];
    }
    number
}

/// For each blank node of a knot its label by RDFC-1.0.
fn canonical_labels(knot: &[Triple]) -> Result<BTreeMap<String, String>, Problem> {
    let blanks: HashSet<&BlankNode> = knot.iter().flat_map(blanks_of).collect();
    let mut blanks = blanks.into_iter();
    let (Some(one), rest) = (blanks.next(), blanks.len()) else { return Ok(BTreeMap::new()) };
    if rest == 0 {
        return Ok(BTreeMap::from([(one.as_str().to_owned(), "c14n0".to_owned())]));
    }
    if rest >= TOGETHER_MAX {
        return Err(too_hard(&format!(
            "{} blank nodes hang together; the most is {TOGETHER_MAX}",
            rest + 1
        )));
    }
    let dataset: HashSet<Canonical> = knot.iter().map(canonical_term_of).collect();
    // The library bounds the depth as a share of the blank nodes.
    let depth_factor = (DEPTH_MAX as f32 / (rest + 1) as f32).min(1.0);
    // It has no bound on its work, so the hash function it is given stops it from within.
    let labelled = catch_unwind(AssertUnwindSafe(|| {
        rdfc10::relabel_with::<Counted, _>(&dataset, depth_factor, ALIKE_MAX)
            .map(|(_, labels)| labels)
    }));
    match labelled {
        Ok(Ok(labels)) => Ok(labels
            .into_iter()
            .map(|(from, to)| (from.to_string(), to.as_str().to_owned()))
            .collect()),
        Ok(Err(_)) => Err(too_hard("blank nodes are too much alike to be told apart")),
        Err(payload) if payload.is::<Exhausted>() => {
            Err(too_hard("blank nodes are too entangled to be told apart"))
        }
        Err(payload) => resume_unwind(payload),
    }
}

fn too_hard(message: &str) -> Problem {
    Problem::error(Code::RdfBlank, message, "give them IRIs in the file")
}

fn label_of<'a>(labels: &'a BTreeMap<String, String>, blank: &BlankNode) -> &'a str {
    labels.get(blank.as_str()).map_or("c14n0", String::as_str)
}

fn relabel(triple: &Triple, name: impl Fn(&BlankNode) -> NamedOrBlankNode) -> Triple {
    let subject = match &triple.subject {
        NamedOrBlankNode::BlankNode(blank) => name(blank),
        NamedOrBlankNode::NamedNode(node) => node.clone().into(),
    };
    let object = match &triple.object {
        Term::BlankNode(blank) => name(blank).into(),
        Term::NamedNode(_) | Term::Literal(_) => triple.object.clone(),
    };
    Triple::new(subject, triple.predicate.clone(), object)
}

fn canonical_term_of(triple: &Triple) -> Canonical {
    let subject = match &triple.subject {
        NamedOrBlankNode::NamedNode(node) => iri_term(node),
        NamedOrBlankNode::BlankNode(blank) => blank_term(blank),
    };
    let object = match &triple.object {
        Term::NamedNode(node) => iri_term(node),
        Term::BlankNode(blank) => blank_term(blank),
        Term::Literal(literal) => literal_term(literal),
    };
    ([subject, iri_term(&triple.predicate), object], None)
}

fn iri_term(node: &NamedNode) -> SimpleTerm<'static> {
    SimpleTerm::Iri(IriRef::new_unchecked(node.as_str().to_owned().into()))
}

fn blank_term(blank: &BlankNode) -> SimpleTerm<'static> {
    SimpleTerm::BlankNode(BnodeId::new_unchecked(blank.as_str().to_owned().into()))
}

fn literal_term(literal: &Literal) -> SimpleTerm<'static> {
    let text = literal.value().to_owned().into();
    match literal.language() {
        Some(language) => SimpleTerm::LiteralLanguage(
            text,
            LanguageTag::new_unchecked(language.to_owned().into()),
            None,
        ),
        None => {
            let datatype = literal.datatype().as_str().to_owned();
            SimpleTerm::LiteralDatatype(text, IriRef::new_unchecked(datatype.into()))
        }
    }
}

thread_local! {
    static HASHES: Cell<u64> = const { Cell::new(0) };
}

/// SHA-256 that counts how often it is begun and unwinds when that is too often.
struct Counted(CanonicalSha256);

/// What the unwinding carries.
struct Exhausted;

impl HashFunction for Counted {
    type Output = <CanonicalSha256 as HashFunction>::Output;

    fn initialize() -> Self {
        HASHES.set(HASHES.get() + 1);
        if HASHES.get() > HASHES_MAX {
            resume_unwind(Box::new(Exhausted));
        }
        Self(CanonicalSha256::initialize())
    }

    fn update(&mut self, data: impl AsRef<[u8]>) {
        self.0.update(data);
    }

    fn finalize(self) -> Self::Output {
        self.0.finalize()
    }
}
