//! Facts, so many that it takes long to look at every pair of them.

use adit_facts::Store;
use oxrdf::vocab::rdf;
use oxrdf::{Literal, NamedNode, Quad, Term};

/// Machines of ten modules of ten assemblies of ten parts, ten quads each.
pub(super) fn fill(store: &Store, machines: u32) {
    let mut publication = store.begin(1).unwrap();
    for machine in 0..machines {
        let room = NamedNode::new(format!("https://a.example/room/m{machine}/as-built/public"));
        let room = room.unwrap();
        for number in 0..1110 {
            // The modules come first, then the assemblies, then the parts.
            let (level, parent) = match number {
                0..10 => ("Module", None),
                10..110 => ("Assembly", Some(number / 10 - 1)),
                _ => ("Part", Some((number - 110) / 10 + 10)),
            };
            for (predicate, object) in facts(machine, number, level, parent) {
                let quad = Quad::new(item(machine, Some(number)), predicate, object, room.clone());
                publication.add(quad.as_ref()).unwrap();
            }
        }
    }
    publication.commit().unwrap();
}

fn item(machine: u32, number: Option<u32>) -> NamedNode {
    let part = number.map_or(String::new(), |number| {
        format!("-{}-{}-{}", number / 100, number / 10 % 10, number % 10)
    });
    NamedNode::new(format!("https://a.example/i/{machine}{part}")).unwrap()
}

fn facts(machine: u32, number: u32, level: &str, parent: Option<u32>) -> Vec<(NamedNode, Term)> {
    let term = |name: &str| NamedNode::new(format!("https://a.example/ns#{name}")).unwrap();
    let maker = NamedNode::new(format!("https://a.example/o/{}", (machine * 7 + number) % 200));
    let count = i64::from(machine * 1110 + number);
    vec![
        (rdf::TYPE.into_owned(), term(level).into()),
        (term("name"), Literal::from(format!("{level} {machine}-{number}")).into()),
        (term("material"), term(["steel", "copper", "rubber"][number as usize % 3]).into()),
        (term("madeBy"), maker.unwrap().into()),
        (term("mass"), Literal::from(count % 997).into()),
        (term("serial"), Literal::from(format!("SN{:08}", count * 7919 % 99_999_989)).into()),
        (term("co2"), Literal::from(count * 31 % 9973).into()),
        (term("price"), Literal::from(count * 17 % 99_991).into()),
        (term("note"), Literal::from(format!("made in line {}", number % 11)).into()),
        (term("partOf"), item(machine, parent).into()),
    ]
}
