//! A credential as its text says, before anything about it is proved.

use crate::claims::{Payload, read_did};
use crate::limits::*;
use crate::refusal::Claim;
use crate::schema::{SchemaRef, schemas_of};
use crate::secured::{CredentialForm, Secured};
use crate::status::entries_of;
use crate::{Evidence, Refusal, StatusEntry, WantedList, credential_type};
use adit_vocab::{Did, adit};
use jiff::Timestamp;
use serde_json::{Map, Value};

pub(crate) use crate::secured::check_kid;

/// What a stored credential says, for display; nothing about it is proved.
///
/// Implements the reading side of [Securing with JOSE](https://www.w3.org/TR/vc-jose-cose/#securing-with-jose) and
/// [Verifiable Credentials Data Model 2.0](https://www.w3.org/TR/vc-data-model-2.0/#verifiable-credentials).
#[derive(Debug)]
pub struct Credential {
    pub(crate) secured: Secured,
    pub(crate) types: Vec<&'static str>,
    names: Vec<String>,
    pub(crate) subject: Subject,
    pub(crate) status: Vec<StatusEntry>,
    schemas: Vec<SchemaRef>,
}

/// Whom or what a credential is about.
///
/// ```
/// use adit_credentials::Subject;
/// let shop: adit_vocab::Did = "did:web:shop.example".parse().unwrap();
/// assert_eq!(Subject::from(shop.clone()).holder(), Some(&shop));
/// let drill = Subject::item("https://id.shop.example/01/09506000134352/21/7").unwrap();
/// assert_eq!(drill.holder(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An organisation or a person, who presents it.
    Holder(Did),
    /// An item, by its IRI; whoever has the item has the credential.
    Item(String),
}

impl Subject {
    /// An item by its IRI; `None` where the text is no https IRI.
    pub fn item(iri: &str) -> Option<Self> {
        let fits = iri.starts_with("https://")
            && iri.len() <= 2048
            && iri
                .chars()
                .all(|c| !c.is_control() && !c.is_whitespace() && !"<>\"{}|\\^`".contains(c));
        fits.then(|| Self::Item(iri.to_owned()))
    }

    /// The DID, where it is about a holder.
    pub fn holder(&self) -> Option<&Did> {
        match self {
            Self::Holder(did) => Some(did),
            Self::Item(_) => None,
        }
    }

    /// The DID or the IRI.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Holder(did) => did.as_str(),
            Self::Item(iri) => iri,
        }
    }
}

