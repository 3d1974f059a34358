//! What questions of the trade are made of: roll-ups, chains of options, choices, histories, walks through many hands.

use crate::draft::{Draft, as_item, room, subject};
use adit_vocab::{adit, schema};
use oxrdf::{NamedNode, Quad, Term};
use std::collections::BTreeSet;

impl Draft<'_> {
    /// Everything that an item is a part of, or that is a part of it, however far.
    pub(crate) fn deep(&mut self) -> Option<()> {
        let items = self.items.clone();
        let (item, name) = self.choose(&items)?;
        let upward = self.rng.bool();
        let mut reached = vec![item.clone()];
        let mut at = 0;
        while let Some(from) = reached.get(at).cloned() {
            at += 1;
            for quad in self.seen.iter().filter(|quad| quad.predicate == adit::PART_OF) {
                let (Some(part), Some(whole)) = (subject(quad), as_item(&quad.object)) else {
                    continue;
                };
                let (near, far) = if upward { (part, whole) } else { (whole, part) };
                if near == from && !reached.contains(&far) {
                    reached.push(far);
                }
            }
        }
        // The furthest are behind most borders.
        let end = reached.get(self.rng.usize(1..reached.len().max(2)).max(reached.len() / 2))?;
        let end = self.variable(&Term::from(end.clone()));
        let (part, whole) = if upward { (name, end) } else { (end, name) };
        let sign = if self.chance(70) { "+" } else { "*" };
        self.body.push(format!("{part} {}{sign} {whole} .", adit::PART_OF));
        Some(())
    }

    /// Where an item was installed, and until when; or everything on the way up, at any time.
    pub(crate) fn history(&mut self) -> Option<()> {
        let quad = self.next_fact(|quad| quad.predicate == adit::INSTALLED_ITEM)?;
        self.used.insert(quad.to_string());
        let (to_item, to_whole) = (adit::INSTALLED_ITEM, adit::INSTALLED_IN);
        let is_known =
            as_item(&quad.object).is_some_and(|end| self.items.iter().any(|(it, _)| *it == end));
        if self.chance(30) {
            if !is_known {
                self.pattern(&quad);
            }
            let item = self.variable(&quad.object);
            let whole = self.fresh(&quad.object);
            self.body.push(format!("{item} (^{to_item}/{to_whole})+ {whole} ."));
            return Some(());
        }
        let item = self.variable(&quad.object);
        let node = self.variable(&Term::from(subject(&quad)?));
        let (whole, from) = (self.unprojected(), self.unprojected());
        let (since, until) = (schema::VALID_FROM, schema::VALID_THROUGH);
        self.body.push(format!("{node} {to_item} {item} ; {to_whole} {whole} ; {since} {from} ."));
        let to = self.unprojected();
        self.body.push(format!("OPTIONAL {{ {node} {until} {to} }}"));
        let instant = "\"2024-01-01T00:00:00Z\"^^<http://www.w3.org/2001/XMLSchema#dateTime>";
        if self.chance(60) {
            self.body.push(format!("FILTER(!BOUND({to}) || {to} > {instant})"));
        }
        Some(())
    }

    /// `OPTIONAL { .. OPTIONAL { .. OPTIONAL { .. } } }` along facts of which some are hidden.
    pub(crate) fn chain(&mut self) -> Option<()> {
        let (mut item, mut name) = self.item();
        let mut levels = Vec::new();
        for _ in 0..3 {
            let hidden = self.chance(25);
            let about = |quad: &&Quad| subject(quad).as_ref() == Some(&item);
            let facts: Vec<Quad> = self.seen.iter().filter(about).cloned().collect();
            let fact = if hidden { self.like(&item, true) } else { self.choose(&facts) };
            let Some(quad) = fact else { break };
            let object = self.fresh(&quad.object);
            levels.push(format!("{name} {} {object} .", quad.predicate));
            match as_item(&quad.object) {
                Some(next) => (item, name) = (next, object),
                None => break,
            }
        }
        if levels.len() < 2 {
            return None;
        }
        let nested = levels
            .into_iter()
            .rfold(String::new(), |inner, level| format!("OPTIONAL {{ {level} {inner}}} "));
        self.body.push(nested.trim_end().to_owned());
        Some(())
    }

    /// Two or three ways from an item, forwards or backwards.
    pub(crate) fn union(&mut self) -> Option<()> {
        let (item, name) = self.item();
        let shared = self.rng.bool().then(|| self.unprojected());
        let mut branches = Vec::new();
        for _ in 0..self.rng.u8(2..4) {
            let ends = |quad: &&Quad| {
                subject(quad).as_ref() == Some(&item)
                    || as_item(&quad.object).as_ref() == Some(&item)
            };
            let from = if self.chance(25) { self.all } else { self.seen };
            let facts: Vec<Quad> = from.iter().filter(ends).cloned().collect();
            let quad = self.choose(&facts)?;
            self.rooms.extend(room(&quad));
            let other = shared.clone().unwrap_or_else(|| self.unprojected());
            let p = &quad.predicate;
            branches.push(match subject(&quad) {
                Some(it) if it == item => format!("{{ {name} {p} {other} }}"),
                Some(_) | None => format!("{{ {other} {p} {name} }}"),
            });
        }
        self.body.push(branches.join(" UNION "));
        Some(())
    }

    /// The first value that is bound, and what is said about that.
    pub(crate) fn coalesce(&mut self) -> Option<()> {
        let (item, name) = self.item();
        let hidden = self.chance(30);
        let quad = self.like(&item, hidden)?;
        let (value, chosen) = (self.unprojected(), self.unprojected());
        self.body.push(format!("OPTIONAL {{ {name} {} {value} }}", quad.predicate));
        let expression = match self.rng.u8(..3) {
            0 => format!("IF(BOUND({value}), {value}, {name})"),
            1 => format!("COALESCE({value}, {name})"),
            _ => format!("COALESCE({value}, {})", quad.object),
        };
        self.body.push(format!("BIND({expression} AS {chosen})"));
        let next = as_item(&quad.object).filter(|_| self.rng.bool()).unwrap_or(item);
        let about = |quad: &&Quad| subject(quad).as_ref() == Some(&next);
        let facts: Vec<Quad> = self.seen.iter().filter(about).cloned().collect();
        if let Some(more) = self.choose(&facts).filter(|_| self.chance(85)) {
            let end = self.fresh(&more.object);
            let clause = format!("{chosen} {} {end} .", more.predicate);
            let clause = if self.chance(40) { format!("OPTIONAL {{ {clause} }}") } else { clause };
            self.body.push(clause);
        }
        Some(())
    }

    /// A variable and two to four items that it may be, in VALUES or in a filter.
    fn few(&mut self) -> Option<(String, Vec<String>)> {
        let named: Vec<_> =
            self.items.iter().filter(|(_, name)| name.starts_with('?')).cloned().collect();
        let (item, name) = self.choose(&named)?;
        let mut few = BTreeSet::from([item.to_string()]);
        for _ in 0..3 {
            let other = self.like(&item, false).and_then(|quad| subject(&quad));
            few.extend(other.as_ref().map(NamedNode::to_string));
        }
        Some((name, few.into_iter().collect()))
    }

    pub(crate) fn values(&mut self) -> Option<()> {
        let (name, few) = self.few()?;
        self.body.push(format!("VALUES {name} {{ {} }}", few.join(" ")));
        Some(())
    }

    pub(crate) fn within(&mut self) -> Option<()> {
        let (name, few) = self.few()?;
        let not = if self.chance(20) { "NOT " } else { "" };
        self.body.push(format!("FILTER({name} {not}IN ({}))", few.join(", ")));
        Some(())
    }

    /// Against an edge and on from there: what else comes from the same heat, what else stands at the place.
    pub(crate) fn sideways(&mut self) -> Option<()> {
        let known: Vec<NamedNode> = self.items.iter().map(|(item, _)| item.clone()).collect();
        let into = |quad: &Quad| as_item(&quad.object).is_some_and(|end| known.contains(&end));
        let quad = self.next_fact(into)?;
        let start = self.variable(&quad.object);
        let middle = subject(&quad)?;
        let on = |next: &&Quad| subject(next).as_ref() == Some(&middle) && **next != quad;
        let on: Vec<Quad> = self.seen.iter().filter(on).cloned().collect();
        let p = &quad.predicate;
        let end = match self.choose(&on).filter(|_| self.chance(75)) {
            Some(next) => {
                self.rooms.extend(room(&next));
                let end = self.fresh(&next.object);
                self.body.push(format!("{start} ^{p}/{} {end} .", next.predicate));
                end
            }
            None => {
                let end = self.variable(&Term::from(middle));
                self.body.push(format!("{start} (^{p})+ {end} ."));
                end
            }
        };
        self.used.insert(quad.to_string());
        self.rooms.extend(room(&quad));
        (end != start).then_some(())
    }

    /// Sums and means of a number that is near, by one of the variables.
    pub(crate) fn total(&mut self) -> Option<String> {
        let number = self.reach_number()?;
        let keys: Vec<String> =
            self.variables.keys().filter(|name| **name != number).cloned().collect();
        let key = self.choose(&keys).filter(|_| self.chance(80)).unwrap_or_default();
        let body = self.body.join(" ");
        let group = if key.is_empty() { String::new() } else { format!(" GROUP BY {key}") };
        let having = match self.rng.u8(..4) {
            0 => " HAVING(COUNT(*) >= 2)".to_owned(),
            1 => format!(" HAVING(SUM({number}) > 1)"),
            _ => String::new(),
        };
        Some(format!(
            "SELECT {key} (SUM({number}) AS ?sum) (AVG({number}) AS ?mean) (MIN({number}) AS ?least) (COUNT(DISTINCT {number}) AS ?n) WHERE {{ {body} }}{group}{having}"
        ))
    }

    /// The first of the rows in a total order: only identifiers have one.
    pub(crate) fn first_rows(&mut self) -> Option<String> {
        let is_item = |term: &Term| as_item(term).is_some();
        let is_name = |term: &Term| matches!(term, Term::NamedNode(_)) && !is_item(term);
        let body = self.body.join(" ");
        // A variable in the place of a predicate, or after a path that takes any, can have literals beside items.
        if self.variables.values().any(is_name) || body.contains("!(") || body.contains("COALESCE")
        {
            return None;
        }
        let items = self.variables.iter().filter(|(_, term)| is_item(term));
        let items = items.map(|(name, _)| name.clone()).collect::<Vec<_>>().join(" ");
        if items.is_empty() {
            return None;
        }
        let offset = if self.chance(25) { " OFFSET 1" } else { "" };
        let limit = self.rng.u8(1..12);
        Some(format!(
            "SELECT DISTINCT {items} WHERE {{ {body} }} ORDER BY {items} LIMIT {limit}{offset}"
        ))
    }
}
