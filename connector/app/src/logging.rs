//! What the program tells its operator while it runs: to standard error, as the setting `log` says.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// What is told if no setting says otherwise.
const FILTER: &str = "warn,adit=info";

/// Starts logging; a filter of `debug` tells more.
///
/// Never logged: a credential, a bearer, a query result, a key.
pub fn start(filter: Option<&str>, no_color: bool) {
    let started = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter.unwrap_or(FILTER)))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && !no_color)
        .with_target(false)
        .try_init();
    // A second start in the same process, as in tests, keeps the first.
    drop(started);
}
