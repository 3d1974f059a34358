//! Credentials that this company issues; each is in the journal before anybody has it.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::folder;
use crate::outcome::Outcome;
use adit_credentials::{Claims, credential_type};
use adit_journal::Kind;
use adit_vocab::{Did, shorten};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::PathBuf;

/// What `adit credential issue` asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Wanted {
    /// The type, short or as an IRI.
    pub kind: String,
    /// The holder.
    pub to: Did,
    /// How many days it is valid.
    pub days: u16,
    /// Where to write it.
    pub output: PathBuf,
}

/// Issues a credential: the journal first, then the file.
pub async fn issue(connector: &Connector, wanted: Wanted) -> Result<Outcome, Error> {
    let Wanted { kind, to, days, output } = wanted;
    let kind = credential_type(&kind).ok_or(Error::UnknownType { got: kind })?;
    let now = clock::now();
    let life = SignedDuration::from_hours(i64::from(days) * 24);
    let claims = Claims {
        id: format!("urn:uuid:{}", clock::random_id()),
        types: vec![kind.to_owned()],
        subject: to.clone(),
        valid_from: now,
        valid_until: now.saturating_add(life).unwrap_or(now),
        extra: Default::default(),
    };
    let jwt = adit_credentials::issue(&connector.key, connector.did(), &claims, now)?;
    let what = json!({ "issued": claims.id, "type": kind, "to": to, "until": claims.valid_until });
    connector.record(Kind::Trust, what, now).await?;
    folder::write(&output, format!("{jwt}\n").as_bytes(), true)?;
    let human = format!("{} for {to} written to {}\n", shorten(kind), output.display());
    Ok(Outcome::new(json!({ "type": kind, "subject": to, "file": output }), human))
}
