//! What is fetched, kept and remembered of the documents of others, and how little strangers make us ask.

use super::*;
use crate::config::Config;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A server of `peer.example` that has a document for whoever is asked for, but none for `dead`, cannot reach what
/// should answer for `behind-1` and the like, and says nothing of `silent-1` and the like.
fn peer() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, asked) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = asked.clone();
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for mut stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<_> =
                lines.map_while(Result::ok).take_while(|it| !it.is_empty()).collect();
            let name = head[0].split('/').nth(1).unwrap();
            let status = match name.split('-').next().unwrap() {
                "silent" => {
                    silent.push(stream);
                    continue;
                }
                "dead" => 404,
                "behind" => 502,
                _ => 200,
            };
            let body = json!({ "id": format!("did:web:peer.example:{name}") }).to_string();
            let length = body.len();
            drop(write!(
                stream,
                "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            ));
        }
    });
    (address, asked)
}

/// A client that reaches that server, and a cache in a folder of its own.
fn reaching(address: SocketAddr, root: &Path) -> (SafeClient, DocumentCache) {
    let folder = Folder::at(root);
    let settings = format!(
        "did = \"did:web:own.example\"\nname = \"Own\"\n[network.hosts]\n\"peer.example\" = \"{address}\"\n"
    );
    let config = Config::parse(&settings, &folder).unwrap();
    (SafeClient::new(&config, &folder).unwrap(), DocumentCache::new(&folder))
}

#[tokio::test]
async fn a_dead_host_is_asked_little_whatever_strangers_invent_there_and_others_are_not_held_up() {
    let root = tempfile::tempdir().unwrap();
    let (address, asked) = peer();
    let (client, cache) = reaching(address, root.path());
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let ask = async |name: &str, role: Role| {
        let did = format!("did:web:peer.example:{name}").parse().unwrap();
        cache.document(&client, &did, role, now).await.map_err(|error| error.code())
    };
    let mut codes = Vec::new();
    for number in 0..100 {
        codes.push(ask(&format!("behind-{number}"), Role::Stranger).await.unwrap_err());
    }
    assert_eq!(codes[..5], ["peer.unreachable"; 5]);
    assert!(codes[5..].iter().all(|code| *code == "net.paused"), "{codes:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 5);
    // Whom we deal with there is asked all the same, be it for a path that is dead.
    for number in 100..110 {
        let dead = ask(&format!("behind-{number}"), Role::Signer).await;
        assert_eq!(dead.unwrap_err(), "peer.unreachable");
    }
    assert!(ask("alive", Role::Issuer).await.is_ok());
}

#[tokio::test]
async fn what_strangers_name_leaves_room_for_those_whom_we_deal_with() {
    let root = tempfile::tempdir().unwrap();
    let (address, asked) = peer();
    let (client, cache) = reaching(address, root.path());
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let ask = async |name: String, role: Role| {
        let did = format!("did:web:peer.example:{name}").parse().unwrap();
        cache.document(&client, &did, role, now).await.map_err(|error| error.code())
    };
    let strangers = (0..8).map(|number| ask(format!("silent-{number}"), Role::Stranger));
    let known = async {
        while asked.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        ask("alive".to_owned(), Role::Signer).await
    };
    tokio::select! {
        biased;
        answers = futures_util::future::join_all(strangers) => panic!("{answers:?}"),
        known = known => assert!(known.is_ok(), "{known:?}"),
    }
}

#[tokio::test]
async fn a_document_is_kept_a_failure_too_and_neither_when_the_clock_is_set_back() {
    let root = tempfile::tempdir().unwrap();
    let (address, asked) = peer();
    let (client, cache) = reaching(address, root.path());
    let start: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    // What is said of somebody so many seconds later, and how many requests that took.
    let ask = async |name: &str, seconds: i64| {
        let did = format!("did:web:peer.example:{name}").parse().unwrap();
        let before = asked.load(Ordering::SeqCst);
        let now = start + SignedDuration::from_secs(seconds);
        let got = cache.document(&client, &did, Role::Signer, now).await;
        let told = got.map_or_else(|error| error.to_string(), |it| it.did().to_string());
        (told, asked.load(Ordering::SeqCst) - before)
    };
    let alive = || "did:web:peer.example:alive".to_owned();
    assert_eq!(ask("alive", 0).await, (alive(), 1));
    assert_eq!(ask("alive", 599).await, (alive(), 0), "it is fresh");
    assert_eq!(ask("alive", -1).await, (alive(), 0), "it came while this one waited");
    assert_eq!(ask("alive", -3_600).await, (alive(), 1), "the clock was set back");
    let dead = || "https://peer.example/dead/did.json does not answer: status 404".to_owned();
    assert_eq!(ask("dead", 0).await, (dead(), 1));
    assert_eq!(ask("dead", 9).await, (dead(), 0), "it failed a moment ago");
    assert_eq!(ask("dead", 10).await, (dead(), 1), "it is tried again");
    assert_eq!(ask("dead", -3_600).await, (dead(), 1), "the clock was set back");
}

#[test]
fn where_there_are_too_many_the_useless_go_first_and_then_the_oldest() {
    let cache = DocumentCache::new(&Folder::at("/nowhere"));
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let did = |number: usize| format!("did:web:peer.example:{number}").parse::<Did>().unwrap();
    let fill = |number: usize, age_s: i64| {
        let (did, at) = (did(number), now - SignedDuration::from_secs(age_s));
        let document = json!({ "id": did }).to_string();
        let document = DidDocument::parse(&did, document.as_bytes()).unwrap();
        let place = cache.place(&did, now);
        place.try_lock().unwrap().fetched = Some(Fetched { document, at, has_past: false });
    };
    let is_kept = |number: usize| cache.kept.lock().unwrap().contains_key(&did(number));
    let used = cache.place(&did(0), now);
    fill(1, 500);
    fill(2, 600);
    (3..MOST).for_each(|number| fill(number, 100));
    for (new, gone) in [(MOST, 2), (MOST + 1, 1)] {
        fill(new, 0);
        assert!(!is_kept(gone) && is_kept(0) && is_kept(3), "{gone} goes");
        assert_eq!(cache.kept.lock().unwrap().len(), MOST);
    }
    drop(used);
    fill(MOST + 2, 0);
    assert!(!is_kept(0) && is_kept(3));
}

#[test]
fn a_revoked_key_is_remembered_as_revoked_after_its_issuer_is_silent_about_it() {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::at(root.path());
    let cache = DocumentCache::new(&folder);
    let issuer: Did = "did:web:peer.example:issuer".parse().unwrap();
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let key = adit_credentials::Keypair::generate().unwrap();
    let listed =
        adit_credentials::did_web_document(&issuer, &[key.public()], "https://peer.example", &[]);
    let mut revoked = listed.clone();
    revoked["verificationMethod"][0]["revoked"] = json!("2026-11-22T11:00:00Z");
    for document in [listed, revoked, json!({ "id": issuer })] {
        let document = DidDocument::parse(&issuer, document.to_string().as_bytes()).unwrap();
        cache.with_past(document, now).unwrap();
    }
    let [past] = &read_past(&past_keys(&folder, &issuer)).unwrap()[..] else {
        panic!("one key is remembered")
    };
    assert_eq!(past.revoked, Some("2026-11-22T11:00:00Z".parse().unwrap()));
}
