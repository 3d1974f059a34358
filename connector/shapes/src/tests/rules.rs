//! The rules and profiles of the vocabulary: what they find, what they leave alone, how they say it.

use super::{PREFIXES, broken, files, found, root, turtle};
use crate::*;
use adit_vocab::Vocabulary;
use oxrdf::{NamedNode, NamedNodeRef, Triple};
use std::collections::{BTreeSet, HashSet};

const RULES: [&str; 14] =
    ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S13", "S14", "S15", "S16", "S17"];

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
