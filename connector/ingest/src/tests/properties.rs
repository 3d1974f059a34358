//! What holds for every file.

use super::*;
use crate::{canonical_text, diff};
use fastrand::Rng;

/// Random rows of deliveries, each with its own serial.
fn random_rows(random: &mut Rng, count: usize) -> Vec<String> {
    let mut one = |choices: &[&str]| choices[random.usize(..choices.len())].to_owned();
    (0..count)
        .map(|serial| {
            let part = one(&["0042-7", "Akä;1", "\"x\"", "a b"]).replace('"', "\"\"");
            let (weight, heat) = (one(&["12,5", "", "1 200"]), one(&["4711", "-", "00 12", "å/ä"]));
            let (maker, customer) = (one(&["0310", "0999"]), one(&["1001", "1002", ""]));
            let day = one(&["24.11.2026", "29.03.2026", ""]);
            format!("\"{part}\";S{serial};{weight};{heat};{maker};{customer};{day}\r\n")
        })
        .collect()
}

#[test]
fn the_same_file_twice_is_the_same_quads_and_rows_have_no_order() {
    let mut random = Rng::with_seed(5);
    for _ in 0..40 {
        let count = random.usize(1..30);
        let mut rows = random_rows(&mut random, count);
        let first = route(&[deliveries(&rows.concat()).unwrap()], &shop());
        let again = route(&[deliveries(&rows.concat()).unwrap()], &shop());
        assert_eq!(first, again);
        random.shuffle(&mut rows);
        let shuffled = route(&[deliveries(&rows.concat()).unwrap()], &shop());
        assert!(diff(&first[0].quads, &shuffled[0].quads).is_empty());
        assert_eq!(canonical_text(&first[0].quads), canonical_text(&shuffled[0].quads));
    }
}

#[test]
fn published_sources_route_again_as_they_did() {
    let mut random = Rng::with_seed(6);
    for _ in 0..20 {
        let sources = [
            deliveries(&random_rows(&mut random, 20).concat()).unwrap(),
            read_turtle(
                "more.ttl",
                "p:1 schema:weight [ qudt:numericValue 1.5 ] ; adit:deliveredTo <did:web:oem.example> .",
            ),
        ];
        let first = route(&sources, &shop());
        let live: Vec<Statements> = first
            .iter()
            .map(|source| Statements::from_routed(&source.name, source.quads.clone()))
            .collect();
        assert_eq!(route(&live, &shop()), first);
        for source in &first {
            let text = canonical_text(&source.quads);
            assert!(text.lines().is_sorted(), "the quads are in the order of their lines");
            assert_eq!(text.lines().count(), source.quads.len(), "each quad stands once");
        }
    }
}

#[test]
fn no_bytes_stop_the_program() {
    let mut random = Rng::with_seed(8);
    let sound = format!("{HEADER}{}", random_rows(&mut random, 5).concat());
    for round in 0..400 {
        let mut data = sound.clone().into_bytes();
        let mut mapping = DELIVERIES.to_owned().into_bytes();
        let target = if round % 2 == 0 { &mut data } else { &mut mapping };
        for _ in 0..random.usize(1..6) {
            let at = random.usize(..target.len());
            target[at] = random.u8(..);
        }
        drop(read(
            &SourceFile { name: "deliveries.csv", data: &data, mapping: Some(&mapping) },
            &shop(),
        ));
    }
}

#[test]
fn what_no_customer_may_see_is_in_no_customers_room() {
    let mut random = Rng::with_seed(9);
    let rows = random_rows(&mut random, 60);
    let routed = route(&[deliveries(&rows.concat()).unwrap()], &shop());
    for quad in &routed[0].quads {
        let room = quad.graph_name.to_string();
        let serial = quad.subject.to_string();
        let Some(index) = serial
            .rsplit_once("/S")
            .and_then(|(_, tail)| tail.trim_end_matches('>').parse::<usize>().ok())
        else {
            continue;
        };
        for (customer, did) in [(";1001;", "oem"), (";1002;", "rival")] {
            let theirs = room.contains(&format!("did:web:{did}.example"));
            assert!(!theirs || rows[index].contains(customer), "{quad} of {}", rows[index]);
        }
    }
}

/// Random statements of a company's folder: deliveries, installations, records, values, shared and hidden links.
fn random_turtle(random: &mut Rng) -> String {
    let mut text = String::new();
    for _ in 0..random.usize(1..40) {
        let mut one = |choices: &[&str]| choices[random.usize(..choices.len())].to_owned();
        let thing = [
            "p:1",
            "p:2",
            "p:3",
            "p:4",
            "<https://shop.example/record/quantity/1>",
            "<https://shop.example/record/node/2>",
            "r:i1",
            "r:o1",
            "<https://shop.example/document/1>",
            "p:org",
        ];
        let predicate = one(&[
            "adit:deliveredTo",
            "adit:sharedWith",
            "adit:installedIn",
            "adit:installedItem",
            "adit:fromBatch",
            "schema:weight",
            "schema:model",
            "adit:unheardOf",
            "qudt:numericValue",
            "a",
            "adit:certifiesItem",
            "schema:manufacturer",
            "adit:operatingRecordOf",
            "schema:name",
            "adit:operatingHours",
            "eudpp:materialPercentage",
        ]);
        let object = match predicate.as_str() {
            "adit:deliveredTo" | "adit:sharedWith" => one(&[
                "<did:web:oem.example>",
                "<did:web:rival.example>",
                "<did:web:shop.example>",
                "p:1",
            ]),
            "qudt:numericValue" | "schema:name" => one(&["1.5", "'x'", "'x'@fi", "'\\\\n'", "7"]),
            "a" => one(&["org:Organization", "schema:IndividualProduct"]),
            _ => one(&thing),
        };
        text += &format!("{} {predicate} {object} .\n", one(&thing));
    }
    text
}

#[test]
fn facts_stand_in_the_rooms_that_the_plain_definition_says() {
    let mut random = Rng::with_seed(11);
    for _ in 0..300 {
        let mut sources = vec![
            read_turtle("a.ttl", &random_turtle(&mut random)),
            read_turtle("b.ttl", &random_turtle(&mut random)),
        ];
        let (count, group) = (random.usize(1..6), random.bool());
        sources.push(deliveries(&random_rows(&mut random, count).concat()).unwrap());
        if group {
            sources.swap(0, 2);
        }
        let routed = route(&sources, &shop());
        assert_eq!(routed, super::plain::route(&sources, &shop()));
        for source in &routed {
            let mut lines: Vec<String> =
                source.quads.iter().map(|quad| format!("{quad} .\n")).collect();
            lines.sort_unstable();
            assert_eq!(canonical_text(&source.quads), lines.concat());
        }
    }
}
