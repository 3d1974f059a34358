//! Why a token was not accepted.

use crate::limits::*;
use crate::{JsonProblem, ReplayFault, StatusRefusal};
use adit_vocab::Did;
use jiff::Timestamp;

/// Why a presentation, a credential or a DID document was not accepted; one variant per cause.
///
/// It never holds the token, a signature or a key, only names, lengths and instants.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A token or document is larger than the gate lets through.
    #[error("the {what} has {bytes} bytes; at most {max} are read")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The bound.
        max: usize,
    },
    /// A character that no compact token has.
    #[error("byte {at} of the token is none of A-Z a-z 0-9 _ - .; only the compact form is read")]
    Alphabet {
        /// Its position, from 0.
        at: usize,
    },
    /// Not header, payload and signature.
    #[error(
        "the token has {parts} parts, a signed one has 3: header, payload, signature; encrypted tokens are not read"
    )]
    Parts {
        /// How many parts it has.
        parts: usize,
    },
    /// A part is not canonical base64url.
    #[error("the {part} is not base64url in its one canonical form without padding")]
    Base64 {
        /// Which part.
        part: &'static str,
    },
    /// A part is not JSON as the gate reads it.
    #[error("the {part}: {problem}")]
    Json {
        /// Which part.
        part: &'static str,
        /// What is wrong with it.
        problem: JsonProblem,
    },
    /// A header member that the gate does not let through, or one of the wrong form.
    #[error(
        "the header member '{member}' is not accepted; only alg, typ, kid and cty are, as strings"
    )]
    Header {
        /// The member.
        member: String,
    },
    /// A token of another kind than this place takes.
    #[error("the token is of typ '{got}'; here only '{expected}' is read")]
    Typ {
        /// What this place takes.
        expected: &'static str,
        /// What stood there; empty if nothing.
        got: String,
    },
    /// A signature algorithm that is not on the list.
    #[error(
        "the token is signed with alg '{got}'; only ES256, ES384, EdDSA and Ed25519 are accepted"
    )]
    Alg {
        /// What stood there; empty if nothing.
        got: String,
    },
    /// A DID of a method that is not on the list.
    #[error("'{did}' cannot be used: its method is not accepted; use did:web, did:jwk or did:key")]
    DidMethod {
        /// The DID.
        did: String,
    },
    /// A DID that its method forbids, or that this connector reads more strictly.
    #[error("'{did}' cannot be used: {why}")]
    DidForm {
        /// The DID.
        did: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A DID that spells a key of a kind that is not in use.
    #[error(
        "a did:{method} cannot be used: its key is not one for ES256, ES384 or Ed25519 signatures"
    )]
    DidKeyKind {
        /// Its method.
        method: &'static str,
    },
    /// A claim is absent or of the wrong form.
    #[error("the claim '{claim}' must be {expected}")]
    Claim {
        /// The claim.
        claim: Claim,
        /// What it must be.
        expected: &'static str,
    },
    /// The presentation was made for somebody else.
    #[error("the presentation is made for another audience; make one with aud = {expected}")]
    Audience {
        /// This connector.
        expected: Did,
    },
    /// A presentation that was made for somebody else: true, and not ours to act on.
    #[error("the presentation is made for another; make one with aud = {expected}")]
    PresentedElsewhere {
        /// This connector.
        expected: Did,
    },
    /// The presentation, or the signature of a credential, ended.
    #[error("'exp' was {expired_at}, now {now}; make a new one")]
    Expired {
        /// When it ended.
        expired_at: Timestamp,
        /// The time of the check.
        now: Timestamp,
    },
    /// The presentation was made too long ago, or in the future.
    #[error(
        "the token says that it was made at {issued_at}, now {now}; none is from the future and a presentation is used within {PRESENTATION_AGE_S_MAX} s, check the clock"
    )]
    IssuedAt {
        /// When it says it was made.
        issued_at: Timestamp,
        /// The time of the check.
        now: Timestamp,
    },
    /// The presentation was used before.
    #[error("the presentation with this 'jti' was used before; make a new one for each request")]
    Replayed,
    /// No key of that name may sign this.
    #[error(
        "the document of {did} lists no usable key for this signature under {relationship}; name one by an exact kid"
    )]
    NoKey {
        /// Whose document.
        did: Did,
        /// The list that the key must be in.
        relationship: &'static str,
    },
    /// A `kid` that is no key of the signer.
    #[error("the kid names no key of {did}; write it as {did}#NAME")]
    Kid {
        /// The signer.
        did: Did,
    },
    /// A DID document or a DID carries a key that must not be used.
    #[error("a key of {did} must not be used: {why}")]
    BadKey {
        /// Whose key.
        did: Did,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A DID document is not one of this DID.
    #[error("the document of {did} cannot be used: {why}")]
    Document {
        /// The DID that was resolved.
        did: Did,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A DID document is not JSON as the gate reads it.
    #[error("the document of {did} cannot be used: {problem}")]
    DocumentJson {
        /// The DID that was resolved.
        did: Did,
        /// What is wrong with it.
        problem: JsonProblem,
    },
    /// The signature does not fit.
    #[error("the signature of {did} does not fit the {what}")]
    Signature {
        /// Who is said to have signed.
        did: Did,
        /// What was signed.
        what: &'static str,
    },
    /// More credentials than a presentation may hold.
    #[error("the presentation holds {got} credentials; between 1 and {CREDENTIALS_MAX} are read")]
    CredentialCount {
        /// How many.
        got: usize,
    },
    /// A member of `verifiableCredential` that is not an enveloped credential.
    #[error(
        "credential {number} of the presentation must be an EnvelopedVerifiableCredential with an id that begins with data:application/vc+jwt,"
    )]
    Envelope {
        /// Its position, from 1.
        number: usize,
    },
    /// A context that this connector does not know; contexts are never fetched.
    #[error("the context '{got}' is not known here; known are {}", crate::KNOWN_CONTEXTS.join(" and "))]
    Context {
        /// The context.
        got: String,
    },
    /// A credential without a type that this connector knows.
    #[error(
        "the credential of {issuer} has no type that is known here; known are {}",
        crate::known_types()
    )]
    UnknownType {
        /// Its issuer.
        issuer: Did,
    },
    /// The validity of a credential has not begun.
    #[error("the credential of {issuer} is valid from {valid_from}, now {now}")]
    NotYetValid {
        /// Its issuer.
        issuer: Did,
        /// When it begins.
        valid_from: Timestamp,
        /// The time of the check.
        now: Timestamp,
    },
    /// The validity of a credential has ended.
    #[error(
        "the credential of {issuer} was valid until {valid_until}, now {now}; ask {issuer} for a new one"
    )]
    NoLongerValid {
        /// Its issuer.
        issuer: Did,
        /// When it ended.
        valid_until: Timestamp,
        /// The time of the check.
        now: Timestamp,
    },
    /// A credential about somebody else than the one who presents it.
    #[error(
        "the credential is about {subject}, the presentation is by {holder}; present only your own"
    )]
    Holder {
        /// Whom the credential is about.
        subject: Did,
        /// Who presents it.
        holder: Did,
    },
    /// An issuer that the trust list does not hold for the type.
    #[error(
        "{issuer} is not trusted here to issue a {type_name}; this company would have to add it to its trust list"
    )]
    Issuer {
        /// The issuer.
        issuer: Did,
        /// The type, short.
        type_name: String,
    },
    /// A holder that this company stopped.
    #[error("{holder} is stopped here; ask this company why")]
    Blocked {
        /// The holder.
        holder: Did,
    },
    /// The document of a DID is not at hand.
    #[error("the document of {did} could not be obtained, so its signature could not be checked")]
    Unresolved {
        /// Whose document.
        did: Did,
    },
    /// The store of used presentations did not answer; the cause is ours and stays inside.
    #[error("whether the presentation was used before could not be checked; try again")]
    ReplayUnknown(#[source] ReplayFault),
    /// The credential does not stand by its status list, or that cannot be told.
    #[error(transparent)]
    Status(#[from] StatusRefusal),
    /// A schema that does not come with this program, by its name and hash.
    #[error(
        "the credential names the schema '{schema}', which is not known here; schemas are not fetched"
    )]
    SchemaUnknown {
        /// The schema.
        schema: String,
    },
    /// A credential that is not as a schema that it names wants it.
    #[error("the credential breaks the schema '{schema}' at {at}; its issuer has to mend it")]
    SchemaBroken {
        /// The schema.
        schema: String,
        /// The first place that is wrong.
        at: String,
    },
    /// An embedded proof with a member that could change what is proved.
    #[error(
        "the member '{member}' of the proof is not known here, so what it proves could not be told"
    )]
    ProofMember {
        /// The member.
        member: String,
    },
}

