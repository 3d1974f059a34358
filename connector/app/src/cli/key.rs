//! `adit key`: what a person may type about the company's keys.

use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

/// `adit key`
#[derive(Debug, Subcommand)]
pub enum Key {
    /// List the keys: which one signs, which are published beside it, until when.
    List,
    /// Replace the key: the new one is published, signs after a while, and the old one leaves by itself.
    Rotate {
        /// How long the new key is published before it signs; others keep our DID document for ten minutes.
        #[arg(long, default_value = "15m", value_name = "TIME")]
        lead: String,
        /// How long what the old key signed last is still accepted.
        #[arg(long, default_value = "7d", value_name = "TIME")]
        overlap: String,
        /// The kind of the new key; that of the old one if left out.
        #[arg(long = "key", value_enum)]
        kind: Option<KeyKind>,
    },
    /// Revoke an old key that may be in wrong hands: nothing that it signed is accepted any more.
    Retire {
        /// The name of the key, as `adit key list` shows it.
        kid: String,
    },
    /// Seal the keys of a folder, or seal them with something else; the server must not run.
    Seal {
        /// The file that is to open them, outside the folder; made with a random key if it is not there.
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
        /// Type a passphrase instead, now and at each start.
        #[arg(long, conflicts_with = "passphrase_file")]
        ask: bool,
    },
}

/// The kinds of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeyKind {
    /// ECDSA on P-256, which every wallet knows.
    Es256,
    /// Ed25519.
    Ed25519,
}
