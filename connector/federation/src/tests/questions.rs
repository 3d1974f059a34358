//! Questions that people ask of a mine's machines, over five companies: what each costs and what it answers.

use super::net::{Net, did};
use super::{answer, sources};

const OEM: &str = "
oem:rig1 schema:model oem:D2E
oem:rig2 schema:model oem:D2E
oem:rig1 rdf:type adit:Machine
oem:rig2 rdf:type adit:Machine
oem:rig1 schema:name one
oem:rig2 schema:name two
oem:rig1 schema:weight oem:w1
oem:w1 qudt:numericValue #20000
oem:i1 adit:installedItem shop:v1
oem:i1 adit:installedIn oem:rig1
oem:i1 adit:asBuilt !true
oem:i1 schema:validFrom @2025-01-01
oem:i1 schema:validThrough @2026-02-01
oem:i2 adit:installedItem shop:v2
oem:i2 adit:installedIn oem:rig1
oem:i2 adit:asBuilt !true
oem:i2 schema:validFrom @2025-01-01
oem:i3 adit:installedItem shop:v3
oem:i3 adit:installedIn oem:rig2
oem:i3 adit:asBuilt !true
oem:i3 schema:validFrom @2026-03-10
shop:v1 adit:factsHeldBy did:web:shop.example
shop:v2 adit:factsHeldBy did:web:shop.example";

const MINE: &str = "
mine:i1 adit:installedItem shop:v4
mine:i1 adit:installedIn oem:rig1
mine:i1 adit:asBuilt !false
mine:i1 schema:validFrom @2026-02-01
mine:b1 adit:installedItem cells:p1
mine:b1 adit:installedIn oem:rig1
mine:b1 schema:validFrom @2026-05-01
mine:b2 adit:installedItem cells:p2
mine:b2 adit:installedIn oem:rig1
mine:b2 schema:validFrom @2026-05-01
mine:b3 adit:installedItem cells:p3
mine:b3 adit:installedIn oem:rig2
mine:b3 schema:validFrom @2026-05-01
mine:b4 adit:installedItem cells:p4
mine:b4 adit:installedIn oem:rig2
mine:b4 schema:validFrom @2026-05-01
mine:b5 adit:installedItem cells:p5
mine:b5 adit:installedIn oem:rig2
mine:b5 schema:validFrom @2026-05-01
mine:b6 adit:installedItem cells:p6
mine:b6 adit:installedIn oem:rig1
mine:b6 schema:validFrom @2026-03-01
mine:b6 schema:validThrough @2026-05-01
mine:o1 sosa:hasFeatureOfInterest cells:p1
mine:o1 sosa:observedProperty adit:remainingCapacity
mine:o1 sosa:hasResult mine:r1
mine:r1 qudt:numericValue #150
mine:o2 sosa:hasFeatureOfInterest cells:p2
mine:o2 sosa:observedProperty adit:capacityFade
mine:o2 sosa:hasResult mine:r2
mine:r2 qudt:numericValue #30
mine:o3 sosa:hasFeatureOfInterest cells:p3
mine:o3 sosa:observedProperty adit:stateOfCertifiedEnergy
mine:o3 sosa:hasResult mine:r3
mine:r3 qudt:numericValue #79
mine:o5 sosa:hasFeatureOfInterest cells:p5
mine:o5 sosa:observedProperty adit:remainingCapacity
mine:o5 sosa:hasResult mine:r5
mine:r5 qudt:numericValue #190
mine:l1 adit:placedItem oem:rig1
mine:l1 adit:atPlace mine:kiruna
mine:l1 schema:validFrom @2025-03-01";

