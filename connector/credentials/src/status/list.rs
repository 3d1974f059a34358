//! One status list: read, proved, and asked about one place.

use super::bits::BitsProblem;
use super::{Bits, StatusEntry, StatusForm, StatusPurpose, StatusRefusal, WantedList};
use crate::limits::*;
use crate::refusal::clip;
use crate::secured::Secured;
use crate::{Evidence, Refusal};
use adit_vocab::Did;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// A status list whose issuer was proved, with the time at which it was fetched.
///
/// Implements [BitstringStatusListCredential](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential)
/// and the [validation](https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm) of one entry.
#[derive(Debug, Clone)]
pub struct StatusList {
    url: String,
    issuer: Did,
    purposes: Vec<String>,
    bits: Bits,
    valid_until: Option<Timestamp>,
    fetched_at: Timestamp,
}

impl StatusList {
    /// Reads what lies at the address of a list, and proves who issued it.
    ///
    /// `evidence` holds the document of the issuer; `evidence.now` is the time of the fetch.
    ///
    /// # Errors
    /// Anything that keeps it from being the list of that issuer.
    pub fn read(
        wanted: &WantedList,
        body: &[u8],
        evidence: &Evidence<'_>,
    ) -> Result<Self, StatusRefusal> {
        let list = || wanted.url.clone();
        let not_a_list = |why: String| StatusRefusal::NotAList { list: list(), why };
        if body.len() > STATUS_LIST_BYTES_MAX {
            return Err(StatusRefusal::TooLarge { list: list(), max: STATUS_LIST_BYTES_MAX });
        }
        let text = std::str::from_utf8(body).map_err(|_| not_a_list("it is not text".into()))?;
        let secured = Secured::open(text.trim(), STATUS_LIST_BYTES_MAX);
        let secured = secured.map_err(|refusal| not_a_list(refusal.to_string()))?;
        if secured.issuer() != &wanted.issuer {
            let (issuer, got) = (wanted.issuer.clone(), secured.issuer().clone());
            return Err(StatusRefusal::OtherIssuer { list: list(), issuer, got });
        }
        secured.check_proof(evidence, "status list").map_err(|refusal| match refusal {
            Refusal::NoLongerValid { valid_until, now, .. } => {
                StatusRefusal::Stale { list: list(), valid_until, now }
            }
            Refusal::Expired { expired_at, now } => {
                StatusRefusal::Stale { list: list(), valid_until: expired_at, now }
            }
            other => StatusRefusal::Signature { list: list(), why: other.to_string() },
        })?;
        let members = secured.members();
        let subject = subject_of(members, &wanted.url).map_err(|why| not_a_list(why.to_owned()))?;
        let bits = bits_of(subject, wanted.form).map_err(|problem| match problem {
            BitsProblem::Multibase => StatusRefusal::Multibase { list: list() },
            BitsProblem::Packing(why) => not_a_list(format!("its encodedList: {why}")),
            BitsProblem::TooLarge => {
                StatusRefusal::TooLarge { list: list(), max: STATUS_BITS_BYTES_MAX }
            }
        })?;
        if bits.count() < STATUS_BITS_MIN {
            return Err(StatusRefusal::Short { list: list(), bits: bits.count() });
        }
        Ok(Self {
            url: list(),
            issuer: wanted.issuer.clone(),
            purposes: purposes_of(subject),
            bits,
            valid_until: secured.ends(),
            fetched_at: evidence.now,
        })
    }

    /// A list that this company keeps itself, as it stands.
    pub fn own(
        url: String,
        issuer: Did,
        purpose: StatusPurpose,
        bits: Bits,
        now: Timestamp,
    ) -> Self {
        let purposes = vec![purpose.as_str().to_owned()];
        Self { url, issuer, purposes, bits, valid_until: None, fetched_at: now }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Who issued it.
    pub fn issuer(&self) -> &Did {
        &self.issuer
    }

    /// Until when its issuer stands by it: its end, or that of its proof if that comes first.
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }

    /// When it was fetched; its age is the time since.
    pub fn fetched_at(&self) -> Timestamp {
        self.fetched_at
    }

    /// How much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.bits.bytes() + self.url.len()
    }

    /// Whether the credential of an issuer stands at a place of this list.
    pub(super) fn check(
        &self,
        issuer: &Did,
        entry: &StatusEntry,
        now: Timestamp,
    ) -> Result<(), StatusRefusal> {
        let list = || self.url.clone();
        if self.issuer != *issuer {
            let (issuer, got) = (issuer.clone(), self.issuer.clone());
            return Err(StatusRefusal::OtherIssuer { list: list(), issuer, got });
        }
        let purpose = entry.purpose;
        if !self.purposes.iter().any(|word| word == purpose.as_str()) {
            let got = self.purposes.join(", ");
            return Err(StatusRefusal::OtherPurpose { list: list(), purpose, got });
        }
        if let Some(valid_until) = self.valid_until
            && valid_until <= now
        {
            return Err(StatusRefusal::Stale { list: list(), valid_until, now });
        }
        let issuer = || issuer.clone();
        match (self.bits.get(entry.index), purpose) {
            (Some(false), _) => Ok(()),
            (Some(true), StatusPurpose::Revocation) => {
                Err(StatusRefusal::Revoked { issuer: issuer() })
            }
            (Some(true), StatusPurpose::Suspension) => {
                Err(StatusRefusal::Suspended { issuer: issuer() })
            }
            (None, _) => {
                let (index, bits) = (entry.index, self.bits.count());
                Err(StatusRefusal::Index { list: list(), index, bits })
            }
        }
    }
}

/// The subject of a list credential, which says that it is one, and for this address if it says for which.
fn subject_of<'a>(
    members: &'a Map<String, Value>,
    url: &str,
) -> Result<&'a Map<String, Value>, &'static str> {
    let is = |value: Option<&Value>, word: &str| match value {
        Some(Value::Array(words)) => words.iter().any(|it| it == word),
        Some(it) => it == word,
        None => false,
    };
    let kinds = [
        ("BitstringStatusListCredential", "BitstringStatusList"),
        ("StatusList2021Credential", "StatusList2021"),
    ];
    let kind = kinds.iter().find(|(kind, _)| is(members.get("type"), kind));
    let (_, list_type) = kind.ok_or("its type is not that of a status list")?;
    // A list that says where it lies is good there alone: else an older one could stand in for it.
    let elsewhere = members.get("id").and_then(Value::as_str);
    if elsewhere.is_some_and(|id| id.starts_with("http") && id != url) {
        return Err("its id is another address");
    }
    let subject = members.get("credentialSubject").and_then(Value::as_object);
    let subject = subject.ok_or("its subject is not one object")?;
    if !is(subject.get("type"), list_type) {
        return Err("the type of its subject is not that of a list");
    }
    if subject.get("statusSize").is_some_and(|size| size.as_u64() != Some(1)) {
        return Err("its entries are wider than one bit");
    }
    Ok(subject)
}

fn bits_of(subject: &Map<String, Value>, form: StatusForm) -> Result<Bits, BitsProblem> {
    let encoded = subject.get("encodedList").and_then(Value::as_str);
    Bits::decode(encoded.ok_or(BitsProblem::Packing("it is missing"))?, form)
}

fn purposes_of(subject: &Map<String, Value>) -> Vec<String> {
    let words = match subject.get("statusPurpose") {
        Some(Value::Array(words)) => words.as_slice(),
        Some(word) => std::slice::from_ref(word),
        None => &[],
    };
    words.iter().filter_map(Value::as_str).take(STATUSES_MAX).map(clip).collect()
}
