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