const SHOP: &str = "
shop:v1 schema:model shop:V
shop:v2 schema:model shop:V
shop:v3 schema:model shop:V
shop:v4 schema:model shop:V
shop:v2 schema:weight shop:w2
shop:w2 qudt:numericValue #40
shop:v4 schema:weight shop:w4
shop:w4 qudt:numericValue #60
shop:v2 adit:productFootprint shop:f2
shop:f2 dct:conformsTo mill:method
shop:f2 adit:pcfExcludingBiogenicUptake #100
shop:f2 adit:primaryDataShare #80
shop:v2 adit:productFootprint shop:f3
shop:f3 dct:conformsTo mill:othermethod
shop:f3 adit:pcfExcludingBiogenicUptake #999
shop:v4 eudpp:containsSubstanceOfConcern shop:s4
shop:s4 eudpp:numberCAS 7439-92-1
shop:s4 eudpp:hasConcentration #0.05
shop:j1 adit:installedItem mill:seal
shop:j1 adit:installedIn shop:v2
shop:j1 schema:validFrom @2025-01-01
mill:seal adit:factsHeldBy did:web:mill.example";

const MILL: &str = "
mill:seal schema:weight mill:w1
mill:w1 qudt:numericValue #2
mill:seal adit:productFootprint mill:f1
mill:f1 dct:conformsTo mill:method
mill:f1 adit:pcfExcludingBiogenicUptake #7
mill:f1 adit:primaryDataShare #50
mill:seal eudpp:containsSubstanceOfConcern mill:s1
mill:s1 eudpp:numberCAS 7439-92-1
mill:s1 eudpp:hasConcentration #0.4";

fn cells() -> String {
    let packs = (1..=6).map(|at| {
        format!(
            "cells:p{at} adit:batteryChemistry LFP\ncells:p{at} schema:model cells:M\ncells:p{at} adit:ratedCapacity cells:q{at}\n\
             cells:q{at} qudt:numericValue #200\ncells:x{at} adit:installedItem cells:mod{at}\ncells:x{at} adit:installedIn cells:p{at}\n\
             cells:x{at} schema:validFrom @2025-01-01\ncells:mod{at} schema:manufacturer did:web:mill.example\n"
        )
    });
    packs.collect::<String>()
        + "cells:M adit:dismantlingInstructions cells:d1
cells:M adit:safetyInstructions cells:d2
cells:d1 schema:contentUrl cells:pdf1
cells:M eudpp:containsSubstanceOfConcern cells:s1
cells:M eudpp:containsSubstanceOfConcern cells:s2
cells:s1 eudpp:numberCAS 7440-02-0
cells:s1 eudpp:hasConcentration #12.5
cells:s1 eudpp:substanceLocation cathode
cells:s2 eudpp:numberCAS 7439-92-1
cells:s2 eudpp:hasConcentration #0.2"
}

fn net() -> Net {
    let cells = cells();
    let mut net = Net::of(&[
        ("oem", OEM),
        ("mine", MINE),
        ("shop", SHOP),
        ("mill", MILL),
        ("cells", &cells),
        ("recycler", "recycler:t1 schema:name bath\nrecycler:t1 schema:weight recycler:w1"),
    ]);
    net.own = Some(did("oem"));
    net
}

