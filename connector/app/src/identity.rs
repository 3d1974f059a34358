//! Who asks: an anonymous caller, the caller of an earlier exchange, or a presentation made now.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::query::digest;
use adit_credentials::{Caller, Credential, DidDocument, Documents, Unverified};
use adit_vocab::{Did, adit};
use jiff::Timestamp;

/// A caller and what was settled with them before.
pub struct Asker {
    /// Who.
    pub caller: Caller,
    /// The purpose that a bearer is bound to.
    pub purpose: Option<String>,
    /// The permit that a bearer is bound to, and the bearer.
    pub bound: Option<(String, String)>,
}

impl Connector {
    /// The caller behind an `Authorization` header; nobody in particular without one.
    ///
    /// Implements [RFC 6750](https://www.rfc-editor.org/rfc/rfc6750#section-2.1): what follows `Bearer`
    /// is a bearer of `/token`, or a presentation.
    pub async fn asker(&self, authorization: Option<&str>, now: Timestamp) -> Result<Asker, Error> {
        let Some(header) = authorization else {
            return Ok(Asker { caller: Caller::anonymous(), purpose: None, bound: None });
        };
        let token = header
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or(Error::NotABearer)?;
        if token.contains('.') {
            let caller = self.verify(token, now).await?;
            return Ok(Asker { caller, purpose: None, bound: None });
        }
        let session = self.sessions.find(token, now).ok_or(Error::BearerUnknown)?;
        if !session.caller.still_trusted(&self.trust(), now) {
            self.sessions.close(token);
            return Err(Error::BearerEnded {
                why: "a credential behind it ended or its issuer is no longer trusted",
            });
        }
        Ok(Asker {
            caller: session.caller,
            purpose: session.purpose,
            bound: Some((session.permit, token.to_owned())),
        })
    }

    /// Verifies a presentation made for this connector.
    pub async fn verify(&self, presentation: &str, now: Timestamp) -> Result<Caller, Error> {
        let unverified = Unverified::parse(presentation)?;
        let trust = self.trust();
        let mut documents = Documents::default();
        for did in unverified.dids(&trust)? {
            documents.add(self.document(&did, now).await?);
        }
        Ok(unverified.verify(&documents, &trust, self.did(), &self.replays, now)?)
    }

    /// The DID document of somebody; our own without asking the network.
    pub async fn document(&self, did: &Did, now: Timestamp) -> Result<DidDocument, Error> {
        if did == self.did() && did.method() == "web" {
            let own = self.own_document()?;
            return Ok(DidDocument::parse(did, own.to_string().as_bytes())?);
        }
        self.directory.document(&self.outbound, did, now).await
    }

    /// Our own DID document.
    pub fn own_document(&self) -> Result<serde_json::Value, Error> {
        let base = self.config.base()?;
        Ok(adit_credentials::did_web_document(self.did(), &[self.key.public()], base))
    }

    /// A presentation of our credentials to somebody.
    pub fn present(
        &self,
        credentials: &[String],
        audience: &Did,
        now: Timestamp,
    ) -> Result<String, Error> {
        let id = clock::random_id();
        Ok(adit_credentials::present(&self.key, self.did(), credentials, audience, &id, now)?)
    }

    /// The credentials in the wallet.
    pub fn wallet(&self) -> Result<Vec<String>, Error> {
        crate::wallet::read(&self.folder)
    }

    /// What of the chosen credentials is for one audience.
    ///
    /// A credential that binds two companies is shown to its issuer alone; those that say what
    /// somebody is (researcher, authority, auditor, member) are shown to whoever trusts their issuer:
    /// of ourselves we know that; another says so when it is asked ([`crate::token`]).
    pub fn fitting(&self, chosen: &[String], audience: &Did) -> Vec<String> {
        let trust = (audience == self.did()).then(|| self.trust());
        let fits = |jwt: &&String| {
            Credential::peek(jwt).is_ok_and(|credential| {
                let issuer = credential.unverified_issuer();
                let mut types = credential.unverified_types().iter();
                match (is_bilateral(jwt), &trust) {
                    (true, _) => issuer == audience,
                    (false, Some(trust)) => types.any(|held| trust.accepts(issuer, held)),
                    (false, None) => true,
                }
            })
        };
        chosen.iter().filter(fits).cloned().collect()
    }
}

/// Whether a credential binds its holder to its issuer and to nobody else.
pub fn is_bilateral(jwt: &str) -> bool {
    let bilateral = [adit::OWNER_CREDENTIAL.as_str(), adit::PARTNER_CREDENTIAL.as_str()];
    Credential::peek(jwt).is_ok_and(|credential| {
        credential.unverified_types().iter().any(|held| bilateral.contains(held))
    })
}

/// A short name of what is shown, for caches of conversations.
pub fn digest_of(credentials: &[String]) -> String {
    let mut sorted: Vec<_> = credentials.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    digest(&sorted.join("\n"))
}
