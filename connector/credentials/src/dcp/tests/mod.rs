//! Messages, scopes, tokens and what is shown, and the exact answer to everything else.

mod messages;
mod scopes;
mod self_issued;
mod wallet;

use super::*;
use crate::*;
use adit_vocab::Did;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::LazyLock;

static NOW: LazyLock<Timestamp> = LazyLock::new(|| "2026-11-22T12:00:00Z".parse().unwrap());
static SHOP_KEY: LazyLock<Keypair> = LazyLock::new(|| Keypair::generate().unwrap());
static OEM_KEY: LazyLock<Keypair> = LazyLock::new(|| Keypair::generate().unwrap());

fn did(name: &str) -> Did {
    format!("did:web:{name}.example").parse().unwrap()
}

/// The document of a company with one key, with members changed.
fn document(name: &str, key: &Keypair, change: impl FnOnce(&mut Value)) -> DidDocument {
    let services = [json!({
        "id": "#cs", "type": CREDENTIAL_SERVICE, "serviceEndpoint": "https://cs.shop.example/",
    })];
    let mut document =
        did_web_document(&did(name), &[key.public()], "https://connector.example", &services);
    change(&mut document);
    DidDocument::parse(&did(name), document.to_string().as_bytes()).unwrap()
}

fn documents() -> Documents {
    [document("shop", &SHOP_KEY, |_| {}), document("oem", &OEM_KEY, |_| {})].into_iter().collect()
}

fn trust() -> Trust {
    let mut list = TrustList::default();
    list.add(&did("oem"), ["MembershipCredential"], None).unwrap();
    list.into()
}

/// Verifies as the mill does.
fn with_evidence<T>(
    documents: &Documents,
    replay: &dyn Replay,
    check: impl FnOnce(&Evidence<'_>) -> T,
) -> T {
    let (statuses, trust, verified) = (Statuses::default(), trust(), Verified::default());
    let (audience, now) = (&did("mill"), *NOW);
    check(&Evidence {
        documents,
        statuses: &statuses,
        trust: &trust,
        audience,
        replay,
        verified: &verified,
        now,
    })
}

fn verify(token: &str, documents: &Documents, replay: &dyn Replay) -> Result<Sender, Refusal> {
    let token = SelfIssued::parse(token)?;
    with_evidence(documents, replay, |evidence| token.verify(evidence))
}

fn token(access: Option<&str>) -> String {
    self_issue(&SHOP_KEY, &did("shop"), &did("mill"), access, "1", *NOW).unwrap()
}

/// A token with header and claims changed, signed by the shop all the same.
fn resigned(token: &str, change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let parts: Vec<_> = token.split('.').collect();
    let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let (mut header, mut payload) = (read(parts[0]), read(parts[1]));
    change(&mut header, &mut payload);
    let [header, payload] = [header, payload].map(|it| URL_SAFE_NO_PAD.encode(it.to_string()));
    let signature = SHOP_KEY.sign(format!("{header}.{payload}").as_bytes()).unwrap();
    format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn credential(id: &str, holder: &str, valid_s: i64) -> String {
    let until = *NOW + SignedDuration::from_secs(valid_s);
    let from = *NOW - SignedDuration::from_hours(1);
    let claims = Claims::about(id, "MembershipCredential", did(holder), from, until);
    issue(&OEM_KEY, &did("oem"), &claims, *NOW).unwrap()
}
