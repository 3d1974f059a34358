//! No copy of this process's memory is left behind when it dies: its keys would be in it.

use crate::error::Error;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Forbids core dumps of this process and of those that it starts, and lets no other user look into it.
///
/// The server and each of its workers do so before anything else: a limit is handed down, being dumpable is not.
///
/// # Errors
/// The system does not let it.
pub fn forbid() -> Result<(), Error> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let forbidden = setrlimit(Resource::Core, none)
        .and_then(|()| set_dumpable_behavior(DumpableBehavior::NotDumpable));
    forbidden.map_err(|e| Error::Internal(format!("core dumps cannot be switched off: {e}")))
}
