//! The bits of a status list, and the compressed text in which they travel.

use super::StatusForm;
use crate::limits::*;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use std::io::{Read, Write};

/// One bit for each credential of a list; bit 0 is the highest of the first byte.
///
/// Implements [Bitstring Generation](https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-generation-algorithm) and
/// [Bitstring Expansion](https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-expansion-algorithm).
///
/// ```
/// use adit_credentials::Bits;
/// let mut bits = Bits::new(131_072);
/// bits.set(94_567, true);
/// assert_eq!((bits.get(94_567), bits.get(94_568), bits.get(131_072)), (Some(true), Some(false), None));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Bits(Vec<u8>);

/// Why text is not a list of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BitsProblem {
    /// It does not begin with the `u` of base64url without padding.
    Multibase,
    /// It is not base64url, or not gzip.
    Packing(&'static str),
    /// It inflates to more than is read.
    TooLarge,
}

/// How much is inflated at once.
const CHUNK_BYTES: usize = 64 * 1024;

impl Bits {
    /// So many bits, rounded up to whole bytes, none of them set.
    pub fn new(count: usize) -> Self {
        Self(vec![0; count.div_ceil(8)])
    }

    /// How many bits there are.
    pub fn count(&self) -> u64 {
        self.0.len() as u64 * 8
    }

    /// The bit at a place; `None` beyond the end.
    pub fn get(&self, index: u64) -> Option<bool> {
        let byte = self.0.get(usize::try_from(index / 8).ok()?)?;
        Some(byte & mask(index) != 0)
    }

    /// Sets or clears the bit at a place; one beyond the end stays as it is, clear.
    pub fn set(&mut self, index: u64, value: bool) {
        let Some(byte) = usize::try_from(index / 8).ok().and_then(|at| self.0.get_mut(at)) else {
            return;
        };
        if value { *byte |= mask(index) } else { *byte &= !mask(index) }
    }

    /// The bits as `encodedList` writes them: `u`, and the gzipped bytes in base64url.
    pub fn encode(&self) -> String {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&self.0).expect("memory takes all that is written");
        let packed = packer.finish().expect("memory takes all that is written");
        format!("u{}", URL_SAFE_NO_PAD.encode(packed))
    }

    /// Reads what `encodedList` says; a list of 2021 was written without the `u` too.
    pub(crate) fn decode(encoded: &str, form: StatusForm) -> Result<Self, BitsProblem> {
        let packed = match (encoded.strip_prefix('u'), form) {
            (Some(text), _) => URL_SAFE_NO_PAD.decode(text),
            (None, StatusForm::List2021) => {
                let text = encoded.trim_end_matches('=').replace('-', "+").replace('_', "/");
                STANDARD_NO_PAD.decode(text)
            }
            (None, StatusForm::Bitstring) => return Err(BitsProblem::Multibase),
        };
        inflate(&packed.map_err(|_| BitsProblem::Packing("it is not base64url without padding"))?)
    }

    /// How many bytes of memory they take.
    pub(crate) fn bytes(&self) -> usize {
        self.0.len()
    }
}

/// Inflates piece by piece, and stops before the limit is passed: a megabyte can stand for a gigabyte.
fn inflate(packed: &[u8]) -> Result<Bits, BitsProblem> {
    let (mut reader, mut bytes, mut chunk) =
        (GzDecoder::new(packed), Vec::new(), vec![0; CHUNK_BYTES]);
    loop {
        let read = reader.read(&mut chunk).map_err(|_| BitsProblem::Packing("it is not gzip"))?;
        if read == 0 {
            return Ok(Bits(bytes));
        }
        if bytes.len() + read > STATUS_BITS_BYTES_MAX {
            return Err(BitsProblem::TooLarge);
        }
        bytes.extend_from_slice(&chunk[..read]);
    }
}

const fn mask(index: u64) -> u8 {
    0x80 >> (index % 8)
}

impl std::fmt::Debug for Bits {
    /// How many bits there are and how many are set; a list has at least 131,072 of them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let set: u32 = self.0.iter().map(|byte| byte.count_ones()).sum();
        write!(f, "Bits({set} of {})", self.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Bits, BitsProblem> {
        Bits::decode(text, StatusForm::Bitstring)
    }

    /// The list in the examples of
    /// [the specification](https://www.w3.org/TR/vc-bitstring-status-list/#example-example-bitstringstatuslistcredential),
    /// and two in other packings; compared after inflating, as gzip is written in many ways.
    #[test]
    fn the_list_of_the_specification_and_lists_of_others() {
        for zeros in [
            "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA",
            "uH4sIAAAAAAACA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA",
        ] {
            assert_eq!(read(zeros), Ok(Bits::new(131_072)));
        }
        let two = "uH4sIAAAAAAACA-3QAQ0AAAgDIN_c6ObwgwjsAAAAAAAAAAAAAADQJgoAAAAA3jky_qmsAEAAAA";
        let bits = read(two).unwrap();
        let set: Vec<_> = (0..131_072).filter(|at| bits.get(*at) == Some(true)).collect();
        assert_eq!(set, [0, 94_567]);
    }

    #[test]
    fn what_is_written_is_read() {
        let mut bits = Bits::new(131_072);
        for index in [0, 7, 8, 94_567, 131_071] {
            bits.set(index, true);
        }
        bits.set(8, false);
        let again = read(&bits.encode()).unwrap();
        assert_eq!(again, bits);
        assert_eq!(again.0[0], 0b1000_0001);
        assert_eq!([7, 8].map(|index| again.get(index)), [Some(true), Some(false)]);
    }

    #[test]
    fn a_list_of_2021_may_lack_the_u() {
        let mut bits = Bits::new(131_072);
        bits.set(3, true);
        let text = bits.encode();
        let plain = text.strip_prefix('u').unwrap();
        let padded = format!("{}==", plain.replace('-', "+").replace('_', "/"));
        for text in [text.as_str(), plain, &padded] {
            assert_eq!(Bits::decode(text, StatusForm::List2021), Ok(bits.clone()), "{text}");
        }
        assert_eq!(read(plain), Err(BitsProblem::Multibase));
    }

    #[test]
    fn other_text_is_refused() {
        let base64 = BitsProblem::Packing("it is not base64url without padding");
        let gzip = BitsProblem::Packing("it is not gzip");
        assert_eq!(read(""), Err(BitsProblem::Multibase));
        assert_eq!(read("zH4sI"), Err(BitsProblem::Multibase));
        assert_eq!(read("u+++="), Err(base64));
        assert_eq!(read("uAAAA"), Err(gzip));
        let whole = URL_SAFE_NO_PAD.decode(&Bits::new(131_072).encode()[1..]).unwrap();
        let cut = format!("u{}", URL_SAFE_NO_PAD.encode(&whole[..whole.len() - 8]));
        assert_eq!(read(&cut), Err(gzip));
    }

    #[test]
    fn a_bomb_is_left_at_the_limit() {
        let zeros = vec![0; 1 << 20];
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        for _ in 0..64 {
            packer.write_all(&zeros).unwrap();
        }
        let text = format!("u{}", URL_SAFE_NO_PAD.encode(packer.finish().unwrap()));
        assert!(text.len() < 1 << 20);
        assert_eq!(read(&text), Err(BitsProblem::TooLarge));
        let most = Bits::new(STATUS_BITS_BYTES_MAX * 8);
        assert_eq!(read(&most.encode()), Ok(most));
    }
}
