//! What a cell may hold: [CSVW datatypes](https://www.w3.org/TR/tabular-metadata/#datatypes), and as a mapping writes them.

use crate::Code;
use crate::date::DateFormat;
use crate::json::Json;
use crate::number::NumberFormat;
use crate::problem::Problems;
use oxrdf::NamedNodeRef;
use oxrdf::vocab::xsd;
use oxsdatatypes::Decimal;
use std::fmt;

/// The datatype of a column.
#[derive(Debug, Clone)]
pub(crate) enum Datatype {
    Text {
        length_min: Option<u32>,
        length_max: Option<u32>,
    },
    Number {
        kind: NumberKind,
        format: NumberFormat,
        bounds: Vec<Bound>,
    },
    Truth {
        yes: Vec<String>,
        no: Vec<String>,
    },
    /// A date or a date and time, which becomes an instant.
    Moment {
        format: DateFormat,
        pattern: String,
    },
    /// A month or a year, which stays one.
    Period {
        format: DateFormat,
        pattern: String,
        kind: PeriodKind,
    },
    Iri,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberKind {
    Decimal,
    Integer(NamedNodeRef<'static>),
    Double,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeriodKind {
    Month,
    Year,
}

/// A bound of a number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    edge: Edge,
    limit: Decimal,
}

#[derive(Debug, Clone, Copy)]
enum Edge {
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
}

/// The words of CSVW for them.
const BOUNDS: [(&str, Edge); 6] = [
    ("minimum", Edge::AtLeast),
    ("minInclusive", Edge::AtLeast),
    ("minExclusive", Edge::MoreThan),
    ("maximum", Edge::AtMost),
    ("maxInclusive", Edge::AtMost),
    ("maxExclusive", Edge::LessThan),
];

impl Bound {
    pub(crate) fn holds(&self, value: Decimal) -> bool {
        match self.edge {
            Edge::AtLeast => value >= self.limit,
            Edge::MoreThan => value > self.limit,
            Edge::AtMost => value <= self.limit,
            Edge::LessThan => value < self.limit,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.edge.words(), self.limit)
    }
}

impl Edge {
    const fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::MoreThan => "more than",
            Self::AtMost => "at most",
            Self::LessThan => "less than",
        }
    }
}

impl Default for Datatype {
    fn default() -> Self {
        Self::Text { length_min: None, length_max: None }
    }
}

impl Datatype {
    /// Whether a cell that looks like a number is an identifier whose zeros and digits count.
    pub(crate) fn is_free_text(&self) -> bool {
        matches!(self, Self::Text { length_min: None, length_max: None })
    }

    /// Reads the datatype of a column: a name, or an object with `base`, `format` and bounds.
    pub(crate) fn read(json: &Json<'_>, problems: &mut Problems) -> Self {
        if let Some(name) = json.value.as_str() {
            return Self::named(name, None, json, problems);
        }
        let base = json.text("base", problems).unwrap_or("string");
        let mut datatype = Self::named(base, json.get("format"), json, problems);
        let bounds: &[&str] = match &mut datatype {
            Self::Text { length_min, length_max } => {
                let length = json.count("length", problems);
                *length_min = json.count("minLength", problems).or(length);
                *length_max = json.count("maxLength", problems).or(length);
                &["length", "minLength", "maxLength"]
            }
            Self::Number { bounds, .. } => {
                bounds.extend(read_bounds(json, problems));
                &BOUNDS.map(|(key, _)| key)
            }
            Self::Truth { .. } | Self::Moment { .. } | Self::Period { .. } | Self::Iri => &[],
        };
        json.is_object(&[&["base", "format"], bounds].concat(), problems);
        datatype
    }

