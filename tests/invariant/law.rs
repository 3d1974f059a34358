//! The usage policies of a company: drawn at random, written as ODRL for the connector, read literally by the oracle.

use crate::data::Asker;
use adit_policy::Policies;
use adit_vocab::{Did, Tier, Vocabulary};
use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// One permission or prohibition.
#[derive(Debug, Clone)]
pub(crate) struct Law {
    pub(crate) forbids: bool,
    /// About sending questions, not about reading facts.
    asks: bool,
    /// A prohibition may be about one predicate, as a prefixed name.
    predicate: Option<&'static str>,
    assignee: Option<Did>,
    terms: Vec<Term>,
}

/// One constraint: the operator and what stands to its right.
#[derive(Debug, Clone)]
enum Term {
    Credential(&'static str, Vec<&'static str>),
    Purpose(&'static str, Vec<&'static str>),
    Tier(&'static str, Vec<Tier>),
    Recipient(&'static str, Vec<Did>),
    Time(&'static str, &'static str),
}

/// Who asks, as far as policies ask.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) did: Option<Did>,
    /// Types of credentials, each with its issuer.
    pub(crate) held: Vec<(&'static str, Did)>,
    pub(crate) purpose: Option<&'static str>,
    pub(crate) now: Timestamp,
}

/// How the oracle reads: as it stands, or to see what a part of the policies does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    Plain,
    WithoutProhibitions,
    /// As if the request came on the other side of every time limit.
    TimesTurned,
}

/// The instants that time limits name, as their companies wrote them.
pub(crate) const LIMITS: [&str; 5] = [
    "2025-06-01T00:00:00Z",
    "2025-09-01T00:00:00+02:00",
    "2025-12-24T12:00:00.5-05:00",
    "2026-03-01T00:00:00Z",
    "2026-05-01T23:59:59.999999999+01:00",
];
/// Purposes that are narrower than others.
const WIDER: [(&str, &str); 6] = [
    ("adit:purpose-recall", "dpv:LegalCompliance"),
    ("adit:purpose-maintenance", "dpv:FulfilmentOfContractualObligation"),
    ("adit:purpose-warranty", "dpv:FulfilmentOfContractualObligation"),
    ("adit:purpose-repair", "dpv:FulfilmentOfContractualObligation"),
    ("dpv:AcademicResearch", "dpv:ResearchAndDevelopment"),
    ("dpv:CommercialResearch", "dpv:ResearchAndDevelopment"),
];
/// What a prohibition may hide.
const HIDEABLE: [&str; 12] = [
    "adit:installedItem",
    "adit:installedIn",
    "schema:validThrough",
    "schema:validFrom",
    "adit:fromBatch",
    "eudpp:hasRole",
    "schema:name",
    "qudt:numericValue",
    "schema:weight",
    "adit:atPlace",
    "adit:factsHeldBy",
    "adit:productFootprint",
];

impl Law {
    fn new(forbids: bool, terms: Vec<Term>) -> Self {
        Self { forbids, asks: false, predicate: None, assignee: None, terms }
    }

    fn permission(terms: Vec<Term>) -> Self {
        Self::new(false, terms)
    }

    /// The policies of one company.
    pub(crate) fn draw(rng: &mut Rng, own: &Did, others: &[Did]) -> Vec<Self> {
        let partners = ["adit:purpose-recall", "adit:purpose-warranty", "adit:purpose-maintenance"];
        let research = vec!["dpv:ResearchAndDevelopment"];
        let mut laws = vec![
            Self::permission(vec![Term::Tier("eq", vec![Tier::Public])]),
            Self::permission(vec![Term::Credential("eq", vec!["OwnerCredential"])]),
            Self::permission(vec![
                Term::Credential("eq", vec!["PartnerCredential"]),
                Term::Purpose("isAnyOf", partners.to_vec()),
                Term::Tier("isAnyOf", vec![Tier::Partner, Tier::Public]),
            ]),
            Self::permission(vec![
                Term::Credential("isA", vec!["ResearcherCredential"]),
                Term::Purpose("isA", research),
                Term::Tier("isAnyOf", vec![Tier::Research, Tier::Public]),
            ]),
            Self::permission(vec![
                Term::Credential(
                    "isAnyOf",
                    vec!["MembershipCredential", "LegitimateInterestCredential"],
                ),
                Term::Tier("isNoneOf", vec![Tier::Owner, Tier::Research, Tier::Authority]),
                Term::Purpose("neq", vec!["dpv:CommercialResearch"]),
            ]),
        ];
        for law in &mut laws {
            if rng.u8(..5) == 0 {
                law.terms.push(time(rng));
            }
        }
        if let Some(friend) = rng.choice(others).filter(|_| rng.u8(..4) == 0) {
            let tiers = vec![Tier::Partner, Tier::LegitimateInterest, Tier::Research];
            let terms = vec![Term::Tier("isAnyOf", tiers), time(rng)];
            laws.push(Self { assignee: Some(friend.clone()), ..Self::permission(terms) });
        }
        for _ in 0..rng.u8(..4) {
            laws.push(prohibition(rng, others));
        }
        laws.extend(Self::draw_asking(rng, own, others));
        laws
    }

