//! What the cases covered: a suite of empty answers would prove nothing.

use crate::case::{Case, Weight};
use crate::data::{COMPANIES_MIN, ROLES};
use crate::query::Feature;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Counts over the cases that ran.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    worlds: BTreeSet<u64>,
    all: Count,
    features: BTreeMap<Feature, Count>,
    /// By the number of companies in the data set.
    companies: BTreeMap<usize, Count>,
    /// By what the prohibitions and the time limits do: something to what is seen, and to the answer.
    forbidden: [usize; 2],
    timed: [usize; 2],
    /// Companies that had something to say, by how many there were.
    pub(crate) answered: BTreeMap<usize, usize>,
    /// Cases whose answer no one company could give.
    pub(crate) beyond_one: usize,
}

#[derive(Debug, Default)]
struct Count {
    cases: usize,
    non_empty: usize,
    restricted: usize,
}

/// What a suite must cover.
pub(crate) struct Bar {
    pub(crate) cases: usize,
    pub(crate) worlds: usize,
    /// Of a hundred cases, so many say something and so many differ from what somebody who sees all would get.
    pub(crate) non_empty_percent: usize,
    pub(crate) restricted_percent: usize,
    /// Cases of each feature that say something; a tenth of that must differ.
    pub(crate) of_each_feature: usize,
    /// So many are enough of `Deep`, where one company asked alone has little of it.
    pub(crate) of_deep: usize,
}

impl Count {
    fn note(&mut self, case: &Case<'_>) {
        self.cases += 1;
        self.non_empty += usize::from(!case.expected.is_empty());
        self.restricted += usize::from(case.expected != case.unrestricted);
    }

    fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.non_empty += other.non_empty;
        self.restricted += other.restricted;
    }

    fn meets(&self, bar: &Bar) -> bool {
        self.non_empty * 100 >= self.cases * bar.non_empty_percent
            && self.restricted * 100 >= self.cases * bar.restricted_percent
    }
}

impl Coverage {
    /// Notes a case.
    pub(crate) fn note(&mut self, case: &Case<'_>) {
        self.worlds.insert(case.world.seed);
        self.all.note(case);
        self.companies.entry(case.world.companies.len()).or_default().note(case);
        for feature in &case.question.features {
            self.features.entry(*feature).or_default().note(case);
        }
        for (weight, counts) in
            [(case.forbidden, &mut self.forbidden), (case.timed, &mut self.timed)]
        {
            counts[0] += usize::from(weight != Weight::None);
            counts[1] += usize::from(weight == Weight::Decides);
        }
    }

    /// Adds what other cases covered.
    pub(crate) fn add(&mut self, other: &Self) {
        self.worlds.extend(&other.worlds);
        self.all.add(&other.all);
        for (feature, count) in &other.features {
            self.features.entry(*feature).or_default().add(count);
        }
        for (companies, count) in &other.companies {
            self.companies.entry(*companies).or_default().add(count);
        }
        for (companies, cases) in &other.answered {
            *self.answered.entry(*companies).or_default() += cases;
        }
        for at in 0..2 {
            self.forbidden[at] += other.forbidden[at];
            self.timed[at] += other.timed[at];
        }
        self.beyond_one += other.beyond_one;
    }

    /// Fails unless the cases are enough.
    pub(crate) fn assert(&self, bar: &Bar) {
        assert_eq!(self.all.cases, bar.cases, "{self}");
        assert!(self.worlds.len() >= bar.worlds, "{self}");
        assert!(self.all.meets(bar), "{self}");
        for feature in Feature::ALL {
            let count = self.features.get(&feature);
            let (non_empty, restricted) = count.map_or((0, 0), |it| (it.non_empty, it.restricted));
            let least = if feature == Feature::Deep { bar.of_deep } else { bar.of_each_feature };
            assert!(non_empty >= least, "{feature:?} in {non_empty} cases only\n{self}");
            assert!(restricted * 10 >= least, "{feature:?} shows no policy\n{self}");
        }
    }

    /// Fails unless every number of companies had its even share, and prohibitions and time limits theirs.
    pub(crate) fn assert_wide(&self, bar: &Bar) {
        let sizes = COMPANIES_MIN..=ROLES.len();
        let share = bar.cases / sizes.clone().count();
        for companies in sizes {
            let count = self.companies.get(&companies);
            assert_eq!(count.map_or(0, |it| it.cases), share, "{companies} companies\n{self}");
            assert!(count.is_some_and(|it| it.meets(bar)), "{companies} companies\n{self}");
        }
        let percent = |part: usize| part * 100 / bar.cases;
        // In force for so many, and so many answers would be others without.
        let [forbidden, timed] = [self.forbidden, self.timed].map(|it| it.map(percent));
        assert!(forbidden[0] >= 25 && forbidden[1] >= 5, "{self}");
        assert!(timed[0] >= 25 && timed[1] >= 8, "{self}");
        let of_three: usize = self.answered.range(3..).map(|(_, cases)| cases).sum();
        assert!(percent(of_three) >= 15, "{self}");
        assert!(percent(self.beyond_one) >= 25, "{self}");
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} cases from {} data sets", self.all.cases, self.worlds.len())?;
        let mut line = |name: &str, Count { cases, non_empty, restricted }: &Count| {
            writeln!(f, "  {name:12} {cases:5} {non_empty:5} not empty {restricted:5} restricted")
        };
        line("all", &self.all)?;
        for (feature, count) in &self.features {
            line(&format!("{feature:?}"), count)?;
        }
        for (companies, count) in &self.companies {
            line(&format!("{companies} companies"), count)?;
        }
        let Self { forbidden, timed, answered, beyond_one, .. } = self;
        if answered.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "  a prohibition in force {}, the answer another without it {}",
            forbidden[0], forbidden[1]
        )?;
        writeln!(
            f,
            "  a time limit in force {}, the answer another beyond it {}",
            timed[0], timed[1]
        )?;
        writeln!(f, "  cases by companies that brought facts {answered:?}")?;
        writeln!(f, "  beyond any one company {beyond_one}")
    }
}
