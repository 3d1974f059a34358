//! What ends by itself: credentials, certificates, lists. It is counted, logged ahead, and looked at by `adit doctor`.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::statuses::OLDEST;
use crate::tls::{Served, Standing};
use crate::wallet;
use adit_credentials::Credential;
use adit_vocab::shorten;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How often the log is thought of; what it says is said once a day at most.
const OFTEN: Duration = Duration::from_secs(60 * 60);
const DAY_S: i64 = 24 * 60 * 60;

/// What kind of thing ends. No partner is named by it, so it may be a label of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A credential in our wallet.
    Credential,
    /// A credential that we issued.
    Issued,
    /// Our TLS certificate.
    Certificate,
    /// The signed trust list of a circle.
    TrustList,
    /// A status list that we hold of an issuer.
    StatusList,
    /// The contact in `security.txt`.
    SecurityContact,
}

/// Something that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// What kind of thing.
    pub what: What,
    /// Which, for our own people: a file, a name.
    pub which: String,
    /// When.
    pub until: Timestamp,
    /// What the command that renews it must be given, by name.
    pub given: BTreeMap<&'static str, String>,
}

/// How near an end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Near {
    /// Within 30 days.
    Month,
    /// Within 7 days.
    Week,
    /// Within a day.
    Day,
    /// It has passed.
    Over,
}

impl What {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Credential,
        Self::Issued,
        Self::Certificate,
        Self::TrustList,
        Self::StatusList,
        Self::SecurityContact,
    ];

    /// The word of the kind, in metrics and in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Issued => "issued-credential",
            Self::Certificate => "certificate",
            Self::TrustList => "trust-list",
            Self::StatusList => "status-list",
            Self::SecurityContact => "security-contact",
        }
    }
}

impl Ending {
    /// Seconds until the end; less than none once it has passed.
    pub fn seconds_left(&self, now: Timestamp) -> i64 {
        let millis = self.until.duration_since(now).as_millis();
        i64::try_from(millis.div_euclid(1000)).unwrap_or(i64::MAX)
    }

    /// Whole days until the end, as people count them.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        self.seconds_left(now).div_euclid(DAY_S)
    }

    /// How near the end is; `None` while it is more than 30 days away.
    ///
    /// Of a status list it is never told: it lives for minutes, and is fetched again when it is next needed.
    pub fn near(&self, now: Timestamp) -> Option<Near> {
        let left = self.until.duration_since(now);
        let within = |days: i64| left <= SignedDuration::from_hours(24 * days);
        match self.what {
            What::StatusList => None,
            _ if left <= SignedDuration::ZERO => Some(Near::Over),
            What::Credential
            | What::Issued
            | What::Certificate
            | What::TrustList
            | What::SecurityContact => {
                let steps = [(1, Near::Day), (7, Near::Week), (30, Near::Month)];
                steps.into_iter().find(|(days, _)| within(*days)).map(|(_, near)| near)
            }
        }
    }
}

/// Everything of a connector that ends by itself.
pub fn endings(connector: &Connector, now: Timestamp) -> Vec<Ending> {
    let mut found = held(connector);
    for issued in connector.lists.all() {
        // What has ended or was revoked, its holder knows.
        if ["valid", "suspended"].contains(&issued.state(now)) {
            let which = format!("{} for {}", shorten(&issued.kind), issued.to);
            let kind = shorten(&issued.kind).replace("adit:", "");
            let given = BTreeMap::from([("type", kind), ("to", issued.to)]);
            found.push(Ending { what: What::Issued, which, until: issued.until, given });
        }
    }
    let plain = |what, which: String, until| Ending { what, which, until, given: BTreeMap::new() };
    if let Ok(Some(standing)) = certificate(connector) {
        let which = standing.certificate.display().to_string();
        found.push(plain(What::Certificate, which, standing.until));
    }
    for circle in connector.trust().circles() {
        let which = circle.list().circle().to_owned();
        found.push(plain(What::TrustList, which, circle.list().expires_at()));
    }
    for list in connector.list_ages() {
        let oldest = list.fetched_at().saturating_add(OLDEST).unwrap_or(list.fetched_at());
        let until = list.valid_until().map_or(oldest, |until| until.min(oldest));
        // One that is past it is fetched again when somebody shows a credential in it.
        if until > now {
            found.push(plain(What::StatusList, list.url().to_owned(), until));
        }
    }
    if let Some(until) = connector.config.security_expires {
        found.push(plain(What::SecurityContact, "security.txt".to_owned(), until));
    }
    found
}

/// How our TLS certificate stands: the one that is served, or would be if a server ran.
pub fn certificate(connector: &Connector) -> Result<Option<Standing>, Error> {
    match connector.served.get() {
        Some(served) => Ok(Some(served.standing())),
        None => {
            let served = Served::read(&connector.config, &connector.folder)?;
            Ok(served.map(|served| served.standing()))
        }
    }
}

