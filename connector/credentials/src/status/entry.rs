//! Where a credential stands in a status list.

use super::WantedList;
use crate::Refusal;
use crate::limits::*;
use crate::refusal::Claim;
use serde::Serialize;
use serde_json::{Value, json};

/// What a set bit of a list means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusPurpose {
    /// The credential was taken back for good.
    Revocation,
    /// The credential is held for a while.
    Suspension,
}

/// Which specification a list follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusForm {
    /// [Bitstring Status List v1.0](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry).
    Bitstring,
    /// Its forerunner, [StatusList2021](https://www.w3.org/TR/2023/WD-vc-status-list-20230427/#statuslist2021entry), which the
    /// Decentralized Claims Protocol pairs with the data model 1.1.
    List2021,
}

/// The place of a credential in a list.
///
/// Implements [BitstringStatusListEntry](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusEntry {
    /// What the list is for.
    pub purpose: StatusPurpose,
    /// The address of the list.
    pub list: String,
    /// Which bit.
    pub index: u64,
    /// Which specification the list follows.
    pub form: StatusForm,
}

impl StatusPurpose {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Revocation, Self::Suspension];

    /// The word in the list and in the credential.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
        }
    }

    /// The purpose of a word.
    ///
    /// ```
    /// use adit_credentials::StatusPurpose;
    /// assert_eq!(StatusPurpose::named("suspension"), Some(StatusPurpose::Suspension));
    /// assert_eq!(StatusPurpose::named("refresh"), None);
    /// ```
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word)
    }
}

impl std::fmt::Display for StatusPurpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl StatusForm {
    const fn entry_type(self) -> &'static str {
        match self {
            Self::Bitstring => "BitstringStatusListEntry",
            Self::List2021 => "StatusList2021Entry",
        }
    }
}

impl StatusEntry {
    /// The entry as `credentialStatus` writes it.
    pub fn to_json(&self) -> Value {
        json!({
            "id": format!("{}#{}", self.list, self.index),
            "type": self.form.entry_type(),
            "statusPurpose": self.purpose.as_str(),
            "statusListIndex": self.index.to_string(),
            "statusListCredential": self.list,
        })
    }

    /// The list, where the credential is this issuer's.
    pub(crate) fn wanted(&self, issuer: &adit_vocab::Did) -> WantedList {
        WantedList { url: self.list.clone(), issuer: issuer.clone(), form: self.form }
    }
}

/// The entries of a credential: one object or several, each for a purpose that is checked.
///
/// A `refresh` or a `message` never makes a credential invalid, so it is skipped, as
/// [the specification](https://www.w3.org/TR/vc-bitstring-status-list/#statuspurpose) says. Anything else that could not be
/// checked refuses the credential.
pub(crate) fn entries_of(status: Option<&Value>) -> Result<Vec<StatusEntry>, Refusal> {
    let entries = match status {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(entries)) if entries.len() <= STATUSES_MAX => entries.as_slice(),
        Some(Value::Array(_)) => return Err(refuse("at most 4 entries")),
        Some(entry) => std::slice::from_ref(entry),
    };
    let entries: Result<Vec<_>, _> = entries.iter().map(entry_of).collect();
    Ok(entries?.into_iter().flatten().collect())
}

fn entry_of(entry: &Value) -> Result<Option<StatusEntry>, Refusal> {
    let text = |member: &str| entry.get(member).and_then(Value::as_str);
    let form = [StatusForm::Bitstring, StatusForm::List2021]
        .into_iter()
        .find(|form| text("type") == Some(form.entry_type()))
        .ok_or(refuse("of type BitstringStatusListEntry or StatusList2021Entry"))?;
    let purpose = match text("statusPurpose") {
        Some("refresh" | "message") => return Ok(None),
        Some(word) => StatusPurpose::named(word),
        None => None,
    };
    let purpose = purpose.ok_or(refuse("for the purpose revocation or suspension"))?;
    if entry.get("statusSize").is_some_and(|size| *size != json!(1)) {
        return Err(refuse("one bit wide"));
    }
    let index = text("statusListIndex").filter(|text| is_number(text));
    let index = index.and_then(|text| text.parse().ok());
    let index = index.ok_or(refuse("with statusListIndex, a whole number as text"))?;
    let list = text("statusListCredential").filter(|url| is_address(url));
    let list = list.ok_or(refuse("with statusListCredential, an https address"))?.to_owned();
    Ok(Some(StatusEntry { purpose, list, index, form }))
}

fn is_number(text: &str) -> bool {
    (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether text looks like an address; which may be asked is for the outbound gate to say.
fn is_address(text: &str) -> bool {
    let scheme_fits = text.starts_with("https://") || text.starts_with("http://");
    scheme_fits && text.len() <= 2048 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn refuse(expected: &'static str) -> Refusal {
    Refusal::Claim { claim: Claim::CredentialStatus, expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> StatusEntry {
        let list = "https://oem.example/credentials/status/revocation/1".to_owned();
        let (purpose, form) = (StatusPurpose::Revocation, StatusForm::Bitstring);
        StatusEntry { purpose, list, index: 94_567, form }
    }

    #[test]
    fn what_is_written_is_read() {
        let written = entry().to_json();
        assert_eq!(entries_of(Some(&written)).unwrap(), [entry()]);
        assert_eq!(entries_of(Some(&json!([written, written]))).unwrap(), [entry(), entry()]);
        assert_eq!(entries_of(None).unwrap(), []);
    }

    #[test]
    fn a_hint_is_skipped_and_what_cannot_be_checked_refuses() {
        for purpose in ["refresh", "message"] {
            let mut written = entry().to_json();
            written["statusPurpose"] = json!(purpose);
            assert_eq!(entries_of(Some(&written)).unwrap(), [], "{purpose}");
        }
        for (member, value) in [
            ("type", json!("TokenStatusList")),
            ("statusPurpose", json!("mood")),
            ("statusPurpose", json!(null)),
            ("statusSize", json!(2)),
            ("statusListIndex", json!(7)),
            ("statusListIndex", json!("-1")),
            ("statusListIndex", json!("1e3")),
            ("statusListIndex", json!("1234567890123")),
            ("statusListCredential", json!("file:///etc/passwd")),
            ("statusListCredential", json!("https://a b")),
        ] {
            let mut written = entry().to_json();
            written[member] = value;
            let refusal = entries_of(Some(&written)).unwrap_err();
            assert_eq!(refusal.code(), "vc.status", "{written}");
        }
        let many = json!([entry().to_json(), {}, {}, {}, {}]);
        assert_eq!(entries_of(Some(&many)).unwrap_err().code(), "vc.status");
    }
}
