//! The rules as our engine reads them and as pyshacl does: both find the same in every file of facts.

use crate::circle::{companies, root};
use adit_facts::{Results, Store, View};
use adit_policy::Permit;
use adit_shapes::{Finding, Scope, Severity, Shapes};
use adit_vocab::{Room, Tier, Vocabulary, adit, schema};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedNodeRef, Term, Triple};
use oxttl::TurtleParser;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Of a company that says something about more things than this, about as many are compared: pyshacl takes some
/// 25 ms for each. Our own engine has checked all of them before. `ADIT_AGREE=all` compares everything, in hours.
const THINGS_MAX: usize = 1_200;
/// What more things than this point to (a model, an organisation, a method) does not bring them all along.
const NEIGHBOURS_MAX: usize = 12;

/// Facts to be checked, and which items belong to which product group.
#[derive(Default)]
struct Facts {
    name: String,
    triples: Vec<Triple>,
    groups: HashMap<NamedNode, BTreeSet<String>>,
}

impl Facts {
    fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        Self { name, triples: turtle(&std::fs::read_to_string(path).unwrap()), ..Self::default() }
    }

    fn found(&self, shapes: &Shapes) -> Vec<Finding> {
        let in_group = |item: NamedNodeRef<'_>, group: &str| {
            self.groups.get(&item.into_owned()).is_some_and(|groups| groups.contains(group))
        };
        let scope = Scope {
            severity: Severity::Info,
            in_group: &in_group,
            each_max: usize::MAX,
            ..Scope::default()
        };
        shapes.validate(&shapes.data(self.triples.iter().map(Triple::as_ref)), &scope).unwrap()
    }
}

fn turtle(text: &str) -> Vec<Triple> {
    TurtleParser::new().for_slice(text).map(Result::unwrap).collect()
}

fn n_triples<'t>(triples: impl IntoIterator<Item = &'t Triple>) -> String {
    triples.into_iter().fold(String::new(), |mut text, triple| {
        writeln!(text, "{triple} .").unwrap();
        text
    })
}

/// What pyshacl and our engine compare by: shape, focus, path, value.
type Key = [String; 4];

fn key(finding: &Finding) -> Key {
    let path = finding.path.as_ref().map(ToString::to_string).unwrap_or_default();
    let value = finding.value.as_ref().map(ToString::to_string).unwrap_or_default();
    [finding.shape.to_string(), finding.focus.to_string(), path, value]
}

/// Fails unless pyshacl finds in each of the facts what our engine finds.
fn assert_agreement(vocabulary: &Vocabulary, all: &[Facts]) {
    let shapes = Shapes::of(vocabulary).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let profiles = vocabulary.profiles().iter().map(|profile| profile.turtle.as_str());
    let rules: Vec<_> = adit_vocab::SHAPES.iter().map(|(_, text)| *text).chain(profiles).collect();
    let rules: Vec<_> = rules.into_iter().flat_map(turtle).collect();
    std::fs::write(folder.path().join("rules.nt"), n_triples(&rules)).unwrap();
    let background: Vec<_> = shapes.background().map(|triple| triple.into_owned()).collect();
    std::fs::write(folder.path().join("background.nt"), n_triples(&background)).unwrap();
    for (number, facts) in all.iter().enumerate() {
        let file = folder.path().join(format!("{number}.nt"));
        std::fs::write(&file, n_triples(&facts.triples)).unwrap();
        let targets = targets(vocabulary, facts);
        if !targets.is_empty() {
            std::fs::write(file.with_extension("targets"), n_triples(&targets)).unwrap();
        }
    }
    let theirs = ask_pyshacl(folder.path(), all);
    for (number, facts) in all.iter().enumerate() {
        let ours: BTreeSet<Key> = facts.found(&shapes).iter().map(key).collect();
        let answer = &theirs[&number];
        let theirs: BTreeSet<Key> = serde_json::from_value(answer["findings"].clone()).unwrap();
        let only_ours: Vec<_> = ours.difference(&theirs).collect();
        let only_theirs: Vec<_> = theirs.difference(&ours).collect();
        assert!(
            only_ours.is_empty() && only_theirs.is_empty(),
            "{}: only ours {only_ours:#?}, only pyshacl's {only_theirs:#?}",
            facts.name
        );
    }
}

