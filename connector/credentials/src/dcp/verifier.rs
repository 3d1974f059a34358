//! The verifier: what to ask for, and what came back, made ready to be verified.

use super::{DcpRefusal, PresentationResponse, Scope, Sender};
use crate::trust::short_type;
use crate::{Credential, Refusal, Trust, Unverified, held_types};
use adit_vocab::adit;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The scopes that a company asks a caller for: each type that it trusts anybody to issue and that a caller can hold.
///
/// All but the one by which it knows its own people, which never goes to another company.
pub fn scopes_to_ask(trust: &Trust, now: Timestamp) -> Vec<Scope> {
    let listed = trust.listed(now).into_iter().filter(|line| line.in_force);
    let trusted: BTreeSet<_> = listed.map(|line| line.type_iri).collect();
    let own = adit::OWNER_CREDENTIAL.as_str();
    let asked: BTreeSet<_> = held_types().filter(|it| *it != own && trusted.contains(it)).collect();
    asked.into_iter().map(|type_iri| Scope::Type(short_type(type_iri).to_owned())).collect()
}

/// What a Credential Service showed of its holder; nothing about it is proved.
#[derive(Debug)]
pub struct Shown {
    presentations: Vec<Unverified>,
}

impl Shown {
    /// Reads what was shown: presentations by the one who asked, of credentials that were asked for. A credential that
    /// nobody asked for is passed over.
    ///
    /// Implements [Presentation Validation](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#presentation-validation).
    ///
    /// # Errors
    /// A presentation of the wrong form or by another, or none of the credentials asked for.
    pub fn read(
        response: &PresentationResponse,
        sender: &Sender,
        asked: &[Scope],
    ) -> Result<Self, DcpRefusal> {
        let holder = || sender.did().clone();
        let mut presentations = Vec::new();
        for token in &response.presentations {
            let mut presentation = match Unverified::parse(token) {
                Err(Refusal::Typ { .. }) => Unverified::parse11(token)?,
                parsed => parsed?,
            };
            let presenter = presentation.unverified_holder();
            if presenter != sender.did() {
                let presenter = presenter.clone();
                return Err(DcpRefusal::Presenter { holder: holder(), presenter });
            }
            presentation.credentials.retain(|it| asked.iter().any(|scope| fits(it, scope)));
            if !presentation.credentials.is_empty() {
                presentations.push(presentation);
            }
        }
        if presentations.is_empty() {
            let asked: Vec<_> = asked.iter().map(Scope::to_string).collect();
            return Err(DcpRefusal::NothingShown { holder: holder(), asked: asked.join(" ") });
        }
        Ok(Self { presentations })
    }

    /// The presentations, each to be given what its verification needs.
    pub fn into_presentations(self) -> Vec<Unverified> {
        self.presentations
    }
}

fn fits(credential: &Credential, scope: &Scope) -> bool {
    let names = credential.names();
    scope.fits(names.iter().map(String::as_str), credential.unverified_id())
}
