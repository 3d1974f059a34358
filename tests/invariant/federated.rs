//! All companies together: a question planned across holders against one store of all that is visible.

use crate::answer::Answer;
use crate::case::{Answers, Case, Wholes};
use crate::coverage::{Bar, Coverage};
use crate::data::{World, iri};
use crate::holdings::Holdings;
use crate::network::{Fault, Network};
use crate::oracle::Cut;
use crate::party::Party;
use crate::probe;
use crate::query::{Question, unanchored};
use adit_facts::{QueryError, Scratch, View};
use adit_federation::{Limits, Plan, Refusal, Report, Status, gather};
use fastrand::Rng;
use oxrdf::NamedNode;
use spargebra::SparqlParser;
use std::collections::BTreeSet;

/// Data sets, and questions drawn from each.
const WORLDS: u64 = 336;
const CASES: u64 = 6;
/// Data sets for the other tests.
const FEW_WORLDS: u64 = 60;
/// A fault must show within this many of the same cases.
const CASES_TO_CATCH: u64 = 300;
const UNANCHORED: u64 = 200;
/// At least so many of the questions of the trade have an answer.
const TRADE_NON_EMPTY: usize = 150;
/// At least so many hidden items are asked about.
const HIDDEN_ITEMS: usize = 60;

const BAR: Bar = Bar {
    cases: (WORLDS * CASES) as usize,
    worlds: WORLDS as usize,
    non_empty_percent: 40,
    restricted_percent: 25,
    of_each_feature: 50,
    of_deep: 35,
};

#[test]
fn the_answer_across_companies_is_that_of_one_store_of_all_that_is_visible() {
    // The data sets are shared out between two threads; what each covers is added up.
    let halves = std::thread::scope(|scope| {
        let half =
            |odd: u64| scope.spawn(move || covered((0..WORLDS).filter(move |it| it % 2 == odd)));
        let halves = [half(0), half(1)];
        halves.map(|half| half.join().expect("every case of this half is answered"))
    });
    let [mut coverage, other] = halves;
    coverage.add(&other);
    println!("federated: {coverage}");
    coverage.assert(&BAR);
    coverage.assert_wide(&BAR);
}

fn covered(worlds: impl Iterator<Item = u64>) -> Coverage {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut coverage = Coverage::default();
    for world in worlds.map(World::new) {
        let (holdings, wholes) = (Holdings::of(&world), Wholes::of(&world));
        for case in (0..CASES).map(|number| Case::federated(&world, &wholes, number)) {
            let network = Network::new(&case, &holdings, None);
            let (answer, report) = runtime.block_on(ask(&network, &case));
            case.assert_answered(&answer);
            assert_only_the_absent_failed(&case, &report);
            coverage.note(&case);
            let brought = report.sources.iter().filter(|source| source.quads > 0).count();
            *coverage.answered.entry(brought).or_default() += 1;
            coverage.beyond_one += usize::from(brought > 1 && no_one_company_knows(&case));
        }
    }
    coverage
}

#[tokio::test]
async fn the_questions_of_the_trade_are_answered_as_over_one_store() {
    let mut non_empty = 0;
    for world in (0..FEW_WORLDS).map(World::new) {
        let (holdings, wholes) = (Holdings::of(&world), Wholes::of(&world));
        // A quarter of the questions to each data set, so that four data sets hear all of them.
        let quarter = probe::FEDERATED_COUNT as u64 / 4;
        let numbers = (0..quarter).map(|number| number * 4 + world.seed / 6 % 4);
        for case in numbers.map(|number| Case::federated_probe(&world, &wholes, number)) {
            let network = Network::new(&case, &holdings, None);
            let (answer, report) = ask(&network, &case).await;
            case.assert_answered(&answer);
            assert_only_the_absent_failed(&case, &report);
            non_empty += usize::from(!case.expected.is_empty());
        }
    }
    println!("questions of the trade: {non_empty} not empty");
    assert!(non_empty >= TRADE_NON_EMPTY, "only {non_empty} answers are not empty");
}

