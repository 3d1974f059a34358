//! Random data sets: a chain of two to seven companies, their items, the rooms of their facts, their policies.
//!
//! A world is a pure function of its seed. It is small on purpose (a few hundred quads), so that
//! two facts often meet: the same triple in two rooms, at two companies, under two audiences.

use crate::law::Law;
use crate::pen::{INSTANTS, Pen, STRANGER};
use adit_policy::{Permit, Policies};
use adit_vocab::{Did, Tier, adit, qudt, schema};
use fastrand::Rng;
use jiff::Timestamp;
use oxrdf::{NamedNode, NamedNodeRef, Quad};
use std::collections::BTreeSet;

/// One company, the facts that stand in its rooms, and who may read them.
pub(crate) struct Company {
    pub(crate) name: &'static str,
    pub(crate) did: Did,
    pub(crate) facts: Vec<Quad>,
    pub(crate) laws: Vec<Law>,
    pub(crate) policies: Policies,
}

/// A data set: companies, and the instants worth asking about.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) companies: Vec<Company>,
    /// What somebody without a company says about sending questions.
    pub(crate) visitor: Vec<Law>,
    pub(crate) visitor_policies: Policies,
    pub(crate) instants: Vec<Timestamp>,
}

/// Somebody who asks, and what the policies of a company open to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asker {
    pub(crate) name: String,
    /// The audience that the asker is; `None` for the anonymous one.
    pub(crate) did: Option<Did>,
    pub(crate) tiers: BTreeSet<Tier>,
    pub(crate) sees_all_audiences: bool,
    /// Predicates that a prohibition hides.
    pub(crate) hidden: Vec<String>,
}

/// The roles of the chain. A short chain has companies with several roles, each named by its first.
pub(crate) const ROLES: [&str; 7] = ["smelter", "mill", "shop", "cells", "oem", "mine", "recycler"];
/// The fewest companies of a chain.
pub(crate) const COMPANIES_MIN: usize = 2;

/// The company that plays a role, among so many.
pub(crate) fn role(role: usize, companies: usize) -> usize {
    role * companies / ROLES.len()
}

impl World {
    /// The world of a seed: two to seven companies in turn.
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let spread = ROLES.len() - COMPANIES_MIN + 1;
        let companies = COMPANIES_MIN + seed as usize % spread;
        let first = |company| ROLES[(0..).find(|it| role(*it, companies) == company).unwrap_or(0)];
        let companies = (0..companies).map(|company| Company::new(first(company))).collect();
        let mut companies = Pen::new(companies, rng.fork()).write();
        let dids: Vec<Did> = companies.iter().map(|company| company.did.clone()).collect();
        for company in &mut companies {
            let others: Vec<Did> =
                dids.iter().filter(|other| **other != company.did).cloned().collect();
            company.laws = Law::draw(&mut rng, &company.did, &others);
            company.policies = Law::policies(&company.laws);
        }
        let visitor = Law::draw_asking(&mut rng, &dids[0], &dids);
        let visitor_policies = Law::policies(&visitor);
        let instants = INSTANTS.iter().flat_map(|text| {
            let start: Timestamp = text.parse().expect("the instants above are timestamps");
            [start, start - jiff::SignedDuration::from_nanos(1)]
        });
        let instants = instants.collect();
        Self { seed, companies, visitor, visitor_policies, instants }
    }

    /// A date to ask at: the very start of an interval, just before one, or after them all.
    pub(crate) fn instant(&self, rng: &mut Rng) -> Timestamp {
        if rng.u8(..4) == 0 {
            return "2026-01-01T00:00:00Z".parse().expect("a timestamp");
        }
        self.instants[rng.usize(..self.instants.len())]
    }

    /// Everybody who may ask the company; the first are its own people, who see everything there.
    pub(crate) fn askers(&self, company: usize) -> Vec<Asker> {
        let home = &self.companies[company];
        let others = self.companies.iter().filter(|other| other.did != home.did);
        let partners: Vec<Asker> = others.map(Company::partner).collect();
        let own = home.own_people();
        let mut askers = vec![
            own.clone(),
            own.without(&[adit::INSTALLED_ITEM, qudt::NUMERIC_VALUE]),
            own.without(&[adit::PART_OF, schema::VALID_THROUGH]),
        ];
        askers.extend(
            partners.iter().map(|partner| partner.without(&[adit::FROM_BATCH, adit::AT_PLACE])),
        );
        askers.extend(partners);
        askers.extend([
            Asker::new("stranger", Some(STRANGER), &[Tier::Public, Tier::Partner]),
            Asker::new("partner without deliveries", Some("did:web:new.example"), &[Tier::Partner]),
            Asker::new("public", None, &[Tier::Public]),
            Asker::researcher(),
            Asker::new(
                "authority",
                Some("did:web:authority.example"),
                &[Tier::Public, Tier::Authority, Tier::LegitimateInterest],
            ),
            Asker {
                sees_all_audiences: true,
                ..Asker::new("auditor", None, &[Tier::Public, Tier::Partner])
            },
        ]);
        askers
    }

    /// Every fact of every company, as N-Quads.
    pub(crate) fn dump(&self) -> String {
        let of = |company: &Company| {
            let lines: String = company.facts.iter().map(|quad| format!("{quad} .\n")).collect();
            let laws = Law::files(&company.laws).into_iter().map(|(_, law)| format!("# {law}\n"));
            format!("# {}\n{}{lines}", company.name, laws.collect::<String>())
        };
        self.companies.iter().map(of).collect()
    }
}

