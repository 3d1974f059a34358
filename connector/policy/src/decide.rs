//! The decision: caller, request and policies in, permit or refusal out.
//!
//! A prohibition wins over every permission, and where no rule speaks the answer is no. Nothing here knows any data.

use crate::constraint::purpose_iri;
use crate::judge::{Distance, Judgement, Situation, earlier, judge};
use crate::missing::{either, prohibited, short_purpose};
use crate::{
    Action, Constraint, Permit, Policies, PurposeMatch, Refusal, Rule, RuleKind, SendPermit, Target,
};
use adit_credentials::Caller;
use adit_vocab::{Did, Tier, purposes};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What a request says about itself, as far as policies ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The purpose: short (`recall`), prefixed or as an IRI.
    pub purpose: Option<String>,
}

/// Decides what a caller may read from this connector, whose DID is `own`.
///
/// A tier opens if a permission for `odrl:read` on `adit:facts` holds for it and no prohibition does. An
/// `adit:OwnerCredential` counts only if `own` issued it.
///
/// Implements [ODRL 2.2, Policy Conflict Strategy](https://www.w3.org/TR/odrl-model/#conflict) with `prohibit`.
///
/// ```
/// use adit_credentials::Caller;
/// use adit_policy::{Asked, Policies, TEMPLATES, decide};
/// use adit_vocab::Tier;
///
/// let policies = Policies::read(TEMPLATES.iter().copied(), adit_vocab::Vocabulary::bundled()).unwrap();
/// let mill = "did:web:mill.example".parse().unwrap();
/// let now = "2026-11-22T12:00:00Z".parse().unwrap();
/// let permit = decide(&policies, &Caller::anonymous(), &mill, &Asked::default(), now).unwrap();
/// assert_eq!(permit.tiers().collect::<Vec<_>>(), [Tier::Public]);
/// ```
///
/// # Errors
/// A [`Refusal`] where no tier opens, of the rule that came nearest.
pub fn decide(
    policies: &Policies,
    caller: &Caller,
    own: &Did,
    request: &Asked,
    now: Timestamp,
) -> Result<Permit, Refusal> {
    let purpose = known_purpose(policies, Action::Read, request.purpose.as_deref())?;
    let recipient = caller.did();
    let everywhere = Situation {
        caller,
        recipient,
        own: Some(own),
        purpose: purpose.as_deref(),
        tier: None,
        now,
    };
    let (mut tiers, mut refused, mut valid_until) = (BTreeMap::new(), BTreeMap::new(), None);
    for tier in Tier::ALL.iter().copied() {
        match weigh(policies, Action::Read, &Situation { tier: Some(tier), ..everywhere }) {
            Weighed::Open { rule, until } => {
                tiers.insert(tier, rule);
                valid_until = earlier(valid_until, until);
            }
            Weighed::Closed { distance, refusal } => {
                refused.insert(tier, (distance, refusal));
            }
        }
    }
    if tiers.is_empty() {
        let nearest = refused.into_values().min_by(|(a, _), (b, _)| a.cmp(b));
        return Err(nearest.map_or_else(|| no_rule(Action::Read), |(_, refusal)| refusal));
    }
    let mut hidden = BTreeMap::new();
    for rule in rules(policies, Action::Read, RuleKind::Prohibition) {
        let Target::Predicate(predicate) = &rule.target else { continue };
        let judgement = judge(rule, &everywhere);
        if judgement.holds() {
            hidden.entry(predicate.clone()).or_insert_with(|| rule.uid.clone());
        } else {
            valid_until = earlier(valid_until, judgement.until);
        }
    }
    Ok(Permit {
        sees_all_audiences: tiers.contains_key(&Tier::Owner),
        closed: refused.into_iter().map(|(tier, (_, refusal))| (tier, refusal)).collect(),
        audience: caller.did().cloned(),
        tiers,
        hidden,
        purpose,
        valid_until,
    })
}

/// Decides whether a question, with the identifiers in it, may be sent to a peer: asking is itself a disclosure.
///
/// # Errors
/// A [`Refusal`] where no permission for `adit:ask` holds, or a prohibition does.
pub fn decide_sending(
    policies: &Policies,
    peer: &Did,
    purpose: Option<&str>,
    now: Timestamp,
) -> Result<SendPermit, Refusal> {
    let purpose = known_purpose(policies, Action::Ask, purpose)?;
    let situation = Situation {
        caller: &Caller::anonymous(),
        recipient: Some(peer),
        own: None,
        purpose: purpose.as_deref(),
        tier: None,
        now,
    };
    match weigh(policies, Action::Ask, &situation) {
        Weighed::Open { rule, until } => {
            Ok(SendPermit { peer: peer.clone(), purpose, rule, valid_until: until })
        }
        Weighed::Closed { refusal, .. } => Err(refusal),
    }
}

