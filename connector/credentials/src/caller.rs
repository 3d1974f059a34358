//! Who asks, as far as it was proved.

use crate::{StatusEntry, Statuses, Trust, WantedList};
use adit_vocab::Did;
use jiff::Timestamp;
use serde::Serialize;

/// Who asks: the DID and the credentials that a presentation proved, or nobody in particular.
///
/// Made only by [`Unverified::verify`](crate::Unverified::verify) and [`Caller::anonymous`]; the trust list accepted
/// every credential in it.
///
/// ```
/// let caller = adit_credentials::Caller::anonymous();
/// assert_eq!(caller.did(), None);
/// assert!(caller.credentials().is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caller {
    did: Option<Did>,
    credentials: Vec<Held>,
}

/// One credential that a caller holds: signature, validity, subject and issuer were checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    pub(crate) types: Vec<String>,
    pub(crate) issuer: Did,
    pub(crate) subject: Did,
    pub(crate) valid_until: Option<Timestamp>,
    pub(crate) digest: String,
    pub(crate) id: Option<String>,
    pub(crate) status: Vec<StatusEntry>,
}

impl Caller {
    pub(crate) fn proved(did: Did, credentials: Vec<Held>) -> Self {
        Self { did: Some(did), credentials }
    }

    /// The same caller with the credentials of a further presentation of theirs; `None` for another's.
    pub fn joined(mut self, other: Self) -> Option<Self> {
        if self.did.is_none() || self.did != other.did {
            return None;
        }
        self.credentials.extend(other.credentials);
        Some(self)
    }

    /// The caller who proved nothing.
    pub fn anonymous() -> Self {
        Self { did: None, credentials: Vec::new() }
    }

    /// A caller for the tests of other packages.
    #[cfg(any(test, feature = "test-util"))]
    pub fn for_test(did: Option<Did>, credentials: Vec<Held>) -> Self {
        Self { did, credentials }
    }

    /// The DID whose key signed the presentation; `None` for the anonymous caller.
    pub fn did(&self) -> Option<&Did> {
        self.did.as_ref()
    }

    /// The credentials that were accepted.
    pub fn credentials(&self) -> &[Held] {
        &self.credentials
    }

    /// Whether an accepted credential has the type, given as an IRI.
    pub fn holds(&self, type_iri: &str) -> bool {
        self.credentials.iter().any(|held| held.has_type(type_iri))
    }

    /// The earliest instant at which one of the credentials ends.
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.credentials.iter().filter_map(|held| held.valid_until).min()
    }

    /// Whether what was verified earlier still stands: every issuer is still trusted for every type, no credential
    /// has ended, and by the status lists at hand none was taken back; a list that is not at hand counts against it.
    ///
    /// A bearer token that was exchanged for a presentation dies by this.
    pub fn still_trusted(&self, trust: &Trust, statuses: &Statuses, now: Timestamp) -> bool {
        let stopped = self.did.as_ref().is_some_and(|did| trust.blocks(did));
        !stopped
            && self.credentials.iter().all(|held| {
                held.types.iter().all(|type_iri| trust.accepts(&held.issuer, type_iri, now))
                    && held.valid_until.is_none_or(|end| now < end)
                    && held.status.iter().all(|it| statuses.check(&held.issuer, it, now).is_ok())
            })
    }

    /// The status lists that [`still_trusted`](Self::still_trusted) looks at.
    pub fn status_lists(&self) -> Vec<WantedList> {
        let of = |held: &Held| -> Vec<_> {
            held.status.iter().map(|entry| entry.wanted(&held.issuer)).collect()
        };
        self.credentials.iter().flat_map(of).collect()
    }
}

impl Held {
    /// A credential for the tests of other packages; `types` are IRIs.
    #[cfg(any(test, feature = "test-util"))]
    pub fn for_test(
        types: impl IntoIterator<Item = impl Into<String>>,
        issuer: Did,
        subject: Did,
        valid_until: Option<Timestamp>,
    ) -> Self {
        let types = types.into_iter().map(Into::into).collect();
        let (digest, status) = ("test".into(), Vec::new());
        Self { types, issuer, subject, valid_until, digest, id: None, status }
    }

    /// The types as IRIs, without `VerifiableCredential` itself.
    pub fn types(&self) -> &[String] {
        &self.types
    }

    /// Whether the credential has the type, given as an IRI.
    pub fn has_type(&self, type_iri: &str) -> bool {
        self.types.iter().any(|held| held == type_iri)
    }

    /// Who issued it.
    pub fn issuer(&self) -> &Did {
        &self.issuer
    }

    /// Whom it is about; always the DID of the caller.
    pub fn subject(&self) -> &Did {
        &self.subject
    }

    /// The instant at which it ends, or its proof if that comes first, where one says so.
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }

    /// The SHA-256 of the credential as it was shown, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The identifier that the issuer gave it.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}
