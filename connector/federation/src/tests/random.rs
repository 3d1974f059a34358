//! Random companies, random questions: the gathered quads must answer as all quads do.

use super::net::{Net, did, evaluate};
use crate::{Gathered, Limits, Plan, gather};
use adit_facts::Fetch;
use fastrand::Rng;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Quad, Term};
use spargebra::SparqlParser;
use std::collections::{BTreeMap, BTreeSet};

const COMPANIES: [&str; 4] = ["mill", "shop", "oem", "mine"];
const PREDICATES: [&str; 4] =
    ["schema:model", "adit:fromBatch", "schema:isRelatedTo", "prov:wasDerivedFrom"];

fn expand(name: &str) -> String {
    format!("<{}>", adit_vocab::expand(name).unwrap())
}

fn item(rng: &mut Rng, companies: &[&str]) -> String {
    format!("<https://{}.example/id/{}>", rng.choice(companies).unwrap(), rng.u8(0..4))
}

/// One company's facts: items that refer to one another, installations that may be split over two companies.
fn holdings(rng: &mut Rng, companies: &[&str]) -> Net {
    let mut net = Net::default();
    for company in companies {
        net.holdings.insert(did(company), Vec::new());
    }
    let mut state = |rng: &mut Rng, at: &str, subject: &str, predicate: &str, object: &str| {
        let room = format!(
            "https://{at}.example/room/part/as-built/{}",
            rng.choice(["public", "partner"]).unwrap()
        );
        let object = parse(object);
        let node = |text: &str| NamedNode::new_unchecked(text.trim_matches(['<', '>']));
        let quad = Quad::new(
            node(subject),
            node(&expand(predicate)),
            object,
            NamedNode::new_unchecked(room),
        );
        net.holdings.get_mut(&did(at)).unwrap().push(quad);
    };
    for company in companies {
        for local in 0..4 {
            let subject = format!("<https://{company}.example/id/{local}>");
            for _ in 0..rng.u8(1..7) {
                let at = if rng.u8(0..5) == 0 { rng.choice(companies).unwrap() } else { company };
                let (predicate, object) = (rng.choice(PREDICATES).unwrap(), item(rng, companies));
                state(rng, at, &subject, predicate, &object);
            }
            if rng.bool() {
                let name = format!("\"n{}\"", rng.u8(0..3));
                state(rng, company, &subject, "schema:name", &name);
            }
            if rng.bool() {
                let class = if rng.bool() { "adit:Machine" } else { "adit:Batch" };
                state(rng, company, &subject, "rdf:type", &expand(class));
            }
            if rng.u8(0..4) == 0 {
                let hours = rng.u8(0..4).to_string();
                state(rng, company, &subject, "adit:operatingHours", &hours);
            }
        }
        let families = [
            ("adit:installedItem", "adit:installedIn", "schema:validFrom", "schema:validThrough"),
            ("adit:placedItem", "adit:atPlace", "schema:validFrom", "schema:validThrough"),
            (
                "eudpp:inContextOfProduct",
                "eudpp:hasActor",
                "eudpp:assignmentValidFrom",
                "eudpp:assignmentValidTo",
            ),
        ];
        for local in 0..9 {
            let inner = format!("<https://{company}.example/installation/{local}>");
            let (item_of, far_of, from, through) = families[[0, 0, 0, 1, 2][rng.usize(0..5)]];
            let at = |rng: &mut Rng| {
                if rng.u8(0..6) == 0 { *rng.choice(companies).unwrap() } else { *company }
            };
            let (one, other) = (item(rng, companies), item(rng, companies));
            let place = at(rng);
            state(rng, place, &inner, item_of, &one);
            let place = at(rng);
            state(rng, place, &inner, far_of, &other);
            if far_of == "eudpp:hasActor" {
                let place = at(rng);
                let role = if rng.bool() { "adit:owner" } else { "adit:operator" };
                state(rng, place, &inner, "eudpp:hasRole", &expand(role));
            }
            if rng.u8(0..8) == 0 {
                let (place, again) = (at(rng), item(rng, companies));
                let end = if rng.bool() { item_of } else { far_of };
                state(rng, place, &inner, end, &again);
            }
            if rng.u8(0..6) > 0 {
                let place = at(rng);
                let begin = if rng.u8(0..6) > 0 { "@2025-01-01" } else { "@2027-01-01" };
                state(rng, place, &inner, from, begin);
            }
            if rng.u8(0..3) == 0 {
                let place = at(rng);
                let end = if rng.bool() { "@2026-01-01" } else { "@2027-02-01" };
                state(rng, place, &inner, through, end);
            }
        }
    }
    net
}

