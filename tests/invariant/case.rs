//! Cases: somebody asks something at some date, and the oracle knows the answer.

use crate::answer::Answer;
use crate::data::{Asker, World};
use crate::oracle::Cut;
use crate::probe;
use crate::query::{Feature, Question, Source, question};
use adit_vocab::{Tier, adit, eudpp, schema};
use fastrand::Rng;
use jiff::Timestamp;
use oxrdf::NamedNode;
use std::fmt;

/// One question of one asker, and the answers of the oracle.
pub(crate) struct Case<'a> {
    pub(crate) world: &'a World,
    pub(crate) number: u64,
    /// The companies that hold what is asked, the asker's own first, with the standing there.
    pub(crate) seen_by: Vec<(usize, Asker)>,
    pub(crate) at: Timestamp,
    pub(crate) question: Question,
    /// The answer over what the asker may see.
    pub(crate) expected: Answer,
    /// The answer to somebody who sees everything.
    pub(crate) unrestricted: Answer,
}

impl<'a> Case<'a> {
    /// Somebody asks one company about its own facts.
    pub(crate) fn local(world: &'a World, number: u64) -> Self {
        let mut rng = Rng::with_seed(world.seed << 32 | number);
        let seen_by = one_asker(world, &mut rng);
        Self::drawn(world, number, seen_by, false, &mut rng)
    }

    /// Somebody asks one company a fixed question.
    pub(crate) fn local_probe(world: &'a World, number: u64) -> Self {
        let mut rng = Rng::with_seed(world.seed << 32 | 1 << 31 | number);
        let seen_by = one_asker(world, &mut rng);
        let answers = Answers::new(world, seen_by, &mut rng);
        let text = probe::local(&mut rng, number as usize, &answers.rooms);
        answers.case(world, number, Question::new(text))
    }

    /// A company's own people, or a researcher, ask all companies together.
    pub(crate) fn federated(world: &'a World, number: u64) -> Self {
        let mut rng = Rng::with_seed(world.seed << 32 | 1 << 30 | number);
        let seen_by = everywhere(world, &mut rng);
        Self::drawn(world, number, seen_by, true, &mut rng)
    }

    /// A company's own people, or a researcher, ask all companies together a fixed question.
    pub(crate) fn federated_probe(world: &'a World, number: u64) -> Self {
        let mut rng = Rng::with_seed(world.seed << 32 | 3 << 30 | number);
        let seen_by = everywhere(world, &mut rng);
        let answers = Answers::new(world, seen_by, &mut rng);
        let text = probe::federated(&mut rng, number as usize, answers.source());
        answers.case(world, number, Question::new(text))
    }

    fn drawn(
        world: &'a World,
        number: u64,
        seen_by: Vec<(usize, Asker)>,
        anchored: bool,
        rng: &mut Rng,
    ) -> Self {
        let answers = Answers::new(world, seen_by, rng);
        // Each feature leads in turn, and one question in some leads with none.
        let turn = (world.seed * 7 + number) as usize % (Feature::ALL.len() + 1);
        let question = question(rng, answers.source(), Feature::ALL.get(turn).copied(), anchored);
        answers.case(world, number, question)
    }

    /// The asker's own company; a researcher has none.
    pub(crate) fn home(&self) -> Option<usize> {
        let (first, asker) = self.seen_by.first()?;
        asker.tiers.contains(&Tier::Owner).then_some(*first)
    }

    /// Whether the answer is the oracle's.
    pub(crate) fn is_answered_by(&self, got: &Result<Answer, String>) -> bool {
        got.as_ref() == Ok(&self.expected)
    }

    /// Fails with all that is needed to see why.
    pub(crate) fn assert_answered(&self, got: &Result<Answer, String>) {
        assert!(self.is_answered_by(got), "{self}{}", self.difference(got));
    }

