//! What is counted of a running connector, for [Prometheus](https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
//!
//! No label names a partner, a caller or an item: what a label can be is written in this program.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::expiry::{self, What};
use jiff::Timestamp;
use prometheus::core::Collector;
use prometheus::{
    Histogram, HistogramOpts, HistogramTimer, IntCounter, IntCounterVec, IntGauge, IntGaugeVec,
    Opts, Registry, TextEncoder,
};

/// The media type of the text form.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Upper bounds of the durations of queries, in seconds; a query that takes longer is stopped.
const QUERY_SECONDS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0];

/// The counters of one process, from its start.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    refusals: IntCounterVec,
    queries: Histogram,
    publications: IntCounter,
    federated: IntCounterVec,
    signatures: IntCounterVec,
    generation: IntGauge,
    facts: IntGauge,
    store_bytes: IntGauge,
    journal_entries: IntGauge,
    expires: IntGaugeVec,
}

impl Metrics {
    /// Counters at zero.
    pub fn new(started: Timestamp) -> Self {
        let registry = Registry::new();
        let counted = |name: &str, help: &str, labels: &[&str]| {
            let made = IntCounterVec::new(Opts::new(name, help), labels);
            registered(&registry, made)
        };
        let gauge = |name: &str, help: &str| registered(&registry, IntGauge::new(name, help));
        let queries = HistogramOpts::new(
            "adit_query_duration_seconds",
            "Time from a query's arrival at /sparql to the last byte of its answer, or to its refusal.",
        );
        let build = Opts::new("adit_build_info", "The version that runs; always 1.");
        let build: IntGaugeVec = registered(&registry, IntGaugeVec::new(build, &["version"]));
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        gauge("process_start_time_seconds", "When the process started, in seconds since 1970.")
            .set(started.as_second());
        Self {
            requests: counted(
                "adit_http_requests_total",
                "Requests answered, by route and status.",
                &["route", "status"],
            ),
            refusals: counted(
                "adit_refusals_total",
                "Requests refused or failed, by the code of the problem; query.deadline, query.memory and \
                 query.killed are worker processes that were ended.",
                &["code"],
            ),
            queries: registered(
                &registry,
                Histogram::with_opts(queries.buckets(QUERY_SECONDS.into())),
            ),
            publications: registered(
                &registry,
                IntCounter::new("adit_publications_total", "Publications since the start."),
            ),
            federated: counted(
                "adit_federated_requests_total",
                "Requests for quads sent to other companies, by outcome.",
                &["outcome"],
            ),
            signatures: counted(
                "adit_signature_checks_total",
                "Signatures of callers and issuers: made, or spared because the same one was checked before.",
                &["outcome"],
            ),
            generation: gauge("adit_generation", "The journal entry that the facts stand for."),
            facts: gauge("adit_facts", "Facts in the store, each once per room."),
            store_bytes: gauge("adit_fact_store_bytes", "Size of the fact store's file."),
            journal_entries: gauge("adit_journal_entries", "Entries in the journal."),
            expires: registered(
                &registry,
                IntGaugeVec::new(
                    Opts::new(
                        "adit_expires_in_seconds",
                        "Seconds until the nearest end of something that ends by itself, by what it is; less than none \
                         once it has ended. adit doctor names it.",
                    ),
                    &["what"],
                ),
            ),
            registry,
        }
    }

    /// Counts an answered request; `route` is the pattern of the address, never the address.
    pub fn answered(&self, route: &str, status: u16) {
        self.requests.with_label_values(&[route, &status.to_string()]).inc();
    }

    /// Counts a refusal or failure.
    pub fn refused(&self, code: &'static str) {
        self.refusals.with_label_values(&[code]).inc();
    }

    /// Measures a query until what is returned is dropped.
    pub fn time_query(&self) -> HistogramTimer {
        self.queries.start_timer()
    }

    /// Counts a publication.
    pub fn published(&self) {
        self.publications.inc();
    }

    /// Counts a request that was sent to another company.
    pub fn federated(&self, outcome: &'static str) {
        self.federated.with_label_values(&[outcome]).inc();
    }

    /// Everything counted, with what is measured now.
    pub fn to_text(&self, connector: &Connector) -> Result<String, Error> {
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.generation.set(count(connector.store.generation()?));
        self.facts.set(count(connector.store.len()?));
        self.journal_entries.set(count(connector.journal.len()));
        let verified = &connector.verified;
        for (outcome, number) in [("made", verified.checks()), ("spared", verified.spared())] {
            let counter = self.signatures.with_label_values(&[outcome]);
            counter.inc_by(number.saturating_sub(counter.get()));
        }
        let file = connector.store.directory().join("data.mdb");
        let size = std::fs::metadata(&file).map_err(|e| Error::file(&file, e))?.len();
        self.store_bytes.set(count(size));
        let now = clock::now();
        let endings = expiry::endings(connector, now);
        // What there is none of has no end.
        self.expires.reset();
        for what in What::ALL {
            let left = endings.iter().filter(|it| it.what == what).map(|it| it.seconds_left(now));
            if let Some(nearest) = left.min() {
                self.expires.with_label_values(&[what.as_str()]).set(nearest);
            }
        }
        TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .map_err(|e| Error::Internal(format!("writing the metrics: {e}")))
    }
}

/// Registers a metric, whose name and labels are constants of this file.
fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    metric: Result<C, prometheus::Error>,
) -> C {
    let metric = metric.expect("every name and label here is well formed; a test makes them all");
    registry.register(Box::new(metric.clone())).expect("no name here stands twice");
    metric
}