fn parse(text: &str) -> Term {
    if let Some(iri) = text.strip_prefix('<') {
        NamedNode::new_unchecked(iri.trim_end_matches('>')).into()
    } else if let Some(date) = text.strip_prefix('@') {
        Literal::new_typed_literal(format!("{date}T00:00:00Z"), xsd::DATE_TIME).into()
    } else if let Some(name) = text.strip_prefix('"') {
        Literal::new_simple_literal(name.trim_end_matches('"')).into()
    } else {
        Literal::new_typed_literal(text, xsd::INTEGER).into()
    }
}

/// Writes random queries that mostly lead on from what they have.
struct Writer<'r> {
    rng: &'r mut Rng,
    companies: &'r [&'r str],
    used: Vec<String>,
    fresh: usize,
}

impl Writer<'_> {
    fn item(&mut self) -> String {
        item(self.rng, self.companies)
    }

    fn new_var(&mut self) -> String {
        self.fresh += 1;
        format!("?v{}", self.fresh)
    }

    fn var(&mut self) -> String {
        match self.rng.choice(&self.used) {
            Some(used) if self.rng.u8(0..12) > 0 => used.clone(),
            _ => self.new_var(),
        }
    }

    fn subject(&mut self) -> String {
        if self.rng.u8(0..8) == 0 { self.item() } else { self.var() }
    }

    fn object(&mut self) -> String {
        let object = match self.rng.u8(0..40) {
            0 | 1 => self.item(),
            2 => "\"n1\"".to_owned(),
            3 => "1".to_owned(),
            4..=9 => self.var(),
            _ => self.new_var(),
        };
        if object.starts_with('?') && !self.used.contains(&object) {
            self.used.push(object.clone());
        }
        object
    }

    fn predicate(&mut self) -> String {
        match self.rng.u8(0..12) {
            0..=4 => expand(self.rng.choice(PREDICATES).unwrap()),
            5 | 6 => expand("adit:partOf"),
            7 => expand(self.rng.choice(["adit:locatedAt", "adit:ownedBy"]).unwrap()),
            8 => expand("schema:name"),
            9 if self.rng.bool() => expand(
                self.rng
                    .choice(["adit:installedItem", "adit:installedIn", "eudpp:hasActor"])
                    .unwrap(),
            ),
            9 | 10 => self.rng.choice(["?p", "?q"]).unwrap().to_owned(),
            _ => expand("adit:operatingHours"),
        }
    }

    fn triple(&mut self) -> String {
        if self.rng.u8(0..12) == 0 {
            let class = self.rng.choice(["adit:Machine", "adit:Batch"]).unwrap();
            return format!("{} a {} .", self.subject(), expand(class));
        }
        format!("{} {} {} .", self.subject(), self.predicate(), self.object())
    }

    fn path(&mut self, depth: u8) -> String {
        let leaf = |rng: &mut Rng| match rng.u8(0..5) {
            0 | 1 => expand("adit:partOf"),
            2 => expand("adit:locatedAt"),
            _ => expand(rng.choice(PREDICATES).unwrap()),
        };
        if depth == 0 {
            return leaf(self.rng);
        }
        let inner = self.path(depth - 1);
        match self.rng.u8(0..9) {
            0 => format!("{inner}/{}", self.path(depth - 1)),
            1 => format!("({inner}|{})", self.path(depth - 1)),
            2 => format!("^({inner})"),
            3 => format!("({inner})*"),
            4 | 5 => format!("({inner})+"),
            6 => format!("({inner})?"),
            7 => format!("!({}|^{})", leaf(self.rng), leaf(self.rng)),
            _ => inner,
        }
    }

    fn trail(&mut self) -> String {
        let depth = self.rng.u8(1..4);
        format!("{} {} {} .", self.subject(), self.path(depth), self.object())
    }

    fn group(&mut self, depth: u8) -> String {
        let mut parts = Vec::new();
        for _ in 0..self.rng.u8(1..=2) {
            parts.push(if self.rng.u8(0..5) == 0 { self.trail() } else { self.triple() });
        }
        if depth > 0 {
            for _ in 0..self.rng.u8(0..3) {
                parts.push(self.part(depth - 1));
            }
        }
        parts.join(" ")
    }

    fn part(&mut self, depth: u8) -> String {
        match self.rng.u8(0..20) {
            18 | 19 => {
                let (one, maybe, chosen) = (self.var(), self.new_var(), self.new_var());
                let option = format!("OPTIONAL {{ {one} {} {maybe} }}", self.predicate());
                let value = match self.rng.u8(0..4) {
                    0 => one,
                    1 => format!("COALESCE({maybe}, {one})"),
                    2 => format!("IF(BOUND({maybe}), {maybe}, {})", self.item()),
                    _ => format!("COALESCE({maybe}, {}, {one})", self.item()),
                };
                self.used.push(chosen.clone());
                format!("{option} BIND({value} AS {chosen})")
            }
            0..=2 => format!("OPTIONAL {{ {} }}", self.inner(depth)),
            3 => format!("{{ {} }} UNION {{ {} }}", self.inner(depth), self.group(depth)),
            4 | 5 => format!("FILTER NOT EXISTS {{ {} }}", self.inner(depth)),
            6 => format!("FILTER EXISTS {{ {} }}", self.inner(depth)),
            7 | 8 => format!("MINUS {{ {} }}", self.inner(depth)),
            9 | 10 => format!("GRAPH ?g {{ {} }}", self.group(depth)),
            11 => format!("BIND({} AS {})", self.item(), self.new_var()),
            12 => {
                let (one, other) = (self.item(), self.item());
                format!("VALUES {} {{ {one} {other} }}", self.var())
            }
            13 => {
                let (one, other) = (self.var(), self.item());
                format!("FILTER({one} = {other} || {one} IN ({}))", self.item())
            }
            14 => {
                let (key, group, n) = (self.var(), self.group(depth), self.new_var());
                format!("{{ SELECT {key} (COUNT(*) AS {n}) {{ {group} }} GROUP BY {key} }}")
            }
            15 => {
                let (one, other) = (self.var(), self.new_var());
                let (start, path, predicate) = (self.item(), self.path(1), self.predicate());
                let group = format!("{start} {path} {one} . {one} {predicate} {other} .");
                format!(
                    "{{ SELECT DISTINCT {one} {other} {{ {group} }} ORDER BY {one} {other} LIMIT 3 }}"
                )
            }
            16 => format!("{{ SELECT {} {{ {} }} }}", self.var(), self.group(depth)),
            _ => {
                let group = self.inner(depth);
                format!("OPTIONAL {{ {group} FILTER({} != {}) }}", self.var(), self.var())
            }
        }
    }

    /// A group whose new variables mostly stay its own.
    fn inner(&mut self, depth: u8) -> String {
        let before = self.used.clone();
        let group = self.group(depth);
        if self.rng.u8(0..6) > 0 {
            self.used = before;
        }
        group
    }

    fn query(&mut self) -> String {
        let anchor = match self.rng.u8(0..7) {
            0 => format!("{} ?p ?v0 .", self.item()),
            1 => format!("?v0 {} {} .", self.predicate(), self.item()),
            2..=4 => format!("VALUES ?v0 {{ {} {} {} }}", self.item(), self.item(), self.item()),
            5 => format!("{} {} ?v0 .", self.item(), self.path(1)),
            _ => String::new(),
        };
        self.used.push("?v0".to_owned());
        let group = format!("{anchor} {}", self.group(2));
        match self.rng.u8(0..16) {
            0 => format!("ASK {{ {group} }}"),
            1 | 2 => format!("DESCRIBE ?v0 {{ {group} }}"),
            3 => format!("CONSTRUCT {{ ?v0 <https://out.example/p> ?v1 }} WHERE {{ {group} }}"),
            4 => format!("SELECT (COUNT(*) AS ?n) {{ {group} }}"),
            5 | 6 => format!(
                "SELECT ?v0 (COUNT(?v1) AS ?n) {{ {group} }} GROUP BY ?v0 HAVING (COUNT(?v1) > 0)"
            ),
            7 => {
                let from = |room| format!("FROM <https://{room}>");
                let rooms = [
                    "oem.example/room/part/as-built/public",
                    "mill.example/room/part/as-built/partner",
                ];
                format!("SELECT * {} {{ {group} }}", rooms.map(from).join(" "))
            }
            _ => format!("SELECT * {{ {group} }}"),
        }
    }
}

