//! The package's behaviour: what is refused, who is asked, and that the answer is the one of a single store.

mod advice;
mod net;
mod questions;
mod random;
mod scale;

use crate::{Gathered, Limits, PeerFault, PeerRefusal, Plan, Refusal, gather};
use adit_facts::Fetch;
use net::{Net, did, evaluate, quad};
use spargebra::SparqlParser;

/// Four companies: a heat, parts made from it, a machine that holds one, the mine where it runs.
const CHAIN: [(&str, &str); 4] = [
    ("mill", "mill:h1 adit:grade S355J2\nmill:h1 adit:deliveredTo did:web:shop.example"),
    (
        "shop",
        "shop:p1 adit:fromBatch mill:h1\nshop:p2 adit:fromBatch mill:h1\nshop:p1 schema:name pin\n\
         shop:p2 schema:name rod\nshop:i1 adit:installedItem shop:p1\nshop:i1 adit:installedIn shop:s1\n\
         shop:i1 schema:validFrom @2025-01-01",
    ),
    (
        "oem",
        "oem:i1 adit:installedItem shop:s1\noem:i1 adit:installedIn oem:m1\noem:i1 schema:validFrom @2025-01-01\n\
         oem:m1 rdf:type adit:Machine\noem:i2 adit:installedItem shop:p2\noem:i2 adit:installedIn oem:m1\n\
         oem:i2 schema:validThrough @2026-01-01",
    ),
    (
        "mine",
        "mine:l1 adit:placedItem oem:m1\nmine:l1 adit:atPlace mine:kiruna\nmine:l1 schema:validFrom @2025-03-01\nmine:r1 eudpp:inContextOfProduct oem:m1\n\
         mine:r1 eudpp:hasActor did:web:mine.example\nmine:r1 eudpp:hasRole adit:owner\n\
         mine:r1 eudpp:assignmentValidFrom @2025-03-01",
    ),
];

/// Writes out the prefixed names of a test, items as `<mill:h1>`.
fn query(text: &str) -> String {
    let mut prologue = String::new();
    for (prefix, namespace) in adit_vocab::PREFIXES {
        prologue.push_str(&format!("PREFIX {prefix}: <{namespace}>\n"));
    }
    for company in ["mill", "shop", "cells", "oem", "mine", "recycler", "stranger"] {
        prologue.push_str(&format!("PREFIX {company}: <https://{company}.example/id/>\n"));
    }
    prologue + text
}

fn plan(text: &str) -> Result<Plan, Refusal> {
    Plan::of(&SparqlParser::new().parse_query(&query(text)).unwrap())
}

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn ask_within(net: &Net, text: &str, limits: &Limits) -> Result<Gathered, Refusal> {
    run(gather(&plan(text).unwrap(), net, limits))
}

fn ask(net: &Net, text: &str) -> Gathered {
    ask_within(net, text, &Limits::default()).unwrap()
}

/// Asks, and holds the answer against the one over everything.
fn answer(net: &Net, text: &str) -> (Vec<String>, Gathered) {
    let gathered = ask(net, text);
    let rows = evaluate(&gathered.quads, &query(text));
    assert_eq!(rows, evaluate(net.all_quads(), &query(text)));
    (rows, gathered)
}

fn sources(gathered: &Gathered) -> Vec<(&str, &str, usize)> {
    let sources = gathered.report.sources.iter();
    sources.map(|source| (source.did.id(), source.status.word(), source.requests)).collect()
}

#[test]
fn refuses_what_is_never_sent() {
    let service =
        plan("SELECT * { mill:h1 ?p ?o SERVICE <https://x.example/sparql> { ?o ?q ?r } }");
    assert_eq!(
        service.unwrap_err().to_string(),
        "SERVICE <https://x.example/sparql> is not sent; leave it out, the companies to ask are found from the identifiers in the question"
    );
    let lateral = plan("SELECT * { mill:h1 ?p ?o LATERAL { ?o ?q ?r } }");
    assert_eq!(
        lateral.unwrap_err().to_string(),
        "LATERAL is not planned across companies; write the pattern as a join or a subquery"
    );
}