/// Which packs of the rigs of a model are below 80 %, by which rule, and who made the module in them?
const STATE_OF_HEALTH: &str = "SELECT ?rig ?pack ?soh ?rule ?supplier {
    ?rig schema:model oem:D2E .
    ?pack adit:partOf+ ?rig ; adit:batteryChemistry ?chemistry .
    OPTIONAL {
        ?o1 sosa:hasFeatureOfInterest ?pack ; sosa:observedProperty adit:remainingCapacity ; sosa:hasResult/qudt:numericValue ?left .
        ?pack adit:ratedCapacity/qudt:numericValue ?rated }
    OPTIONAL { ?o2 sosa:hasFeatureOfInterest ?pack ; sosa:observedProperty adit:capacityFade ; sosa:hasResult/qudt:numericValue ?fade }
    OPTIONAL { ?o3 sosa:hasFeatureOfInterest ?pack ; sosa:observedProperty adit:stateOfCertifiedEnergy ; sosa:hasResult/qudt:numericValue ?energy }
    BIND(COALESCE(100 * ?left / ?rated, 100 - ?fade, ?energy) AS ?soh)
    BIND(IF(BOUND(?left), \"capacity\", IF(BOUND(?fade), \"fade\", IF(BOUND(?energy), \"energy\", \"unknown\"))) AS ?rule)
    FILTER(!BOUND(?soh) || ?soh < 80)
    OPTIONAL { ?module adit:partOf+ ?pack ; schema:manufacturer ?supplier } }";

/// Where was a valve of a model installed in March?
const RECALL: &str = "SELECT ?valve ?parent ?name ?from ?to {
    ?valve schema:model shop:V .
    ?i adit:installedItem ?valve ; adit:installedIn ?parent ; schema:validFrom ?from .
    OPTIONAL { ?i schema:validThrough ?to }
    FILTER(?from < \"2026-04-01T00:00:00Z\"^^xsd:dateTime && (!BOUND(?to) || ?to > \"2026-03-01T00:00:00Z\"^^xsd:dateTime))
    OPTIONAL { ?parent schema:name ?name } }";

/// What did a machine cost the climate by one method, over how much of its mass, with how much primary data?
const FOOTPRINT: &str = "SELECT (SUM(?kg) AS ?mass) (SUM(?covered) AS ?known) (SUM(COALESCE(?co2, 0)) AS ?total) (SUM(?primary) / SUM(?covered) AS ?share) {
    ?part adit:partOf+ oem:rig1 ; schema:weight/qudt:numericValue ?kg .
    OPTIONAL { ?part adit:productFootprint ?f . ?f dct:conformsTo mill:method ; adit:pcfExcludingBiogenicUptake ?co2 ; adit:primaryDataShare ?s }
    BIND(IF(BOUND(?co2), ?kg, 0) AS ?covered)
    BIND(IF(BOUND(?s), ?kg * ?s, 0) AS ?primary) }";

/// The same over those parts alone that have a figure: the method does not lead to all that it was used for.
const FOOTPRINT_KNOWN: &str = "SELECT (SUM(?co2) AS ?total) {
    ?f dct:conformsTo mill:method ; adit:pcfExcludingBiogenicUptake ?co2 .
    ?part adit:productFootprint ?f ; adit:partOf+ oem:rig1 }";

/// What was built in and is not there any more, and what is there and was not built in?
const CHANGED: &str = "SELECT ?part ?what {
    { ?i adit:installedIn oem:rig1 ; adit:asBuilt true ; adit:installedItem ?part BIND(\"gone\" AS ?what)
      FILTER NOT EXISTS { ?part adit:partOf oem:rig1 } }
    UNION
    { ?part adit:partOf oem:rig1 BIND(\"new\" AS ?what)
      MINUS { ?i adit:installedItem ?part ; adit:installedIn oem:rig1 ; adit:asBuilt true } } }";

/// How is a pack taken apart, safely, and what is in it where?
const DISMANTLING: &str = "SELECT ?instructions ?url ?safety ?cas ?concentration ?location {
    cells:p6 schema:model? ?described .
    OPTIONAL { ?described adit:dismantlingInstructions ?instructions OPTIONAL { ?instructions schema:contentUrl ?url } }
    OPTIONAL { ?described adit:safetyInstructions ?safety }
    OPTIONAL { ?described eudpp:containsSubstanceOfConcern ?s . ?s eudpp:numberCAS ?cas ; eudpp:hasConcentration ?concentration
        OPTIONAL { ?s eudpp:substanceLocation ?location } } }";

/// Which components of a machine contain lead above 0.1 %, in themselves or by their model?
const SUBSTANCE: &str = "SELECT DISTINCT ?part ?concentration {
    ?part adit:partOf+ oem:rig1 ; schema:model?/eudpp:containsSubstanceOfConcern ?s .
    ?s eudpp:numberCAS \"7439-92-1\" ; eudpp:hasConcentration ?concentration FILTER(?concentration > 0.1) }";

