//! `adit query`: a question across companies, and its answer for people or programs.

use crate::cli::{Asking, Format, Query};
use crate::config::Config;
use crate::control::{self, Order};
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::{Outcome, Reply};
use crate::{ask::Question, program, results, wallet};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use std::io::Read;
use std::path::PathBuf;

/// The order.
pub fn request(folder: &Folder, query: &Query) -> Result<Order, Error> {
    let text = match (&query.text, &query.file) {
        (Some(text), _) => text.clone(),
        (None, Some(file)) if file.as_os_str() == "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(|e| Error::file(file, e))?;
            text
        }
        (None, Some(file)) => Folder::text(file)?,
        (None, None) => {
            return Err(Error::Usage("name a file with the question, or --text".into()));
        }
    };
    question(folder, text, &query.asking)
}

/// A question with the way it is asked.
pub fn question(folder: &Folder, text: String, asking: &Asking) -> Result<Order, Error> {
    let zone = Config::read(folder)?.time_zone;
    Ok(Order::Ask(Question {
        text,
        purpose: asking.purpose.clone(),
        present: presented(&asking.present)?,
        at: asking.at.as_ref().map(|at| timestamp(at, zone.as_deref())).transpose()?,
    }))
}

/// The credentials that `--present` names; `none` presents nothing.
pub fn presented(files: &[PathBuf]) -> Result<Option<Vec<String>>, Error> {
    if files.is_empty() {
        return Ok(None);
    }
    if files.iter().all(|file| file.as_os_str() == "none") {
        return Ok(Some(Vec::new()));
    }
    files.iter().map(|file| wallet::read_one(file)).collect::<Result<_, _>>().map(Some)
}

/// A date or time as a person writes it: with a zone, or a date that starts in the company's zone.
pub fn timestamp(text: &str, zone: Option<&str>) -> Result<Timestamp, Error> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let wrong = || {
        Error::Usage(format!(
            "'{text}' is not a time; write 2026-11-20T08:00:00Z, or 2026-11-20 in a folder with a time_zone"
        ))
    };
    let local = match text.parse::<Date>() {
        Ok(date) => date.to_datetime(jiff::civil::Time::midnight()),
        Err(_) => text.parse::<DateTime>().map_err(|_| wrong())?,
    };
    let zone = TimeZone::get(zone.ok_or_else(wrong)?).map_err(|_| wrong())?;
    Ok(zone.to_zoned(local).map_err(|_| wrong())?.timestamp())
}

/// Sends a question and words the answer.
pub async fn ask(folder: &Folder, order: Order, asking: &Asking) -> Result<Reply, Error> {
    let outcome = match control::send(folder, order).await? {
        Reply::Done(outcome) => outcome,
        failed @ Reply::Failed(_) => return Ok(failed),
    };
    let report = if asking.quiet { String::new() } else { format!("\n{}", outcome.human) };
    let answer = results::Collected::from_json(&outcome.json["results"])?;
    let human = match asking.format {
        Format::Table => answer.to_table() + &report,
        Format::Csv => answer.to_csv()?,
        Format::Json => answer.to_json()?,
    };
    if asking.format != Format::Table && !asking.quiet {
        // The answer goes to standard output, what it rests on to people.
        program::say(std::io::stderr(), &outcome.human);
    }
    Ok(Reply::Done(Outcome { human, ..outcome }))
}
