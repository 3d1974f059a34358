//! The credentials that a holder keeps, and which of them answer a query.

use super::{Profile, Scope};
use crate::limits::CREDENTIALS_MAX;
use crate::refusal::Claim;
use crate::{
    Credential, CredentialForm, Evidence, IssueError, Keypair, Refusal, credential_type, present,
    present11,
};
use adit_vocab::{Did, adit};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A credential in the wallet, of any type, as its text says; nothing about it is proved.
#[derive(Debug)]
pub struct Kept {
    token: String,
    profile: Profile,
    credential: Credential,
}

impl Kept {
    /// Reads a credential of one of the two profiles.
    ///
    /// # Errors
    /// Another form, or one that the gate would refuse.
    pub fn read(token: &str) -> Result<Self, Refusal> {
        let token = token.trim();
        let credential = Credential::read(token)?;
        let profile = match credential.form() {
            CredentialForm::Jwt => Profile::Vc20,
            CredentialForm::Jwt11 => Profile::Vc11,
            CredentialForm::Embedded => {
                let got = "JSON with a proof".to_owned();
                return Err(Refusal::Typ { expected: "vc+jwt or JWT with vc", got });
            }
        };
        Ok(Self { token: token.to_owned(), profile, credential })
    }

    /// The credential as it was issued.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What it says.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The profile that it follows.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Whether it answers a scope.
    pub fn fits(&self, scope: &Scope) -> bool {
        let names = self.credential.names();
        scope.fits(names.iter().map(String::as_str), self.credential.unverified_id())
    }

    /// Whether it is shown to a verifier at all: a credential that binds two companies is shown to its issuer alone.
    pub fn is_for(&self, verifier: &Did) -> bool {
        let bilateral = [adit::OWNER_CREDENTIAL.as_str(), adit::PARTNER_CREDENTIAL.as_str()];
        let types = self.credential.unverified_types();
        self.credential.unverified_issuer() == verifier
            || !types.iter().any(|held| bilateral.contains(held))
    }

    /// Checks a credential that was delivered: that the sender issued it, to this holder, and that it stands. Whether to
    /// trust the issuer is for the trust list to say, where it is shown.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check_delivered(&self, sender: &Did, evidence: &Evidence<'_>) -> Result<(), Refusal> {
        self.check_signed(sender, evidence)?;
        self.credential.check_standing(evidence)
    }

    /// The part of [`check_delivered`](Self::check_delivered) that needs no status list: that the sender issued and
    /// signed it, to this holder. Before that no address that it names is asked for anything.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check_signed(&self, sender: &Did, evidence: &Evidence<'_>) -> Result<(), Refusal> {
        if self.credential.unverified_issuer() != sender {
            let (claim, expected) = (Claim::Issuer, "the company that delivers the credential");
            return Err(Refusal::Claim { claim, expected });
        }
        let holder = evidence.audience;
        match self.credential.unverified_subject().holder() {
            Some(subject) if subject == holder => self.credential.check_signature(evidence),
            Some(subject) => {
                Err(Refusal::Holder { subject: subject.clone(), holder: holder.clone() })
            }
            None => {
                let (claim, expected) = (Claim::CredentialSubject, "about this company");
                Err(Refusal::Claim { claim, expected })
            }
        }
    }

    /// Whether it is of these types, short or as IRIs: one of them, and of the known ones no other.
    pub fn is_of(&self, types: &[String]) -> bool {
        let is_named = types.iter().any(|name| self.fits(&Scope::Type(name.clone())));
        let known: Vec<_> = types.iter().filter_map(|name| credential_type(name)).collect();
        is_named && self.credential.unverified_types().iter().all(|iri| known.contains(iri))
    }

    /// Whether it is held already, or takes the place of every one of its kind that is held, and one is.
    pub fn renews(&self, wallet: &[Self]) -> bool {
        let mut alike = wallet.iter().filter(|held| held.is_like(self)).peekable();
        let is_held = wallet.iter().any(|held| held.token == self.token);
        is_held || (alike.peek().is_some() && alike.all(|held| self.replaces(held)))
    }

    fn has_ended(&self, now: Timestamp) -> bool {
        self.credential.unverified_valid_until().is_some_and(|until| until <= now)
    }

    /// Whether it takes the place of an older one: equal types of one issuer under one profile, and at least as long.
    pub fn replaces(&self, older: &Self) -> bool {
        let from = |kept: &Self| kept.credential.unverified_valid_from();
        let until = |kept: &Self| kept.credential.unverified_valid_until();
        let is_longer = match (until(self), until(older)) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(newer), Some(older)) => older <= newer,
        };
        self.token != older.token && self.is_like(older) && from(older) <= from(self) && is_longer
    }

    /// Whether one could take the place of the other.
    pub fn is_like(&self, other: &Self) -> bool {
        self.place() == other.place()
    }

    /// What a newer credential replaces: equal types of one issuer under one profile.
    fn place(&self) -> (String, Vec<String>, Profile) {
        let mut names = self.credential.names().to_vec();
        names.sort_unstable();
        (self.credential.unverified_issuer().to_string(), names, self.profile)
    }
}

/// The credentials that answer some scopes for a verifier: those that have not ended, of equal ones the newest, at most
/// as many as a presentation holds.
///
/// Implements [Presentation Response Message](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#presentation-response-message).
pub fn choose<'a>(
    wallet: &'a [Kept],
    scopes: &[&Scope],
    verifier: &Did,
    now: Timestamp,
) -> Vec<&'a Kept> {
    let mut newest: BTreeMap<_, &Kept> = BTreeMap::new();
    let fitting = wallet.iter().filter(|kept| !kept.has_ended(now) && kept.is_for(verifier));
    for kept in fitting.filter(|kept| scopes.iter().any(|scope| kept.fits(scope))) {
        let begins = |kept: &Kept| kept.credential.unverified_valid_from();
        // One that is asked for by its own name is shown, whatever replaced it.
        let by_name = scopes.iter().any(|it| matches!(it, Scope::Id(_)) && kept.fits(it));
        let name = by_name.then(|| kept.token.clone());
        let place = newest.entry((kept.place(), name)).or_insert(kept);
        if begins(place) < begins(kept) {
            *place = kept;
        }
    }
    newest.into_values().take(CREDENTIALS_MAX).collect()
}

/// Presents credentials to a verifier, once: one presentation for each profile among them, none for none.
///
/// Implements [Homogeneity requirement](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#homogeneity-requirement).
///
/// # Errors
/// The cryptographic library fails.
pub fn show(
    keypair: &Keypair,
    holder: &Did,
    chosen: &[&Kept],
    verifier: &Did,
    mut random_id: impl FnMut() -> String,
    now: Timestamp,
) -> Result<Vec<String>, IssueError> {
    let mut presentations = Vec::new();
    for profile in Profile::ALL {
        let tokens = chosen.iter().filter(|kept| kept.profile == profile);
        let tokens: Vec<_> = tokens.map(|kept| kept.token.clone()).collect();
        if tokens.is_empty() {
            continue;
        }
        let make = match profile {
            Profile::Vc20 => present,
            Profile::Vc11 => present11,
        };
        presentations.push(make(keypair, holder, &tokens, verifier, &random_id(), now)?);
    }
    Ok(presentations)
}