/// The claims that the gate reads, by their names in the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named as in the token")]
pub enum Claim {
    Iss,
    Sub,
    Aud,
    Exp,
    Iat,
    Nbf,
    Jti,
    Vc,
    Vp,
    Id,
    Type,
    Holder,
    Issuer,
    CredentialSubject,
    ValidFrom,
    ValidUntil,
    VerifiableCredential,
    CredentialStatus,
    CredentialSchema,
    IssuanceDate,
    ExpirationDate,
    Proof,
    Token,
}

/// What kind of thing is wrong; the application chooses a status by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Too much was sent.
    Size,
    /// What was sent cannot be read.
    Form,
    /// The claims are wrong.
    Claims,
    /// What another party published cannot be used.
    Peer,
    /// The proof is wrong.
    Proof,
    /// Claims and proof may be right, but this company does not accept them.
    Trust,
    /// It could not be checked.
    Unchecked,
}

impl Refusal {
    /// A stable name of the cause, such as `claims.aud`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "jose.size",
            Self::Alphabet { .. } => "jose.alphabet",
            Self::Parts { .. } => "jose.parts",
            Self::Base64 { .. } => "jose.base64",
            Self::Json { problem: JsonProblem::Duplicate { .. }, .. } => "jose.duplicate",
            Self::Json { problem: JsonProblem::TooDeep { .. }, .. } => "jose.depth",
            Self::Json { problem: JsonProblem::Syntax { .. }, .. } => "jose.json",
            Self::Header { .. } => "jose.header",
            Self::Typ { .. } => "jose.typ",
            Self::Alg { .. } => "jose.alg",
            Self::DidMethod { .. } | Self::DidKeyKind { .. } => "did.method",
            Self::DidForm { .. } => "did.form",
            Self::Claim { claim, .. } => claim.code(),
            Self::Audience { .. } => "claims.aud",
            Self::PresentedElsewhere { .. } => "vp.audience",
            Self::Expired { .. } => "claims.exp",
            Self::IssuedAt { .. } => "claims.iat",
            Self::Replayed => "claims.replay",
            Self::NoKey { .. } | Self::Kid { .. } | Self::BadKey { .. } => "did.key",
            Self::Document { .. } | Self::DocumentJson { .. } => "did.document",
            Self::Signature { .. } => "jose.signature",
            Self::CredentialCount { .. } => "vp.count",
            Self::Envelope { .. } => "vp.envelope",
            Self::Context { .. } => "vc.context",
            Self::UnknownType { .. } => "vc.type",
            Self::NotYetValid { .. } => "vc.notYetValid",
            Self::NoLongerValid { .. } => "vc.expired",
            Self::Holder { .. } => "vc.holder",
            Self::Issuer { .. } => "trust.issuer",
            Self::Blocked { .. } => "trust.blocked",
            Self::Unresolved { .. } => "did.unresolved",
            Self::ReplayUnknown(_) => "claims.unchecked",
            Self::Status(refusal) => refusal.code(),
            Self::SchemaUnknown { .. } | Self::SchemaBroken { .. } => "vc.schema",
            Self::ProofMember { .. } => "vc.proof",
        }
    }

    /// What kind of thing is wrong.
    pub fn cause(&self) -> Cause {
        match self {
            Self::TooLarge { .. } => Cause::Size,
            Self::Json { .. }
            | Self::CredentialCount { .. }
            | Self::Envelope { .. }
            | Self::DidForm { .. }
            | Self::BadKey { .. } => Cause::Form,
            Self::Document { .. } | Self::DocumentJson { .. } => Cause::Peer,
            Self::Typ { .. }
            | Self::DidMethod { .. }
            | Self::DidKeyKind { .. }
            | Self::Claim { .. }
            | Self::Audience { .. }
            | Self::Expired { .. }
            | Self::IssuedAt { .. }
            | Self::Replayed
            | Self::Context { .. } => Cause::Claims,
            Self::Alphabet { .. }
            | Self::Parts { .. }
            | Self::Base64 { .. }
            | Self::Header { .. }
            | Self::Alg { .. }
            | Self::NoKey { .. }
            | Self::Kid { .. }
            | Self::ProofMember { .. }
            | Self::Signature { .. } => Cause::Proof,
            Self::UnknownType { .. }
            | Self::Status(_)
            | Self::SchemaUnknown { .. }
            | Self::SchemaBroken { .. }
            | Self::NotYetValid { .. }
            | Self::NoLongerValid { .. }
            | Self::Holder { .. }
            | Self::PresentedElsewhere { .. }
            | Self::Issuer { .. }
            | Self::Blocked { .. } => Cause::Trust,
            Self::Unresolved { .. } | Self::ReplayUnknown(_) => Cause::Unchecked,
        }
    }
}

