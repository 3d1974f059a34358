//! What the cases covered: a suite of empty answers would prove nothing.

use crate::case::Case;
use crate::query::Feature;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Counts over the cases that ran.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    worlds: BTreeSet<u64>,
    cases: usize,
    non_empty: usize,
    restricted: usize,
    features: BTreeMap<Feature, Count>,
}

#[derive(Debug, Default)]
struct Count {
    cases: usize,
    non_empty: usize,
    restricted: usize,
}

impl Coverage {
    /// Notes a case.
    pub(crate) fn note(&mut self, case: &Case<'_>) {
        let non_empty = usize::from(!case.expected.is_empty());
        let restricted = usize::from(case.expected != case.unrestricted);
        self.worlds.insert(case.world.seed);
        self.cases += 1;
        self.non_empty += non_empty;
        self.restricted += restricted;
        for feature in &case.question.features {
            let count = self.features.entry(*feature).or_default();
            count.cases += 1;
            count.non_empty += non_empty;
            count.restricted += restricted;
        }
    }

    /// Fails unless the cases are enough: 60 % say something, 30 % differ from what all would see,
    /// and each feature has this many cases that say something and some that differ.
    pub(crate) fn assert(&self, cases: usize, worlds: usize, of_each_feature: usize) {
        assert_eq!(self.cases, cases, "{self}");
        assert!(self.worlds.len() >= worlds, "{self}");
        assert!(self.non_empty * 100 >= cases * 60, "{self}");
        assert!(self.restricted * 100 >= cases * 30, "{self}");
        for feature in Feature::ALL {
            let count = self.features.get(&feature);
            let (non_empty, restricted) = count.map_or((0, 0), |it| (it.non_empty, it.restricted));
            assert!(non_empty >= of_each_feature, "{feature:?} in {non_empty} cases only\n{self}");
            assert!(restricted * 10 >= of_each_feature, "{feature:?} shows no policy\n{self}");
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { worlds, cases, non_empty, restricted, features } = self;
        let worlds = worlds.len();
        writeln!(
            f,
            "{cases} cases from {worlds} data sets, {non_empty} not empty, {restricted} restricted"
        )?;
        for (feature, Count { cases, non_empty, restricted }) in features {
            let name = format!("{feature:?}");
            writeln!(f, "  {name:10} {cases:5} {non_empty:5} not empty {restricted:5} restricted")?;
        }
        Ok(())
    }
}
