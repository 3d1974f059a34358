//! The rules on the files of `tests/shapes`, and the engine on what no file shows.

use crate::check::Check;
use crate::*;
use adit_vocab::Vocabulary;
use oxrdf::{NamedNode, NamedNodeRef, Triple};
use oxttl::TurtleParser;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

const RULES: [&str; 14] =
    ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S13", "S14", "S15", "S16", "S17"];
const PREFIXES: &str = "
    PREFIX adit: <https://w3id.org/adit/ns#> PREFIX schema: <https://schema.org/> PREFIX sh: <http://www.w3.org/ns/shacl#>
    PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX p: <https://id.shop.example/p/> PREFIX i: <https://id.shop.example/i/>
    PREFIX m: <https://id.shop.example/m/> PREFIX x: <https://shop.example/profile#> PREFIX rule: <https://w3id.org/adit/shapes#> ";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &str) -> Vec<(String, Vec<Triple>)> {
    let mut files: Vec<_> = std::fs::read_dir(root().join("tests/shapes").join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, turtle(&std::fs::read_to_string(path).unwrap()))
        })
        .collect();
    files.sort_by(|left, right| left.0.cmp(&right.0));
    files
}

fn turtle(text: &str) -> Vec<Triple> {
    TurtleParser::new().for_slice(text).map(Result::unwrap).collect()
}

fn found(shapes: &Shapes, triples: &[Triple], scope: &Scope<'_>) -> Vec<Finding> {
    shapes.validate(&shapes.data(triples.iter().map(Triple::as_ref)), scope).unwrap()
}

fn broken(triples: &[Triple]) -> Vec<Finding> {
    found(Shapes::bundled(), triples, &Scope::default())
}

fn luminaires() -> Shapes {
    let file = std::fs::read_to_string(root().join("tests/shapes/luminaire.ttl")).unwrap();
    Shapes::of(&Vocabulary::with([("luminaire.ttl".to_owned(), file)]).unwrap()).unwrap()
}

#[test]
fn every_damaged_file_breaks_its_rule_and_no_sound_file_breaks_any() {
    for (name, triples) in files("damaged") {
        let rule = name.split('-').next().unwrap();
        let findings = broken(&triples);
        assert!(findings.iter().any(|it| it.rule() == rule), "{name}: {findings:#?}");
        assert!(findings.iter().all(|it| it.severity == Severity::Violation), "{name}");
    }
    for (name, triples) in files("sound") {
        assert_eq!(broken(&triples), [], "{name}");
    }
}

#[test]
fn every_rule_is_broken_by_three_files_and_kept_by_a_near_miss() {
    let named = |folder: &str, rule: &str| {
        let of_rule = |name: &String| name.split('-').next() == Some(rule);
        files(folder).iter().filter(|(name, _)| of_rule(name)).count()
    };
    for rule in RULES {
        assert!(named("damaged", rule) >= 3, "{rule}");
        assert!(named("sound", rule) >= 1, "{rule}");
    }
}

#[test]
fn every_rule_says_what_is_wrong_in_three_languages() {
    let mut rules = BTreeSet::new();
    for shape in Shapes::bundled().shapes() {
        let Some(name) = shape.name.as_ref().map(NamedNode::as_str) else { continue };
        let Some(local) = name.strip_prefix("https://w3id.org/adit/shapes#") else { continue };
        rules.insert(local.split('-').next().unwrap().to_owned());
        let mut said: Vec<_> =
            shape.messages.iter().map(|(language, _)| language.as_str()).collect();
        for constraint in &shape.constraints {
            if let shape::Constraint::Sparql(query) = constraint {
                said = query.messages.iter().map(|(language, _)| language.as_str()).collect();
            }
        }
        let only_groups = |it: &shape::Constraint| matches!(it, shape::Constraint::Property(_));
        if !shape.constraints.iter().all(only_groups) {
            assert_eq!(said, ["en", "fi", "sv"], "{local}");
        }
    }
    assert_eq!(rules, RULES.iter().map(|rule| (*rule).to_owned()).collect());
}

