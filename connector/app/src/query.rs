//! A query from outside, from text to rows: scan, verify, decide, record, evaluate.

use crate::connector::Connector;
use crate::error::Error;
use crate::identity::Asker;
use adit_credentials::Held;
use adit_facts::{Answer, Evaluated, Graphs, Job, QueryText};
use adit_journal::Kind;
use adit_policy::{Asked, Permit, Refusal, Withheld};
use adit_vocab::{Did, Tier};
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The longest purpose that is read, in bytes: each is written down before anything is decided.
const PURPOSE_BYTES_MAX: usize = 256;

/// A query as the SPARQL 1.1 Protocol brings it.
#[derive(Debug, Default)]
pub struct Request {
    /// The query.
    pub query: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// What the facts are wanted for; a bearer brings its own.
    pub purpose: Option<String>,
    /// The date that derived predicates are asked at; now if left out.
    pub at: Option<Timestamp>,
    /// `default-graph-uri` and `named-graph-uri`.
    pub graphs: Graphs,
}

/// An answer, and what it rests on.
pub struct Answered {
    /// The rows, triples, yes or no.
    pub answer: Answer,
    /// What the caller may read.
    pub permit: Permit,
    /// The predicates of the query that the permit does not open; they follow from the two alone.
    pub withheld: Vec<Withheld>,
}

/// Answers one query for one caller from local facts.
///
/// Relative IRIs are resolved against the endpoint, see
/// [SPARQL 1.1 Protocol, Determining the base IRI](https://www.w3.org/TR/sparql11-protocol/#base-iri).
pub async fn answer(
    connector: &Connector,
    request: Request,
    now: Timestamp,
) -> Result<Answered, Error> {
    let base = format!("{}/sparql", connector.config.base()?);
    let text = QueryText::scan(&request.query, Some(&base), &connector.config.queries.limits())?;
    let asker = connector.asker(request.authorization.as_deref(), now).await?;
    let (purpose, about) = (request.purpose.as_deref(), &request.query);
    let named = spelled_out(about);
    let permit = decide_naming(connector, &asker, purpose, "query", about, &named, now).await?;
    let at = request.at.unwrap_or(now);
    let job = Job::local(&connector.store, &text, &permit, at, request.graphs);
    let Evaluated { answer, predicates } =
        connector.workers().await?.evaluate_for(asker.who(), job).await?;
    let withheld = withheld(connector, predicates, &permit);
    Ok(Answered { answer, permit, withheld })
}

/// The predicates of a query that a permit does not open; where it asks for any, all that the vocabulary knows.
fn withheld(
    connector: &Connector,
    named: Option<BTreeSet<String>>,
    permit: &Permit,
) -> Vec<Withheld> {
    if permit.tiers().count() == Tier::ALL.len() && permit.hidden_predicates().next().is_none() {
        return Vec::new();
    }
    match named {
        Some(named) => permit.withheld(&connector.vocabulary, named.iter().map(String::as_str)),
        None => crate::peers::withheld_by(&connector.vocabulary, permit),
    }
}

/// A decision, as the journal keeps it.
#[derive(Serialize)]
struct Decision<'a> {
    caller: Option<&'a Did>,
    credentials: Vec<Shown<'a>>,
    purpose: Option<&'a str>,
    what: &'a str,
    about: String,
    policies: &'a str,
    outcome: Outcome<'a>,
    opened: BTreeSet<String>,
}

/// What was decided.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome<'a> {
    Permit(&'a Permit),
    Refusal(&'a Refusal),
}

/// A credential that a decision rests on.
#[derive(Serialize)]
struct Shown<'a> {
    digest: &'a str,
    types: &'a [String],
    issuer: &'a Did,
}

/// Decides what a caller may read, and writes the decision to the journal before anything acts on it.
///
/// `what` and `about` say what is asked for: the kind of request, and its text, of which the journal
/// keeps a digest.
pub async fn decide(
    connector: &Connector,
    asker: &Asker,
    purpose: Option<&str>,
    what: &str,
    about: &str,
    now: Timestamp,
) -> Result<Permit, Error> {
    decide_naming(connector, asker, purpose, what, about, &BTreeSet::new(), now).await
}

/// [`decide`], for a request that names predicates: the journal keeps those of them that are open.
pub async fn decide_naming(
    connector: &Connector,
    asker: &Asker,
    purpose: Option<&str>,
    what: &str,
    about: &str,
    named: &BTreeSet<String>,
    now: Timestamp,
) -> Result<Permit, Error> {
    let purpose = short(asker.purpose.as_deref().or(purpose))?;
    let asked = Asked { purpose: purpose.map(str::to_owned) };
    let decision =
        adit_policy::decide(&connector.policies, &asker.caller, connector.did(), &asked, now);
    let caller = &asker.caller;
    let entry = Decision {
        caller: caller.did(),
        credentials: caller.credentials().iter().map(Shown::of).collect(),
        purpose,
        what,
        about: digest(about),
        policies: connector.policies.hash(),
        outcome: decision.as_ref().into(),
        opened: opened(connector, decision.as_ref().ok(), named),
    };
    let body = serde_json::to_value(entry).map_err(|e| Error::Internal(e.to_string()))?;
    connector.record(Kind::Decision, body, now).await?;
    let permit = decision?;
    if let Some((bound, bearer)) = &asker.bound
        && *bound != permit.key()
    {
        connector.sessions.close(bearer);
        return Err(Error::BearerEnded { why: "the policies have changed since" });
    }
    Ok(permit)
}

