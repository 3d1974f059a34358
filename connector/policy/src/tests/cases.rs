//! The cases beside the policies, each decided as its file says.

use super::*;
use adit_credentials::{Held, credential_type};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// One file of `policies/cases`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    at: Timestamp,
    /// The templates in force; all of them where it says none.
    policies: Option<Vec<String>>,
    #[serde(default)]
    also: Vec<Value>,
    read: Option<Read>,
    ask: Option<Ask>,
    withheld: Option<ExpectedWithheld>,
    expect: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    caller: Option<Did>,
    #[serde(default)]
    credentials: Vec<Shown>,
    purpose: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Shown {
    r#type: String,
    issuer: Did,
    valid_until: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    peer: Did,
    purpose: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedWithheld {
    of: Vec<String>,
    are: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expected {
    Permit(Value),
    Sent(Value),
    Refusal(Value),
}

impl Case {
    fn policies(&self) -> Policies {
        let chosen = TEMPLATES.iter().filter(|(name, _)| {
            self.policies.as_ref().is_none_or(|names| names.iter().any(|it| it == name))
        });
        let also = self.also.iter().map(|offer| ("also".to_owned(), offer.to_string()));
        let chosen = chosen.map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Policies::read(chosen.chain(also), Vocabulary::bundled()).unwrap()
    }

    fn decide(&self) -> (Value, Option<Permit>) {
        let policies = self.policies();
        if let Some(ask) = &self.ask {
            let sent = decide_sending(&policies, &ask.peer, ask.purpose.as_deref(), self.at);
            return (sent.map_or_else(|refusal| json!(refusal), |permit| json!(permit)), None);
        }
        let read = self.read.as_ref().expect("a case reads or asks");
        let subject = || read.caller.clone().expect("credentials have a holder");
        let held = read.credentials.iter().map(|shown| {
            let types = [credential_type(&shown.r#type).expect("a known type")];
            Held::for_test(types, shown.issuer.clone(), subject(), shown.valid_until)
        });
        let caller = Caller::for_test(read.caller.clone(), held.collect());
        let asked = Asked { purpose: read.purpose.clone() };
        match decide(&policies, &caller, &mill(), &asked, self.at) {
            Ok(permit) => (permit.to_json(), Some(permit)),
            Err(refusal) => (json!(refusal), None),
        }
    }
}

#[test]
fn every_case_is_decided_as_its_file_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/cases");
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let case: Case = serde_json::from_slice(&fs::read(&path).unwrap()).expect(&name);
        let about = format!("{name}: {}", case.about);
        let (got, permit) = case.decide();
        let (Expected::Permit(expected) | Expected::Sent(expected) | Expected::Refusal(expected)) =
            &case.expect;
        assert_eq!(&got, expected, "{about}");
        if let Some(ExpectedWithheld { of, are }) = &case.withheld {
            let withheld = permit
                .expect(&about)
                .withheld(Vocabulary::bundled(), of.iter().map(String::as_str));
            assert_eq!(&json!(withheld), are, "{about}");
        }
        seen.extend(got.get("code").and_then(Value::as_str).map(str::to_owned));
    }
    let codes = ["credential", "none", "prohibited", "purpose", "recipient", "time"];
    assert_eq!(seen, codes.map(|code| format!("policy.{code}")).into());
}

#[test]
fn every_template_of_the_folder_is_embedded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let files: BTreeSet<_> = files.filter_map(|name| name.into_string().ok()).collect();
    let json = files.iter().map(String::as_str).filter(|name| name.ends_with(".json"));
    let all = TEMPLATES.iter().chain(CLIENT_TEMPLATES);
    let embedded = all.map(|(name, _)| *name).collect::<BTreeSet<_>>();
    assert_eq!(json.collect::<BTreeSet<_>>(), embedded);
}
