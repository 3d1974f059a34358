//! Bytes as base58btc text behind its `z`, and keys written so.

use super::{Algorithm, PublicKey};

/// Bytes as [multibase](https://www.w3.org/TR/cid-1.0/#multibase-0) base58btc: `z` and the text.
pub(crate) fn encode(bytes: &[u8]) -> String {
    format!("z{}", bs58::encode(bytes).into_string())
}

/// The bytes of base58btc text behind `z`; `None` where it is anything else, or would be longer than `bytes_max`.
pub(crate) fn decode(text: &str, bytes_max: usize) -> Option<Vec<u8>> {
    let text = text.strip_prefix('z')?;
    // Decoding takes time by the square of the length; a byte takes at most 1.4 characters.
    if text.len() > bytes_max * 7 / 5 + 2 {
        return None;
    }
    let bytes = bs58::decode(text).into_vec().ok()?;
    (bytes.len() <= bytes_max).then_some(bytes)
}

/// The [multicodec](https://www.w3.org/TR/cid-1.0/#Multikey) headers of the kinds in use.
const CODECS: [(Algorithm, [u8; 2]); 3] = [
    (Algorithm::Ed25519, [0xed, 0x01]),
    (Algorithm::Es256, [0x80, 0x24]),
    (Algorithm::Es384, [0x81, 0x24]),
];

impl PublicKey {
    /// Reads a public key from its [Multikey](https://www.w3.org/TR/cid-1.0/#Multikey) text; `None` for a key of another
    /// kind.
    ///
    /// # Errors
    /// Why the key must not be used by anybody.
    pub(crate) fn from_multibase(text: &str) -> Result<Option<Self>, &'static str> {
        let bytes = decode(text, 128).ok_or("it is not a short base58btc text behind z")?;
        let known = CODECS.iter().find_map(|(algorithm, codec)| {
            bytes.strip_prefix(codec.as_slice()).map(|point| (*algorithm, point))
        });
        let Some((algorithm, point)) = known else { return Ok(None) };
        let length = match algorithm {
            Algorithm::Ed25519 => 32,
            Algorithm::Es256 => 33,
            Algorithm::Es384 => 49,
        };
        if point.len() != length {
            return Err("its point is not of the length of a compressed one");
        }
        Self::from_point(algorithm, point).map(Some)
    }

    /// The key as [Multikey](https://www.w3.org/TR/cid-1.0/#Multikey) text.
    pub(crate) fn to_multibase(&self) -> String {
        let of_this = |(algorithm, _): &&(Algorithm, [u8; 2])| *algorithm == self.algorithm();
        let codec = CODECS.iter().find(of_this).map(|(_, codec)| codec.as_slice());
        encode(&[codec.unwrap_or_default(), &self.compressed()].concat())
    }
}