#[test]
fn a_finding_names_focus_path_value_and_the_way_out() {
    let text = format!(
        r#"{PREFIXES} i:1 a adit:Installation ; adit:installedItem p:1 ; adit:installedIn p:8 ; schema:validFrom "2026-03-01T00:00:00Z"^^xsd:dateTime .
        i:2 a adit:Installation ; adit:installedItem p:1 ; adit:installedIn p:9 ; schema:validFrom "2026-03-10T00:00:00"^^xsd:dateTime .
        i:3 a adit:Installation ; adit:installedItem p:1 ; adit:installedIn p:7 ; schema:validFrom "2026-03-12T02:00:00+02:00"^^xsd:dateTime ."#
    );
    let findings = broken(&turtle(&text));
    let said: Vec<_> = findings
        .iter()
        .map(|it| {
            (
                it.rule(),
                it.focus.to_string(),
                it.path.clone(),
                it.value.clone().unwrap().to_string(),
            )
        })
        .collect();
    assert_eq!(said[0].0, "S4");
    assert_eq!(said[0].1, "<https://id.shop.example/i/2>");
    assert_eq!(said[0].2, Some(adit_vocab::schema::VALID_FROM.into_owned()));
    assert_eq!(said[0].3, "\"2026-03-10T00:00:00\"^^<http://www.w3.org/2001/XMLSchema#dateTime>");
    let last = NamedNode::new_unchecked("https://id.shop.example/i/3").into();
    let overlap = findings.iter().find(|it| it.rule() == "S6" && it.value.as_ref() == Some(&last));
    let overlap = overlap.unwrap();
    assert_eq!(overlap.focus.to_string(), "<https://id.shop.example/p/1>");
    assert_eq!(overlap.path, None);
    assert_eq!(
        overlap.message("en"),
        "the item is installed in https://id.shop.example/p/7 from 2026-03-12T02:00:00+02:00, while it is still in \
         https://id.shop.example/p/8 since 2026-03-01T00:00:00Z; end the earlier installation with schema:validThrough, \
         or correct the dates"
    );
    assert!(
        overlap
            .message("fi")
            .starts_with("nimike asennetaan kohteeseen https://id.shop.example/p/7")
    );
    assert_eq!(overlap.message("de"), overlap.message("en"));
}

#[test]
fn hints_change_no_finding() {
    let all = Scope { severity: Severity::Info, ..Scope::default() };
    let without = Scope { uses_hints: false, ..all };
    let mut some = 0;
    for (name, triples) in files("damaged").into_iter().chain(files("sound")) {
        let shapes = Shapes::bundled();
        assert_eq!(found(shapes, &triples, &all), found(shapes, &triples, &without), "{name}");
    }
    for seed in 0..150 {
        let triples = turtle(&random_installations(seed));
        let findings = found(Shapes::bundled(), &triples, &all);
        some += usize::from(findings.iter().any(|it| ["S6", "S7", "S8"].contains(&it.rule())));
        assert_eq!(findings, found(Shapes::bundled(), &triples, &without), "seed {seed}");
    }
    assert!((40..150).contains(&some), "{some} of 150 random sets break S6, S7 or S8");
}

/// A few items in each other, in few positions, over a few days: some overlap, some are circles, some are neither.
fn random_installations(seed: u64) -> String {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut text = PREFIXES.to_owned();
    for number in 0..random.usize(2..9) {
        let (item, parent) = (random.u8(1..6), random.u8(1..7));
        let (from, zone) = (random.u8(1..20), ["Z", "+02:00", "-05:00"][random.usize(0..3)]);
        text += &format!(
            "i:{number} a adit:Installation ; adit:installedItem p:{item} ; adit:installedIn p:{parent} ; \
             schema:validFrom \"2026-03-{from:02}T00:00:00{zone}\"^^xsd:dateTime "
        );
        if random.u8(0..10) == 0 {
            text += &format!(
                "; schema:validFrom \"2026-03-{:02}T06:00:00Z\"^^xsd:dateTime ",
                random.u8(1..20)
            );
        }
        if random.u8(0..4) > 0 {
            let through = from + random.u8(0..4);
            text +=
                &format!("; schema:validThrough \"2026-03-{through:02}T00:00:00Z\"^^xsd:dateTime ");
        }
        if random.bool() {
            text += &format!("; adit:position \"=B{}\" ", random.u8(1..3));
        }
        if random.u8(0..5) == 0 {
            text += &format!("; adit:quantity {} ", random.u8(1..4));
        }
        if random.u8(0..4) == 0 {
            text += &format!("; adit:alternativeGroup i:g{} ", random.u8(0..2));
        }
        text += ".\n";
    }
    text
}