    fn named(
        name: &str,
        format: Option<Json<'_>>,
        json: &Json<'_>,
        problems: &mut Problems,
    ) -> Self {
        let number = |kind, least: Option<i64>, problems: &mut Problems| Self::Number {
            kind,
            format: read_number_format(format.as_ref(), problems),
            bounds: least
                .map(|least| Bound { edge: Edge::AtLeast, limit: least.into() })
                .into_iter()
                .collect(),
        };
        match name {
            "decimal" => number(NumberKind::Decimal, None, problems),
            "integer" => number(NumberKind::Integer(xsd::INTEGER), None, problems),
            "nonNegativeInteger" => {
                number(NumberKind::Integer(xsd::NON_NEGATIVE_INTEGER), Some(0), problems)
            }
            "positiveInteger" => {
                number(NumberKind::Integer(xsd::POSITIVE_INTEGER), Some(1), problems)
            }
            "double" | "number" => number(NumberKind::Double, None, problems),
            "boolean" => read_truth(format, problems),
            "date" => moment(format, DateFormat::iso_date(), "yyyy-MM-dd", problems),
            "datetime" | "dateTime" => {
                moment(format, DateFormat::iso_date_time(), "yyyy-MM-ddTHH:mm:ss", problems)
            }
            "gYearMonth" | "gYear" => {
                let (kind, iso, pattern) = match name {
                    "gYear" => (PeriodKind::Year, DateFormat::iso_year(), "yyyy"),
                    _ => (PeriodKind::Month, DateFormat::iso_month(), "yyyy-MM"),
                };
                let (format, pattern) = date_format(format, iso, pattern, problems);
                Self::Period { format, pattern, kind }
            }
            "string" | "anyURI" => {
                let reason = "a format of text is not read here";
                problems.extend(
                    format.map(|at| at.problem(Code::MappingUnknown, reason, "take it out")),
                );
                if name == "string" { Self::default() } else { Self::Iri }
            }
            other => {
                let fix = "write one of: string, decimal, integer, nonNegativeInteger, positiveInteger, \
                           double, boolean, date, datetime, gYearMonth, gYear, anyURI";
                let reason = format!("'{other}' is not a datatype known here");
                problems.push(json.problem(Code::MappingUnknown, reason, fix));
                Self::default()
            }
        }
    }
}

fn read_number_format(format: Option<&Json<'_>>, problems: &mut Problems) -> NumberFormat {
    let Some(json) = format else { return NumberFormat::default() };
    if json.value.is_string() {
        let reason = "a number pattern is not read here";
        let fix = "write {\"decimalChar\": \",\", \"groupChar\": \" \"}";
        problems.push(json.problem(Code::MappingUnknown, reason, fix));
        return NumberFormat::default();
    }
    if !json.is_object(&["decimalChar", "groupChar"], problems) {
        return NumberFormat::default();
    }
    NumberFormat {
        decimal: json.character("decimalChar", problems).unwrap_or('.'),
        group: json.character("groupChar", problems),
    }
}

fn read_bounds(json: &Json<'_>, problems: &mut Problems) -> Vec<Bound> {
    let mut bounds = Vec::new();
    for (key, edge) in BOUNDS {
        let Some(member) = json.get(key) else { continue };
        let text = member.value.as_str().map_or_else(|| member.value.to_string(), str::to_owned);
        match text.parse() {
            Ok(limit) => bounds.push(Bound { edge, limit }),
            Err(_) => problems.push(member.wrong("a number")),
        }
    }
    bounds
}

fn read_truth(format: Option<Json<'_>>, problems: &mut Problems) -> Datatype {
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let Some(json) = format else {
        return Datatype::Truth { yes: list(&["true", "1"]), no: list(&["false", "0"]) };
    };
    match json.value.as_str().and_then(|text| text.split_once('|')) {
        Some((yes, no)) if !yes.is_empty() && !no.is_empty() => {
            Datatype::Truth { yes: list(&[yes]), no: list(&[no]) }
        }
        _ => {
            problems.push(json.wrong("two words with a bar between them, such as \"K|E\""));
            Datatype::default()
        }
    }
}

fn moment(
    format: Option<Json<'_>>,
    iso: DateFormat,
    pattern: &str,
    problems: &mut Problems,
) -> Datatype {
    let (format, pattern) = date_format(format, iso, pattern, problems);
    Datatype::Moment { format, pattern }
}

fn date_format(
    format: Option<Json<'_>>,
    iso: DateFormat,
    pattern: &str,
    problems: &mut Problems,
) -> (DateFormat, String) {
    let Some(json) = format else { return (iso, pattern.to_owned()) };
    let Some(text) = json.value.as_str() else {
        problems.push(json.wrong("a pattern such as \"dd.MM.yyyy\""));
        return (iso, pattern.to_owned());
    };
    match DateFormat::parse(text) {
        Ok(format) => (format, text.to_owned()),
        Err(unknown) => {
            let reason = format!("the date pattern '{text}' cannot be used: {unknown}");
            let fix =
                "use yyyy, yy, MM, M, dd, d, HH, H, mm, ss, S, X and the characters between them";
            problems.push(json.bad(reason, fix));
            (iso, pattern.to_owned())
        }
    }
}