/// The two answers to one question: over what was gathered, over everything.
fn answers(net: &Net, query: &str) -> Option<(Gathered, Vec<String>, Vec<String>)> {
    let parsed = SparqlParser::new().parse_query(query).ok()?;
    let plan = Plan::of(&parsed).ok()?;
    let gathered = super::run(gather(&plan, net, &Limits::default())).unwrap();
    let ours = evaluate(&gathered.quads, query);
    let whole = evaluate(net.all_quads(), query);
    Some((gathered, ours, whole))
}

/// Something that one company was asked more than once.
pub(super) fn twice_asked(net: &Net) -> Option<String> {
    let mut asked = BTreeSet::new();
    for (did, request) in net.calls.lock().unwrap().iter() {
        let keys: Vec<String> = match request {
            Fetch::Match { subjects, predicates, objects } => {
                let subjects = subjects.iter().flatten().map(|node| format!("{node} ->"));
                let ends =
                    subjects.chain(objects.iter().flatten().map(|term| format!("-> {term}")));
                let predicates: Vec<_> = match predicates {
                    None => vec!["any".to_owned()],
                    Some(all) => all.iter().map(ToString::to_string).collect(),
                };
                ends.flat_map(|end| predicates.iter().map(move |one| format!("{one} {end}")))
                    .collect()
            }
            Fetch::Walk { from, steps } => {
                from.iter().map(|node| format!("{steps:?} {node}")).collect()
            }
        };
        for key in keys {
            let key = format!("{did} {key}");
            if !asked.insert(key.clone()) {
                return Some(key);
            }
        }
    }
    None
}

