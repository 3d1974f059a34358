//! How an error is told: the sentence, the way out, the detail for programs, and what a stranger is not told.

use super::Error;
use adit_credentials::CircleError;
use adit_ingest::{Problem as DataProblem, Severity};
use serde_json::{Value, json};

impl Error {
    /// What is wrong, in a sentence; of several, each in a line of its own.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Profiles(problems) => lines(self, problems),
            Self::Policies(problems) => lines(self, problems),
            Self::Data(problems) | Self::Unpublishable(problems) => lines(self, problems),
            other => other.to_string(),
        }
    }

    /// The way out, where the text does not say it.
    pub(super) fn fix(&self) -> Option<String> {
        let fix = match self {
            Self::NoFolder { .. } => "run adit init there, or name the folder with -C".to_owned(),
            Self::ClientOnly => "give the folder a did:web and a base in adit.toml".to_owned(),
            Self::Locked { .. } => {
                "stop it, or wait for its command to end; a running server takes commands itself"
                    .to_owned()
            }
            Self::Keys(trouble) => return trouble.fix(),
            Self::Circle(error) => return circle_fix(error),
            Self::SignedOther { .. } => {
                "draft the version after it, so that no two versions have one number".to_owned()
            }
            Self::UnknownType { .. } => {
                let known: Vec<_> = adit_credentials::CREDENTIAL_TYPES
                    .iter()
                    .map(|iri| adit_vocab::shorten(iri).replace("adit:", ""))
                    .collect();
                format!("one of {}", known.join(", "))
            }
            Self::NotIssued { .. } => "adit credential show lists what was issued".to_owned(),
            Self::NoStatus { to, .. } => format!("stop its holder: adit trust block {to}"),
            Self::Revoked { .. } => "issue a new one with adit credential issue".to_owned(),
            Self::NoData { .. } => {
                "put a .csv, .xlsx, .ttl or .nq file there; adit map FILE writes its mapping"
                    .to_owned()
            }
            Self::NotPublished { known, .. } if known.is_empty() => {
                "nothing is published yet; adit publish publishes the files of the folder".to_owned()
            }
            Self::NotPublished { known, .. } => format!("published are: {}", known.join(", ")),
            Self::NotABearer | Self::BearerUnknown | Self::BearerEnded { .. } => {
                "exchange credentials again with adit token".to_owned()
            }
            Self::Refused(refusal) => refusal.fix.clone(),
            Self::OwnPeopleOnly => {
                "ask with the bearer that adit token gives in the company's folder, or through its socket"
                    .to_owned()
            }
            Self::PeerRefused { problem, .. } => return problem.fix.clone(),
            Self::InvitationEnded { .. } | Self::InvitationUnknown => {
                "ask the inviting company for a new invitation".to_owned()
            }
            Self::Broken(_) => {
                "restore the journal from a backup, then run adit rebuild".to_owned()
            }
            _ => return None,
        };
        Some(fix)
    }

    /// What a program reads instead of the sentence.
    pub(super) fn detail(&self) -> Value {
        match self {
            Self::Profiles(problems) => json!({ "problems": problems }),
            Self::Policies(problems) => {
                json!({ "problems": problems.iter().map(ToString::to_string).collect::<Vec<_>>() })
            }
            Self::Data(problems) | Self::Unpublishable(problems) => json!({ "problems": problems }),
            Self::Refused(refusal) => json!(refusal),
            Self::PeerRefused { peer, problem } => {
                json!({ "peer": peer, "problem": problem.to_json() })
            }
            _ => Value::Null,
        }
    }

    /// Whether somebody showed what nobody shows by mistake: a key that must not be used.
    pub fn is_alarming(&self) -> bool {
        matches!(self, Self::Credential(adit_credentials::Refusal::BadKey { .. }))
    }

    /// Whether the text may be told to a stranger; what is ours stays in the log.
    pub fn is_ours(&self) -> bool {
        self.class().1 == 1 && !matches!(self, Self::Locked { .. })
    }
}

/// The way out of a list that was not taken, where the sentence does not end with it.
fn circle_fix(error: &CircleError) -> Option<String> {
    Some(match error {
        CircleError::OwnAffair { .. } => "take that type out of the list".to_owned(),
        CircleError::Rollback { .. } => "ask a member for the newest version".to_owned(),
        CircleError::Fork { circle, .. } => format!(
            "ask the members which one most of them hold; to change over, adit trust circle remove {circle} and adit trust circle add FILE --pin HASH"
        ),
        CircleError::Quorum { .. } => {
            "have further members sign the file with adit trust sign FILE, then add it again"
                .to_owned()
        }
        _ => return None,
    })
}

fn lines(error: &Error, problems: &[impl ToString]) -> String {
    let listed: Vec<_> = problems.iter().map(ToString::to_string).collect();
    format!("{error}\n{}", listed.join("\n"))
}

/// How many errors are in the data.
pub(super) fn data_title(problems: &[DataProblem]) -> String {
    let errors = problems.iter().filter(|it| it.severity == Severity::Error).count();
    format!("{errors} {} in the data", if errors == 1 { "error" } else { "errors" })
}
