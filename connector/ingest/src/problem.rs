//! What is wrong with a file: where, why, and the way out.

use serde::{Serialize, Serializer};
use std::collections::HashSet;
use std::fmt;

/// The most errors, and the most warnings, that one file's report lists; the rest is counted.
pub const LISTED_MAX: usize = 100;
/// The most characters of a value that a problem repeats.
const VALUE_CHARS_MAX: usize = 60;

/// Whether a problem keeps a file from being published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing of the file is published.
    Error,
    /// The file is published; somebody should look.
    Warning,
}

/// Defines the closed set of causes with their stable names.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $text:literal,)*) => {
        /// The cause of a problem, under a name that stays the same between releases.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $code,)* }

        impl Code {
            /// Every cause.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// The stable name, such as `value.date`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $text,)* }
            }
        }
    };
}

codes! {
    /// The file's kind is not one that can be read.
    FileKind = "file.kind",
    /// The file holds nothing.
    FileEmpty = "file.empty",
    /// There is no file of the name.
    FileMissing = "file.missing",
    /// The system does not let the file be read.
    FileUnreadable = "file.unreadable",
    /// The file is larger than may be read.
    FileSize = "file.size",
    /// The bytes are not text in the encoding that the mapping names.
    CsvEncoding = "csv.encoding",
    /// The columns of the file are not those of the mapping.
    CsvColumns = "csv.columns",
    /// A row has more or fewer fields than the header.
    CsvFields = "csv.fields",
    /// A quoted field is never closed, or text follows its closing quote.
    CsvQuote = "csv.quote",
    /// A row is longer than may be read.
    CsvLong = "csv.long",
    /// The workbook cannot be read.
    XlsxBroken = "xlsx.broken",
    /// The workbook is larger than may be read, packed or unpacked.
    XlsxSize = "xlsx.size",
    /// The workbook has no sheet of the name that the mapping gives.
    XlsxSheet = "xlsx.sheet",
    /// A cell holds the error of a formula.
    XlsxFormula = "xlsx.formula",
    /// A cell is of another type than its column says.
    XlsxType = "xlsx.type",
    /// The mapping is not JSON.
    MappingJson = "mapping.json",
    /// The mapping lacks something that is needed.
    MappingMissing = "mapping.missing",
    /// The mapping says something that is not known here.
    MappingUnknown = "mapping.unknown",
    /// A value in the mapping is not of the form that it must have.
    MappingValue = "mapping.value",
    /// A required cell is empty.
    ValueRequired = "value.required",
    /// Not a decimal number in the column's format.
    ValueDecimal = "value.decimal",
    /// Not a whole number in the column's format.
    ValueInteger = "value.integer",
    /// Not a floating-point number in the column's format.
    ValueNumber = "value.number",
    /// Neither of the two words of a boolean column.
    ValueBoolean = "value.boolean",
    /// Not a date or time in the column's format.
    ValueDate = "value.date",
    /// Outside the bounds that the mapping sets.
    ValueRange = "value.range",
    /// Shorter or longer than the mapping allows.
    ValueLength = "value.length",
    /// An identifier that a spreadsheet stripped of its leading zeros.
    ValueZeros = "value.zeros",
    /// An identifier that a spreadsheet turned into scientific notation or rounded.
    ValueDigits = "value.digits",
    /// Not an IRI.
    ValueIri = "value.iri",
    /// Not a language tag.
    ValueLanguage = "value.language",
    /// A control character in text.
    ValueControl = "value.control",
    /// A date without a time zone.
    ZoneMissing = "zone.missing",
    /// A time zone that the IANA database does not know.
    ZoneUnknown = "zone.unknown",
    /// A partner number that partners.csv does not hold.
    ReferencePartner = "reference.partner",
    /// A maker that publishes no identifier template of the kind.
    ReferenceTemplate = "reference.template",
    /// A reference and the maker's template do not have the same parameters.
    ReferenceParameter = "reference.parameter",
    /// A document that is not among the attached files.
    ReferenceDocument = "reference.document",
    /// A reference that states nothing because a column it needs is empty.
    ReferenceIncomplete = "reference.incomplete",
    /// The text of a label is not written as identifiers are compared, or is no identifier.
    CarrierForm = "carrier.form",
    /// The check digit of a number on a label is wrong.
    CarrierDigit = "carrier.digit",
    /// An identifier on a label that is not of the company that the row says.
    CarrierMaker = "carrier.maker",
    /// A text that is none of a column's codes.
    ValueCode = "value.code",
    /// A unit that the vocabulary does not know.
    UnitUnknown = "unit.unknown",
    /// A number without a unit.
    UnitMissing = "unit.missing",
    /// An identifier that several makers' templates could have made.
    ReferenceAmbiguous = "reference.ambiguous",
    /// Two rows with one key say different things.
    KeyDuplicate = "key.duplicate",
    /// A context of JSON-LD that is not part of the program.
    ContextUnknown = "context.unknown",
    /// A member of JSON-LD that no context defines.
    TermUndefined = "term.undefined",
    /// The text does not follow the grammar of its RDF format.
    RdfSyntax = "rdf.syntax",
    /// Blank nodes that no canonical label can be computed for in bounded work.
    RdfBlank = "rdf.blank",
    /// Graph names of the file are not kept.
    RdfGraph = "rdf.graph",
    /// A predicate that the connector derives is stated.
    PredicateDerived = "predicate.derived",
    /// A predicate that the vocabulary does not know.
    PredicateUnknown = "predicate.unknown",
    /// An identifier that is not in its one spelling.
    IdentifierForm = "identifier.form",
    /// An identifier of another kind of thing than it is stated to be.
    IdentifierKind = "identifier.kind",
    /// An item without model or maker, or with two.
    ItemIncomplete = "item.incomplete",
    /// An installation, placement or role without what belongs to it.
    IntervalIncomplete = "interval.incomplete",
    /// An interval that ends before it begins.
    IntervalOrder = "interval.order",
    /// An item that sits in two parents at one time.
    InstallationOverlap = "installation.overlap",
    /// An item that is part of itself.
    InstallationCycle = "installation.cycle",
    /// More pieces in a position than it takes.
    InstallationPosition = "installation.position",
    /// Another company's item without the company that holds its facts.
    ReferenceHolder = "reference.holder",
    /// An observation without what belongs to it.
    ObservationIncomplete = "observation.incomplete",
    /// A unit that does not measure what was observed.
    UnitKind = "unit.kind",
    /// Shares that add up to more than the whole.
    CompositionSum = "composition.sum",
    /// A substance without a number or name.
    SubstanceUnnamed = "substance.unnamed",
    /// Not a CAS number.
    SubstanceNumber = "substance.number",
    /// A footprint without what belongs to it.
    FootprintIncomplete = "footprint.incomplete",
    /// Not a figure that a footprint can have.
    FootprintFigure = "footprint.figure",
    /// A rule of a company's own profile.
    Rule = "rule",
    /// A line of partners.csv that cannot be used.
    PartnersLine = "partners.line",
    /// Stands for the problems beyond the number that is listed.
    More = "more",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One thing that is wrong, where it is, and what to do about it.
///
/// Shown as two lines: place and cause, then the way out.
///
/// ```
/// use adit_ingest::{Code, Problem};
/// let problem = Problem::error(Code::ValueDecimal, "it is not a decimal number", "write it as 12,50")
///     .in_file("deliveries.csv").at_row(203).in_column("Paino_kg").with_value("12,5O");
/// assert_eq!(problem.to_string(), "\
/// deliveries.csv, row 203, column 'Paino_kg', value '12,5O': it is not a decimal number [value.decimal]
///   write it as 12,50");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The cause, under its stable name.
    pub code: Code,
    /// Whether it keeps the file from being published.
    pub severity: Severity,
    /// The file's name.
    pub file: String,
    /// The row as a spreadsheet counts it: the header is row 1.
    pub row: Option<u64>,
    /// How many rows have it, the one above being the first; in a file without rows, how many things have it.
    pub rows: u64,
    /// The column's title as it stands in the file.
    pub column: Option<String>,
    /// The value, shortened.
    pub value: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl Problem {
    /// An error without a place.
    pub fn error(code: Code, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            file: String::new(),
            row: None,
            rows: 1,
            column: None,
            value: None,
            message: message.into(),
            fix: fix.into(),
        }
    }

    /// A warning without a place.
    pub fn warning(code: Code, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, fix) }
    }

    /// The same in a file.
    pub fn in_file(self, file: &str) -> Self {
        Self { file: file.to_owned(), ..self }
    }

    /// The same at a row, counted from 1.
    pub fn at_row(self, row: u64) -> Self {
        Self { row: Some(row), ..self }
    }

    /// Whether only the rows differ; what has neither column nor value is of its row alone.
    fn is_repeated_by(&self, other: &Self) -> bool {
        self.row.is_some()
            && other.row.is_some()
            && (self.column.is_some() || self.value.is_some())
            && (self.code, self.severity) == (other.code, other.severity)
            && (&self.column, &self.value) == (&other.column, &other.value)
            && (&self.file, &self.message, &self.fix) == (&other.file, &other.message, &other.fix)
    }

    /// Counts one more row, or one more thing of a file without rows.
    pub(crate) fn repeat_at(&mut self, row: Option<u64>) {
        self.rows += 1;
        self.row = self.row.min(row);
    }

    /// The same in a column.
    pub fn in_column(self, title: &str) -> Self {
        Self { column: Some(title.to_owned()), ..self }
    }

    /// The same with the value that stood there, shortened to one line.
    pub fn with_value(self, value: &str) -> Self {
        Self { value: Some(shortened(value)), ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.severity == Severity::Warning {
            f.write_str("warning: ")?;
        }
        f.write_str(&self.file)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
            match self.rows {
                0 | 1 => {}
                2 => f.write_str(" and 1 more row")?,
                rows => write!(f, " and {} more rows", rows - 1)?,
            }
        }
        if let Some(column) = &self.column {
            write!(f, ", column '{column}'")?;
        }
        if let Some(value) = &self.value {
            write!(f, ", value '{value}'")?;
        }
        if self.row.is_none() && self.rows > 1 {
            write!(f, " and {} more", self.rows - 1)?;
        }
        if !self.file.is_empty() {
            f.write_str(": ")?;
        }
        write!(f, "{} [{}]", self.message, self.code)?;
        if !self.fix.is_empty() {
            write!(f, "\n  {}", self.fix)?;
        }
        Ok(())
    }
}

