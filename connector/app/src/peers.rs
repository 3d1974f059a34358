//! The other companies, as a question reaches them: address, bearer, summary, quads.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::partners::{Conversation, PeerSummary, SUMMARY_AGE};
use crate::safe_client::{Cap, Failure, Request, Response};
use crate::token;
use adit_facts::{Fetch, Refusal as FactsRefusal, Summary, View};
use adit_federation::{Fetched, PeerFault, PeerRefusal, Peers, Recipient, Summarised};
use adit_policy::{Permit, Refusal, SendPermit, Withheld};
use adit_vocab::{Did, Vocabulary};
use jiff::Timestamp;
use oxttl::NQuadsParser;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

/// The most quads that one request may bring.
pub const QUADS_MAX: usize = 200_000;

/// How long one request may take to gather its quads.
const QUADS_TIME: Duration = Duration::from_secs(10);

/// How long to wait for a peer that was asked too often, and how many times.
const WAIT: Duration = Duration::from_secs(1);
const WAITS_MAX: usize = 5;

/// The companies that one question of our own people may reach.
pub struct Companies<'c> {
    /// Our connector.
    pub connector: &'c Connector,
    /// What our own people may read here with the credentials they chose; a client has no facts.
    pub permit: Option<Permit>,
    /// The credentials they chose.
    pub chosen: Vec<String>,
    /// What for.
    pub purpose: Option<String>,
    /// The date that derived predicates are asked at.
    pub at: Timestamp,
    /// The time of the question.
    pub now: Timestamp,
    /// Who is known.
    pub known: Vec<Did>,
    /// The predicates that the question names; `None` where it asks for any.
    pub predicates: Option<BTreeSet<String>>,
    /// What of them is withheld, by company, with what would open it.
    pub withheld: Mutex<BTreeMap<Did, BTreeSet<Withheld>>>,
}

/// The body of `POST /quads`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuadsWanted {
    /// What to fetch.
    pub fetch: Fetch,
    /// The date that derived predicates are asked at.
    pub at: Timestamp,
}

/// The answer of `POST /quads`.
#[derive(Debug, Serialize, Deserialize)]
pub struct QuadsAnswer {
    /// The generation that answered.
    pub generation: u64,
    /// The rules that opened the tiers.
    pub rule: Option<String>,
    /// Predicates of the request above the caller's tiers.
    pub withheld: Vec<Withheld>,
    /// N-Quads.
    pub quads: String,
}

/// The answer of `GET /summary`.
#[derive(Debug, Serialize, Deserialize)]
pub struct SummaryAnswer {
    /// The generation that it was made of.
    pub generation: u64,
    /// The summary.
    pub summary: Summary,
    /// The predicates above the caller's tiers, with what would open them; it says nothing about data.
    pub withheld: Vec<Withheld>,
}

