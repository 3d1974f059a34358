//! What stands under a heading: values, cards side by side, a table, or documents.

use super::reading::Value;

/// A part of the page with a heading.
pub(super) struct Section {
    /// Its name in the address, after `#`.
    pub(super) id: String,
    /// Its heading.
    pub(super) heading: String,
    /// One sentence under the heading.
    pub(super) about: Option<String>,
    /// What it tells.
    pub(super) fields: Vec<Field>,
}

/// One thing told: its name, what it is, and how it is explained.
pub(super) struct Field {
    /// Its name; empty where the heading of the section says it.
    pub(super) label: String,
    /// One sentence about it.
    pub(super) about: Option<String>,
    /// What it is.
    pub(super) content: Content,
    /// Whether it is said of the model and holds for the item as one of that model.
    pub(super) of_model: bool,
}

/// The forms in which something is told.
pub(super) enum Content {
    /// One value or some.
    Values(Vec<Value>),
    /// Records side by side.
    Cards(Vec<Card>),
    /// Records of few and equal parts.
    Table(Table),
    /// Files to read.
    Documents(Vec<Document>),
}

/// One record.
#[derive(Default)]
pub(super) struct Card {
    /// What it is about.
    pub(super) title: Option<Value>,
    /// Its main figure.
    pub(super) figure: Option<String>,
    /// What belongs to the figure, such as the unit that it is stated per.
    pub(super) under: Option<String>,
    /// The rest.
    pub(super) rows: Vec<(String, Vec<Value>)>,
}

/// A table; the first cell of a row says what the row is about.
pub(super) struct Table {
    /// What it shows.
    pub(super) caption: String,
    /// The names of its columns.
    pub(super) head: Vec<String>,
    /// Its rows.
    pub(super) rows: Vec<Vec<Vec<Value>>>,
    /// Whether there are more rows than are shown.
    pub(super) more: bool,
}

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    /// What it is called.
    pub(super) title: Value,
    /// Kind of file, language, size.
    pub(super) about: Vec<String>,
    /// Whether it is in the page's language.
    pub(super) in_language: bool,
    /// Whether it is about the model.
    pub(super) of_model: bool,
}

/// A figure for the first screen.
pub(super) struct Figure {
    /// What it is.
    pub(super) label: String,
    /// The number with its unit.
    pub(super) value: String,
    /// What must stand beside it: the method, the unit that it is per, the day of measurement.
    pub(super) notes: Vec<String>,
    /// Whether it is said of the model.
    pub(super) of_model: bool,
}

impl Card {
    /// What it is about, to put cards in order.
    pub(super) fn name(&self) -> &str {
        self.title.as_ref().map_or("", |title| &title.text)
    }
}

impl Table {
    /// A table without the columns that no row fills.
    pub(super) fn new(caption: &str, head: &[&str], mut rows: Vec<Vec<Vec<Value>>>) -> Self {
        let filled: Vec<bool> = (0..head.len())
            .map(|column| rows.iter().any(|row| row.get(column).is_some_and(|it| !it.is_empty())))
            .collect();
        for row in &mut rows {
            let mut column = filled.iter();
            row.retain(|_| column.next().copied().unwrap_or_default());
        }
        let head = head.iter().zip(&filled).filter(|(_, filled)| **filled);
        Self {
            caption: caption.to_owned(),
            head: head.map(|(name, _)| (*name).to_owned()).collect(),
            rows,
            more: false,
        }
    }
}
