//! The clauses that the features of SPARQL add to a draft; each gives up where it finds no witness.

use crate::draft::{Draft, as_item, room, subject};
use crate::oracle::DERIVED;
use adit_vocab::adit;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{Literal, NamedNode, Quad, Term};
use std::collections::BTreeSet;

impl Draft<'_> {
    /// `OPTIONAL { .. }` about an item that may or may not have what it asks for.
    pub(crate) fn optional(&mut self) -> Option<()> {
        let (item, name) = self.item();
        let hidden = self.chance(40);
        let quad = self.like(&item, hidden)?;
        let o = self.fresh(&quad.object);
        let mut inner = format!("{name} {} {o} .", quad.predicate);
        if let Some(end) = as_item(&quad.object).filter(|_| self.chance(40)) {
            let further = self.like(&end, false)?;
            let v = self.fresh(&further.object);
            let clause = format!("{o} {} {v} .", further.predicate);
            inner = if self.rng.bool() {
                format!("{inner} {clause}")
            } else {
                format!("{inner} OPTIONAL {{ {clause} }}")
            };
        } else if self.chance(20) {
            inner = format!("{inner} FILTER({o} != {})", quad.object);
        }
        self.body.push(format!("OPTIONAL {{ {inner} }}"));
        Some(())
    }

    /// What an item may lack, for NOT EXISTS and MINUS: mostly something that the witness lacks.
    fn lacking(&mut self) -> Option<String> {
        let (item, name) = self.item();
        let name = if name.starts_with('?') {
            name
        } else {
            // MINUS takes away nothing unless a variable is shared: find an item with one.
            let named = |(_, name): &&(NamedNode, String)| name.starts_with('?');
            self.items.iter().find(named).map_or(name, |(_, name)| name.clone())
        };
        let item = self.items.iter().find(|(_, it)| *it == name).map_or(item, |(it, _)| it.clone());
        let has: BTreeSet<String> = self
            .seen
            .iter()
            .filter(|quad| subject(quad).as_ref() == Some(&item))
            .map(|quad| quad.predicate.to_string())
            .collect();
        let mut quad = self.like(&item, true)?;
        for _ in 0..4 {
            if !has.contains(&quad.predicate.to_string()) {
                break;
            }
            let hidden = self.rng.bool();
            quad = self.like(&item, hidden)?;
        }
        let o = if self.rng.bool() || has.contains(&quad.predicate.to_string()) {
            quad.object.to_string()
        } else {
            self.unprojected()
        };
        Some(format!("{name} {} {o}", quad.predicate))
    }

    pub(crate) fn not_exists(&mut self) -> Option<()> {
        let inner = self.lacking()?;
        self.body.push(format!("FILTER NOT EXISTS {{ {inner} }}"));
        Some(())
    }

    pub(crate) fn minus(&mut self) -> Option<()> {
        let inner = self.lacking()?;
        self.body.push(format!("MINUS {{ {inner} }}"));
        Some(())
    }

    /// `GRAPH ?g { .. }` or `GRAPH <room> { .. }` around one or two facts of one room.
    pub(crate) fn graph(&mut self) -> Option<()> {
        let quad = self.next_fact(|_| true)?;
        let home = room(&quad)?;
        let mut inner = self.triple(&quad);
        if self.rng.bool()
            && let Some(more) = self.next_fact(|other| room(other).as_ref() == Some(&home))
        {
            inner = format!("{inner} {}", self.triple(&more));
        }
        let name =
            if self.chance(75) { self.fresh(&Term::from(home.clone())) } else { home.to_string() };
        self.named.insert(home);
        self.body.push(format!("GRAPH {name} {{ {inner} }}"));
        Some(())
    }

    /// A derived fact: where an item sits, where it is, whose it is.
    pub(crate) fn derived(&mut self) -> Option<()> {
        let quad = self.next_fact(|quad| DERIVED.contains(&quad.predicate.as_ref()))?;
        self.pattern(&quad);
        Some(())
    }

    /// A property path along an edge between items, in one of its forms.
    pub(crate) fn path(&mut self) -> Option<()> {
        let wanted = self.chance(60);
        let between = |quad: &Quad| as_item(&quad.object).is_some();
        let transitive = |quad: &Quad| {
            between(quad) && (quad.predicate == adit::PART_OF || quad.predicate == adit::LOCATED_AT)
        };
        let quad = if wanted { self.next_fact(transitive) } else { None };
        let quad = match quad {
            Some(quad) => quad,
            None => self.next_fact(between)?,
        };
        let (start, end) = (subject(&quad)?, as_item(&quad.object)?);
        let p = &quad.predicate;
        // No class leads to its members: to find them, everybody would have to be asked.
        let anchored = self.anchored;
        let leads = |quad: &Quad| !anchored || quad.predicate != rdf::TYPE;
        let other =
            self.like(&end, false).filter(leads).map_or_else(|| p.clone(), |it| it.predicate);
        // A path that ends in a new variable must start at something reached.
        let reached = !self.anchored || self.items.iter().any(|(item, _)| *item == start);
        let s = self.variable(&Term::from(start));
        let follow = self.seen.iter().filter(|next| subject(next).as_ref() == Some(&end)).cloned();
        let follow: Vec<Quad> = follow.collect();
        let (path, o) = match self.rng.u8(..11) {
            0..3 => (format!("{p}+"), self.variable(&quad.object)),
            3 => (format!("{p}*"), self.variable(&quad.object)),
            4 => (format!("{p}?"), self.variable(&quad.object)),
            5 => (format!("({p}|{other})"), self.variable(&quad.object)),
            6 => (format!("({p}|{other})+"), self.variable(&quad.object)),
            7 if reached => (format!("!({other})"), self.fresh(&quad.object)),
            8 if reached => {
                let next = self.choose(&follow)?;
                self.rooms.extend(room(&next));
                (format!("{p}+/{}", next.predicate), self.fresh(&next.object))
            }
            9 if reached => {
                let next = self.choose(&follow)?;
                self.rooms.extend(room(&next));
                (format!("{p}/{}", next.predicate), self.fresh(&next.object))
            }
            _ => {
                let o = self.variable(&quad.object);
                self.rooms.extend(room(&quad));
                self.body.push(format!("{o} ^{p} {s} ."));
                return Some(());
            }
        };
        self.rooms.extend(room(&quad));
        self.body.push(format!("{s} {path} {o} ."));
        Some(())
    }

    /// A subquery that shares an item with the rest: a count per item, or a list of items.
    pub(crate) fn subquery(&mut self) -> Option<()> {
        let quad = self.next_fact(|_| true)?;
        self.rooms.extend(room(&quad));
        self.used.insert(quad.to_string());
        let (s, is_object) = (subject(&quad)?, as_item(&quad.object));
        let known = |item: &NamedNode| self.items.iter().find(|(it, _)| it == item);
        let (name, pattern) = match (known(&s), is_object.as_ref().and_then(known)) {
            (Some((_, name)), _) => (name.clone(), format!("{name} {} ?inner", quad.predicate)),
            (None, Some((_, name))) => (name.clone(), format!("?inner {} {name}", quad.predicate)),
            (None, None) => return None,
        };
        let kept = if name.starts_with('?') { name.as_str() } else { "" };
        let total = self.fresh(&Term::from(Literal::from(1)));
        let group = if kept.is_empty() { String::new() } else { format!("GROUP BY {kept}") };
        let inner = match self.rng.u8(..4) {
            0 => format!(
                "SELECT {kept} (COUNT(DISTINCT ?inner) AS {total}) WHERE {{ {pattern} }} {group}"
            ),
            1 if !kept.is_empty() => format!("SELECT DISTINCT {kept} WHERE {{ {pattern} }}"),
            2 if !kept.is_empty() && !self.anchored => format!(
                "SELECT DISTINCT {kept} WHERE {{ {pattern} }} ORDER BY {kept} LIMIT {}",
                self.rng.u8(2..30)
            ),
            _ => format!("SELECT {kept} (COUNT(*) AS {total}) WHERE {{ {pattern} }} {group}"),
        };
        if !inner.contains(&total) {
            self.variables.remove(&total);
        }
        self.body.push(format!("{{ {inner} }}"));
        Some(())
    }

    /// A filter, a choice or a computed value, so that the clauses above also meet these.
    pub(crate) fn spice(&mut self) -> Option<()> {
        let all: Vec<_> = self.variables.iter().map(|(v, t)| (v.clone(), t.clone())).collect();
        let (v, term) = self.choose(&all)?;
        let text = match (self.rng.u8(..5), term) {
            (0, Term::Literal(literal)) if literal.language().is_some() => {
                format!("FILTER(LANG({v}) != \"sv\")")
            }
            (0 | 1, Term::Literal(literal)) if is_comparable(&literal) => {
                format!("FILTER({v} <= {literal})")
            }
            (0 | 1, term) => format!("FILTER({v} = {term} || ISLITERAL({v}))"),
            (2, _) => format!("BIND(STRLEN(STR({v})) AS {})", self.unprojected()),
            (3, _) => {
                let (item, name) = self.item();
                let one = self.like(&item, false)?;
                let two = self.like(&item, true)?;
                let o = self.fresh(&one.object);
                format!(
                    "{{ {name} {} {o} }} UNION {{ {name} {} {o} }}",
                    one.predicate, two.predicate
                )
            }
            (_, _) => {
                let (item, name) = self.item();
                let quad = self.like(&item, true)?;
                format!(
                    "FILTER(EXISTS {{ {name} {} {} }} || BOUND({v}))",
                    quad.predicate, quad.object
                )
            }
        };
        self.body.push(text);
        Some(())
    }
}

fn is_comparable(literal: &Literal) -> bool {
    [xsd::INTEGER, xsd::DECIMAL, xsd::DATE, xsd::DATE_TIME, xsd::STRING]
        .contains(&literal.datatype())
}
