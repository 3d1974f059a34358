//! One offer: JSON-LD in, closed enums out, noting every problem on the way.

use crate::constraint::read_constraint;
use crate::term::iri_of;
use crate::{Action, Constraint, Offer, PolicyError, Rule, RuleKind, Target, canonical};
use adit_credentials::{ADIT_CONTEXT, pointer_step};
use adit_vocab::{Did, Vocabulary, adit, expand, odrl};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The context of ODRL's own terms; known by name, never fetched.
const ODRL_CONTEXT: &str = "http://www.w3.org/ns/odrl.jsonld";

/// The notes of one reading: which file, and what was wrong so far.
pub(crate) struct Notes<'a> {
    file: &'a str,
    vocabulary: &'a Vocabulary,
    problems: Vec<PolicyError>,
}

impl Notes<'_> {
    /// Notes a problem; what was found is quoted as it stands.
    pub(crate) fn refuse(&mut self, at: &str, found: Option<&Value>, allowed: impl Into<String>) {
        let found = match found {
            None => "nothing".to_owned(),
            Some(value) => value.to_string().chars().take(120).collect(),
        };
        self.note(at, found, allowed.into());
    }

    fn note(&mut self, at: &str, found: String, allowed: String) {
        let (file, pointer) = (self.file.to_owned(), at.to_owned());
        self.problems.push(PolicyError { file, pointer, found, allowed });
    }

    /// The members of an object that has no others than those named.
    pub(crate) fn object<'v>(
        &mut self,
        at: &str,
        value: &'v Value,
        allowed: &[&str],
    ) -> Option<&'v Map<String, Value>> {
        let Value::Object(members) = value else {
            self.refuse(at, Some(value), format!("an object with {}", allowed.join(", ")));
            return None;
        };
        for member in members.keys().filter(|member| !allowed.contains(&member.as_str())) {
            let at = format!("{at}{}", pointer_step(member));
            let found = member.chars().take(60).collect::<String>();
            self.note(&at, format!("the member '{found}'"), allowed.join(", "));
        }
        Some(members)
    }

    /// The entries of an array that has at least one, each with its pointer; none where the member is absent.
    fn entries<'v>(
        &mut self,
        at: &str,
        members: &'v Map<String, Value>,
        member: &str,
    ) -> Vec<(String, &'v Value)> {
        let at = format!("{at}/{member}");
        match members.get(member) {
            None => Vec::new(),
            Some(Value::Array(entries)) if !entries.is_empty() => {
                entries.iter().zip(0..).map(|(entry, i)| (format!("{at}/{i}"), entry)).collect()
            }
            found => {
                self.refuse(&at, found, "an array with at least one entry, or no such member");
                Vec::new()
            }
        }
    }

    /// The text of a member that must be there.
    pub(crate) fn text<'v>(
        &mut self,
        at: &str,
        members: &'v Map<String, Value>,
        member: &str,
        allowed: &str,
    ) -> Option<&'v str> {
        match members.get(member) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            found => {
                self.refuse(&format!("{at}/{member}"), found, allowed);
                None
            }
        }
    }
}

/// Reads one offer.
pub(crate) fn read_offer(
    file: &str,
    value: &Value,
    vocabulary: &Vocabulary,
) -> Result<Offer, Vec<PolicyError>> {
    let mut notes = Notes { file, vocabulary, problems: Vec::new() };
    let offer = offer_of(&mut notes, value);
    match offer {
        Some(offer) if notes.problems.is_empty() => Ok(offer),
        Some(_) | None => Err(notes.problems),
    }
}

fn offer_of(notes: &mut Notes<'_>, value: &Value) -> Option<Offer> {
    let allowed = ["@context", "@type", "uid", "profile", "permission", "prohibition"];
    let members = notes.object("", value, &allowed)?;
    check_contexts(notes, members.get("@context"));
    let is_offer = |text: &str| iri_of(text) == odrl::OFFER.as_str();
    if !members.get("@type").and_then(Value::as_str).is_some_and(is_offer) {
        notes.refuse("/@type", members.get("@type"), "Offer");
    }
    let profile = members.get("profile");
    if profile.is_some_and(|profile| profile != adit::NAMESPACE) {
        notes.refuse("/profile", profile, adit::NAMESPACE);
    }
    let uid = notes.text("", members, "uid", "an IRI").filter(|uid| {
        let fits = uid.contains(':') && !uid.contains(char::is_whitespace);
        if !fits {
            notes.refuse("/uid", members.get("uid"), "an IRI");
        }
        fits
    });
    let uid = uid.unwrap_or_default();
    let mut rules = Vec::new();
    for (kind, member) in
        [(RuleKind::Permission, "permission"), (RuleKind::Prohibition, "prohibition")]
    {
        for ((at, entry), number) in notes.entries("", members, member).into_iter().zip(1..) {
            let derived = format!("{uid}#{member}-{number}");
            rules.extend(rule_of(notes, &at, entry, kind, derived));
        }
    }
    if !members.contains_key("permission") && !members.contains_key("prohibition") {
        notes.refuse("", None, "at least one permission or prohibition");
    }
    let hash = hex::encode(Sha256::digest(canonical(value)));
    Some(Offer { uid: uid.to_owned(), file: notes.file.to_owned(), rules, hash })
}

