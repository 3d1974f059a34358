//! Why keys cannot be opened, used or changed.

use super::secret::PASSPHRASE_CHARS_MIN;
use adit_credentials::KeysError;
use adit_vocab::Did;
use std::path::{Path, PathBuf};

/// Keys that cannot be opened, used or changed. No text of it repeats a key or what opens it.
#[derive(Debug, thiserror::Error)]
pub enum KeyTrouble {
    /// A file with a key, or with what opens it, that others can read.
    #[error("{} can be read by others (mode {mode:o})", path.display())]
    Readable {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Sealed keys, and nothing that opens them.
    #[error("the keys in {} are sealed, and nothing says how to open them", path.display())]
    Sealed {
        /// The file.
        path: PathBuf,
    },
    /// Sealed keys, and something else than what opens them.
    #[error("what is given does not open the keys in {}", path.display())]
    Passphrase {
        /// The file.
        path: PathBuf,
    },
    /// A file of keys that was cut off or changed.
    #[error("the keys in {} cannot be read: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A passphrase that would soon be guessed.
    #[error("{} is shorter than {PASSPHRASE_CHARS_MIN} characters, or a damaged age identity", weak(path.as_deref()))]
    Weak {
        /// The file that it stands in; none where it was typed.
        path: Option<PathBuf>,
    },
    /// A DID that spells its key.
    #[error("{did} spells its key and cannot have another")]
    Fixed {
        /// The DID.
        did: Did,
    },
    /// Keys that cannot be changed so.
    #[error(transparent)]
    Ring(#[from] KeysError),
}

impl KeyTrouble {
    /// A stable name of the cause, such as `key.readable`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Readable { .. } => "key.readable",
            Self::Sealed { .. } => "key.sealed",
            Self::Passphrase { .. } => "key.passphrase",
            Self::Damaged { .. } => "key.damaged",
            Self::Weak { .. } => "key.weak",
            Self::Fixed { .. } => "key.fixed",
            Self::Ring(KeysError::Unknown { .. }) => "key.unknown",
            Self::Ring(KeysError::Newest { .. }) => "key.newest",
            Self::Ring(KeysError::TooMany) => "key.many",
            Self::Ring(KeysError::Shape { .. } | KeysError::Key(_)) => "key",
        }
    }

    /// Whether whoever typed the command asked for what cannot be, and not the machine's owner.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Weak { .. }
            | Self::Fixed { .. }
            | Self::Ring(
                KeysError::Unknown { .. } | KeysError::Newest { .. } | KeysError::TooMany,
            ) => true,
            Self::Readable { .. }
            | Self::Sealed { .. }
            | Self::Passphrase { .. }
            | Self::Damaged { .. }
            | Self::Ring(KeysError::Shape { .. } | KeysError::Key(_)) => false,
        }
    }

    /// The way out, where the text does not say it.
    pub fn fix(&self) -> Option<String> {
        Some(match self {
            Self::Readable { path, .. } => format!("chmod 600 {}", path.display()),
            Self::Sealed { .. } => {
                "name the file that opens them with keys.passphrase_file in adit.toml, give it to the service as the credential adit-passphrase, or run this on a terminal"
                    .to_owned()
            }
            Self::Passphrase { .. } => {
                "look which file keys.passphrase_file names (adit config explain); adit init said which one opens them"
                    .to_owned()
            }
            Self::Damaged { path, .. } => format!("restore {} from a backup", path.display()),
            Self::Fixed { .. } => {
                "make a new folder with adit init, and have your credentials issued to its DID"
                    .to_owned()
            }
            Self::Weak { path: Some(path) } => format!(
                "write several words into {0}, or restore it from your copy; a file that is not there yet gets a random key from adit key seal --passphrase-file FILE",
                path.display()
            ),
            Self::Weak { path: None } => {
                "type several words, or let a random key be made: adit key seal --passphrase-file FILE"
                    .to_owned()
            }
            Self::Ring(_) => return None,
        })
    }
}

fn weak(path: Option<&Path>) -> String {
    path.map_or("the passphrase".to_owned(), |path| format!("the passphrase in {}", path.display()))
}