/// The shapes of a group's profile are about the items, models and batches of the group: said to pyshacl one by one.
fn targets(vocabulary: &Vocabulary, facts: &Facts) -> Vec<Triple> {
    let about =
        [schema::INDIVIDUAL_PRODUCT, schema::PRODUCT_MODEL, adit::BATCH, adit::HEAT, adit::MACHINE];
    let typed = facts.triples.iter().filter(|triple| {
        let class = match &triple.object {
            Term::NamedNode(class) => class.as_ref(),
            Term::BlankNode(_) | Term::Literal(_) => return false,
        };
        triple.predicate == rdf::TYPE && about.contains(&class)
    });
    let things: BTreeSet<_> = typed.map(|triple| triple.subject.to_string()).collect();
    let mut targets = Vec::new();
    for profile in vocabulary.profiles().iter().filter(|profile| profile.group.is_some()) {
        let group = profile.group.as_ref().unwrap();
        let of_group = facts.groups.iter().filter(|(_, groups)| groups.contains(group));
        for (item, _) in of_group.filter(|(item, _)| things.contains(&item.to_string())) {
            for triple in turtle(&profile.turtle) {
                if triple.predicate == rdf::TYPE
                    && triple.object.to_string().ends_with("NodeShape>")
                {
                    let target = NamedNode::new_unchecked("http://www.w3.org/ns/shacl#targetNode");
                    targets.push(Triple::new(triple.subject, target, item.clone()));
                }
            }
        }
    }
    targets
}

/// The answers of pyshacl, by number: two processes, the largest sets shared between them.
fn ask_pyshacl(folder: &Path, all: &[Facts]) -> BTreeMap<usize, Value> {
    let python = std::env::home_dir().unwrap().join(".cache/adit/venv/bin/python");
    let mut by_size: Vec<_> = (0..all.len()).collect();
    by_size.sort_by_key(|number| std::cmp::Reverse(all[*number].triples.len()));
    let halves = [0, 1].map(|half| by_size.iter().copied().skip(half).step_by(2));
    let asked = halves.map(|numbers| {
        Command::new(&python)
            .arg(root().join("tests/shapes/agree.py"))
            .args([folder.join("rules.nt"), folder.join("background.nt")])
            .args(numbers.map(|number| folder.join(format!("{number}.nt"))))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    });
    let mut answers = BTreeMap::new();
    for process in asked {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success());
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let answer: Value = serde_json::from_str(line).unwrap();
            let file = answer["file"].as_str().unwrap();
            let number = Path::new(file).file_stem().unwrap().to_string_lossy().parse().unwrap();
            answers.insert(number, answer);
        }
    }
    answers
}

#[test]
fn pyshacl_agrees_on_every_damaged_and_sound_file() {
    let mut all = Vec::new();
    for folder in ["damaged", "sound"] {
        let entries = std::fs::read_dir(root().join("tests/shapes").join(folder)).unwrap();
        all.extend(entries.map(|entry| Facts::read(&entry.unwrap().path())));
    }
    assert!(all.len() >= 100, "{} files", all.len());
    assert_agreement(Vocabulary::bundled(), &all);
}

