//! Units of measure as people write them.

use super::number::FIXED_SPACE;
use super::words::Words;
use crate::language::Language;
use adit_vocab::shorten;
use oxrdf::{Graph, NamedNodeRef, NamedOrBlankNodeRef, TermRef, TripleRef};
use oxttl::TurtleParser;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The symbol, and after it another one where people write that: `Ah` for `A·h`.
const SYMBOL: [NamedNodeRef<'static>; 2] = [
    NamedNodeRef::new_unchecked("http://qudt.org/schema/qudt/symbol"),
    NamedNodeRef::new_unchecked("http://qudt.org/schema/qudt/altSymbol"),
];

/// Where the names of units stand.
pub(super) const NAMESPACE: &str = "http://qudt.org/vocab/unit/";

/// The symbols of the units that the vocabulary knows, which are the same in every language, by IRI.
static SYMBOLS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let units: Graph =
        TurtleParser::new().for_slice(adit_vocab::UNITS).filter_map(Result::ok).collect();
    let symbol = |triple: TripleRef<'_>| match (triple.subject, triple.object) {
        (NamedOrBlankNodeRef::NamedNode(unit), TermRef::Literal(symbol)) => {
            Some((unit.as_str().to_owned(), symbol.value().to_owned()))
        }
        _ => None,
    };
    let said = SYMBOL.into_iter().flat_map(|predicate| units.triples_for_predicate(predicate));
    said.filter_map(symbol).collect()
});

/// The symbol of a unit, its word in the language, else its name in QUDT; nothing for a bare number.
pub(super) fn symbol(unit: &str, language: Language) -> String {
    let short = shorten(unit);
    if matches!(short.as_str(), "unit:UNITLESS" | "unit:NUM") {
        return String::new();
    }
    if let Some(word) = Words::of(language).units.get(&short) {
        return word.clone();
    }
    SYMBOLS.get(unit).cloned().unwrap_or_else(|| short.replace("unit:", ""))
}

/// A written number with its unit, on one line.
pub(super) fn with_unit(number: &str, unit: &str, language: Language) -> String {
    let symbol = symbol(unit, language);
    match (symbol.as_str(), language) {
        ("", _) => number.to_owned(),
        ("%", Language::En) => format!("{number}%"),
        _ => format!("{number}{FIXED_SPACE}{symbol}"),
    }
}

/// A written number in per cent.
pub(super) fn percent(number: &str, language: Language) -> String {
    with_unit(number, &format!("{NAMESPACE}PERCENT"), language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_written_for_people() {
        for (unit, english, swedish) in [
            ("http://qudt.org/vocab/unit/KiloGM", "4.5\u{a0}kg", "4.5\u{a0}kg"),
            ("http://qudt.org/vocab/unit/A-HR", "4.5\u{a0}Ah", "4.5\u{a0}Ah"),
            ("http://qudt.org/vocab/unit/PERCENT", "4.5%", "4.5\u{a0}%"),
            ("http://qudt.org/vocab/unit/EA", "4.5\u{a0}pieces", "4.5\u{a0}st"),
            ("http://qudt.org/vocab/unit/UNITLESS", "4.5", "4.5"),
            ("http://qudt.org/vocab/unit/FURLONG", "4.5\u{a0}FURLONG", "4.5\u{a0}FURLONG"),
        ] {
            assert_eq!(with_unit("4.5", unit, Language::En), english);
            assert_eq!(with_unit("4.5", unit, Language::Sv), swedish);
        }
    }
}