impl Claim {
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Iss => ("iss", "claims.iss"),
            Self::Sub => ("sub", "claims.sub"),
            Self::Aud => ("aud", "claims.aud"),
            Self::Exp => ("exp", "claims.exp"),
            Self::Iat => ("iat", "claims.iat"),
            Self::Nbf => ("nbf", "claims.nbf"),
            Self::Jti => ("jti", "claims.jti"),
            Self::Vc => ("vc", "claims.forbidden"),
            Self::Vp => ("vp", "claims.forbidden"),
            Self::Id => ("id", "vc.id"),
            Self::Type => ("type", "vc.type"),
            Self::Holder => ("holder", "vp.holder"),
            Self::Issuer => ("issuer", "vc.issuer"),
            Self::CredentialSubject => ("credentialSubject", "vc.subject"),
            Self::ValidFrom => ("validFrom", "vc.validFrom"),
            Self::ValidUntil => ("validUntil", "vc.validUntil"),
            Self::VerifiableCredential => ("verifiableCredential", "vp.envelope"),
            Self::CredentialStatus => ("credentialStatus", "vc.status"),
            Self::CredentialSchema => ("credentialSchema", "vc.schema"),
            Self::IssuanceDate => ("issuanceDate", "vc.validFrom"),
            Self::ExpirationDate => ("expirationDate", "vc.validUntil"),
            Self::Proof => ("proof", "vc.proof"),
            Self::Token => ("token", "dcp.access"),
        }
    }

    /// The name of the claim in the token.
    pub const fn as_str(self) -> &'static str {
        self.names().0
    }

    const fn code(self) -> &'static str {
        self.names().1
    }
}

impl std::fmt::Display for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Text from outside, made safe to repeat in a message: printable ASCII, 64 characters at most.
pub(crate) fn clip(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(64).collect()
}
