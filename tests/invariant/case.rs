//! Cases: somebody asks something at some date, and the oracle knows the answer.

use crate::answer::Answer;
use crate::data::{Asker, World};
use crate::law::Reading;
use crate::oracle::Cut;
use crate::party::Party;
use crate::probe;
use crate::query::{Feature, Question, Source, question};
use fastrand::Rng;
use jiff::Timestamp;
use oxrdf::NamedNode;
use std::fmt;
use std::rc::Rc;

/// One question of one asker, and the answers of the oracle.
pub(crate) struct Case<'a> {
    pub(crate) world: &'a World,
    pub(crate) number: u64,
    /// Who asks all companies; nobody where one company is asked about its own facts.
    pub(crate) party: Option<Party>,
    /// The companies that hold what is asked, the asker's own first, with the standing there.
    pub(crate) seen_by: Vec<(usize, Asker)>,
    pub(crate) at: Timestamp,
    pub(crate) question: Question,
    /// The answer over what the asker may see.
    pub(crate) expected: Answer,
    /// The answer to somebody who sees everything.
    pub(crate) unrestricted: Answer,
    /// What the prohibitions of the companies asked do here.
    pub(crate) forbidden: Weight,
    /// What the time limits in their policies do here.
    pub(crate) timed: Weight,
}

/// What a part of the policies does in one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Nothing.
    None,
    /// Something to what the asker sees.
    InForce,
    /// Something to the answer.
    Decides,
}

impl<'a> Case<'a> {
    /// Somebody asks one company about its own facts.
    pub(crate) fn local(world: &'a World, number: u64) -> Self {
        let mut rng = Rng::with_seed(world.seed << 32 | number);
        let answers = Answers::at_one(world, &mut rng);
        let question = drawn(world, number, answers.source(), false, &mut rng);
        answers.case(world, number, question)
    }

    /// Somebody asks one company a fixed question.
    pub(crate) fn local_probe(world: &'a World, number: u64) -> Self {
        let mut rng = Rng::with_seed(world.seed << 32 | 1 << 31 | number);
        let answers = Answers::at_one(world, &mut rng);
        let text = probe::local(&mut rng, number as usize, &answers.rooms);
        answers.case(world, number, Question::new(text))
    }

    /// A company's own people, or a researcher, ask all companies together.
    pub(crate) fn federated(world: &'a World, wholes: &Wholes, number: u64) -> Self {
        let mut rng = Rng::with_seed(world.seed << 32 | 1 << 30 | number);
        let answers = Answers::everywhere(world, wholes, &mut rng);
        // Some ask for what they would see if a policy were another.
        let beyond = match rng.u8(..8) {
            0..3 => answers.under(world, Reading::WithoutProhibitions),
            3 => answers.under(world, Reading::TimesTurned),
            _ => None,
        };
        let seen = beyond.as_ref().map_or(&answers.cut.quads, |beyond| &beyond.quads);
        let source = Source { seen, ..answers.source() };
        let question = drawn(world, number, source, true, &mut rng);
        answers.case(world, number, question).weighed()
    }

    /// A company's own people, or a researcher, ask all companies together a fixed question.
    pub(crate) fn federated_probe(world: &'a World, wholes: &Wholes, number: u64) -> Self {
        let mut rng = Rng::with_seed(world.seed << 32 | 3 << 30 | number);
        let answers = Answers::everywhere(world, wholes, &mut rng);
        let text = probe::federated(&mut rng, number as usize, answers.source());
        answers.case(world, number, Question::new(text))
    }

    /// People of a company that runs as a process ask all companies together.
    pub(crate) fn over_http(
        world: &'a World,
        wholes: &Wholes,
        number: u64,
        now: Timestamp,
    ) -> Self {
        let mut rng = Rng::with_seed(world.seed << 32 | 7 << 29 | number);
        let party = Party::of_process(world, &mut rng, now);
        let date = rng.usize(..wholes.0.len());
        let answers = Answers::of(world, wholes, party, date);
        let question = drawn(world, number, answers.source(), true, &mut rng);
        answers.case(world, number, question)
    }

    /// The asker's own company; a researcher has none.
    pub(crate) fn home(&self) -> Option<usize> {
        self.party.as_ref()?.home
    }

    /// Finds out what prohibitions and time limits do to the answer.
    fn weighed(mut self) -> Self {
        self.forbidden = self.weight(Reading::WithoutProhibitions);
        self.timed = self.weight(Reading::TimesTurned);
        self
    }

