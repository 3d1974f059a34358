//! What a refusal says: what was wanted, what came, how to meet it.

use crate::judge::Situation;
use crate::{Constraint, Match, Order, PurposeMatch, Refusal, Rule};
use adit_credentials::Held;
use adit_vocab::{adit, shorten};
use std::fmt::Display;

/// A condition of a rule that does not hold, as far as a refusal says it.
pub(crate) struct Unmet {
    pub(crate) code: &'static str,
    pub(crate) operand: &'static str,
    pub(crate) expected: String,
    pub(crate) got: String,
    pub(crate) fix: String,
}

impl Unmet {
    pub(crate) fn refuse(self, rule: &Rule) -> Refusal {
        let Self { code, operand, expected, got, fix } = self;
        Refusal { code, rule: rule.uid.as_str().into(), operand, expected, got, fix }
    }
}

/// What a constraint that does not hold wants, and how to give it.
pub(crate) fn missing(constraint: &Constraint, situation: &Situation<'_>) -> Unmet {
    let (operand, expected) = (constraint.operand(), expected(constraint));
    match constraint {
        Constraint::HoldsCredential(matching, _) => {
            let got = listed(situation.caller.credentials().iter().flat_map(named), "and");
            let got = got.unwrap_or("no credential".to_owned());
            let expected = match situation.own {
                Some(own) if is_for_own_people(constraint) => format!("{expected} issued by {own}"),
                Some(_) | None => expected,
            };
            let fix = match matching {
                Match::Any => format!("present a credential of type {expected}"),
                Match::None => "leave that credential out".to_owned(),
            };
            Unmet { code: "policy.credential", operand, expected, got, fix }
        }
        Constraint::Purpose(matching, purposes) => {
            let got = situation.purpose.map_or("no purpose".to_owned(), short_purpose);
            let fix = match (matching, purposes.first()) {
                (PurposeMatch::Exactly | PurposeMatch::Any, Some(first)) => {
                    format!("ask with --purpose {}", short_purpose(first))
                }
                (PurposeMatch::None, _) | (_, None) => "ask with another --purpose".to_owned(),
            };
            Unmet { code: "policy.purpose", operand, expected, got, fix }
        }
        Constraint::AccessTier(..) => {
            let got = situation.tier.map_or("no tier".to_owned(), |tier| tier.to_string());
            let fix = "ask for facts of other tiers".to_owned();
            Unmet { code: "policy.tier", operand, expected, got, fix }
        }
        Constraint::DateTime(order, instant) => {
            let fix = match order {
                Order::Before | Order::AtOrBefore => {
                    "its time is over, the company would have to offer it anew".to_owned()
                }
                Order::After | Order::AtOrAfter => format!("ask again after {instant}"),
            };
            Unmet { code: "policy.time", operand, expected, got: situation.now.to_string(), fix }
        }
        Constraint::Recipient(..) => wrong_party(operand, expected, situation),
    }
}

/// What a rule about another party says to this one.
pub(crate) fn wrong_party(
    operand: &'static str,
    expected: String,
    situation: &Situation<'_>,
) -> Unmet {
    let got = situation.recipient.map_or("nobody known".to_owned(), ToString::to_string);
    let fix = "no other party gets past this rule".to_owned();
    Unmet { code: "policy.recipient", operand, expected, got, fix }
}

/// The refusal of a prohibition that holds: the opposite of its first condition is missing.
///
/// A condition on the tier comes last, since the caller does not choose the tier.
pub(crate) fn prohibited(rule: &Rule, situation: &Situation<'_>) -> Refusal {
    let is_tier = |it: &&Constraint| matches!(it, Constraint::AccessTier(..));
    let first = rule.constraints.iter().find(|it| !is_tier(it)).or(rule.constraints.first());
    let missing = match first {
        Some(constraint) => missing(&opposite(constraint), situation),
        None => Unmet {
            code: "policy.prohibited",
            operand: "odrl:action",
            expected: "one that is not prohibited".to_owned(),
            got: rule.action.name().to_owned(),
            fix: "no request gets past this prohibition".to_owned(),
        },
    };
    Unmet { code: "policy.prohibited", ..missing }.refuse(rule)
}

