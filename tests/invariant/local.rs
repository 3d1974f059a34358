//! One company, asked about its own facts: the View against the store cut down.

use crate::answer::Answer;
use crate::case::Case;
use crate::coverage::{Bar, Coverage};
use crate::data::World;
use crate::holdings::Holdings;
use crate::probe;
use adit_facts::{QueryError, SeededFault, View};
use spargebra::SparqlParser;

/// Data sets, and questions drawn from each.
const WORLDS: u64 = 100;
const CASES: u64 = 20;
/// A fault of the View must show within this many of the same cases.
const CASES_TO_CATCH: u64 = 300;

#[test]
fn a_caller_gets_the_answer_of_the_store_cut_down_to_what_they_see() {
    let mut coverage = Coverage::default();
    for world in (0..WORLDS).map(World::new) {
        let holdings = Holdings::of(&world);
        for case in (0..CASES).map(|number| Case::local(&world, number)) {
            case.assert_answered(&answer(&holdings, &case, None));
            coverage.note(&case);
        }
    }
    println!("local: {coverage}");
    coverage.assert(&Bar {
        cases: (WORLDS * CASES) as usize,
        worlds: WORLDS as usize,
        non_empty_percent: 60,
        restricted_percent: 30,
        of_each_feature: 55,
        of_deep: 10,
    });
}

#[test]
fn a_caller_gets_the_answer_of_the_cut_store_to_questions_that_leak_elsewhere() {
    for world in (0..WORLDS).map(World::new) {
        let holdings = Holdings::of(&world);
        for case in (0..probe::LOCAL_COUNT as u64).map(|number| Case::local_probe(&world, number)) {
            case.assert_answered(&answer(&holdings, &case, None));
        }
    }
}

#[test]
fn a_view_with_its_mask_off_is_caught() {
    assert_caught(SeededFault::MaskOff);
}

#[test]
fn a_view_that_keeps_duplicates_is_caught() {
    assert_caught(SeededFault::DuplicatesKept);
}

#[test]
fn a_view_that_passes_from_through_is_caught() {
    assert_caught(SeededFault::FromPassedThrough);
}

/// The suite above, with a fault in the View: it must fail, and soon.
fn assert_caught(fault: SeededFault) {
    let mut ran = 0;
    for world in (0..WORLDS).map(World::new) {
        let holdings = Holdings::of(&world);
        for case in (0..CASES).map(|number| Case::local(&world, number)) {
            ran += 1;
            if !case.is_answered_by(&answer(&holdings, &case, Some(fault))) {
                println!("{fault:?} is caught by case {ran}");
                return;
            }
            assert!(ran < CASES_TO_CATCH, "{fault:?} is not caught within {ran} cases");
        }
    }
}

fn answer(
    holdings: &Holdings,
    case: &Case<'_>,
    fault: Option<SeededFault>,
) -> Result<Answer, String> {
    let [(company, asker)] = case.seen_by.as_slice() else {
        return Err("a local case asks one company".to_owned());
    };
    let query = SparqlParser::new().parse_query(&case.question.text).map_err(|e| e.to_string())?;
    let (store, permit) = (holdings.store(*company), asker.permit());
    let view = match fault {
        Some(fault) => View::open_faulty(store, &permit, case.at, fault),
        None => View::open(store, &permit, case.at),
    };
    let results = view.map_err(QueryError::from).and_then(|view| view.query(&query));
    results.map(Answer::of).map_err(|error| error.to_string())
}
