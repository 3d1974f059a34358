//! Where an order ends because nothing leads on, and what to change in the question.

use crate::Refusal;
use crate::algebra::{Beside, Name, Slot, Trail, Triple};
use crate::order::{Known, Rest, is_subject};
use crate::path::is_nullable;
use oxrdf::Term;
use std::fmt;

/// Why a group has no order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stuck {
    /// Too many attempts at nested groups.
    Maze(usize),
    /// Nothing leads to a pattern.
    Unanchored {
        /// The pattern as SPARQL text, a path of several steps in one piece.
        pattern: String,
        way_out: WayOut,
        /// What else is worth knowing.
        hint: Hint,
    },
}

/// What would lead to a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WayOut {
    /// Identifiers for a variable.
    Lead(Name),
    /// Identifiers for a variable, in place of the BIND that computes it.
    Replace(Name),
    /// The pattern of an earlier OPTIONAL that binds the variable, once more beside this one.
    Repeat(Name, String),
    /// A pattern that binds the graph.
    Graph(Name),
    /// Any identifier: no variable is left to lead to.
    Name,
}

/// What else is worth knowing about a way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    None,
    /// A path of no step asks for everything there is.
    ZeroLength,
    /// OPTIONAL, MINUS and EXISTS are brought less.
    Beside,
}

impl Rest<'_> {
    /// Why the order ends here: the first pattern that nothing leads to, and what would.
    pub(crate) fn stuck(&self, known: &Known) -> Stuck {
        let mut links = self.triples.iter().map(|it| Link::from(*it)).collect::<Vec<_>>();
        links.extend(self.trails.iter().map(|it| Link::from(*it)));
        if links.is_empty() {
            return self.blocked.clone().unwrap_or(Stuck::Unanchored {
                pattern: "{}".to_owned(),
                way_out: WayOut::Name,
                hint: Hint::None,
            });
        }
        let first = links.remove(0);
        let asks_for_graphs =
            first.is_nullable && first.room.as_ref().is_some_and(|room| !is_subject(room, known));
        if let (true, Some(Slot::Name(room))) = (asks_for_graphs, &first.room) {
            let (pattern, way_out) = (first.to_string(), WayOut::Graph(room.clone()));
            return Stuck::Unanchored { pattern, way_out, hint: Hint::None };
        }
        let hint = if first.is_nullable { Hint::ZeroLength } else { Hint::None };
        let pattern = first.chained(links.clone());
        let ends = [&pattern.subject, &pattern.object];
        let others = links.iter().flat_map(|link| [&link.subject, &link.object]);
        let names = ends.into_iter().chain(others).filter_map(Slot::name);
        let open: Vec<&Name> =
            names.filter(|name| name.is_variable() && !known.contains_key(*name)).collect();
        let way_out = self.lead(&open, known);
        Stuck::Unanchored { pattern: pattern.to_string(), way_out, hint }
    }

    /// The variable that most patterns could be reached from.
    fn lead(&self, open: &[&Name], known: &Known) -> WayOut {
        let before = self.triples.len() + self.trails.len();
        let left = open.iter().enumerate().map(|(at, name)| {
            let mut more = known.clone();
            more.insert(Name::clone(name), true);
            (self.clone().left_over(more), at)
        });
        match left.min() {
            Some((left, at)) if left < before => {
                let name = open[at].clone();
                let is_bound = self.group.computed.contains(&name)
                    || self.group.choices.iter().any(|choice| choice.to == name);
                if is_bound { WayOut::Replace(name) } else { WayOut::Lead(name) }
            }
            Some(_) | None => WayOut::Name,
        }
    }
}

impl Stuck {
    /// The same, of a group beside another; `earlier` are those that stand before it there.
    pub(crate) fn beside(self, earlier: &[Beside]) -> Self {
        let Self::Unanchored { pattern, way_out, hint } = self else { return self };
        let repeated = |name: &Name| {
            let offers = earlier.iter().filter(|it| it.offers.contains(name));
            offers.flat_map(|it| it.group.links()).find(|link| link.binds(name))
        };
        let (way_out, hint) = match (way_out, hint) {
            (WayOut::Lead(name), hint) => match repeated(&name) {
                Some(link) => (WayOut::Repeat(name, link.to_string()), Hint::None),
                None if hint == Hint::None => (WayOut::Lead(name), Hint::Beside),
                None => (WayOut::Lead(name), hint),
            },
            other => other,
        };
        Self::Unanchored { pattern, way_out, hint }
    }
}

impl From<Stuck> for Refusal {
    fn from(stuck: Stuck) -> Self {
        match stuck {
            Stuck::Maze(limit) => {
                let what = "attempts to find an order for its nested groups";
                Self::OverLimit { what, limit }
            }
            Stuck::Unanchored { pattern, way_out, hint } => {
                Self::NotAnchored { pattern, fix: format!("{way_out}{hint}") }
            }
        }
    }
}

