//! What the program tells its operator while it runs: to standard error, by `ADIT_LOG`.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging; `ADIT_LOG=debug` tells more.
///
/// Never logged: a credential, a bearer, a query result, a key.
pub fn start() {
    let filter = crate::config::log_filter().unwrap_or_else(|| "warn,adit=info".to_owned());
    let started = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && !crate::config::no_color())
        .with_target(false)
        .try_init();
    // A second start in the same process, as in tests, keeps the first.
    drop(started);
}
