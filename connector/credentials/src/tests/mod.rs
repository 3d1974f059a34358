//! The token gate from outside: what passes, and the exact answer to everything else.

mod claims;
mod credentials;
mod did;
mod form;
mod gate;
mod keys;
mod kinds;
mod opinions;
mod past;
mod status;
mod trust;
mod vectors;
mod verified;

use crate::jose_guard::Typ;
use crate::*;
use adit_vocab::{Did, adit};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The mill is asked; the OEM issues; the shop presents.
struct World {
    mill: Did,
    oem: Did,
    shop: Did,
    oem_key: Keypair,
    shop_key: Keypair,
    trust: Trust,
    verified: Verified,
    statuses: Statuses,
    now: Timestamp,
}

fn did(text: &str) -> Did {
    text.parse().unwrap()
}

impl World {
    fn new() -> Self {
        let oem = did("did:web:oem.example");
        Self {
            mill: did("did:web:mill.example"),
            shop: did("did:web:shop.example"),
            trust: trusting(&oem, ["PartnerCredential"]),
            verified: Verified::default(),
            statuses: Statuses::default(),
            oem,
            oem_key: Keypair::generate().unwrap(),
            shop_key: Keypair::generate().unwrap(),
            now: "2026-11-22T12:00:00Z".parse().unwrap(),
        }
    }

    fn documents(&self) -> Documents {
        let parties = [(&self.oem, &self.oem_key), (&self.shop, &self.shop_key)];
        parties.map(|(did, key)| read(did, &document(did, &[key]))).into_iter().collect()
    }

    /// The documents, with another one of one party.
    fn documents_with(&self, did: &Did, document: &Value) -> Documents {
        let mut documents = self.documents();
        documents.add(read(did, document));
        documents
    }

    fn evidence<'a>(&'a self, documents: &'a Documents, replay: &'a dyn Replay) -> Evidence<'a> {
        let Self { statuses, trust, verified, mill: audience, now, .. } = self;
        Evidence { documents, statuses, trust, audience, replay, verified, now: *now }
    }

    fn claims(&self) -> Claims {
        let valid_until = self.now + SignedDuration::from_hours(24);
        let subject = self.shop.clone();
        Claims::about("urn:uuid:1", "PartnerCredential", subject, self.now, valid_until)
    }

    fn credential(&self) -> String {
        issue(&self.oem_key, &self.oem, &self.claims(), self.now).unwrap()
    }

    fn presentation(&self) -> String {
        self.present(&[self.credential()])
    }

    fn present(&self, credentials: &[String]) -> String {
        present(&self.shop_key, &self.shop, credentials, &self.mill, "1", self.now).unwrap()
    }

    fn try_token(&self, token: &str) -> Result<Caller, Refusal> {
        self.try_token_with(token, &self.documents(), &ForgetfulReplay::default())
    }

    fn try_token_with(
        &self,
        token: &str,
        documents: &Documents,
        replay: &ForgetfulReplay,
    ) -> Result<Caller, Refusal> {
        let unverified = Unverified::parse(token)?;
        unverified.issuers(&self.trust, self.now)?;
        let evidence = self.evidence(documents, replay);
        unverified.verify(&evidence)
    }

    /// The presentation with its parts changed, signed by the shop all the same.
    fn forge(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        resign(&self.presentation(), &self.shop_key, change)
    }

    /// A presentation of the credential with its parts changed, signed by the OEM all the same.
    fn forge_credential(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        self.present(&[resign(&self.credential(), &self.oem_key, change)])
    }

    /// Holds one refused token against code, kind and text.
    fn check(&self, token: &str, code: &str, cause: Cause, text: &str) {
        let refusal = self.try_token(token).unwrap_err();
        let got = (refusal.code(), refusal.cause(), refusal.to_string());
        assert_eq!(got, (code, cause, text.to_owned()));
    }
}

fn trusting<const N: usize>(issuer: &Did, types: [&str; N]) -> Trust {
    let mut list = TrustList::default();
    list.add(issuer, types, None).unwrap();
    list.into()
}

fn document(did: &Did, keys: &[&Keypair]) -> Value {
    let keys: Vec<_> = keys.iter().map(|key| key.public()).collect();
    did_web_document(did, &keys, "https://connector.example", &[])
}

fn read(did: &Did, document: &Value) -> DidDocument {
    DidDocument::parse(did, document.to_string().as_bytes()).unwrap()
}

fn resign(token: &str, key: &Keypair, change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let parts: Vec<_> = token.split('.').collect();
    let read = |part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let (mut header, mut payload) = (read(parts[0]), read(parts[1]));
    change(&mut header, &mut payload);
    sign_text(&header.to_string(), &payload.to_string(), key)
}

fn sign_text(header: &str, payload: &str, key: &Keypair) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}