impl Companies<'_> {
    /// Sends a request with the bearer of our conversation with a peer, or with a new one where that has ended.
    async fn send(
        &self,
        peer: &Did,
        path: &str,
        request: impl Fn(String) -> Request,
    ) -> Result<(Conversation, Response), Error> {
        let connector = self.connector;
        let address = connector.directory.address(&connector.outbound, peer, self.now).await?;
        let url = format!("{address}{path}");
        let (mut is_retry, mut waits) = (false, WAITS_MAX);
        loop {
            let purpose = self.purpose.as_deref();
            let (conversation, bearer) =
                token::of_peer(connector, peer, purpose, &self.chosen, self.now).await?;
            let request = request(url.clone()).bearer(bearer);
            let response = connector.outbound.send(request).await?;
            match response.status {
                200 => return Ok((conversation, response)),
                // The peer started anew, or changed its policies: one exchange more settles it.
                401 if !is_retry => connector.directory.forget(&conversation),
                // It answers so many a second, and a question may need more.
                429 if waits > 0 => {
                    waits -= 1;
                    tokio::time::sleep(WAIT).await;
                    continue;
                }
                _ => return Err(token::refused_by(peer, &url, &response)),
            }
            is_retry = true;
        }
    }

    async fn remote_summary(&self, peer: &Did) -> Result<Summarised, Error> {
        let connector = self.connector;
        let conversation =
            token::conversation(connector, peer, self.purpose.as_deref(), &self.chosen);
        let kept = {
            let summaries =
                connector.directory.summaries.lock().expect("no holder of the lock panics");
            summaries.get(&conversation).cloned()
        };
        if let Some(kept) = kept
            && self.now.duration_since(kept.at) < SUMMARY_AGE
        {
            self.note_withheld(peer, &kept.withheld);
            let summary = Summary::clone(&kept.summary);
            return Ok(Summarised { summary, generation: kept.generation });
        }
        let get = |url| Request::get(url, "application/json", Cap::Message);
        let (conversation, response) = self.send(peer, "/summary", get).await?;
        let answer: SummaryAnswer =
            serde_json::from_slice(&response.body).map_err(|e| bad_answer(peer, &e))?;
        let kept = PeerSummary {
            summary: answer.summary.clone().into(),
            generation: answer.generation,
            withheld: answer.withheld,
            at: self.now,
        };
        self.note_withheld(peer, &kept.withheld);
        let mut summaries =
            connector.directory.summaries.lock().expect("no holder of the lock panics");
        summaries.insert(conversation, kept);
        Ok(Summarised { summary: answer.summary, generation: answer.generation })
    }

    async fn remote_fetch(&self, peer: &Did, fetch: &Fetch) -> Result<Fetched, Error> {
        let body = json!({ "fetch": fetch, "at": self.at });
        let post = |url| Request::post(url, &body, Cap::Quads);
        let (conversation, response) = self.send(peer, "/quads", post).await?;
        let bytes = response.body.len() as u64;
        let answer: QuadsAnswer =
            serde_json::from_slice(&response.body).map_err(|e| bad_answer(peer, &e))?;
        let quads = NQuadsParser::new()
            .for_slice(answer.quads.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|e| bad_answer(peer, &e))?;
        self.check_generation(&conversation, answer.generation);
        Ok(Fetched {
            quads,
            generation: answer.generation,
            withheld: answer.withheld.into_iter().map(|it| it.predicate).collect(),
            rule: answer.rule,
            bytes,
        })
    }

    /// Drops the summary of an older generation, so that the next question sees the new one.
    fn check_generation(&self, conversation: &Conversation, generation: u64) {
        let mut summaries =
            self.connector.directory.summaries.lock().expect("no holder of the lock panics");
        if summaries.get(conversation).is_some_and(|kept| kept.generation != generation) {
            summaries.remove(conversation);
        }
    }

    /// Notes what a company withholds of what the question names.
    fn note_withheld(&self, peer: &Did, withheld: &[Withheld]) {
        let named = |it: &&Withheld| {
            self.predicates.as_ref().is_none_or(|named| named.contains(&it.predicate))
        };
        let withheld: BTreeSet<_> = withheld.iter().filter(named).cloned().collect();
        if !withheld.is_empty() {
            let mut noted = self.withheld.lock().expect("no holder of the lock panics");
            noted.entry(peer.clone()).or_default().extend(withheld);
        }
    }

    fn own_fetch(&self, permit: &Permit, fetch: &Fetch) -> Result<Fetched, Error> {
        let answer = fetch_local(self.connector, permit, fetch, self.at)?;
        let withheld = answer.withheld.into_iter().map(|it| it.predicate).collect();
        Ok(Fetched {
            quads: answer.quads,
            generation: answer.generation,
            withheld,
            rule: answer.rule,
            bytes: 0,
        })
    }
}

fn bad_answer(peer: &Did, why: &dyn std::fmt::Display) -> Error {
    Error::BadAnswer { url: peer.to_string(), message: why.to_string() }
}

/// Quads of our own facts, for a peer or for ourselves.
pub struct LocalQuads {
    /// The quads.
    pub quads: Vec<oxrdf::Quad>,
    /// The generation that answered.
    pub generation: u64,
    /// The rules that opened the tiers.
    pub rule: Option<String>,
    /// Predicates of the request above the caller's tiers.
    pub withheld: Vec<Withheld>,
}

/// Fetches from our own facts what a permit opens.
pub fn fetch_local(
    connector: &Connector,
    permit: &Permit,
    fetch: &Fetch,
    at: Timestamp,
) -> Result<LocalQuads, Error> {
    let vocabulary = &connector.vocabulary;
    let view = View::open(&connector.store, permit, at)?;
    let started = clock::instant();
    let quads = view.fetch_while(fetch, QUADS_MAX, &|| {
        fail::fail_point!("app.quads.look");
        match started.elapsed() > QUADS_TIME {
            true => Err(FactsRefusal::Deadline { limit_ms: QUADS_TIME.as_millis() as u64 }),
            false => Ok(()),
        }
    })?;
    let rules: BTreeSet<_> = permit.tiers().filter_map(|tier| permit.rule_of(tier)).collect();
    let rule = rules.into_iter().collect::<Vec<_>>().join(", ");
    Ok(LocalQuads {
        quads,
        generation: view.generation(),
        rule: (!rule.is_empty()).then_some(rule),
        withheld: permit.withheld(vocabulary, predicates(fetch, vocabulary).into_iter()),
    })
}

/// Everything that the vocabulary knows and a permit does not open.
pub fn withheld_by(vocabulary: &Vocabulary, permit: &Permit) -> Vec<Withheld> {
    permit.withheld(vocabulary, vocabulary.predicates().into_iter())
}

/// The predicates that a request names; all that the vocabulary knows where it names none.
pub(crate) fn predicates<'a>(fetch: &'a Fetch, vocabulary: &'a Vocabulary) -> Vec<&'a str> {
    match fetch {
        Fetch::Match { predicates: Some(predicates), .. } => {
            predicates.iter().map(|predicate| predicate.as_str()).collect()
        }
        Fetch::Match { predicates: None, .. } => vocabulary.predicates(),
        Fetch::Walk { steps, .. } => steps.iter().map(|step| step.predicate.as_str()).collect(),
    }
}

