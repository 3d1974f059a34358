//! `adit key list | rotate | retire`

use super::KeyTrouble;
use super::issued::last_end;
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::outcome::Outcome;
use adit_credentials::{Algorithm, KeyInfo, KeyState, Keypair, Rotation};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What `adit key rotate` asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rotate {
    /// Seconds that the new key is published before it signs.
    pub lead_s: i64,
    /// Seconds that the old key proves presentations after the new one signs.
    pub overlap_s: i64,
    /// The kind of the new key; that of the old one if left out.
    pub algorithm: Option<String>,
}

/// `adit key list`
pub fn list(connector: &Connector) -> Outcome {
    let keys = connector.keys().list(connector.did(), clock::now());
    let human: String = keys.iter().map(|key| format!("{}\n", line(key))).collect();
    Outcome::new(json!({ "keys": keys }), human)
}

fn line(key: &KeyInfo) -> String {
    let name = &key.kid;
    match (key.state, key.ends) {
        (KeyState::Announced, _) => format!("{name} is announced; signs from {}", key.signs_from),
        (KeyState::Signs, None) => format!("{name} signs"),
        (KeyState::Signs, Some(_)) => format!("{name} signs until the announced key does"),
        (KeyState::Revoked, ends) => {
            let since = ends.and_then(|ends| ends.revoked).map(|at| format!(" since {at}"));
            format!("{name} is revoked{}", since.unwrap_or_default())
        }
        (_, Some(ends)) if key.state == KeyState::Overlap => {
            format!(
                "{name} signs no more; what it signed is accepted until {}",
                ends.presents_until
            )
        }
        (_, ends) => {
            let until = ends.map(|ends| format!(" until {}", ends.asserts_until));
            format!("{name} proves the credentials that it signed{}", until.unwrap_or_default())
        }
    }
}

/// `adit key rotate`: a new key beside the old one, and the dates on which they change places.
///
/// The owner's credential is issued anew; every other one stays as it is, and the old key stays in the DID document under
/// `assertionMethod` until the last of them ends.
pub async fn rotate(connector: &Connector, wanted: Rotate) -> Result<Outcome, Error> {
    let _one_at_a_time = connector.changing.lock().await;
    refuse_fixed(connector)?;
    let now = clock::now();
    let keys = connector.keys();
    let algorithm = match wanted.algorithm.as_deref() {
        Some(name) => named(name)?,
        None => keys.issuing().public().algorithm(),
    };
    let asserts_until = last_end(connector, keys.newest_made())?.unwrap_or(now);
    let (lead, overlap) =
        (SignedDuration::from_secs(wanted.lead_s), SignedDuration::from_secs(wanted.overlap_s));
    let rotation = Rotation { now, lead, overlap, asserts_until };
    let changed =
        keys.rotate(Keypair::generate_for(algorithm)?, &rotation).map_err(KeyTrouble::from)?;
    let told = changed.list(connector.did(), now);
    let what = json!({ "made": changed.issuing().public().to_jwk(), "keys": told });
    connector.change_keys(what, changed, now).await?;
    let lines: String = told.iter().map(|key| format!("{}\n", line(key))).collect();
    let human = format!(
        "{lines}where another web server serves your did.json, give it the new one now: adit did export\n"
    );
    Ok(Outcome::new(json!({ "keys": told }), human))
}

/// `adit key retire`: a key that may be in wrong hands proves nothing any more, old or new.
pub async fn retire(connector: &Connector, kid: &str) -> Result<Outcome, Error> {
    let _one_at_a_time = connector.changing.lock().await;
    refuse_fixed(connector)?;
    let now = clock::now();
    let changed = connector.keys().retire(connector.did(), kid, now).map_err(KeyTrouble::from)?;
    let told = changed.list(connector.did(), now);
    let what = json!({ "revoked": kid, "keys": told });
    connector.change_keys(what, changed, now).await?;
    let human = format!(
        "{kid} is revoked: whoever reads our DID document, which others keep for ten minutes, accepts nothing that it signed. Issue those credentials again: adit credential renew\n"
    );
    Ok(Outcome::new(json!({ "revoked": kid, "keys": told }), human))
}

/// The kind of key that a person names.
pub fn named(name: &str) -> Result<Algorithm, Error> {
    match name {
        "es256" => Ok(Algorithm::Es256),
        "ed25519" => Ok(Algorithm::Ed25519),
        _ => Err(Error::Usage(format!("'{name}' is not a kind of key; write es256 or ed25519"))),
    }
}

/// A DID that spells its key cannot have another.
fn refuse_fixed(connector: &Connector) -> Result<(), Error> {
    match connector.did().method() {
        "web" => Ok(()),
        _ => Err(KeyTrouble::Fixed { did: connector.did().clone() }.into()),
    }
}
