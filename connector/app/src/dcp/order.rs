//! What the company's own people order: ask for credentials, decide what others ask for.

use super::{holder, issuer, requests};
use crate::connector::Connector;
use crate::error::Error;
use crate::outcome::Outcome;
use adit_credentials::dcp::Profile;
use adit_vocab::Did;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One order of `adit credential`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Order {
    /// Ask an issuer for a credential.
    Ask {
        /// Whom.
        issuer: Did,
        /// The type, short or as an IRI.
        kind: String,
        /// The profile; the first that the issuer has if left out.
        profile: Option<Profile>,
    },
    /// List what is asked for and offered.
    List,
    /// Issue what was asked for.
    Approve {
        /// The request.
        id: String,
    },
    /// Refuse what was asked for.
    Reject {
        /// The request.
        id: String,
        /// Why, for the one who asked.
        reason: Option<String>,
    },
}

/// Carries out an order.
pub async fn carry_out(connector: &Arc<Connector>, order: Order) -> Result<Outcome, Error> {
    match order {
        Order::Ask { issuer, kind, profile } => holder::ask(connector, issuer, kind, profile).await,
        Order::List => requests::list(connector),
        Order::Approve { id } => issuer::approve(connector, &id).await,
        Order::Reject { id, reason } => issuer::reject(connector, &id, reason).await,
    }
}
