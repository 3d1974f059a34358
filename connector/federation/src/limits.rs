//! The bounds of one question.

/// How much one question may ask of others, in all and at once.
///
/// ```
/// assert_eq!(adit_federation::Limits::default().batch_bindings_max, 500);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Distinct quads that may be gathered.
    pub quads_max: usize,
    /// Requests that may be sent, over all companies.
    pub requests_max: usize,
    /// Requests that may have to wait for one another.
    pub rounds_max: usize,
    /// Companies that may be met by name while the question runs.
    pub discoveries_max: usize,
    /// Identifiers in one request.
    pub batch_bindings_max: usize,
    /// Bytes of identifiers in one request.
    pub batch_bytes_max: usize,
    /// Requests that one company may have open.
    pub in_flight_per_peer_max: usize,
    /// Requests that may be open in all.
    pub in_flight_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            quads_max: 1_000_000,
            requests_max: 10_000,
            rounds_max: 100,
            discoveries_max: 50,
            batch_bindings_max: 500,
            batch_bytes_max: 128 * 1024,
            in_flight_per_peer_max: 4,
            in_flight_max: 32,
        }
    }
}
