//! One rule against one request: does it hold, until when, and how far is it from holding.

use crate::missing::{Unmet, is_for_own_people, missing, wrong_party};
use crate::{Constraint, Match, Order, PurposeMatch, Refusal, Rule, RuleKind};
use adit_credentials::{Caller, Held};
use adit_vocab::{Did, Tier, adit, purpose_is_a};
use jiff::Timestamp;
use std::cmp::Reverse;

/// What a request brings to the rules.
#[derive(Clone, Copy)]
pub(crate) struct Situation<'a> {
    pub(crate) caller: &'a Caller,
    /// Who receives: the caller's facts, or the question.
    pub(crate) recipient: Option<&'a Did>,
    pub(crate) own: Option<&'a Did>,
    pub(crate) purpose: Option<&'a str>,
    pub(crate) tier: Option<Tier>,
    pub(crate) now: Timestamp,
}

/// A rule judged in a situation.
pub(crate) struct Judgement<'a> {
    pub(crate) rule: &'a Rule,
    situation: Situation<'a>,
    /// What does not hold, in the order of the rule; empty where the rule holds.
    unmet: Vec<Condition<'a>>,
    met: usize,
    /// The judgement stands until then at least.
    pub(crate) until: Option<Timestamp>,
}

/// A condition of a rule.
#[derive(Clone, Copy)]
enum Condition<'a> {
    Assignee(&'a Did),
    Constraint(&'a Constraint),
}

/// How far a rule is from holding; the least is the nearest. The fields count in this order.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Distance {
    /// The rule is for the company's own people, which nobody else becomes.
    for_own_people: bool,
    /// How many of its conditions are unmet.
    unmet: usize,
    /// How many of those are about who one is, which is harder to change than what one says.
    who: usize,
    met: Reverse<usize>,
}

impl Distance {
    /// Of where no rule speaks at all.
    pub(crate) const FARTHEST: Self =
        Self { for_own_people: true, unmet: usize::MAX, who: usize::MAX, met: Reverse(0) };
}

/// Whether a constraint holds, and until when that stays so.
struct Finding {
    holds: bool,
    until: Option<Timestamp>,
}

/// Judges a rule.
pub(crate) fn judge<'a>(rule: &'a Rule, situation: &Situation<'a>) -> Judgement<'a> {
    let (mut unmet, mut met, mut until) = (Vec::new(), 0, None);
    let assignee = rule.assignee.iter().map(Condition::Assignee);
    for condition in assignee.chain(rule.constraints.iter().map(Condition::Constraint)) {
        let finding = condition.check(rule.kind, situation);
        // A rule that fails keeps failing while its first failure stands; one that holds needs all of its findings.
        if unmet.is_empty() {
            until = if finding.holds { earlier(until, finding.until) } else { finding.until };
        }
        if finding.holds { met += 1 } else { unmet.push(condition) }
    }
    Judgement { rule, situation: *situation, unmet, met, until }
}

impl Judgement<'_> {
    pub(crate) fn holds(&self) -> bool {
        self.unmet.is_empty()
    }

    /// Whether the rule speaks of other tiers than the one in question.
    pub(crate) fn is_of_another_tier(&self) -> bool {
        self.unmet.iter().any(|unmet| unmet.operand() == "adit:accessTier")
    }

    pub(crate) fn distance(&self) -> Distance {
        let who = ["adit:holdsCredential", "odrl:assignee", "odrl:recipient"];
        let mut constraints = self.rule.constraints.iter();
        Distance {
            for_own_people: constraints.any(is_for_own_people),
            unmet: self.unmet.len(),
            who: self.unmet.iter().filter(|unmet| who.contains(&unmet.operand())).count(),
            met: Reverse(self.met),
        }
    }

    /// The refusal of a permission that does not hold: its first unmet condition, and how to meet all of them.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        let unmet: Vec<_> = self.unmet.iter().map(|it| it.missing(&self.situation)).collect();
        let fixes: Vec<_> = unmet.iter().map(|unmet| unmet.fix.as_str()).collect();
        let fix = fixes.join(", and ");
        Some(Unmet { fix, ..unmet.into_iter().next()? }.refuse(self.rule))
    }
}

