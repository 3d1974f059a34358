//! The attack table against a running connector: one harness, one row after another.
//!
//! What every row demands is asserted here and nowhere else: the exact status and code as `problem+json`, the same
//! process afterwards, at most 64 MB more memory, an answer within two seconds unless the row waits for a peer, no
//! connection to the forbidden listener, exactly one entry in the journal that carries the code, and nothing secret in
//! the journal, the state folder or the log.

mod credentials;
mod dcp;
mod floods;
mod hostile;
mod http;
mod keys;
mod outbound;
mod replay;
mod rotation;
pub mod status;
mod tls;
mod tokens;

pub mod forge;
pub mod names;
pub mod peer;
pub mod request;
pub mod secure;
pub mod target;

use crate::client::Got;
use forge::{Key, Token};
use peer::{Party, Peer, forbidden};
use request::Request;
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::{Duration, Instant};
use target::{DID, Target};

/// The most by which the memory of the target may grow, in bytes.
const GROWTH_MAX: u64 = 64 << 20;
/// How long an answer may take that waits for nobody.
const ANSWER_MAX: Duration = Duration::from_secs(2);

type Send = Box<dyn FnOnce(&Target) -> Got>;

/// One input of the table, and what must come back.
pub struct Row {
    id: &'static str,
    input: String,
    status: u16,
    /// The code of the refusal; none where the answer is no refusal.
    code: Option<String>,
    secrets: Vec<String>,
    within: Duration,
    offline: bool,
    send: Send,
}

impl Row {
    /// A request that is refused with a status and a code.
    pub fn refused(
        id: &'static str,
        input: impl Into<String>,
        request: Request,
        status: u16,
        code: &str,
    ) -> Self {
        Self::new(id, input.into(), request, status, Some(code.to_owned()))
    }

    /// A request that is answered with 200.
    pub fn answered(id: &'static str, input: impl Into<String>, request: Request) -> Self {
        Self::new(id, input.into(), request, 200, None)
    }

    fn new(
        id: &'static str,
        input: String,
        request: Request,
        status: u16,
        code: Option<String>,
    ) -> Self {
        let (within, offline) = (ANSWER_MAX, false);
        let secrets = request.secrets.clone();
        let send: Send = Box::new(move |target| request.send(target.address()));
        Self { id, input, status, code, secrets, within, offline, send }
    }

    /// The same, sent by a function: over TLS, in pieces, while something else happens.
    pub fn by(mut self, send: impl FnOnce(&Target) -> Got + 'static) -> Self {
        self.send = Box::new(send);
        self
    }

    /// The same, for an answer that waits for a peer or a deadline.
    pub fn within(mut self, time: Duration) -> Self {
        self.within = time;
        self
    }

    /// The same, and no peer may be asked for it.
    pub fn offline(mut self) -> Self {
        self.offline = true;
        self
    }

    /// The same, and a text that must stand nowhere afterwards.
    pub fn hides(mut self, text: &str) -> Self {
        self.secrets.push(text.to_owned());
        self
    }
}