#[test]
fn gives_up_on_a_maze_of_subqueries() {
    let mut text = "?z adit:grade ?x".to_owned();
    for depth in 0..40 {
        text = format!("?v{depth} schema:model <did:web:x.example> {{ SELECT * {{ {text} }} }}");
    }
    let refusal = plan(&format!("SELECT * {{ {text} }}")).unwrap_err();
    assert!(
        matches!(refusal, Refusal::NotAnchored { .. } | Refusal::OverLimit { .. }),
        "{refusal}"
    );
}

#[test]
fn plans_what_an_identifier_leads_to() {
    for text in [
        "SELECT * { ?s ?p mill:h1 }",
        "SELECT * { ?x schema:manufacturer <did:web:shop.example> }",
        "SELECT * { ?x adit:fromBatch ?h FILTER(?h = mill:h1 || ?h IN (mill:h2, mill:h3)) }",
        "SELECT * { ?x adit:fromBatch ?h FILTER(sameTerm(?h, mill:h1) && ?x != mill:h2) }",
        "SELECT * { BIND(mill:h1 AS ?h) BIND(?h AS ?i) ?x adit:fromBatch ?i }",
        "SELECT * { ?x adit:fromBatch [ adit:grade ?g ] FILTER EXISTS { ?x ?p ?o } VALUES ?x { shop:p1 } }",
        "SELECT * { { SELECT ?h (COUNT(?x) AS ?n) { ?x adit:fromBatch ?h } GROUP BY ?h } FILTER(?h = mill:h1) }",
        "SELECT * { GRAPH ?r { ?x adit:fromBatch mill:h1 . ?x adit:partOf* ?y } }",
        "SELECT * { { BIND(mill:h1 AS ?h) } UNION { VALUES ?h { mill:h2 } } ?h adit:grade ?g }",
        "SELECT * { oem:m1 ^adit:partOf+/adit:fromBatch ?h . ?h adit:grade ?g }",
        "ASK { mill:h1 !(adit:grade|^adit:fromBatch) ?x }",
        "SELECT * { BIND(IRI(CONCAT(\"https://mill.example/id/\", \"h1\")) AS ?x) ?x adit:grade ?g }",
        "SELECT * { mill:h1 ?p ?a OPTIONAL { ?a prov:alternateOf ?b } BIND(COALESCE(?b, ?a) AS ?c) ?c schema:name ?n }",
        "SELECT * { mill:h1 ?p ?a OPTIONAL { ?a prov:alternateOf ?b } BIND(IF(BOUND(?b), ?b, oem:m1) AS ?c) OPTIONAL { ?c schema:name ?n } }",
        "SELECT * { mill:h1 ?p ?a OPTIONAL { ?a adit:partOf ?b OPTIONAL { ?b adit:partOf ?c OPTIONAL { ?c schema:name ?n } } } }",
        "SELECT * { mill:h1 ?p ?a OPTIONAL { ?a adit:partOf ?b } OPTIONAL { ?a adit:partOf ?b . ?b schema:name ?n } }",
        "DESCRIBE ?x { mill:h1 ?p ?a BIND(?a AS ?x) }",
    ] {
        plan(text).unwrap_or_else(|refusal| panic!("{text}: {refusal}"));
    }
}

#[test]
fn answers_across_four_companies_and_asks_only_who_may_know() {
    let mut companies = CHAIN.to_vec();
    let names: Vec<String> = (0..50).map(|at| format!("bystander{at}")).collect();
    let facts: Vec<String> =
        names.iter().map(|name| format!("{name}:h1 adit:grade S355J2")).collect();
    companies.extend(names.iter().zip(&facts).map(|(name, facts)| (name.as_str(), facts.as_str())));
    let text = "SELECT ?part ?machine ?mine ?owner ?since {
        ?part adit:fromBatch mill:h1 ; adit:partOf+ ?machine .
        ?machine a adit:Machine ; adit:locatedAt ?mine ; adit:ownedBy ?owner .
        ?role eudpp:inContextOfProduct ?machine ; eudpp:hasActor ?owner ; eudpp:assignmentValidFrom ?since }";
    let (rows, gathered) = answer(&Net::of(&CHAIN), text);
    assert_eq!(rows.len(), 1, "{rows:?}");
    let (crowd_rows, crowd) = answer(&Net::of(&companies), text);
    assert_eq!((crowd_rows, &crowd.report), (rows, &gathered.report));
    assert_eq!(
        sources(&gathered),
        [
            ("mine.example", "answered", 2),
            ("oem.example", "answered", 3),
            ("shop.example", "answered", 2)
        ]
    );
}