#[test]
fn pyshacl_agrees_on_a_profile_of_ones_own() {
    let file = std::fs::read_to_string(root().join("tests/shapes/luminaire.ttl")).unwrap();
    let vocabulary = Vocabulary::with([("luminaire.ttl".to_owned(), file)]).unwrap();
    let text = r#"
        PREFIX light: <https://valosepat.example/ns#> PREFIX p: <https://id.valosepat.example/p/> PREFIX schema: <https://schema.org/>
        PREFIX qudt: <http://qudt.org/schema/qudt/> PREFIX unit: <http://qudt.org/vocab/unit/>
        p:1 a schema:IndividualProduct ; schema:model p:m ; schema:manufacturer <did:web:valosepat.example> ; light:capType "E27" .
        p:2 a schema:IndividualProduct ; schema:model p:m ; schema:manufacturer <did:web:valosepat.example> ; light:capType "E14" ; light:colourTemperature 4000.5 .
        p:3 a schema:IndividualProduct ; schema:model p:m ; schema:manufacturer <did:web:valosepat.example> ; light:lifetimeHours 70000 .
        p:m a schema:ProductModel ; light:luminousFlux p:q ; light:colourTemperature 4000 .
        p:q a qudt:QuantityValue ; qudt:numericValue 5400 ; qudt:unit unit:CD ."#;
    let mut groups = HashMap::new();
    for local in ["1", "2", "m"] {
        let item = NamedNode::new(format!("https://id.valosepat.example/p/{local}")).unwrap();
        groups.insert(item, BTreeSet::from(["luminaire".to_owned()]));
    }
    let facts = Facts { name: "luminaires".to_owned(), triples: turtle(text), groups };
    let wrong: Vec<_> = facts.found(&Shapes::of(&vocabulary).unwrap());
    assert_eq!(
        wrong.iter().filter(|it| it.severity == Severity::Violation).count(),
        3,
        "{wrong:#?}"
    );
    assert_agreement(&vocabulary, &[facts]);
}

/// A few items in each other, in few positions, over a few days: some overlap, some are circles, some are neither.
fn random_installations(seed: u64) -> Facts {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut text = "PREFIX adit: <https://w3id.org/adit/ns#> PREFIX schema: <https://schema.org/>
        PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX p: <https://id.shop.example/p/> PREFIX i: <https://id.shop.example/i/> "
        .to_owned();
    for number in 0..random.usize(4..12) {
        let (item, parent, from) = (random.u8(1..6), random.u8(1..7), random.u8(1..20));
        let zone = random.choice(["Z", "+02:00", "-05:00"]).unwrap();
        write!(
            text,
            "i:{number} a adit:Installation ; adit:installedItem p:{item} ; adit:installedIn p:{parent} ; \
             schema:validFrom \"2026-03-{from:02}T00:00:00{zone}\"^^xsd:dateTime "
        )
        .unwrap();
        if random.u8(0..4) > 0 {
            let through = from + random.u8(0..6);
            write!(text, "; schema:validThrough \"2026-03-{through:02}T00:00:00Z\"^^xsd:dateTime ")
                .unwrap();
        }
        if random.u8(0..4) > 0 {
            write!(text, "; adit:position \"=B{}\" ", random.u8(1..3)).unwrap();
        }
        if random.u8(0..8) == 0 {
            write!(text, "; adit:quantity {} ", random.u8(1..4)).unwrap();
        }
        if random.u8(0..4) == 0 {
            write!(text, "; adit:alternativeGroup i:g{} ", random.u8(0..2)).unwrap();
        }
        text.push_str(".\n");
    }
    Facts {
        name: format!("random installations {seed}"),
        triples: turtle(&text),
        ..Facts::default()
    }
}

#[test]
fn pyshacl_agrees_on_random_installations() {
    let all: Vec<_> = (0..40).map(random_installations).collect();
    for rule in ["S5", "S6", "S7", "S8"] {
        let breaks = |facts: &&Facts| {
            facts.found(Shapes::bundled()).iter().any(|finding| finding.rule() == rule)
        };
        let broken = all.iter().filter(breaks).count();
        assert!((3..40).contains(&broken), "{broken} of 40 sets break {rule}");
    }
    assert_agreement(Vocabulary::bundled(), &all);
}

#[test]
fn pyshacl_agrees_on_the_facts_of_every_example_company() {
    let circle = companies();
    let members = circle.plan().company.iter().filter(|member| member.publishes);
    let folders: Vec<_> =
        members.map(|member| (circle.folder(&member.folder), member.folder.clone())).collect();
    drop(circle);
    let folders: Vec<_> =
        folders.iter().map(|(folder, name)| (folder.as_path(), name.as_str())).collect();
    assert_pyshacl_agrees_on(&folders);
}

