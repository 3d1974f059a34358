//! Who asks across companies: with which credentials, for what purpose, at which instant.

use crate::data::{Asker, World};
use crate::law::{LIMITS, Law, Person, Reading};
use adit_credentials::{Caller, Held};
use adit_policy::{Asked, Permit, Policies, Refusal, SendPermit, decide, decide_sending};
use adit_vocab::{Did, expand};
use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

/// Somebody who asks all companies: a company's own people, or a researcher.
pub(crate) struct Party {
    /// The company whose people ask; a researcher has none.
    pub(crate) home: Option<usize>,
    pub(crate) person: Person,
    /// Whether each credential is shown to its issuer alone, as connectors show those of partners.
    is_discreet: bool,
}

impl Party {
    /// Somebody whose own company, if there is one, lets them ask at all.
    pub(crate) fn draw(world: &World, rng: &mut Rng) -> Self {
        loop {
            let party = Self::any(world, rng);
            let is_let = |home| party.sight(world, home, Reading::Plain).is_some();
            if party.home.is_none_or(is_let) {
                return party;
            }
        }
    }

    /// Somebody of a company that runs as a process, with credentials that companies issue to one another.
    pub(crate) fn of_process(world: &World, rng: &mut Rng, now: Timestamp) -> Self {
        loop {
            let mut party = Self { is_discreet: true, ..Self::any(world, rng) };
            let Some(home) = party.home else { continue };
            let own = world.companies[home].did.clone();
            party.person.now = now;
            party.person.held.retain(|(kind, issuer)| {
                *kind == "PartnerCredential" || (*kind == "OwnerCredential" && *issuer == own)
            });
            if party.sight(world, home, Reading::Plain).is_some() {
                return party;
            }
        }
    }

    fn any(world: &World, rng: &mut Rng) -> Self {
        let companies = &world.companies;
        let dids = companies.iter().map(|company| company.did.clone());
        let now = instant(rng);
        if rng.u8(..6) == 0 {
            let did: Did = "did:jwk:eyJjcnYiOiJQLTI1NiJ9".parse().expect("a well-formed DID");
            let mut held = vec![("ResearcherCredential", companies[0].did.clone())];
            if rng.u8(..3) == 0 {
                held.push(("LegitimateInterestCredential", companies[0].did.clone()));
            }
            let purposes =
                ["dpv:AcademicResearch", "dpv:AcademicResearch", "dpv:CommercialResearch"];
            let purpose = rng.choice(purposes);
            let person = Person { did: Some(did), held, purpose, now };
            return Self { home: None, person, is_discreet: false };
        }
        let home = rng.usize(..companies.len());
        let own = companies[home].did.clone();
        let mut held = Vec::new();
        if rng.u8(..8) > 0 {
            held.push(("OwnerCredential", own.clone()));
        }
        for peer in dids.filter(|peer| *peer != own) {
            if rng.u8(..8) > 0 {
                held.push(("PartnerCredential", peer.clone()));
            }
            match rng.u8(..24) {
                // A daughter company: its mother lets it in as its own people.
                0 => held.push(("OwnerCredential", peer)),
                1 => held.push(("MembershipCredential", peer)),
                2 => held.push(("LegitimateInterestCredential", peer)),
                3 => held.push(("AuditorCredential", peer)),
                _ => {}
            }
        }
        let purpose = match rng.u8(..12) {
            0..6 => Some("adit:purpose-recall"),
            6 | 7 => Some("adit:purpose-maintenance"),
            8 => Some("adit:purpose-warranty"),
            9 => Some("dpv:CommercialResearch"),
            10 => Some("dpv:AcademicResearch"),
            _ => None,
        };
        let person = Person { did: Some(own), held, purpose, now };
        Self { home: Some(home), person, is_discreet: false }
    }

