//! The attack table against a running connector: one harness, one row after another.
//!
//! What every row demands is asserted here: the exact status and code as `problem+json`, the same process afterwards, at
//! most 64 MB more memory, also in between, an answer within two seconds unless the row waits for a peer, no connection
//! to the forbidden listener, exactly one entry in the journal that carries the code, or the yes where the row is
//! answered, and nothing secret in the journal, the state folder or the log. Rows of another shape, such as floods, are
//! held against the same by [`Watch`].

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
pub mod stage;
pub mod target;
pub mod watch;

use crate::client::Got;
use forge::{Key, Token};
use peer::{Party, forbidden};
use request::Request;
use serde_json::{Value, json};
pub use stage::{MEMBERSHIP, QUERY, Scene, credential, instant, now, presentation};
pub use stage::{scene, self_issued};
use std::time::{Duration, Instant};
use target::{DID, Target};
pub use watch::Watch;

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
        let (watch, last) = (Watch::over(self), self.last_entry());
        let asked = self.requests_to_peers();
        let started = Instant::now();
        let got = (row.send)(self);
        let took = started.elapsed();
        let mut wrong = watch.wrong(self);
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
        let asked = self.requests_to_peers() - asked;
        demand(!row.offline || asked == 0, format!("peers were asked {asked} times"));
        let entries = self.entries_after(last);
        let refusals: Vec<_> = entries.iter().filter_map(|entry| entry.refusal()).collect();
        let expected: Vec<_> = row.code.iter().map(String::as_str).collect();
        demand(
            refusals == expected,
            format!("the journal has refusals {refusals:?}, not {expected:?}"),
        );
        let yes = entries.iter().filter(|it| it.kind == "decision" && it.refusal().is_none());
        let yes = yes.count();
        demand(row.code.is_some() || yes == 1, format!("the journal says yes {yes} times"));
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
