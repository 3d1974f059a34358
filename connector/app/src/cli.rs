//! The command line: what a person may type.
//!
//! The doc comments are the English help; `strings/help.toml` holds the Swedish and Finnish, and the examples.

mod credential;
mod key;
mod trust;

pub use credential::{Credential, Profile};
pub use key::{Key, KeyKind};
pub use trust::{Circle, Trust};

use crate::language::Language;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Adit: a company's product facts, shown as its policies allow, answered across companies.
///
/// Exit codes: 0 done, 1 a fault of this program or machine, 2 usage, 3 partial answer,
/// 4 refused by policy, 5 peer unreachable, 6 invalid data.
#[derive(Debug, Parser)]
#[command(name = "adit", version, max_term_width = 100)]
pub struct Cli {
    /// The company's folder; ADIT_FOLDER or the working directory if left out.
    #[arg(short = 'C', long, global = true, display_order = 900, value_name = "FOLDER", value_hint = clap::ValueHint::DirPath)]
    pub folder: Option<PathBuf>,
    /// Print one JSON object instead of text for people.
    #[arg(long, global = true, display_order = 901)]
    pub json: bool,
    /// The language of help and explanations; that of the environment if left out.
    #[arg(long, global = true, display_order = 902, value_enum)]
    pub lang: Option<Language>,
    /// A setting for this command alone, such as listen=127.0.0.1:9000.
    #[arg(long, global = true, display_order = 903, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
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
    /// List what the passports still lack of what their profiles ask for, the largest gaps first.
    Gaps(Files),
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
    /// Show, replace, revoke or seal this company's keys.
    #[command(subcommand)]
    Key(Key),
    /// Issue credentials, show, check, revoke and renew them, or ask another company for one.
    #[command(subcommand)]
    Credential(Credential),
    /// Hand out this company's DID document.
    #[command(subcommand)]
    Did(Did),
    /// Look after the journal.
    #[command(subcommand)]
    Journal(Journal),
    /// Look for what is wrong or soon will be: clock, names, certificates, credentials, disk, permissions; each finding
    /// with the command that mends it. Exit code 1 if something is broken.
    Doctor,
    /// Take the journal away for an auditor.
    #[command(subcommand)]
    Audit(Audit),
    /// Delete the fact store and make it again from the journal.
    Rebuild,
    /// List who asked for this company's facts: when, what for, with which credentials, under which rule.
    Asked(Asked),
    /// Show or check the settings.
    #[command(subcommand)]
    Config(Config),
    /// Say what an error code means, why it happens and how to mend it.
    Explain {
        /// The code, such as value.date; all codes are listed if left out.
        code: Option<String>,
    },
    /// Start the example companies, publish their files and ask the demo question.
    Demo(Demo),
    /// Print the completions for a shell.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a folder; for packages.
    #[command(hide = true)]
    Man {
        /// The folder.
        into: PathBuf,
    },
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
    /// The kind of key.
    #[arg(long = "key", value_enum, default_value = "es256")]
    pub kind: KeyKind,
    /// The file that opens the sealed keys, outside the folder and seen from it; made with a random key if it is not there.
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
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
    /// Print a self-issued token of the Decentralized Claims Protocol for the peer, used once within five minutes.
    #[arg(long, requires = "peer", conflicts_with_all = ["purpose", "present"])]
    pub dcp: bool,
    /// With --dcp: what the peer may fetch with it, such as a type; by default all that it may see.
    #[arg(long, requires = "dcp", value_name = "TYPE")]
    pub scope: Vec<String>,
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

/// `adit did`
#[derive(Debug, Subcommand)]
pub enum Did {
    /// Print the DID document, for a firm whose domain another web server serves.
    Export {
        /// The file to write it to.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// `adit journal`
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// Check every entry and blob, and name the first bad one.
    Verify,
}

/// `adit audit`
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Write the journal as JSON lines: what happened, when, and the hashes that prove it was not changed.
    Export {
        /// From when, such as 2026-07-01 or 2026-07-01T00:00:00Z; from the first entry if left out.
        #[arg(long, value_name = "DATE")]
        since: Option<String>,
        /// Until when; a date alone counts to its end.
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
        /// Where to write it; to standard output if left out.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// `adit asked`
#[derive(Debug, Args)]
pub struct Asked {
    /// From when, such as 2026-07-01 or 2026-07-01T00:00:00Z.
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Until when; a date alone counts to its end.
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// One row for each asker, purpose, credentials, rule and outcome instead of one for each request.
    #[arg(long, value_enum)]
    pub by: Option<By>,
    /// Print CSV instead of a table.
    #[arg(long)]
    pub csv: bool,
}

/// What requests are put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Who asked, as what, for what.
    Asker,
}

/// `adit config`
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Config {
    /// Show every setting with its value and where that comes from.
    Explain,
    /// Check the settings without starting anything.
    Check,
}

/// `adit demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Another folder of example companies than the one in this program.
    #[arg(long, value_name = "FOLDER")]
    pub examples: Option<PathBuf>,
    /// Where the companies' folders are made; a temporary folder if left out.
    #[arg(long)]
    pub into: Option<PathBuf>,
    /// End after the answers instead of running until interrupted.
    #[arg(long)]
    pub once: bool,
}
