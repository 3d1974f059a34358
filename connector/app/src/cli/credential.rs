//! `adit credential`: what a person may type about credentials.

use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

/// `adit credential`
#[derive(Debug, Subcommand)]
pub enum Credential {
    /// Issue a credential to somebody, or a birth certificate of an item.
    Issue {
        /// The type, such as ResearcherCredential.
        #[arg(long = "type")]
        kind: String,
        /// The DID of the holder; for a DigitalBirthCertificate the IRI of the item.
        #[arg(long)]
        to: String,
        /// How many days it is valid.
        #[arg(long, default_value_t = 365)]
        days: u16,
        /// A JSON file with what else it says of its subject.
        #[arg(long, value_name = "FILE")]
        claims: Option<PathBuf>,
        /// Write JSON with the proof inside (eddsa-jcs-2022); needs an Ed25519 key.
        #[arg(long)]
        embedded: bool,
        /// Where to write it.
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Ask a company for a credential by the Decentralized Claims Protocol.
    Request {
        /// The DID of the issuer.
        #[arg(long)]
        issuer: String,
        /// The type, such as MembershipCredential.
        #[arg(long = "type")]
        kind: String,
        /// The profile; the first that the issuer has if left out.
        #[arg(long, value_enum)]
        profile: Option<Profile>,
    },
    /// List the credentials that others ask of this company, that it asked for, and that it is offered.
    Requests,
    /// Issue what was asked for, and deliver it.
    Approve {
        /// The request, as `adit credential requests` names it.
        id: String,
    },
    /// Refuse what was asked for, and tell the one who asked.
    Reject {
        /// The request, as `adit credential requests` names it.
        id: String,
        /// Why, for the one who asked.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Show what a credential says, and why it does not stand if that is known; without a file, list what was issued here.
    Show {
        /// The credential file.
        file: Option<PathBuf>,
    },
    /// Check a credential without the network, with what is at hand; say what could not be checked.
    Verify {
        /// The credential file.
        file: PathBuf,
        /// A DID document of its issuer.
        #[arg(long, value_name = "FILE")]
        document: Vec<PathBuf>,
        /// A status list that it names.
        #[arg(long, value_name = "FILE")]
        list: Vec<PathBuf>,
    },
    /// Take back a credential that this company issued: the journal first, then the status list.
    Revoke {
        /// The credential file, or the identifier of the credential.
        credential: String,
        /// Hold it for a while instead.
        #[arg(long)]
        suspend: bool,
        /// Let one that is held count again.
        #[arg(long, conflicts_with = "suspend")]
        resume: bool,
        /// Why, for this company's own journal.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Issue a credential anew with the same claims; the old one is revoked after the time to hand over.
    Renew {
        /// The credential file.
        file: PathBuf,
        /// How many days the new one is valid; as many as the old one if left out.
        #[arg(long)]
        days: Option<u16>,
        /// After how many days the old one is revoked; 0 for at once.
        #[arg(long, default_value_t = 7)]
        hand_over_days: u16,
        /// Where to write the new one.
        #[arg(short, long)]
        output: PathBuf,
    },
}

/// The profiles of the Decentralized Claims Protocol.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Profile {
    /// Data model 2.0 with Bitstring Status List: `vc20-bssl/jwt`.
    Vc20,
    /// Data model 1.1 with StatusList2021: `vc11-sl2021/jwt`.
    Vc11,
}
