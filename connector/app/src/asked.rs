//! Who asked for this company's facts, read from the decisions in its journal.

use crate::connector::Connector;
use crate::error::Error;
use crate::outcome::Outcome;
use adit_journal::{Entry, Journal, Kind};
use adit_vocab::shorten;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How many entries of the journal are read at a time.
const PAGE: usize = 1000;

/// The time that is asked about; open ends reach as far as the journal.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Period {
    /// From when, inclusive.
    pub since: Option<Timestamp>,
    /// Until when, exclusive.
    pub until: Option<Timestamp>,
}

/// One request for facts, and what was decided about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// When.
    pub at: Timestamp,
    /// Who; nobody in particular if absent.
    pub asker: Option<String>,
    /// What for, as the asker said.
    pub purpose: Option<String>,
    /// The types of the credentials that were shown, with their issuers.
    pub credentials: BTreeSet<String>,
    /// The rules that opened the tiers, or the one that refused.
    pub permitted_by: BTreeSet<String>,
    /// `permitted`, or `refused` with the code.
    pub outcome: String,
    /// The kind of request: `query`, `quads` or `item`.
    pub what: String,
    /// The predicates that were asked for and are open to the asker; none where the request names none.
    pub predicates: BTreeSet<String>,
}

/// Requests that differ in their time alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Askings {
    /// What they have in common, and the first of them.
    #[serde(flatten)]
    pub first: Request,
    /// How many.
    pub questions: u64,
    /// The time of the last.
    pub last: Timestamp,
}

/// `adit asked`: the requests of others in a period, oldest first.
pub fn asked(connector: &Connector, period: Period) -> Result<Outcome, Error> {
    let requests = requests(&connector.journal, connector.did().as_str(), period)?;
    Ok(Outcome::new(json!({ "requests": requests }), ""))
}

/// The requests of others that the journal holds for a period, oldest first.
///
/// Our own people's questions are left out, and so are exchanges of credentials: no fact leaves by them.
fn requests(journal: &Journal, own: &str, period: Period) -> Result<Vec<Request>, Error> {
    let mut found = Vec::new();
    let mut from = 1;
    loop {
        let entries = journal.entries_of(Kind::Decision, from, PAGE)?;
        let Some(last) = entries.last() else { return Ok(found) };
        from = last.number + 1;
        let requests = entries.iter().filter_map(request);
        found.extend(requests.filter(|it| {
            period.since.is_none_or(|since| it.at >= since)
                && period.until.is_none_or(|until| it.at < until)
                && it.asker.as_deref() != Some(own)
        }));
    }
}

/// What a decision says; nothing for one that lets no fact out.
fn request(entry: &Entry) -> Option<Request> {
    let body = &entry.record.body;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let quiet = ["token", "summary", "description", "metrics", "ask"];
    let what = body["what"].as_str().filter(|what| !quiet.contains(what))?;
    let (permit, refusal) = (&body["outcome"]["permit"], &body["outcome"]["refusal"]);
    let credentials = body["credentials"].as_array().into_iter().flatten().map(credential);
    let (permitted_by, outcome) = match refusal["code"].as_str() {
        Some(code) => (text(&refusal["rule"]).into_iter().collect(), format!("refused {code}")),
        None => {
            let rules = permit["tiers"].as_object().into_iter().flatten();
            (rules.filter_map(|(_, rule)| text(rule)).collect(), "permitted".to_owned())
        }
    };
    Some(Request {
        at: entry.record.at.parse().ok()?,
        asker: text(&body["caller"]),
        purpose: text(&body["purpose"]),
        credentials: credentials.collect(),
        permitted_by,
        outcome,
        what: what.to_owned(),
        predicates: body["opened"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|iri| iri.as_str().map(shorten))
            .collect(),
    })
}

/// A credential by its types and its issuer; what the first journals kept of one is its digest alone.
fn credential(shown: &Value) -> String {
    match shown {
        Value::String(digest) => digest.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            let types = shown["types"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let types: Vec<_> = types.map(|iri| shorten(iri).replace("adit:", "")).collect();
            format!("{} by {}", types.join(" "), shown["issuer"].as_str().unwrap_or_default())
        }
    }
}

/// Puts together the requests of one asker with one purpose, equal credentials, rules and outcome.
pub fn by_asker(requests: Vec<Request>) -> Vec<Askings> {
    let mut groups: BTreeMap<_, Askings> = BTreeMap::new();
    for it in requests {
        let key = (
            it.asker.clone(),
            it.purpose.clone(),
            it.credentials.clone(),
            it.permitted_by.clone(),
            it.outcome.clone(),
        );
        let last = it.at;
        let group = groups.entry(key).or_insert_with(|| Askings { first: it, questions: 0, last });
        group.questions += 1;
        group.last = group.last.max(last);
    }
    groups.into_values().collect()
}
