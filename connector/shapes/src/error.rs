//! Why shapes cannot be used, or data not be checked.

/// A shapes file that this engine cannot run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("shapes {file}: {cause}")]
pub struct ShapesError {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub cause: Cause,
}

/// What is wrong with a shapes file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// Not Turtle.
    #[error("{0}")]
    Syntax(String),
    /// A construct of SHACL that this engine does not run.
    #[error(
        "{shape} uses {construct}, which is not supported here; say it with the constructs that vocab/shapes use"
    )]
    Construct {
        /// The shape.
        shape: String,
        /// The term.
        construct: String,
    },
    /// A shape that findings would have to name.
    #[error(
        "{shape} has a {construct} without an IRI; findings name the shape that was broken, so give it one"
    )]
    Unnamed {
        /// The shape around it.
        shape: String,
        /// The term that leads to it.
        construct: String,
    },
    /// A value that the construct cannot take.
    #[error("{construct} of {shape} cannot be {got}")]
    Value {
        /// The shape.
        shape: String,
        /// The term.
        construct: String,
        /// What stands there.
        got: String,
    },
    /// A query that cannot be asked.
    #[error("the query of {shape}: {reason}")]
    Query {
        /// The shape.
        shape: String,
        /// Why.
        reason: String,
    },
    /// A shape that leads to itself.
    #[error("{shape} refers to itself; recursive shapes mean nothing certain")]
    Recursive {
        /// The shape.
        shape: String,
    },
}

/// A check that came to no end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unchecked {
    /// It would have taken longer than anybody waits.
    #[error(
        "checking {shape} took more than {steps_max} steps and was stopped: too many nodes depend on each other; publish fewer at a time, or look for a column that was mapped to the wrong property"
    )]
    TooCostly {
        /// The shape.
        shape: String,
        /// The bound.
        steps_max: u64,
    },
    /// The query of the shape cannot be evaluated.
    #[error("the query of {shape} cannot be evaluated: {reason}")]
    Failed {
        /// The shape.
        shape: String,
        /// Why.
        reason: String,
    },
}