#[tokio::test]
async fn a_peer_that_is_dropped_without_a_word_is_caught() {
    assert_caught("a dropped peer", |case| {
        let mut peers = case.seen_by.iter().map(|(company, _)| *company);
        peers.rfind(|company| Some(*company) != case.home()).map(Fault::Dropped)
    })
    .await;
}

#[tokio::test]
async fn a_prohibition_that_is_forgotten_is_caught() {
    assert_caught("a forgotten prohibition", |_| Some(Fault::ProhibitionsForgotten)).await;
}

#[tokio::test]
async fn a_clock_that_is_behind_is_caught() {
    assert_caught("a clock that is behind", |_| Some(Fault::ClocksBehind)).await;
}

/// The suite above, with a fault: it must fail, and soon.
async fn assert_caught(what: &str, fault: impl Fn(&Case<'_>) -> Option<Fault>) {
    let mut ran = 0;
    for world in (0..FEW_WORLDS).map(World::new) {
        let (holdings, wholes) = (Holdings::of(&world), Wholes::of(&world));
        for case in (0..CASES).map(|number| Case::federated(&world, &wholes, number)) {
            ran += 1;
            let network = Network::new(&case, &holdings, fault(&case));
            let (answer, _) = ask(&network, &case).await;
            if !case.is_answered_by(&answer) {
                println!("{what} is caught by case {ran}");
                return;
            }
            assert!(ran < CASES_TO_CATCH, "{what} is not caught within {ran} cases");
        }
    }
}

#[tokio::test]
async fn a_question_that_nothing_anchors_is_refused_before_anybody_is_asked() {
    for number in 0..UNANCHORED {
        let world = World::new(number % FEW_WORLDS);
        let (holdings, wholes) = (Holdings::of(&world), Wholes::of(&world));
        let mut rng = Rng::with_seed(number);
        let answers = Answers::everywhere(&world, &wholes, &mut rng);
        let question = Question::new(unanchored(&mut rng, answers.source()));
        let case = answers.case(&world, number, question);
        let network = Network::new(&case, &holdings, None);
        let query = SparqlParser::new().parse_query(&case.question.text).expect("it parses");
        match gather_quads(&network, &query).await {
            Err(Refusal::NotAnchored { .. }) => {}
            Err(other) => panic!("{}\nis refused for another reason: {other}", case.question.text),
            Ok(_) => panic!("{}\nis not refused", case.question.text),
        }
        assert_eq!(network.requests(), 0, "{}", case.question.text);
    }
}

#[tokio::test]
async fn a_hidden_item_and_a_missing_one_give_equal_answers_and_reports() {
    let questions = [
        "SELECT ?p ?o WHERE { ITEM ?p ?o }",
        "SELECT ?s ?p WHERE { ?s ?p ITEM }",
        "ASK { ITEM <https://schema.org/name> ?name }",
        "SELECT (COUNT(*) AS ?n) WHERE { ITEM <https://w3id.org/adit/ns#partOf>+ ?whole }",
        "SELECT * WHERE { ?part <https://w3id.org/adit/ns#partOf>* ?whole . ?whole <https://w3id.org/adit/ns#fromBatch> ITEM }",
        "DESCRIBE ITEM",
    ];
    let mut asked = 0;
    for world in (0..FEW_WORLDS).map(World::new) {
        let (holdings, wholes) = (Holdings::of(&world), Wholes::of(&world));
        for hidden in hidden_items(&world, &wholes).into_iter().take(3) {
            let (item, missing, answers) = hidden;
            let text = questions[asked % questions.len()];
            asked += 1;
            let question = |item: &NamedNode| text.replace("ITEM", &item.to_string());
            let mut case = answers.case(&world, 0, Question::new(question(&item)));
            let of_hidden = ask(&Network::new(&case, &holdings, None), &case).await;
            case.question = Question::new(question(&missing));
            let of_missing = ask(&Network::new(&case, &holdings, None), &case).await;
            assert!(of_hidden.0.is_ok(), "{case}{:?}", of_hidden.0);
            assert_eq!(of_hidden, of_missing, "{case}and {item}");
        }
    }
    assert!(asked >= HIDDEN_ITEMS, "{asked} hidden items");
}

/// Items of some company of which the asker can see nothing, each with one that does not exist.
fn hidden_items(world: &World, wholes: &Wholes) -> Vec<(NamedNode, NamedNode, Answers)> {
    let drawn = || {
        let mut rng = Rng::with_seed(world.seed);
        Answers::of(world, wholes, Party::draw(world, &mut rng), 0)
    };
    let answers = drawn();
    let visible: BTreeSet<String> = answers
        .source()
        .seen
        .iter()
        .flat_map(|quad| [quad.subject.to_string(), quad.object.to_string()])
        .collect();
    let items: BTreeSet<String> = answers
        .source()
        .all
        .iter()
        .map(|quad| quad.subject.to_string())
        .filter(|item| item.starts_with("<https://id.") && !visible.contains(item))
        .collect();
    let mut hidden: Vec<String> = items.into_iter().collect();
    Rng::with_seed(world.seed).shuffle(&mut hidden);
    let pair = |item: String| {
        let item = item.trim_matches(['<', '>']);
        let prefix = item.rsplit_once('/').map_or(item, |(prefix, _)| prefix);
        (iri(item), iri(&format!("{prefix}/999")), drawn())
    };
    hidden.into_iter().take(3).map(pair).collect()
}

async fn gather_quads(
    network: &Network<'_>,
    query: &spargebra::Query,
) -> Result<(Vec<oxrdf::Quad>, Report), Refusal> {
    let plan = Plan::of(query)?;
    let gathered = gather(&plan, network, &Limits::default()).await?;
    Ok((gathered.quads, gathered.report))
}

/// Gathers what the question needs, and answers the question itself from that.
async fn ask(network: &Network<'_>, case: &Case<'_>) -> (Result<Answer, String>, Report) {
    let query = match SparqlParser::new().parse_query(&case.question.text) {
        Ok(query) => query,
        Err(error) => return (Err(error.to_string()), Report::default()),
    };
    let (quads, report) = match gather_quads(network, &query).await {
        Ok(gathered) => gathered,
        Err(refusal) => return (Err(refusal.to_string()), Report::default()),
    };
    let results = Scratch::new(&std::env::temp_dir(), quads)
        .and_then(|scratch| View::open_scratch(&scratch, case.at))
        .map_err(QueryError::from)
        .and_then(|view| view.query(&query));
    (results.map(Answer::of).map_err(|error| error.to_string()), report)
}

/// Whether each company by itself, with what the asker may see there, would answer something else.
fn no_one_company_knows(case: &Case<'_>) -> bool {
    case.seen_by.iter().all(|one| {
        let cut = Cut::new(case.world, std::slice::from_ref(one), case.at);
        cut.answer(&case.question.text).as_ref() != Ok(&case.expected)
    })
}

/// A company that refuses, or that one's own policies do not let ask, is named in the report, and nobody else.
fn assert_only_the_absent_failed(case: &Case<'_>, report: &Report) {
    let party = case.party.as_ref().expect("somebody asks all companies");
    for source in &report.sources {
        let at = case.world.companies.iter().position(|company| company.did == source.did);
        let at = at.expect("only companies of the data set are asked");
        let expected = match &source.status {
            Status::Answered => "answered",
            Status::Moved => "moved",
            Status::NotSent { .. } => "not sent",
            Status::Failed { .. } => "refused",
        };
        assert_eq!(expected, party.outcome(case.world, at), "{case}{report}");
        assert!(source.status.is_whole() || !report.complete, "{case}{report}");
    }
}
