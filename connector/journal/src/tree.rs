//! The Merkle tree over the records, [RFC 6962, section 2.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1), grown one leaf at a time.

use crate::Hash;
use sha2::{Digest, Sha256};

/// The right edge of the tree: the roots of its complete subtrees, largest first.
///
/// That is one hash for each one bit of the size, and all that is needed to add a leaf or to
/// compute the root, so the journal never reads old leaves to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

/// The leaf hash of one record: SHA-256 of a zero byte and the record.
pub(crate) fn leaf_hash(record: &[u8]) -> Hash {
    let digest = Sha256::new().chain_update([0]).chain_update(record).finalize();
    <[u8; 32]>::from(digest).into()
}

/// The hash of an inner node: SHA-256 of a one byte and both children.
fn node_hash(left: Hash, right: Hash) -> Hash {
    let children = Sha256::new().chain_update([1]).chain_update(left.as_bytes());
    <[u8; 32]>::from(children.chain_update(right.as_bytes()).finalize()).into()
}

impl Frontier {
    /// How many leaves the tree has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub(crate) fn push(&mut self, leaf: Hash) {
        // Each trailing one bit of the size is a complete subtree as tall as what it is joined with.
        let joined = self.size.trailing_ones() as usize;
        let kept = self.peaks.len() - joined;
        let peak = self.peaks.drain(kept..).rev().fold(leaf, |right, left| node_hash(left, right));
        self.peaks.push(peak);
        self.size += 1;
    }

    /// The root; of no leaves, SHA-256 of nothing.
    pub(crate) fn root(&self) -> Hash {
        let from_the_right = self.peaks.iter().rev().copied();
        from_the_right.reduce(|right, left| node_hash(left, right)).unwrap_or_else(|| Hash::of(b""))
    }

    /// The roots of the complete subtrees, largest first.
    pub(crate) fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// The hashes one after another, as the database keeps them.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.peaks.iter().flat_map(Hash::as_bytes).copied().collect()
    }

    /// The frontier that [`Frontier::to_bytes`] wrote, or `None` if there are not as many hashes as the size needs.
    pub(crate) fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && hashes.len() == size.count_ones() as usize;
        fits.then(|| Self { size, peaks: hashes.iter().copied().map(Hash::from).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The eight leaves that implementations of RFC 6962 share as test data, and the root after each.
    const CLASSIC: [(&str, &str); 8] = [
        ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (
            "606162636465666768696a6b6c6d6e6f",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ),
    ];

    /// The definition as RFC 6962 writes it.
    fn root_by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::of(b""),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node_hash(root_by_definition(left), root_by_definition(right))
            }
        }
    }

    #[test]
    fn roots_of_the_classic_leaves() {
        let mut tree = Frontier::default();
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(tree.root().to_string(), empty);
        for (leaf, root) in CLASSIC {
            tree.push(leaf_hash(&hex::decode(leaf).unwrap()));
            assert_eq!(tree.root().to_string(), root);
        }
    }

    #[test]
    fn grows_as_defined_and_reads_back_at_every_size() {
        let leaves: Vec<Hash> = (0..200_u8).map(|n| leaf_hash(&[n])).collect();
        let mut tree = Frontier::default();
        for (size, leaf) in leaves.iter().enumerate() {
            assert_eq!(tree.root(), root_by_definition(&leaves[..size]));
            assert_eq!(Frontier::from_bytes(size as u64, &tree.to_bytes()), Some(tree.clone()));
            tree.push(*leaf);
        }
        assert_eq!(Frontier::from_bytes(3, &tree.to_bytes()[..32]), None);
        assert_eq!(Frontier::from_bytes(1, &[0; 33]), None);
    }
}
