//! What a command gives back, whether it ran here or in the server of the folder.

use crate::explain;
use crate::help::word;
use crate::language::Language;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The answer to an order.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    /// It was done.
    Done(Outcome),
    /// It was not.
    Failed(Problem),
}

impl Reply {
    /// The exit code of the command.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Done(Outcome { unwell: true, .. }) => 1,
            Self::Done(Outcome { partial: false, .. }) => 0,
            Self::Done(Outcome { partial: true, .. }) => 3,
            Self::Failed(problem) => problem.exit,
        }
    }
}

/// What was done: for programs and for people.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// For programs.
    pub json: Value,
    /// For people.
    pub human: String,
    /// Whether some source is missing from the answer.
    pub partial: bool,
    /// Whether something that was looked at is broken.
    #[serde(default)]
    pub unwell: bool,
}

impl Outcome {
    /// A complete outcome.
    pub fn new(json: Value, human: impl Into<String>) -> Self {
        Self { json, human: human.into(), ..Self::default() }
    }
}

/// What went wrong, in the form of [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457#name-members-of-a-problem-detail).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Problem {
    /// The stable code, such as `policy.purpose`.
    pub code: String,
    /// What was wrong, where, in one sentence.
    pub title: String,
    /// The way out.
    pub fix: Option<String>,
    /// The parts of the error, for programs.
    pub detail: Value,
    /// The HTTP status.
    pub status: u16,
    /// The exit code.
    pub exit: u8,
}

impl Problem {
    /// The problem as the body of an answer.
    pub fn to_json(&self) -> Value {
        let mut body = json!({
            "type": explain::iri(&self.code),
            "code": self.code, "title": self.title, "status": self.status, "exit": self.exit,
        });
        if let Some(fix) = &self.fix {
            body["fix"] = json!(fix);
        }
        if !self.detail.is_null() {
            body["detail"] = self.detail.clone();
        }
        body
    }

    /// A problem as another connector told it.
    pub fn from_json(body: &Value, status: u16) -> Self {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let exit = body.get("exit").and_then(Value::as_u64).and_then(|exit| exit.try_into().ok());
        Self {
            code: text("code").unwrap_or_default(),
            title: text("title").unwrap_or_default(),
            fix: text("fix"),
            detail: body.get("detail").cloned().unwrap_or_default(),
            status,
            exit: exit.unwrap_or(4),
        }
    }

    /// The problem for people, with the way to the page of its code.
    pub fn to_text(&self, bold: bool, language: Language) -> String {
        let (on, off) = if bold { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        let to_do = |fix| format!("\n  {}: {fix}", word("to-do", language));
        // A policy's refusal ends with its way out already.
        let fix = self.fix.as_ref().filter(|fix| !self.title.ends_with(fix.as_str()));
        let fix = fix.map(to_do).unwrap_or_default();
        let more = match explain::page(&self.code, language) {
            Some(_) => format!("\n  {}: adit explain {}", word("more", language), self.code),
            None => String::new(),
        };
        // What is listed below the title stands under its code.
        let (title, list) = self.title.split_once('\n').unwrap_or((&self.title, ""));
        let list = if list.is_empty() { String::new() } else { format!("\n{list}") };
        format!("{on}adit: {title}{off} [{}]{list}{fix}{more}", self.code)
    }
}
