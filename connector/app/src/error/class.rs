//! The one place where an HTTP status, an exit code and a stable code are chosen.

use super::Error;
use crate::http::limits::Counted;
use crate::safe_client::Failure;
use adit_credentials::dcp::{DcpCause, DcpRefusal};

impl Error {
    /// HTTP status, exit code and stable code.
    pub(super) fn class(&self) -> (u16, u8, &'static str) {
        match self {
            Self::Usage(_) => (400, 2, "usage"),
            Self::NoFolder { .. } => (500, 2, "folder.none"),
            Self::ClientOnly => (400, 2, "folder.client"),
            Self::Settings { .. } => (500, 2, "settings"),
            Self::Profiles(_) => (500, 6, "profile"),
            Self::Unchecked(_) => (422, 6, "rule.unchecked"),
            Self::Policies(_) => (500, 6, "policy.file"),
            Self::Locked { .. } => (503, 1, "folder.locked"),
            Self::File { .. } => (500, 1, "file"),
            Self::Keys(trouble) if trouble.is_usage() => (400, 2, trouble.code()),
            Self::Keys(trouble) => (500, 1, trouble.code()),
            Self::Circle(error) => (422, 6, error.code()),
            Self::SignedOther { .. } => (400, 2, "circle.signed"),
            Self::NotADid(_) => (400, 2, "did.syntax"),
            Self::UnknownType { .. } => (400, 2, "credential.type"),
            Self::NotIssued { .. } => (404, 2, "credential.unknown"),
            Self::NoStatus { .. } => (400, 2, "credential.status"),
            Self::Revoked { .. } => (400, 2, "credential.revoked"),
            Self::NoData { .. } => (400, 6, "data.none"),
            Self::NotPublished { .. } => (400, 2, "data.unpublished"),
            Self::Data(_) | Self::Unpublishable(_) => (422, 6, "data"),
            Self::NotABearer => (401, 4, "bearer.scheme"),
            Self::BearerUnknown => (401, 4, "bearer.unknown"),
            Self::BearerEnded { .. } => (401, 4, "bearer.ended"),
            Self::Credential(refusal) => (credential_status(refusal), 4, refusal.code()),
            Self::Dcp(refusal) => dcp_class(refusal),
            Self::Refused(refusal) => (403, 4, refusal.code),
            Self::Query(refusal) => (query_status(refusal), 2, refusal.code()),
            Self::Plan(refusal) => (400, 2, plan_code(refusal)),
            Self::NotInvited { .. } => (400, 2, "invitation.other"),
            Self::InvitationEnded { .. } => (403, 4, "invitation.ended"),
            Self::InvitationUnknown => (403, 4, "invitation.unknown"),
            Self::NotFound => (404, 2, "not-found"),
            Self::MediaType { .. } => (415, 2, "media-type"),
            Self::NotAcceptable { .. } => (406, 2, "accept"),
            Self::Method { .. } => (405, 2, "method"),
            Self::BodyTooLong { .. } => (413, 2, "body.size"),
            Self::Head { .. } => (400, 2, "http.head"),
            Self::AddressTooLong { .. } => (414, 2, "http.address"),
            Self::HeadersTooLong { .. } => (431, 2, "http.headers"),
            Self::TooManyParameters { .. } => (413, 2, "http.parameters"),
            Self::TooSlow => (408, 2, "http.slow"),
            Self::TooMany { of: Counted::Did, .. } => (429, 4, "rate.did"),
            Self::TooMany { of: Counted::Address, .. } => (429, 4, "rate.address"),
            Self::TooManyConnections => (429, 4, "rate.connections"),
            Self::FromAPage => (403, 4, "http.page"),
            Self::OwnPeopleOnly => (403, 4, "own-people"),
            Self::PeerRefused { .. } => (502, 4, "peer.refused"),
            Self::NoConnector { .. } => (502, 5, "peer.connector"),
            Self::BadAnswer { .. } => (502, 5, "peer.answer"),
            Self::Outbound(failure) => (outbound_status(failure), 5, failure.code()),
            Self::Journal(_) => (503, 1, "journal"),
            Self::Broken(_) => (500, 6, "journal.broken"),
            Self::Facts(_) => (500, 1, "facts"),
            Self::Key(_) => (500, 1, "key"),
            Self::Issue(_) => (400, 2, "credential.issue"),
            Self::Trust(_) => (400, 2, "trust"),
            Self::UnknownCode { .. } => (404, 2, "code.unknown"),
            Self::Internal(_) => (500, 1, "internal"),
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.class().2
    }
}

fn credential_status(refusal: &adit_credentials::Refusal) -> u16 {
    use adit_credentials::Cause;
    match refusal.cause() {
        Cause::Size => 413,
        Cause::Form => 400,
        Cause::Claims | Cause::Proof => 401,
        Cause::Trust => 403,
        Cause::Peer => 502,
        Cause::Unchecked => 503,
    }
}

/// Whose fault it is that nothing was asked: of whoever named an address that never is, else of the other side.
fn outbound_status(failure: &Failure) -> u16 {
    match failure {
        Failure::Address { .. } => 400,
        Failure::Blocked { .. }
        | Failure::Unreachable { .. }
        | Failure::Status { .. }
        | Failure::Proxy { .. }
        | Failure::Tls { .. }
        | Failure::Slow { .. }
        | Failure::Busy { .. }
        | Failure::Paused { .. }
        | Failure::Redirect { .. }
        | Failure::TooLong { .. }
        | Failure::Encoded { .. }
        | Failure::MediaType { .. } => 502,
    }
}

/// A peer's fault is 502; an answer of ours to a message is in the hundreds that the protocol asks for.
fn dcp_class(refusal: &DcpRefusal) -> (u16, u8, &'static str) {
    let (status, exit) = match refusal.cause() {
        DcpCause::Size => (413, 2),
        DcpCause::Form => (400, 2),
        DcpCause::Unsupported => (501, 2),
        DcpCause::Unproved => (401, 4),
        DcpCause::Forbidden => (403, 4),
        DcpCause::Absent => (404, 2),
        DcpCause::Busy => (429, 4),
        DcpCause::Elsewhere => (502, 5),
    };
    (status, exit, refusal.code())
}

fn query_status(refusal: &adit_facts::Refusal) -> u16 {
    use adit_facts::Refusal;
    match refusal {
        Refusal::Size { .. } | Refusal::Predicates { .. } | Refusal::TooManyQuads { .. } => 413,
        Refusal::Nesting { .. }
        | Refusal::Signs { .. }
        | Refusal::Unions { .. }
        | Refusal::Depth { .. }
        | Refusal::Patterns { .. }
        | Refusal::Values { .. }
        | Refusal::Regex { .. }
        | Refusal::Syntax { .. }
        | Refusal::Base { .. }
        | Refusal::Service
        | Refusal::Update
        | Refusal::Unsupported { .. }
        | Refusal::Unbound => 400,
        Refusal::Deadline { .. } | Refusal::Processor { .. } => 504,
        Refusal::Memory { .. }
        | Refusal::Rows { .. }
        | Refusal::Bytes { .. }
        | Refusal::Killed { .. } => 507,
        Refusal::Busy { .. } => 503,
    }
}

fn plan_code(refusal: &adit_federation::Refusal) -> &'static str {
    match refusal {
        adit_federation::Refusal::NotAnchored { .. } => "not-anchored",
        adit_federation::Refusal::Service { .. } => "sparql.service",
        adit_federation::Refusal::Lateral => "sparql.lateral",
        adit_federation::Refusal::OverLimit { .. } => "over-limit",
    }
}
