//! Numbers as people write them.

use crate::language::Language;

/// A space that no line breaks at, between groups of digits and before a unit.
pub(super) const FIXED_SPACE: char = '\u{a0}';

/// A number of XML Schema in the manner of a language: its decimal sign, groups of three, a true minus.
///
/// The digits are kept as they stand, without zeros that say nothing; text that is no number stays as it is.
pub(super) fn number(text: &str, language: Language) -> String {
    let plain = plain(text);
    let unsigned = plain.trim_start_matches(['+', '-']);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_number = !(whole.is_empty() && fraction.is_empty())
        && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit());
    if !is_number {
        return text.to_owned();
    }
    let (decimal, group) = match language {
        Language::En => ('.', ','),
        Language::Sv | Language::Fi => (',', FIXED_SPACE),
    };
    let mut written = String::new();
    if plain.starts_with('-') {
        written.push('\u{2212}');
    }
    let whole = whole.trim_start_matches('0');
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            written.push(group);
        }
        written.push(digit);
    }
    if whole.is_empty() {
        written.push('0');
    }
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        written.push(decimal);
        written.push_str(fraction);
    }
    written
}

/// A number without its exponent.
fn plain(text: &str) -> String {
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && text.contains(['e', 'E']) => value.to_string(),
        _ => text.to_owned(),
    }
}

/// How many bytes, in the unit that fits.
pub(super) fn bytes(count: usize, language: Language) -> String {
    let (size, unit) = match count {
        0..1_000 => return format!("{}{FIXED_SPACE}B", number(&count.to_string(), language)),
        1_000..1_000_000 => ((count / 100) as f64 / 10.0, "kB"),
        _ => ((count / 100_000) as f64 / 10.0, "MB"),
    };
    let size = if size < 10.0 { size.to_string() } else { size.round().to_string() };
    format!("{}{FIXED_SPACE}{unit}", number(&size, language))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Fi, Sv};

    #[test]
    fn numbers_are_written_as_each_language_does() {
        for (text, english, swedish) in [
            ("0", "0", "0"),
            ("4.680", "4.68", "4,68"),
            ("-12.50", "\u{2212}12.5", "\u{2212}12,5"),
            ("+7", "7", "7"),
            ("007", "7", "7"),
            (".5", "0.5", "0,5"),
            ("1234", "1,234", "1\u{a0}234"),
            ("1050000.25", "1,050,000.25", "1\u{a0}050\u{a0}000,25"),
            ("1.25E4", "12,500", "12\u{a0}500"),
            ("INF", "INF", "INF"),
            ("12 kg", "12 kg", "12 kg"),
            ("", "", ""),
        ] {
            assert_eq!(number(text, En), english, "{text}");
            assert_eq!(number(text, Sv), swedish, "{text}");
            assert_eq!(number(text, Fi), swedish, "{text}");
        }
    }

    #[test]
    fn sizes_take_the_unit_that_fits() {
        for (count, expected) in [
            (512, "512\u{a0}B"),
            (1_540, "1,5\u{a0}kB"),
            (245_300, "245\u{a0}kB"),
            (7_250_000, "7,2\u{a0}MB"),
            (1_200_000_000, "1\u{a0}200\u{a0}MB"),
        ] {
            assert_eq!(bytes(count, Sv), expected);
        }
    }
}
