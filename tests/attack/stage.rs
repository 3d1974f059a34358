//! Those who take part: the target, an issuer, a holder, and what they show each other.

use super::forge::Token;
use super::peer::{Party, Peer};
use super::request::Request;
use super::target::{DID, Target};
use serde_json::json;
use std::sync::{Mutex, MutexGuard, OnceLock};

/// A target, an issuer that it trusts for membership, and a holder with a server of its own.
#[derive(Debug)]
pub struct Scene {
    /// The connector.
    pub target: Target,
    /// The server on which issuer, holder and others have their DID documents, `peer.example`.
    pub peer: Peer,
    /// Trusted for [`MEMBERSHIP`].
    pub issuer: Party,
    /// Whom the credentials are about.
    pub holder: Party,
}

/// The type that the issuer of a [`Scene`] is trusted for.
pub const MEMBERSHIP: &str = "MembershipCredential";

impl Scene {
    /// A scene of one's own, with lines for `adit.toml`.
    pub fn started(settings: &str) -> Self {
        let mut target = Target::prepared(settings);
        let peer = target.peer("peer.example");
        let (issuer, holder) = (peer.party("issuer"), peer.party("holder"));
        target.trust(&issuer, MEMBERSHIP);
        target.start();
        Self { target, peer, issuer, holder }
    }

    /// A credential of the issuer for the holder.
    pub fn credential(&self) -> Token {
        credential(&self.issuer, &self.holder.did, MEMBERSHIP)
    }

    /// The holder's presentation of that credential to the target.
    pub fn presentation(&self) -> Token {
        presentation(&self.holder, &[self.credential().signed(&self.issuer.key)])
    }

    /// A presentation of other credentials, signed by the holder.
    pub fn showing(&self, credentials: &[String]) -> String {
        presentation(&self.holder, credentials).signed(&self.holder.key)
    }

    /// A small query with a token.
    pub fn asking(&self, token: &str) -> Request {
        Request::sparql(QUERY).bearer(token)
    }
}

/// What [`Scene::asking`] asks.
pub const QUERY: &str = "ASK { <https://id.target.example/p/1/1> ?predicate ?object }";

/// The scene that rows share; each leaves it as it was.
pub fn scene() -> MutexGuard<'static, Scene> {
    static SCENE: OnceLock<Mutex<Scene>> = OnceLock::new();
    let scene = SCENE.get_or_init(|| Mutex::new(Scene::started("")));
    // A test that failed while it held the scene says so itself.
    scene.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The time now, in seconds since 1970.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// An instant as credentials write it.
pub fn instant(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

/// A credential, ready to be changed or signed with `issuer.key`.
pub fn credential(issuer: &Party, subject: &str, kind: &str) -> Token {
    Token {
        header: json!({ "alg": issuer.key.alg(), "typ": "vc+jwt", "cty": "vc", "kid": issuer.kid() }),
        payload: json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/adit/context.jsonld"],
            "id": format!("urn:uuid:{}", fresh()),
            "type": ["VerifiableCredential", kind],
            "issuer": issuer.did,
            "validFrom": instant(now() - 60),
            "validUntil": instant(now() + 86_400),
            "credentialSubject": { "id": subject },
        }),
    }
}

/// A presentation of credentials to the target, ready to be changed or signed with `holder.key`.
pub fn presentation(holder: &Party, credentials: &[String]) -> Token {
    let envelope = |token: &String| {
        json!({
            "@context": "https://www.w3.org/ns/credentials/v2",
            "id": format!("data:application/vc+jwt,{token}"),
            "type": "EnvelopedVerifiableCredential",
        })
    };
    Token {
        header: json!({ "alg": holder.key.alg(), "typ": "vp+jwt", "cty": "vp", "kid": holder.kid() }),
        payload: json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": holder.did,
            "verifiableCredential": credentials.iter().map(envelope).collect::<Vec<_>>(),
            "iss": holder.did,
            "aud": DID,
            "iat": now(),
            "exp": now() + 300,
            "jti": fresh(),
        }),
    }
}

/// A self-issued token for the target, ready to be changed or signed with `holder.key`.
pub fn self_issued(holder: &Party) -> Token {
    Token {
        header: json!({ "alg": holder.key.alg(), "typ": "JWT", "kid": holder.kid() }),
        payload: json!({
            "iss": holder.did, "sub": holder.did, "aud": DID,
            "iat": now(), "exp": now() + 300, "jti": fresh(),
        }),
    }
}

/// A word that was not there before.
pub fn fresh() -> String {
    let mut bytes = [0; 16];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
