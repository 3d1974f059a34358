//! What an access token of ours opens.

use super::{DcpRefusal, Scope, Sender};
use adit_vocab::Did;
use jiff::Timestamp;

/// What the opaque access token in a self-issued token of ours opens: these scopes, to this verifier, for a short time.
///
/// Implements [Submitting an Access Token](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#submitting-an-access-token).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Who may use it.
    pub verifier: Did,
    /// What it opens; without any, everything that is shown to this verifier at all.
    pub scopes: Vec<Scope>,
    /// When it ends.
    pub until: Timestamp,
}

impl Access {
    /// Of the scopes asked for, those that are opened to the one who asks.
    ///
    /// # Errors
    /// [`DcpRefusal::Access`] for another than the verifier it was made for, or after its end.
    pub fn opened<'a>(
        &self,
        sender: &Sender,
        asked: &'a [Scope],
        now: Timestamp,
    ) -> Result<Vec<&'a Scope>, DcpRefusal> {
        if self.verifier != *sender.did() || self.until <= now {
            return Err(DcpRefusal::Access { sender: sender.did().clone() });
        }
        let is_open = |scope: &&Scope| {
            self.scopes.is_empty() || self.scopes.iter().any(|open| open.is_same(scope))
        };
        Ok(asked.iter().filter(is_open).collect())
    }
}
