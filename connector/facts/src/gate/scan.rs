//! The scan: nesting, signs and branches, counted in bytes before any parser sees them.
//!
//! Where one token ends and the next begins depends on the grammar: `<` opens an IRI or compares, `'''` opens a long
//! string or follows an empty one. The scan knows no grammar, so it follows every reading at once, and what any of them
//! finds too much is refused. No text is deeper to the parser than to the scan.

use crate::{Limits, Refusal};

/// What a reading is within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Code,
    Comment,
    Iri,
    /// A string in one line, or a long one, by its quote.
    String(u8),
    Long(u8),
}

const ALL: [Within; 7] = [
    Within::Code,
    Within::Comment,
    Within::Iri,
    Within::String(b'\''),
    Within::String(b'"'),
    Within::Long(b'\''),
    Within::Long(b'"'),
];

/// What the readings that meet at a place have counted at most.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    nesting: usize,
    signs: usize,
    unions: usize,
}

/// The readings that arrive at one place.
type Readings = [Option<Counts>; ALL.len()];

/// How far ahead a step reaches: over the three quotes of a long string.
const REACH: usize = 3;

/// Refuses a text that nests brackets, repeats signs or unites branches beyond the limits, as far as it may be long.
pub(super) fn scan(text: &str, limits: &Limits) -> Result<(), Refusal> {
    let mut scan = Scan { text: text.as_bytes(), ahead: Default::default() };
    scan.reach(0, Within::Code, Counts::default());
    for at in 0..text.len().min(limits.text_bytes) {
        let here = std::mem::take(&mut scan.ahead[at % (REACH + 1)]);
        for (within, counts) in ALL.into_iter().zip(here) {
            let Some(counts) = counts else { continue };
            let counts = scan.step(at, within, counts);
            if counts.nesting > limits.nesting {
                let (line, column) = position(text, at);
                return Err(Refusal::Nesting { limit: limits.nesting, line, column });
            }
            if counts.signs > limits.signs {
                let (line, column) = position(text, at);
                return Err(Refusal::Signs { limit: limits.signs, line, column });
            }
            if counts.unions > limits.unions {
                return Err(Refusal::Unions { limit: limits.unions });
            }
        }
    }
    Ok(())
}

struct Scan<'t> {
    text: &'t [u8],
    ahead: [Readings; REACH + 1],
}

impl Scan<'_> {
    /// Lets a reading arrive at a place; where another is there before, the larger counts stay.
    fn reach(&mut self, at: usize, within: Within, counts: Counts) {
        let place = ALL.iter().position(|it| *it == within).unwrap_or_default();
        let there = &mut self.ahead[at % (REACH + 1)][place];
        let before = there.unwrap_or_default();
        *there = Some(Counts {
            nesting: before.nesting.max(counts.nesting),
            signs: before.signs.max(counts.signs),
            unions: before.unions.max(counts.unions),
        });
    }

    /// Takes a reading over one byte, and tells what it has counted then.
    fn step(&mut self, at: usize, within: Within, counts: Counts) -> Counts {
        let byte = self.text[at];
        let next = at + 1;
        match within {
            Within::Code => return self.code(at, counts),
            Within::Comment if b"\n\r".contains(&byte) => self.reach(next, Within::Code, counts),
            Within::Comment => self.reach(next, Within::Comment, counts),
            Within::Iri if byte == b'>' => self.reach(next, Within::Code, counts),
            // The reading was wrong: no IRI has such a byte.
            Within::Iri if byte <= b' ' || b"<\"{}|^`".contains(&byte) => {}
            Within::Iri => self.reach(next, Within::Iri, counts),
            Within::String(_) | Within::Long(_) if byte == b'\\' => {
                self.reach(at + 2, within, counts);
            }
            Within::String(quote) if byte == quote => self.reach(next, Within::Code, counts),
            Within::String(_) if b"\n\r".contains(&byte) => {}
            Within::Long(quote) if self.opens_long(at, quote) => {
                self.reach(at + REACH, Within::Code, counts);
            }
            Within::String(_) | Within::Long(_) => self.reach(next, within, counts),
        }
        counts
    }

    fn code(&mut self, at: usize, mut counts: Counts) -> Counts {
        let (byte, next) = (self.text[at], at + 1);
        match byte {
            b'(' | b'[' | b'{' => counts.nesting += 1,
            b')' | b']' | b'}' => counts.nesting = counts.nesting.saturating_sub(1),
            b'u' | b'U' if self.is_union(at) => counts.unions += 1,
            _ => {}
        }
        match byte {
            b'!' | b'-' | b'+' => counts.signs += 1,
            b' ' | b'\t' | b'\r' | b'\n' | b'#' => {}
            _ => counts.signs = 0,
        }
        match byte {
            b'#' => self.reach(next, Within::Comment, counts),
            // An escaped sign within a name.
            b'\\' => self.reach(at + 2, Within::Code, counts),
            b'\'' | b'"' => {
                self.reach(next, Within::String(byte), counts);
                if self.opens_long(at, byte) {
                    self.reach(at + REACH, Within::Long(byte), counts);
                }
            }
            b'<' => {
                self.reach(next, Within::Iri, counts);
                self.reach(next, Within::Code, counts);
            }
            _ => self.reach(next, Within::Code, counts),
        }
        counts
    }

    fn opens_long(&self, at: usize, quote: u8) -> bool {
        self.text[at..].starts_with(&[quote; REACH])
    }

    fn is_union(&self, at: usize) -> bool {
        let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_:.-".contains(byte);
        let word = |byte: &u8| in_word(byte) || b"?$@".contains(byte);
        let (before, rest) = self.text.split_at(at);
        let Some((name, after)) = rest.split_at_checked("union".len()) else { return false };
        name.eq_ignore_ascii_case(b"union")
            && !before.last().is_some_and(word)
            && !after.first().is_some_and(in_word)
    }
}

/// Line and column of a place in a text, from 1.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    (line, column)
}