/// Sorts problems as a person goes through them: by file and row, what is wrong with the whole file first.
pub fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| {
        let key = |problem: &Problem| (problem.code == Code::More, problem.row, problem.severity);
        a.file.cmp(&b.file).then_with(|| key(a).cmp(&key(b)))
    });
    problems
}

/// A value on one line, without control characters, cut to what a person reads.
pub(crate) fn shortened(value: &str) -> String {
    let mut chars = value.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c });
    let mut short: String = chars.by_ref().take(VALUE_CHARS_MAX).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

/// The problems of one file as they are found: capped, errors apart from warnings.
#[derive(Debug)]
pub(crate) struct Problems {
    file: String,
    errors: Listed,
    warnings: Listed,
    said_once: HashSet<(Code, String)>,
}

#[derive(Debug, Default)]
struct Listed {
    list: Vec<Problem>,
    unlisted: usize,
}

impl Listed {
    fn push(&mut self, problem: Problem) {
        // One unknown number in each row must not hide the slip in row 391.
        if let Some(known) = self.list.iter_mut().find(|known| known.is_repeated_by(&problem)) {
            known.repeat_at(problem.row);
        } else if self.list.len() < LISTED_MAX {
            self.list.push(problem);
        } else {
            self.unlisted += 1;
        }
    }

