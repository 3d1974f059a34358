//! Trust: which issuer may issue which type of credential, as a company says itself and as its circles say.

mod list;

pub(crate) use list::WrittenIssuer;
pub use list::{Period, TrustError, TrustList, TrustedIssuer};

use crate::{Circle, CircleList};
use adit_vocab::{Did, adit, shorten};
use jiff::Timestamp;
use serde::Serialize;

/// Every credential type that Adit knows, as IRIs.
pub const CREDENTIAL_TYPES: &[&str] = &[
    adit::OWNER_CREDENTIAL.as_str(),
    adit::MEMBERSHIP_CREDENTIAL.as_str(),
    adit::PARTNER_CREDENTIAL.as_str(),
    adit::LEGITIMATE_INTEREST_CREDENTIAL.as_str(),
    adit::RESEARCHER_CREDENTIAL.as_str(),
    adit::AUTHORITY_CREDENTIAL.as_str(),
    adit::AUDITOR_CREDENTIAL.as_str(),
    adit::DIGITAL_BIRTH_CERTIFICATE.as_str(),
];

/// The credential types that a holder can hold, as IRIs: all but a birth certificate, which is about an item.
pub fn held_types() -> impl Iterator<Item = &'static str> {
    let of_items = adit::DIGITAL_BIRTH_CERTIFICATE.as_str();
    CREDENTIAL_TYPES.iter().copied().filter(move |iri| *iri != of_items)
}

/// The IRI of a credential type written short (`PartnerCredential`), prefixed or in full; `None` if unknown.
///
/// ```
/// use adit_credentials::credential_type;
/// let partner = Some("https://w3id.org/adit/ns#PartnerCredential");
/// assert_eq!(credential_type("PartnerCredential"), partner);
/// assert_eq!(credential_type("adit:PartnerCredential"), partner);
/// assert_eq!(credential_type("FriendCredential"), None);
/// ```
pub fn credential_type(name: &str) -> Option<&'static str> {
    CREDENTIAL_TYPES.iter().copied().find(|iri| {
        let prefixed = shorten(iri);
        *iri == name || prefixed == name || prefixed.strip_prefix("adit:") == Some(name)
    })
}

/// The short name of a credential type, `PartnerCredential`; an unknown one stays as it is.
pub(crate) fn short_type(iri: &str) -> &str {
    iri.strip_prefix(adit::NAMESPACE).unwrap_or(iri)
}

pub(crate) fn known_types() -> String {
    CREDENTIAL_TYPES.iter().map(|iri| short_type(iri)).collect::<Vec<_>>().join(", ")
}

/// Whom a company trusts: its own list, and the lists of the circles that it belongs to.
///
/// An issuer is trusted for a type if the own list or any circle's list in force says so. What the own list says against
/// an issuer or a holder wins over every circle.
///
/// ```
/// use adit_credentials::{Trust, TrustList};
/// let own = TrustList::read("[[issuer]]\ndid = \"did:web:oem.example\"\ntypes = [\"PartnerCredential\"]").unwrap();
/// let trust = Trust::from(own);
/// let (oem, now) = ("did:web:oem.example".parse().unwrap(), "2026-11-22T12:00:00Z".parse().unwrap());
/// assert!(trust.accepts(&oem, "https://w3id.org/adit/ns#PartnerCredential", now));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Trust {
    own: TrustList,
    circles: Vec<Circle>,
}

/// One line of what is trusted, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trusted<'a> {
    /// The issuer.
    pub issuer: &'a Did,
    /// A type that it may issue, as an IRI.
    #[serde(rename = "type")]
    pub type_iri: &'static str,
    /// The circle that says so; the company itself if none.
    pub circle: Option<&'a str>,
    /// From when.
    pub from: Option<Timestamp>,
    /// Until when: the end of the entry, or of the circle's list if that comes first.
    pub until: Option<Timestamp>,
    /// Whether it counts now.
    pub in_force: bool,
    /// A remark for people.
    pub note: Option<&'a str>,
}

impl Trust {
    /// What a company trusts, from its own list and its circles.
    pub fn new(own: TrustList, circles: Vec<Circle>) -> Self {
        Self { own, circles }
    }

    /// Whether the issuer may issue the type, given as an IRI, at an instant.
    pub fn accepts(&self, issuer: &Did, type_iri: &str, now: Timestamp) -> bool {
        !self.own.refuses(issuer, type_iri)
            && (self.own.accepts(issuer, type_iri, now)
                || self.lists().any(|list| list.accepts(issuer, type_iri, now)))
    }

    /// Whether this company stopped a holder or issuer.
    pub fn blocks(&self, did: &Did) -> bool {
        self.own.blocks(did)
    }

    /// What the company says itself.
    pub fn own(&self) -> &TrustList {
        &self.own
    }

    /// The circles that it belongs to.
    pub fn circles(&self) -> &[Circle] {
        &self.circles
    }

    /// The same trust with another list of its own.
    pub fn with_own(&self, own: TrustList) -> Self {
        Self { own, circles: self.circles.clone() }
    }

    /// Who may issue what, by whom, until when: the own entries first, then those of each circle.
    pub fn listed(&self, now: Timestamp) -> Vec<Trusted<'_>> {
        let own = self.own.issuers().iter().map(|entry| (entry, None));
        let circles =
            self.lists().flat_map(|list| list.issuers().iter().map(move |it| (it, Some(list))));
        let lines = own.chain(circles).flat_map(|(entry, list)| {
            let ends = [entry.until, list.map(CircleList::expires_at)];
            let until = ends.into_iter().flatten().min();
            entry.types.iter().map(move |&type_iri| Trusted {
                issuer: &entry.did,
                type_iri,
                circle: list.map(CircleList::circle),
                from: entry.from,
                until,
                in_force: self.accepts(&entry.did, type_iri, now)
                    && entry.lives(now)
                    && list.is_none_or(|list| list.is_in_force(now)),
                note: entry.note.as_deref(),
            })
        });
        lines.collect()
    }

    fn lists(&self) -> impl Iterator<Item = &CircleList> {
        self.circles.iter().map(Circle::list)
    }
}

impl From<TrustList> for Trust {
    fn from(own: TrustList) -> Self {
        Self { own, circles: Vec::new() }
    }
}