#[test]
fn rounds_of_a_walk_are_borders_and_not_levels() {
    let level = |company: &str, at: usize, next: String| {
        format!(
            "{company}:i{at} adit:installedItem {company}:x{at}\n{company}:i{at} adit:installedIn {next}\n{company}:i{at} schema:validFrom @2025-01-01\n"
        )
    };
    let tower = |company: &str, next: &str| {
        (0..9).map(|at| level(company, at, format!("{company}:x{}", at + 1))).collect::<String>()
            + &level(company, 9, next.to_owned())
    };
    let (mill, shop, oem) =
        (tower("mill", "shop:x0"), tower("shop", "oem:x0"), tower("oem", "oem:x0"));
    let net = Net::of(&[("mill", &mill), ("shop", &shop), ("oem", &oem)]);
    let (rows, gathered) = answer(&net, "SELECT ?up { mill:x0 adit:partOf+ ?up }");
    assert_eq!(rows.len(), 29);
    assert_eq!(gathered.report.rounds, 3);
    let (rows, gathered) = answer(&net, "SELECT ?down { ?down adit:partOf* oem:x9 }");
    assert_eq!((rows.len(), gathered.report.rounds), (30, 3));
    // The shop is asked twice: it has parents whose identifiers are like those of the first.
    assert_eq!(net.asked().len(), 3 + 4);
}

#[test]
fn a_star_and_its_options_take_one_round_each() {
    let net = Net::of(&CHAIN);
    let text = "SELECT * { VALUES ?x { shop:p1 shop:p2 } ?x adit:fromBatch ?h ; schema:name ?n
        OPTIONAL { ?x schema:model ?m } OPTIONAL { ?x adit:partOf ?y } OPTIONAL { ?h adit:grade ?g } }";
    let (_, gathered) = answer(&net, text);
    assert_eq!(gathered.report.rounds, 2, "{}", gathered.report);
    let first = net.calls.lock().unwrap()[0].1.clone();
    let Fetch::Match { subjects: Some(subjects), predicates: Some(predicates), objects: None } =
        first
    else {
        panic!("{first:?}")
    };
    assert_eq!((subjects.len(), predicates.len()), (2, 2));
}

#[test]
fn bindings_go_out_in_batches() {
    let lines: String = (0..1201)
        .map(|at| format!("shop:p{at} adit:fromBatch mill:h1\nshop:p{at} schema:name n{at}\n"))
        .collect();
    let net = Net::of(&[("shop", &lines)]);
    let (rows, gathered) = answer(&net, "SELECT * { ?x adit:fromBatch mill:h1 ; schema:name ?n }");
    assert_eq!((rows.len(), net.asked().len(), gathered.report.rounds), (1201, 4, 2));
    let bytes = Limits { batch_bytes_max: 300, ..Limits::default() };
    let lines: String = (0..20).map(|at| format!("shop:p{at} adit:fromBatch mill:h1\n")).collect();
    let net = Net::of(&[("shop", &lines)]);
    ask_within(&net, "SELECT * { ?x adit:fromBatch mill:h1 ; schema:name ?n }", &bytes).unwrap();
    assert_eq!(net.asked().len(), 1, "nobody has a name");
    ask_within(&net, "SELECT * { ?x adit:fromBatch mill:h1 ; adit:fromBatch ?n }", &bytes).unwrap();
    assert_eq!(net.asked().len(), 1 + 1 + 2);
}

#[test]
fn a_company_that_a_fact_names_is_found_and_asked_for_all() {
    let facts =
        "shop:p1 adit:fromBatch stranger:h1\nstranger:h1 adit:factsHeldBy did:web:stranger.example";
    let held = "stranger:h1 adit:grade S355J2\nstranger:h1 adit:deliveredTo did:web:nowhere.example\nshop:p1 schema:name pin";
    let mut net = Net::of(&[("shop", facts), ("stranger", held)]);
    net.strangers.insert(did("stranger"));
    let (rows, gathered) = answer(
        &net,
        "SELECT * { shop:p1 adit:fromBatch ?h OPTIONAL { shop:p1 schema:name ?n } ?h adit:grade ?g }",
    );
    assert_eq!(rows.len(), 1);
    let words: Vec<_> = gathered.report.sources.iter().map(|source| source.status.word()).collect();
    assert_eq!(words, ["unreachable", "answered", "answered"], "{}", gathered.report);
    assert!(!gathered.report.complete);
}