impl Target {
    /// Plays rows one after another, and fails with every row that did not end as the table says.
    pub fn check(&self, rows: impl IntoIterator<Item = Row>) {
        let (mut wrong, mut secrets, mut played) = (Vec::new(), Vec::new(), 0);
        for row in rows {
            played += 1;
            secrets.extend(row.secrets.iter().cloned());
            let name = format!("{} {}", row.id, row.input);
            wrong.extend(self.play(row).into_iter().map(|what| format!("{name}: {what}")));
        }
        assert!(played > 0, "no row was played");
        secrets.push(self.passphrase());
        for secret in &secrets {
            for file in self.files_with(secret) {
                let shown: String = secret.chars().take(40).collect();
                wrong.push(format!("{} holds '{shown}…'", file.display()));
            }
        }
        assert!(
            wrong.is_empty(),
            "{} of {played} rows and searches:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }

    /// Plays one row and says what is wrong.
    fn play(&self, row: Row) -> Vec<String> {
        let (process, memory, last) = (self.process(), self.resident(), self.last_entry());
        let (asked, reached) = (self.requests_to_peers(), forbidden().connections());
        let started = Instant::now();
        let got = (row.send)(self);
        let took = started.elapsed();
        let mut wrong = Vec::new();
        let mut demand = |holds: bool, told: String| {
            if !holds {
                wrong.push(told);
            }
        };
        let text = String::from_utf8_lossy(&got.body);
        demand(
            got.status == row.status,
            format!("status {}, not {}: {text}", got.status, row.status),
        );
        if let Some(code) = &row.code {
            let problem: Value = serde_json::from_slice(&got.body).unwrap_or_default();
            let is_problem = got.media_type() == "application/problem+json";
            demand(is_problem, format!("'{}' is not problem+json", got.media_type()));
            demand(
                problem["code"] == **code,
                format!("code {}, not {code}: {text}", problem["code"]),
            );
        }
        demand(took <= row.within, format!("answered after {took:?}"));
        demand(self.process() == process && self.is_alive(), "the process is gone".to_owned());
        let alive = Request::get("/healthz").try_send(self.address());
        demand(alive.is_some_and(|got| got.status == 200), "it answers nobody any more".to_owned());
        let grown = self.resident().saturating_sub(memory);
        demand(grown <= GROWTH_MAX, format!("its memory grew by {} MB", grown >> 20));
        let reached = forbidden().connections() - reached;
        demand(reached == 0, format!("the forbidden listener was reached {reached} times"));
        let asked = self.requests_to_peers() - asked;
        demand(!row.offline || asked == 0, format!("peers were asked {asked} times"));
        let entries = self.entries_after(last);
        let refusals: Vec<_> = entries.iter().filter_map(|entry| entry.refusal()).collect();
        let expected: Vec<_> = row.code.iter().map(String::as_str).collect();
        demand(
            refusals == expected,
            format!("the journal has refusals {refusals:?}, not {expected:?}"),
        );
        for secret in &row.secrets {
            let holder = entries.iter().find(|entry| entry.text.contains(secret.as_str()));
            demand(
                holder.is_none(),
                format!("entry {:?} holds a secret", holder.map(|it| &it.kind)),
            );
        }
        wrong
    }
}

/// A target, an issuer that it trusts for membership, and a holder with a server of its own.
#[derive(Debug)]
pub struct Scene {
    /// The connector.
    pub target: Target,
    /// The server on which issuer, holder and others have their DID documents, `peer.example`.
    pub peer: Peer,
    /// Trusted for [`MEMBERSHIP`].
    pub issuer: Party,
    /// Whom the credentials are about.
    pub holder: Party,
}

/// The type that the issuer of a [`Scene`] is trusted for.
pub const MEMBERSHIP: &str = "MembershipCredential";

impl Scene {
    /// A scene of one's own, with lines for `adit.toml`.
    pub fn started(settings: &str) -> Self {
        let mut target = Target::prepared(settings);
        let peer = target.peer("peer.example");
        let (issuer, holder) = (peer.party("issuer"), peer.party("holder"));
        target.trust(&issuer, MEMBERSHIP);
        target.start();
        Self { target, peer, issuer, holder }
    }

    /// A credential of the issuer for the holder.
    pub fn credential(&self) -> Token {
        credential(&self.issuer, &self.holder.did, MEMBERSHIP)
    }

    /// The holder's presentation of that credential to the target.
    pub fn presentation(&self) -> Token {
        presentation(&self.holder, &[self.credential().signed(&self.issuer.key)])
    }

    /// A presentation of other credentials, signed by the holder.
    pub fn showing(&self, credentials: &[String]) -> String {
        presentation(&self.holder, credentials).signed(&self.holder.key)
    }

    /// A small query with a token.
    pub fn asking(&self, token: &str) -> Request {
        Request::sparql(QUERY).bearer(token)
    }
}

/// What [`Scene::asking`] asks.
pub const QUERY: &str = "ASK { <https://id.target.example/p/1/1> ?predicate ?object }";

/// The scene that rows share; each leaves it as it was.
pub fn scene() -> MutexGuard<'static, Scene> {
    static SCENE: OnceLock<Mutex<Scene>> = OnceLock::new();
    let scene = SCENE.get_or_init(|| Mutex::new(Scene::started("")));
    // A test that failed while it held the scene says so itself.
    scene.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The time now, in seconds since 1970.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// An instant as credentials write it.
pub fn instant(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

/// A credential, ready to be changed or signed with `issuer.key`.
pub fn credential(issuer: &Party, subject: &str, kind: &str) -> Token {
    Token {
        header: json!({ "alg": issuer.key.alg(), "typ": "vc+jwt", "cty": "vc", "kid": issuer.kid() }),
        payload: json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/adit/context.jsonld"],
            "id": format!("urn:uuid:{}", fresh()),
            "type": ["VerifiableCredential", kind],
            "issuer": issuer.did,
            "validFrom": instant(now() - 60),
            "validUntil": instant(now() + 86_400),
            "credentialSubject": { "id": subject },
        }),
    }
}

/// A presentation of credentials to the target, ready to be changed or signed with `holder.key`.
pub fn presentation(holder: &Party, credentials: &[String]) -> Token {
    let envelope = |token: &String| {
        json!({
            "@context": "https://www.w3.org/ns/credentials/v2",
            "id": format!("data:application/vc+jwt,{token}"),
            "type": "EnvelopedVerifiableCredential",
        })
    };
    Token {
        header: json!({ "alg": holder.key.alg(), "typ": "vp+jwt", "cty": "vp", "kid": holder.kid() }),
        payload: json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": holder.did,
            "verifiableCredential": credentials.iter().map(envelope).collect::<Vec<_>>(),
            "iss": holder.did,
            "aud": DID,
            "iat": now(),
            "exp": now() + 300,
            "jti": fresh(),
        }),
    }
}

