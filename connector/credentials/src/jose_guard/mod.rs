//! Signed tokens: their strict compact form, their kinds, and the keys that sign and verify them.
//!
//! The only place that calls josekit, and only its signature layer: its token layer panics on an `exp` of 2^64 - 1 and
//! accepts a token without `aud`; its encryption layer inflates without limit.

mod algorithm;
mod compact;
mod key;
pub(crate) mod multibase;
mod private;
mod sign;
mod typ;

pub use algorithm::Algorithm;
pub(crate) use compact::Compact;
pub use key::PublicKey;
pub use private::{KeyError, Keypair};
pub(crate) use sign::sign;
pub(crate) use typ::Typ;
