//! Statements to quads: every fact into its room.

use crate::audience::Audiences;
use crate::numbered::{Fact, Numbered};
use crate::tier::Tiers;
use crate::{Context, Statements, canonical};
use adit_vocab::{Phase, Room, Tier, adit};
use oxrdf::{NamedNode, Quad, Triple};
use rustc_hash::FxHashMap;

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
/// #     templates: Default::default(), partners: vec![], makers: Default::default(), vocabulary: adit_vocab::Vocabulary::bundled().clone(), files: Default::default() };
/// let data = br#"
///   PREFIX adit: <https://w3id.org/adit/ns#> PREFIX schema: <https://schema.org/>
///   <https://id.shop.example/p/1> schema:serialNumber "1" ; adit:deliveredTo <did:web:oem.example> .
///   <https://id.shop.example/p/2> schema:serialNumber "2" ; schema:name "bolt" ."#;
/// let statements = read(&SourceFile { name: "parts.ttl", data, mapping: None }, &context).unwrap();
/// let routed = route(vec![statements], &context);
/// let rooms: Vec<String> = routed[0].quads.iter().map(|quad| quad.graph_name.to_string()).collect();
/// assert_eq!(rooms, [
///     "<https://shop.example/room/product/as-built/partner/did:web:oem.example>",
///     "<https://shop.example/room/product/as-built/partner/did:web:oem.example>",
///     "<https://shop.example/room/product/as-built/public>",
///     "<https://shop.example/room/product/as-built/partner>",
/// ]);
/// ```
pub fn route(sources: Vec<Statements>, context: &Context) -> Vec<Routed> {
    let numbered = Numbered::of(&sources);
    let audiences = Audiences::of(&numbered, &sources, context);
    let tiers = Tiers::of(&numbered, &sources, context);
    let order = numbered.in_order(&sources);
    let is_delivery: Vec<bool> =
        numbered.predicates.iter().map(|it| *it == adit::DELIVERED_TO).collect();
    // The texts are moved from here on, so what borrows them ends.
    let facts = numbered.facts;
    let routed = |(index, (source, places)): (usize, (Statements, Vec<usize>))| {
        let mut rooms = Rooms {
            group: source.group().to_owned(),
            phase: source.phase(),
            context,
            audiences: &audiences,
            known: FxHashMap::default(),
        };
        let name = source.name().to_owned();
        let mut triples: Vec<Option<Triple>> = source.into_triples().map(Some).collect();
        let mut quads = Vec::with_capacity(places.len());
        for place in places {
            let fact = facts[index][place];
            let tier = tiers.of_fact(index, fact);
            // Each place stands once in the order.
            if let Some(triple) = triples[place].take() {
                rooms.place(triple, fact, tier, is_delivery[fact.predicate as usize], &mut quads);
            }
        }
        Routed { name, quads }
    };
    sources.into_iter().zip(order).enumerate().map(routed).collect()
}

/// The rooms of one source, each spelled once.
struct Rooms<'a> {
    group: String,
    phase: Phase,
    context: &'a Context,
    audiences: &'a Audiences,
    known: FxHashMap<(Tier, Option<u32>), NamedNode>,
}

impl Rooms<'_> {
    /// Puts a statement into each of its rooms.
    fn place(
        &mut self,
        triple: Triple,
        fact: Fact,
        tier: Tier,
        is_delivery: bool,
        quads: &mut Vec<Quad>,
    ) {
        let delivered;
        let open_to: &[u32] = match tier {
            Tier::Partner if is_delivery => {
                delivered = self.audiences.of_delivery(fact.object);
                delivered.as_slice()
            }
            Tier::Partner => self.audiences.of_subject(fact.subject),
            Tier::Public
            | Tier::LegitimateInterest
            | Tier::Authority
            | Tier::Research
            | Tier::Owner => &[],
        };
        let Some((last, others)) = open_to.split_last() else {
            let room = self.room(tier, None);
            quads.push(triple.in_graph(room));
            return;
        };
        let first = quads.len();
        for organisation in others {
            let room = self.room(tier, Some(*organisation));
            quads.push(triple.clone().in_graph(room));
        }
        let room = self.room(tier, Some(*last));
        quads.push(triple.in_graph(room));
        quads[first..].sort_unstable_by(canonical::order_quads);
    }

    fn room(&mut self, tier: Tier, audience: Option<u32>) -> NamedNode {
        let Self { group, phase, context, audiences, known } = self;
        let spell = || {
            let room = Room {
                base: context.base.clone(),
                group: group.clone(),
                phase: *phase,
                tier,
                audience: audience.map(|number| audiences.organisation(number).clone()),
            };
            room.to_iri()
        };
        known.entry((tier, audience)).or_insert_with(spell).clone()
    }
}