    fn weight(&self, reading: Reading) -> Weight {
        let Some(party) = &self.party else { return Weight::None };
        let seen_by = party.seen_by(self.world, reading);
        if seen_by == self.seen_by {
            return Weight::None;
        }
        let answer = Cut::new(self.world, &seen_by, self.at).answer(&self.question.text);
        if answer.as_ref() == Ok(&self.expected) { Weight::InForce } else { Weight::Decides }
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

/// A question of its own for every number; each feature leads in turn, and one question in some leads with none.
fn drawn(
    world: &World,
    number: u64,
    source: Source<'_>,
    anchored: bool,
    rng: &mut Rng,
) -> Question {
    let turn = (world.seed * 7 + number) as usize % (Feature::ALL.len() + 1);
    question(rng, source, Feature::ALL.get(turn).copied(), anchored)
}

/// All that there is in a data set, at the two dates that its cases are asked at.
pub(crate) struct Wholes([(Timestamp, Rc<Cut>); 2]);

impl Wholes {
    pub(crate) fn of(world: &World) -> Self {
        let mut rng = Rng::with_seed(world.seed);
        let companies = world.companies.iter().enumerate();
        let all: Vec<_> = companies.map(|(at, company)| (at, company.own_people())).collect();
        Self([(); 2].map(|()| {
            let at = world.instant(&mut rng);
            (at, Rc::new(Cut::new(world, &all, at)))
        }))
    }
}

/// What there is to ask about, for one asker at one date.
pub(crate) struct Answers {
    party: Option<Party>,
    seen_by: Vec<(usize, Asker)>,
    at: Timestamp,
    cut: Cut,
    whole: Rc<Cut>,
    rooms: Vec<NamedNode>,
}

impl Answers {
    /// For somebody who asks all companies together.
    pub(crate) fn everywhere(world: &World, wholes: &Wholes, rng: &mut Rng) -> Self {
        let party = Party::draw(world, rng);
        Self::of(world, wholes, party, rng.usize(..wholes.0.len()))
    }

    /// For a known party, at one of the dates.
    pub(crate) fn of(world: &World, wholes: &Wholes, party: Party, date: usize) -> Self {
        let seen_by = party.seen_by(world, Reading::Plain);
        let (at, whole) = &wholes.0[date];
        let (at, whole) = (*at, Rc::clone(whole));
        let rooms = whole.rooms().into_iter().collect();
        let cut = Cut::new(world, &seen_by, at);
        Self { party: Some(party), seen_by, at, cut, whole, rooms }
    }

    /// What the same party would see at the same date if the policies read so.
    fn under(&self, world: &World, reading: Reading) -> Option<Cut> {
        let seen_by = self.party.as_ref()?.seen_by(world, reading);
        Some(Cut::new(world, &seen_by, self.at))
    }

    /// For somebody who asks one company; a quarter of them are its own people.
    fn at_one(world: &World, rng: &mut Rng) -> Self {
        let company = rng.usize(..world.companies.len());
        let askers = world.askers(company);
        let asker = if rng.u8(..4) == 0 { rng.usize(..3) } else { rng.usize(3..askers.len()) };
        let seen_by = vec![(company, askers[asker].clone())];
        let at = world.instant(rng);
        let own_people = [(company, world.companies[company].own_people())];
        let (cut, whole) = (Cut::new(world, &seen_by, at), Cut::new(world, &own_people, at));
        let rooms = whole.rooms().into_iter().collect();
        Self { party: None, seen_by, at, cut, whole: Rc::new(whole), rooms }
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
        let Self { party, seen_by, at, .. } = self;
        let (forbidden, timed) = (Weight::None, Weight::None);
        Case {
            world,
            number,
            party,
            seen_by,
            at,
            question,
            expected,
            unrestricted,
            forbidden,
            timed,
        }
    }
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "data set {} case {} at {}", self.world.seed, self.number, self.at)?;
        writeln!(f, "{}", self.world.dump())?;
        if let Some(party) = &self.party {
            writeln!(f, "asked by {:?} of {:?}", party.person, party.home)?;
        }
        for (company, asker) in &self.seen_by {
            let Asker { name, did, tiers, sees_all_audiences, hidden } = asker;
            let company = self.world.companies[*company].name;
            writeln!(f, "at {company}: {name}, audience {did:?}, tiers {tiers:?}")?;
            writeln!(f, "  all audiences: {sees_all_audiences}, hidden: {hidden:?}")?;
        }
        writeln!(f, "query:\n{}", self.question.text)
    }
}
