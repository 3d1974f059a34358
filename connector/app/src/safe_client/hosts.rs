//! How much one host is asked: requests at once, and a pause after failures in a row.

use super::failure::{Failure, shown};
use crate::clock;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many failures in a row make a pause.
const FAILURES: u32 = 5;
/// How long the pause is.
const PAUSE: Duration = Duration::from_secs(15);
/// How many hosts are remembered; beyond, one that nobody is asking now is forgotten, and of these the one that failed
/// least: whoever invents names ends no pause by it.
const HOSTS_MAX: usize = 1024;

/// What is remembered of every host.
#[derive(Debug)]
pub(super) struct Hosts {
    /// How many requests to one host are under way at once; more wait.
    at_once: usize,
    known: Mutex<HashMap<String, Host>>,
}

#[derive(Debug)]
struct Host {
    slots: Arc<Semaphore>,
    breaker: Breaker,
}

impl Hosts {
    /// No host was asked yet.
    pub(super) fn new(at_once: usize) -> Self {
        Self { at_once, known: Mutex::default() }
    }

    /// Waits until a host may be asked once more, or says that it may not.
    pub(super) async fn enter(
        &self,
        host: &str,
        url: &str,
        within: Duration,
    ) -> Result<Slot<'_>, Failure> {
        let slots = self.with(host, |host| host.slots.clone());
        let busy = || Failure::Busy { url: shown(url), at_once: self.at_once };
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
            let idle = known.iter().filter(|(_, it)| Arc::strong_count(&it.slots) == 1);
            let least = idle.min_by_key(|(_, it)| (it.breaker.failures, it.breaker.paused_since));
            if let Some(name) = least.map(|(name, _)| name.clone()) {
                known.remove(&name);
            }
        }
        let slots = || Arc::new(Semaphore::new(self.at_once));
        let new = || Host { slots: slots(), breaker: Breaker::default() };
        change(known.entry(host.to_owned()).or_insert_with(new))
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
    use super::super::{Cap, Request, SafeClient};
    use super::*;
    use crate::config::Config;
    use crate::folder::Folder;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering};

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
        let hosts = Hosts::new(4);
        let soon = Duration::from_millis(20);
        let mut slots = Vec::new();
        for _ in 0..4 {
            slots.push(hosts.enter("a:443", "https://a/", soon).await.unwrap());
        }
        let busy = hosts.enter("a:443", "https://a/", soon).await.err().unwrap();
        assert_eq!(busy.code(), "net.busy");
        assert!(hosts.enter("b:443", "https://b/", soon).await.is_ok());
        slots.pop().unwrap().ended(None);
        assert!(hosts.enter("a:443", "https://a/", soon).await.is_ok());
    }

    #[tokio::test]
    async fn the_memory_of_hosts_is_bounded_and_invented_names_end_no_pause() {
        let hosts = Hosts::new(4);
        let soon = Duration::from_secs(1);
        let fail = async |host: &str| {
            let slot = hosts.enter(host, "https://n/", soon).await?;
            slot.ended(Some("no answer".to_owned()));
            Ok::<_, Failure>(())
        };
        let kept = hosts.enter("kept:443", "https://kept/", soon).await.unwrap();
        for _ in 0..FAILURES {
            fail("dead:443").await.unwrap();
        }
        for number in 0..3 * HOSTS_MAX {
            fail(&format!("{number}:443")).await.unwrap();
        }
        let is_known = |host: &str| hosts.known.lock().unwrap().contains_key(host);
        assert!(hosts.known.lock().unwrap().len() <= HOSTS_MAX && is_known("kept:443"));
        assert_eq!(fail("dead:443").await.unwrap_err().code(), "net.paused");
        kept.ended(None);
    }

    #[tokio::test]
    async fn a_host_that_the_proxy_does_not_reach_is_left_alone_too() {
        let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = proxy.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        std::thread::spawn(move || {
            for mut stream in proxy.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                lines.map_while(Result::ok).take_while(|it| !it.is_empty()).for_each(drop);
                drop(stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
            }
        });
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::at(root.path());
        let settings = format!(
            "did = \"did:web:own.example\"\nname = \"Own\"\n[network]\nproxy = \"http://{address}\"\n"
        );
        let client = SafeClient::new(&Config::parse(&settings, &folder).unwrap(), &folder).unwrap();
        let mut codes = Vec::new();
        for _ in 0..2 * FAILURES {
            let request = Request::get("https://far.example/", "application/json", Cap::Document);
            codes.push(client.send(request).await.unwrap_err().code());
        }
        assert_eq!(codes, [["net.proxy"; 5], ["net.paused"; 5]].concat());
        assert_eq!(asked.load(Ordering::SeqCst), 5);
    }
}
