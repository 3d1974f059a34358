//! Orders of this company's own people: through the running server, else here under the lock.

use crate::connector::Connector;
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::{Outcome, Reply};
use crate::safe_client::{self, Failure};
use crate::{
    ask, asked, clock, dcp, doctor, gaps, invite, issue, keys, publish, standing, token, trust,
};
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
    /// Look for what is wrong or soon will be.
    Examine,
    /// List who asked for this company's facts.
    Asked(asked::Period),
    /// Issue a credential.
    Issue(issue::Wanted),
    /// List what this company issued.
    Issued,
    /// Take back, hold or let go a credential.
    Revoke(issue::Revocation),
    /// Issue a credential anew.
    Renew(issue::Renewal),
    /// Check a credential with what is at hand.
    VerifyCredential(standing::Wanted),
    /// Exchange credentials for a bearer.
    Token(token::Wanted),
    /// Ask for credentials, or decide what others ask for.
    Dcp(dcp::Order),
    /// Invite a company.
    Invite(invite::Invitee),
    /// Accept an invitation.
    Join(invite::Invitation),
    /// Show our own DID document.
    DidDocument,
    /// Show or change whom this company trusts.
    Trust(trust::Wanted),
    /// List the keys.
    KeyList,
    /// Replace the key.
    KeyRotate(keys::Rotate),
    /// Revoke a key.
    KeyRetire {
        /// Its name.
        kid: String,
    },
}

/// Hands an order to the running server of the folder, or carries it out here if none runs.
pub async fn send(folder: &Folder, order: Order) -> Result<Reply, Error> {
    let socket = folder.socket();
    if socket.exists() {
        let body = serde_json::to_vec(&order).map_err(|e| Error::Internal(e.to_string()))?;
        match safe_client::control(&socket, &body).await {
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
    // As large as the largest order.
    Ok(Box::pin(carry_out(&connector, order)).await)
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
        Order::Examine => doctor::examine(connector, clock::now()).await,
        Order::Asked(period) => asked::asked(connector, period),
        Order::Issue(wanted) => issue::issue(connector, wanted).await,
        Order::Issued => Ok(issue::issued(connector)),
        Order::Revoke(wanted) => issue::revoke(connector, wanted).await,
        Order::Renew(wanted) => issue::renew(connector, wanted).await,
        Order::VerifyCredential(wanted) => standing::verify(connector, &wanted),
        Order::Dcp(order) => dcp::carry_out(connector, order).await,
        Order::Token(wanted) => token::exchange(connector, wanted).await,
        Order::Invite(invitee) => invite::invite(connector, invitee).await,
        Order::Join(invitation) => invite::join(connector, invitation).await,
        Order::DidDocument => own_document(connector),
        Order::Trust(wanted) => trust::carry_out(connector, wanted).await,
        Order::KeyList => Ok(keys::list(connector)),
        Order::KeyRotate(wanted) => keys::rotate(connector, wanted).await,
        Order::KeyRetire { kid } => keys::retire(connector, &kid).await,
    };
    result.map_or_else(|error| Reply::Failed(error.problem()), Reply::Done)
}

/// Our DID document: for programs as it is, for people and files on several lines.
fn own_document(connector: &Connector) -> Result<Outcome, Error> {
    let document = connector.own_document(clock::now())?;
    let pretty = serde_json::to_string_pretty(&document);
    let pretty = pretty.map_err(|e| Error::Internal(e.to_string()))?;
    Ok(Outcome::new(document, format!("{pretty}\n")))
}
