//! Footprints, recycled content, materials, substances: the records that a passport knows, each in its own form.

use super::content::{Card, Content, Figure, Table};
use super::facts::node;
use super::number::{FIXED_SPACE, number};
use super::reading::{Reader, Value};
use super::unit::{percent, symbol};
use super::words::capitalised;
use adit_vocab::{adit, eudpp, gs1, sosa};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedNodeRef, Term};

/// The rule or standard that something follows.
const CONFORMS_TO: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://purl.org/dc/terms/conformsTo");

impl Reader<'_> {
    /// Records in the form that their predicate has on a page; `None` for a predicate without one.
    pub(super) fn known_records(
        &self,
        predicate: NamedNodeRef<'_>,
        nodes: &[&NamedNode],
    ) -> Option<Content> {
        let card = |node: &&NamedNode| {
            if predicate == adit::HAS_PRODUCT_FOOTPRINT {
                Some(self.footprint(node))
            } else if predicate == adit::HAS_RECYCLED_CONTENT {
                Some(self.recycled(node))
            } else if predicate == eudpp::CONTAINS_SUBSTANCE_OF_CONCERN {
                Some(self.substance_card(node))
            } else {
                None
            }
        };
        if predicate == eudpp::HAS_MATERIAL {
            return Some(Content::Table(self.materials(nodes)));
        }
        let mut cards =
            nodes.iter().map(card).collect::<Option<Vec<_>>>().filter(|it| !it.is_empty())?;
        cards.sort_by(|a, b| a.name().cmp(b.name()));
        Some(Content::Cards(cards))
    }

    /// Any record: what is said of it, row by row, without what stands elsewhere on the page.
    pub(super) fn record(&self, node: &NamedNode) -> Card {
        let item = Term::from(self.facts.item.clone());
        let is_passport = self.facts.link(&self.facts.item, gs1::DPP) == Some(node);
        let mut card = Card::default();
        for (predicate, value) in self.facts.said(node) {
            let in_profile = self.profile.iter().any(|field| field.predicate == predicate.as_str());
            let elsewhere =
                *predicate == rdf::TYPE || *value == item || (is_passport && in_profile);
            let label = capitalised(&self.label(predicate.as_ref()));
            if !elsewhere && !card.rows.iter().any(|(known, _)| *known == label) {
                card.rows.push((label, self.values(node, predicate.as_ref())));
            }
        }
        card
    }

    /// The figure that a value puts on the first screen; without a label where it is a plain quantity.
    pub(super) fn headline(
        &self,
        predicate: NamedNodeRef<'_>,
        node: &NamedNode,
        of_model: bool,
    ) -> Option<Figure> {
        let mut figure =
            Figure { label: String::new(), value: String::new(), notes: Vec::new(), of_model };
        if predicate == adit::HAS_PRODUCT_FOOTPRINT {
            let card = self.footprint(node);
            figure.label.clone_from(&self.words.footprint);
            figure.value = card.figure?;
            figure.notes.extend(card.under);
            figure.notes.extend(card.title.map(|method| method.text));
        } else if predicate == adit::HAS_RECYCLED_CONTENT {
            let material = self.value(node, adit::OF_MATERIAL).map(|it| it.text.to_lowercase());
            figure.label = [Some(self.words.recycled.clone()), material]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ");
            let shares = [
                (adit::POST_CONSUMER_SHARE, &self.words.recycled_after),
                (adit::PRE_CONSUMER_SHARE, &self.words.recycled_before),
            ];
            let mut told = shares
                .into_iter()
                .filter_map(|(share, words)| Some((self.share(node, share)?, words)));
            let (first, from) = told.next()?;
            figure.value = first;
            figure.notes.push(from.clone());
            figure.notes.extend(told.map(|(share, from)| format!("{share} {from}")));
        } else {
            figure.value = self.quantity(node)?;
        }
        Some(figure)
    }

    /// A footprint under its method, with what it is stated per.
    fn footprint(&self, footprint: &NamedNode) -> Card {
        let words = self.words;
        let methods: Vec<_> =
            self.values(footprint, CONFORMS_TO).into_iter().map(|value| value.text).collect();
        let title = if methods.is_empty() {
            format!("{}: {}", words.method, words.not_told)
        } else {
            methods.join(", ")
        };
        let excluding = self.co2e(footprint, adit::PCF_EXCLUDING_BIOGENIC_UPTAKE);
        let including = self.co2e(footprint, adit::PCF_INCLUDING_BIOGENIC_UPTAKE);
        let mut rows = Vec::new();
        if let (Some(_), Some(including)) = (&excluding, &including) {
            rows.push((capitalised(&words.with_biogenic), vec![Value::text(including)]));
        }
        for (label, predicate) in [
            (&words.boundary, adit::HAS_SYSTEM_BOUNDARY),
            (&words.assurance, adit::HAS_ASSURANCE_LEVEL),
        ] {
            rows.push((label.clone(), self.values(footprint, predicate)));
        }
        let period = [adit::REFERENCE_PERIOD_START, adit::REFERENCE_PERIOD_END];
        let period: Vec<_> =
            period.into_iter().filter_map(|end| Some(self.value(footprint, end)?.text)).collect();
        if !period.is_empty() {
            rows.push((words.reference_period.clone(), vec![Value::text(period.join(" – "))]));
        }
        let mass = self.kilograms(footprint, adit::PRODUCT_MASS_PER_DECLARED_UNIT);
        rows.push((words.mass_per_unit.clone(), mass.map(Value::text).into_iter().collect()));
        let primary = self.share(footprint, adit::PRIMARY_DATA_SHARE);
        rows.push((words.primary_data.clone(), primary.map(Value::text).into_iter().collect()));
        rows.extend(self.stages(footprint));
        rows.retain(|(_, values)| !values.is_empty());
        Card {
            title: Some(Value::text(title)),
            figure: excluding.or(including),
            under: self.declared_unit(footprint),
            rows,
        }
    }

    /// The parts of a footprint that the stages of life cause, where the caller may see them.
    fn stages(&self, footprint: &NamedNode) -> Option<(String, Vec<Value>)> {
        let stages = self.facts.values(footprint, adit::HAS_STAGE_FOOTPRINT);
        let told = stages.into_iter().filter_map(node).filter_map(|stage| {
            let name = self.value(stage, adit::HAS_LIFE_CYCLE_STAGE)?.text;
            Some(Value::text(format!("{name}: {}", self.co2e(stage, adit::STAGE_PCF)?)))
        });
        Some((self.words.by_stage.clone(), told.collect()))
    }

    /// `per 1 kWh`, by the declared unit and its amount; a count is of pieces.
    fn declared_unit(&self, footprint: &NamedNode) -> Option<String> {
        let unit = match self.facts.value(footprint, adit::DECLARED_UNIT_OF_MEASUREMENT)? {
            Term::NamedNode(unit) => symbol(unit.as_str(), self.language),
            Term::Literal(unit) => unit.value().to_owned(),
            Term::BlankNode(_) => return None,
        };
        let unit = match unit.as_str() {
            "" | "piece" | "item" | "unit" => &self.words.piece,
            other => other,
        };
        let amount = self.value(footprint, adit::DECLARED_UNIT_AMOUNT);
        let amount = amount.map(|amount| format!("{}{FIXED_SPACE}", amount.text));
        Some(format!("{} {}{unit}", self.words.per, amount.unwrap_or_default()))
    }

    /// The recycled share of one material, what was waste of production and what was used before apart.
    fn recycled(&self, content: &NamedNode) -> Card {
        let words = self.words;
        let mut rows: Vec<(String, Vec<Value>)> = Vec::new();
        for (share, from) in [
            (adit::POST_CONSUMER_SHARE, &words.recycled_after),
            (adit::PRE_CONSUMER_SHARE, &words.recycled_before),
        ] {
            if let Some(share) = self.share(content, share) {
                rows.push((capitalised(from), vec![Value::text(share)]));
            }
        }
        let whole = self.values(content, adit::SHARE_OF);
        rows.push((capitalised(&words.recycled_of), whole));
        rows.push((words.method.clone(), self.values(content, CONFORMS_TO)));
        rows.push((words.assurance.clone(), self.values(content, adit::HAS_ASSURANCE_LEVEL)));
        rows.retain(|(_, values)| !values.is_empty());
        let title = self.value(content, adit::OF_MATERIAL);
        Card { title, rows, ..Card::default() }
    }

    fn materials(&self, nodes: &[&NamedNode]) -> Table {
        let words = self.words;
        let row = |node: &&NamedNode| {
            let share = self.share(node, eudpp::MATERIAL_PERCENTAGE).map(Value::text);
            let name = self.value(node, eudpp::HAS_MATERIAL_TYPE).or_else(|| self.name(node));
            let name = name.unwrap_or_else(|| Value::text(&*words.unnamed));
            let critical = self.values(node, eudpp::IS_CRITICAL_RAW_MATERIAL);
            vec![vec![name], share.into_iter().collect(), critical]
        };
        let head = [words.material.as_str(), &words.share_of_mass, &words.critical];
        let mut rows: Vec<_> = nodes.iter().map(row).collect();
        rows.sort_by(|a, b| a[0][0].text.cmp(&b[0][0].text));
        Table::new(&words.material, &head, rows)
    }

    fn substance_card(&self, node: &NamedNode) -> Card {
        let words = self.words;
        let concentration = self.share(node, eudpp::HAS_CONCENTRATION).map(Value::text);
        let mut rows = vec![
            (words.concentration.clone(), concentration.into_iter().collect()),
            (words.location.clone(), self.values(node, eudpp::SUBSTANCE_LOCATION)),
            ("CAS".to_owned(), self.values(node, eudpp::NUMBER_CAS)),
            ("EC".to_owned(), self.values(node, eudpp::NUMBER_EC)),
        ];
        rows.retain(|(_, values)| !values.is_empty());
        let title = self.substance(node).or_else(|| Some(Value::text(&*words.unnamed)));
        Card { title, rows, ..Card::default() }
    }

    /// The name of a substance of concern.
    pub(super) fn substance(&self, substance: &NamedNode) -> Option<Value> {
        self.name(substance).or_else(|| self.value(substance, eudpp::NAME_IUPAC))
    }

    /// The newest measurements, each by the name of what was measured.
    pub(super) fn measured(&self) -> Vec<(NamedNode, String, Option<Value>)> {
        let observations = self.facts.observations.iter();
        observations
            .filter_map(|observation| {
                let property = self.facts.link(observation, sosa::OBSERVED_PROPERTY)?;
                let result = match self.facts.value(observation, sosa::HAS_RESULT)? {
                    Term::NamedNode(node) => self.quantity(node)?,
                    Term::Literal(literal) => number(literal.value(), self.language),
                    Term::BlankNode(_) => return None,
                };
                let at = self.value(observation, sosa::RESULT_TIME);
                Some((property.clone(), result, at))
            })
            .collect()
    }

    /// A mass of greenhouse gas.
    fn co2e(&self, thing: &NamedNode, predicate: NamedNodeRef<'_>) -> Option<String> {
        let mass = self.kilograms(thing, predicate)?;
        Some(format!("{mass}{FIXED_SPACE}CO₂e"))
    }

    /// A mass in kilograms; a bare number is in kilograms.
    fn kilograms(&self, thing: &NamedNode, predicate: NamedNodeRef<'_>) -> Option<String> {
        self.amount(thing, predicate, |plain| format!("{plain}{FIXED_SPACE}kg"))
    }

    /// A share in per cent; a bare number is in per cent.
    fn share(&self, thing: &NamedNode, predicate: NamedNodeRef<'_>) -> Option<String> {
        self.amount(thing, predicate, |plain| percent(&plain, self.language))
    }

    fn amount(
        &self,
        thing: &NamedNode,
        predicate: NamedNodeRef<'_>,
        plain: impl Fn(String) -> String,
    ) -> Option<String> {
        match self.facts.value(thing, predicate)? {
            Term::Literal(literal) => Some(plain(number(literal.value(), self.language))),
            Term::NamedNode(node) => self.quantity(node),
            Term::BlankNode(_) => None,
        }
    }
}