    /// The party as a company gets to know it.
    fn person_at(&self, world: &World, company: usize) -> Person {
        let mut person = self.person.clone();
        if self.is_discreet {
            person.held.retain(|(_, issuer)| *issuer == world.companies[company].did);
            // Who shows nothing is nobody in particular.
            if person.held.is_empty() {
                person.did = None;
            }
        }
        person
    }

    /// What the oracle reads in a company's laws for this party.
    pub(crate) fn sight(&self, world: &World, company: usize, reading: Reading) -> Option<Asker> {
        let at = &world.companies[company];
        let asker = Law::sight(&at.laws, &at.did, &self.person_at(world, company), reading)?;
        let name = if self.home == Some(company) { "own people" } else { "somebody else" };
        Some(Asker { name: name.to_owned(), ..asker })
    }

    /// Whether the party's own laws let the question be sent to a company, as the oracle reads them.
    pub(crate) fn may_ask(&self, world: &World, company: usize) -> bool {
        let (laws, own) = match self.home {
            Some(home) if home == company => return true,
            Some(home) => (&world.companies[home].laws, &world.companies[home].did),
            None => (&world.visitor, &world.companies[company].did),
        };
        Law::lets_ask(laws, own, &self.person, &world.companies[company].did)
    }

    /// How it ends with a company, in the words of the report.
    pub(crate) fn outcome(&self, world: &World, company: usize) -> &'static str {
        if !self.may_ask(world, company) {
            "not sent"
        } else if self.sight(world, company, Reading::Plain).is_none() {
            "refused"
        } else {
            "answered"
        }
    }

    /// The companies that answer, as the oracle reads their laws, one's own first, each with one's standing there.
    pub(crate) fn seen_by(&self, world: &World, reading: Reading) -> Vec<(usize, Asker)> {
        let home = self.home.into_iter();
        let peers = (0..world.companies.len()).filter(|company| Some(*company) != self.home);
        let asked = home.chain(peers.filter(|peer| self.may_ask(world, *peer)));
        asked.filter_map(|company| Some((company, self.sight(world, company, reading)?))).collect()
    }

    fn purpose(&self) -> Option<String> {
        let iri = |name| expand(name).expect("a prefix of the vocabulary");
        self.person.purpose.map(iri)
    }

    /// The connector's own decision at a company.
    pub(crate) fn decide(&self, world: &World, company: usize) -> Result<Permit, Refusal> {
        self.decide_by(&world.companies[company].policies, self.person.now, world, company)
    }

    /// The decision that the company would take by other policies or at another time.
    pub(crate) fn decide_by(
        &self,
        policies: &Policies,
        now: Timestamp,
        world: &World,
        company: usize,
    ) -> Result<Permit, Refusal> {
        let Person { did, held, .. } = &self.person;
        let subject = did.clone().expect("everybody here has a DID");
        let held = held.iter().map(|(kind, issuer)| {
            let kind = format!("https://w3id.org/adit/ns#{kind}");
            Held::for_test([kind], issuer.clone(), subject.clone(), None)
        });
        let caller = Caller::for_test(did.clone(), held.collect());
        let at = &world.companies[company];
        decide(policies, &caller, &at.did, &Asked { purpose: self.purpose() }, now)
    }

    /// The connector's own decision whether the question may be sent to a company.
    pub(crate) fn decide_sending(&self, world: &World, peer: &Did) -> Result<SendPermit, Refusal> {
        let own: &Policies = match self.home {
            Some(home) => &world.companies[home].policies,
            None => &world.visitor_policies,
        };
        decide_sending(own, peer, self.purpose().as_deref(), self.person.now)
    }
}

/// Now: at a time limit, just before it, just after it, or far from any.
fn instant(rng: &mut Rng) -> Timestamp {
    let limit: Timestamp =
        LIMITS[rng.usize(..LIMITS.len())].parse().expect("the limits are instants");
    match rng.u8(..4) {
        0 => limit,
        1 => limit - SignedDuration::from_nanos(1),
        2 => limit + SignedDuration::from_nanos(1),
        _ => limit + SignedDuration::from_hours(24 * 20),
    }
}
