//! The verifier: a self-issued token comes, we fetch what its sender shows, and verify both.

use crate::clock;
use crate::connector::Connector;
use crate::documents::Role;
use crate::error::Error;
use crate::refused;
use crate::safe_client::{Cap, Request};
use adit_credentials::Caller;
use adit_credentials::dcp::{
    CREDENTIAL_SERVICE, DcpRefusal, PresentationQuery, PresentationResponse, Scope, SelfIssued,
    Sender, Shown, scopes_to_ask, self_issue,
};
use adit_credentials::{Documents, Evidence, Replay, Statuses};
use adit_vocab::Did;
use jiff::Timestamp;

impl Connector {
    /// Who sent a message, by the self-issued token in its `Authorization` header.
    pub async fn sender(
        &self,
        authorization: Option<&str>,
        now: Timestamp,
    ) -> Result<Sender, Error> {
        let header = authorization.ok_or(Error::NotABearer)?;
        let token = crate::identity::bearer_of(header).ok_or(Error::NotABearer)?;
        refused::shown(token);
        let sender = self.sender_of(SelfIssued::parse(token)?, now).await?;
        self.rates.count_did(sender.did())?;
        Ok(sender)
    }

    /// Verifies a self-issued token.
    pub async fn sender_of(&self, token: SelfIssued, now: Timestamp) -> Result<Sender, Error> {
        let (trust, statuses) = (self.trust(), Statuses::default());
        let mut documents = Documents::default();
        // Who cannot be looked up is a stranger.
        let is_known = self.knows(token.unverified_sender(), now).unwrap_or(false);
        let role = if is_known { Role::Signer } else { Role::Stranger };
        if let Some(did) = token.did(&trust, self.did())? {
            documents.add(self.signer(did, role, now).await?);
        }
        let strangers = self.replays.of_strangers();
        let replay: &dyn Replay = if is_known { &self.replays } else { &strangers };
        let sent = |documents: &Documents| {
            token.verify(&Evidence { replay, ..self.evidence(documents, &statuses, &trust, now) })
        };
        let sender = self.settled(&mut documents, role, now, sent).await?;
        refused::proved(sender.did());
        Ok(sender)
    }

    /// The caller behind a self-issued token: asks the sender's Credential Service for the credentials that this company
    /// trusts anybody to issue, and verifies what comes.
    ///
    /// Implements [Presentation Flow](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#presentation-flow).
    pub async fn caller_of(&self, token: SelfIssued, now: Timestamp) -> Result<Caller, Error> {
        if !token.has_token() {
            let sender = token.unverified_sender().clone();
            return Err(DcpRefusal::NoToken { sender }.into());
        }
        let sender = self.sender_of(token, now).await?;
        let scopes = scopes_to_ask(&self.trust(), now);
        let shown = Shown::read(&self.fetch_shown(&sender, &scopes, now).await?, &sender, &scopes)?;
        let mut whole: Option<Caller> = None;
        for presentation in shown.into_presentations() {
            let caller = self.proved(presentation, now).await?;
            whole = match whole {
                Some(whole) => whole.joined(caller),
                None => Some(caller),
            };
        }
        whole.ok_or_else(|| Error::Internal("a presentation proved another caller".into()))
    }

    async fn fetch_shown(
        &self,
        sender: &Sender,
        scopes: &[Scope],
        now: Timestamp,
    ) -> Result<PresentationResponse, Error> {
        let holder = sender.did();
        let service = self.service_of(holder, CREDENTIAL_SERVICE, now).await?;
        let query = PresentationQuery { scopes: scopes.to_vec() }.to_json();
        let token = self.self_issued(holder, sender.token(), now)?;
        let url = format!("{service}/presentations/query");
        let is_known = self.knows(holder, now).unwrap_or(false);
        let request = Request::post(url, &query, Cap::Message).bearer(token).by_stranger(!is_known);
        let response = self.outbound.send(request).await?;
        if !(200..300).contains(&response.status) {
            let status = response.status;
            return Err(DcpRefusal::NotShown { holder: holder.clone(), status }.into());
        }
        Ok(PresentationResponse::read(&response.body)?)
    }

    /// A self-issued token of ours for somebody, with an access token that goes along.
    pub(super) fn self_issued(
        &self,
        audience: &Did,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<String, Error> {
        let keys = self.keys();
        let id = clock::random_id();
        Ok(self_issue(keys.signing(now), self.did(), audience, token, &id, now)?)
    }
}

/// A self-issued token by which a verifier fetches credentials of ours: those of some types, short, as IRIs or written as
/// scopes, or all that it may see.
pub fn self_issued_for(
    connector: &Connector,
    verifier: &Did,
    types: &[String],
    now: Timestamp,
) -> Result<String, Error> {
    if !connector.dcp.is_answering() {
        let told = "the peer comes back for the credentials, so adit serve must run in this folder";
        return Err(Error::Usage(told.to_owned()));
    }
    let scope = |text: &String| text.parse().unwrap_or_else(|_| Scope::Type(text.clone()));
    let scopes = types.iter().map(scope).collect();
    let access = connector.dcp.access.give(verifier, scopes, now);
    connector.self_issued(verifier, Some(&access), now)
}