    fn into_list(self, file: &str, severity: Severity) -> Vec<Problem> {
        let Self { mut list, unlisted } = self;
        // Some problems of a row come to light only when all rows have been read.
        list.sort_by_key(|problem| problem.row);
        if unlisted > 0 {
            let message = format!("and {unlisted} more of the same file");
            let more = Problem::error(Code::More, message, "put these right and check again");
            list.push(Problem { severity, ..more.in_file(file) });
        }
        list
    }
}

impl Problems {
    pub(crate) fn of(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            errors: Listed::default(),
            warnings: Listed::default(),
            said_once: HashSet::new(),
        }
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        let problem = if problem.file.is_empty() { problem.in_file(&self.file) } else { problem };
        match problem.severity {
            Severity::Error => self.errors.push(problem),
            Severity::Warning => self.warnings.push(problem),
        }
    }

    pub(crate) fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }

    /// Lists a problem that every row would repeat at its first row only.
    pub(crate) fn push_once(&mut self, about: String, problem: Problem) {
        if self.said_once.insert((problem.code, about)) {
            self.push(problem);
        }
    }

    pub(crate) fn error_count(&self) -> usize {
        self.errors.list.len() + self.errors.unlisted
    }

    /// The warnings, or all problems where there is an error among them.
    pub(crate) fn finish(self) -> Result<Vec<Problem>, Vec<Problem>> {
        let warnings = self.warnings.into_list(&self.file, Severity::Warning);
        if self.errors.list.is_empty() {
            return Ok(warnings);
        }
        let mut all = self.errors.into_list(&self.file, Severity::Error);
        all.extend(warnings);
        Err(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_a_hundred_errors_and_counts_the_rest() {
        let mut problems = Problems::of("a.csv");
        for row in 0..103 {
            problems.push(Problem::error(Code::ValueDate, "no date", "").at_row(row));
            problems.push(Problem::warning(Code::CsvColumns, "odd", ""));
        }
        let all = problems.finish().unwrap_err();
        assert_eq!(all.len(), 202);
        assert_eq!(
            all[100].to_string(),
            "a.csv: and 3 more of the same file [more]\n  put these right and check again"
        );
        assert_eq!(all[201].severity, Severity::Warning);
    }

    #[test]
    fn lists_what_many_rows_repeat_once() {
        let mut problems = Problems::of("a.csv");
        let unknown = Problem::error(Code::ReferencePartner, "no partner", "add it");
        for row in 2..402 {
            problems.push(unknown.clone().at_row(row).in_column("Asiakas").with_value("7777"));
        }
        let slip = Problem::error(Code::ValueDecimal, "no number", "correct it");
        problems.push(slip.at_row(391).in_column("Paino").with_value("0.8S"));
        let all = problems.finish().unwrap_err();
        let shown: Vec<String> = all.iter().map(Problem::to_string).collect();
        assert_eq!(
            shown,
            [
                "a.csv, row 2 and 399 more rows, column 'Asiakas', value '7777': no partner [reference.partner]\n  add it",
                "a.csv, row 391, column 'Paino', value '0.8S': no number [value.decimal]\n  correct it",
            ]
        );
        let json = serde_json::to_value(&all).unwrap();
        assert_eq!((&json[0]["row"], &json[0]["rows"]), (&2.into(), &400.into()));
        assert_eq!(json[1]["rows"], 1);
    }

    #[test]
    fn names_of_causes_are_distinct() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn a_value_stays_on_one_line_and_short() {
        assert_eq!(shortened("a\nb"), "a\u{FFFD}b");
        assert_eq!(shortened(&"x".repeat(100)).chars().count(), 61);
    }
}
