//! Which focus nodes need not be asked for: what a hint of a shape says, computed on the index.
//!
//! A query that compares every pair of intervals of an item takes time by the square of their number. Sorted, the
//! intervals show in one pass whether any two overlap; where none do, the query has nothing to find.

use crate::data::Data;
use crate::shape::Hint;
use crate::target::Near;
use crate::value;
use adit_vocab::schema;
use oxrdf::{NamedNode, TermRef};
use oxsdatatypes::DateTime;

/// The focus nodes that can break a shape with this hint, ascending.
pub(crate) fn suspects(data: &Data<'_>, hint: &Hint, near: &Near) -> Vec<u32> {
    match hint {
        Hint::Overlap { to_focus, alike } => overlapping(data, to_focus, alike, near),
        Hint::Circle { lower, upper } => on_circles(data, lower, upper, near),
    }
}

/// A half-open interval; no beginning means since ever, no end means for ever.
struct Span {
    alike: Vec<u32>,
    from: Option<DateTime>,
    through: Option<DateTime>,
}

fn overlapping(
    data: &Data<'_>,
    to_focus: &NamedNode,
    alike: &[NamedNode],
    near: &Near,
) -> Vec<u32> {
    let Some(to_focus) = data.id_of(to_focus) else { return Vec::new() };
    let Some(alike) =
        alike.iter().map(|predicate| data.id_of(predicate)).collect::<Option<Vec<_>>>()
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for run in data.pairs(to_focus).chunk_by(|left, right| left.0 == right.0) {
        let focus = run[0].0;
        if run.len() > 1 && near.has(focus) {
            let spans = run.iter().flat_map(|(_, interval)| spans(data, *interval, &alike));
            if overlap(spans.collect()) {
                found.push(focus);
            }
        }
    }
    found
}

/// An interval, once for each combination of what it has to agree on.
fn spans(data: &Data<'_>, interval: u32, alike: &[u32]) -> Vec<Span> {
    let instants = |predicate: oxrdf::NamedNodeRef<'_>| -> Vec<Option<DateTime>> {
        let predicate = data.id(predicate.into());
        let objects = predicate.into_iter().flat_map(|it| data.objects(interval, it));
        let instant = |object| match data.term(object) {
            TermRef::Literal(literal) => value::instant(literal),
            TermRef::NamedNode(_) | TermRef::BlankNode(_) => None,
        };
        objects.map(instant).collect()
    };
    // Where something is said twice, or is no instant, the interval counts as wider than it is: a suspect too many.
    let widest = |instants: Vec<Option<DateTime>>| match instants[..] {
        [one] => one,
        [] | [_, _, ..] => None,
    };
    let (from, through) =
        (widest(instants(schema::VALID_FROM)), widest(instants(schema::VALID_THROUGH)));
    let mut combinations = vec![Vec::new()];
    for predicate in alike {
        combinations = combinations
            .iter()
            .flat_map(|combination: &Vec<u32>| {
                data.objects(interval, *predicate).map(|object| {
                    let mut longer = combination.clone();
                    longer.push(object);
                    longer
                })
            })
            .collect();
    }
    combinations.into_iter().map(|alike| Span { alike, from, through }).collect()
}

/// Whether any two spans that are alike overlap.
fn overlap(mut spans: Vec<Span>) -> bool {
    // Instants have a zone here, so that any two can be compared; `None` comes first, as it should for a beginning.
    spans.sort_by(|left, right| {
        let by_time = left.from.partial_cmp(&right.from).unwrap_or(std::cmp::Ordering::Equal);
        left.alike.cmp(&right.alike).then(by_time)
    });
    for alike in spans.chunk_by(|left, right| left.alike == right.alike) {
        // Until when the earlier ones last; they are short of it as long as none of them overlaps.
        let mut until = alike[0].through;
        for span in &alike[1..] {
            if until.is_none() || span.from.is_none() || span.from < until {
                return true;
            }
            until = if span.through.is_none() { None } else { later(until, span.through) };
        }
    }
    false
}

fn later(left: Option<DateTime>, right: Option<DateTime>) -> Option<DateTime> {
    if left < right { right } else { left }
}

/// The nodes on circles of links, and those between circles: what is left when loose ends are cut off again and again.
fn on_circles(data: &Data<'_>, lower: &NamedNode, upper: &NamedNode, near: &Near) -> Vec<u32> {
    let (Some(lower), Some(upper)) = (data.id_of(lower), data.id_of(upper)) else {
        return Vec::new();
    };
    let links = data.pairs(lower).iter();
    let edges = links.flat_map(|(item, link)| data.objects(*link, upper).map(|up| (*item, up)));
    let turned = |edges: Vec<(u32, u32)>| edges.into_iter().map(|(from, to)| (to, from)).collect();
    let left = cut(data, turned(cut(data, edges.collect())));
    let mut nodes: Vec<u32> = left.into_iter().map(|(node, _)| node).collect();
    nodes.sort_unstable();
    nodes.dedup();
    // A new link anywhere on a circle closes it for all of its nodes.
    if nodes.iter().any(|node| near.has(*node)) { nodes } else { Vec::new() }
}

/// Without the edges from nodes that no edge leads to, again and again.
fn cut(data: &Data<'_>, mut edges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    edges.sort_unstable();
    let mut incoming = vec![0_u32; data.terms() as usize];
    for (_, to) in &edges {
        incoming[*to as usize] += 1;
    }
    let mut loose: Vec<u32> = edges.iter().map(|(from, _)| *from).collect();
    loose.dedup();
    loose.retain(|node| incoming[*node as usize] == 0);
    let mut gone = vec![false; incoming.len()];
    while let Some(node) = loose.pop() {
        gone[node as usize] = true;
        let first = edges.partition_point(|(from, _)| *from < node);
        for (_, to) in edges[first..].iter().take_while(|(from, _)| *from == node) {
            incoming[*to as usize] -= 1;
            if incoming[*to as usize] == 0 {
                loose.push(*to);
            }
        }
    }
    edges.retain(|(from, _)| !gone[*from as usize]);
    edges
}