fn opposite(constraint: &Constraint) -> Constraint {
    let turn = |matching: &Match| match matching {
        Match::Any => Match::None,
        Match::None => Match::Any,
    };
    match constraint {
        Constraint::HoldsCredential(matching, types) => {
            Constraint::HoldsCredential(turn(matching), types.clone())
        }
        Constraint::AccessTier(matching, tiers) => {
            Constraint::AccessTier(turn(matching), tiers.clone())
        }
        Constraint::Recipient(matching, dids) => {
            Constraint::Recipient(turn(matching), dids.clone())
        }
        Constraint::Purpose(matching, purposes) => {
            let turned = match matching {
                PurposeMatch::Exactly | PurposeMatch::Any => PurposeMatch::None,
                PurposeMatch::None => PurposeMatch::Any,
            };
            Constraint::Purpose(turned, purposes.clone())
        }
        Constraint::DateTime(order, instant) => {
            let turned = match order {
                Order::Before => Order::AtOrAfter,
                Order::AtOrBefore => Order::After,
                Order::After => Order::AtOrBefore,
                Order::AtOrAfter => Order::Before,
            };
            Constraint::DateTime(turned, *instant)
        }
    }
}

/// Whether a constraint asks for the company's own credential and no other.
pub(crate) fn is_for_own_people(constraint: &Constraint) -> bool {
    match constraint {
        Constraint::HoldsCredential(Match::Any, types) => {
            types.iter().all(|it| *it == adit::OWNER_CREDENTIAL.as_str())
        }
        Constraint::HoldsCredential(Match::None, _)
        | Constraint::Purpose(..)
        | Constraint::AccessTier(..)
        | Constraint::DateTime(..)
        | Constraint::Recipient(..) => false,
    }
}

/// What a constraint wants, as what follows "must be".
fn expected(constraint: &Constraint) -> String {
    let (negative, values) = values(constraint);
    if negative { format!("none of {values}") } else { values }
}

/// The values of a constraint in words, and whether it wants none of them.
pub(crate) fn values(constraint: &Constraint) -> (bool, String) {
    match constraint {
        Constraint::HoldsCredential(matching, types) => {
            (*matching == Match::None, either(types.iter().map(|it| short_type(it))))
        }
        Constraint::Purpose(matching, purposes) => {
            let names = either(purposes.iter().map(|it| short_purpose(it)));
            (*matching == PurposeMatch::None, names)
        }
        Constraint::AccessTier(matching, tiers) => (*matching == Match::None, either(tiers)),
        Constraint::Recipient(matching, dids) => (*matching == Match::None, either(dids)),
        Constraint::DateTime(order, instant) => {
            let when = match order {
                Order::Before => "before",
                Order::AtOrBefore => "at or before",
                Order::After => "after",
                Order::AtOrAfter => "at or after",
            };
            (false, format!("{when} {instant}"))
        }
    }
}

/// `a, b or c`.
pub(crate) fn either(values: impl IntoIterator<Item = impl Display>) -> String {
    listed(values, "or").unwrap_or_default()
}

/// The short name of a purpose, as `--purpose` takes it.
pub(crate) fn short_purpose(iri: &str) -> String {
    let prefixed = shorten(iri);
    let name = prefixed.strip_prefix("adit:purpose-").or_else(|| prefixed.strip_prefix("dpv:"));
    name.map(str::to_owned).unwrap_or(prefixed)
}

fn named(held: &Held) -> impl Iterator<Item = String> {
    held.types().iter().map(|it| format!("{} issued by {}", short_type(it), held.issuer()))
}

fn listed(values: impl IntoIterator<Item = impl Display>, last: &str) -> Option<String> {
    let mut words: Vec<_> = values.into_iter().map(|value| value.to_string()).collect();
    let end = words.pop()?;
    Some(if words.is_empty() { end } else { format!("{} {last} {end}", words.join(", ")) })
}

fn short_type(iri: &str) -> &str {
    iri.strip_prefix(adit::NAMESPACE).unwrap_or(iri)
}
