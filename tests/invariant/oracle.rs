//! The oracle: a plain Oxigraph store with exactly the quads that the asker may see.
//!
//! It reads the rules of visibility, of derived predicates and of FROM a second time, in the most
//! literal way, and shares no code with the connector.

use crate::answer::Answer;
use crate::data::{Asker, World};
use adit_vocab::{Room, Tier, adit};
use jiff::Timestamp;
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use oxrdf::{GraphName, NamedNode, NamedNodeRef, Quad};
use spargebra::algebra::QueryDataset;
use spargebra::{Query, SparqlParser};
use std::collections::BTreeSet;

/// The predicates that are never stored.
pub(crate) const DERIVED: [NamedNodeRef<'static>; 3] =
    [adit::PART_OF, adit::LOCATED_AT, adit::OWNED_BY];

/// The data set cut down to what somebody may see, derived facts included.
pub(crate) struct Cut {
    pub(crate) quads: Vec<Quad>,
    store: Store,
}

impl Cut {
    /// What the asker may see at these companies together, each with the asker's standing there.
    pub(crate) fn new(world: &World, seen_by: &[(usize, Asker)], at: Timestamp) -> Self {
        let quads = seen_by.iter().flat_map(|(company, asker)| {
            world.companies[*company].facts.iter().filter(|quad| may_see(asker, quad))
        });
        let store = load(quads);
        for rule in rules(at) {
            let update = SparqlEvaluator::new().parse_update(&rule).expect("the rules parse");
            update.on_store(&store).execute().expect("a store in memory takes updates");
        }
        let quads = store.iter().map(|quad| quad.expect("a store in memory reads"));
        // Where the asker is at home, a derived fact may be hidden itself.
        let home = seen_by.first().map(|(_, asker)| asker);
        let is_hidden_derived = |quad: &Quad| {
            DERIVED.contains(&quad.predicate.as_ref())
                && home.is_some_and(|asker| is_hidden(asker, quad))
        };
        let (hidden, quads): (Vec<Quad>, Vec<Quad>) = quads.partition(is_hidden_derived);
        for quad in &hidden {
            store.remove(quad).expect("a store in memory forgets quads");
        }
        let in_rooms = |quad: &Quad| !quad.graph_name.is_default_graph();
        let mut quads: Vec<Quad> = quads.into_iter().filter(in_rooms).collect();
        quads.sort_by_cached_key(Quad::to_string);
        Self { quads, store }
    }

    /// The answer to a query over the cut, its FROM and FROM NAMED clauses by the standard's rule.
    pub(crate) fn answer(&self, text: &str) -> Result<Answer, String> {
        let mut query = SparqlParser::new().parse_query(text).map_err(|error| error.to_string())?;
        adit_facts::with_paths_of_no_step(&mut query);
        match take_dataset(&mut query) {
            None => evaluate(query, &self.store),
            Some(named) => evaluate(query, &self.restricted(&named)),
        }
    }

    /// Default graph: the merge of the FROM list. Named graphs: the FROM NAMED list. Nothing else.
    fn restricted(&self, dataset: &QueryDataset) -> Store {
        let store = Store::new().expect("a store in memory opens");
        for quad in &self.quads {
            let GraphName::NamedNode(room) = &quad.graph_name else { continue };
            if dataset.default.contains(room) {
                insert(&store, &in_default_graph(quad));
            }
            if dataset.named.as_ref().is_some_and(|named| named.contains(room)) {
                insert(&store, quad);
            }
        }
        store
    }

    /// The rooms that hold something visible.
    pub(crate) fn rooms(&self) -> BTreeSet<NamedNode> {
        self.quads.iter().filter_map(room_of).collect()
    }
}

/// Whether the tier of the quad's room is among the asker's, its audience is the asker, and no
/// prohibition hides the predicate.
fn may_see(asker: &Asker, quad: &Quad) -> bool {
    let room = room_of(quad).and_then(|room| Room::from_iri(room.as_str())).expect("a room");
    let invited = match (room.tier, room.audience) {
        (_, Some(audience)) => asker.sees_all_audiences || asker.did == Some(audience),
        (Tier::Partner, None) => asker.sees_all_audiences,
        (_, None) => true,
    };
    asker.tiers.contains(&room.tier) && invited && !is_hidden(asker, quad)
}

fn is_hidden(asker: &Asker, quad: &Quad) -> bool {
    asker.hidden.iter().any(|hidden| quad.predicate.as_str() == hidden)
}

fn room_of(quad: &Quad) -> Option<NamedNode> {
    match &quad.graph_name {
        GraphName::NamedNode(room) => Some(room.clone()),
        GraphName::BlankNode(_) | GraphName::DefaultGraph => None,
    }
}

fn load<'a>(quads: impl Iterator<Item = &'a Quad>) -> Store {
    let store = Store::new().expect("a store in memory opens");
    let mut loader = store.bulk_loader();
    let twice = quads.flat_map(|quad| [quad.clone(), in_default_graph(quad)]);
    loader.load_quads(twice).expect("a store in memory takes quads");
    loader.commit().expect("a store in memory takes quads");
    store
}

