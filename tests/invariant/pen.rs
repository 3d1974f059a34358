//! The facts of a world: melts and heats, parts made from them, packs, machines, where they work and where they end.

use crate::data::{Company, iri};
use adit_vocab::{Did, Phase, Room, Tier, Vocabulary, adit, eudpp, org, prov, qudt, schema, sosa};
use fastrand::Rng;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Quad, Term};
use std::collections::BTreeSet;

/// The places of the roles in [`crate::data::ROLES`].
const SMELTER: usize = 0;
const MILL: usize = 1;
const SHOP: usize = 2;
const CELLS: usize = 3;
const OEM: usize = 4;
const MINE: usize = 5;
const RECYCLER: usize = 6;

const CONFORMS_TO: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://purl.org/dc/terms/conformsTo");
const GROUPS: [&str; 3] = ["steel", "machined-part", "machine"];
/// A partner that is none of the companies.
pub(crate) const STRANGER: &str = "did:web:stranger.example";
/// The instants at which intervals start and end, in the zones of the companies that wrote them.
pub(crate) const INSTANTS: [&str; 8] = [
    "2023-01-10T00:00:00+02:00",
    "2023-06-01T08:30:00Z",
    "2023-09-15T00:00:00-07:00",
    "2024-01-01T00:00:00+01:00",
    "2024-03-31T12:00:00.5Z",
    "2024-07-20T23:59:59+05:30",
    "2025-02-28T00:00:00.123456Z",
    "2025-11-05T06:00:00-03:00",
];

/// Writes the facts of a world.
pub(crate) struct Pen {
    companies: Vec<Company>,
    rng: Rng,
    serial: u32,
    tiers: &'static Vocabulary,
}

impl Pen {
    pub(crate) fn new(companies: Vec<Company>, rng: Rng) -> Self {
        Self { companies, rng, serial: 0, tiers: Vocabulary::bundled() }
    }

    /// Writes it all.
    pub(crate) fn write(mut self) -> Vec<Company> {
        self.melts();
        self.heats();
        self.parts();
        self.packs();
        self.machines();
        self.places();
        self.swaps();
        self.treatments();
        self.companies
    }

    fn role(&self, role: usize) -> usize {
        crate::data::role(role, self.companies.len())
    }

    fn item(&mut self, company: usize, kind: &str) -> NamedNode {
        self.serial += 1;
        iri(&format!("{}{kind}/{:03}", self.companies[company].prefix(), self.serial))
    }

