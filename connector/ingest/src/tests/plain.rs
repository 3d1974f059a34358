//! The definition of routing as it is said, text against text: what the numbers of `route` must give too.

use crate::{Context, Routed, Statements, canonical};
use adit_vocab::{Did, Room, Tier, Vocabulary, adit, epcis, eudpp, org, qudt, schema, sosa};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeMap, HashMap, HashSet};

pub(super) fn route(sources: &[Statements], context: &Context) -> Vec<Routed> {
    let audiences = Audiences::of(sources, &context.own, &context.vocabulary);
    let tiers = Tiers::of(sources, &context.base, &context.vocabulary);
    sources
        .iter()
        .map(|source| {
            let mut triples: Vec<&Triple> = source.triples().collect();
            triples.sort_unstable_by(|a, b| canonical::order_triples(a, b));
            triples.dedup();
            let mut rooms = Rooms { source, context, known: HashMap::new() };
            let mut quads = Vec::with_capacity(triples.len());
            for triple in triples {
                let first = quads.len();
                for room in rooms.of(triple, &tiers, &audiences) {
                    quads.push(triple.clone().in_graph(room));
                }
                quads[first..].sort_unstable_by(canonical::order_quads);
            }
            Routed { name: source.name().to_owned(), quads }
        })
        .collect()
}

/// The rooms of one source, each spelled once.
struct Rooms<'a> {
    source: &'a Statements,
    context: &'a Context,
    known: HashMap<(Tier, Option<Did>), NamedNode>,
}

impl Rooms<'_> {
    fn of(
        &mut self,
        triple: &Triple,
        tiers: &Tiers<'_>,
        audiences: &Audiences<'_>,
    ) -> Vec<NamedNode> {
        let tier = tiers.of_triple(triple, self.source.group());
        let open_to: Vec<Did> = match (tier, &triple.subject, &triple.object) {
            (Tier::Partner, _, Term::NamedNode(object))
                if triple.predicate == adit::DELIVERED_TO =>
            {
                organisation(object).filter(|did| *did != self.context.own).into_iter().collect()
            }
            (Tier::Partner, NamedOrBlankNode::NamedNode(subject), _) => {
                audiences.of_subject(subject.as_str()).cloned().collect()
            }
            (Tier::Partner, NamedOrBlankNode::BlankNode(_), _)
            | (
                Tier::Public
                | Tier::LegitimateInterest
                | Tier::Authority
                | Tier::Research
                | Tier::Owner,
                _,
                _,
            ) => Vec::new(),
        };
        if open_to.is_empty() {
            return vec![self.room(tier, None)];
        }
        open_to.into_iter().map(|did| self.room(tier, Some(did))).collect()
    }

    fn room(&mut self, tier: Tier, audience: Option<Did>) -> NamedNode {
        let Self { source, context, known } = self;
        let room = known.entry((tier, audience)).or_insert_with_key(|(tier, audience)| {
            let room = Room {
                base: context.base.clone(),
                group: source.group().to_owned(),
                phase: source.phase(),
                tier: *tier,
                audience: audience.clone(),
            };
            room.to_iri()
        });
        room.clone()
    }
}

/// Records are about their object: what may be seen of the object leads to the record, never back.
const ABOUT: [NamedNodeRef<'static>; 8] = [
    adit::INSTALLED_IN,
    adit::PLACED_ITEM,
    eudpp::IN_CONTEXT_OF_PRODUCT,
    adit::OPERATING_RECORD_OF,
    adit::CERTIFIES_ITEM,
    eudpp::APPLIES_TO_PRODUCT,
    sosa::HAS_FEATURE_OF_INTEREST,
    epcis::EPC_LIST,
];

/// Links that open nothing: they name organisations, or a class that all its members share.
const CLOSED: [NamedNodeRef<'static>; 7] = [
    adit::DELIVERED_TO,
    adit::SHARED_WITH,
    schema::MANUFACTURER,
    eudpp::HAS_ACTOR,
    adit::OWNED_BY,
    adit::FACTS_HELD_BY,
    rdf::TYPE,
];