#[test]
fn a_walk_goes_on_at_a_company_that_a_fact_on_the_way_names() {
    let mut net = Net::of(&[
        (
            "oem",
            "oem:i1 adit:installedItem stranger:x1\noem:i1 adit:installedIn oem:m1\noem:i1 schema:validFrom @2025-01-01\n\
             stranger:x1 adit:factsHeldBy did:web:stranger.example",
        ),
        (
            "stranger",
            "stranger:i1 adit:installedItem mill:p1\nstranger:i1 adit:installedIn stranger:x1\nstranger:i1 schema:validFrom @2025-01-01\n\
             mill:p1 adit:factsHeldBy did:web:mill.example",
        ),
        (
            "mill",
            "mill:i1 adit:installedItem mill:p2\nmill:i1 adit:installedIn mill:p1\nmill:i1 schema:validFrom @2025-01-01",
        ),
    ]);
    net.strangers.extend(["stranger", "mill"].map(did));
    let (rows, gathered) = answer(&net, "SELECT * { ?part adit:partOf+ oem:m1 }");
    assert_eq!(rows.len(), 3);
    // What came along was not asked for by itself.
    assert_eq!(net.asked().len(), 3, "{}", gathered.report);
}

#[test]
fn a_choice_leads_on_whichever_way_it_falls() {
    let net = Net::of(&[
        (
            "mine",
            "mine:u1 prov:alternateOf oem:m1\nmine:u1 schema:containedInPlace mine:kiruna\nmine:u2 schema:containedInPlace mine:kiruna\n\
             mine:u2 schema:name loader",
        ),
        ("oem", "oem:m1 schema:name rig\noem:m2 schema:name spare"),
    ]);
    let text = "SELECT ?unit ?name { ?unit schema:containedInPlace mine:kiruna
        OPTIONAL { ?unit prov:alternateOf ?other } BIND(COALESCE(?other, ?unit) AS ?machine) ?machine schema:name ?name }";
    let (rows, gathered) = answer(&net, text);
    assert_eq!(rows.len(), 2, "{rows:?}");
    let asked = sources(&gathered);
    assert_eq!(asked, [("mine.example", "answered", 3), ("oem.example", "answered", 1)]);
}

#[test]
fn what_much_refers_to_is_not_started_from_where_an_item_leads() {
    let parts: String = (0..200)
        .map(|at| {
            format!(
                "shop:p{at} adit:productFootprint shop:f{at}\nshop:f{at} dct:conformsTo mill:method\n\
                 shop:p{at} schema:manufacturer did:web:shop.example\n"
            )
        })
        .collect();
    let built = "oem:i1 adit:installedItem shop:p7\noem:i1 adit:installedIn oem:m1\noem:i1 schema:validFrom @2025-01-01\n\
                 oem:m1 schema:manufacturer did:web:shop.example";
    let net = Net::of(&[("shop", &parts), ("oem", built)]);
    for text in [
        "SELECT * { ?f dct:conformsTo mill:method . ?p adit:productFootprint ?f ; adit:partOf+ oem:m1 }",
        "SELECT * { oem:m1 schema:manufacturer ?o . ?p schema:manufacturer ?o ; adit:partOf oem:m1 ; adit:productFootprint ?f . ?f dct:conformsTo mill:method }",
    ] {
        let (rows, gathered) = answer(&net, text);
        assert_eq!(rows.len(), 1);
        assert!(gathered.quads.len() < 10, "{text}: {} quads", gathered.quads.len());
    }
}

#[test]
fn a_company_that_fails_makes_the_answer_partial_and_nothing_more() {
    let refused = PeerRefusal {
        rule: "purpose-recall".to_owned(),
        operand: "odrl:purpose".to_owned(),
        expected: "adit:purpose-recall".to_owned(),
        got: "none".to_owned(),
        fix: "ask with --purpose recall".to_owned(),
    };
    let mut net = Net::of(&CHAIN);
    net.faults.insert(did("oem"), PeerFault::Refused(refused));
    net.faults.insert(did("mill"), PeerFault::TooSlow { after_ms: 5000 });
    net.forbidden.insert(did("mine"));
    let gathered = ask(
        &net,
        "SELECT * { ?part adit:fromBatch mill:h1 ; adit:partOf+ ?m . OPTIONAL { mill:h1 adit:grade ?g } }",
    );
    assert_eq!(
        gathered.report.to_string(),
        "source                status       requests     quads\n\
         did:web:mill.example  too slow            1         0  no answer within 5000 ms\n\
         did:web:mine.example  not sent            0         0  refused by no-competitors: odrl:recipient must be a partner, got did:web:mine.example; make a partner of it\n\
         did:web:oem.example   refused             1         0  refused by purpose-recall: odrl:purpose must be adit:purpose-recall, got none; ask with --purpose recall\n\
         did:web:shop.example  answered            2         5\n\
         4 requests in 3 rounds; partial: 3 of 4 sources missing in part"
    );
    assert!(!net.asked().contains(&did("mine")));
}