/// A self-issued token for the target, ready to be changed or signed with `holder.key`.
pub fn self_issued(holder: &Party) -> Token {
    Token {
        header: json!({ "alg": holder.key.alg(), "typ": "JWT", "kid": holder.kid() }),
        payload: json!({
            "iss": holder.did, "sub": holder.did, "aud": DID,
            "iat": now(), "exp": now() + 300, "jti": fresh(),
        }),
    }
}

/// A word that was not there before.
pub fn fresh() -> String {
    let mut bytes = [0; 16];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_true_presentation_is_answered_once_and_then_refused() {
    let scene = scene();
    let token = scene.presentation().signed(&scene.holder.key);
    scene.target.check([
        Row::answered("harness", "a true presentation", scene.asking(&token)),
        Row::refused("harness", "the same again", scene.asking(&token), 401, "claims.replay"),
        Row::answered("harness", "nobody in particular", Request::sparql(QUERY)),
        Row::answered("harness", "by a did:jwk", {
            let holder = Party::jwk(Key::es256());
            let shown =
                credential(&scene.issuer, &holder.did, MEMBERSHIP).signed(&scene.issuer.key);
            scene.asking(&presentation(&holder, &[shown]).signed(&holder.key))
        }),
    ]);
}

#[test]
fn an_entry_says_who_was_refused_and_why_and_no_more() {
    let scene = scene();
    let digest = |token: &str| {
        let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
        digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let written = |request: &Request| {
        let last = scene.target.last_entry();
        request.send(scene.target.address());
        let entries = scene.target.entries_after(last).into_iter();
        let mut refusals = entries.filter(|entry| entry.kind == "refusal");
        let entry = refusals.next().expect("an entry");
        assert!(refusals.next().is_none());
        entry.body
    };
    let token = scene.presentation().signed(&scene.holder.key);
    let proved = Request::get("/sparql?query=SELECT").bearer(&token);
    assert_eq!(
        written(&proved),
        json!({
            "status": 400, "code": "sparql.syntax", "method": "GET", "route": "/sparql",
            "did": scene.holder.did, "token": digest(&token),
        })
    );
    let forged = scene.presentation().signed(&scene.issuer.key);
    let body = json!({ "presentation": forged }).to_string();
    assert_eq!(
        written(&Request::post("/token", "application/json", body)),
        json!({
            "status": 401, "code": "jose.signature", "method": "POST", "route": "/token",
            "token": digest(&forged),
        })
    );
    let secret = "/p/4711/secret-serial";
    assert_eq!(
        written(&Request::get(secret)),
        json!({ "status": 404, "code": "not-found", "method": "GET", "route": "/{path:.*}" })
    );
    assert_eq!(
        written(&Request::exactly("GET / HTTP/1.1\nHost: a\n\n")),
        json!({ "status": 400, "code": "http.head", "method": "none", "route": "none" })
    );
}

#[test]
fn the_no_of_a_policy_is_in_the_journal_once_as_the_decision_that_it_is() {
    let scene = scene();
    let token = scene.presentation().signed(&scene.holder.key);
    let ask =
        Request::get(&format!("/sparql?query={}&purpose=gossip", crate::client::encoded(QUERY)));
    let last = scene.target.last_entry();
    scene.target.check([Row::refused(
        "policy",
        "a purpose that nobody knows",
        ask.bearer(&token),
        403,
        "policy.purpose",
    )]);
    let kinds: Vec<_> = scene.target.entries_after(last).into_iter().map(|it| it.kind).collect();
    assert_eq!(kinds, ["decision"]);
}
