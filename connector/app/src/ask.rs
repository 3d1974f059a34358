//! A question of our own people, asked across companies: the line, then the federation, then the original query.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::identity::Asker;
use crate::outcome::Outcome;
use crate::peers::Companies;
use crate::{query, results};
use adit_credentials::Caller;
use adit_facts::{Graphs, Job, QueryText, Scratch};
use adit_federation::{Limits, Plan, Report, gather};
use adit_policy::Withheld;
use adit_vocab::Did;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A question of our own people.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Question {
    /// The query.
    pub text: String,
    /// What for.
    pub purpose: Option<String>,
    /// The credentials to present; all that fit if left out.
    pub present: Option<Vec<String>>,
    /// The date that derived predicates are asked at; now if left out.
    pub at: Option<Timestamp>,
}

/// Asks a question across companies.
pub async fn ask(connector: &Arc<Connector>, question: Question) -> Result<Outcome, Error> {
    let now = clock::now();
    let text = QueryText::scan(&question.text, None, &connector.config.queries.limits())?;
    let plan = Plan::of(&text.parse()?)?;
    let companies = companies(connector, question, plan.predicates(), now).await?;
    let gathered = gather(&plan, &companies, &Limits::default()).await?;
    let scratch =
        tokio::task::block_in_place(|| Scratch::new(&connector.folder.scratch(), gathered.quads))?;
    let job = Job::scratch(&scratch, &text, companies.at, Graphs::default());
    let evaluated = connector.workers().await?.evaluate(job).await?;
    let results = results::collect(evaluated.answer).await?;
    let unknown = unknown(connector, companies.predicates.as_ref());
    let withheld = companies.withheld.into_inner().expect("no holder of the lock panics");
    Ok(outcome(results, &gathered.report, &withheld, &unknown, companies.at))
}

/// The companies that a question may reach, and what our own people may read here.
async fn companies<'c>(
    connector: &'c Connector,
    question: Question,
    predicates: Option<BTreeSet<String>>,
    now: Timestamp,
) -> Result<Companies<'c>, Error> {
    let Question { text, purpose, present, at } = question;
    let chosen = match present {
        Some(chosen) => chosen,
        None => connector.wallet()?,
    };
    let own = connector.did().clone();
    // A client has no facts; a company's own people pass the same line as everybody else.
    let permit = if connector.config.base.is_some() {
        let caller = own_caller(connector, &chosen, now).await?;
        let asker = Asker { caller, purpose: purpose.clone(), bound: None };
        Some(query::decide(connector, &asker, None, "ask", &text, now).await?)
    } else {
        None
    };
    let mut known: BTreeSet<Did> =
        connector.directory.partners()?.into_iter().map(|partner| partner.did).collect();
    known.extend(connector.directory.descriptions().into_keys());
    known.remove(&own);
    if permit.is_some() {
        known.insert(own);
    }
    Ok(Companies {
        connector,
        permit,
        chosen,
        purpose,
        at: at.unwrap_or(now),
        now,
        known: known.into_iter().collect(),
        predicates,
        withheld: Default::default(),
    })
}

/// Our own people pass the same line as everybody else; with no credential they are nobody in particular.
async fn own_caller(
    connector: &Connector,
    chosen: &[String],
    now: Timestamp,
) -> Result<Caller, Error> {
    let fitting = connector.standing(chosen, connector.did(), now).await;
    if fitting.is_empty() {
        return Ok(Caller::anonymous());
    }
    let presentation = connector.present(&fitting, connector.did(), now)?;
    connector.verify(&presentation, now).await
}

/// The predicates of a question that no profile here gives a tier to, with what was likely meant; most are misspelled.
fn unknown(
    connector: &Connector,
    predicates: Option<&BTreeSet<String>>,
) -> BTreeMap<String, Option<String>> {
    let vocabulary = &connector.vocabulary;
    let known: Vec<_> = vocabulary.predicates().into_iter().map(adit_vocab::shorten).collect();
    let is_known = |it: &str| vocabulary.knows(it) || adit_vocab::is_derived(it);
    let unknown = predicates.into_iter().flatten().filter(|it| !is_known(it));
    let unknown = unknown.map(|it| adit_vocab::shorten(it));
    let meant = |it: &str| adit_vocab::nearest(it, known.iter().map(String::as_str));
    unknown.map(|it| (it.clone(), meant(&it).map(str::to_owned))).collect()
}

fn outcome(
    results: Value,
    report: &Report,
    withheld: &BTreeMap<Did, BTreeSet<Withheld>>,
    unknown: &BTreeMap<String, Option<String>>,
    at: Timestamp,
) -> Outcome {
    let mut human = format!("{report}\n");
    for (predicate, near) in unknown {
        human.push_str(&format!("no profile here knows {predicate}"));
        if let Some(near) = near {
            human.push_str(&format!("; did you mean {near}?"));
        }
        human.push('\n');
    }
    for (did, withheld) in withheld {
        let mut by_fix: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for it in withheld {
            by_fix.entry(&it.fix).or_default().push(adit_vocab::shorten(&it.predicate));
        }
        for (fix, predicates) in by_fix {
            human.push_str(&format!("{did} withholds {}: {fix}\n", predicates.join(", ")));
        }
    }
    let json = json!({
        "results": results, "at": at, "report": report, "withheld": withheld,
        "unknown": unknown, "partial": !report.complete, "told": human,
    });
    Outcome { partial: !report.complete, ..Outcome::new(json, human) }
}