impl<'a> From<Result<&'a Permit, &'a Refusal>> for Outcome<'a> {
    fn from(decision: Result<&'a Permit, &'a Refusal>) -> Self {
        decision.map_or_else(Self::Refusal, Self::Permit)
    }
}

impl<'a> Shown<'a> {
    fn of(held: &'a Held) -> Self {
        Self { digest: held.digest(), types: held.types(), issuer: held.issuer() }
    }
}

/// A purpose, unless it is longer than any that a policy names.
fn short(purpose: Option<&str>) -> Result<Option<&str>, Error> {
    match purpose.map_or(0, str::len) {
        bytes if bytes > PURPOSE_BYTES_MAX => Err(Error::Usage(format!(
            "the purpose has {bytes} bytes, at most {PURPOSE_BYTES_MAX} are read; name one that a policy lists"
        ))),
        _ => Ok(purpose),
    }
}

/// The predicates of the vocabulary among the terms named that a permit opens.
fn opened(
    connector: &Connector,
    permit: Option<&Permit>,
    named: &BTreeSet<String>,
) -> BTreeSet<String> {
    let Some(permit) = permit else { return BTreeSet::new() };
    if named.is_empty() {
        return BTreeSet::new();
    }
    let known = connector.vocabulary.predicates().into_iter();
    let named: Vec<_> = known.filter(|iri| named.contains(*iri)).collect();
    let withheld = permit.withheld(&connector.vocabulary, named.iter().copied());
    let is_open = |iri: &&str| !withheld.iter().any(|it| it.predicate == *iri);
    named.into_iter().filter(is_open).map(str::to_owned).collect()
}

/// The terms that a query spells out, among them its predicates, as IRIs.
///
/// Read letter by letter, without the parser: the decision is written down before a worker, which has
/// a deadline, parses the text. A prefix that is declared twice counts as it was declared first.
fn spelled_out(text: &str) -> BTreeSet<String> {
    let is_of_name = |c: char| c.is_alphanumeric() || ":_-.".contains(c);
    let (mut prefixes, mut named, mut words) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
    for piece in text.split_inclusive('>') {
        let (before, iri) = piece.rsplit_once('<').unwrap_or((piece, ""));
        words.extend(before.split(|c| !is_of_name(c)).filter(|word| word.contains(':')));
        let Some(iri) = iri.strip_suffix('>').filter(|iri| !iri.contains(char::is_whitespace))
        else {
            continue;
        };
        match before.trim_end().strip_suffix(':') {
            Some(declared) => {
                let name = declared.rsplit(|c| !is_of_name(c)).next().unwrap_or_default();
                prefixes.entry(name).or_insert(iri);
            }
            None => drop(named.insert(iri.to_owned())),
        }
    }
    for word in words {
        if let Some((prefix, local)) = word.split_once(':')
            && !local.is_empty()
            && let Some(namespace) = prefixes.get(prefix)
        {
            named.insert(format!("{namespace}{}", local.trim_end_matches('.')));
        }
    }
    named
}

/// The SHA-256 of a text, in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{PURPOSE_BYTES_MAX, short, spelled_out};

    #[test]
    fn a_purpose_that_nobody_would_name_is_not_written_down() {
        let long = "ö".repeat(PURPOSE_BYTES_MAX);
        assert_eq!(short(Some(&long[..PURPOSE_BYTES_MAX])).unwrap().unwrap().len(), 256);
        let refused = short(Some(&long)).unwrap_err().problem();
        assert_eq!((refused.status, refused.code.as_str()), (400, "usage"));
        assert!(short(None).unwrap().is_none());
    }

    #[test]
    fn a_query_spells_out_iris_and_prefixed_names() {
        let text = "PREFIX adit: <https://w3id.org/adit/ns#> PREFIX : <https://a.example/>\n\
                    SELECT * { ?s adit:partOf*/<https://schema.org/name> ?n . :x adit:serial ?t. FILTER(?t < 4 && ?t > 2) }";
        let named: Vec<_> = spelled_out(text).into_iter().collect();
        assert_eq!(
            named,
            [
                "https://a.example/x",
                "https://schema.org/name",
                "https://w3id.org/adit/ns#partOf",
                "https://w3id.org/adit/ns#serial",
            ]
        );
    }
}