/// Fails unless no rule is broken by what a company has published, and pyshacl finds what our engine finds.
pub fn assert_pyshacl_agrees_on(folders: &[(&Path, &str)]) {
    let all: Vec<_> = folders.iter().map(|(folder, name)| published(folder, name)).collect();
    assert!(all.iter().all(|facts| !facts.triples.is_empty()));
    for facts in &all {
        let wrong = facts.found(Shapes::bundled());
        let wrong: Vec<_> = wrong.iter().filter(|it| it.severity > Severity::Info).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", facts.name);
    }
    let whole = std::env::var("ADIT_AGREE").is_ok_and(|it| it == "all");
    let all = all.into_iter().map(|facts| if whole { facts } else { in_part(facts) });
    let all: Vec<_> = all.collect();
    assert_agreement(Vocabulary::bundled(), &all);
}

/// Everything that a company has published, and what it says of itself.
fn published(folder: &Path, name: &str) -> Facts {
    let store = Store::open(&folder.join(".adit/facts")).unwrap();
    let permit = Permit::for_test(Tier::ALL.iter().copied(), None, true, Vec::new());
    let view = View::open(&store, &permit, "2026-11-01T00:00:00Z".parse().unwrap()).unwrap();
    let query = "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }";
    let query = spargebra::SparqlParser::new().parse_query(query).unwrap();
    let Results::Solutions { rows, .. } = view.query(&query).unwrap() else { panic!("no rows") };
    let mut facts = Facts { name: name.to_owned(), ..Facts::default() };
    for row in rows {
        let [Some(graph), Some(subject), Some(predicate), Some(object)] = &row[..] else {
            panic!("{row:?}")
        };
        let (Term::NamedNode(subject), Term::NamedNode(predicate)) = (subject, predicate) else {
            panic!("{row:?}")
        };
        if adit_vocab::is_derived(predicate.as_str()) {
            continue;
        }
        let room = Room::from_iri(graph.to_string().trim_matches(['<', '>'])).unwrap();
        facts.groups.entry(subject.clone()).or_default().insert(room.group);
        facts.triples.push(Triple::new(subject.clone(), predicate.clone(), object.clone()));
    }
    let settings: toml::Table =
        std::fs::read_to_string(folder.join("adit.toml")).unwrap().parse().unwrap();
    let did = NamedNode::new(settings["did"].as_str().unwrap()).unwrap();
    for template in settings["identifiers"].as_table().unwrap().values() {
        let prefix = template.as_str().unwrap().split('{').next().unwrap();
        let covers = adit::COVERS_IDENTIFIER_PREFIX.into_owned();
        facts.triples.push(Triple::new(did.clone(), covers, oxrdf::Literal::from(prefix)));
    }
    facts
}

/// Things from all over a large set of facts, always the same, each with what it points to and what points to it:
/// an item with its installations, so that the rules about several things have something to look at.
fn in_part(mut facts: Facts) -> Facts {
    let mut points: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for triple in &facts.triples {
        points.entry(triple.subject.to_string()).or_default();
    }
    let things: Vec<_> = points.keys().cloned().collect();
    let mut pointed = points.clone();
    for triple in &facts.triples {
        let (from, to) = (triple.subject.to_string(), triple.object.to_string());
        if pointed.contains_key(&to) {
            points.get_mut(&from).unwrap().insert(to.clone());
            pointed.get_mut(&to).unwrap().insert(from);
        }
    }
    let mut kept = BTreeSet::new();
    // From all over the order, no two from one place.
    let strides = (0..things.len()).map(|number| number * 7919 % things.len());
    for seed in strides {
        if kept.len() >= THINGS_MAX {
            break;
        }
        let near = points[&things[seed]].iter().chain(&pointed[&things[seed]]);
        for it in near.filter(|it| pointed[*it].len() <= NEIGHBOURS_MAX) {
            kept.extend(points[it].iter().filter(|it| pointed[*it].len() <= NEIGHBOURS_MAX));
            kept.insert(it);
        }
        kept.insert(&things[seed]);
    }
    facts.triples.retain(|triple| kept.contains(&triple.subject.to_string()));
    facts
}
