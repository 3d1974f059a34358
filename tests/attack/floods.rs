//! Row W2: who asks too often takes nothing from others.

use super::target::Entry;
use super::*;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::thread;

/// A connection from an address of one's own: all of 127.0.0.0/8 is this machine.
fn from(own: [u8; 4], to: SocketAddr) -> Option<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::from(own)), 0)).unwrap();
        let stream = socket.connect(to).await.ok()?.into_std().unwrap();
        stream.set_nonblocking(false).unwrap();
        Some(stream)
    })
}

fn ask(own: [u8; 4], to: SocketAddr, request: &Request) -> Got {
    let mut stream = from(own, to).expect("a connection");
    stream.write_all(&request.bytes()).unwrap();
    request::answer(&mut stream).expect("an answer")
}

/// A bearer of somebody who has exchanged a presentation from an address.
fn bearer(scene: &Scene, holder: &Party, own: [u8; 4]) -> String {
    let shown = credential(&scene.issuer, &holder.did, MEMBERSHIP).signed(&scene.issuer.key);
    let presentation = presentation(holder, &[shown]).signed(&holder.key);
    let body = json!({ "presentation": presentation }).to_string();
    let got = ask(own, scene.target.address(), &Request::post("/token", "application/json", body));
    assert_eq!(got.status, 200, "{}", got.text());
    got.json()["access_token"].as_str().unwrap().to_owned()
}

/// Sends one request many times over a few connections at once, and counts the statuses.
fn flood(own: [u8; 4], to: SocketAddr, request: &Request, times: usize) -> Flood {
    let request = request.clone().header("Connection", "keep-alive").bytes();
    let sending = (0..4).map(|_| {
        let request = request.clone();
        thread::spawn(move || {
            let mut stream = from(own, to).expect("a connection");
            let mut flood = Flood::default();
            for _ in 0..times / 4 {
                stream.write_all(&request).unwrap();
                flood.count(request::answer(&mut stream).expect("an answer"));
            }
            flood
        })
    });
    let started = Instant::now();
    let sending: Vec<_> = sending.collect();
    let mut whole = Flood::default();
    for thread in sending {
        let part = thread.join().unwrap();
        whole.answered += part.answered;
        whole.refused += part.refused;
        whole.other.extend(part.other);
    }
    whole.took = started.elapsed();
    whole
}

#[derive(Debug, Default)]
struct Flood {
    answered: usize,
    refused: usize,
    other: Vec<u16>,
    took: Duration,
}

impl Flood {
    fn count(&mut self, got: Got) {
        match got.status {
            200 => self.answered += 1,
            429 => {
                let wait: u64 = got.header("retry-after").unwrap().parse().unwrap();
                assert!((1..=3).contains(&wait), "{wait}");
                self.refused += 1;
            }
            status => self.other.push(status),
        }
    }

    /// Fifty a second, after the hundred are used up; some more for the time since.
    fn has_no_burst_left(&self) {
        let allowed = 50 * (self.took.as_secs() as usize + 1) + 25;
        assert!(self.other.is_empty() && self.answered <= allowed, "{self:?}");
    }

    /// A hundred at once and fifty a second, and not one more than the clock allows.
    fn keeps_to(&self, times: usize) {
        let allowed = 100 + 50 * (self.took.as_secs() as usize + 1);
        assert!(self.other.is_empty(), "{self:?}");
        assert!((100..=allowed).contains(&self.answered), "{self:?}");
        assert_eq!(self.answered + self.refused, times, "{self:?}");
    }
}

