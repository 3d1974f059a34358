//! Row S25: documents that are none, that are long, and that are slow.

use super::world;
use crate::attack::Row;
use crate::attack::forge::Key;
use crate::attack::peer::{Answer, Party};
use serde_json::{Value, json};
use std::io::Write;
use std::time::Duration;

#[test]
fn s25_a_document_that_is_none_costs_little() {
    let world = world();
    let long = vec![b' '; 10 << 20];
    let bomb = bomb();
    let written = |head: &'static str, bytes: Vec<u8>| {
        Answer::written(move |stream| {
            drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes)));
        })
    };
    let chunked = Answer::written(|stream| {
        drop(stream.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        ));
        let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 1 << 16], b"\r\n"].concat();
        while stream.write_all(&chunk).is_ok() {}
    });
    let gzip = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    let silent_gzip =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
    // The document of somebody of this name, and one thing in it that is another's.
    let other = |name: &str, change: fn(&mut Value)| {
        let did = format!("did:web:peer.example:{name}");
        let mut document = Party { did, key: Key::es256() }.document();
        change(&mut document);
        Answer::json(&document)
    };
    let rows: [(&str, Answer, &str); 10] = [
        ("ten-megabytes", Answer::Whole(200, "application/json", long), "net.size"),
        ("chunks-without-end", chunked, "net.size"),
        ("gzip-bomb", written(gzip, bomb.clone()), "net.encoding"),
        ("gzip-that-says-nothing", written(silent_gzip, bomb[..60_000].to_vec()), "did.document"),
        ("html", Answer::Whole(200, "text/html", b"<html>sign in</html>".to_vec()), "net.type"),
        (
            "no-type",
            written("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"{}".to_vec()),
            "net.type",
        ),
        ("no-json", Answer::Whole(200, "application/json", b"{".to_vec()), "did.document"),
        (
            "another-id",
            other("another-id", |it| it["id"] = json!("did:web:peer.example:holder")),
            "did.document",
        ),
        (
            "anothers-key",
            other("anothers-key", |it| {
                it["verificationMethod"][0]["id"] = json!("did:web:peer.example:holder#key-1");
            }),
            "did.document",
        ),
        (
            "a-key-that-another-controls",
            other("a-key-that-another-controls", |it| {
                it["verificationMethod"][0]["controller"] = json!("did:web:peer.example:holder");
            }),
            "did.document",
        ),
    ];
    world.scene.target.check(rows.map(|(name, answer, code)| {
        Row::refused("S25", name, world.by(&world.answering(name, answer)), 502, code)
    }));
}

#[test]
fn s25_a_document_that_drips_ends_within_ten_seconds() {
    let world = world();
    let drip = Answer::written(|stream| {
        let head =
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 600\r\n\r\n";
        drop(stream.write_all(head));
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_secs(1));
        }
    });
    let silent = Answer::written(|_| std::thread::sleep(Duration::from_secs(12)));
    let ten = Duration::from_secs(10);
    let parties = [("one-byte-a-second", drip, 6), ("nothing-at-all", silent, 5)]
        .map(|(name, answer, seconds)| (name, world.answering(name, answer), seconds));
    let row = |name: &str, party: &Party| {
        Row::refused("S25", name.to_owned(), world.by(party), 502, "net.slow")
    };
    for (name, party, seconds) in &parties {
        // Whoever failed a moment ago is not asked again, and the same is told at once.
        world.scene.target.check([row(name, party).within(ten), row(name, party).offline()]);
        let got = world.by(party).send(world.scene.target.address());
        let told = format!("did not answer within {seconds} s");
        assert!(got.text().contains(&told), "{}", got.text());
    }
}

/// One megabyte that is a gigabyte inside.
fn bomb() -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..1024 {
        packed.write_all(&zeros).unwrap();
    }
    packed.finish().unwrap()
}
