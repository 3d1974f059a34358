use super::world::{iri, quad, room, stored, typed};
use crate::{Change, Fault, Scratch, Store};
use oxrdf::vocab::xsd;
use oxrdf::{BlankNode, GraphName, Literal, Quad};

const NAME: &str = "https://schema.org/name";

fn change(add: &[&Quad], remove: &[&Quad]) -> Change {
    let owned = |quads: &[&Quad]| quads.iter().map(|quad| (*quad).clone()).collect();
    Change { add: owned(add), remove: owned(remove) }
}

#[test]
fn a_quad_lives_while_a_source_states_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let public = room("part/as-built/public");
    let (one, two) = (
        quad("urn:x:1", iri(NAME), Literal::from("shaft"), &public),
        quad("urn:x:1", iri(NAME), Literal::from(2), &public),
    );
    store.apply(3, &change(&[&one, &two, &one], &[])).unwrap();
    assert_eq!((store.generation().unwrap(), store.len().unwrap()), (3, 2));
    store.apply(4, &change(&[], &[&one, &two])).unwrap();
    assert_eq!(store.len().unwrap(), 1);
    store.apply(9, &change(&[&two], &[&one])).unwrap();
    assert_eq!((store.generation().unwrap(), store.len().unwrap()), (9, 1));
    store.apply(10, &change(&[&one], &[&two, &one])).unwrap();
    assert!(store.is_empty().unwrap());
}

#[test]
fn refuses_and_leaves_everything_as_it_was() {
    let public = room("part/as-built/public");
    let good = quad("urn:x:1", iri(NAME), Literal::from("shaft"), &public);
    let (_directory, store) = stored(std::slice::from_ref(&good));
    let other = quad("urn:x:2", iri(NAME), typed("01", xsd::INTEGER), &public);
    let blank = Quad { object: BlankNode::new("b").unwrap().into(), ..good.clone() };
    let derived = Quad { predicate: adit_vocab::adit::PART_OF.into_owned(), ..good.clone() };
    let roomless = Quad { graph_name: GraphName::DefaultGraph, ..good.clone() };
    let table = [
        (
            1,
            change(&[&other], &[]),
            "entry 1 is not newer than generation 1 of the fact store; apply entries in order, each once",
        ),
        (
            2,
            change(&[&other, &blank], &[]),
            "<urn:x:1> <https://schema.org/name> _:b <https://a.example/room/part/as-built/public> cannot be stored: it has a blank node; give the node an IRI at ingest",
        ),
        (
            2,
            change(&[&other, &derived], &[]),
            "<urn:x:1> <https://w3id.org/adit/ns#partOf> \"shaft\" <https://a.example/room/part/as-built/public> cannot be stored: its predicate is derived by the View; state the installation, placement or role assignment instead",
        ),
        (
            2,
            change(&[&other, &roomless], &[]),
            "<urn:x:1> <https://schema.org/name> \"shaft\" cannot be stored: its graph name is not the IRI of a room",
        ),
        (
            2,
            change(&[], &[&good, &other]),
            "<urn:x:2> <https://schema.org/name> \"01\"^^<http://www.w3.org/2001/XMLSchema#integer> <https://a.example/room/part/as-built/public> is removed more often than it is stated; the fact store does not fit the journal, rebuild it",
        ),
    ];
    let before = store.hash().unwrap();
    for (entry, change, text) in table {
        assert_eq!(store.apply(entry, &change).unwrap_err().to_string(), text);
        assert_eq!((store.generation().unwrap(), store.hash().unwrap()), (1, before.clone()));
    }
    let (_directory, empty) = stored(&[]);
    let fault = empty.apply(2, &change(&[], &[&good])).unwrap_err();
    assert!(matches!(fault, Fault::NotStated { .. }), "{fault}");
}