#[test]
fn w2_who_asks_too_often_takes_nothing_from_others() {
    let mut scene = Scene::started("");
    let to = scene.target.address();
    let (last, watch) = (scene.target.last_entry(), Watch::over(&scene.target));
    let summary = |token: &str| Request::get("/summary").bearer(token);
    let hasty = bearer(&scene, &scene.holder, [127, 0, 1, 1]);
    let calm = scene.peer.party("calm");
    let calm = bearer(&scene, &calm, [127, 0, 1, 2]);
    let others = |number: u8, times: usize| {
        let calm = summary(&calm);
        thread::spawn(move || {
            (0..times).filter(|_| ask([127, 0, 1, number], to, &calm).status == 200).count()
        })
    };
    // One DID sends a thousand, from several addresses as it likes.
    let meanwhile = others(2, 50);
    let flooded = flood([127, 0, 1, 3], to, &summary(&hasty), 1000);
    flooded.keeps_to(1000);
    assert_eq!(meanwhile.join().unwrap(), 50, "somebody calm was refused");
    let elsewhere = flood([127, 0, 1, 4], to, &summary(&hasty), 200);
    elsewhere.has_no_burst_left();
    // A page that anybody may read is no way around.
    let page = flood([127, 0, 1, 9], to, &Request::get("/errors").bearer(&hasty), 200);
    page.has_no_burst_left();
    let by_did = flooded.refused + elsewhere.refused + page.refused;
    // Nobody in particular, from one address.
    let meanwhile = others(2, 50);
    let flooded = flood([127, 0, 1, 5], to, &Request::get("/summary"), 1000);
    flooded.keeps_to(1000);
    assert_eq!(meanwhile.join().unwrap(), 50, "somebody calm was refused");
    assert_eq!(ask([127, 0, 1, 6], to, &Request::get("/summary")).status, 200, "another address");
    let by_address = flooded.refused;
    // Tokens that are none count for the address.
    let forged = Request::get("/summary").bearer("nobody-knows-this-bearer");
    let started = Instant::now();
    let refused: Vec<_> = (0..300).map(|_| ask([127, 0, 1, 7], to, &forged).refusal()).collect();
    let allowed = 100 + 50 * (started.elapsed().as_secs() as usize + 1);
    let times = |status: u16, code: &str| {
        refused.iter().filter(|it| **it == (status, code.to_owned())).count()
    };
    let (looked_up, too_many) = (times(401, "bearer.unknown"), times(429, "rate.address"));
    assert!((100..=allowed).contains(&looked_up), "{looked_up} of 300");
    assert_eq!(looked_up + too_many, 300, "{refused:?}");
    // The company itself is not counted.
    let own = scene.target.adit(&["token", "--json"]);
    let own: Value = serde_json::from_slice(&own.stdout).unwrap();
    let own = summary(own["access_token"].as_str().unwrap());
    let flooded = flood([127, 0, 1, 8], to, &own, 400);
    assert_eq!((flooded.answered, flooded.refused), (400, 0), "{flooded:?}");
    // Each refusal is written down or counted, and a flood is not a line for each.
    watch.check(&scene.target);
    scene.target.end();
    let refusals: Vec<_> =
        scene.target.entries_after(last).into_iter().filter(|it| it.kind == "refusal").collect();
    let by_address = by_address + too_many;
    for (code, times) in [("rate.did", by_did), ("rate.address", by_address)] {
        let of: Vec<_> = refusals.iter().filter(|it| it.body["code"] == code).collect();
        assert!((100..=180).contains(&of.len()), "{code}: {}", of.len());
        let count = |entry: &&Entry| {
            let more = entry.body["more"].as_u64().unwrap_or(0) as usize;
            more + usize::from(entry.body.get("status").is_some())
        };
        assert_eq!(of.iter().map(count).sum::<usize>(), times, "{code}");
    }
    assert!(refusals.iter().all(|it| !it.text.contains(&hasty)));
}