/// The organisations that the partner tier of each subject is open to.
struct Audiences<'a> {
    numbers: HashMap<&'a str, usize>,
    organisations: Vec<Did>,
    /// For each node the indices of its organisations, ascending.
    open_to: Vec<Vec<u32>>,
}

impl<'a> Audiences<'a> {
    /// Follows the links of all live sources from what each organisation was delivered or is shared.
    fn of(sources: &'a [Statements], own: &Did, vocabulary: &Vocabulary) -> Self {
        let numbers = numbered(sources);
        let mut links: Vec<Vec<usize>> = vec![Vec::new(); numbers.len()];
        let mut starts: BTreeMap<Did, Vec<usize>> = BTreeMap::new();
        let organisations = organisations_in(sources);
        for (source, triple, subject, object) in links_of(sources) {
            let (Some(subject), predicate) =
                (numbers.get(subject).copied(), triple.predicate.as_ref())
            else {
                continue;
            };
            let node = numbers.get(object.as_str()).copied();
            if predicate == adit::DELIVERED_TO || predicate == adit::SHARED_WITH {
                if let Some(did) = organisation(object).filter(|did| did != own) {
                    starts.entry(did).or_default().push(subject);
                }
            } else if ABOUT.contains(&predicate) {
                links_push(&mut links, node, Some(subject));
            } else if !CLOSED.contains(&predicate)
                && matches!(
                    vocabulary.tier(predicate.as_str(), source.group()),
                    Tier::Public | Tier::Partner
                )
                && !organisations.contains(object.as_str())
            {
                links_push(&mut links, Some(subject), node);
            }
        }
        let mut open_to = vec![Vec::new(); numbers.len()];
        let mut organisations = Vec::new();
        for (number, (did, mut frontier)) in (0..).zip(starts) {
            while let Some(node) = frontier.pop() {
                let open: &mut Vec<u32> = &mut open_to[node];
                if open.last() != Some(&number) {
                    open.push(number);
                    frontier.extend(&links[node]);
                }
            }
            organisations.push(did);
        }
        Self { numbers, organisations, open_to }
    }

    /// The organisations that a subject's partner tier is open to, sorted.
    fn of_subject(&self, subject: &str) -> impl Iterator<Item = &Did> {
        let open = self.numbers.get(subject).map(|number| self.open_to[*number].as_slice());
        open.unwrap_or_default().iter().filter_map(|index| self.organisations.get(*index as usize))
    }
}

fn links_push(links: &mut [Vec<usize>], from: Option<usize>, to: Option<usize>) {
    if let (Some(from), Some(to)) = (from, to) {
        links[from].push(to);
    }
}

/// The organisation that an IRI names.
fn organisation(node: &NamedNode) -> Option<Did> {
    node.as_str().parse().ok()
}

/// Every triple between two IRIs, with its source, subject and object.
fn links_of(
    sources: &[Statements],
) -> impl Iterator<Item = (&Statements, &Triple, &str, &NamedNode)> {
    let triples = sources.iter().flat_map(|source| source.triples().map(move |it| (source, it)));
    triples.filter_map(|(source, triple)| match (&triple.subject, &triple.object) {
        (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(object)) => {
            Some((source, triple, subject.as_str(), object))
        }
        _ => None,
    })
}

/// Numbers for what is stated about: all subjects, and the things that records are about.
fn numbered(sources: &[Statements]) -> HashMap<&str, usize> {
    let mut numbers = HashMap::new();
    for triple in sources.iter().flat_map(Statements::triples) {
        if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
            let next = numbers.len();
            numbers.entry(subject.as_str()).or_insert(next);
        }
        if let Term::NamedNode(object) = &triple.object
            && (ABOUT.contains(&triple.predicate.as_ref())
                || triple.predicate == adit::INSTALLED_ITEM)
        {
            let next = numbers.len();
            numbers.entry(object.as_str()).or_insert(next);
        }
    }
    numbers
}