impl Peers for Companies<'_> {
    fn own(&self) -> Option<&Did> {
        self.permit.is_some().then(|| self.connector.did())
    }

    fn known(&self) -> Vec<Did> {
        self.known.clone()
    }

    fn permit(&self, peer: &Did) -> Result<SendPermit, Refusal> {
        adit_policy::decide_sending(
            &self.connector.policies,
            peer,
            self.purpose.as_deref(),
            self.now,
        )
    }

    async fn discover(&self, peer: &SendPermit) -> Result<(), PeerFault> {
        let connector = self.connector;
        let found = connector.directory.address(&connector.outbound, peer.peer(), self.now).await;
        found.map(drop).map_err(fault)
    }

    async fn summary(&self, of: &Recipient) -> Result<Summarised, PeerFault> {
        match (of, &self.permit) {
            (Recipient::Peer(permit), _) => self.remote_summary(permit.peer()).await.map_err(fault),
            (Recipient::Own, Some(permit)) => {
                let (summary, generation) =
                    self.connector.summary_of(permit, self.now).map_err(fault)?;
                self.note_withheld(
                    self.connector.did(),
                    &withheld_by(&self.connector.vocabulary, permit),
                );
                Ok(Summarised { summary: Summary::clone(&summary), generation })
            }
            (Recipient::Own, None) => Ok(Summarised { summary: Summary::default(), generation: 0 }),
        }
    }

    async fn fetch(&self, from: &Recipient, request: &Fetch) -> Result<Fetched, PeerFault> {
        let started = clock::instant();
        let fetched = match (from, &self.permit) {
            (Recipient::Peer(permit), _) => {
                let fetched = self.remote_fetch(permit.peer(), request).await;
                self.connector.metrics.federated(outcome(fetched.as_ref().err()));
                fetched
            }
            (Recipient::Own, Some(permit)) => {
                tokio::task::block_in_place(|| self.own_fetch(permit, request))
            }
            (Recipient::Own, None) => Ok(Fetched::default()),
        };
        tracing::debug!(
            duration_ms = started.elapsed().as_millis() as u64,
            found = fetched.as_ref().map(|it| it.quads.len()).unwrap_or_default(),
            "fetched"
        );
        fetched.map_err(fault)
    }
}

/// How a request to a peer ended, as it is counted.
fn outcome(error: Option<&Error>) -> &'static str {
    match error {
        None => "answered",
        Some(Error::PeerRefused { .. }) => "refused",
        Some(Error::Outbound(Failure::TooLong { .. })) => "over-limit",
        Some(Error::Outbound(_)) => "unreachable",
        Some(_) => "bad-answer",
    }
}

/// An error on the way to a peer, as the report tells it.
fn fault(error: Error) -> PeerFault {
    match error {
        Error::PeerRefused { problem, .. } => {
            let part = |name: &str| {
                problem.detail.get(name).and_then(|it| it.as_str()).unwrap_or_default().to_owned()
            };
            PeerFault::Refused(PeerRefusal {
                rule: part("rule"),
                operand: part("operand"),
                expected: part("expected"),
                // A gate that no policy stands behind names no rule; its title says all.
                got: match problem.detail.get("rule") {
                    Some(_) => part("got"),
                    None => problem.title.clone(),
                },
                fix: problem.fix.clone().unwrap_or_default(),
            })
        }
        Error::Outbound(Failure::TooLong { .. }) => {
            PeerFault::OverLimit { reason: error.to_string() }
        }
        Error::Outbound(_) => PeerFault::Unreachable { reason: error.to_string() },
        other => PeerFault::BadAnswer { reason: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Problem;

    #[test]
    fn a_bearer_for_longer_than_time_lasts_is_not_kept() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let kept = |expires_in| token::kept_until(now, expires_in).as_second() - now.as_second();
        assert_eq!([3600, i64::MAX, i64::MIN].map(kept), [3540, 0, 0]);
    }

    #[test]
    fn a_refusal_is_told_as_the_company_said_it() {
        let refused = |body: serde_json::Value| {
            let problem = Box::new(Problem::from_json(&body, 403));
            let peer = "did:web:oem.example".parse().unwrap();
            fault(Error::PeerRefused { peer, problem }).to_string()
        };
        let stopped = "did:web:shop.example is stopped here; ask this company why";
        assert_eq!(refused(json!({ "code": "trust.blocked", "title": stopped })), stopped);
        assert_eq!(
            refused(json!({
                "code": "policy.purpose", "title": "refused", "fix": "ask with --purpose recall",
                "detail": {
                    "rule": "urn:r", "operand": "odrl:purpose", "expected": "recall", "got": "none",
                },
            })),
            "refused by urn:r: odrl:purpose must be recall, got none; ask with --purpose recall"
        );
    }
}
