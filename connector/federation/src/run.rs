//! Requests on their way, and the companies that they go to.

use crate::ask::{Holder, Order, State, Wants, Wave};
use crate::{Limits, PeerFault, Peers, Recipient, Refusal, Source, Status};
use adit_vocab::Did;
use futures_util::future::{join_all, try_join_all};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// One question under way.
pub(crate) struct Run<'a, P> {
    peers: &'a P,
    pub(crate) limits: &'a Limits,
    state: Mutex<State>,
    in_flight: Semaphore,
}

impl<'a, P: Peers> Run<'a, P> {
    pub(crate) fn new(peers: &'a P, limits: &'a Limits) -> Self {
        let in_flight = Semaphore::new(limits.in_flight_max);
        Self { peers, limits, state: Mutex::new(State::new()), in_flight }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn into_state(self) -> State {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for whatever of the wants was not asked for before; returns when all of it is there.
    pub(crate) async fn ask(&self, mut wants: Wants, mut rounds: usize) -> Result<usize, Refusal> {
        loop {
            let wave = {
                let mut state = self.state();
                state.complete(&mut wants);
                state.claim(&wants, None, self.limits)?
            };
            if wave.is_empty() {
                return Ok(rounds);
            }
            rounds = self.run(wave, rounds).await?;
        }
    }

    pub(crate) async fn run(&self, wave: Wave, rounds: usize) -> Result<usize, Refusal> {
        if rounds >= self.limits.rounds_max {
            return Err(Refusal::OverLimit { what: "rounds", limit: self.limits.rounds_max });
        }
        try_join_all(wave.orders.iter().map(|order| self.send(order))).await?;
        wave.done.send_replace(true);
        for mut other in wave.others {
            // A wave that was given up brings no more; there is nothing to wait for.
            other.wait_for(|done| *done).await.ok();
        }
        self.discover().await?;
        Ok(rounds + 1)
    }

    async fn send(&self, order: &Order) -> Result<(), Refusal> {
        let holder = Arc::clone(&self.state().holders[order.holder]);
        let answer = {
            // The semaphores are never closed, so a permit always comes.
            let _one_of_its = holder.slots.acquire().await.ok();
            let _one_of_all = self.in_flight.acquire().await.ok();
            self.peers.fetch(&holder.recipient, &order.request).await
        };
        self.state().absorb(order, answer, self.limits)
    }

    /// Looks for the companies that facts named since last time.
    async fn discover(&self) -> Result<(), Refusal> {
        let named: Vec<Did> = {
            let mut state = self.state();
            let named = std::mem::take(&mut state.named);
            named.into_iter().filter(|did| !state.sources.contains_key(did)).collect()
        };
        if named.is_empty() {
            return Ok(());
        }
        let known = self.peers.known().len();
        if self.state().sources.len() + named.len() > known + self.limits.discoveries_max {
            let limit = self.limits.discoveries_max;
            return Err(Refusal::OverLimit { what: "companies met by name", limit });
        }
        let found = named.into_iter().map(|did| async move {
            let permit = self.recipient(&did)?;
            let Recipient::Peer(peer) = &permit else { return Some(did) };
            match self.peers.discover(peer).await {
                Ok(()) => Some(did),
                Err(fault) => {
                    self.fail(did, fault);
                    None
                }
            }
        });
        let found: Vec<Did> = join_all(found).await.into_iter().flatten().collect();
        self.meet(found).await;
        Ok(())
    }

    /// Asks companies for their summaries.
    pub(crate) async fn meet(&self, companies: Vec<Did>) {
        let met = companies.into_iter().map(|did| async move {
            let recipient = self.recipient(&did)?;
            let summarised = {
                let _one_of_all = self.in_flight.acquire().await.ok();
                self.peers.summary(&recipient).await
            };
            match summarised {
                Ok(summarised) => Some((did, recipient, summarised)),
                Err(fault) => {
                    self.fail(did, fault);
                    None
                }
            }
        });
        let met = join_all(met).await;
        let mut state = self.state();
        for (did, recipient, summarised) in met.into_iter().flatten() {
            let mut source = Source::new(did.clone());
            source.generation = Some(summarised.generation);
            state.sources.insert(did.clone(), source);
            let slots = Semaphore::new(self.limits.in_flight_per_peer_max);
            let summary = summarised.summary;
            state.holders.push(Arc::new(Holder { did, recipient, summary, slots }));
        }
    }

    /// Oneself, or a company with the leave to ask it; without leave it goes into the report.
    fn recipient(&self, did: &Did) -> Option<Recipient> {
        if self.peers.own() == Some(did) {
            return Some(Recipient::Own);
        }
        match self.peers.permit(did) {
            Ok(permit) => Some(Recipient::Peer(permit)),
            Err(refusal) => {
                self.end(did.clone(), Status::NotSent { reason: refusal.into() });
                None
            }
        }
    }

    fn fail(&self, did: Did, fault: PeerFault) {
        let retry = fault.is_safe_to_retry();
        self.end(did, Status::Failed { fault, retry });
    }

    fn end(&self, did: Did, status: Status) {
        let mut source = Source::new(did.clone());
        source.status = status;
        self.state().sources.insert(did, source);
    }
}