impl Asker {
    fn new(name: &str, did: Option<&str>, tiers: &[Tier]) -> Self {
        let did = did.map(|did| did.parse().expect("the DIDs of this file are well formed"));
        Self {
            name: name.to_owned(),
            did,
            tiers: tiers.iter().copied().collect(),
            sees_all_audiences: false,
            hidden: Vec::new(),
        }
    }

    /// The same asker where a prohibition hides some predicates.
    pub(crate) fn without(&self, hidden: &[NamedNodeRef<'_>]) -> Self {
        let hidden = hidden.iter().map(|predicate| predicate.as_str().to_owned()).collect();
        Self { hidden, ..self.clone() }
    }

    /// What a policy would decide for the asker.
    pub(crate) fn permit(&self) -> Permit {
        let Self { name: _, did, tiers, sees_all_audiences, hidden } = self;
        Permit::for_test(tiers.iter().copied(), did.clone(), *sees_all_audiences, hidden.clone())
    }

    /// A researcher: no company, no facts.
    pub(crate) fn researcher() -> Self {
        let did = Some("did:jwk:eyJjcnYiOiJQLTI1NiJ9");
        Self::new("researcher", did, &[Tier::Public, Tier::Research])
    }
}

impl Company {
    fn new(name: &'static str) -> Self {
        let did = format!("did:web:{name}.example").parse().expect("a well-formed DID");
        let (facts, laws, policies) = (Vec::new(), Vec::new(), Policies::default());
        Self { name, did, facts, laws, policies }
    }

    /// The company as a partner of another one.
    pub(crate) fn partner(&self) -> Asker {
        Asker::new(self.name, Some(self.did.as_str()), &[Tier::Public, Tier::Partner])
    }

    /// The company's own people, who see all of it.
    pub(crate) fn own_people(&self) -> Asker {
        let own = Asker::new("own people", Some(self.did.as_str()), Tier::ALL);
        Asker { sees_all_audiences: true, ..own }
    }

    /// The prefix that the company's item identifiers start with.
    pub(crate) fn prefix(&self) -> String {
        format!("https://id.{}.example/", self.name)
    }
}

pub(crate) fn iri(text: &str) -> NamedNode {
    NamedNode::new(text).expect("the IRIs of this suite are well formed")
}