    fn chance(&mut self, percent: u8) -> bool {
        self.rng.u8(..100) < percent
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.rng.usize(..from.len())].clone()
    }

    /// States a fact at a company, sometimes in a second room, sometimes at another company too.
    fn state(&mut self, company: usize, s: &NamedNode, p: NamedNodeRef<'_>, o: impl Into<Term>) {
        let o = o.into();
        // One fact of an item may be known to another company alone: the end of an installation,
        // say, to whoever took the part out.
        let anybody = self.rng.usize(..self.companies.len());
        let company = if self.chance(4) { anybody } else { company };
        self.state_once(company, s, p, &o);
        if self.chance(15) {
            self.state_once(company, s, p, &o);
        }
        if self.chance(6) {
            let other = self.rng.usize(..self.companies.len());
            self.state_once(other, s, p, &o);
        }
    }

    fn state_once(&mut self, company: usize, s: &NamedNode, p: NamedNodeRef<'_>, o: &Term) {
        let room = self.room(company, s, p);
        let quad = Quad::new(s.clone(), p.into_owned(), o.clone(), room.to_iri());
        let facts = &mut self.companies[company].facts;
        if !facts.contains(&quad) {
            facts.push(quad);
        }
    }

    /// Mostly the predicate's own tier and the item's customer, sometimes any other.
    fn room(&mut self, company: usize, s: &NamedNode, p: NamedNodeRef<'_>) -> Room {
        let tier = if self.chance(85) {
            self.tiers.tier(p.as_str(), "product")
        } else {
            self.pick(Tier::ALL)
        };
        let hash =
            s.as_str().bytes().fold(7_usize, |sum, byte| sum * 31 % 9973 + usize::from(byte));
        let customer = if self.chance(85) { hash } else { self.rng.usize(..100) };
        let others = self.companies.iter().enumerate().filter(|(other, _)| *other != company);
        let mut parties: Vec<Did> = others.map(|(_, other)| other.did.clone()).collect();
        parties.push(STRANGER.parse().expect("a well-formed DID"));
        let audience = parties[customer % parties.len()].clone();
        Room {
            base: format!("https://{}.example", self.companies[company].name),
            group: GROUPS[hash % GROUPS.len()].to_owned(),
            phase: if self.chance(80) { Phase::AsBuilt } else { self.pick(Phase::ALL) },
            tier,
            // A partner room without an audience is a slip in a mapping; it is no partner's.
            audience: (tier == Tier::Partner && !self.chance(6)).then_some(audience),
        }
    }

    /// What every item has: a type, names in some languages, a mass.
    fn describe(&mut self, company: usize, item: &NamedNode, class: NamedNodeRef<'_>, name: &str) {
        self.state(company, item, rdf::TYPE, class.into_owned());
        for language in ["en", "sv", "fi"] {
            if self.chance(45) {
                let name = Literal::new_language_tagged_literal_unchecked(name, language);
                self.state(company, item, schema::NAME, name);
            }
        }
        if self.chance(50) {
            self.state(company, item, schema::NAME, Literal::from(name));
        }
        let mass = self.item(company, "mass");
        self.state(company, item, schema::WEIGHT, mass.clone());
        let grams = self.rng.u32(1..4000);
        self.state(company, &mass, qudt::NUMERIC_VALUE, decimal(grams, 1 + grams % 3));
        self.state(company, &mass, qudt::UNIT, iri("http://qudt.org/vocab/unit/KiloGM"));
    }

    /// What a company knows of another one's item: whose it is, and perhaps its name.
    fn refer(&mut self, company: usize, item: &NamedNode) {
        let owner = self.companies.iter().position(|it| item.as_str().starts_with(&it.prefix()));
        let Some(owner) = owner.filter(|owner| *owner != company) else { return };
        let did = did_iri(&self.companies[owner].did);
        self.state(company, item, adit::FACTS_HELD_BY, did);
        if self.chance(30) {
            self.state(company, item, schema::NAME, Literal::from("from a supplier"));
        }
    }

    fn melts(&mut self) {
        let smelter = self.role(SMELTER);
        for number in 0..self.rng.u32(1..3) {
            let melt = self.item(smelter, "melt");
            self.describe(smelter, &melt, adit::BATCH, &format!("melt {number}"));
            let customer = did_iri(&self.companies[self.role(MILL)].did);
            self.state(smelter, &melt, adit::DELIVERED_TO, customer);
            self.footprint(smelter, &melt);
        }
    }

    /// Greenhouse gases by one of two methods, sometimes by both.
    fn footprint(&mut self, company: usize, item: &NamedNode) {
        for method in ["method/1", "method/2"] {
            if self.chance(40) {
                let node = self.item(company, "footprint");
                self.state(company, item, adit::HAS_PRODUCT_FOOTPRINT, node.clone());
                let method = iri(&format!("https://id.methods.example/{method}"));
                self.state(company, &node, CONFORMS_TO, method);
                let grams = self.rng.u32(1..9000);
                self.state(company, &node, adit::PCF_EXCLUDING_BIOGENIC_UPTAKE, decimal(grams, 3));
                let share = Literal::from(self.rng.i64(0..=100));
                self.state(company, &node, adit::PRIMARY_DATA_SHARE, share);
            }
        }
    }

    /// Packs of modules, some with a part of the shop in them: part-of crosses borders below the machine too.
    fn packs(&mut self) {
        let (shop, cells) = (self.role(SHOP), self.role(CELLS));
        let parts = self.known(shop, "part");
        for number in 0..self.rng.u32(1..4) {
            let pack = self.item(cells, "pack");
            self.describe(cells, &pack, schema::INDIVIDUAL_PRODUCT, &format!("pack {number}"));
            self.state(cells, &pack, adit::BATTERY_CHEMISTRY, Literal::from("LFP"));
            self.footprint(cells, &pack);
            let customer = did_iri(&self.companies[self.role(OEM)].did);
            self.state(cells, &pack, adit::DELIVERED_TO, customer);
            for _ in 0..self.rng.u8(1..3) {
                let module = self.item(cells, "cellmodule");
                self.describe(cells, &module, schema::INDIVIDUAL_PRODUCT, "cell module");
                self.install(cells, &module, &pack);
                if self.chance(60) {
                    let part = self.pick(&parts);
                    self.install(cells, &part, &module);
                    self.refer(cells, &part);
                }
            }
        }
    }

    /// Packs that change places at the mine, and what is measured on them there.
    fn swaps(&mut self) {
        let (cells, oem, mine) = (self.role(CELLS), self.role(OEM), self.role(MINE));
        let (packs, machines) = (self.known(cells, "pack"), self.known(oem, "machine"));
        for pack in &packs {
            for _ in 0..self.rng.u8(1..4) {
                let machine = self.pick(&machines);
                self.install(mine, pack, &machine);
            }
            self.refer(mine, pack);
            for property in [adit::STATE_OF_HEALTH, adit::CAPACITY_FADE] {
                if self.chance(50) {
                    let (node, result) =
                        (self.item(mine, "observation"), self.item(mine, "result"));
                    self.state(mine, &node, sosa::HAS_FEATURE_OF_INTEREST, pack.clone());
                    self.state(mine, &node, sosa::OBSERVED_PROPERTY, property.into_owned());
                    self.state(mine, &node, sosa::HAS_RESULT, result.clone());
                    let value = Literal::from(self.rng.i64(40..100));
                    self.state(mine, &result, qudt::NUMERIC_VALUE, value);
                }
            }
        }
    }

    /// A module's second life in a store of the recycler, which stands somewhere and weighs something.
    fn treatments(&mut self) {
        let (cells, recycler) = (self.role(CELLS), self.role(RECYCLER));
        let modules = self.known(cells, "cellmodule");
        let store = self.item(recycler, "store");
        self.describe(recycler, &store, schema::INDIVIDUAL_PRODUCT, "store of old modules");
        self.footprint(recycler, &store);
        for _ in 0..self.rng.u8(1..3) {
            let module = self.pick(&modules);
            self.install(recycler, &module, &store);
            self.refer(recycler, &module);
        }
        let yard = self.item(recycler, "site");
        self.state(recycler, &yard, schema::NAME, Literal::from("yard"));
        let node = self.item(recycler, "placement");
        self.state(recycler, &node, adit::PLACED_ITEM, store);
        self.state(recycler, &node, adit::AT_PLACE, yard);
        self.interval(recycler, &node, schema::VALID_FROM, schema::VALID_THROUGH);
    }

    fn heats(&mut self) {
        let (smelter, mill) = (self.role(SMELTER), self.role(MILL));
        let melts = self.known(smelter, "melt");
        for number in 0..self.rng.u32(2..5) {
            let heat = self.item(mill, "heat");
            self.describe(mill, &heat, adit::HEAT, &format!("heat {}", number % 3));
            let grade = self.pick(&["S355J2", "42CrMo4"]);
            self.state(mill, &heat, adit::GRADE, Literal::from(grade));
            let customer = did_iri(&self.companies[self.role(SHOP)].did);
            self.state(mill, &heat, adit::DELIVERED_TO, customer);
            if self.chance(70) {
                let melt = self.pick(&melts);
                self.state(mill, &heat, adit::FROM_BATCH, melt.clone());
                self.refer(mill, &melt);
            }
            self.footprint(mill, &heat);
            let day = format!("2023-0{}-1{}", 1 + number, number);
            self.state(
                mill,
                &heat,
                schema::PRODUCTION_DATE,
                Literal::new_typed_literal(day, xsd::DATE),
            );
        }
    }

    fn parts(&mut self) {
        let (mill, shop) = (self.role(MILL), self.role(SHOP));
        let heats = self.known(mill, "heat");
        let model = self.item(shop, "model");
        self.state(shop, &model, rdf::TYPE, schema::PRODUCT_MODEL.into_owned());
        self.state(shop, &model, schema::MPN, Literal::from("00417"));
        for number in 0..self.rng.u32(4..9) {
            let part = self.item(shop, "part");
            self.describe(shop, &part, schema::INDIVIDUAL_PRODUCT, &format!("pin {}", number % 4));
            self.state(shop, &part, schema::MODEL, model.clone());
            self.state(shop, &part, schema::SERIAL_NUMBER, Literal::from(format!("00{number}")));
            for _ in 0..=u8::from(self.chance(20)) {
                let heat = self.pick(&heats);
                self.state(shop, &part, adit::FROM_BATCH, heat.clone());
                self.refer(shop, &heat);
            }
            let made = self.when();
            self.state(shop, &part, schema::PRODUCTION_DATE, made);
            self.footprint(shop, &part);
            let customer = did_iri(&self.companies[self.role(OEM)].did);
            self.state(shop, &part, adit::DELIVERED_TO, customer);
        }
    }

    fn machines(&mut self) {
        let (shop, oem) = (self.role(SHOP), self.role(OEM));
        let parts = self.known(shop, "part");
        let machines: Vec<_> = (0..2).map(|_| self.item(oem, "machine")).collect();
        let modules: Vec<_> = (0..self.rng.u32(2..5)).map(|_| self.item(oem, "module")).collect();
        for (number, item) in machines.iter().chain(&modules).enumerate() {
            let class = if number < 2 { adit::MACHINE } else { schema::INDIVIDUAL_PRODUCT };
            self.describe(oem, item, class, &format!("unit {number}"));
        }
        for module in &modules {
            let parent = if self.chance(60) { self.pick(&machines) } else { self.pick(&modules) };
            self.install(oem, module, &parent);
            if self.chance(30) {
                let other = self.pick(&machines);
                self.install(oem, module, &other);
            }
        }
        for part in &parts {
            let module = self.pick(&modules);
            self.install(oem, part, &module);
            self.refer(oem, part);
            if self.chance(25) {
                let second = self.pick(&modules);
                self.install(oem, part, &second);
            }
        }
        // One assembly of the shop's own, so that part-of crosses a border and goes on behind it.
        let (inner, outer) = (self.pick(&parts), self.pick(&parts));
        self.install(shop, &inner, &outer);
    }

    /// An item sits in a parent over an interval; a loop is possible, as in real exports.
    fn install(&mut self, company: usize, item: &NamedNode, parent: &NamedNode) {
        let node = self.item(company, "installation");
        self.state(company, &node, rdf::TYPE, adit::INSTALLATION.into_owned());
        self.state(company, &node, adit::INSTALLED_ITEM, item.clone());
        self.state(company, &node, adit::INSTALLED_IN, parent.clone());
        let position = format!("-B{}", self.rng.u8(1..4));
        self.state(company, &node, adit::POSITION, Literal::from(position));
        let as_built = self.rng.bool();
        self.state(company, &node, adit::AS_BUILT, Literal::from(as_built));
        self.interval(company, &node, schema::VALID_FROM, schema::VALID_THROUGH);
    }

    fn interval(
        &mut self,
        company: usize,
        node: &NamedNode,
        from: NamedNodeRef<'_>,
        through: NamedNodeRef<'_>,
    ) {
        if self.chance(95) {
            let when = self.when();
            self.state(company, node, from, when);
        }
        if self.chance(25) {
            let when = self.when();
            self.state(company, node, through, when);
        }
    }

    /// Mostly an instant with a zone; now and then one without, or a mere date, which derive nothing.
    fn when(&mut self) -> Literal {
        // The early instants are likelier, so that most intervals have begun by most dates.
        let number = self.rng.usize(..8).min(self.rng.usize(..8));
        let text = INSTANTS[number];
        match self.rng.u8(..20) {
            0 => Literal::new_typed_literal(&text[..19], xsd::DATE_TIME),
            1 => Literal::new_typed_literal(&text[..10], xsd::DATE),
            _ => Literal::new_typed_literal(text, xsd::DATE_TIME),
        }
    }

    fn places(&mut self) {
        let (oem, mine) = (self.role(OEM), self.role(MINE));
        let machines = self.known(oem, "machine");
        let pit = self.item(mine, "site");
        let level = self.item(mine, "site");
        self.state(mine, &pit, rdf::TYPE, adit::MINE.into_owned());
        self.state(mine, &level, rdf::TYPE, org::SITE.into_owned());
        self.state(mine, &level, schema::CONTAINED_IN_PLACE, pit.clone());
        for site in [&pit, &level] {
            self.state(mine, site, schema::NAME, Literal::from("Norra gruvan"));
            self.state(mine, site, schema::ADDRESS_COUNTRY, Literal::from("SE"));
        }
        for machine in &machines {
            self.refer(mine, machine);
            let alias = self.item(mine, "unit");
            self.state(mine, &alias, prov::ALTERNATE_OF, machine.clone());
            for _ in 0..self.rng.u8(1..3) {
                let node = self.item(mine, "placement");
                let place = self.pick(&[pit.clone(), level.clone()]);
                self.state(mine, &node, rdf::TYPE, adit::PLACEMENT.into_owned());
                self.state(mine, &node, adit::PLACED_ITEM, machine.clone());
                self.state(mine, &node, adit::AT_PLACE, place);
                self.interval(mine, &node, schema::VALID_FROM, schema::VALID_THROUGH);
                self.assign(mine, machine);
            }
            for month in 1..self.rng.u8(2..4) {
                let record = self.item(mine, "record");
                self.state(mine, &record, adit::OPERATING_RECORD_OF, machine.clone());
                let hours = self.rng.i64(0..500);
                self.state(mine, &record, adit::OPERATING_HOURS, Literal::from(hours));
                let period = format!("2024-0{month}");
                self.state(mine, &record, adit::PERIOD, Literal::from(period));
            }
        }
    }

    fn assign(&mut self, company: usize, item: &NamedNode) {
        let node = self.item(company, "assignment");
        let party = self.rng.usize(..self.companies.len());
        let actor = did_iri(&self.companies[party].did);
        let role = if self.chance(70) { adit::OWNER } else { adit::OPERATOR };
        self.state(company, &node, rdf::TYPE, eudpp::ACTOR_ROLE_ASSIGNMENT.into_owned());
        self.state(company, &node, eudpp::IN_CONTEXT_OF_PRODUCT, item.clone());
        self.state(company, &node, eudpp::HAS_ACTOR, actor);
        self.state(company, &node, eudpp::HAS_ROLE, role.into_owned());
        self.interval(company, &node, eudpp::ASSIGNMENT_VALID_FROM, eudpp::ASSIGNMENT_VALID_TO);
    }

    /// The items of a kind that a company has made so far.
    fn known(&self, company: usize, kind: &str) -> Vec<NamedNode> {
        let start = format!("{}{kind}/", self.companies[company].prefix());
        let subjects = self.companies.iter().flat_map(|company| &company.facts).map(|q| &q.subject);
        let items: BTreeSet<NamedNode> = subjects
            .filter_map(|subject| match subject {
                oxrdf::NamedOrBlankNode::NamedNode(node) => Some(node.clone()),
                oxrdf::NamedOrBlankNode::BlankNode(_) => None,
            })
            .filter(|node| node.as_str().starts_with(&start))
            .collect();
        items.into_iter().collect()
    }
}

fn did_iri(did: &Did) -> NamedNode {
    iri(did.as_str())
}

/// A decimal with this many digits after the point, in the one form that ends in no zero.
fn decimal(number: u32, digits: u32) -> Literal {
    let text = format!(
        "{}.{:03}",
        number / 10_u32.pow(digits),
        number % 10_u32.pow(digits) * 10_u32.pow(3 - digits)
    );
    let text = text.trim_end_matches('0').trim_end_matches('.');
    Literal::new_typed_literal(text, xsd::DECIMAL)
}
