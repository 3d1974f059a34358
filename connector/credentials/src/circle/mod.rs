//! The trust list of a circle: companies that say together which issuer may issue which type, without a centre.
//!
//! A list is a file that travels by mail or lies at any address. Each of its lines is one member's signature over the same
//! content: a compact JWS of typ `adit-trust+jwt`. Signing is adding a line, and two files of one content are joined by
//! putting one after the other.
//!
//! A list names its members and how many of them must sign the **next** version, more than half. Whoever holds a version
//! takes the next one and no other: it names the hash of the one before, and enough of the members of the one before signed
//! it. So nobody outside decides who belongs, an old version is never taken back, and two versions of one number can only
//! both be valid if some member signed both, which the refusal then says. A company joins at the version whose hash it was
//! told by somebody it knows.

mod error;
mod list;
mod signed;

pub use error::CircleError;
pub use list::{CircleList, LIST_LIFE, MEMBERS_MAX};
pub use signed::{LIST_FILE_BYTES_MAX, SignedList};

use adit_vocab::Did;
use std::collections::BTreeSet;

/// A circle that a company belongs to: the version in force and the lines that carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    list: CircleList,
    signers: BTreeSet<Did>,
    lines: Vec<String>,
}

impl Circle {
    /// Reads a circle as [`to_text`](Self::to_text) wrote it into the company's own folder: its signatures were checked
    /// when it was taken.
    ///
    /// # Errors
    /// Not one version.
    pub fn read(text: &str) -> Result<Self, CircleError> {
        let [SignedList { list, signatures }]: [SignedList; 1] = SignedList::read_all(text)?
            .try_into()
            .map_err(|_| CircleError::Shape("it holds several versions".to_owned()))?;
        let signers = signatures.iter().map(|signature| signature.signer.clone()).collect();
        let lines = signatures.into_iter().map(|signature| signature.line).collect();
        Ok(Self { list, signers, lines })
    }

    /// The version in force as a file, which others may take too.
    pub fn to_text(&self) -> String {
        let CircleList { circle, version, hash, .. } = &self.list;
        let lines: String = self.lines.iter().map(|line| format!("{line}\n")).collect();
        format!("# {circle}, version {version}, {hash}\n{lines}")
    }

    /// What the version in force says.
    pub fn list(&self) -> &CircleList {
        &self.list
    }

    /// Whose signatures it carries.
    pub fn signers(&self) -> impl Iterator<Item = &Did> {
        self.signers.iter()
    }
}

#[cfg(test)]
mod tests;
