//! Units as files write them: codes of UN/ECE Recommendation 20, symbols, or the names of QUDT.

use crate::near::nearest;
use adit_vocab::{UNITS, Vocabulary, qudt, shorten};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedOrBlankNode, Term};
use oxttl::TurtleParser;
use std::collections::{BTreeMap, BTreeSet};

/// The predicates of [QUDT](https://qudt.org/) under which a unit has a name that files use.
const NAMING: [&str; 4] = ["symbol", "altSymbol", "uneceCommonCode", "ucumCode"];

/// The units that are known, by each of their names.
#[derive(Debug)]
pub(crate) struct Units {
    names: BTreeMap<String, BTreeSet<NamedNode>>,
    /// The predicates whose values have a unit: those of which a profile says what kind of unit.
    quantities: BTreeSet<NamedNode>,
}

impl Units {
    /// The bundled units, and those that the profiles of the company add.
    pub(crate) fn of(vocabulary: &Vocabulary) -> Self {
        let mut units = Self { names: BTreeMap::new(), quantities: BTreeSet::new() };
        units.add(UNITS);
        let profiles = vocabulary.profiles().iter().map(|profile| profile.turtle.as_str());
        profiles.filter(|turtle| turtle.contains(qudt::NAMESPACE)).for_each(|it| {
            units.add(it);
            units.add_quantities(it);
        });
        units
    }

    /// Whether values of the predicate are numbers with a unit.
    pub(crate) fn is_quantity(&self, predicate: &str) -> bool {
        self.quantities.iter().any(|known| known.as_str() == predicate)
    }

    /// In a path such as `( schema:weight qudt:unit qudt:hasQuantityKind )` the unit follows the quantity.
    fn add_quantities(&mut self, turtle: &str) {
        let (mut firsts, mut rests) = (BTreeMap::new(), Vec::new());
        for triple in TurtleParser::new().for_slice(turtle).filter_map(Result::ok) {
            let subject = triple.subject.to_string();
            match (triple.predicate.as_ref(), triple.object) {
                (rdf::FIRST, Term::NamedNode(item)) => drop(firsts.insert(subject, item)),
                (rdf::REST, Term::BlankNode(rest)) => rests.push((subject, rest.to_string())),
                _ => {}
            }
        }
        let before_unit = |(list, rest): &(String, String)| {
            firsts.get(rest).filter(|item| **item == qudt::UNIT).and_then(|_| firsts.get(list))
        };
        self.quantities.extend(rests.iter().filter_map(before_unit).cloned());
    }

    fn add(&mut self, turtle: &str) {
        // Profiles have been read before; the bundled units a test reads.
        for triple in TurtleParser::new().for_slice(turtle).filter_map(Result::ok) {
            let local = triple.predicate.as_str().strip_prefix(qudt::NAMESPACE);
            let (true, NamedOrBlankNode::NamedNode(unit), Term::Literal(text)) =
                (local.is_some_and(|it| NAMING.contains(&it)), triple.subject, triple.object)
            else {
                continue;
            };
            self.names.entry(shorten(unit.as_str())).or_default().insert(unit.clone());
            self.names.entry(text.value().to_owned()).or_default().insert(unit);
        }
    }

    /// The unit that a text stands for, or the names of units that it may have meant.
    ///
    /// Upper and lower case differ, as in `mW` and `MW`.
    pub(crate) fn named(&self, text: &str) -> Result<NamedNode, String> {
        let short = if text.contains("://") { shorten(text) } else { text.to_owned() };
        let found = self.names.get(&short).filter(|units| units.len() == 1);
        if let Some(unit) = found.and_then(|units| units.first()) {
            return Ok(unit.clone());
        }
        let near = nearest(&short, self.names.keys().map(String::as_str), 3);
        Err(if near.is_empty() { "kg, KGM or unit:KiloGM".to_owned() } else { near.join(", ") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use adit_vocab::expand;

    #[test]
    fn a_unit_is_known_by_its_codes_its_symbol_and_its_iri() {
        let units = Units::of(Vocabulary::bundled());
        let kilogram = NamedNode::new_unchecked(expand("unit:KiloGM").unwrap());
        for text in ["kg", "KGM", "unit:KiloGM", "http://qudt.org/vocab/unit/KiloGM"] {
            assert_eq!(units.named(text), Ok(kilogram.clone()), "{text}");
        }
        assert!(units.named("Kg").unwrap_err().starts_with("kg, "));
        assert_eq!(units.named("barleycorn"), Err("kg, KGM or unit:KiloGM".to_owned()));
    }

    #[test]
    fn the_profiles_say_what_has_a_unit() {
        let units = Units::of(Vocabulary::bundled());
        for name in
            ["schema:weight", "adit:ratedCapacity", "adit:ratedEnergy", "adit:nominalVoltage"]
        {
            assert!(units.is_quantity(&expand(name).unwrap()), "{name}");
        }
        assert!(!units.is_quantity(&expand("schema:name").unwrap()));
    }

    #[test]
    fn no_name_stands_for_two_units() {
        let units = Units::of(Vocabulary::bundled());
        let doubtful: Vec<_> = units.names.iter().filter(|(_, units)| units.len() > 1).collect();
        assert!(doubtful.is_empty(), "{doubtful:?}");
    }
}
