//! Who asks: an anonymous caller, the caller of an earlier exchange, or a presentation made now.

use crate::clock;
use crate::connector::Connector;
use crate::documents::Role;
use crate::error::Error;
use crate::query::digest;
use crate::refused;
use adit_credentials::dcp::SelfIssued;
use adit_credentials::limits::CREDENTIALS_MAX;
use adit_credentials::{
    Caller, Credential, CredentialForm, DidDocument, Documents, Evidence, Refusal, Statuses, Trust,
    Unverified,
};
use adit_facts::Who;
use adit_vocab::{Did, adit};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A caller and what was settled with them before.
pub struct Asker {
    /// Who.
    pub caller: Caller,
    /// The purpose that a bearer is bound to.
    pub purpose: Option<String>,
    /// The permit that a bearer is bound to, and the bearer.
    pub bound: Option<(String, String)>,
}

impl Asker {
    /// Whether a credential of the caller was accepted; a DID alone is nobody's, since anybody can make one.
    pub fn who(&self) -> Who {
        match self.caller.credentials() {
            [] => Who::Stranger,
            [..] => Who::Known,
        }
    }
}

impl Connector {
    /// The caller behind an `Authorization` header; nobody in particular without one.
    ///
    /// Implements [RFC 6750](https://www.rfc-editor.org/rfc/rfc6750#section-2.1): what follows `Bearer`
    /// is a bearer of `/token`, a presentation, or a self-issued token of the Decentralized Claims Protocol.
    pub async fn asker(&self, authorization: Option<&str>, now: Timestamp) -> Result<Asker, Error> {
        let Some(header) = authorization else {
            return Ok(Asker { caller: Caller::anonymous(), purpose: None, bound: None });
        };
        let token = bearer_of(header).ok_or(Error::NotABearer)?;
        refused::shown(token);
        if token.contains('.') {
            // The kind of a token is in its header; each kind has one reader, and what is none of them is told as a
            // presentation that is none.
            let caller = match SelfIssued::parse(token) {
                Err(Refusal::Typ { .. }) => self.verify(token, now).await?,
                parsed => {
                    refused::shown(token);
                    self.caller_of(parsed?, now).await?
                }
            };
            return Ok(Asker { caller, purpose: None, bound: None });
        }
        let session = self.sessions.find(token, now).ok_or(Error::BearerUnknown)?;
        // The gate has greeted whoever is behind it, with every request.
        let statuses = self.statuses_of(&session.caller, now).await;
        if !session.caller.still_trusted(&self.trust(), &statuses, now) {
            self.sessions.close(token);
            return Err(Error::BearerEnded {
                why: "a credential behind it ended, was taken back or cannot be checked, or its issuer is no longer trusted",
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
        refused::shown(presentation);
        Box::pin(self.proved(Unverified::parse(presentation)?, now)).await
    }

    /// The caller behind a presentation that was read.
    pub async fn proved(&self, unverified: Unverified, now: Timestamp) -> Result<Caller, Error> {
        let trust = self.trust();
        let mut documents = Documents::default();
        for did in unverified.issuers(&trust, now)? {
            documents.add(self.signer(&did, Role::Issuer, now).await?);
        }
        let none = Statuses::default();
        let issued = |documents: &Documents| {
            let evidence = self.evidence(documents, &none, &trust, now);
            unverified.check_issuers(&evidence)?;
            unverified.status_lists(&evidence)
        };
        let wanted = self.settled(&mut documents, Role::Issuer, now, issued).await?;
        let statuses = self.statuses(&wanted, &documents, now).await;
        if let Some(holder) = unverified.holder() {
            documents.add(self.signer(&holder, Role::Signer, now).await?);
        }
        let shown = |documents: &Documents| {
            unverified.verify(&self.evidence(documents, &statuses, &trust, now))
        };
        let caller = self.settled(&mut documents, Role::Signer, now, shown).await?;
        self.greet(&caller)?;
        Ok(caller)
    }

    /// Makes a check, and again with a newer document of each signer whose key or signature it refused: the key may have
    /// been replaced since the document was fetched.
    pub(crate) async fn settled<T>(
        &self,
        documents: &mut Documents,
        role: Role,
        now: Timestamp,
        check: impl Fn(&Documents) -> Result<T, Refusal>,
    ) -> Result<T, Error> {
        let mut asked = BTreeSet::new();
        loop {
            let refusal = match check(documents) {
                Ok(settled) => return Ok(settled),
                Err(refusal) => refusal,
            };
            let signer = match &refusal {
                Refusal::NoKey { did, .. } | Refusal::Signature { did, .. } => did,
                _ => return Err(refusal.into()),
            };
            let is_elsewhere = signer.method() == "web" && signer != self.did();
            if !is_elsewhere || !asked.insert(signer.clone()) {
                return Err(refusal.into());
            }
            let cache = &self.directory.documents;
            match cache.refreshed(&self.outbound, signer, role, now).await {
                Ok(document) => documents.add(document),
                // Without a newer document the older one stands, and so does what it refused.
                Err(_) => return Err(refusal.into()),
            }
        }
    }

    /// What a verification looks at besides the token.
    pub fn evidence<'a>(
        &'a self,
        documents: &'a Documents,
        statuses: &'a Statuses,
        trust: &'a Trust,
        now: Timestamp,
    ) -> Evidence<'a> {
        let (audience, replay, verified) = (self.did(), &self.replays, &self.verified);
        Evidence { documents, statuses, trust, audience, replay, verified, now }
    }

    /// The DID document of somebody; our own without asking the network.
    pub async fn document(&self, did: &Did, now: Timestamp) -> Result<DidDocument, Error> {
        self.signer(did, Role::Signer, now).await
    }

    /// The DID document of somebody, asked for anew because the one at hand lacks a key.
    pub async fn refreshed(&self, did: &Did, now: Timestamp) -> Result<DidDocument, Error> {
        if did == self.did() {
            return self.document(did, now).await;
        }
        self.directory.documents.refreshed(&self.outbound, did, Role::Signer, now).await
    }

    pub(crate) async fn signer(
        &self,
        did: &Did,
        role: Role,
        now: Timestamp,
    ) -> Result<DidDocument, Error> {
        if did == self.did() && did.method() == "web" {
            let own = self.own_document(now)?;
            return Ok(DidDocument::parse(did, own.to_string().as_bytes())?);
        }
        self.directory.documents.document(&self.outbound, did, role, now).await
    }

    /// Our own DID document.
    pub fn own_document(&self, now: Timestamp) -> Result<serde_json::Value, Error> {
        let base = self.config.base()?;
        Ok(self.keys().document(self.did(), base, &self.dcp_services()?, now))
    }

    /// A presentation of our credentials to somebody.
    pub fn present(
        &self,
        credentials: &[String],
        audience: &Did,
        now: Timestamp,
    ) -> Result<String, Error> {
        let id = clock::random_id();
        Ok(adit_credentials::present(
            self.keys().signing(now),
            self.did(),
            credentials,
            audience,
            &id,
            now,
        )?)
    }

    /// The credentials in the wallet.
    pub fn wallet(&self) -> Result<Vec<String>, Error> {
        crate::wallet::read(&self.folder)
    }

    /// What of the chosen credentials is for one audience.
    ///
    /// A credential that binds two companies is shown to its issuer alone; those that say what
    /// somebody is (researcher, authority, auditor, member) are shown to whoever trusts their issuer:
    /// of ourselves we know that; another says so when it is asked ([`crate::token`]). One that its issuer took back is left
    /// out where another fits: it opens nothing, and whoever is shown it refuses the others with it.
    pub fn fitting(&self, chosen: &[String], audience: &Did) -> Vec<String> {
        let (trust, now) = ((audience == self.did()).then(|| self.trust()), clock::now());
        let fits = |jwt: &&String| {
            Credential::peek(jwt).is_ok_and(|credential| {
                let issuer = credential.unverified_issuer();
                let mut types = credential.unverified_types().iter();
                // What is about an item, or in a form of another protocol, is not presented.
                if credential.form() != CredentialForm::Jwt
                    || credential.unverified_subject().holder().is_none()
                {
                    return false;
                }
                match (is_bilateral(jwt), &trust) {
                    (true, _) => issuer == audience,
                    (false, Some(trust)) => types.any(|held| trust.accepts(issuer, held, now)),
                    (false, None) => true,
                }
            })
        };
        // No more than a presentation holds, and first what opens something at this audience alone.
        let mut fitting: Vec<_> = chosen.iter().filter(fits).cloned().collect();
        let stands = |jwt: &&String| {
            Credential::peek(jwt).is_ok_and(|credential| !self.was_taken_back(&credential, now))
        };
        let standing: Vec<_> = fitting.iter().filter(stands).cloned().collect();
        if !standing.is_empty() {
            fitting = standing;
        }
        fitting.sort_by_key(|jwt| !is_bilateral(jwt));
        fitting.truncate(CREDENTIALS_MAX);
        fitting
    }

    /// The same after their issuers were asked how they stand.
    pub async fn standing(&self, chosen: &[String], audience: &Did, now: Timestamp) -> Vec<String> {
        for jwt in self.fitting(chosen, audience) {
            if let Ok(credential) = Credential::peek(&jwt) {
                self.own_statuses(&credential, now).await;
            }
        }
        self.fitting(chosen, audience)
    }
}

/// What follows `Bearer` in a header.
pub fn bearer_of(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
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

#[cfg(test)]
mod tests {
    use super::*;
    use adit_credentials::Held;

    #[test]
    fn a_did_that_anybody_can_make_is_a_strangers() {
        let who = |did: Option<&str>, is_accepted: bool| {
            let did: Option<Did> = did.map(|did| did.parse().unwrap());
            let held = did.iter().filter(|_| is_accepted).map(|did| {
                let issuer = "did:web:issuer.example".parse().unwrap();
                Held::for_test([adit::MEMBERSHIP_CREDENTIAL.as_str()], issuer, did.clone(), None)
            });
            let caller = Caller::for_test(did.clone(), held.collect());
            Asker { caller, purpose: None, bound: None }.who()
        };
        let free = Some("did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169");
        assert_eq!(who(None, false), Who::Stranger);
        assert_eq!(who(free, false), Who::Stranger);
        assert_eq!(who(free, true), Who::Known);
        assert_eq!(who(Some("did:web:mill.example"), true), Who::Known);
    }
}