fn check_contexts(notes: &mut Notes<'_>, found: Option<&Value>) {
    let allowed = format!("{ODRL_CONTEXT} and {ADIT_CONTEXT}, the first of them always");
    let named = match found {
        Some(Value::Array(contexts)) => contexts.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let all_known = named.iter().all(|it| it == ODRL_CONTEXT || it == ADIT_CONTEXT);
    if !all_known || named.first().is_none_or(|first| first != ODRL_CONTEXT) {
        notes.refuse("/@context", found, allowed);
    }
}

fn rule_of(
    notes: &mut Notes<'_>,
    at: &str,
    entry: &Value,
    kind: RuleKind,
    derived_uid: String,
) -> Option<Rule> {
    let members =
        notes.object(at, entry, &["uid", "target", "action", "assignee", "constraint"])?;
    let uid = match members.get("uid") {
        None => Some(derived_uid),
        Some(_) => notes.text(at, members, "uid", "an IRI").map(str::to_owned),
    };
    let action = action_of(notes, at, members);
    let target = target_of(notes, at, members, kind, action);
    let assignee = assignee_of(notes, at, members, action);
    let mut constraints = Vec::new();
    for (at, entry) in notes.entries(at, members, "constraint") {
        let Some(constraint) = read_constraint(notes, &at, entry) else { continue };
        if let Some(allowed) = meaningless(&constraint, kind, action, target.as_ref()) {
            notes.refuse(&at, Some(entry), allowed);
        }
        constraints.push(constraint);
    }
    let (uid, target, action) = (uid?, target?, action?);
    Some(Rule { uid, kind, target, action, assignee, constraints })
}

fn action_of(notes: &mut Notes<'_>, at: &str, members: &Map<String, Value>) -> Option<Action> {
    let allowed = "odrl:read, adit:ask";
    let iri = iri_of(notes.text(at, members, "action", allowed)?);
    if iri == odrl::READ.as_str() {
        Some(Action::Read)
    } else if iri == adit::ASK.as_str() {
        Some(Action::Ask)
    } else {
        notes.refuse(&format!("{at}/action"), members.get("action"), allowed);
        None
    }
}

fn target_of(
    notes: &mut Notes<'_>,
    at: &str,
    members: &Map<String, Value>,
    kind: RuleKind,
    action: Option<Action>,
) -> Option<Target> {
    let all = "adit:facts";
    let name = notes.text(at, members, "target", "adit:facts, or a predicate of the vocabulary")?;
    let iri = expand(name).unwrap_or_else(|| name.to_owned());
    let allowed = if iri == adit::FACTS.as_str() {
        return Some(Target::AllFacts);
    } else if kind == RuleKind::Permission {
        "adit:facts; permit tiers, and prohibit single predicates"
    } else if action == Some(Action::Ask) {
        all
    } else if !notes.vocabulary.knows(&iri) {
        "adit:facts, or a predicate of the vocabulary"
    } else {
        return Some(Target::Predicate(iri));
    };
    notes.refuse(&format!("{at}/target"), members.get("target"), allowed);
    None
}

fn assignee_of(
    notes: &mut Notes<'_>,
    at: &str,
    members: &Map<String, Value>,
    action: Option<Action>,
) -> Option<Did> {
    let found = members.get("assignee")?;
    let at = format!("{at}/assignee");
    if action == Some(Action::Ask) {
        notes.refuse(&at, Some(found), "no assignee with adit:ask; name peers by odrl:recipient");
        return None;
    }
    let did = found.as_str().and_then(|text| text.parse().ok());
    if did.is_none() {
        notes.refuse(&at, Some(found), "a DID");
    }
    did
}

/// A constraint that reads well and would never do what it says; the text is what may stand instead.
fn meaningless(
    constraint: &Constraint,
    kind: RuleKind,
    action: Option<Action>,
    target: Option<&Target>,
) -> Option<&'static str> {
    let asks = action == Some(Action::Ask);
    match constraint {
        Constraint::HoldsCredential(..) | Constraint::AccessTier(..) if asks => {
            Some("with adit:ask the operands odrl:purpose, odrl:dateTime, odrl:recipient")
        }
        Constraint::HoldsCredential(crate::Match::None, _) if kind == RuleKind::Permission => {
            Some("eq, isA or isAnyOf in a permission: a caller can leave any credential out")
        }
        Constraint::AccessTier(..) if matches!(target, Some(Target::Predicate(_))) => {
            Some("no adit:accessTier where the target is one predicate: its tier is fixed")
        }
        Constraint::HoldsCredential(..)
        | Constraint::AccessTier(..)
        | Constraint::Purpose(..)
        | Constraint::DateTime(..)
        | Constraint::Recipient(..) => None,
    }
}