/// Asks, and holds rows, requests by company and rounds against what they should be.
#[track_caller]
fn check(text: &str, rows: &[&str], requests: &str) {
    let net = net();
    let (found, gathered) = answer(&net, text);
    let short = |row: &String| {
        let row = row.replace("https://", "").replace(".example/id/", ":");
        let row = row.replace("^^<http://www.w3.org/2001/XMLSchema#integer>", "");
        row.replace("^^<http://www.w3.org/2001/XMLSchema#decimal>", "")
            .replace("T00:00:00Z\"^^<http://www.w3.org/2001/XMLSchema#dateTime>", "\"")
    };
    let found: Vec<_> = found.iter().map(short).collect();
    let asked = sources(&gathered).into_iter();
    let asked =
        asked.map(|(did, _, requests)| format!("{} {requests}", did.trim_end_matches(".example")));
    let asked =
        format!("{} in {} rounds", asked.collect::<Vec<_>>().join(", "), gathered.report.rounds);
    assert_eq!((found, asked.as_str()), (rows.iter().map(ToString::to_string).collect(), requests));
    assert!(gathered.report.complete);
    // Who knows nothing of it is not asked.
    assert!(!net.asked().contains(&did("recycler")));
}

#[test]
fn state_of_health_with_the_rule_and_the_supplier() {
    check(
        STATE_OF_HEALTH,
        &[
            "?pack=<cells:p1> ?rig=<oem:rig1> ?rule=\"capacity\" ?soh=\"75\" ?supplier=<did:web:mill.example>",
            "?pack=<cells:p2> ?rig=<oem:rig1> ?rule=\"fade\" ?soh=\"70\" ?supplier=<did:web:mill.example>",
            "?pack=<cells:p3> ?rig=<oem:rig2> ?rule=\"energy\" ?soh=\"79\" ?supplier=<did:web:mill.example>",
            "?pack=<cells:p4> ?rig=<oem:rig2> ?rule=\"unknown\" ?supplier=<did:web:mill.example>",
        ],
        "cells 5, mine 6, oem 4, shop 1 in 9 rounds",
    );
}

#[test]
fn where_every_valve_of_a_model_was() {
    check(
        RECALL,
        &[
            "?from=\"2025-01-01\" ?name=\"one\" ?parent=<oem:rig1> ?valve=<shop:v2>",
            "?from=\"2026-02-01\" ?name=\"one\" ?parent=<oem:rig1> ?valve=<shop:v4>",
            "?from=\"2026-03-10\" ?name=\"two\" ?parent=<oem:rig2> ?valve=<shop:v3>",
        ],
        "mine 3, oem 4, shop 1 in 4 rounds",
    );
}

#[test]
fn a_footprint_rolled_up_with_its_coverage() {
    check(
        FOOTPRINT,
        &["?known=\"42\" ?mass=\"102\" ?share=\"78.571428571428571428\" ?total=\"107\""],
        "cells 1, mill 4, mine 1, oem 5, shop 5 in 7 rounds",
    );
}

#[test]
fn a_method_does_not_lead_to_all_that_it_was_used_for() {
    check(
        FOOTPRINT_KNOWN,
        &["?total=\"107\""],
        "cells 1, mill 2, mine 1, oem 4, shop 3 in 5 rounds",
    );
}

#[test]
fn as_built_against_as_maintained() {
    check(
        CHANGED,
        &[
            "?part=<cells:p1> ?what=\"new\"",
            "?part=<cells:p2> ?what=\"new\"",
            "?part=<shop:v1> ?what=\"gone\"",
            "?part=<shop:v4> ?what=\"new\"",
        ],
        "mine 5, oem 5 in 3 rounds",
    );
}

#[test]
fn how_a_pack_is_taken_apart() {
    check(
        DISMANTLING,
        &[
            "",
            "?cas=\"7439-92-1\" ?concentration=\"0.2\" ?instructions=<cells:d1> ?safety=<cells:d2> ?url=<cells:pdf1>",
            "?cas=\"7440-02-0\" ?concentration=\"12.5\" ?instructions=<cells:d1> ?location=\"cathode\" ?safety=<cells:d2> ?url=<cells:pdf1>",
        ],
        "cells 7 in 4 rounds",
    );
}

#[test]
fn components_that_contain_a_substance() {
    check(
        SUBSTANCE,
        &[
            "?concentration=\"0.2\" ?part=<cells:p1>",
            "?concentration=\"0.2\" ?part=<cells:p2>",
            "?concentration=\"0.4\" ?part=<mill:seal>",
        ],
        "cells 4, mill 2, mine 1, oem 5, shop 4 in 6 rounds",
    );
}
