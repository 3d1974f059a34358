//! Statements to quads: every fact into its room.

use crate::audience::{Audiences, organisation};
use crate::tier::Tiers;
use crate::{Context, Statements, canonical};
use adit_vocab::{Did, Room, Tier, adit};
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use std::collections::HashMap;

/// The quads of one source, each in its room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// The source's name.
    pub name: String,
    /// The quads, sorted as [`canonical_text`](crate::canonical_text) writes them, each once.
    pub quads: Vec<Quad>,
}

/// Puts every statement of all live sources into its rooms.
///
/// The room is a pure function of product group, phase, tier and audience. The audience depends on the other sources,
/// since a later delivery opens earlier facts: so all live sources are routed together, the new ones and those
/// recovered by [`Statements::from_routed`].
///
/// - The tier is that of the predicate; a value node (a quantity, a document) takes the strictest tier of the links that lead to it.
/// - A statement of tier partner stands in one room for each organisation that its subject was delivered to or is shared with,
///   also through machines, modules, batches and records; if there is none, in the room without audience, which only we see.
/// - `adit:deliveredTo` stands in the room of its own object alone: no customer sees another.
///
/// ```
/// use adit_ingest::{Context, SourceFile, read, route};
/// # let context = Context { own: "did:web:shop.example".parse().unwrap(), base: "https://shop.example".into(),
/// #     templates: Default::default(), partners: vec![], makers: Default::default(), files: Default::default() };
/// let data = br#"
///   PREFIX adit: <https://w3id.org/adit/ns#> PREFIX schema: <https://schema.org/>
///   <https://id.shop.example/p/1> schema:serialNumber "1" ; adit:deliveredTo <did:web:oem.example> .
///   <https://id.shop.example/p/2> schema:serialNumber "2" ; schema:name "bolt" ."#;
/// let statements = read(&SourceFile { name: "parts.ttl", data, mapping: None }, &context).unwrap();
/// let routed = route(&[statements], &context);
/// let rooms: Vec<String> = routed[0].quads.iter().map(|quad| quad.graph_name.to_string()).collect();
/// assert_eq!(rooms, [
///     "<https://shop.example/room/product/as-built/partner/did:web:oem.example>",
///     "<https://shop.example/room/product/as-built/partner/did:web:oem.example>",
///     "<https://shop.example/room/product/as-built/public>",
///     "<https://shop.example/room/product/as-built/partner>",
/// ]);
/// ```
pub fn route(sources: &[Statements], context: &Context) -> Vec<Routed> {
    let audiences = Audiences::of(sources, &context.own);
    let tiers = Tiers::of(sources, &context.base);
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
        let tier = tiers.of_triple(triple);
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