impl From<Did> for Subject {
    fn from(holder: Did) -> Self {
        Self::Holder(holder)
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Credential {
    /// Reads a credential without verifying it, in any form and of any kind that is issued here.
    ///
    /// # Errors
    /// A form that the gate would refuse too.
    pub fn peek(credential: &str) -> Result<Self, Refusal> {
        Self::read(credential)?.of_a_known_type()
    }

    /// The types that it claims and that are known here, as IRIs.
    pub fn unverified_types(&self) -> &[&'static str] {
        &self.types
    }

    /// Who is said to have issued it.
    pub fn unverified_issuer(&self) -> &Did {
        self.secured.issuer()
    }

    /// Whom or what it is said to be about.
    pub fn unverified_subject(&self) -> &Subject {
        &self.subject
    }

    /// When it says that it begins.
    pub fn unverified_valid_from(&self) -> Option<Timestamp> {
        self.secured.valid_from()
    }

    /// When it says that it ends.
    pub fn unverified_valid_until(&self) -> Option<Timestamp> {
        self.secured.valid_until()
    }

    /// The identifier that it claims.
    pub fn unverified_id(&self) -> Option<&str> {
        self.secured.id()
    }

    /// What it says about its subject, but for who that is.
    pub fn unverified_claims(&self) -> Map<String, Value> {
        let about = subject_object(self.secured.members()).cloned().unwrap_or_default();
        about.into_iter().filter(|(member, _)| member != "id").collect()
    }

    /// Where its status stands.
    pub fn status(&self) -> &[StatusEntry] {
        &self.status
    }

    /// The schemas that it names, by their identifiers.
    pub fn schemas(&self) -> impl Iterator<Item = &str> {
        self.schemas.iter().map(SchemaRef::id)
    }

    /// How it is written and secured.
    pub fn form(&self) -> CredentialForm {
        self.secured.form()
    }

    /// The lists that its status stands in.
    pub fn wanted_lists(&self) -> impl Iterator<Item = WantedList> + '_ {
        self.status.iter().map(|entry| entry.wanted(self.secured.issuer()))
    }

    /// Steps 8 to 12 but for trust: proof, times, schema and status.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of the gate.
    pub fn check_standing(&self, evidence: &Evidence<'_>) -> Result<(), Refusal> {
        self.check_proof(evidence)?;
        self.check_schemas()?;
        self.check_status(evidence)
    }

    /// Steps 8 to 10: signature, and validity of signature and data.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of the gate.
    pub fn check_proof(&self, evidence: &Evidence<'_>) -> Result<(), Refusal> {
        self.secured.check_proof(evidence, "credential")
    }

    /// Step 10: whether signature and data have begun and not ended.
    ///
    /// # Errors
    /// One of them has not.
    pub fn check_times(&self, now: Timestamp) -> Result<(), Refusal> {
        self.secured.check_times(now)
    }

    /// Whether it is as the schemas that it names want it.
    ///
    /// # Errors
    /// A schema that is not known here, or one that it breaks.
    pub fn check_schemas(&self) -> Result<(), Refusal> {
        self.schemas.iter().try_for_each(|schema| schema.check(self.secured.members()))
    }

    /// Whether its issuer stands by it, as far as the lists at hand say.
    ///
    /// # Errors
    /// It does not, or that cannot be told.
    pub fn check_status(&self, evidence: &Evidence<'_>) -> Result<(), Refusal> {
        let issuer = self.secured.issuer();
        let check = |entry| evidence.statuses.check(issuer, entry, evidence.now);
        Ok(self.status.iter().try_for_each(check)?)
    }

    /// The types as its text says them, known or not.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads a credential of whatever type, in any form; [`unverified_types`](Self::unverified_types) may be empty.
    ///
    /// # Errors
    /// A form that the gate would refuse too.
    pub fn read(credential: &str) -> Result<Self, Refusal> {
        Self::from_secured(Secured::open(credential.trim(), TOKEN_BYTES_MAX)?)
    }

    /// Whether it is about this holder.
    pub(crate) fn is_of(&self, holder: &Did) -> Result<(), Refusal> {
        match &self.subject {
            Subject::Holder(subject) if subject == holder => Ok(()),
            Subject::Holder(subject) => {
                Err(Refusal::Holder { subject: subject.clone(), holder: holder.clone() })
            }
            Subject::Item(_) => {
                let expected = "about its holder; a birth certificate is about an item";
                Err(Refusal::Claim { claim: Claim::CredentialSubject, expected })
            }
        }
    }

    /// Steps 8 and 9: that its issuer signed it, whether or not it has ended.
    ///
    /// # Errors
    /// No such key, or a signature that does not fit.
    pub fn check_signature(&self, evidence: &Evidence<'_>) -> Result<(), Refusal> {
        self.secured.check_signature(evidence, "credential")
    }

    /// Steps 1 to 6 of the gate for one `vc+jwt` of a known type.
    pub(crate) fn parse(token: &str) -> Result<Self, Refusal> {
        Self::from_secured(Secured::jwt(token, TOKEN_BYTES_MAX)?)?.of_a_known_type()
    }

    /// Steps 1 to 6 of the gate for one JWT of the data model 1.1; its types may all be unknown.
    pub(crate) fn read11(token: &str) -> Result<Self, Refusal> {
        Self::from_secured(Secured::jwt11(token, TOKEN_BYTES_MAX)?)
    }

    fn from_secured(secured: Secured) -> Result<Self, Refusal> {
        let members = Payload(secured.members());
        let (types, names) = types_of(&members, secured.form() == CredentialForm::Jwt11)?;
        let subject = subject_of(&members, &types)?;
        if let Some(sub) = secured.payload().text(Claim::Sub, "the subject")?
            && sub != subject.as_str()
        {
            return Err(Refusal::Claim {
                claim: Claim::Sub,
                expected: "the id of credentialSubject",
            });
        }
        let status = entries_of(members.get(Claim::CredentialStatus))?;
        let schemas = schemas_of(members.get(Claim::CredentialSchema))?;
        Ok(Self { types, names, subject, status, schemas, secured })
    }

    fn of_a_known_type(self) -> Result<Self, Refusal> {
        if self.types.is_empty() {
            return Err(Refusal::UnknownType { issuer: self.secured.issuer().clone() });
        }
        Ok(self)
    }
}

/// The types that the vocabulary knows, as others have no meaning to any policy here; and all of them as they are written.
///
/// The conformance kit of the Decentralized Claims Protocol leaves `VerifiableCredential` out of those of the data model 1.1.
fn types_of(
    members: &Payload<'_>,
    is_of_the_data_model_11: bool,
) -> Result<(Vec<&'static str>, Vec<String>), Refusal> {
    let names = members.words(Claim::Type)?;
    if let Some(list) = names.iter().find(|name| LIST_TYPES.contains(name)) {
        return Err(Refusal::Typ { expected: "a credential", got: (*list).to_owned() });
    }
    let mut types: Vec<_> = names.iter().filter_map(|name| credential_type(name)).collect();
    types.sort_unstable();
    types.dedup();
    let may_lack_it = is_of_the_data_model_11 && !types.is_empty();
    if !may_lack_it && !names.contains(&"VerifiableCredential") {
        let expected = "VerifiableCredential and a type of its own";
        return Err(Refusal::Claim { claim: Claim::Type, expected });
    }
    Ok((types, names.into_iter().map(str::to_owned).collect()))
}

/// A status list is a credential by its form, and none by what it is for.
const LIST_TYPES: [&str; 2] = ["BitstringStatusListCredential", "StatusList2021Credential"];

/// A birth certificate is about an item, every other credential about who presents it.
fn subject_of(members: &Payload<'_>, types: &[&'static str]) -> Result<Subject, Refusal> {
    let claim = Claim::CredentialSubject;
    let id =
        subject_object(members.0).and_then(|subject| subject.get("id")).and_then(Value::as_str);
    if types.contains(&adit::DIGITAL_BIRTH_CERTIFICATE.as_str()) {
        let expected = "one object with the https IRI of an item as id, of this type alone";
        let item = id.and_then(Subject::item).filter(|_| types.len() == 1);
        return item.ok_or(Refusal::Claim { claim, expected });
    }
    let expected = "one object with a DID as id";
    Ok(read_did(id.ok_or(Refusal::Claim { claim, expected })?, claim)?.into())
}

/// The one subject; an array of one is one too.
fn subject_object(members: &Map<String, Value>) -> Option<&Map<String, Value>> {
    match members.get(Claim::CredentialSubject.as_str())? {
        Value::Array(subjects) => match subjects.as_slice() {
            [one] => one.as_object(),
            _ => None,
        },
        one => one.as_object(),
    }
}