/// What is an organisation without being named by a DID.
fn organisations_in(sources: &[Statements]) -> HashSet<&str> {
    links_of(sources)
        .flat_map(|(_, triple, subject, object)| {
            let typed = triple.predicate == rdf::TYPE && *object == org::ORGANIZATION;
            let named = object.as_str().starts_with("did:");
            [typed.then_some(subject), named.then_some(object.as_str())]
        })
        .flatten()
        .collect()
}

/// What says only which value a value node is.
const STRUCTURE: [NamedNodeRef<'static>; 6] = [
    rdf::TYPE,
    qudt::NUMERIC_VALUE,
    qudt::UNIT,
    schema::ENCODING_FORMAT,
    schema::CONTENT_URL,
    schema::SHA256,
];

/// The tiers of the links that lead to nodes under our address.
struct Tiers<'a> {
    values: String,
    nodes: String,
    documents: String,
    records: String,
    led_to: HashMap<&'a str, Tier>,
    vocabulary: &'a Vocabulary,
}

impl<'a> Tiers<'a> {
    fn of(sources: &'a [Statements], base: &str, vocabulary: &'a Vocabulary) -> Self {
        let mut tiers = Self {
            values: format!("{base}/record/quantity/"),
            nodes: format!("{base}/record/node/"),
            documents: format!("{base}/document/"),
            records: format!("{base}/record/"),
            led_to: HashMap::new(),
            vocabulary,
        };
        let mut links: Vec<(&str, &Triple, &str, &str)> = Vec::new();
        for (source, triple, subject, object) in links_of(sources) {
            let group = source.group();
            let predicate = triple.predicate.as_ref();
            if ABOUT.contains(&predicate) && tiers.is_ours(subject) {
                links.push((object.as_str(), triple, subject, group));
            } else if predicate != rdf::TYPE && tiers.is_ours(object.as_str()) {
                links.push((subject, triple, object.as_str(), group));
            }
        }
        // A value node may lead to another: repeat until none gets stricter.
        let mut changed = true;
        while changed {
            changed = false;
            for (from, triple, to, group) in &links {
                let link = tiers.of_statement(from, triple.predicate.as_ref(), group);
                let known = tiers.led_to.get(to).copied();
                let strictest = known.map_or(link, |known| stricter(known, link));
                if known != Some(strictest) {
                    tiers.led_to.insert(to, strictest);
                    changed = true;
                }
            }
        }
        tiers
    }

    /// The tier of a statement.
    fn of_triple(&self, triple: &Triple, group: &str) -> Tier {
        match &triple.subject {
            NamedOrBlankNode::NamedNode(subject) => {
                self.of_statement(subject.as_str(), triple.predicate.as_ref(), group)
            }
            NamedOrBlankNode::BlankNode(_) => Tier::Owner,
        }
    }

    fn of_statement(&self, subject: &str, predicate: NamedNodeRef<'_>, group: &str) -> Tier {
        let own = self.vocabulary.tier(predicate.as_str(), group);
        let Some(led_to) = self.led_to.get(subject).copied() else { return own };
        let is_value = [&self.values, &self.nodes, &self.documents]
            .iter()
            .any(|base| subject.starts_with(base.as_str()));
        match is_value {
            true if STRUCTURE.contains(&predicate) => led_to,
            true => stricter(own, led_to),
            false if predicate == rdf::TYPE => led_to,
            false => own,
        }
    }

    fn is_ours(&self, node: &str) -> bool {
        node.starts_with(&self.records) || node.starts_with(&self.documents)
    }
}

/// The tier of those who are in both: tiers are no ladder, and nobody but the owner is surely in two of them.
fn stricter(a: Tier, b: Tier) -> Tier {
    match (a, b) {
        (a, b) if a == b => a,
        (Tier::Public, other) | (other, Tier::Public) => other,
        (
            Tier::LegitimateInterest
            | Tier::Authority
            | Tier::Partner
            | Tier::Research
            | Tier::Owner,
            Tier::LegitimateInterest
            | Tier::Authority
            | Tier::Partner
            | Tier::Research
            | Tier::Owner,
        ) => Tier::Owner,
    }
}