#[test]
fn what_is_gathered_answers_like_everything() {
    check(7, 400);
}

fn check(seed: u64, cases: usize) {
    let mut rng = Rng::with_seed(seed);
    let (mut done, mut full, mut partial) = (0, 0, 0);
    let mut forms: BTreeMap<&str, usize> = BTreeMap::new();
    while done < cases {
        let companies = &COMPANIES[..rng.usize(2..=4)];
        let mut net = holdings(&mut rng, companies);
        net.own = rng.bool().then(|| did(companies[0]));
        for _ in 0..12 {
            let query = Writer { rng: &mut rng, companies, used: Vec::new(), fresh: 0 }.query();
            let Some((gathered, ours, whole)) = answers(&net, &query) else { continue };
            let diff = || {
                let quads: Vec<_> = net.all_quads().map(ToString::to_string).collect();
                let got: Vec<_> = gathered.quads.iter().map(ToString::to_string).collect();
                format!(
                    "{query}\nall:\n{}\ngathered:\n{}\nplan {:#?}",
                    quads.join("\n"),
                    got.join("\n"),
                    Plan::of(&SparqlParser::new().parse_query(&query).unwrap())
                )
            };
            assert_eq!(ours, whole, "{}", diff());
            assert_eq!(twice_asked(&net), None, "{query}");
            net.calls.lock().unwrap().clear();
            done += 1;
            full += usize::from(!whole.is_empty());
            partial += usize::from(gathered.quads.len() < net.all_quads().count());
            for form in [
                "OPTIONAL",
                "UNION",
                "NOT EXISTS",
                "MINUS",
                "GRAPH",
                "GROUP BY",
                "LIMIT",
                "DESCRIBE",
                "CONSTRUCT",
                "ASK",
                "COUNT",
                "VALUES",
                "BIND",
                "COALESCE",
                "FROM",
                ")?",
                "!(",
                "^(",
                ")+",
                ")*",
            ] {
                *forms.entry(form).or_default() +=
                    usize::from(query.contains(form) && !whole.is_empty());
            }
        }
    }
    println!("{done} done, {full} non-empty, {partial} gathered a part; {forms:?}");
    assert!(full * 10 >= done * 3, "only {full} of {done} answers are not empty");
    assert!(partial * 10 >= done * 5, "only {partial} of {done} gathered less than everything");
}