    /// What a company or a person says about sending questions.
    pub(crate) fn draw_asking(rng: &mut Rng, own: &Did, others: &[Did]) -> Vec<Self> {
        let mut terms = Vec::new();
        if rng.u8(..6) == 0 {
            terms.push(Term::Purpose("isNoneOf", vec!["dpv:CommercialResearch"]));
        }
        let mut laws = vec![Self { asks: true, ..Self::permission(terms) }];
        let other = rng.choice(others).filter(|other| *other != own);
        if let Some(other) = other.filter(|_| rng.u8(..5) == 0) {
            let mut terms = vec![Term::Recipient("eq", vec![other.clone()])];
            if rng.bool() {
                terms.push(time(rng));
            }
            laws.push(Self { asks: true, ..Self::new(true, terms) });
        }
        laws
    }

    /// The laws as files of ODRL.
    pub(crate) fn files(laws: &[Self]) -> Vec<(String, String)> {
        let files = laws.iter().enumerate().map(|(number, law)| {
            let (name, uid) = (format!("law-{number}.json"), format!("urn:example:law:{number}"));
            let mut offer = json!({
                "@context": ["http://www.w3.org/ns/odrl.jsonld", "https://w3id.org/adit/context.jsonld"],
                "@type": "Offer", "uid": uid,
            });
            let kind = if law.forbids { "prohibition" } else { "permission" };
            offer[kind] = json!([law.to_json()]);
            (name, offer.to_string())
        });
        files.collect()
    }

    /// The laws as the connector reads them.
    pub(crate) fn policies(laws: &[Self]) -> Policies {
        match Policies::read(Self::files(laws), Vocabulary::bundled()) {
            Ok(policies) => policies,
            Err(problems) => panic!("{problems:?}"),
        }
    }

    fn to_json(&self) -> Value {
        let mut rule = json!({
            "target": self.predicate.unwrap_or("adit:facts"),
            "action": if self.asks { "adit:ask" } else { "odrl:read" },
        });
        if let Some(assignee) = &self.assignee {
            rule["assignee"] = json!(assignee);
        }
        if !self.terms.is_empty() {
            rule["constraint"] = self.terms.iter().map(Term::to_json).collect();
        }
        rule
    }

    /// What the laws of a company let a person read; nothing at all where no tier opens.
    pub(crate) fn sight(
        laws: &[Self],
        own: &Did,
        person: &Person,
        reading: Reading,
    ) -> Option<Asker> {
        let holds = |law: &&Self, tier: Option<Tier>| {
            !law.asks && law.holds(own, person, person.did.as_ref(), tier, reading)
        };
        let about_all = || laws.iter().filter(|law| law.predicate.is_none());
        let open = |tier: &Tier| {
            about_all().any(|law| !law.forbids && holds(&law, Some(*tier)))
                && !about_all().any(|law| law.forbids && holds(&law, Some(*tier)))
        };
        let tiers: BTreeSet<Tier> = Tier::ALL.iter().copied().filter(open).collect();
        if tiers.is_empty() {
            return None;
        }
        let hidden = laws.iter().filter(|law| law.forbids && holds(law, None));
        let hidden: BTreeSet<_> = hidden.filter_map(|law| law.predicate).collect();
        let iri = |name: &str| adit_vocab::expand(name).expect("a prefix of the vocabulary");
        Some(Asker {
            name: "somebody".to_owned(),
            did: person.did.clone(),
            sees_all_audiences: tiers.contains(&Tier::Owner),
            tiers,
            hidden: hidden.into_iter().map(iri).collect(),
        })
    }

    /// Whether the laws let a question be sent to a company.
    pub(crate) fn lets_ask(laws: &[Self], own: &Did, person: &Person, peer: &Did) -> bool {
        let nobody = Person { did: None, held: Vec::new(), ..person.clone() };
        let mut holding = laws
            .iter()
            .filter(|law| law.asks && law.holds(own, &nobody, Some(peer), None, Reading::Plain));
        let all: Vec<_> = holding.by_ref().map(|law| law.forbids).collect();
        all.contains(&false) && !all.contains(&true)
    }