#[test]
fn a_publication_that_is_dropped_leaves_no_trace() {
    let good = quad("urn:x:1", iri(NAME), Literal::from("a"), &room("part/as-built/public"));
    let (_directory, store) = stored(&[]);
    let mut publication = store.begin(2).unwrap();
    publication.add(good.as_ref()).unwrap();
    drop(publication);
    assert_eq!((store.generation().unwrap(), store.len().unwrap()), (1, 0));
}

#[test]
fn equal_facts_have_equal_hashes_whatever_the_order() {
    let rooms = [room("part/as-built/public"), room("part/as-built/owner")];
    let long = "x".repeat(2000);
    let mut quads = Vec::new();
    for n in 0..200 {
        let subject = format!("urn:x:{}", n % 50);
        quads.push(quad(&subject, iri(NAME), Literal::from(n as i64), &rooms[n % 2]));
        quads.push(quad(&subject, iri(NAME), Literal::from(format!("{long}{n}")), &rooms[n % 2]));
    }
    let (_one, at_once) = stored(&quads);
    let (_two, in_parts) = stored(&[]);
    quads.reverse();
    for (entry, part) in (2..).zip(quads.chunks(7)) {
        in_parts.apply(entry, &Change { add: part.to_vec(), remove: vec![] }).unwrap();
    }
    assert_eq!(at_once.hash().unwrap(), in_parts.hash().unwrap());
    // The SHA-256 of no line at all.
    let (_three, empty) = stored(&[]);
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(empty.hash().unwrap(), nothing);
}

#[test]
fn the_hash_is_that_of_the_sorted_lines() {
    let public = room("part/as-built/public");
    let quads = [
        quad("urn:x:2", iri(NAME), Literal::from("b"), &public),
        quad("urn:x:1", iri(NAME), typed("2.50", xsd::DECIMAL), &public),
    ];
    let (_directory, store) = stored(&quads);
    let mut lines = quads.map(|quad| format!("{quad} .\n"));
    lines.sort();
    let expected = <sha2::Sha256 as sha2::Digest>::digest(lines.concat());
    let expected: String = expected.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(store.hash().unwrap(), expected);
}

#[test]
fn refuses_another_format() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open_passing(directory.path()).unwrap();
    let mut txn = store.write_txn().unwrap();
    store.tables().meta.put(&mut txn, "format", &7).unwrap();
    txn.commit().unwrap();
    drop(store);
    let Err(fault) = Store::open(directory.path()) else { panic!("opened") };
    assert_eq!(
        fault.to_string(),
        "the fact store has format 7, this program reads format 1; delete it and rebuild it from the journal"
    );
}

#[test]
fn a_store_opens_again_with_its_generation() {
    let directory = tempfile::tempdir().unwrap();
    let good = quad("urn:x:1", iri(NAME), Literal::from("a"), &room("part/as-built/public"));
    let store = Store::open(directory.path()).unwrap();
    store.apply(5, &change(&[&good], &[])).unwrap();
    let hash = store.hash().unwrap();
    drop(store);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!((store.generation().unwrap(), store.hash().unwrap()), (5, hash));
}

#[test]
fn a_scratch_store_is_deleted_with_its_last_clone() {
    let parent = tempfile::tempdir().unwrap();
    let good = quad("urn:x:1", iri(NAME), Literal::from("a"), &room("part/as-built/public"));
    let scratch = Scratch::new(parent.path(), [good.clone(), good]).unwrap();
    assert_eq!(scratch.len().unwrap(), 1);
    let (clone, directory) = (scratch.clone(), scratch.directory().to_owned());
    drop(scratch);
    assert!(directory.exists());
    drop(clone);
    assert!(!directory.exists());
}

#[test]
fn what_crosses_threads_can() {
    fn moves<T: Send>() {}
    fn is_shared<T: Send + Sync>() {}
    moves::<crate::View>();
    is_shared::<Store>();
    is_shared::<Scratch>();
    is_shared::<crate::Job>();
    is_shared::<crate::Workers>();
}
