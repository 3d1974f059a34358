//! The only place that reads the clock or draws a random id; everything else is given the result.
#![expect(clippy::disallowed_methods, reason = "this is where time and chance enter")]

use jiff::Timestamp;

/// The time now.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A random identifier, as a [UUID](https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-4).
pub fn random_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// A secret of 244 random bits in hexadecimal, for bearers and invitation codes.
pub fn secret() -> String {
    format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())
}

/// A random number below a bound, from the same source as the identifiers.
pub fn random_below(bound: u32) -> u32 {
    let [a, b, c, d, ..] = *uuid::Uuid::new_v4().as_bytes();
    u32::from_be_bytes([a, b, c, d]) % bound
}

/// A point on the monotonic clock, for deadlines and for what a command tells about its duration.
pub fn instant() -> std::time::Instant {
    std::time::Instant::now()
}
