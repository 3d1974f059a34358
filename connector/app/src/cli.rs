//! The command line: what a person may type, and the way from there to an exit code.

use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::{Outcome, Reply};
use crate::{command, control};
use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Adit: a company's product facts, shown as its policies allow, answered across companies.
///
/// Exit codes: 0 done, 1 a fault of this program or machine, 2 usage, 3 partial answer,
/// 4 refused by policy, 5 peer unreachable, 6 invalid data.
#[derive(Debug, Parser)]
#[command(name = "adit", version, max_term_width = 100)]
pub struct Cli {
    /// The company's folder.
    #[arg(short = 'C', long, global = true, default_value = ".", value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Print one JSON object instead of text for people.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What a person may ask for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a folder a company's (or a client's): key, settings, policies, trust list.
    Init(Init),
    /// Invite a company: trust it to join, and write the invitation to hand over.
    Invite(Invite),
    /// Accept an invitation: exchange credentials and identifier templates with the inviter.
    Join {
        /// The invitation, as `adit invite` wrote it.
        invitation: PathBuf,
    },
    /// Write a first mapping for a data file from its headers.
    Map {
        /// The data file.
        file: PathBuf,
        /// Replace a mapping that is already there.
        #[arg(long)]
        force: bool,
    },
    /// Check the data files without publishing; each problem with its place and what to do.
    Check(Files),
    /// Show what publishing would change.
    Diff(Files),
    /// Publish the data files of the folder, all or nothing.
    Publish(Publish),
    /// Answer other companies and this one's own people until interrupted.
    Serve(Serve),
    /// Exchange credentials for a bearer that any SPARQL client can use for an hour.
    Token(Token),
    /// Ask a SPARQL question across companies.
    Query(Query),
    /// Follow an item up to its machine, place and owner, or down to its parts.
    Trace {
        /// Which way.
        #[arg(value_enum)]
        direction: Direction,
        /// The item.
        item: String,
        /// How to ask.
        #[command(flatten)]
        asking: Asking,
    },
    /// Show who this folder is: DID, name, address, credentials, trust.
    Whoami,
    /// Show or change whom this company trusts to issue which credential.
    #[command(subcommand)]
    Trust(Trust),
    /// Issue a credential, or show one.
    #[command(subcommand)]
    Credential(Credential),
    /// Look after the journal.
    #[command(subcommand)]
    Journal(Journal),
    /// Delete the fact store and make it again from the journal.
    Rebuild,
    /// Start the example companies, publish their files and ask the demo question.
    Demo(Demo),
    /// Evaluate queries for a server; not for people.
    #[command(hide = true)]
    Worker,
}

/// `adit init`
#[derive(Debug, Args)]
pub struct Init {
    /// The company's DID, such as did:web:shop.example; without it a client with a did:jwk is made.
    #[arg(long)]
    pub did: Option<String>,
    /// The name that people read.
    #[arg(long)]
    pub name: Option<String>,
    /// The address of the connector; by default `https://connector.DOMAIN`.
    #[arg(long)]
    pub base: Option<String>,
    /// The zone of times that name none, such as Europe/Helsinki.
    #[arg(long)]
    pub time_zone: Option<String>,
    /// The country, such as FI.
    #[arg(long)]
    pub country: Option<String>,
    /// The address to answer on.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
    /// A file that maps host names to loopback ports, for trying several companies on one machine.
    #[arg(long)]
    pub hosts_file: Option<PathBuf>,
}

/// `adit invite`
#[derive(Debug, Args)]
pub struct Invite {
    /// The DID of the company to invite.
    pub did: String,
    /// Our number for it, as our files use it.
    #[arg(long)]
    pub number: Option<String>,
    /// Its name.
    #[arg(long)]
    pub name: Option<String>,
    /// Where to write the invitation.
    #[arg(short, long, default_value = "invitation.json")]
    pub output: PathBuf,
}

/// Which data files.
#[derive(Debug, Args)]
pub struct Files {
    /// The files; all data files of the folder if none is named.
    pub files: Vec<String>,
}

/// `adit publish`
#[derive(Debug, Args)]
pub struct Publish {
    /// The files; all data files of the folder if none is named.
    pub files: Vec<String>,
    /// Withdraw what was published from this file.
    #[arg(long, value_name = "FILE")]
    pub withdraw: Vec<String>,
}

/// `adit serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to answer on instead of the settings'; port 0 lets the system choose.
    #[arg(long)]
    pub listen: Option<std::net::SocketAddr>,
    /// End when standard input closes, so that whoever started this does not outlive it.
    #[arg(long, hide = true)]
    pub until_stdin_closes: bool,
}

/// `adit token`
#[derive(Debug, Args)]
pub struct Token {
    /// The peer's DID or address; this company's own server if left out.
    #[arg(long, value_name = "DID|URL")]
    pub peer: Option<String>,
    /// What the facts are wanted for, such as recall or AcademicResearch.
    #[arg(long)]
    pub purpose: Option<String>,
    /// The credential files to present; by default those that fit the peer.
    #[arg(long, value_name = "FILE")]
    pub present: Vec<PathBuf>,
}

