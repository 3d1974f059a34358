//! The way from a command line to an exit code.

use crate::cli::{Cli, Command, Journal};
use crate::config::{Config, Environment};
use crate::error::Error;
use crate::folder::Folder;
use crate::language::{self, Language};
use crate::layers::Override;
use crate::outcome::{Outcome, Reply};
use crate::{command, control, dumps, gaps, help, logging};
use clap::FromArgMatches;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

/// How a command speaks to whoever started it.
#[derive(Debug, Clone, Copy)]
pub struct Speech {
    /// In which language.
    pub language: Language,
    /// Whether to a program, as one JSON object.
    pub json: bool,
    /// Whether without colour.
    pub no_color: bool,
}

/// Reads the command line, does what it says, prints, and gives the exit code.
pub fn main() -> ExitCode {
    let forbidden = dumps::forbid();
    let environment = Environment::read();
    let arguments: Vec<_> = std::env::args_os().collect();
    let language = language::wanted(&arguments, environment.locale.as_deref());
    let parsed = help::command(language).try_get_matches_from(arguments);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(told) => told.exit(),
    };
    if matches!(cli.command, Command::Worker) {
        return adit_facts::worker_main();
    }
    let speech = Speech { language, json: cli.json, no_color: environment.no_color };
    let folder = match forbidden.and_then(|()| folder(&cli, environment)) {
        Ok(folder) => folder,
        Err(error) => return print(Err(error), speech),
    };
    logging::start(log(&folder).as_deref(), speech.no_color);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return print(Err(Error::Internal(format!("the runtime: {e}"))), speech),
    };
    let waiting = spinner(&cli.command, cli.json);
    let result = runtime.block_on(run(&folder, cli.command, speech));
    waiting.finish_and_clear();
    print(result, speech)
}

/// The folder of the command, with what environment and flags say instead of its settings file.
fn folder(cli: &Cli, environment: Environment) -> Result<Folder, Error> {
    let root = cli.folder.clone().or(environment.folder).unwrap_or_else(|| ".".into());
    let set = cli.set.iter().map(|text| Override::assignment(text).map_err(Error::Usage));
    let set: Vec<_> = set.collect::<Result<_, _>>()?;
    let folder = Folder::at(root).beside(environment.places);
    let mut folder = folder.overridden(environment.settings).overridden(set);
    if let Command::Serve(serve) = &cli.command
        && let Some(listen) = serve.listen
    {
        folder = folder.overridden([Override::flag("listen", &listen.to_string(), "--listen")]);
    }
    Ok(folder)
}

/// What the log tells. Settings that are wrong are told by the command that needs them.
fn log(folder: &Folder) -> Option<String> {
    let said = folder.overrides().iter().rev().find(|it| it.key == "log");
    let said = said.map(|it| it.value.clone());
    said.or_else(|| Config::read(folder).ok().and_then(|config| config.log))
}

async fn run(folder: &Folder, command: Command, speech: Speech) -> Result<Reply, Error> {
    let done = Reply::Done;
    match command {
        Command::Init(init) => command::init::run(folder, &init).await.map(done),
        Command::Map { file, force } => command::map::run(folder, &file, force).map(done),
        Command::Whoami => command::whoami::run(folder).await.map(done),
        Command::Did(what) => command::did::run(folder, &what).await,
        Command::Credential(what) => command::credential::run(folder, &what).await,
        Command::Journal(Journal::Verify) => command::journal::verify(folder).map(done),
        Command::Serve(serve) => command::serve::run(folder, &serve).await.map(done),
        Command::Demo(demo) => command::demo::run(&demo, speech.json).await.map(done),
        Command::Audit(what) => command::audit::run(folder, &what).map(done),
        Command::Doctor => command::doctor::run(folder, speech.language).await.map(done),
        Command::Rebuild => command::rebuild::run(folder).map(done),
        Command::Config(what) => command::config::run(folder, what, speech.language).map(done),
        Command::Explain { code } => {
            command::explain::run(code.as_deref(), speech.language).map(done)
        }
        Command::Completions { shell } => Ok(done(command::completions::run(shell))),
        Command::Man { into } => command::completions::manual(&into).map(done),
        Command::Worker => Ok(done(Outcome::default())),
        Command::Invite(it) => control::send(folder, command::invite::request(&it)?).await,
        Command::Join { invitation } => {
            control::send(folder, command::join::request(&invitation)?).await
        }
        Command::Check(files) => {
            control::send(folder, control::Order::Check { files: files.files }).await
        }
        Command::Diff(files) => {
            control::send(folder, control::Order::Diff { files: files.files }).await
        }
        Command::Gaps(it) => {
            let language = speech.language;
            control::send(folder, control::Order::Gaps(gaps::Wanted { files: it.files, language }))
                .await
        }
        Command::Publish(it) => {
            let order = control::Order::Publish { files: it.files, withdraw: it.withdraw };
            control::send(folder, order).await
        }
        Command::Token(it) => control::send(folder, command::token::request(&it)?).await,
        Command::Query(it) => {
            let order = command::query::request(folder, &it)?;
            command::query::ask(folder, order, &it.asking).await
        }
        Command::Trace { direction, item, asking } => {
            let order = command::trace::request(folder, direction, &item, &asking)?;
            command::query::ask(folder, order, &asking).await
        }
        Command::Asked(it) => command::asked::run(folder, &it).await,
        Command::Trust(what) => {
            control::send(folder, command::trust::request(folder, &what)?).await
        }
        Command::Key(what) => command::key::run(folder, &what).await,
    }
}

/// A sign of life while a command waits for companies or files, on a terminal only.
fn spinner(command: &Command, json: bool) -> ProgressBar {
    let doing = match command {
        Command::Query(_) | Command::Trace { .. } => "asking",
        Command::Check(_) | Command::Diff(_) | Command::Gaps(_) => "reading",
        Command::Publish(_) => "publishing",
        Command::Rebuild => "rebuilding",
        Command::Journal(_) => "verifying",
        Command::Doctor => "looking",
        _ => return ProgressBar::hidden(),
    };
    if json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let spinner = ProgressBar::new_spinner().with_message(doing);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

/// Writes to whoever started the command; a reader that closed the pipe early, such as `head`, has what it wanted.
pub fn say(mut to: impl Write, text: &str) {
    drop(to.write_all(text.as_bytes()).and_then(|()| to.flush()));
}

fn print(result: Result<Reply, Error>, speech: Speech) -> ExitCode {
    let reply = result.unwrap_or_else(|error| Reply::Failed(error.problem()));
    match &reply {
        Reply::Done(outcome) if speech.json && !outcome.json.is_null() => {
            say(std::io::stdout(), &format!("{}\n", outcome.json));
        }
        Reply::Done(outcome) => say(std::io::stdout(), &outcome.human),
        Reply::Failed(problem) if speech.json => {
            say(std::io::stdout(), &format!("{}\n", problem.to_json()));
        }
        Reply::Failed(problem) => {
            let bold = std::io::stderr().is_terminal() && !speech.no_color;
            say(std::io::stderr(), &format!("{}\n", problem.to_text(bold, speech.language)));
        }
    }
    ExitCode::from(reply.exit_code())
}
