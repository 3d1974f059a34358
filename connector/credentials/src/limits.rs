//! Every bound of the token gate, in one place.

/// Bytes of a token, whole.
pub const TOKEN_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a token's first part, still encoded.
pub const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a DID document.
pub const DOCUMENT_BYTES_MAX: usize = 64 * 1024;
/// Levels of arrays and objects in JSON.
pub const JSON_DEPTH_MAX: usize = 16;
/// Bytes of a `jti`.
pub const JTI_BYTES_MAX: usize = 128;
/// Credentials in one presentation.
pub const CREDENTIALS_MAX: usize = 16;
/// Verification methods in one DID document.
pub const METHODS_MAX: usize = 64;
/// Seconds by which two clocks may differ.
pub const SKEW_S: i64 = 60;
/// Seconds from `iat` to `exp` of a presentation.
pub const PRESENTATION_LIFE_S_MAX: i64 = 600;
/// Seconds from `iat` of a presentation to its use.
pub const PRESENTATION_AGE_S_MAX: i64 = 300;
/// Seconds by which the clock of the sender of a self-issued token may differ.
///
/// Half of what is usual, because the conformance kit of the Decentralized Claims Protocol wants a token from a minute
/// ahead refused.
pub const SELF_ISSUED_SKEW_S: i64 = 30;
/// Seconds from `iat` to `exp` of a self-issued token: ten minutes, and one for a sender that reads its clock twice.
pub const SELF_ISSUED_LIFE_S_MAX: i64 = 601;
/// Seconds from `iat` of a self-issued token to its use.
pub const SELF_ISSUED_AGE_S_MAX: i64 = 300;
/// Bytes of the access token in a self-issued token.
pub const ACCESS_TOKEN_BYTES_MAX: usize = 8 * 1024;
/// Entries in the `credentialStatus`, and in the `credentialSchema`, of one credential.
pub const STATUSES_MAX: usize = 4;
/// Bytes of a status list as it is fetched.
pub const STATUS_LIST_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of the bits of a status list, inflated.
pub const STATUS_BITS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bits of a status list, at least, so that it hides whom it is asked about; see
/// [Bitstring Status List, Bitstring Length](https://www.w3.org/TR/vc-bitstring-status-list/#herd-privacy).
pub const STATUS_BITS_MIN: u64 = 131_072;
