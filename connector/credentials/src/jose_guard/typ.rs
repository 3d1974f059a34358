//! The kinds of signed token; each has one reader.

use crate::Refusal;
use crate::refusal::clip;
use serde_json::{Map, Value};

/// What a token is, by its `typ` and by the claims that only its kind has.
///
/// Two kinds never fit one token, so none passes for another, as
/// [RFC 8725, 3.11 and 3.12](https://www.rfc-editor.org/rfc/rfc8725#section-3.11) ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typ {
    /// A credential, [`vc+jwt`](https://www.w3.org/TR/vc-jose-cose/#securing-with-jose).
    Credential,
    /// A presentation of credentials, [`vp+jwt`](https://www.w3.org/TR/vc-jose-cose/#securing-vps-with-jose).
    Presentation,
    /// A self-issued identity token of the Decentralized Claims Protocol: `JWT` or no `typ`, and none of the claims that
    /// make it something else.
    SelfIssued,
    /// A credential of the data model 1.1: `JWT` or no `typ`, and the claim `vc`.
    Credential11,
    /// A presentation of the data model 1.1: `JWT` or no `typ`, and the claim `vp`.
    Presentation11,
    /// A signed trust list.
    TrustList,
}

/// The claims that make an untyped token something.
const MARKS: [&str; 3] = ["vc", "vp", "presentation"];

impl Typ {
    /// The `typ` that we write and name in messages.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "vc+jwt",
            Self::Presentation => "vp+jwt",
            Self::SelfIssued | Self::Credential11 | Self::Presentation11 => "JWT",
            Self::TrustList => "adit-trust+jwt",
        }
    }

    /// The `cty` that may stand beside the `typ`, and that we write.
    pub(crate) const fn cty(self) -> Option<&'static str> {
        match self {
            Self::Credential => Some("vc"),
            Self::Presentation => Some("vp"),
            Self::SelfIssued | Self::Credential11 | Self::Presentation11 | Self::TrustList => None,
        }
    }

    /// Step 4, from the header alone.
    pub(crate) fn check_header(self, typ: Option<&str>, cty: Option<&str>) -> Result<(), Refusal> {
        let may_be_absent = self.as_str() == "JWT";
        let refuse = |got: &str| Refusal::Typ { expected: self.as_str(), got: clip(got) };
        match (typ, cty) {
            (Some(typ), _) if typ != self.as_str() => Err(refuse(typ)),
            (None, _) if !may_be_absent => Err(refuse("")),
            // Without a typ of its own, what it says of its content makes it another kind.
            (_, Some(cty)) if may_be_absent => Err(refuse(&format!("JWT with cty {cty}"))),
            (_, Some(cty)) if Some(cty) != self.cty() => {
                Err(Refusal::Header { member: "cty".to_owned() })
            }
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }

    /// Step 4, where the `typ` is shared: the claims say which kind it is.
    pub(crate) fn check_payload(self, payload: &Map<String, Value>) -> Result<(), Refusal> {
        let (wanted, expected) = match self {
            Self::Credential | Self::Presentation | Self::TrustList => return Ok(()),
            Self::SelfIssued => (None, "JWT without vc, vp or presentation"),
            Self::Credential11 => (Some("vc"), "JWT with vc alone"),
            Self::Presentation11 => (Some("vp"), "JWT with vp alone"),
        };
        let marks: Vec<_> = MARKS.into_iter().filter(|mark| payload.contains_key(*mark)).collect();
        if marks == Vec::from_iter(wanted) {
            return Ok(());
        }
        let got = match marks.as_slice() {
            [] => "JWT".to_owned(),
            marks => format!("JWT with {}", marks.join(" and ")),
        };
        Err(Refusal::Typ { expected, got })
    }
}
