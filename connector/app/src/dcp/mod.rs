//! The Decentralized Claims Protocol of this connector: the verifier, the Credential Service, the Issuer Service.
//!
//! What the messages say is in `adit_credentials::dcp`; here they are sent, received, written down and kept.

mod access;
mod holder;
mod issuance;
mod issuer;
mod order;
mod requests;
mod shelf;
mod verifier;

pub use access::AccessTokens;
pub use holder::{offered, query, receive};
pub use issuance::{Approval, Issuance, Types};
pub use issuer::{metadata, request, status};
pub use order::{Order, carry_out};
pub use requests::{Asked, Incoming, Offered};
pub use shelf::Shelf;
pub use verifier::self_issued_for;

use crate::connector::Connector;
use crate::error::Error;
use crate::folder::Folder;
use crate::partners::Directory;
use crate::wallet;
use adit_credentials::Credential;
use adit_credentials::dcp::{CREDENTIAL_SERVICE, DcpRefusal, ISSUER_SERVICE};
use adit_vocab::Did;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the protocol needs to remember.
#[derive(Debug)]
pub struct Dcp {
    /// The access tokens that we gave; they live in memory for minutes.
    pub access: AccessTokens,
    /// The requests that others made for credentials of ours.
    pub incoming: Shelf<Incoming>,
    /// The requests that we made.
    pub asked: Shelf<Asked>,
    /// What others offered us.
    pub offered: Shelf<Offered>,
    /// Held while a request is decided, so that two do not decide it at once.
    deciding: tokio::sync::Mutex<()>,
    answering: AtomicBool,
}

impl Dcp {
    /// What a folder remembers.
    pub fn of(folder: &Folder) -> Self {
        let shelf = |name: &str| folder.state().join("dcp").join(name);
        Self {
            access: AccessTokens::default(),
            incoming: Shelf::at(shelf("requests")),
            asked: Shelf::at(shelf("asked")),
            offered: Shelf::at(shelf("offers")),
            deciding: tokio::sync::Mutex::default(),
            answering: AtomicBool::new(false),
        }
    }

    /// Whether this process answers others, so that they can come back to it.
    pub fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Relaxed)
    }
}

/// Says that this process answers others from now on, and delivers what a former one issued and did not deliver.
pub fn start(connector: &Arc<Connector>) -> Result<(), Error> {
    connector.dcp.answering.store(true, Ordering::Relaxed);
    issuer::resume(connector)
}

impl Connector {
    /// The services that our DID document names beside the connector itself; both answer under one address.
    pub fn dcp_services(&self) -> Result<Vec<Value>, Error> {
        let endpoint = format!("{}/dcp", self.config.base()?);
        let service = |name: &str, kind: &str| {
            let id = format!("{}#{name}", self.did());
            json!({ "id": id, "type": kind, "serviceEndpoint": endpoint })
        };
        Ok(vec![
            service("credential-service", CREDENTIAL_SERVICE),
            service("issuer-service", ISSUER_SERVICE),
        ])
    }

    /// The address of a service that the document of somebody names.
    async fn service_of(
        &self,
        did: &Did,
        service: &'static str,
        now: Timestamp,
    ) -> Result<String, Error> {
        let document = self.document(did, now).await?;
        let endpoint = document.service(service).map(|it| it.trim_end_matches('/').to_owned());
        Ok(endpoint.ok_or_else(|| DcpRefusal::NoService { did: did.clone(), service })?)
    }

    /// Whether we deal with a company: it issues something that we trust, or stands among our partners.
    fn knows(&self, did: &Did, now: Timestamp) -> Result<bool, Error> {
        let trust = self.trust();
        if trust.blocks(did) {
            return Ok(false);
        }
        let is_issuer = trust.listed(now).iter().any(|line| line.in_force && line.issuer == did);
        Ok(is_issuer || partners(&self.folder, &self.directory)?.contains(did))
    }
}

/// The companies that are our partners: those in `partners.csv`, and those whose credential an accepted invitation left in
/// the wallet. That we have heard of a company is not enough.
fn partners(folder: &Folder, directory: &Directory) -> Result<BTreeSet<Did>, Error> {
    let rows = directory.partners()?.into_iter().map(|partner| partner.did);
    let files = wallet::files(folder)?.into_iter().filter(|(path, _)| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("partner-"))
    });
    let met = files.filter_map(|(_, token)| Credential::peek(&token).ok());
    Ok(rows.chain(met.map(|credential| credential.unverified_issuer().clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use adit_credentials::{Claims, Keypair, issue};
    use adit_ingest::Partner;

    #[test]
    fn a_partner_stands_in_our_list_or_accepted_an_invitation() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::at(root.path());
        let directory = Directory::read(&folder).unwrap();
        let did = |name: &str| format!("did:web:{name}.example").parse::<Did>().unwrap();
        let heard_of = json!({
            "did": did("heard"), "name": "Heard of", "base": "https://heard.example", "identifiers": {},
        });
        directory.keep(&serde_json::from_value(heard_of).unwrap()).unwrap();
        let row = Partner { number: "1".into(), name: "Listed".into(), did: did("listed") };
        directory.add_partner(&row).unwrap();
        let (now, key) = (crate::clock::now(), Keypair::generate().unwrap());
        let until = now + jiff::SignedDuration::from_hours(1);
        for (file, issuer) in [("partner-met", "met"), ("dcp-0123456789abcdef", "sent")] {
            let claims = Claims::about("urn:uuid:1", "PartnerCredential", did("we"), now, until);
            let token = issue(&key, &did(issuer), &claims, now).unwrap();
            wallet::keep(&folder, file, &token).unwrap();
        }
        assert_eq!(directory.descriptions().len(), 1);
        let partners = partners(&folder, &directory).unwrap();
        assert_eq!(partners, BTreeSet::from([did("listed"), did("met")]));
    }
}
