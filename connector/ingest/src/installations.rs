//! Intervals and the tree of parts over time.

use crate::statements::{Place, Stated, Statements};
use crate::{Code, Problem};
use adit_vocab::{adit, eudpp, schema};
use jiff::Timestamp;
use oxrdf::{NamedOrBlankNode, Term};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The most levels of parts that a walk climbs; no machine is as deep.
const LEVELS_MAX: usize = 1_000;

/// What all sources say about intervals, and which of them are installations.
pub(crate) struct Installations<'a> {
    sources: &'a [Statements],
    spans: BTreeMap<&'a str, Span<'a>>,
}

/// A half-open interval and what it is about.
#[derive(Debug, Clone, Copy, Default)]
struct Span<'a> {
    item: Option<&'a str>,
    parent: Option<&'a str>,
    from: Option<Timestamp>,
    through: Option<Timestamp>,
    /// The source and place to look at.
    at: Option<(usize, Place)>,
}

impl Span<'_> {
    fn begin(&self) -> Timestamp {
        self.from.unwrap_or(Timestamp::MIN)
    }

    fn holds_at(&self, instant: Timestamp) -> bool {
        self.begin() <= instant && self.through.is_none_or(|through| instant < through)
    }
}

impl<'a> Installations<'a> {
    pub(crate) fn of(sources: &'a [Statements]) -> Self {
        let mut spans: BTreeMap<&str, Span<'_>> = BTreeMap::new();
        for (index, source) in sources.iter().enumerate() {
            for Stated { triple, place } in source.stated() {
                let NamedOrBlankNode::NamedNode(subject) = &triple.subject else { continue };
                let predicate = triple.predicate.as_ref();
                match &triple.object {
                    Term::NamedNode(object) if predicate == adit::INSTALLED_ITEM => {
                        spans.entry(subject.as_str()).or_default().item = Some(object.as_str());
                    }
                    Term::NamedNode(object) if predicate == adit::INSTALLED_IN => {
                        let span = spans.entry(subject.as_str()).or_default();
                        span.parent = Some(object.as_str());
                        span.at = Some((index, *place));
                    }
                    Term::Literal(literal) => {
                        let Ok(instant) = literal.value().parse::<Timestamp>() else { continue };
                        // Where two sources differ, the wider interval counts.
                        if predicate == schema::VALID_FROM
                            || predicate == eudpp::ASSIGNMENT_VALID_FROM
                        {
                            let span = spans.entry(subject.as_str()).or_default();
                            span.from = Some(span.from.map_or(instant, |from| from.min(instant)));
                        } else if predicate == schema::VALID_THROUGH
                            || predicate == eudpp::ASSIGNMENT_VALID_TO
                        {
                            let span = spans.entry(subject.as_str()).or_default();
                            span.through =
                                Some(span.through.map_or(instant, |through| through.max(instant)));
                            span.at = span.at.or(Some((index, *place)));
                        }
                    }
                    Term::NamedNode(_) | Term::BlankNode(_) => {}
                }
            }
        }
        Self { sources, spans }
    }

    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems: Vec<Problem> =
            self.spans.iter().filter_map(|(iri, span)| self.disordered(iri, span)).collect();
        let mut by_item: BTreeMap<&str, Vec<&Span<'a>>> = BTreeMap::new();
        for span in self.spans.values() {
            if let (Some(item), Some(_)) = (span.item, span.parent) {
                by_item.entry(item).or_default().push(span);
            }
        }
        for (item, spans) in &mut by_item {
            spans.sort_by_key(|span| (span.begin(), span.parent));
            problems.extend(self.overlaps(item, spans));
        }
        problems.extend(self.cycles(&by_item));
        problems
    }

    fn disordered(&self, iri: &str, span: &Span<'_>) -> Option<Problem> {
        let (from, through) = (span.from?, span.through?);
        if from < through {
            return None;
        }
        let message = format!("{iri} ends at {through} and does not begin before {from}");
        let fix =
            "correct one of the two dates; an interval holds its first instant and not its last";
        Some(self.locate(Problem::error(Code::IntervalOrder, message, fix), span))
    }

    /// An item's installations in the order of their beginning: each against the longest-lasting one before it.
    fn overlaps(&self, item: &str, spans: &[&Span<'a>]) -> Vec<Problem> {
        let end = |span: &Span<'_>| span.through.unwrap_or(Timestamp::MAX);
        let mut problems = Vec::new();
        let mut longest: Vec<&Span<'a>> = Vec::new();
        for span in spans {
            let earlier = longest
                .iter()
                .find(|earlier| earlier.parent != span.parent && end(earlier) > span.begin());
            if let (Some(earlier), Some(parent), true) =
                (earlier, span.parent, end(span) > span.begin())
            {
                let since = span.from.map_or_else(
                    || "without a beginning".to_owned(),
                    |from| format!("from {from}"),
                );
                let other = earlier.parent.unwrap_or_default();
                let place = self.place_of(earlier);
                let message = format!(
                    "{item} is installed in {parent} {since}, while it is still in {other}{place}"
                );
                let fix =
                    "end the earlier installation with schema:validThrough, or correct the dates";
                problems.push(
                    self.locate(Problem::error(Code::InstallationOverlap, message, fix), span),
                );
            }
            // The two that last longest in different parents: one of them differs from any later parent.
            longest.push(span);
            longest.sort_by_key(|span| std::cmp::Reverse(end(span)));
            let mut parents = HashSet::new();
            longest.retain(|span| parents.insert(span.parent));
            longest.truncate(2);
        }
        problems
    }

    /// A cycle exists from the instant its last installation begins: climb from each installation at its beginning.
    fn cycles(&self, by_item: &BTreeMap<&str, Vec<&Span<'a>>>) -> Vec<Problem> {
        let mut in_known_cycle: HashSet<&str> = HashSet::new();
        let mut problems = Vec::new();
        for (item, spans) in by_item {
            for span in spans.iter().filter(|span| span.holds_at(span.begin())) {
                let Some(path) = climb(item, span, by_item) else { continue };
                if path.iter().any(|item| in_known_cycle.contains(item)) {
                    continue;
                }
                let shown = path.iter().chain([item]).copied().collect::<Vec<_>>().join(" in ");
                let message = format!("at {} an item is part of itself: {shown}", span.begin());
                let fix = "correct the parent or the dates of one of these installations";
                problems
                    .push(self.locate(Problem::error(Code::InstallationCycle, message, fix), span));
                in_known_cycle.extend(path);
            }
        }
        problems
    }

    fn place_of(&self, span: &Span<'_>) -> String {
        match span.at {
            Some((index, place)) if place.row > 0 => {
                format!(" ({}, row {})", self.sources[index].name(), place.row)
            }
            Some((index, _)) => format!(" ({})", self.sources[index].name()),
            None => String::new(),
        }
    }

    fn locate(&self, problem: Problem, span: &Span<'_>) -> Problem {
        match span.at {
            Some((index, place)) => self.sources[index].locate(problem, place),
            None => problem,
        }
    }
}

/// The way up from an item at the instant its installation begins, if it leads back to the item.
fn climb<'a>(
    item: &'a str,
    first: &Span<'a>,
    by_item: &BTreeMap<&'a str, Vec<&Span<'a>>>,
) -> Option<Vec<&'a str>> {
    let instant = first.begin();
    let mut came_from: HashMap<&str, &str> = HashMap::new();
    let mut frontier = vec![(first.parent?, item)];
    while let Some((node, below)) = frontier.pop() {
        if node == item {
            let mut path = vec![];
            let mut at = below;
            while at != item {
                path.push(at);
                at = came_from.get(at)?;
            }
            path.push(item);
            path.reverse();
            return Some(path);
        }
        if came_from.len() >= LEVELS_MAX || came_from.insert(node, below).is_some() {
            continue;
        }
        let above = by_item.get(node).into_iter().flatten().filter(|span| span.holds_at(instant));
        frontier.extend(above.filter_map(|span| Some((span.parent?, node))));
    }
    None
}
