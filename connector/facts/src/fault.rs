//! What goes wrong on our side.

/// A failure of the store or of the machine under it: ours to repair, never the caller's.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The operating system refused something.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// LMDB refused something.
    #[error("the fact store failed: {0}")]
    Lmdb(#[from] heed::Error),
    /// The store was written by another version of this program.
    #[error(
        "the fact store has format {found}, this program reads format {expected}; delete it and rebuild it from the journal"
    )]
    Format {
        /// The format of the store.
        found: u32,
        /// The format this program reads.
        expected: u32,
    },
    /// The entry is not newer than what the store has applied.
    #[error(
        "entry {entry} is not newer than generation {generation} of the fact store; apply entries in order, each once"
    )]
    Stale {
        /// The entry to apply.
        entry: u64,
        /// The newest entry applied.
        generation: u64,
    },
    /// A quad that must not be stored.
    #[error("{quad} cannot be stored: {why}")]
    Unstorable {
        /// The quad, as N-Quads.
        quad: String,
        /// Why not.
        why: Unstorable,
    },
    /// A quad is removed more often than it was added.
    #[error(
        "{quad} is removed more often than it is stated; the fact store does not fit the journal, rebuild it"
    )]
    NotStated {
        /// The quad, as N-Quads.
        quad: String,
    },
    /// All 2^32 term numbers are taken.
    #[error(
        "the fact store holds 4294967296 distinct terms and takes no more; rebuild it to drop unused ones"
    )]
    Full,
    /// The store contradicts itself.
    #[error("the fact store is damaged: {0}; delete it and rebuild it from the journal")]
    Damaged(&'static str),
    /// The worker processes could not be used.
    #[error("the query workers failed: {0}")]
    Workers(String),
    /// The evaluator failed for a reason that is not the query's.
    #[error("the evaluator failed: {0}")]
    Evaluator(String),
}

/// Why a quad cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unstorable {
    /// It has a blank node.
    #[error("it has a blank node; give the node an IRI at ingest")]
    BlankNode,
    /// Its graph name is not an IRI.
    #[error("its graph name is not the IRI of a room")]
    NoRoom,
    /// Its predicate is one that the View derives.
    #[error(
        "its predicate is derived by the View; state the installation, placement or role assignment instead"
    )]
    Derived,
}

impl Fault {
    pub(crate) fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}
