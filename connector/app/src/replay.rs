//! The presentations and self-issued tokens that were seen, so that none serves twice, also after a restart.

use crate::clock;
use crate::error::Error;
use crate::folder::Folder;
use adit_credentials::{Replay, ReplayFault};
use adit_journal::Seen;
use adit_vocab::Did;
use jiff::Timestamp;

/// The `jti` of every token seen, by its issuer, until the token could not be shown again.
///
/// A presentation gets here only with credentials that an issuer on the trust list signed for its holder; a self-issued
/// token needs nothing but a key, so those of [strangers](Self::of_strangers) have a share of their own.
#[derive(Debug)]
pub struct Replays(Seen);

impl Replays {
    /// The memory of a folder.
    pub fn open(folder: &Folder) -> Result<Self, Error> {
        Ok(Self(Seen::open(&folder.state())?))
    }

    /// The same memory for those with whom we do not deal: they can fill a part of it and no more.
    pub fn of_strangers(&self) -> OfStrangers<'_> {
        OfStrangers(&self.0)
    }
}

impl Replay for Replays {
    fn first_use(&self, issuer: &Did, jti: &str, until: Timestamp) -> Result<bool, ReplayFault> {
        let first = self.0.first(issuer.as_str(), jti, until, clock::now());
        first.map_err(|fault| ReplayFault(Box::new(fault)))
    }
}

/// The memory as strangers may use it.
#[derive(Debug)]
pub struct OfStrangers<'a>(&'a Seen);

impl Replay for OfStrangers<'_> {
    fn first_use(&self, issuer: &Did, jti: &str, until: Timestamp) -> Result<bool, ReplayFault> {
        let first = self.0.first_of_stranger(issuer.as_str(), jti, until, clock::now());
        first.map_err(|fault| ReplayFault(Box::new(fault)))
    }
}
