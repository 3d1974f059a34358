//! Rules as sentences.

use crate::missing::values;
use crate::{Action, Constraint, Policies, PurposeMatch, Rule, RuleKind, Target};
use serde::Serialize;

/// One rule in words; a language is a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// The file that holds the rule.
    pub file: String,
    /// The rule's identifier.
    pub rule: String,
    /// The sentence in English.
    pub en: String,
}

/// Says each rule in a sentence, in the order of the files.
///
/// ```
/// use adit_policy::{Policies, TEMPLATES, explain};
/// let owner = TEMPLATES.iter().copied().filter(|(name, _)| *name == "owner.json");
/// let sentences = explain(&Policies::read(owner, adit_vocab::Vocabulary::bundled()).unwrap());
/// assert_eq!(
///     sentences[0].en,
///     "Whoever meets this may read all facts: the caller holds an OwnerCredential issued by this company."
/// );
/// ```
pub fn explain(policies: &Policies) -> Vec<Sentence> {
    let offers = policies.offers().iter();
    let rules = offers.flat_map(|offer| offer.rules.iter().map(move |rule| (offer, rule)));
    let sentences = rules.map(|(offer, rule)| Sentence {
        file: offer.file.clone(),
        rule: rule.uid.clone(),
        en: english(rule),
    });
    sentences.collect()
}

fn english(rule: &Rule) -> String {
    let Rule { kind, target, action, assignee, constraints, uid: _ } = rule;
    let who = match (assignee, constraints.is_empty()) {
        (Some(assignee), true) => assignee.to_string(),
        (Some(assignee), false) => format!("{assignee}, meeting this,"),
        (None, true) => "Anybody".to_owned(),
        (None, false) => "Whoever meets this".to_owned(),
    };
    let may = match kind {
        RuleKind::Permission => "may",
        RuleKind::Prohibition => "may not, whatever else permits it,",
    };
    let what = match (action, target) {
        (Action::Read, Target::AllFacts) => "read all facts".to_owned(),
        (Action::Read, Target::Predicate(_)) => format!("read {}", target.name()),
        (Action::Ask, Target::AllFacts | Target::Predicate(_)) => {
            "send a question to another company".to_owned()
        }
    };
    let conditions: Vec<_> = constraints.iter().map(condition).collect();
    match conditions.join("; and ") {
        none if none.is_empty() => format!("{who} {may} {what}."),
        all => format!("{who} {may} {what}: {all}."),
    }
}

fn condition(constraint: &Constraint) -> String {
    let (negative, values) = values(constraint);
    match constraint {
        Constraint::HoldsCredential(..) if negative => format!("the caller holds no {values}"),
        Constraint::HoldsCredential(..) => {
            let own = "OwnerCredential issued by this company";
            let values = values.replace("OwnerCredential", own);
            format!("the caller holds {} {values}", article(&values))
        }
        Constraint::Purpose(PurposeMatch::Exactly, _) => format!("the purpose is exactly {values}"),
        Constraint::Purpose(PurposeMatch::Any, _) => {
            format!("the purpose is {values}, or narrower")
        }
        Constraint::Purpose(PurposeMatch::None, _) => {
            format!("the purpose is not {values}, nor narrower")
        }
        Constraint::AccessTier(..) if negative => {
            format!("the facts are of another tier than {values}")
        }
        Constraint::AccessTier(..) => format!("the facts are of the tier {values}"),
        Constraint::DateTime(..) => format!("the time is {values}"),
        Constraint::Recipient(..) if negative => format!("the recipient is not {values}"),
        Constraint::Recipient(..) => format!("the recipient is {values}"),
    }
}

fn article(words: &str) -> &'static str {
    match words.chars().next() {
        Some('A' | 'E' | 'I' | 'O' | 'U') => "an",
        Some(_) | None => "a",
    }
}
