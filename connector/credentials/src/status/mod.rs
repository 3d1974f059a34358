//! Status lists: whether an issuer took a credential back, or holds it for a while.
//!
//! A credential names its place in one list for each purpose ([`StatusEntry`]). A list is a signed credential of the
//! issuer with one bit for each place ([`StatusList`]); the application fetches it, and [`Statuses`] answers from what is
//! at hand. What cannot be checked is refused, and each cause has its own code ([`StatusRefusal`]).

mod bits;
mod entry;
mod issue;
mod list;
mod refusal;

pub use bits::Bits;
pub(crate) use entry::entries_of;
pub use entry::{StatusEntry, StatusForm, StatusPurpose};
pub use issue::{StatusListClaims, issue_status_list};
pub use list::StatusList;
pub use refusal::StatusRefusal;

use crate::{Evidence, Refusal, Unverified};
use adit_vocab::Did;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A list that a verification needs: its address, who must have issued it, and the form that the credential says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WantedList {
    /// Its address.
    pub url: String,
    /// The issuer of the credential, whose list it must be.
    pub issuer: Did,
    /// Which data model it is written in.
    pub form: StatusForm,
}

/// The status lists at hand for one verification, by address, and why others are not.
///
/// ```
/// use adit_credentials::{Statuses, StatusRefusal};
/// let mut statuses = Statuses::default();
/// let list = "https://oem.example/credentials/status/revocation/1".to_owned();
/// statuses.fail(&list, StatusRefusal::Unreachable { list: list.clone(), why: "no route".into() });
/// ```
#[derive(Debug, Clone, Default)]
pub struct Statuses {
    known: BTreeMap<String, Result<Arc<StatusList>, StatusRefusal>>,
}

impl Statuses {
    /// Adds a list; a newer one of the same address replaces the older.
    pub fn add(&mut self, list: Arc<StatusList>) {
        self.known.insert(list.url().to_owned(), Ok(list));
    }

    /// Notes why a list is not at hand.
    pub fn fail(&mut self, url: &str, why: StatusRefusal) {
        self.known.insert(url.to_owned(), Err(why));
    }

    /// Whether a list, or the reason why there is none, is at hand.
    pub fn knows(&self, url: &str) -> bool {
        self.known.contains_key(url)
    }

    /// The lists at hand, in the order of their addresses.
    pub fn lists(&self) -> impl Iterator<Item = &StatusList> {
        self.known.values().filter_map(|list| list.as_deref().ok())
    }

    /// Whether a credential of this issuer stands at this place.
    ///
    /// # Errors
    /// The list is not at hand, is another issuer's or for another purpose, has ended, does not reach that far, or says
    /// that the credential does not stand.
    pub fn check(
        &self,
        issuer: &Did,
        entry: &StatusEntry,
        now: Timestamp,
    ) -> Result<(), StatusRefusal> {
        match self.known.get(&entry.list) {
            Some(Ok(list)) => list.check(issuer, entry, now),
            Some(Err(why)) => Err(why.clone()),
            None => Err(StatusRefusal::Unreachable {
                list: entry.list.clone(),
                why: "it was not fetched".to_owned(),
            }),
        }
    }
}

impl Unverified {
    /// The status lists that [`verify`](Self::verify) needs and that `evidence` does not hold.
    ///
    /// The signature of each credential is checked first: a forged one would make this connector ask an address of the
    /// forger's choice. The check is remembered, so `verify` does not make it again.
    ///
    /// # Errors
    /// A credential whose signature or times do not stand.
    pub fn status_lists(&self, evidence: &Evidence<'_>) -> Result<Vec<WantedList>, Refusal> {
        let mut wanted = Vec::new();
        for credential in &self.credentials {
            if credential.status.is_empty() {
                continue;
            }
            credential.check_proof(evidence)?;
            wanted.extend(credential.wanted_lists());
        }
        wanted.retain(|list| !evidence.statuses.knows(&list.url));
        wanted.sort();
        wanted.dedup();
        Ok(wanted)
    }
}
