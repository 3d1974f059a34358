//! Orders of this company's own people: through the running server, else here under the lock.

use crate::connector::Connector;
use crate::error::Error;
use crate::folder::Folder;
use crate::outbound::{self, Failure};
use crate::outcome::Reply;
use crate::{ask, asked, gaps, invite, issue, publish, token};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the company's own people may order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Order {
    /// Check files.
    Check {
        /// Which; all of the folder if none is named.
        files: Vec<String>,
    },
    /// Compare files with what is published.
    Diff {
        /// Which; all of the folder if none is named.
        files: Vec<String>,
    },
    /// List what passports lack.
    Gaps(gaps::Wanted),
    /// Publish files, all or nothing.
    Publish {
        /// Which; all of the folder if none is named.
        files: Vec<String>,
        /// Sources whose facts go.
        withdraw: Vec<String>,
    },
    /// Ask a question across companies.
    Ask(ask::Question),
    /// List who asked for this company's facts.
    Asked(asked::Period),
    /// Issue a credential.
    Issue(issue::Wanted),
    /// Exchange credentials for a bearer.
    Token(token::Wanted),
    /// Invite a company.
    Invite(invite::Invitee),
    /// Accept an invitation.
    Join(invite::Invitation),
    /// Show the trust list.
    TrustShow,
    /// Stop somebody, or let them in again.
    TrustBlock {
        /// Whom.
        did: String,
        /// Whether they are stopped.
        blocked: bool,
    },
    /// Trust an issuer for a type.
    TrustAdd {
        /// The issuer.
        did: String,
        /// The type.
        kind: String,
    },
}

/// Hands an order to the running server of the folder, or carries it out here if none runs.
pub async fn send(folder: &Folder, order: Order) -> Result<Reply, Error> {
    let socket = folder.socket();
    if socket.exists() {
        let body = serde_json::to_vec(&order).map_err(|e| Error::Internal(e.to_string()))?;
        match outbound::control(&socket, &body).await {
            Ok(response) => {
                return serde_json::from_slice(&response.body)
                    .map_err(|e| Error::Internal(format!("the server's answer: {e}")));
            }
            // The socket of a server that was killed stays behind; the lock tells the truth.
            Err(Failure::Unreachable { .. }) => {}
            Err(failure) => return Err(Error::Internal(failure.to_string())),
        }
    }
    let connector = Connector::open(folder)?;
    Ok(carry_out(&connector, order).await)
}

/// Carries out an order.
pub async fn carry_out(connector: &Arc<Connector>, order: Order) -> Reply {
    let result = match order {
        Order::Check { files } => publish::check(connector, &files).await,
        Order::Diff { files } => publish::diff(connector, &files).await,
        Order::Gaps(wanted) => gaps::gaps(connector, wanted).await,
        Order::Publish { files, withdraw } => {
            publish::publish(connector, &files, &withdraw).await.map_err(|error| match error {
                Error::Data(problems) => Error::Unpublishable(problems),
                other => other,
            })
        }
        Order::Ask(question) => ask::ask(connector, question).await,
        Order::Asked(period) => asked::asked(connector, period),
        Order::Issue(wanted) => issue::issue(connector, wanted).await,
        Order::Token(wanted) => token::exchange(connector, wanted).await,
        Order::Invite(invitee) => invite::invite(connector, invitee).await,
        Order::Join(invitation) => invite::join(connector, invitation).await,
        Order::TrustShow => invite::trust_show(connector),
        Order::TrustBlock { did, blocked } => invite::trust_block(connector, &did, blocked).await,
        Order::TrustAdd { did, kind } => invite::trust_add(connector, &did, &kind).await,
    };
    result.map_or_else(|error| Reply::Failed(error.problem()), Reply::Done)
}
