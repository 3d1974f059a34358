//! `adit completions` and `adit man`: what a shell and a reader of manuals need.

use crate::error::Error;
use crate::help;
use crate::language::Language;
use crate::outcome::Outcome;
use clap::Command;
use clap_complete::Shell;
use serde_json::json;
use std::path::Path;

/// The completions for a shell.
pub fn run(shell: Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut help::command(Language::En), "adit", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Outcome::new(json!({ "shell": shell.to_string(), "script": script }), script)
}

/// Writes `adit.1` and a page for each command, in English.
pub fn manual(into: &Path) -> Result<Outcome, Error> {
    std::fs::create_dir_all(into).map_err(|e| Error::file(into, e))?;
    let mut written = Vec::new();
    page(help::command(Language::En), "adit", into, &mut written)?;
    let human = written.iter().map(|name| format!("{name}\n")).collect::<String>();
    Ok(Outcome::new(json!({ "pages": written }), human))
}

fn page(command: Command, name: &str, into: &Path, written: &mut Vec<String>) -> Result<(), Error> {
    let below: Vec<_> = command
        .get_subcommands()
        .filter(|it| it.get_name() != "help" && !it.is_hide_set())
        .cloned()
        .collect();
    let path = into.join(format!("{name}.1"));
    let mut text = Vec::new();
    let titled = command.display_name(name.to_owned()).bin_name(name.replace('-', " "));
    let manual = clap_mangen::Man::new(titled).title(name.to_uppercase());
    manual.render(&mut text).map_err(|e| Error::file(&path, e))?;
    std::fs::write(&path, text).map_err(|e| Error::file(&path, e))?;
    written.push(format!("{name}.1"));
    for it in below {
        let name = format!("{name}-{}", it.get_name());
        page(it, &name, into, written)?;
    }
    Ok(())
}
