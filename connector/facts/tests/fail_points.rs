//! A stop in the middle of a publication leaves the old generation or the new one.
//!
//! A binary of its own: a fail-point is switched on for the whole process.

#![cfg(feature = "fail-points")]

use adit_facts::{Change, Store};
use oxrdf::{NamedNode, Quad};

#[test]
fn a_stop_before_the_commit_leaves_the_old_generation_and_one_after_it_the_new() {
    let iri = |text| NamedNode::new(text).unwrap();
    let room = iri("https://a.example/room/part/as-built/public");
    let quad = Quad::new(iri("urn:x:s"), iri("urn:x:p"), iri("urn:x:o"), room);
    let table = [("begun", 0), ("before-commit", 0), ("after-commit", 1)];
    for (point, generation) in table {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let _scenario = fail::FailScenario::setup();
        fail::cfg(format!("facts.apply.{point}"), "panic").unwrap();
        let change = Change { add: vec![quad.clone()], remove: vec![] };
        let stopped = std::panic::catch_unwind(|| store.apply(1, &change));
        assert!(stopped.is_err());
        assert_eq!((store.generation().unwrap(), store.len().unwrap()), (generation, generation));
    }
}
