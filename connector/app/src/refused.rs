//! Refused calls in the journal: one entry for each, and of a flood one entry for many.
//!
//! What a policy refuses is in the journal as the decision that it is. Everything else that is refused, at the door, at
//! the token gate, at the query gate or by a limit, is written down here: when, with what status and code, by which
//! method at which route, by whom if that was proved, and the SHA-256 of the token if one was shown. Never the token,
//! never the text of a query.
//!
//! Nobody can fill the disk by being refused: each code is written at most a hundred times at once and then once a
//! second. What is left out is counted, and the next entry of that code says how many there were. Exempt are callers
//! whose credentials were accepted, as long as they do not ask too often; a DID alone exempts nobody, since anybody can
//! make one for each call.

use crate::connector::Connector;
use crate::error::Error;
use crate::query::digest;
use adit_journal::Kind;
use adit_vocab::Did;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::Timestamp;
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Mutex;

/// Entries of one code at once, for callers without accepted credentials.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
/// Entries of one code a second after that.
const A_SECOND: NonZeroU32 = NonZeroU32::new(1).expect("not zero");

/// One refused call.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The status of the answer.
    pub status: u16,
    /// The code of the problem.
    pub code: &'static str,
    /// The method, `none` if it was not read.
    pub method: String,
    /// The pattern of the address, `none` if it was not read.
    pub route: String,
    /// Who called, if that was proved.
    pub did: Option<Did>,
    /// Whether credentials of theirs were accepted.
    pub is_accepted: bool,
    /// The SHA-256 of the token that was shown, in hexadecimal.
    pub token: Option<String>,
    /// Whether somebody should look at it: a key that must not be used is no slip.
    pub alert: bool,
}

/// What became known of a call while it was answered.
#[derive(Debug, Default, Clone)]
pub struct Call {
    did: Option<Did>,
    is_accepted: bool,
    token: Option<String>,
}

tokio::task_local! {
    /// The call that the running task answers.
    static CALL: RefCell<Call>;
}

/// Runs the answering of one call, and says what became known of it.
pub async fn watched<T>(answering: impl Future<Output = T>) -> (T, Call) {
    CALL.scope(RefCell::default(), async {
        let answer = answering.await;
        (answer, CALL.with(|call| call.take()))
    })
    .await
}

/// Notes who is proved to call.
pub fn proved(did: &Did) {
    note(|call| call.did = Some(did.clone()));
}

/// Notes that credentials of the caller were accepted.
pub fn accepted() {
    note(|call| call.is_accepted = true);
}

/// Notes the token that was shown; only its digest is kept.
pub fn shown(token: &str) {
    note(|call| call.token = Some(digest(token)));
}

/// Orders of the company's own people answer no call.
fn note(change: impl FnOnce(&mut Call)) {
    CALL.try_with(|call| change(&mut call.borrow_mut())).unwrap_or(());
}

impl Refused {
    /// What is known of a refusal by the error alone.
    pub fn of(error: &Error, method: &str, route: &str) -> Self {
        let problem = error.problem();
        Self {
            status: problem.status,
            code: error.code(),
            method: method.to_owned(),
            route: route.to_owned(),
            did: None,
            is_accepted: false,
            token: None,
            alert: error.is_alarming(),
        }
    }

    /// The same with what became known of the call, and the digest of the token in its header.
    pub fn by(self, call: Call, token: Option<String>) -> Self {
        let Call { did, is_accepted, token: shown } = call;
        Self { did, is_accepted, token: shown.or(token), ..self }
    }
}

/// How often each code was written lately, and how many calls were counted instead.
pub struct Refusals {
    written: DefaultKeyedRateLimiter<&'static str>,
    counted: Mutex<BTreeMap<&'static str, u64>>,
}

impl Default for Refusals {
    fn default() -> Self {
        let quota = Quota::per_second(A_SECOND).allow_burst(AT_ONCE);
        Self { written: RateLimiter::keyed(quota), counted: Mutex::default() }
    }
}