impl fmt::Display for WayOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const EXAMPLE: &str = "{ <https://id.shop.example/part/1> }";
        match self {
            Self::Lead(name) => {
                write!(f, "lead to {name} from an identifier, for example VALUES {name} {EXAMPLE}")
            }
            Self::Replace(name) => write!(
                f,
                "{name} is computed, so nothing is known of it before the question runs: write for example VALUES {name} {EXAMPLE} in place of its BIND"
            ),
            Self::Repeat(name, pattern) => write!(
                f,
                "an OPTIONAL may leave {name} unbound, and then this asks for everything: repeat `{pattern}` in the same group"
            ),
            Self::Graph(room) => write!(
                f,
                "bind {room} by a pattern of its own, or write + in place of * and ?: a path of no step asks for every graph"
            ),
            Self::Name => {
                f.write_str("lead to it from an identifier of an item, a batch or a place")
            }
        }
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "",
            Self::ZeroLength => {
                ", or write + in place of * and ? where a path of no step is not meant"
            }
            Self::Beside => {
                "; inside OPTIONAL, MINUS and EXISTS only variables that are always bound before it count"
            }
        })
    }
}

/// A triple pattern or a path, or several of them in a row.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    subject: Slot,
    /// The steps, and whether each is taken against its direction.
    steps: Vec<(String, bool)>,
    object: Slot,
    room: Option<Slot>,
    /// Whether the path may be a part of a longer one.
    is_path: bool,
    is_nullable: bool,
}

impl From<&Triple> for Link {
    fn from(triple: &Triple) -> Self {
        let Triple { subject, predicate, object, room } = triple.clone();
        let is_path = matches!(predicate, Slot::Term(Term::NamedNode(_)));
        let steps = vec![(predicate.to_string(), false)];
        Self { subject, steps, object, room, is_path, is_nullable: false }
    }
}

impl From<&Trail> for Link {
    fn from(trail: &Trail) -> Self {
        let Trail { subject, path, object, room, is_in_part: _ } = trail.clone();
        let is_nullable = is_nullable(&path);
        let steps = vec![(path.to_string(), false)];
        Self { subject, steps, object, room, is_path: true, is_nullable }
    }
}

impl Link {
    fn binds(&self, name: &Name) -> bool {
        [&self.subject, &self.object].iter().any(|slot| slot.name() == Some(name))
    }

    /// The path that this one is a part of: the parser cuts a sequence into pieces between blank nodes.
    fn chained(self, mut others: Vec<Self>) -> Self {
        let mut whole = self;
        while let Some((at, at_end)) = whole.neighbour(&others) {
            let other = others.remove(at);
            whole = if at_end { whole.then(other) } else { whole.reversed().then(other) };
        }
        // Written the way that most of it goes, and not from a literal.
        let against = whole.steps.iter().filter(|(_, inverse)| *inverse).count() * 2;
        let is_term = whole.subject.name().is_none();
        let is_reversed = against > whole.steps.len() || (against == whole.steps.len() && is_term);
        if is_reversed { whole.reversed() } else { whole }
    }

    /// Another link that shares a blank node with this one, which nothing else has; whether at this one's object.
    fn neighbour(&self, others: &[Self]) -> Option<(usize, bool)> {
        [(&self.object, true), (&self.subject, false)].into_iter().find_map(|(slot, at_end)| {
            let name = slot.name().filter(|name| !name.is_variable())?;
            let mut sharing = others.iter().enumerate().filter(|(_, other)| other.binds(name));
            let (at, other) = sharing.next()?;
            let fits = self.is_path && other.is_path && self.room == other.room;
            (fits && sharing.next().is_none()).then_some((at, at_end))
        })
    }

    fn reversed(mut self) -> Self {
        std::mem::swap(&mut self.subject, &mut self.object);
        self.steps.reverse();
        self.steps.iter_mut().for_each(|(_, inverse)| *inverse = !*inverse);
        self
    }

    /// This one and then another that has this one's object at either end.
    fn then(mut self, other: Self) -> Self {
        let other = if other.subject == self.object { other } else { other.reversed() };
        self.steps.extend(other.steps);
        self.is_nullable &= other.is_nullable;
        Self { object: other.object, ..self }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, steps, object, room, .. } = self;
        let steps = steps
            .iter()
            .map(|(path, inverse)| format!("{}{path}", if *inverse { "^" } else { "" }));
        let path = steps.collect::<Vec<_>>().join("/");
        match room {
            Some(room) => write!(f, "GRAPH {room} {{ {subject} {path} {object} }}"),
            None => write!(f, "{subject} {path} {object}"),
        }
    }
}
