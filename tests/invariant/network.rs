//! The companies of a data set as peers, in one process.

use crate::case::Case;
use crate::data::World;
use crate::holdings::Holdings;
use crate::law::Law;
use crate::party::Party;
use adit_facts::{Fetch, QueryError, View};
use adit_federation::{Fetched, PeerFault, Peers, Recipient, Summarised};
use adit_policy::{Permit, Refusal, SendPermit};
use adit_vocab::Did;
use jiff::SignedDuration;
use std::sync::atomic::{AtomicUsize, Ordering};

const QUADS_MAX: usize = 100_000;

/// What the asker of a case reaches: each company answers with what the asker may see there.
///
/// Each decides by its own policies, and may refuse altogether.
pub(crate) struct Network<'a> {
    case: &'a Case<'a>,
    holdings: &'a Holdings,
    own: Option<Did>,
    /// What each company decides about the asker.
    decided: Vec<Result<Permit, Refusal>>,
    fault: Option<Fault>,
    requests: AtomicUsize,
}

/// A fault that a test switches on, to prove that the suite catches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The answers of one company are lost, without a word.
    Dropped(usize),
    /// No company keeps its prohibitions.
    ProhibitionsForgotten,
    /// Every company's clock is a year behind.
    ClocksBehind,
}

impl<'a> Network<'a> {
    pub(crate) fn new(case: &'a Case<'a>, holdings: &'a Holdings, fault: Option<Fault>) -> Self {
        let own = case.home().map(|home| case.world.companies[home].did.clone());
        let companies = 0..case.world.companies.len();
        let party = case.party.as_ref();
        let decided = companies.filter_map(|at| Some(decision(party?, case.world, at, fault)));
        let decided = decided.collect();
        Self { case, holdings, own, decided, fault, requests: AtomicUsize::new(0) }
    }

    /// How many requests have been made, those for summaries included.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// What the asker may see at a company, and the company's place in the data set.
    fn view(&self, of: &Recipient) -> Result<(usize, View), PeerFault> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let did = match of {
            Recipient::Own => self.own.as_ref(),
            Recipient::Peer(permit) => Some(permit.peer()),
        };
        let nobody = || PeerFault::Unreachable { reason: "nobody of that name".to_owned() };
        let companies = &self.case.world.companies;
        let company = companies.iter().position(|company| Some(&company.did) == did);
        let company = company.ok_or_else(nobody)?;
        let permit = self.decided[company].as_ref();
        let permit = permit.map_err(|refusal| PeerFault::Refused(refusal.clone().into()))?;
        let view = View::open(self.holdings.store(company), permit, self.case.at);
        Ok((company, view.map_err(|fault| bad(&fault.into()))?))
    }
}

impl Peers for Network<'_> {
    fn own(&self) -> Option<&Did> {
        self.own.as_ref()
    }

    fn known(&self) -> Vec<Did> {
        self.case.world.companies.iter().map(|company| company.did.clone()).collect()
    }

    fn permit(&self, peer: &Did) -> Result<SendPermit, Refusal> {
        let party = self.case.party.as_ref().expect("somebody asks all companies");
        party.decide_sending(self.case.world, peer)
    }

    async fn discover(&self, peer: &SendPermit) -> Result<(), PeerFault> {
        self.view(&Recipient::Peer(peer.clone())).map(|_| ())
    }

    async fn summary(&self, of: &Recipient) -> Result<Summarised, PeerFault> {
        let (_, view) = self.view(of)?;
        let summary = view.summary().map_err(|fault| bad(&fault.into()))?;
        Ok(Summarised { summary, generation: view.generation() })
    }

    async fn fetch(&self, from: &Recipient, request: &Fetch) -> Result<Fetched, PeerFault> {
        let (company, view) = self.view(from)?;
        let quads = match self.fault {
            Some(Fault::Dropped(dropped)) if dropped == company => Vec::new(),
            _ => view.fetch(request, QUADS_MAX).map_err(|error| bad(&error))?,
        };
        Ok(Fetched { quads, generation: view.generation(), ..Fetched::default() })
    }
}

fn bad(error: &QueryError) -> PeerFault {
    PeerFault::BadAnswer { reason: error.to_string() }
}

/// What a company decides about a party, with or without a fault.
fn decision(
    party: &Party,
    world: &World,
    at: usize,
    fault: Option<Fault>,
) -> Result<Permit, Refusal> {
    match fault {
        None | Some(Fault::Dropped(_)) => party.decide(world, at),
        Some(Fault::ProhibitionsForgotten) => {
            let laws = world.companies[at].laws.iter().filter(|law| !law.forbids);
            let policies = Law::policies(&laws.cloned().collect::<Vec<_>>());
            party.decide_by(&policies, party.person.now, world, at)
        }
        Some(Fault::ClocksBehind) => {
            let behind = party.person.now - SignedDuration::from_hours(24 * 365);
            party.decide_by(&world.companies[at].policies, behind, world, at)
        }
    }
}