impl Refusals {
    /// Whether a refusal is written, and with how many that were not; otherwise it is counted.
    fn admit(&self, refused: &Refused) -> Option<u64> {
        let is_known = refused.is_accepted && refused.status != 429;
        let mut counted = self.counted.lock().expect("no holder of the lock panics");
        if is_known || self.written.check_key(&refused.code).is_ok() {
            return Some(counted.remove(refused.code).unwrap_or(0));
        }
        *counted.entry(refused.code).or_default() += 1;
        None
    }

    /// Everything that was counted and not written.
    fn rest(&self) -> BTreeMap<&'static str, u64> {
        std::mem::take(&mut *self.counted.lock().expect("no holder of the lock panics"))
    }
}

impl Connector {
    /// Writes a refused call down, or counts it; a journal that fails is told in the log.
    pub async fn note_refused(&self, refused: Refused, now: Timestamp) {
        if refused.alert {
            tracing::error!(
                code = refused.code,
                route = refused.route,
                token = refused.token,
                "somebody showed a key that must not be used"
            );
        }
        let Some(more) = self.refusals.admit(&refused) else { return };
        let Refused { status, code, method, route, did, token, alert, is_accepted: _ } = refused;
        let mut body = json!({ "status": status, "code": code, "method": method, "route": route });
        let known = [
            ("did", did.map(|it| json!(it))),
            ("token", token.map(|it| json!(it))),
            ("more", (more > 0).then(|| json!(more))),
            ("alert", alert.then(|| json!(true))),
        ];
        for (name, value) in known {
            if let Some(value) = value {
                body[name] = value;
            }
        }
        self.write_refusal(body, now).await;
    }

    /// Writes down what was counted since the last entries, before the server ends.
    pub async fn note_rest_of_refusals(&self, now: Timestamp) {
        for (code, more) in self.refusals.rest() {
            self.write_refusal(json!({ "code": code, "more": more }), now).await;
        }
    }

    async fn write_refusal(&self, body: serde_json::Value, now: Timestamp) {
        if let Err(error) = self.record(Kind::Refusal, body, now).await {
            tracing::error!(%error, "a refused call could not be written down");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_somebody_who_is_known_is_written_down() {
        let refusals = Refusals::default();
        let did = |did: &str| Some(did.parse().unwrap());
        // A DID that anybody can make is no reason to be written down each time.
        let refused = Refused {
            did: did("did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"),
            ..Refused::of(&Error::NotABearer, "GET", "/sparql")
        };
        let written = (0..1000).filter(|_| refusals.admit(&refused).is_some()).count();
        assert!((100..=102).contains(&written), "{written}");
        let known = Refused { did: did("did:web:mill.example"), is_accepted: true, ..refused };
        assert_eq!(refusals.admit(&known), Some(1000 - written as u64));
        assert_eq!(refusals.admit(&known), Some(0));
        let often = Refused { status: 429, code: "rate.did", ..known };
        let written = (0..1000).filter(|_| refusals.admit(&often).is_some()).count();
        assert!((100..=102).contains(&written), "{written}");
        assert_eq!(refusals.rest(), BTreeMap::from([("rate.did", 1000 - written as u64)]));
        assert!(refusals.rest().is_empty());
    }

    #[tokio::test]
    async fn what_becomes_known_belongs_to_one_call() {
        proved(&"did:web:nobody.example".parse().unwrap());
        let did: Did = "did:web:mill.example".parse().unwrap();
        let ((), call) = watched(async {
            shown("a.b.c");
            proved(&did);
        })
        .await;
        assert_eq!((call.did, call.is_accepted), (Some(did), false));
        assert_eq!(call.token, Some(digest("a.b.c")));
        let ((), call) = watched(async {}).await;
        assert!(call.did.is_none() && call.token.is_none());
    }
}
