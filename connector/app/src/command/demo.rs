//! `adit demo`: the main job, on this machine, with the example companies.

use crate::bundled;
use crate::circle::Circle;
use crate::cli::Demo;
use crate::config::Config;
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::program;
use crate::results::Collected;
use crate::safe_client::{Cap, Request, SafeClient};
use adit_vocab::schema;
use oxrdf::Term;
use oxttl::NTriplesParser;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The question that is asked, and the company that asks it.
const QUESTION: &str = "questions/machines-with-heat.rq";
const ASKER: &str = "oem";

/// Starts the companies, publishes their files, asks, and waits.
pub async fn run(demo: &Demo, json: bool) -> Result<Outcome, Error> {
    let program = std::env::current_exe().map_err(|e| Error::Internal(e.to_string()))?;
    let temporary = tempfile::tempdir().map_err(|e| Error::Internal(e.to_string()))?;
    let root = match &demo.into {
        Some(into) => into.clone(),
        None => temporary.path().join("companies"),
    };
    std::fs::create_dir_all(&root).map_err(|e| Error::file(&root, e))?;
    let root = root.canonicalize().map_err(|e| Error::file(&root, e))?;
    let say = |text: &str| {
        if !json {
            program::say(std::io::stdout(), &format!("{text}\n"));
        }
    };

    let examples = match &demo.examples {
        Some(examples) => examples.clone(),
        None => {
            let unpacked = temporary.path().join("examples");
            bundled::unpack(&unpacked)?;
            unpacked
        }
    };
    let mut circle = Circle::prepare(&program, &examples, &root)?;
    circle.start()?;
    for member in &circle.plan().company {
        let address = circle.address(&member.folder).map(|it| it.to_string()).unwrap_or_default();
        say(&format!("{} answers on http://{address}", member.did));
    }
    circle.meet()?;
    say("\nEach company publishes its own files:");
    for line in circle.publish()? {
        say(&format!("  {line}"));
    }

    let question: PathBuf = examples.join(QUESTION);
    let question = question.canonicalize().map_err(|e| Error::file(&question, e))?;
    let question = question.display().to_string();
    say(
        "\nThe machine builder asks which machines in which mines hold a part made from one heat:\n",
    );
    let full = ask(&circle, &question, &["--purpose", "recall"])?;
    say(&full.to_text());
    say("Items and where their pages are on this machine:");
    let pages = pages(&circle, &full.results).await?;
    for Page { name, item, address } in &pages {
        say(&format!("  {name}\n    {item}\n    {address}"));
    }
    say("\nThe same question with the company's own credential alone, which no partner issued:\n");
    let owner = circle.folder(ASKER).join("credentials/owner.jwt").display().to_string();
    let lesser = ask(&circle, &question, &["--purpose", "recall", "--present", &owner])?;
    say(&lesser.to_text());
    say(&format!(
        "{} of {} rows are missing, for the reasons above.",
        full.rows() - lesser.rows().min(full.rows()),
        full.rows()
    ));

    if !demo.once {
        say("\nThe companies go on answering; end them with Ctrl-C.");
        tokio::signal::ctrl_c().await.map_err(|e| Error::Internal(e.to_string()))?;
    }
    let json = json!({ "full": full.json, "lesser": lesser.json, "pages": pages });
    Ok(Outcome::new(json, ""))
}

struct Answered {
    results: Collected,
    human: String,
    json: Value,
}

impl Answered {
    fn to_text(&self) -> String {
        format!("{}\n{}", self.results.to_table(), self.human)
    }

    fn rows(&self) -> usize {
        match &self.results {
            Collected::Rows { rows, .. } => rows.len(),
            Collected::Boolean(_) | Collected::Graph(_) => 0,
        }
    }
}

/// Asks in the asker's folder, as its people would.
fn ask(circle: &Circle, question: &str, how: &[&str]) -> Result<Answered, Error> {
    let mut arguments = vec!["query", question, "--json"];
    arguments.extend(how);
    let output = circle.run(ASKER, &arguments)?;
    let json: Value = serde_json::from_slice(&output.stdout)
        .map_err(|e| Error::Internal(format!("the answer: {e}")))?;
    if !matches!(output.status.code(), Some(0 | 3)) {
        return Err(Error::Internal(format!("the question failed: {json}")));
    }
    Ok(Answered {
        results: Collected::from_json(&json["results"])?,
        human: json["told"].as_str().unwrap_or_default().to_owned(),
        json,
    })
}

/// An item among the results, and the address of its page on this machine.
#[derive(Debug, Serialize)]
struct Page {
    name: String,
    item: String,
    address: String,
}

/// The pages of the items among the results.
async fn pages(circle: &Circle, results: &Collected) -> Result<Vec<Page>, Error> {
    let Collected::Rows { rows, .. } = results else { return Ok(Vec::new()) };
    let items: BTreeSet<&str> = rows
        .iter()
        .flatten()
        .filter_map(|cell| match cell {
            Some(Term::NamedNode(node)) => Some(node.as_str()),
            Some(Term::BlankNode(_) | Term::Literal(_)) | None => None,
        })
        .collect();
    let folder = Folder::at(circle.folder(ASKER));
    let outbound = SafeClient::new(&Config::read(&folder)?, &folder)?;
    let mut pages = Vec::new();
    for item in items {
        if let Some(address) = circle.loopback(item) {
            let name = name(&outbound, item).await?;
            pages.push(Page { name, item: item.to_owned(), address });
        }
    }
    Ok(pages)
}

/// The public name of an item, from its own address.
async fn name(outbound: &SafeClient, item: &str) -> Result<String, Error> {
    let response = outbound.send(Request::get(item, "application/n-triples", Cap::Message)).await?;
    let facts = NTriplesParser::new().for_slice(&response.body).filter_map(Result::ok);
    let mut names = facts.filter(|fact| fact.predicate == schema::NAME);
    Ok(match names.next().map(|fact| fact.object) {
        Some(Term::Literal(name)) => name.value().to_owned(),
        Some(Term::NamedNode(_) | Term::BlankNode(_)) | None => item.to_owned(),
    })
}
