//! What questions cost in a mine that swaps batteries: requests, quads and bytes, counted.

use super::answer;
use super::net::{Net, did};
use super::random::twice_asked;
use adit_facts::Fetch;
use adit_vocab::Did;
use std::fmt::Write;

/// A mine with many machines whose packs change place shift by shift, over a machine with parts of four makers.
///
/// The machine has `parts` parts in itself and its modules; the mine knows `swaps` installations, few of which last.
fn mine(parts: usize, swaps: usize) -> Net {
    let (mut oem, mut mine) = (String::new(), String::new());
    let mut makers = ["mill", "shop", "cells", "recycler"].map(|maker| (maker, String::new()));
    for module in 0..parts / 100 {
        installed(&mut oem, "oem", &format!("k{module}"), &format!("oem:k{module}"), "oem:m0");
    }
    for at in 0..parts {
        let (maker, facts) = &mut makers[at % 4];
        let part = format!("{maker}:x{at}");
        installed(&mut oem, "oem", &format!("i{at}"), &part, &format!("oem:k{}", at / 100));
        writeln!(oem, "{part} adit:factsHeldBy did:web:{maker}.example").unwrap();
        let of_part = [
            format!("{part} schema:weight {maker}:w{at}\n{maker}:w{at} qudt:numericValue #3"),
            format!(
                "{part} adit:productFootprint {maker}:f{at}\n{maker}:f{at} dct:conformsTo mill:method"
            ),
            format!("{maker}:f{at} adit:pcfExcludingBiogenicUptake #{}", at % 7),
            format!("{part} eudpp:containsSubstanceOfConcern {maker}:s{}", at % 10),
        ];
        writeln!(facts, "{}", of_part.join("\n")).unwrap();
    }
    for (maker, facts) in &mut makers {
        for substance in 0..10 {
            writeln!(facts, "{maker}:s{substance} eudpp:numberCAS c{substance}").unwrap();
            writeln!(facts, "{maker}:s{substance} eudpp:hasConcentration #0.{substance}").unwrap();
        }
    }
    // Shift by shift each of 30 machines gets another of 60 packs; each stay but the last has an end.
    for at in 0..swaps {
        let (pack, machine) = (at % 60, at % 30);
        let node = format!("mine:b{at}");
        writeln!(mine, "{node} adit:installedItem cells:pack{pack}").unwrap();
        writeln!(mine, "{node} adit:installedIn oem:m{machine}").unwrap();
        let day = at * 90 / swaps;
        let date = |day: usize| format!("@2026-0{}-{:02}", 1 + day / 30, 1 + day % 30 * 27 / 30);
        writeln!(mine, "{node} schema:validFrom {}", date(day)).unwrap();
        if at + 30 < swaps {
            writeln!(mine, "{node} schema:validThrough {}", date((at + 30) * 90 / swaps)).unwrap();
        }
    }
    let mut companies = vec![("oem", oem.as_str()), ("mine", mine.as_str())];
    companies.extend(makers.iter().map(|(maker, facts)| (*maker, facts.as_str())));
    let mut net = Net::of(&companies);
    net.own = Some(did("oem"));
    net
}

fn installed(facts: &mut String, by: &str, node: &str, item: &str, parent: &str) {
    writeln!(facts, "{by}:{node} adit:installedItem {item}").unwrap();
    writeln!(facts, "{by}:{node} adit:installedIn {parent}").unwrap();
    writeln!(facts, "{by}:{node} schema:validFrom @2025-01-01").unwrap();
}

/// What a question cost between companies; one's own facts are read in process.
#[derive(Debug, PartialEq, Eq)]
struct Cost {
    rounds: usize,
    requests: usize,
    /// Identifiers in the requests.
    sent: usize,
    quads: usize,
    bytes: u64,
}

fn cost(net: &Net, text: &str) -> Cost {
    let (_, gathered) = answer(net, text);
    assert_eq!(twice_asked(net), None, "{text}");
    let calls = std::mem::take(&mut *net.calls.lock().unwrap());
    let abroad = |did: &Did| net.own.as_ref() != Some(did);
    let sent = calls.iter().filter(|(did, _)| abroad(did)).map(|(_, request)| match request {
        Fetch::Match { subjects, objects, .. } => {
            subjects.as_ref().map_or(0, Vec::len) + objects.as_ref().map_or(0, Vec::len)
        }
        Fetch::Walk { from, .. } => from.len(),
    });
    let sources = gathered.report.sources.iter().filter(|source| abroad(&source.did));
    Cost {
        rounds: gathered.report.rounds,
        requests: sources.clone().map(|source| source.requests).sum(),
        sent: sent.sum(),
        quads: sources.clone().map(|source| source.quads).sum(),
        bytes: sources.map(|source| source.bytes).sum(),
    }
}

const ROLL_UP: &str = "SELECT (SUM(?kg) AS ?mass) (SUM(?co2) AS ?total) {
    ?part adit:partOf+ oem:m0 ; schema:weight/qudt:numericValue ?kg ; adit:productFootprint ?f .
    ?f dct:conformsTo mill:method ; adit:pcfExcludingBiogenicUptake ?co2 }";
const SUBSTANCE: &str = "SELECT ?part ?c {
    ?part adit:partOf+ oem:m0 ; eudpp:containsSubstanceOfConcern ?s . ?s eudpp:numberCAS \"c7\" ; eudpp:hasConcentration ?c }";
const WHERE_IT_WAS: &str = "SELECT ?machine ?from ?to {
    ?i adit:installedItem cells:pack7 ; adit:installedIn ?machine ; schema:validFrom ?from OPTIONAL { ?i schema:validThrough ?to } }";
const ALL_SWAPS: &str = "SELECT ?pack ?machine ?from {
    VALUES ?machine { MACHINES } ?i adit:installedIn ?machine ; adit:installedItem ?pack ; schema:validFrom ?from }";

fn all_swaps() -> String {
    let machines: Vec<_> = (0..30).map(|at| format!("oem:m{at}")).collect();
    ALL_SWAPS.replace("MACHINES", &machines.join(" "))
}

#[test]
fn what_is_sent_grows_with_what_is_asked_about_and_not_faster() {
    let (small, large) = (mine(500, 1250), mine(2000, 5000));
    let all_swaps = all_swaps();
    // Rounds, requests, identifiers sent and quads that come, for 2,000 parts and 5,000 installations.
    let table = [
        // Of the swaps only those that last are sent.
        ("roll-up", ROLL_UP, [4, 15, 6_022, 10_003]),
        ("substance", SUBSTANCE, [4, 11, 2_042, 2_043]),
        ("where it was", WHERE_IT_WAS, [3, 3, 169, 335]),
        ("all swaps", &all_swaps, [2, 11, 5_030, 15_000]),
    ];
    let mut found = Vec::new();
    for (name, text, _) in table {
        let (few, many) = (cost(&small, text), cost(&large, text));
        println!("{name}: {many:?}, a quarter of it {few:?}");
        let Cost { rounds, requests, sent, quads, bytes } = many;
        found.push((name, text, [rounds, requests, sent, quads]));
        // Four times the data: the same rounds, and at most four times the rest.
        assert_eq!(rounds, few.rounds, "{name}");
        let grown =
            [requests <= 4 * few.requests, sent <= 4 * few.sent, quads <= 4 * few.quads + 8];
        assert_eq!(grown, [true; 3], "{name}");
        assert!(bytes <= 41 * few.bytes / 10 && bytes <= 200 * quads as u64, "{name}");
    }
    assert_eq!(found, table);
}
