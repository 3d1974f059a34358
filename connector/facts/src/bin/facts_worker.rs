//! A worker process by itself, for the tests of this package.

use std::process::ExitCode;

fn main() -> ExitCode {
    adit_facts::worker_main()
}