    fn difference(&self, got: &Result<Answer, String>) -> String {
        match got {
            Ok(got) => format!("expected:\n{}\ngot:\n{got}", self.expected),
            Err(error) => format!("expected:\n{}\ngot the error:\n{error}", self.expected),
        }
    }
}

/// What there is to ask about, for one asker at one date.
pub(crate) struct Answers {
    seen_by: Vec<(usize, Asker)>,
    at: Timestamp,
    cut: Cut,
    whole: Cut,
    rooms: Vec<NamedNode>,
}

impl Answers {
    pub(crate) fn new(world: &World, seen_by: Vec<(usize, Asker)>, rng: &mut Rng) -> Self {
        let at = world.instant(rng);
        let all: Vec<_> =
            seen_by.iter().map(|(it, _)| (*it, world.companies[*it].own_people())).collect();
        let (cut, whole) = (Cut::new(world, &seen_by, at), Cut::new(world, &all, at));
        let rooms = whole.rooms().into_iter().collect();
        Self { seen_by, at, cut, whole, rooms }
    }

    pub(crate) fn source(&self) -> Source<'_> {
        Source { seen: &self.cut.quads, all: &self.whole.quads, rooms: &self.rooms }
    }

    /// The case of a question, with the oracle's answers to it.
    pub(crate) fn case(self, world: &World, number: u64, question: Question) -> Case<'_> {
        let answer = |cut: &Cut| match cut.answer(&question.text) {
            Ok(answer) => answer,
            Err(error) => panic!("the oracle cannot answer {}: {error}", question.text),
        };
        let (expected, unrestricted) = (answer(&self.cut), answer(&self.whole));
        let Self { seen_by, at, .. } = self;
        Case { world, number, seen_by, at, question, expected, unrestricted }
    }
}

/// One company and somebody who asks it; a quarter of them are its own people.
fn one_asker(world: &World, rng: &mut Rng) -> Vec<(usize, Asker)> {
    let company = rng.usize(..world.companies.len());
    let askers = world.askers(company);
    let asker = if rng.u8(..4) == 0 { rng.usize(..3) } else { rng.usize(3..askers.len()) };
    vec![(company, askers[asker].clone())]
}

/// All companies, the asker's own first if there is one, with the asker's standing at each.
pub(crate) fn everywhere(world: &World, rng: &mut Rng) -> Vec<(usize, Asker)> {
    let companies = 0..world.companies.len();
    if rng.u8(..6) == 0 {
        return companies.map(|company| (company, Asker::researcher())).collect();
    }
    let home = rng.usize(companies.clone());
    let peers = companies.filter(|peer| *peer != home);
    let partner = world.companies[home].partner();
    let mut seen_by = vec![(home, world.companies[home].own_people())];
    for peer in peers {
        // Now and then a company forbids some predicates. A peer's word on a derived predicate is
        // not tried: peers send what it is derived from, and the asker derives it.
        let partner = match rng.u8(..12) {
            0 => partner.without(&[adit::INSTALLED_ITEM, schema::VALID_THROUGH]),
            1 => partner.without(&[adit::FROM_BATCH, eudpp::HAS_ROLE, schema::NAME]),
            _ => partner.clone(),
        };
        seen_by.push((peer, partner));
    }
    // Now and then one company refuses altogether.
    if rng.u8(..8) == 0 {
        seen_by.truncate(seen_by.len() - 1);
    }
    seen_by
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "data set {} case {} at {}", self.world.seed, self.number, self.at)?;
        writeln!(f, "{}", self.world.dump())?;
        for (company, asker) in &self.seen_by {
            let Asker { name, did, tiers, sees_all_audiences, hidden } = asker;
            let company = self.world.companies[*company].name;
            writeln!(f, "at {company}: {name}, audience {did:?}, tiers {tiers:?}")?;
            writeln!(f, "  all audiences: {sees_all_audiences}, hidden: {hidden:?}")?;
        }
        writeln!(f, "query:\n{}", self.question.text)
    }
}