    fn holds(
        &self,
        own: &Did,
        person: &Person,
        recipient: Option<&Did>,
        tier: Option<Tier>,
        reading: Reading,
    ) -> bool {
        if self.forbids && reading == Reading::WithoutProhibitions {
            return false;
        }
        let is_party = self.assignee.is_none() || self.assignee == person.did;
        let is_negative = |operator: &str| operator == "neq" || operator == "isNoneOf";
        // What is not said leaves a permission unmet; a prohibition counts it as none of its list.
        let unsaid = |operator: &str| self.forbids && is_negative(operator);
        is_party
            && self.terms.iter().all(|term| match term {
                Term::Credential(operator, types) => {
                    let mut held = person.held.iter();
                    let found = held.any(|(kind, issuer)| {
                        types.contains(kind) && (*kind != "OwnerCredential" || issuer == own)
                    });
                    found != is_negative(operator)
                }
                Term::Purpose(operator, purposes) => match person.purpose {
                    None => unsaid(operator),
                    Some(stated) => {
                        let within = |wide: &&str| {
                            stated == *wide || *operator != "eq" && WIDER.contains(&(stated, *wide))
                        };
                        purposes.iter().any(within) != is_negative(operator)
                    }
                },
                Term::Tier(operator, tiers) => match tier {
                    None => unsaid(operator),
                    Some(tier) => tiers.contains(&tier) != is_negative(operator),
                },
                Term::Recipient(operator, dids) => match recipient {
                    None => unsaid(operator),
                    Some(did) => dids.contains(did) != is_negative(operator),
                },
                Term::Time(operator, limit) => {
                    let limit: Timestamp = limit.parse().expect("the limits above are instants");
                    let now = person.now;
                    let holds = match *operator {
                        "lt" => now < limit,
                        "lteq" => now <= limit,
                        "gt" => now > limit,
                        _ => now >= limit,
                    };
                    holds != (reading == Reading::TimesTurned)
                }
            })
    }
}

impl Term {
    fn to_json(&self) -> Value {
        let list = |values: Value| match values.as_array().map(Vec::as_slice) {
            Some([one]) => one.clone(),
            Some(_) | None => values,
        };
        let (left, operator, right) = match self {
            Self::Credential(operator, types) => ("adit:holdsCredential", operator, json!(types)),
            Self::Purpose(operator, purposes) => ("odrl:purpose", operator, json!(purposes)),
            Self::Tier(operator, tiers) => {
                ("adit:accessTier", operator, tiers.iter().map(|tier| tier.as_str()).collect())
            }
            Self::Recipient(operator, dids) => ("odrl:recipient", operator, json!(dids)),
            Self::Time(operator, limit) => ("odrl:dateTime", operator, json!([limit])),
        };
        json!({ "leftOperand": left, "operator": operator, "rightOperand": list(right) })
    }
}

fn time(rng: &mut Rng) -> Term {
    let operators = ["gteq", "gt", "lt", "lteq"];
    Term::Time(operators[rng.usize(..4)], LIMITS[rng.usize(..LIMITS.len())])
}

fn prohibition(rng: &mut Rng, others: &[Did]) -> Law {
    let mut law = Law::new(true, Vec::new());
    // A whole tier, or one predicate.
    if rng.u8(..3) == 0 {
        let tiers = [Tier::Partner, Tier::Research, Tier::LegitimateInterest, Tier::Owner];
        law.terms.push(match rng.u8(..3) {
            0 => Term::Tier("neq", vec![Tier::Public]),
            _ => Term::Tier("eq", vec![tiers[rng.usize(..4)]]),
        });
    } else {
        law.predicate = Some(HIDEABLE[rng.usize(..HIDEABLE.len())]);
    }
    let spared = vec!["OwnerCredential", "AuditorCredential"];
    let party = |rng: &mut Rng| rng.choice(others).cloned().into_iter().collect::<Vec<Did>>();
    let terms = match rng.u8(..10) {
        0 | 1 => vec![Term::Credential("isNoneOf", spared)],
        2 => vec![Term::Credential("isNoneOf", spared), time(rng)],
        3 | 4 => vec![time(rng)],
        5 => vec![Term::Purpose("isA", vec!["dpv:ResearchAndDevelopment"])],
        6 => vec![Term::Purpose("isNoneOf", vec!["dpv:LegalCompliance", "dpv:AcademicResearch"])],
        7 => vec![Term::Recipient("isAnyOf", party(rng)), time(rng)],
        8 => vec![
            Term::Recipient("neq", party(rng)),
            Term::Purpose("eq", vec!["adit:purpose-recall"]),
        ],
        _ => Vec::new(),
    };
    law.terms.extend(terms);
    law
}
