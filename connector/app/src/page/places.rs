//! Where an item is, what is in it, and where it has been.

use super::content::{Content, Field, Section, Table};
use super::facts::Newest;
use super::reading::{Reader, Value};
use adit_vocab::{adit, schema};
use oxrdf::{NamedNode, NamedNodeRef};

impl Reader<'_> {
    /// The sections about place, parts and history that have something to tell.
    pub(super) fn places(&self) -> Vec<Section> {
        let words = self.words;
        let mut sections = Vec::new();
        let now = [
            (&words.part_of, adit::PART_OF),
            (&words.located_at, adit::LOCATED_AT),
            (&words.owned_by, adit::OWNED_BY),
        ];
        let now: Vec<_> = now
            .into_iter()
            .map(|(label, predicate)| Field {
                label: label.clone(),
                about: None,
                content: Content::Values(self.values(&self.facts.item, predicate)),
                of_model: false,
            })
            .filter(|field| !field.is_empty())
            .collect();
        if !now.is_empty() {
            sections.push(section("place", &words.place, None, now));
        }
        let parts = &self.facts.parts;
        if !parts.is_empty() {
            let columns = [(&words.part, adit::INSTALLED_ITEM), (&words.since, schema::VALID_FROM)];
            let table = self.installations(parts, &words.parts, &columns);
            sections.push(section("parts", &words.parts, Some(&words.parts_about), vec![table]));
        }
        let history = &self.facts.installations;
        if !history.is_empty() {
            let columns = [
                (&words.part_of, adit::INSTALLED_IN),
                (&words.since, schema::VALID_FROM),
                (&words.until, schema::VALID_THROUGH),
            ];
            let table = self.installations(history, &words.history, &columns);
            let about = Some(&words.history_about);
            sections.push(section("history", &words.history, about, vec![table]));
        }
        sections
    }

    /// Installations, one a row; the position stands with what is in the first column.
    fn installations(
        &self,
        installations: &Newest,
        caption: &str,
        columns: &[(&String, NamedNodeRef<'_>)],
    ) -> Field {
        let cell = |installation: &NamedNode, predicate: NamedNodeRef<'_>| {
            let mut values = self.values(installation, predicate);
            if predicate == schema::VALID_THROUGH && values.is_empty() {
                values.push(Value::text(&*self.words.now));
            } else if predicate == columns[0].1 {
                let positions = self.values(installation, adit::POSITION).into_iter();
                values.extend(positions.map(|position| {
                    Value::text(format!("{} {}", self.words.position, position.text))
                }));
            }
            values
        };
        let rows = installations.nodes.iter();
        let rows =
            rows.map(|it| columns.iter().map(|(_, predicate)| cell(it, *predicate)).collect());
        let head: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let mut table = Table::new(caption, &head, rows.collect());
        table.more = installations.more;
        Field { label: String::new(), about: None, content: Content::Table(table), of_model: false }
    }
}

fn section(id: &str, heading: &str, about: Option<&String>, fields: Vec<Field>) -> Section {
    Section { id: id.to_owned(), heading: heading.to_owned(), about: about.cloned(), fields }
}
