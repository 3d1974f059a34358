//! The facts to be checked, indexed.

use indexmap::IndexSet;
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{NamedNode, NamedNodeRef, TermRef, TripleRef};
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::ops::Range;

/// The facts to be checked, with the vocabulary that the shapes lean on.
///
/// It borrows the triples: a term is a number here, and each triple stands in two sorted lists.
pub struct Data<'a> {
    terms: IndexSet<TermRef<'a>, FxBuildHasher>,
    /// Predicate and object, by subject.
    by_subject: Runs,
    /// Object and subject, by predicate.
    by_predicate: Runs,
}

/// Pairs of numbers in runs: those of one term stand together, sorted.
struct Runs {
    /// Where the run of each term begins; one more at the end.
    starts: Vec<u32>,
    pairs: Vec<(u32, u32)>,
}

impl Runs {
    fn new(terms: usize, triples: impl Iterator<Item = (u32, (u32, u32))> + Clone) -> Self {
        let mut starts = vec![0_u32; terms + 1];
        for (key, _) in triples.clone() {
            starts[key as usize + 1] += 1;
        }
        for term in 0..terms {
            starts[term + 1] += starts[term];
        }
        let mut next = starts.clone();
        let mut pairs = vec![(0, 0); starts[terms] as usize];
        for (key, pair) in triples {
            let place = &mut next[key as usize];
            pairs[*place as usize] = pair;
            *place += 1;
        }
        Self { starts, pairs }.sorted()
    }

    /// Each run sorted, and every pair once.
    fn sorted(mut self) -> Self {
        let mut kept = 0_usize;
        for term in 0..self.starts.len() - 1 {
            let run = self.starts[term] as usize..self.starts[term + 1] as usize;
            self.pairs[run.clone()].sort_unstable();
            self.starts[term] = index(kept);
            let first = kept;
            for at in run {
                if kept == first || self.pairs[kept - 1] != self.pairs[at] {
                    self.pairs[kept] = self.pairs[at];
                    kept += 1;
                }
            }
        }
        self.pairs.truncate(kept);
        if let Some(end) = self.starts.last_mut() {
            *end = index(kept);
        }
        self
    }

    fn run(&self, term: u32) -> Range<usize> {
        self.starts[term as usize] as usize..self.starts[term as usize + 1] as usize
    }

    fn pairs(&self, term: u32) -> &[(u32, u32)] {
        &self.pairs[self.run(term)]
    }

    /// The pairs of a term whose first half is the given one.
    fn beginning(&self, term: u32, first: u32) -> &[(u32, u32)] {
        let run = self.pairs(term);
        let from = run.partition_point(|pair| pair.0 < first);
        let length = run[from..].partition_point(|pair| pair.0 == first);
        &run[from..from + length]
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).expect("a publication has fewer than four thousand million facts")
}

impl<'a> Data<'a> {
    pub(crate) fn new(triples: impl IntoIterator<Item = TripleRef<'a>>) -> Self {
        let mut terms = IndexSet::with_hasher(FxBuildHasher);
        let mut numbered: Vec<(u32, u32, u32)> = Vec::new();
        let mut last: Option<(TermRef<'a>, u32)> = None;
        for triple in triples {
            let subject = TermRef::from(triple.subject);
            // The facts about one thing mostly stand together.
            let s = match last {
                Some((term, s)) if term == subject => s,
                _ => index(terms.insert_full(subject).0),
            };
            last = Some((subject, s));
            let p = index(terms.insert_full(triple.predicate.into()).0);
            let o = index(terms.insert_full(triple.object).0);
            numbered.push((s, p, o));
        }
        let by_subject = Runs::new(terms.len(), numbered.iter().map(|(s, p, o)| (*s, (*p, *o))));
        let by_predicate = Runs::new(terms.len(), numbered.iter().map(|(s, p, o)| (*p, (*o, *s))));
        Self { terms, by_subject, by_predicate }
    }

    /// The number of distinct triples, those of the vocabulary among them.
    pub fn len(&self) -> usize {
        self.by_subject.pairs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_subject.pairs.is_empty()
    }

    pub(crate) fn terms(&self) -> u32 {
        index(self.terms.len())
    }

    pub(crate) fn id(&self, term: TermRef<'_>) -> Option<u32> {
        self.terms.get_index_of(&term).map(index)
    }

    pub(crate) fn id_of(&self, node: &NamedNode) -> Option<u32> {
        self.id(node.as_ref().into())
    }

    pub(crate) fn term(&self, id: u32) -> TermRef<'a> {
        self.terms[id as usize]
    }

    /// The text of a node: an IRI, or the lexical form of a literal.
    pub(crate) fn text(&self, id: u32) -> &'a str {
        match self.term(id) {
            TermRef::NamedNode(node) => node.as_str(),
            TermRef::BlankNode(node) => node.as_str(),
            TermRef::Literal(literal) => literal.value(),
        }
    }

    /// Predicates and objects of a subject, sorted.
    pub(crate) fn facts_of(&self, subject: u32) -> &[(u32, u32)] {
        self.by_subject.pairs(subject)
    }

    pub(crate) fn objects_of(&self, subject: u32, predicate: u32) -> &[(u32, u32)] {
        self.by_subject.beginning(subject, predicate)
    }

    pub(crate) fn objects(&self, subject: u32, predicate: u32) -> impl Iterator<Item = u32> + '_ {
        self.objects_of(subject, predicate).iter().map(|(_, object)| *object)
    }

    /// Objects and subjects of a predicate, sorted.
    pub(crate) fn pairs(&self, predicate: u32) -> &[(u32, u32)] {
        self.by_predicate.pairs(predicate)
    }

    pub(crate) fn subjects_of(&self, predicate: u32, object: u32) -> &[(u32, u32)] {
        self.by_predicate.beginning(predicate, object)
    }

    pub(crate) fn subjects(&self, predicate: u32, object: u32) -> impl Iterator<Item = u32> + '_ {
        self.subjects_of(predicate, object).iter().map(|(_, subject)| *subject)
    }

    pub(crate) fn contains(&self, subject: u32, predicate: u32, object: u32) -> bool {
        self.facts_of(subject).binary_search(&(predicate, object)).is_ok()
    }

    /// Every predicate that states something, ascending.
    pub(crate) fn predicates(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.terms()).filter(|term| !self.by_predicate.run(*term).is_empty())
    }

    /// A class and the classes below it, along `rdfs:subClassOf`.
    pub(crate) fn classes(&self, class: NamedNodeRef<'_>) -> FxHashSet<u32> {
        let mut below: FxHashSet<u32> = self.id(class.into()).into_iter().collect();
        let Some(narrower) = self.id(rdfs::SUB_CLASS_OF.into()) else { return below };
        let mut frontier: Vec<u32> = below.iter().copied().collect();
        while let Some(class) = frontier.pop() {
            frontier.extend(self.subjects(narrower, class).filter(|found| below.insert(*found)));
        }
        below
    }

    pub(crate) fn rdf_type(&self) -> Option<u32> {
        self.id(rdf::TYPE.into())
    }
}

impl std::fmt::Debug for Data<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Data of {} triples", self.len())
    }
}