#[test]
fn a_company_whose_facts_changed_meanwhile_has_moved() {
    let mut net = Net::of(&CHAIN);
    net.moves.insert(did("shop"), 2);
    let gathered = ask(&net, "SELECT * { ?part adit:fromBatch mill:h1 ; schema:name ?n }");
    assert_eq!(sources(&gathered), [("shop.example", "moved", 2)]);
    assert!(!gathered.report.complete);
}

#[test]
fn an_answer_with_a_derived_quad_is_bad() {
    let mut net = Net::of(&[("oem", "oem:a adit:grade x")]);
    net.holdings.get_mut(&did("oem")).unwrap().push(quad("oem", "oem:a adit:partOf oem:b"));
    let gathered = ask(&net, "SELECT * { oem:a ?p ?o }");
    assert_eq!(sources(&gathered), [("oem.example", "bad answer", 1)]);
    assert_eq!(gathered.quads, []);
}

#[test]
fn no_request_names_more_predicates_than_a_company_looks_up() {
    let lines = |form: &str| -> String {
        (0..300).map(|n| form.replace("NUMBER", &n.to_string()) + "\n").collect()
    };
    let net = Net::of(&[("oem", &lines("oem:a oem:pNUMBER oem:bNUMBER"))]);
    let values = lines("oem:pNUMBER");
    let ways: Vec<_> = values.lines().collect();
    let ways: Vec<_> = ways.chunks(30).map(|some| format!("({})", some.join("|"))).collect();
    for (text, count) in [
        (format!("SELECT * {{ VALUES ?p {{ {values} }} oem:a ?p ?o }}"), 300),
        (format!("SELECT * {{ oem:a ({})+ ?o }}", ways.join("|")), 300),
    ] {
        net.calls.lock().unwrap().clear();
        let gathered = ask(&net, &text);
        assert_eq!((gathered.quads.len(), gathered.report.complete), (count, true), "{text}");
        for (_, fetch) in net.calls.lock().unwrap().iter() {
            let named = match fetch {
                Fetch::Match { predicates, .. } => predicates.as_ref().map_or(0, Vec::len),
                Fetch::Walk { steps, .. } => steps.len(),
            };
            assert!(named <= Fetch::PREDICATES_MAX, "{named} in one request");
        }
    }
}

#[test]
fn limits_refuse_by_name() {
    let text = "SELECT * { ?part adit:fromBatch mill:h1 ; schema:name ?n }";
    let table = [
        (Limits { quads_max: 3, ..Limits::default() }, "3 quads"),
        (Limits { requests_max: 1, ..Limits::default() }, "1 requests"),
        (Limits { rounds_max: 1, ..Limits::default() }, "1 rounds"),
    ];
    for (limits, what) in table {
        let refusal = ask_within(&Net::of(&CHAIN), text, &limits).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            format!(
                "over-limit: the question needs more than {what}; start from fewer identifiers or ask for less about each"
            )
        );
    }
    let mut net = Net::of(&CHAIN);
    net.strangers.insert(did("shop"));
    let few = Limits { discoveries_max: 0, ..Limits::default() };
    let refusal = ask_within(&net, "SELECT * { mill:h1 ?p ?o }", &few).unwrap_err();
    assert!(refusal.to_string().contains("more than 0 companies met by name"), "{refusal}");
}

#[test]
fn a_hidden_item_reports_like_one_that_does_not_exist() {
    let net = Net::of(&CHAIN);
    let reports = ["p998", "p999"].map(|item| {
        ask(
            &net,
            &format!(
                "SELECT * {{ shop:{item} ?p ?o OPTIONAL {{ shop:{item} adit:partOf+ ?up }} }}"
            ),
        )
        .report
    });
    assert_eq!(reports[0], reports[1]);
}

