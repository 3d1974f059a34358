//! The settings of the Issuer Service: what may be asked for, and who decides.

use adit_credentials::credential_type;
use adit_vocab::adit;
use serde::{Deserialize, Serialize};

/// What others may ask this company to issue, the table `[issuance]`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuance {
    /// The types that are on offer.
    #[serde(default)]
    pub types: Types,
    /// Who approves a request.
    #[serde(default)]
    pub approve: Approval,
}

/// Who approves a request for credentials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// A person, by `adit credential approve`.
    #[default]
    People,
    /// The requests of partners are approved at once, all others by a person.
    Partners,
}

/// What nobody gets by asking: the credential of the company's own people, and what is about an item.
const NEVER: [&str; 2] =
    [adit::OWNER_CREDENTIAL.as_str(), adit::DIGITAL_BIRTH_CERTIFICATE.as_str()];

/// Types of credential, as IRIs; written with commas between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Types(Vec<&'static str>);

impl Default for Types {
    fn default() -> Self {
        Self(vec![adit::PARTNER_CREDENTIAL.as_str()])
    }
}

impl Types {
    /// Each as an IRI.
    pub fn iris(&self) -> &[&'static str] {
        &self.0
    }
}

impl TryFrom<String> for Types {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let iri = |name: &str| {
            let wrong = || format!("'{name}' cannot be asked for; write PartnerCredential");
            credential_type(name).filter(|iri| !NEVER.contains(iri)).ok_or_else(wrong)
        };
        names.map(iri).collect::<Result<_, _>>().map(Self)
    }
}

impl From<Types> for String {
    fn from(types: Types) -> Self {
        let short = types.0.iter().map(|iri| adit_vocab::shorten(iri).replace("adit:", ""));
        short.collect::<Vec<_>>().join(", ")
    }
}

impl Issuance {
    /// Whether nothing differs from the default.
    pub fn is_default(&self) -> bool {
        self.types == Types::default() && self.approve == Approval::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_and_not_those_that_nobody_gets_by_asking() {
        let read = |text: &str| Types::try_from(text.to_owned()).map(String::from);
        let both = "PartnerCredential, MembershipCredential";
        assert_eq!(read(" PartnerCredential,adit:MembershipCredential"), Ok(both.to_owned()));
        assert_eq!(read(""), Ok(String::new()));
        assert_eq!(String::from(Types::default()), "PartnerCredential");
        for name in ["FriendCredential", "OwnerCredential", "DigitalBirthCertificate"] {
            let told = format!("'{name}' cannot be asked for; write PartnerCredential");
            assert_eq!(read(name), Err(told));
        }
    }
}