#[test]
fn near_finds_the_conflict_of_new_statements_with_old_ones() {
    for (name, triples) in files("damaged") {
        let everything = broken(&triples);
        // Whatever is wrong is found from each subject that it takes to be wrong, or from none of the others.
        let subjects: HashSet<_> = triples.iter().map(|it| it.subject.clone()).collect();
        let mut seen = Vec::new();
        for subject in subjects {
            let oxrdf::NamedOrBlankNode::NamedNode(subject) = &subject else { continue };
            let near = HashSet::from([subject.as_ref()]);
            let scope = Scope { focus: Focus::Near(&near), ..Scope::default() };
            let findings = found(Shapes::bundled(), &triples, &scope);
            assert!(findings.iter().all(|it| everything.contains(it)), "{name}");
            let own = |it: &&Finding| {
                [Some(&it.focus), it.value.as_ref()].contains(&Some(&subject.clone().into()))
            };
            let concerned: Vec<_> = everything.iter().filter(own).collect();
            assert!(concerned.iter().all(|it| findings.contains(it)), "{name}, {subject}");
            seen.extend(findings);
        }
        assert!(everything.iter().all(|it| seen.contains(it)), "{name}");
    }
}

#[test]
fn the_order_of_the_facts_changes_nothing() {
    for (name, mut triples) in files("damaged") {
        let first = broken(&triples);
        fastrand::Rng::with_seed(7).shuffle(&mut triples);
        let twice: Vec<_> = triples.iter().chain(&triples).cloned().collect();
        assert_eq!(broken(&twice), first, "{name}");
    }
}

#[test]
fn a_query_that_takes_too_long_is_stopped() {
    let triples: Vec<_> = files("damaged").into_iter().flat_map(|(_, triples)| triples).collect();
    let shapes = Shapes::bundled();
    let data = shapes.data(triples.iter().map(Triple::as_ref));
    let scope = Scope::default();
    let stopped = Check::new(shapes.shapes(), &data, &scope).within(10).run().unwrap_err();
    let Unchecked::TooCostly { shape, steps_max: 10 } = &stopped else { panic!("{stopped}") };
    assert_eq!(
        stopped.to_string(),
        format!(
            "checking {shape} took more than 10 steps and was stopped: too many nodes depend on each other; publish fewer at \
             a time, or look for a column that was mapped to the wrong property"
        )
    );
}

