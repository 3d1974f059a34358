//! One constraint: operand, operator and right operand, each pair of them only where it means something.

use crate::read::Notes;
use crate::term::{Operand, Operator};
use crate::{Constraint, Match, Order, PurposeMatch};
use adit_credentials::{credential_type, held_types};
use adit_vocab::{Tier, adit, expand, is_purpose, purpose, purposes, shorten};
use serde_json::Value;

/// Reads one constraint.
pub(crate) fn read_constraint(
    notes: &mut Notes<'_>,
    at: &str,
    entry: &Value,
) -> Option<Constraint> {
    let members = notes.object(at, entry, &["leftOperand", "operator", "rightOperand"])?;
    let left = members.get("leftOperand");
    let Some(operand) = left.and_then(Value::as_str).and_then(Operand::read) else {
        let allowed = Operand::ALL.map(Operand::name).join(", ");
        notes.refuse(&format!("{at}/leftOperand"), left, allowed);
        return None;
    };
    let (found, among) = (members.get("operator"), operand.operators());
    let operator = found.and_then(Value::as_str).and_then(|name| Operator::read(name, among));
    let Some(operator) = operator else {
        let names: Vec<_> = among.iter().map(|operator| operator.name()).collect();
        let allowed = format!("with {} one of {}", operand.name(), names.join(", "));
        notes.refuse(&format!("{at}/operator"), found, allowed);
        return None;
    };
    let right = Right { at: format!("{at}/rightOperand"), operand, operator };
    right.read(notes, members.get("rightOperand"))
}

/// The place of a right operand, and what decides what may stand there.
struct Right {
    at: String,
    operand: Operand,
    operator: Operator,
}

impl Right {
    fn read(&self, notes: &mut Notes<'_>, value: Option<&Value>) -> Option<Constraint> {
        let constraint = match self.operand {
            Operand::HoldsCredential => {
                let types = self.values(notes, value, held_type)?;
                Constraint::HoldsCredential(self.matching(), types)
            }
            Operand::Purpose => {
                let purposes = self.values(notes, value, purpose_iri)?;
                Constraint::Purpose(self.purpose_matching(), purposes)
            }
            Operand::AccessTier => {
                Constraint::AccessTier(self.matching(), self.values(notes, value, tier)?)
            }
            Operand::Recipient => {
                let dids = self.values(notes, value, |text| text.parse().ok())?;
                Constraint::Recipient(self.matching(), dids)
            }
            Operand::DateTime => {
                let instants = self.values(notes, value, |text| text.parse().ok())?;
                Constraint::DateTime(self.order()?, *instants.first()?)
            }
        };
        Some(constraint)
    }

    /// The values of a right operand: one, or where the operator takes a list, at least one.
    fn values<T>(
        &self,
        notes: &mut Notes<'_>,
        value: Option<&Value>,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let entries = match value {
            Some(Value::Array(entries)) => {
                if entries.is_empty() || (entries.len() > 1 && !self.operator.takes_many()) {
                    let allowed =
                        if self.operator.takes_many() { "at least one value" } else { "one value" };
                    notes.refuse(&self.at, value, format!("{allowed}: {}", self.allowed()));
                    return None;
                }
                entries.iter().zip(0..).map(|(it, i)| (format!("{}/{i}", self.at), it)).collect()
            }
            Some(one) => vec![(self.at.clone(), one)],
            None => {
                notes.refuse(&self.at, None, self.allowed());
                return None;
            }
        };
        let mut values = Vec::new();
        for (at, entry) in &entries {
            match self.text(notes, at, entry).map(&read) {
                Some(Some(value)) => values.push(value),
                Some(None) => notes.refuse(at, Some(entry), self.allowed()),
                None => {}
            }
        }
        (values.len() == entries.len()).then_some(values)
    }

    /// The text of a plain string, or of `{"@value": .., "@type": ..}` with the type of the operand.
    fn text<'v>(&self, notes: &mut Notes<'_>, at: &str, entry: &'v Value) -> Option<&'v str> {
        if let Value::String(text) = entry {
            return Some(text);
        }
        let members = notes.object(at, entry, &["@value", "@type"])?;
        let types: &[&str] = match self.operand {
            Operand::DateTime => &["xsd:dateTime", "xsd:dateTimeStamp"],
            Operand::HoldsCredential
            | Operand::Purpose
            | Operand::AccessTier
            | Operand::Recipient => &["xsd:anyURI", "xsd:string"],
        };
        let name = notes.text(at, members, "@type", &types.join(", "))?;
        if !types.contains(&shorten(name).as_str()) {
            notes.refuse(&format!("{at}/@type"), members.get("@type"), types.join(", "));
            return None;
        }
        notes.text(at, members, "@value", &self.allowed())
    }

    fn allowed(&self) -> String {
        match self.operand {
            Operand::HoldsCredential => list(held_types()),
            Operand::Purpose => list(purposes().into_iter()),
            Operand::AccessTier => {
                Tier::ALL.iter().map(|tier| tier.as_str()).collect::<Vec<_>>().join(", ")
            }
            Operand::DateTime => {
                "an instant with its offset, such as 2027-01-01T00:00:00Z".to_owned()
            }
            Operand::Recipient => "a DID, such as did:web:mill.example".to_owned(),
        }
    }

    const fn matching(&self) -> Match {
        match self.operator {
            Operator::Neq | Operator::IsNoneOf => Match::None,
            Operator::Eq
            | Operator::IsA
            | Operator::IsAnyOf
            | Operator::Lt
            | Operator::Lteq
            | Operator::Gt
            | Operator::Gteq => Match::Any,
        }
    }

    const fn purpose_matching(&self) -> PurposeMatch {
        match (self.operator, self.matching()) {
            (Operator::Eq, _) => PurposeMatch::Exactly,
            (_, Match::Any) => PurposeMatch::Any,
            (_, Match::None) => PurposeMatch::None,
        }
    }

    const fn order(&self) -> Option<Order> {
        match self.operator {
            Operator::Lt => Some(Order::Before),
            Operator::Lteq => Some(Order::AtOrBefore),
            Operator::Gt => Some(Order::After),
            Operator::Gteq => Some(Order::AtOrAfter),
            Operator::Eq
            | Operator::Neq
            | Operator::IsA
            | Operator::IsAnyOf
            | Operator::IsNoneOf => None,
        }
    }
}

/// The IRI of a type that a caller can hold; nobody holds a credential about an item.
fn held_type(name: &str) -> Option<&'static str> {
    credential_type(name).filter(|iri| held_types().any(|held| held == *iri))
}

/// The IRI of a purpose written short, prefixed or in full.
pub(crate) fn purpose_iri(text: &str) -> Option<String> {
    purpose(text).or_else(|| expand(text).filter(|iri| is_purpose(iri)))
}

fn tier(text: &str) -> Option<Tier> {
    let iri = expand(text).unwrap_or_else(|| text.to_owned());
    let name = iri.strip_prefix(adit::NAMESPACE).and_then(|local| local.strip_prefix("tier-"));
    name.unwrap_or(text).parse().ok()
}

fn list(iris: impl Iterator<Item = &'static str>) -> String {
    iris.map(shorten).collect::<Vec<_>>().join(", ")
}