enum Weighed {
    Open { rule: String, until: Option<Timestamp> },
    Closed { distance: Distance, refusal: Refusal },
}

/// Holds the rules about all facts against one situation: one permission must hold, and no prohibition may.
fn weigh(policies: &Policies, action: Action, situation: &Situation<'_>) -> Weighed {
    let about_all = |rule: &&Rule| rule.target == Target::AllFacts;
    let permissions = rules(policies, action, RuleKind::Permission).filter(about_all);
    let judged: Vec<_> = permissions.map(|rule| judge(rule, situation)).collect();
    let Some(permission) = judged.iter().find(|judgement| judgement.holds()) else {
        return nearest(&judged, action);
    };
    let mut until = permission.until;
    for rule in rules(policies, action, RuleKind::Prohibition).filter(about_all) {
        let prohibition = judge(rule, situation);
        if prohibition.holds() {
            let refusal = prohibited(rule, situation);
            return Weighed::Closed { distance: permission.distance(), refusal };
        }
        until = earlier(until, prohibition.until);
    }
    Weighed::Open { rule: permission.rule.uid.clone(), until }
}

/// The refusal of the permission that came nearest, among those that speak of the tier in question.
fn nearest(judged: &[Judgement<'_>], action: Action) -> Weighed {
    let speaking = judged.iter().filter(|judgement| !judgement.is_of_another_tier());
    let nearest = speaking.min_by_key(|judgement| judgement.distance());
    match nearest.and_then(|it| it.refusal().map(|refusal| (it.distance(), refusal))) {
        Some((distance, refusal)) => Weighed::Closed { distance, refusal },
        None => Weighed::Closed { distance: Distance::FARTHEST, refusal: no_rule(action) },
    }
}

fn rules(policies: &Policies, action: Action, kind: RuleKind) -> impl Iterator<Item = &Rule> {
    policies.rules().filter(move |rule| rule.action == action && rule.kind == kind)
}

fn no_rule(action: Action) -> Refusal {
    Refusal {
        code: "policy.none",
        rule: "no rule".into(),
        operand: "odrl:action",
        expected: "permitted by an offer".to_owned(),
        got: action.name().to_owned(),
        fix: "the company would have to offer it".to_owned(),
    }
}

/// The purpose as an IRI; one that the vocabulary does not know meets no rule and is most likely misspelt.
///
/// The purpose that was most likely meant is told first, then those that the permissions for the action name, which are
/// of use; all that there are only where none is named.
fn known_purpose(
    policies: &Policies,
    action: Action,
    stated: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let Some(stated) = stated else { return Ok(None) };
    let unknown = || {
        let got: String = stated.chars().filter(|c| !c.is_control()).take(80).collect();
        let permitted = permitted_purposes(policies, action);
        let all: Vec<_> = purposes().into_iter().map(short_purpose).collect();
        let near = [&permitted, &all]
            .into_iter()
            .find_map(|known| adit_vocab::nearest(&got, known.iter().map(String::as_str)));
        let mut offered: Vec<_> = near.into_iter().map(str::to_owned).collect();
        let rest = if permitted.is_empty() { &all } else { &permitted };
        offered.extend(rest.iter().filter(|it| Some(it.as_str()) != near).cloned());
        if !permitted.is_empty() {
            offered.push("another purpose of the vocabulary".to_owned());
        }
        let fix = match near {
            Some(near) => format!("did you mean {near}? ask with --purpose {near}"),
            None => "ask with one of these as --purpose".to_owned(),
        };
        let (rule, operand) = ("no rule".into(), "odrl:purpose");
        Refusal { code: "policy.purpose", rule, operand, expected: either(offered), got, fix }
    };
    purpose_iri(stated).map(Some).ok_or_else(unknown)
}

/// The purposes that the permissions for an action name, short, in the order of the policies.
fn permitted_purposes(policies: &Policies, action: Action) -> Vec<String> {
    let mut named = Vec::new();
    for constraint in rules(policies, action, RuleKind::Permission).flat_map(|it| &it.constraints) {
        if let Constraint::Purpose(PurposeMatch::Exactly | PurposeMatch::Any, purposes) = constraint
        {
            for short in purposes.iter().map(|iri| short_purpose(iri)) {
                if !named.contains(&short) {
                    named.push(short);
                }
            }
        }
    }
    named
}