impl Condition<'_> {
    fn check(self, kind: RuleKind, situation: &Situation<'_>) -> Finding {
        match self {
            Self::Assignee(assignee) => {
                Finding { holds: situation.caller.did() == Some(assignee), until: None }
            }
            Self::Constraint(constraint) => check(constraint, kind, situation),
        }
    }

    fn operand(self) -> &'static str {
        match self {
            Self::Assignee(_) => "odrl:assignee",
            Self::Constraint(constraint) => constraint.operand(),
        }
    }

    fn missing(self, situation: &Situation<'_>) -> Unmet {
        match self {
            Self::Assignee(assignee) => {
                wrong_party(self.operand(), assignee.to_string(), situation)
            }
            Self::Constraint(constraint) => missing(constraint, situation),
        }
    }
}

/// The earlier of two ends; none is no end.
pub(crate) fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    [a, b].into_iter().flatten().min()
}

/// Whether a constraint holds.
///
/// Where the request does not say a value, a permission's constraint fails, whatever its operator; a prohibition's fails
/// only if it names values: "none of these" is met by nothing said. Both keep the facts closed in doubt.
fn check(constraint: &Constraint, kind: RuleKind, situation: &Situation<'_>) -> Finding {
    let forever = |holds| Finding { holds, until: None };
    let unsaid = |negative: bool| forever(negative && kind == RuleKind::Prohibition);
    match constraint {
        Constraint::HoldsCredential(matching, types) => {
            let held = situation.caller.credentials().iter();
            let fitting =
                held.filter(|held| types.iter().any(|it| counts(held, it, situation.own)));
            let ends: Vec<_> = fitting.map(Held::valid_until).collect();
            // Of several that fit, the one that lasts longest keeps the finding up; one without end does so for ever.
            let until =
                if ends.contains(&None) { None } else { ends.iter().flatten().max().copied() };
            Finding { holds: ends.is_empty() == (*matching == Match::None), until }
        }
        Constraint::Purpose(matching, purposes) => {
            let Some(stated) = situation.purpose else {
                return unsaid(*matching == PurposeMatch::None);
            };
            let narrower = || purposes.iter().any(|wider| purpose_is_a(stated, wider));
            forever(match matching {
                PurposeMatch::Exactly => purposes.iter().any(|purpose| purpose == stated),
                PurposeMatch::Any => narrower(),
                PurposeMatch::None => !narrower(),
            })
        }
        Constraint::AccessTier(matching, tiers) => {
            let Some(tier) = situation.tier else { return unsaid(*matching == Match::None) };
            forever(tiers.contains(&tier) == (*matching == Match::Any))
        }
        Constraint::Recipient(matching, dids) => {
            let Some(did) = situation.recipient else { return unsaid(*matching == Match::None) };
            forever(dids.contains(did) == (*matching == Match::Any))
        }
        Constraint::DateTime(order, instant) => {
            let now = situation.now;
            let holds = match order {
                Order::Before => now < *instant,
                Order::AtOrBefore => now <= *instant,
                Order::After => now > *instant,
                Order::AtOrAfter => now >= *instant,
            };
            // Whether the finding turns at the instant itself or just after it, it stands until then.
            let turns = match order {
                Order::Before | Order::AtOrAfter => now < *instant,
                Order::AtOrBefore | Order::After => now <= *instant,
            };
            Finding { holds, until: turns.then_some(*instant) }
        }
    }
}

/// Whether a credential counts as one of a type. The trust list accepted it; that it speaks for the company itself, only
/// the company can say.
fn counts(held: &Held, type_iri: &str, own: Option<&Did>) -> bool {
    held.has_type(type_iri)
        && (type_iri != adit::OWNER_CREDENTIAL.as_str() || Some(held.issuer()) == own)
}
