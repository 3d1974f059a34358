//! Each presentation and each self-issued token counts once.

use adit_vocab::Did;
use jiff::Timestamp;

/// The memory of used presentations and self-issued tokens, kept where a crash does not lose it.
pub trait Replay: Sync {
    /// Notes that the issuer's `jti` was used, to be remembered until an instant; `false` if it was used before.
    ///
    /// Of two calls at the same time exactly one gets `true`.
    ///
    /// # Errors
    /// The memory does not answer; the presentation is then not accepted.
    fn first_use(&self, issuer: &Did, jti: &str, until: Timestamp) -> Result<bool, ReplayFault>;
}

/// The memory of used presentations did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the store of used presentations failed")]
pub struct ReplayFault(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// A memory for tests, gone with the process.
#[cfg(any(test, feature = "test-util"))]
#[derive(Debug, Default)]
pub struct ForgetfulReplay(std::sync::Mutex<std::collections::BTreeSet<(Did, String)>>);

#[cfg(any(test, feature = "test-util"))]
impl Replay for ForgetfulReplay {
    fn first_use(&self, issuer: &Did, jti: &str, _until: Timestamp) -> Result<bool, ReplayFault> {
        let mut used = self.0.lock().map_err(|_| ReplayFault("poisoned".into()))?;
        Ok(used.insert((issuer.clone(), jti.to_owned())))
    }
}
