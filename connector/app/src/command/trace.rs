//! `adit trace`: the two questions that everybody asks, without SPARQL.

use crate::cli::{Asking, Direction};
use crate::command::query;
use crate::control::Order;
use crate::error::Error;
use crate::folder::Folder;
use oxrdf::NamedNode;

/// From an item to everything that it is part of, with place and owner.
const UP: &str = "PREFIX adit: <https://w3id.org/adit/ns#> PREFIX schema: <https://schema.org/>
SELECT DISTINCT ?item ?name ?partOf ?place ?owner WHERE {
  <ITEM> adit:partOf* ?item .
  OPTIONAL { ?item schema:name ?name }
  OPTIONAL { ?item adit:partOf ?partOf }
  OPTIONAL { ?item adit:locatedAt ?at OPTIONAL { ?at schema:name ?placeName } BIND(COALESCE(?placeName, STR(?at)) AS ?place) }
  OPTIONAL { ?item adit:ownedBy ?by OPTIONAL { ?by schema:legalName ?ownerName } BIND(COALESCE(?ownerName, STR(?by)) AS ?owner) }
} ORDER BY ?item ?name ?partOf ?place ?owner";

/// From an item to all its parts, with the batch that each was made from.
const DOWN: &str = "PREFIX adit: <https://w3id.org/adit/ns#> PREFIX schema: <https://schema.org/>
SELECT DISTINCT ?item ?name ?partOf ?batch WHERE {
  ?item adit:partOf* <ITEM> .
  OPTIONAL { ?item schema:name ?name }
  OPTIONAL { ?item adit:partOf ?partOf }
  OPTIONAL { ?item adit:fromBatch ?batch }
} ORDER BY ?item ?name ?partOf ?batch";

/// The order.
pub fn request(
    folder: &Folder,
    direction: Direction,
    item: &str,
    asking: &Asking,
) -> Result<Order, Error> {
    let item = NamedNode::new(item).map_err(|e| {
        Error::Usage(format!(
            "'{item}' is not the address of an item ({e}); it is what its code reads, https://…"
        ))
    })?;
    let text = match direction {
        Direction::Up => UP,
        Direction::Down => DOWN,
    };
    query::question(folder, text.replace("<ITEM>", &item.to_string()), asking)
}