/// The credentials in the wallet.
fn held(connector: &Connector) -> Vec<Ending> {
    let files = wallet::files(&connector.folder).unwrap_or_default();
    let ending = |(path, jwt): (PathBuf, String)| {
        let credential = Credential::peek(&jwt).ok()?;
        let until = credential.unverified_valid_until()?;
        let (issuer, kinds) = (credential.unverified_issuer(), credential.unverified_types());
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let kinds: Vec<_> = kinds.iter().map(|it| shorten(it)).collect();
        let which = format!("{file} ({} of {issuer})", kinds.join(", "));
        let kind = kinds.first().map_or_else(String::new, |it| it.replace("adit:", ""));
        let given = BTreeMap::from([("issuer", issuer.to_string()), ("type", kind)]);
        Some(Ending { what: What::Credential, which, until, given })
    };
    files.into_iter().filter_map(ending).collect()
}

/// What the log was told already.
#[derive(Debug, Default)]
pub struct Told(BTreeMap<(What, String), Telling>);

/// Of one thing that ends: which end, how near it was said to be, and on which day.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Telling {
    until: Timestamp,
    near: Near,
    day: i64,
}

impl Told {
    /// What is to be told now: each thing once when its end comes within 30, 7 and 1 days, and every day when it has
    /// passed. A thing that was renewed begins anew.
    pub fn due<'e>(&mut self, endings: &'e [Ending], now: Timestamp) -> Vec<(&'e Ending, Near)> {
        let day = now.as_second().div_euclid(DAY_S);
        let before = std::mem::take(&mut self.0);
        let mut due = Vec::new();
        for ending in endings {
            let Some(near) = ending.near(now) else { continue };
            let key = (ending.what, ending.which.clone());
            let telling = Telling { until: ending.until, near, day };
            let is_told = before.get(&key).filter(|told| match near {
                Near::Over => **told == telling,
                Near::Month | Near::Week | Near::Day => {
                    told.until == ending.until && told.near == near
                }
            });
            if is_told.is_none() {
                due.push((ending, near));
            }
            self.0.insert(key, is_told.cloned().unwrap_or(telling));
        }
        due
    }
}

/// Tells the log ahead of every end, for as long as the server runs; first when it starts.
pub async fn watch(connector: Arc<Connector>) {
    let mut told = Told::default();
    let mut hours = tokio::time::interval(OFTEN);
    loop {
        hours.tick().await;
        let now = clock::now();
        for (ending, near) in told.due(&endings(&connector, now), now) {
            let (what, which, until) = (ending.what.as_str(), &ending.which, ending.until);
            let days = ending.days_left(now);
            match near {
                Near::Over => tracing::error!(what, %which, %until, "has ended; see adit doctor"),
                Near::Day | Near::Week | Near::Month => {
                    tracing::warn!(what, %which, %until, days, "ends soon; see adit doctor");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn ending(what: What, until: &str) -> Ending {
        let given = BTreeMap::new();
        Ending { what, which: "partner.jwt".to_owned(), until: at(until), given }
    }

    #[test]
    fn an_end_is_told_30_7_and_1_days_ahead_once_each_and_daily_when_it_is_over() {
        let endings = [ending(What::Credential, "2026-12-31T12:00:00Z")];
        let mut told = Told::default();
        let mut heard = Vec::new();
        let start = at("2026-11-20T00:00:00Z");
        for hour in 0..24 * 45 {
            let now = start + SignedDuration::from_hours(hour);
            for (ending, near) in told.due(&endings, now) {
                heard.push((now.to_string(), near, ending.days_left(now)));
            }
        }
        let expected = [
            ("2026-12-01T12:00:00Z", Near::Month, 30),
            ("2026-12-24T12:00:00Z", Near::Week, 7),
            ("2026-12-30T12:00:00Z", Near::Day, 1),
            ("2026-12-31T12:00:00Z", Near::Over, 0),
            ("2027-01-01T00:00:00Z", Near::Over, -1),
            ("2027-01-02T00:00:00Z", Near::Over, -2),
            ("2027-01-03T00:00:00Z", Near::Over, -3),
        ];
        let expected = expected.map(|(now, near, days)| (now.to_owned(), near, days));
        assert_eq!(heard, expected);
    }

    #[test]
    fn a_server_that_starts_late_tells_at_once_and_what_is_renewed_begins_anew() {
        let mut told = Told::default();
        let soon = [ending(What::Certificate, "2026-12-01T00:00:00Z")];
        let now = at("2026-11-26T00:00:00Z");
        assert_eq!(told.due(&soon, now), [(&soon[0], Near::Week)]);
        assert_eq!(told.due(&soon, now), []);
        let renewed = [ending(What::Certificate, "2027-02-26T00:00:00Z")];
        assert_eq!(told.due(&renewed, now), []);
        let now = at("2027-02-20T00:00:00Z");
        assert_eq!(told.due(&renewed, now), [(&renewed[0], Near::Week)]);
    }

    #[test]
    fn a_status_list_lives_for_minutes_and_is_never_told() {
        let list = ending(What::StatusList, "2026-11-22T13:00:00Z");
        assert_eq!(list.near(at("2026-11-22T12:59:00Z")), None);
        assert_eq!(list.near(at("2026-11-22T13:00:00Z")), None);
        assert_eq!(list.seconds_left(at("2026-11-22T12:59:00Z")), 60);
    }
}