#[test]
fn a_query_that_calls_what_nobody_knows_fails_by_name() {
    let profile = format!(
        "{PREFIXES} <https://shop.example/profile> a adit:Profile ; adit:profileOf \"x\" .
        x:A a sh:NodeShape ; sh:targetClass schema:ProductModel ; sh:sparql [ sh:prefixes <https://w3id.org/adit/shapes> ;
            sh:select \"SELECT $this WHERE {{ $this a schema:ProductModel FILTER(<https://shop.example/f>($this)) }}\" ] ."
    );
    let shapes = Shapes::of(&Vocabulary::with([("x.ttl".to_owned(), profile)]).unwrap()).unwrap();
    let triples = turtle(&format!("{PREFIXES} m:1 a schema:ProductModel ."));
    let data = shapes.data(triples.iter().map(Triple::as_ref));
    let failed = shapes.validate(&data, &Scope::default()).unwrap_err().to_string();
    let shape = "the query of https://shop.example/profile#A cannot be evaluated: ";
    assert!(failed.starts_with(shape) && failed.contains("https://shop.example/f"), "{failed}");
}

#[test]
fn no_constraint_reports_without_end() {
    let text: String = (0..50).map(|n| format!("i:{n} adit:installedItem p:{n} .\n")).collect();
    let scope = Scope { each_max: 3, ..Scope::default() };
    let findings = found(Shapes::bundled(), &turtle(&format!("{PREFIXES}{text}")), &scope);
    let no_parent = |it: &&Finding| it.shape.as_str().ends_with("#S4-parent");
    assert_eq!(findings.iter().filter(no_parent).count(), 3);
}

#[test]
fn gaps_are_counted_by_field_and_a_model_fills_them() {
    let text = format!(
        r#"{PREFIXES} PREFIX qudt: <http://qudt.org/schema/qudt/> PREFIX unit: <http://qudt.org/vocab/unit/>
        m:1 a schema:ProductModel ; schema:weight i:q . i:q a qudt:QuantityValue ; qudt:numericValue 4.68 ; qudt:unit unit:KiloGM .
        p:1 a schema:IndividualProduct ; schema:model m:1 ; schema:manufacturer <did:web:shop.example> ; schema:weight i:q .
        p:2 a schema:IndividualProduct ; schema:model m:1 ; schema:manufacturer <did:web:shop.example> .
        p:3 a schema:IndividualProduct ; schema:model m:2 ; schema:manufacturer <did:web:shop.example> .
        p:4 a adit:Machine ; schema:model m:2 ; schema:manufacturer <did:web:shop.example> .
        p:5 a adit:Machine ; schema:model m:2 ; schema:manufacturer <did:web:shop.example> .
        p:6 a adit:Machine ; schema:model m:2 ; schema:manufacturer <did:web:shop.example> ."#
    );
    let triples = turtle(&text);
    let shapes = Shapes::bundled();
    let data = shapes.data(triples.iter().map(Triple::as_ref));
    let gaps = shapes.gaps(&data, &Scope::default());
    let mass = gaps.iter().find(|gap| gap.field.as_str() == "https://schema.org/weight").unwrap();
    assert_eq!((mass.asked, mass.missing, mass.inherited), (6, 4, 1));
    let examples: Vec<_> = mass.examples.iter().map(ToString::to_string).collect();
    assert_eq!(examples, [3, 4, 5].map(|n| format!("<https://id.shop.example/p/{n}>")));
    assert!(gaps.iter().all(|gap| gap.field.as_str() != "https://schema.org/model"));
    assert_eq!(found(shapes, &triples, &Scope::default()), []);
}

#[test]
fn a_fifth_category_is_one_file() {
    let text = format!(
        r#"{PREFIXES} PREFIX light: <https://valosepat.example/ns#> PREFIX qudt: <http://qudt.org/schema/qudt/> PREFIX unit: <http://qudt.org/vocab/unit/>
        p:1 a schema:IndividualProduct ; schema:model m:1 ; schema:manufacturer <did:web:valosepat.example> ; light:capType "E14" .
        m:1 a schema:ProductModel ; light:luminousFlux i:q ; light:colourTemperature 4000.5 .
        i:q a qudt:QuantityValue ; qudt:numericValue 5400 ; qudt:unit unit:CD ."#
    );
    let triples = turtle(&text);
    // The core profile alone has nothing against it, whatever its category.
    assert_eq!(broken(&triples), []);
    let shapes = luminaires();
    assert_eq!(found(&shapes, &triples, &Scope::default()), []);
    let in_group = |_: NamedNodeRef<'_>, group: &str| group == "luminaire";
    let scope = Scope { in_group: &in_group, ..Scope::default() };
    let findings = found(&shapes, &triples, &scope);
    let said: Vec<_> = findings.iter().map(|it| it.message("en")).collect();
    assert_eq!(
        said,
        [
            "the cap is one of E27, E40, G5, G13, none; correct it",
            "a colour temperature is one whole number between 1000 and 20000 kelvin; correct it",
            "a luminous flux is stated in lumen, unit:LM; convert it",
        ]
    );
    let gaps = shapes.gaps(&shapes.data(triples.iter().map(Triple::as_ref)), &scope);
    let of_category = |gap: &&Gap| gap.shape.as_str().contains("luminaire");
    let [life] = gaps.iter().filter(of_category).collect::<Vec<_>>()[..] else {
        panic!("{gaps:?}")
    };
    assert_eq!(life.field.as_str(), "https://valosepat.example/ns#lifetimeHours");
    assert_eq!((life.asked, life.missing, life.inherited), (1, 1, 0));
}

#[test]
fn constructs_that_are_not_supported_are_refused_by_name() {
    let table = [
        (
            "x:A a sh:NodeShape ; sh:xone ( [ sh:class x:B ] ) .",
            "https://shop.example/profile#A uses sh:xone, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:closed true .",
            "https://shop.example/profile#A uses sh:closed, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:targetNode p:1 .",
            "https://shop.example/profile#A uses sh:targetNode, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:minCount 1 .",
            "https://shop.example/profile#A uses sh:minCount, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:PropertyShape ; sh:path schema:name ; sh:uniqueLang true .",
            "https://shop.example/profile#A uses sh:uniqueLang, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:PropertyShape ; sh:path [ sh:zeroOrMorePath schema:name ] .",
            "https://shop.example/profile#A uses sh:zeroOrMorePath of this form in sh:path, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:not [ a sh:NodeShape ; sh:sparql [ sh:select \"SELECT $this { $this schema:name ?n }\" ; sh:prefixes <https://w3id.org/adit/shapes> ] ] .",
            "https://shop.example/profile#A uses sh:sparql within sh:not, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:sparql [ sh:ask \"ASK { $this ?p ?o }\" ] .",
            "https://shop.example/profile#A uses sh:ask at sh:sparql, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:property [ sh:path schema:name ; sh:minCount 1 ] .",
            "https://shop.example/profile#A has a sh:property without an IRI; findings name the shape that was broken, so give it one",
        ),
        (
            "x:A a sh:NodeShape ; sh:property x:B . x:B a sh:NodeShape ; sh:class x:C .",
            "sh:property of https://shop.example/profile#A cannot be https://shop.example/profile#B",
        ),
        (
            "x:A a sh:NodeShape ; sh:pattern \"([0-9]\" .",
            "sh:pattern of https://shop.example/profile#A cannot be \"([0-9]\"",
        ),
        (
            "x:A a sh:PropertyShape ; sh:path schema:name ; sh:minCount \"many\" .",
            "sh:minCount of https://shop.example/profile#A cannot be \"many\"",
        ),
        (
            "x:A a sh:NodeShape ; sh:severity sh:Debug ; sh:class x:C .",
            "sh:severity of https://shop.example/profile#A cannot be sh:Debug",
        ),
        (
            "x:A a sh:NodeShape ; sh:node x:B . x:B a sh:NodeShape ; sh:not x:A .",
            "https://shop.example/profile#A refers to itself; recursive shapes mean nothing certain",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(refusal(text), format!("shapes x.ttl: {expected}"), "{text}");
    }
}

/// Why a profile with these shapes is refused.
fn refusal(text: &str) -> String {
    let profile = format!(
        "{PREFIXES} <https://shop.example/profile> a adit:Profile ; adit:profileOf \"x\" . {text}"
    );
    let vocabulary = Vocabulary::with([("x.ttl".to_owned(), profile)]).unwrap();
    Shapes::of(&vocabulary).unwrap_err().to_string()
}

#[test]
fn a_query_that_cannot_be_asked_once_for_all_is_refused() {
    let table = [
        ("SELECT ?x WHERE { ?x schema:name ?n }", "no pattern binds $this"),
        ("SELECT ?n WHERE { $this schema:name ?n }", "a SELECT or GROUP BY leaves $this out"),
        (
            "SELECT $this WHERE { $this schema:name ?n { FILTER(STR($this) = 'a') } }",
            "a FILTER uses $this in a group that does not bind it",
        ),
        (
            "SELECT $this WHERE { $this schema:name ?n { ?x schema:name ?n . BIND(STR($this) AS ?s) } }",
            "a BIND uses $this in a group that does not bind it",
        ),
        (
            "SELECT $this WHERE { ?x schema:name ?n OPTIONAL { $this schema:name ?n } }",
            "an OPTIONAL uses $this in a group that does not bind it",
        ),
        (
            "SELECT $this WHERE { { $this schema:name ?n } UNION { ?x schema:name ?n } }",
            "one side of a UNION binds $this and the other does not",
        ),
        (
            "SELECT $this WHERE { $this schema:name ?n { SELECT ?n { $this schema:model ?n } } }",
            "a SELECT or GROUP BY leaves $this out",
        ),
        ("SELECT $this WHERE { $this schema:name ?n } LIMIT 1", "it has a LIMIT or OFFSET"),
        (
            "SELECT $this WHERE { $this schema:name ?n MINUS { $this schema:model ?m } }",
            "it has a MINUS; write FILTER NOT EXISTS",
        ),
        (
            "SELECT $this WHERE { VALUES ?n { 1 } $this schema:name ?n }",
            "it has VALUES; write FILTER(... IN ...)",
        ),
        (
            "SELECT $this WHERE { SERVICE <https://a.example/> { $this schema:name ?n } }",
            "it has SERVICE; a check asks nobody",
        ),
        (
            "SELECT $this WHERE { GRAPH ?g { $this schema:name ?n } }",
            "it has GRAPH; the facts are one graph here",
        ),
        ("ASK { $this schema:name ?n }", "it is no SELECT over the facts"),
        (
            "SELECT $this ?value WHERE { $this $PATH ?value }",
            "it uses $PATH, which is not supported here",
        ),
    ];
    for (query, reason) in table {
        let text = format!(
            "x:A a sh:NodeShape ; sh:sparql [ sh:select \"{query}\" ; sh:prefixes <https://w3id.org/adit/shapes> ] ."
        );
        let expected =
            format!("shapes x.ttl: the query of https://shop.example/profile#A: {reason}");
        assert_eq!(refusal(&text), expected, "{query}");
    }
    let syntax = refusal("x:A a sh:NodeShape ; sh:sparql [ sh:select \"SELECT $this {\" ] .");
    assert!(syntax.starts_with("shapes x.ttl: the query of https://shop.example/profile#A: "));
}

#[test]
fn a_shape_that_is_switched_off_is_silent() {
    let profile = format!(
        "{PREFIXES} <https://shop.example/profile> a adit:Profile ; adit:profileOf \"x\" .
        x:A a sh:NodeShape ; sh:targetClass schema:ProductModel ; sh:deactivated true ; sh:pattern \"^never$\" .
        x:B a sh:NodeShape ; sh:targetClass schema:ProductModel ; sh:severity sh:Warning ; sh:pattern \"^never$\" ."
    );
    let shapes = Shapes::of(&Vocabulary::with([("x.ttl".to_owned(), profile)]).unwrap()).unwrap();
    let findings = found(
        &shapes,
        &turtle(&format!("{PREFIXES} m:1 a schema:ProductModel .")),
        &Scope::default(),
    );
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.shape.as_str(), "https://shop.example/profile#B");
    assert_eq!(finding.severity, Severity::Warning);
    // A shape without a message says what it asks for.
    assert_eq!(finding.message("fi"), "the value does not match ^never$");
}

#[test]
fn every_unit_of_the_examples_is_known() {
    let mut used = BTreeSet::new();
    for entry in std::fs::read_dir(root().join("examples")).unwrap() {
        let Ok(folder) = std::fs::read_dir(entry.unwrap().path()) else { continue };
        for file in folder.map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
            let text = std::fs::read(&file).unwrap();
            let text = String::from_utf8_lossy(&text);
            for (at, _) in text.match_indices("\"unit:") {
                let unit = text[at + 6..].split('"').next().unwrap();
                // A unit that a column names shows when the facts are checked.
                if !unit.contains('{') {
                    used.insert(unit.to_owned());
                }
            }
        }
    }
    let known: BTreeSet<_> = turtle(adit_vocab::UNITS)
        .iter()
        .map(|it| {
            it.subject.to_string().trim_matches(['<', '>']).rsplit('/').next().unwrap().to_owned()
        })
        .collect();
    assert!(used.contains("KiloGM"), "{used:?}");
    let unknown: Vec<_> = used.difference(&known).collect();
    assert!(unknown.is_empty(), "add to vocab/units.ttl: {unknown:?}");
}

#[test]
fn units_have_codes_that_mean_one_unit() {
    let mut codes = HashSet::new();
    let triples = turtle(adit_vocab::UNITS);
    for triple in &triples {
        let local = triple.predicate.as_str().rsplit('/').next().unwrap();
        if ["uneceCommonCode", "ucumCode", "symbol"].contains(&local) {
            assert!(codes.insert((local, triple.object.clone())), "{triple}");
        }
    }
    let units = triples.iter().filter(|it| it.predicate == oxrdf::vocab::rdf::TYPE).count();
    let with = |code| codes.iter().filter(|(local, _)| *local == code).count();
    assert!(units >= 40 && with("ucumCode") == units && with("symbol") == units);
    assert!(with("uneceCommonCode") >= units);
}