/// How to ask.
#[derive(Debug, Clone, Args)]
pub struct Asking {
    /// What the facts are wanted for, such as recall or AcademicResearch.
    #[arg(long)]
    pub purpose: Option<String>,
    /// The credential files to present, `none` for nothing; by default all that fit.
    #[arg(long, value_name = "FILE")]
    pub present: Vec<PathBuf>,
    /// The date that part-of, place and owner are asked at, such as 2026-11-20 or 2026-11-20T08:00:00Z.
    #[arg(long)]
    pub at: Option<String>,
    /// How to print the answer.
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
    /// Leave out the source report.
    #[arg(long)]
    pub quiet: bool,
}

/// `adit query`
#[derive(Debug, Args)]
pub struct Query {
    /// The file with the question, or `-` for standard input.
    #[arg(required_unless_present = "text")]
    pub file: Option<PathBuf>,
    /// The question itself.
    #[arg(long, conflicts_with = "file")]
    pub text: Option<String>,
    /// How to ask.
    #[command(flatten)]
    pub asking: Asking,
}

/// Which way a trace goes.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Direction {
    /// To the machine, its place and its owner.
    Up,
    /// To the parts.
    Down,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people.
    Table,
    /// SPARQL 1.1 Query Results CSV, or N-Triples for a graph.
    Csv,
    /// SPARQL 1.1 Query Results JSON, or N-Triples for a graph.
    Json,
}

/// `adit trust`
#[derive(Debug, Subcommand)]
pub enum Trust {
    /// Show the trust list.
    Show,
    /// Stop a company or person: their credentials and bearers open nothing from the next request on.
    Block {
        /// Whom.
        did: String,
    },
    /// Let somebody in again.
    Unblock {
        /// Whom.
        did: String,
    },
    /// Trust an issuer for a type of credential.
    Add {
        /// The issuer.
        did: String,
        /// The type, such as ResearcherCredential.
        #[arg(long = "type")]
        kind: String,
    },
}

/// `adit credential`
#[derive(Debug, Subcommand)]
pub enum Credential {
    /// Issue a credential to somebody.
    Issue {
        /// The type, such as ResearcherCredential.
        #[arg(long = "type")]
        kind: String,
        /// The DID of the holder.
        #[arg(long)]
        to: String,
        /// How many days it is valid.
        #[arg(long, default_value_t = 365)]
        days: u16,
        /// Where to write it.
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Show what a credential says, without checking it.
    Show {
        /// The credential file.
        file: PathBuf,
    },
}

/// `adit journal`
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// Check every entry and blob, and name the first bad one.
    Verify,
}

/// `adit demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder of the example companies.
    #[arg(default_value = "examples")]
    pub examples: PathBuf,
    /// Where the companies' folders are made; a temporary folder if left out.
    #[arg(long)]
    pub into: Option<PathBuf>,
    /// End after the answers instead of running until interrupted.
    #[arg(long)]
    pub once: bool,
}

/// Reads the command line, does what it says, prints, and gives the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::Worker) {
        return adit_facts::worker_main();
    }
    crate::logging::start();
    let folder = Folder::at(&cli.folder);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return print(Err(Error::Internal(format!("the runtime: {e}"))), cli.json),
    };
    let waiting = spinner(&cli.command, cli.json);
    let result = runtime.block_on(run(&folder, cli.command, cli.json));
    waiting.finish_and_clear();
    print(result, cli.json)
}

async fn run(folder: &Folder, command: Command, json: bool) -> Result<Reply, Error> {
    let done = Reply::Done;
    match command {
        Command::Init(init) => command::init::run(folder, &init).map(done),
        Command::Map { file, force } => command::map::run(folder, &file, force).map(done),
        Command::Whoami => command::whoami::run(folder).map(done),
        Command::Credential(what) => command::credential::run(folder, &what).map(done),
        Command::Journal(Journal::Verify) => command::journal::verify(folder).map(done),
        Command::Serve(serve) => command::serve::run(folder, &serve).await.map(done),
        Command::Demo(demo) => command::demo::run(&demo, json).await.map(done),
        Command::Rebuild => command::rebuild::run(folder).map(done),
        Command::Worker => Ok(Reply::Done(Outcome::default())),
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
        Command::Trust(what) => control::send(folder, command::trust::request(&what)).await,
    }
}

/// A sign of life while a command waits for companies or files, on a terminal only.
fn spinner(command: &Command, json: bool) -> ProgressBar {
    let doing = match command {
        Command::Query(_) | Command::Trace { .. } => "asking",
        Command::Check(_) | Command::Diff(_) => "reading",
        Command::Publish(_) => "publishing",
        Command::Rebuild => "rebuilding",
        Command::Journal(_) => "verifying",
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

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to its caller")]
fn print(result: Result<Reply, Error>, json: bool) -> ExitCode {
    let reply = result.unwrap_or_else(|error| Reply::Failed(error.problem()));
    match &reply {
        Reply::Done(outcome) if json => println!("{}", outcome.json),
        Reply::Done(outcome) => {
            // A reader that closed the pipe early, such as `head`, has what it wanted.
            drop(write!(std::io::stdout(), "{}", outcome.human));
        }
        Reply::Failed(problem) if json => println!("{}", problem.to_json()),
        Reply::Failed(problem) => {
            let bold = std::io::stderr().is_terminal() && !crate::config::no_color();
            eprintln!("{}", problem.to_text(bold));
        }
    }
    ExitCode::from(reply.exit_code())
}
