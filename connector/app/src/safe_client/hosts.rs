//! How much one host is asked: requests at once, and a pause after failures in a row.

use super::failure::{Failure, shown};
use crate::clock;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many requests to one host are under way at once; more wait.
const AT_ONCE: usize = 4;
/// How many failures in a row make a pause.
const FAILURES: u32 = 5;
/// How long the pause is.
const PAUSE: Duration = Duration::from_secs(15);
/// How many hosts are remembered; beyond, those that nobody is asking now are forgotten.
const HOSTS_MAX: usize = 1024;

/// What is remembered of every host.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    known: Mutex<HashMap<String, Host>>,
}

#[derive(Debug)]
struct Host {
    slots: Arc<Semaphore>,
    breaker: Breaker,
}

impl Default for Host {
    fn default() -> Self {
        Self { slots: Arc::new(Semaphore::new(AT_ONCE)), breaker: Breaker::default() }
    }
}

impl Hosts {
    /// Waits until a host may be asked once more, or says that it may not.
    pub(super) async fn enter(
        &self,
        host: &str,
        url: &str,
        within: Duration,
    ) -> Result<Slot<'_>, Failure> {
        let slots = self.with(host, |host| host.slots.clone());
        let busy = || Failure::Busy { url: shown(url), at_once: AT_ONCE };
        let permit = tokio::time::timeout(within, slots.acquire_owned()).await;
        let permit = permit.ok().and_then(Result::ok).ok_or_else(busy)?;
        let now = clock::instant();
        match self.with(host, |host| host.breaker.may_ask(now)) {
            Ok(()) => Ok(Slot { hosts: self, host: host.to_owned(), told: false, _permit: permit }),
            Err(Pause { left, times, last }) => {
                // In whole seconds, as people read it.
                let left = i64::try_from(left.as_secs()).unwrap_or_default();
                let until = clock::now().as_second().saturating_add(left + 1);
                let until = Timestamp::from_second(until).unwrap_or(Timestamp::MAX);
                Err(Failure::Paused { url: shown(url), until, times, last })
            }
        }
    }

    fn with<T>(&self, host: &str, change: impl FnOnce(&mut Host) -> T) -> T {
        let mut known = self.known.lock().expect("no holder of the lock panics");
        if known.len() >= HOSTS_MAX && !known.contains_key(host) {
            known.retain(|_, host| host.slots.available_permits() < AT_ONCE);
        }
        change(known.entry(host.to_owned()).or_default())
    }
}

/// The right to ask a host once.
pub(super) struct Slot<'h> {
    hosts: &'h Hosts,
    host: String,
    told: bool,
    _permit: OwnedSemaphorePermit,
}

impl Slot<'_> {
    /// Tells how it ended: with what failure of the host, if any.
    pub(super) fn ended(mut self, failure: Option<String>) {
        self.told = true;
        let now = clock::instant();
        self.hosts.with(&self.host, |host| match failure {
            Some(failure) => host.breaker.failed(failure, now),
            None => host.breaker.answered(),
        });
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if !self.told {
            // Whoever asked went away: nothing was learned, and the next one may try.
            self.hosts.with(&self.host, |host| host.breaker.abandoned());
        }
    }
}

/// A circuit breaker: after some failures in a row a pause, after the pause one try that ends or renews it.
#[derive(Debug, Default)]
struct Breaker {
    failures: u32,
    last: String,
    paused_since: Option<Instant>,
    is_tried: bool,
}

/// A pause that has not ended.
#[derive(Debug, PartialEq, Eq)]
struct Pause {
    left: Duration,
    times: u32,
    last: String,
}

impl Breaker {
    fn may_ask(&mut self, now: Instant) -> Result<(), Pause> {
        let Some(since) = self.paused_since else { return Ok(()) };
        let left = PAUSE.saturating_sub(now.saturating_duration_since(since));
        if left.is_zero() && !self.is_tried {
            self.is_tried = true;
            return Ok(());
        }
        // While the one try is under way, the next may be made when it has ended.
        let left = left.max(Duration::from_secs(1));
        Err(Pause { left, times: self.failures, last: self.last.clone() })
    }

    fn failed(&mut self, why: String, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.last = why;
        self.is_tried = false;
        if self.failures >= FAILURES {
            self.paused_since = Some(now);
        }
    }

    fn answered(&mut self) {
        *self = Self::default();
    }

    fn abandoned(&mut self) {
        self.is_tried = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_failures_in_a_row_a_host_is_left_alone_and_then_tried_once() {
        let start = clock::instant();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut breaker = Breaker::default();
        for second in 0..5 {
            assert_eq!(breaker.may_ask(at(second)), Ok(()));
            breaker.failed(format!("failure {second}"), at(second));
        }
        let pause = Pause { left: Duration::from_secs(14), times: 5, last: "failure 4".into() };
        assert_eq!(breaker.may_ask(at(5)), Err(pause));
        // One try, and only one.
        assert_eq!(breaker.may_ask(at(19)), Ok(()));
        assert!(breaker.may_ask(at(19)).is_err());
        breaker.failed("failure 5".into(), at(20));
        assert!(breaker.may_ask(at(34)).is_err());
        assert_eq!(breaker.may_ask(at(35)), Ok(()));
        // Whoever tried went away: the next may try.
        breaker.abandoned();
        assert_eq!(breaker.may_ask(at(35)), Ok(()));
        breaker.answered();
        assert_eq!(breaker.may_ask(at(35)), Ok(()));
        breaker.failed("once".into(), at(36));
        assert_eq!(breaker.may_ask(at(36)), Ok(()));
    }

    #[tokio::test]
    async fn a_host_is_asked_four_times_at_once_and_another_is_not_held_up() {
        let hosts = Hosts::default();
        let soon = Duration::from_millis(20);
        let mut slots = Vec::new();
        for _ in 0..AT_ONCE {
            slots.push(hosts.enter("a:443", "https://a/", soon).await.unwrap());
        }
        let busy = hosts.enter("a:443", "https://a/", soon).await.err().unwrap();
        assert_eq!(busy.code(), "net.busy");
        assert!(hosts.enter("b:443", "https://b/", soon).await.is_ok());
        slots.pop().unwrap().ended(None);
        assert!(hosts.enter("a:443", "https://a/", soon).await.is_ok());
    }

    #[tokio::test]
    async fn the_memory_of_hosts_is_bounded() {
        let hosts = Hosts::default();
        let soon = Duration::from_secs(1);
        let kept = hosts.enter("kept:443", "https://kept/", soon).await.unwrap();
        for number in 0..3 * HOSTS_MAX {
            let slot = hosts.enter(&format!("{number}:443"), "https://n/", soon).await.unwrap();
            slot.ended(Some("no answer".to_owned()));
        }
        let known = hosts.known.lock().unwrap();
        assert!(known.len() <= HOSTS_MAX && known.contains_key("kept:443"));
        drop(known);
        kept.ended(None);
    }
}
