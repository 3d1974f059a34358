//! The companies of a data set as peers, in one process.

use crate::case::Case;
use crate::holdings::Holdings;
use adit_facts::{Fetch, QueryError, View};
use adit_federation::{Fetched, PeerFault, PeerRefusal, Peers, Recipient, Summarised};
use adit_policy::{Refusal, SendPermit};
use adit_vocab::Did;
use std::sync::atomic::{AtomicUsize, Ordering};

const QUADS_MAX: usize = 100_000;

/// What the asker of a case reaches: each company answers with what the asker may see there.
///
/// A company that the case does not list refuses.
pub(crate) struct Network<'a> {
    case: &'a Case<'a>,
    holdings: &'a Holdings,
    own: Option<Did>,
    /// The seeded fault: a company whose answers are lost, without a word.
    dropped: Option<usize>,
    requests: AtomicUsize,
}

impl<'a> Network<'a> {
    pub(crate) fn new(case: &'a Case<'a>, holdings: &'a Holdings, dropped: Option<usize>) -> Self {
        let own = case.home().map(|home| case.world.companies[home].did.clone());
        Self { case, holdings, own, dropped, requests: AtomicUsize::new(0) }
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
        let asker = self.case.seen_by.iter().find(|(at, _)| *at == company);
        let (_, asker) = asker.ok_or_else(|| PeerFault::Refused(no_rule()))?;
        let view = View::open(self.holdings.store(company), &asker.permit(), self.case.at);
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
        Ok(SendPermit::for_test(peer.clone(), None))
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
        let quads = match self.dropped {
            Some(dropped) if dropped == company => Vec::new(),
            _ => view.fetch(request, QUADS_MAX).map_err(|error| bad(&error))?,
        };
        Ok(Fetched { quads, generation: view.generation(), ..Fetched::default() })
    }
}

fn bad(error: &QueryError) -> PeerFault {
    PeerFault::BadAnswer { reason: error.to_string() }
}

fn no_rule() -> PeerRefusal {
    let text = |text: &str| text.to_owned();
    PeerRefusal {
        rule: text("none"),
        operand: text("recipient"),
        expected: text("a partner"),
        got: text("a stranger"),
        fix: text("ask for a partner credential"),
    }
}