fn insert(store: &Store, quad: &Quad) {
    store.insert(quad).expect("a store in memory takes quads");
}

fn in_default_graph(quad: &Quad) -> Quad {
    Quad { graph_name: GraphName::DefaultGraph, ..quad.clone() }
}

/// The three derived predicates as updates: the derived fact stands in every room of its base.
fn rules(at: Timestamp) -> [String; 3] {
    let begun_and_not_over = |from: &str, through: &str| {
        let by_then = |var: &str| {
            format!(
                "FILTER(DATATYPE({var}) = xsd:dateTime && TZ({var}) != \"\" && {var} <= \"{at}\"^^xsd:dateTime)"
            )
        };
        format!(
            "?i {from} ?from {} FILTER NOT EXISTS {{ ?i {through} ?through {} }}",
            by_then("?from"),
            by_then("?through")
        )
    };
    let schema = begun_and_not_over("schema:validFrom", "schema:validThrough");
    let eudpp = begun_and_not_over("eudpp:assignmentValidFrom", "eudpp:assignmentValidTo");
    let rule = |derived: &str, item: &str, base: &str, when: &str| {
        format!(
            "PREFIX adit: <https://w3id.org/adit/ns#> PREFIX schema: <https://schema.org/>
            PREFIX eudpp: <https://w3id.org/eudpp#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
            INSERT {{ ?x {derived} ?y GRAPH ?room {{ ?x {derived} ?y }} }}
            WHERE {{ ?i {item} ?x . GRAPH ?room {{ ?i {base} ?y }} {when} }}"
        )
    };
    [
        rule("adit:partOf", "adit:installedItem", "adit:installedIn", &schema),
        rule("adit:locatedAt", "adit:placedItem", "adit:atPlace", &schema),
        rule(
            "adit:ownedBy",
            "eudpp:inContextOfProduct",
            "eudpp:hasActor",
            &format!("?i eudpp:hasRole adit:owner . {eudpp}"),
        ),
    ]
}

/// The FROM and FROM NAMED clauses, taken out of the query.
fn take_dataset(query: &mut Query) -> Option<QueryDataset> {
    match query {
        Query::Select { dataset, .. }
        | Query::Construct { dataset, .. }
        | Query::Describe { dataset, .. }
        | Query::Ask { dataset, .. } => dataset.take(),
    }
}

fn evaluate(query: Query, store: &Store) -> Result<Answer, String> {
    let results: QueryResults<'_> = SparqlEvaluator::new()
        .for_query(query)
        .on_store(store)
        .execute()
        .map_err(|error| error.to_string())?;
    Answer::read(results)
}
