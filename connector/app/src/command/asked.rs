//! `adit asked`: who asked for this company's facts, for people or as CSV.

use crate::asked::{Askings, Period, Request, by_asker};
use crate::cli::{Asked, By};
use crate::command::query::timestamp;
use crate::config::Config;
use crate::control::{self, Order};
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::{Outcome, Reply};
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeSet;

/// The columns, one row for each request.
const EACH: &[&str] =
    &["at", "asker", "purpose", "credentials", "permitted_by", "outcome", "what", "predicates"];
/// The columns with `--by asker`.
const BY_ASKER: &[&str] =
    &["asker", "purpose", "credentials", "permitted_by", "outcome", "questions", "first", "last"];

/// Asks the folder's own journal, through the server if one runs.
pub async fn run(folder: &Folder, asked: &Asked) -> Result<Reply, Error> {
    let outcome = match control::send(
        folder,
        Order::Asked(period(folder, asked.since.as_ref(), asked.until.as_ref())?),
    )
    .await?
    {
        Reply::Done(outcome) => outcome,
        failed @ Reply::Failed(_) => return Ok(failed),
    };
    let requests: Vec<Request> = serde_json::from_value(outcome.json["requests"].clone())
        .map_err(|e| Error::Internal(format!("the server's answer: {e}")))?;
    let (header, rows, json) = match asked.by {
        None => (EACH, requests.iter().map(each).collect::<Vec<_>>(), outcome.json),
        Some(By::Asker) => {
            let askings = by_asker(requests);
            let json = json!({ "askings": askings });
            (BY_ASKER, askings.iter().map(grouped).collect(), json)
        }
    };
    let human = if asked.csv { csv(header, &rows) } else { table(header, &rows) };
    Ok(Reply::Done(Outcome::new(json, human)))
}

/// The period; a date alone means its whole day in the company's zone, or in UTC where it names none.
pub(super) fn period(
    folder: &Folder,
    since: Option<&String>,
    until: Option<&String>,
) -> Result<Period, Error> {
    let zone = Config::read(folder)?.time_zone.unwrap_or_else(|| "UTC".to_owned());
    let start = |text: &String| timestamp(text, Some(&zone));
    let end = |text: &String| match text.parse::<jiff::civil::Date>() {
        Ok(date) => timestamp(&date.tomorrow().unwrap_or(date).to_string(), Some(&zone)),
        Err(_) => timestamp(text, Some(&zone)),
    };
    Ok(Period { since: since.map(start).transpose()?, until: until.map(end).transpose()? })
}

fn each(it: &Request) -> Vec<String> {
    let [asker, purpose, credentials, permitted_by, outcome] = who(it);
    let predicates = joined(&it.predicates);
    let at = second(it.at);
    vec![at, asker, purpose, credentials, permitted_by, outcome, it.what.clone(), predicates]
}

fn grouped(it: &Askings) -> Vec<String> {
    let mut row = who(&it.first).to_vec();
    row.extend([it.questions.to_string(), second(it.first.at), second(it.last)]);
    row
}

fn who(it: &Request) -> [String; 5] {
    [
        it.asker.clone().unwrap_or_else(|| "anonymous".to_owned()),
        it.purpose.clone().unwrap_or_default(),
        joined(&it.credentials),
        joined(&it.permitted_by),
        it.outcome.clone(),
    ]
}

/// Several values in one cell.
fn joined(values: &BTreeSet<String>) -> String {
    values.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
}

fn second(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// CSV by [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180#section-2).
fn csv(header: &[&str], rows: &[Vec<String>]) -> String {
    let quoted = |cell: &str| {
        if cell.contains([',', '"', '\r', '\n']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    };
    let line = |cells: Vec<String>| cells.join(",") + "\r\n";
    let header = line(header.iter().map(|cell| quoted(cell)).collect());
    rows.iter().fold(header, |text, row| text + &line(row.iter().map(|it| quoted(it)).collect()))
}

/// Columns as wide as what stands in them.
fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let header: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
    let widths: Vec<usize> = (0..header.len())
        .map(|at| {
            let cells = rows.iter().chain([&header]).filter_map(|row| row.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        })
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let mut text = line(&header);
    rows.iter().for_each(|row| text.push_str(&line(row)));
    text + &format!("{} row(s)\n", rows.len())
}