#[test]
fn an_installation_that_another_company_ended_is_not_derived_from() {
    let one = "oem:i1 adit:installedItem shop:p1\noem:i1 adit:installedIn oem:m1\noem:i1 schema:validFrom @2025-01-01";
    let other = "oem:i1 schema:validThrough @2026-01-01";
    let net = Net::of(&[("oem", one), ("mine", other)]);
    for text in [
        "SELECT * { shop:p1 adit:partOf ?m }",
        "SELECT * { ?x adit:partOf oem:m1 }",
        "SELECT * { shop:p1 adit:partOf+ ?m }",
        "SELECT * { shop:p1 ?p ?m }",
        "DESCRIBE shop:p1",
    ] {
        let (_, gathered) = answer(&net, text);
        let end = quad("mine", other);
        let is_whole = gathered.quads.is_empty() || gathered.quads.contains(&end);
        assert!(is_whole, "{text}: {:?}", gathered.quads);
    }
}

#[test]
fn an_installation_that_comes_back_for_its_own_sake_is_not_derived_from_without_its_end() {
    let net = Net::of(&[(
        "oem",
        "oem:i1 adit:installedItem oem:p1\noem:i1 adit:installedIn oem:m1\noem:i1 schema:validFrom @2025-01-01\n\
         oem:i1 schema:validThrough @2026-01-01\n\
         oem:i2 adit:installedItem oem:p1\noem:i2 adit:installedIn oem:m2\noem:i2 schema:validFrom @2026-01-01",
    )]);
    let installation = "adit:installedItem ?item ; adit:installedIn ?in ; schema:validFrom ?from";
    for text in [
        // After the derived predicate was asked for.
        format!(
            "SELECT * {{ oem:p1 adit:partOf ?m . ?n adit:installedItem oem:p1 ; {installation} }}"
        ),
        // In the same request.
        format!(
            "SELECT * {{ {{ VALUES ?x {{ oem:p1 oem:i1 }} ?x adit:partOf ?m ; {installation} }} UNION {{ oem:p1 adit:partOf ?m }} }}"
        ),
    ] {
        let (rows, _) = answer(&net, &text);
        assert!(!rows.is_empty(), "{text}");
    }
}

#[test]
fn an_installation_in_two_parts_is_put_together() {
    let net = Net::of(&[
        ("shop", "oem:i1 adit:installedItem shop:p1\noem:i1 schema:validFrom @2025-01-01"),
        (
            "oem",
            "oem:i1 adit:installedIn oem:m1\noem:i2 adit:installedItem oem:m1\noem:i2 adit:installedIn mine:f1\noem:i2 schema:validFrom @2025-01-01",
        ),
    ]);
    for text in ["SELECT * { shop:p1 adit:partOf+ ?m }", "SELECT * { ?x adit:partOf+ mine:f1 }"] {
        let (rows, _) = answer(&net, text);
        assert_eq!(rows.len(), 2, "{text}");
    }
}

#[test]
fn two_spellings_of_a_number_are_one_value() {
    let net = Net::of(&[(
        "shop",
        "shop:p1 adit:operatingHours #1\nshop:p2 adit:operatingHours #01\nshop:p1 schema:model shop:p2",
    )]);
    for text in [
        "SELECT * { shop:p1 adit:operatingHours 01 ; schema:model ?m }",
        "SELECT * { shop:p1 adit:operatingHours ?h ; schema:model ?m . ?m adit:operatingHours ?h }",
        "SELECT * { VALUES ?h { 001 } shop:p1 adit:operatingHours ?h ; schema:model ?m . ?m adit:operatingHours ?h }",
    ] {
        let (rows, _) = answer(&net, text);
        assert_eq!(rows.len(), 1, "{text}");
    }
}

#[test]
fn own_facts_are_asked_for_without_leave() {
    let mut net = Net::of(&CHAIN);
    net.own = Some(did("shop"));
    net.forbidden.extend(["shop", "mill", "oem", "mine"].map(did));
    let gathered = ask(&net, "SELECT * { ?part adit:fromBatch mill:h1 }");
    assert_eq!(gathered.quads.len(), 2);
    assert_eq!(net.asked(), [did("shop")]);
}
