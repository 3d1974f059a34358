//! `adit trust`: what a person may type about whom the company trusts.

use clap::Subcommand;
use std::path::PathBuf;

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
        /// From when, such as 2026-07-01 or 2026-07-01T00:00:00Z.
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
        /// Until when; a date alone counts to its end.
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
        /// A remark for whoever reads the list.
        #[arg(long)]
        note: Option<String>,
    },
    /// Take nothing of a type from an issuer, whatever a circle says.
    Refuse {
        /// The issuer.
        did: String,
        /// The type, such as ResearcherCredential.
        #[arg(long = "type")]
        kind: String,
    },
    /// Take an issuer off this company's own list.
    Remove {
        /// The issuer.
        did: String,
    },
    /// Sign a circle's list: a draft, or a version that other members signed.
    Sign {
        /// The draft or the signed list.
        file: PathBuf,
        /// Where to write it with the signature; over FILE if that is a signed list.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Draft, take or leave the trust list of a circle of companies.
    #[command(subcommand)]
    Circle(Circle),
}

/// `adit trust circle`
#[derive(Debug, Subcommand)]
pub enum Circle {
    /// Draft the next version of a circle's list, or the first of a new circle, for a person to change.
    Draft {
        /// The name of the circle.
        circle: String,
        /// Where to write the draft.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Take the next version of a circle's list, or join a circle.
    Add {
        /// The signed list: a file, or its https address.
        #[arg(value_name = "FILE|URL")]
        list: String,
        /// To join: the hash of the list, as another member says it.
        #[arg(long, value_name = "HASH")]
        pin: Option<String>,
    },
    /// Leave a circle: what its list says is trusted no more.
    Remove {
        /// The name of the circle.
        circle: String,
    },
}