#[test]
fn w2_two_hundred_companies_are_all_served() {
    let scene = Scene::started("");
    let to = scene.target.address();
    let served = thread::scope(|scope| {
        let asking: Vec<_> = (0..4_u8)
            .map(|part| {
                let scene = &scene;
                scope.spawn(move || {
                    let company = |number: u8| {
                        let party = Party::jwk(Key::es256());
                        let own = [127, 0, 2 + part, 1 + number];
                        let request = Request::get("/summary").bearer(&bearer(scene, &party, own));
                        (0..3).filter(|_| ask(own, to, &request).status == 200).count()
                    };
                    (0..50).map(company).sum::<usize>()
                })
            })
            .collect();
        asking.into_iter().map(|it| it.join().unwrap()).sum::<usize>()
    });
    assert_eq!(served, 600);
}

#[test]
fn w2_one_address_keeps_64_connections() {
    let scene = Scene::started("");
    let to = scene.target.address();
    let request = Request::get("/.well-known/did.json").header("Connection", "keep-alive");
    let mut open = Vec::new();
    for _ in 0..64 {
        let mut stream = from([127, 0, 3, 1], to).unwrap();
        stream.write_all(&request.bytes()).unwrap();
        assert_eq!(request::answer(&mut stream).unwrap().status, 200);
        open.push(stream);
    }
    let last = scene.target.last_entry();
    let mut more = from([127, 0, 3, 1], to).unwrap();
    drop(more.write_all(&request.bytes()));
    assert!(request::answer(&mut more).is_none(), "the 65th connection was answered");
    assert_eq!(ask([127, 0, 3, 2], to, &request).status, 200, "another address");
    // Nobody waits for this entry, as nobody is answered.
    let written = || scene.target.entries_after(last);
    while written().is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    let refusals: Vec<_> =
        written().iter().filter_map(|it| it.refusal().map(str::to_owned)).collect();
    assert_eq!(refusals, ["rate.connections"]);
    // The place of a connection that closes is free again.
    drop(open.pop());
    let free = (0..100).any(|_| {
        thread::sleep(Duration::from_millis(20));
        let mut again = from([127, 0, 3, 1], to).unwrap();
        drop(again.write_all(&request.bytes()));
        request::answer(&mut again).is_some_and(|got| got.status == 200)
    });
    assert!(free, "the place stayed taken");
}

#[test]
fn w2_behind_a_proxy_its_header_says_who_asks() {
    let scene = Scene::started("[limits]\nproxy = \"127.0.4.1\"\n");
    let to = scene.target.address();
    let by = |header: &str| Request::get("/summary").header("X-Forwarded-For", header);
    flood([127, 0, 4, 1], to, &by("203.0.113.7"), 400).keeps_to(400);
    assert_eq!(ask([127, 0, 4, 1], to, &by("203.0.113.8")).status, 200, "somebody else");
    // What stands further left was written by the caller.
    flood([127, 0, 4, 1], to, &by("203.0.113.9, 203.0.113.7"), 200).has_no_burst_left();
    // Nobody but the proxy is believed.
    flood([127, 0, 4, 2], to, &by("203.0.113.10"), 400).keeps_to(400);
    flood([127, 0, 4, 2], to, &by("203.0.113.11"), 200).has_no_burst_left();
}

#[test]
fn w2_a_question_that_needs_more_waits_for_its_turn() {
    let mut circle = crate::circle::started();
    assert!(circle.terminate("shop"));
    let settings = circle.folder("shop").join("adit.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text + "\n[limits]\nrequests = 1\nburst = 2\n").unwrap();
    circle.start_one("shop", "did:web:revonsalmi.example").unwrap();
    let question = "SELECT ?heat { <https://id.revonsalmi.example/p/0010455/00042> \
                    <https://w3id.org/adit/ns#fromBatch> ?heat }";
    for _ in 0..4 {
        let ask = ["query", "--text", question, "--purpose", "recall", "--json"];
        let answer = crate::circle::json(&circle.adit("oem", &ask).unwrap());
        let rows = answer["results"]["results"]["bindings"].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{answer}");
    }
    let own = crate::client::Client::own(&circle, "shop");
    let metrics = own.get("/metrics", None);
    assert!(metrics.text().contains("adit_refusals_total{code=\"rate.did\"}"), "{metrics:?}");
}
