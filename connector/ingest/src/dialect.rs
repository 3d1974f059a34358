//! How the text of a file is a table: the [dialect](https://www.w3.org/TR/tabular-metadata/#dialect-descriptions) of a mapping.

use crate::Code;
use crate::csv::Delimited;
use crate::json::Json;
use crate::problem::Problems;
use encoding_rs::Encoding;

const DIALECT_KEYS: &[&str] = &[
    "encoding",
    "delimiter",
    "header",
    "headerRowCount",
    "quoteChar",
    "doubleQuote",
    "skipRows",
    "trim",
    "lineTerminators",
    "skipBlankRows",
];

/// How the text of a file is a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    pub(crate) encoding: Option<&'static Encoding>,
    pub(crate) delimited: Delimited,
    pub(crate) header: bool,
    pub(crate) trim: bool,
}

impl Dialect {
    /// Reads the dialect of a mapping; a `.tsv` file has tabs unless it says otherwise.
    pub(crate) fn read(root: &Json<'_>, source: &str, problems: &mut Problems) -> Self {
        let delimiter = if source.ends_with(".tsv") { b'\t' } else { b',' };
        let mut dialect = Self {
            encoding: None,
            delimited: Delimited { delimiter, quote: Some(b'"'), skip_rows: 0 },
            header: true,
            trim: true,
        };
        let Some(json) = root.get("dialect") else { return dialect };
        if !json.is_object(DIALECT_KEYS, problems) {
            return dialect;
        }
        if let Some(name) = json.text("encoding", problems) {
            dialect.encoding = Encoding::for_label(name.as_bytes());
            if dialect.encoding.is_none() {
                let fix = "write utf-8, windows-1252, iso-8859-15 or another name of the WHATWG Encoding Standard";
                problems.extend(
                    json.get("encoding")
                        .map(|at| at.bad(format!("'{name}' is not an encoding known here"), fix)),
                );
            }
        }
        if let Some(delimiter) = json.character("delimiter", problems) {
            match u8::try_from(delimiter) {
                Ok(byte) if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | b'"') => {
                    dialect.delimited.delimiter = byte
                }
                _ => {
                    problems.extend(json.get("delimiter").map(|at| {
                        at.wrong("a semicolon, a comma, a tab or another ASCII character")
                    }))
                }
            }
        }
        if let Some(quote) = json.get("quoteChar") {
            dialect.delimited.quote = match quote.value.as_str() {
                Some("\"") => Some(b'"'),
                Some("'") => Some(b'\''),
                None if quote.value.is_null() => None,
                _ => {
                    problems.push(quote.wrong("a quote or null"));
                    None
                }
            };
        }
        if json.flag("doubleQuote", problems) == Some(false) {
            problems.extend(json.get("doubleQuote").map(|at| {
                at.problem(
                    Code::MappingUnknown,
                    "quotes escaped by a backslash are not read here",
                    "export with doubled quotes",
                )
            }));
        }
        let header_rows = json.count("headerRowCount", problems).unwrap_or(1);
        if header_rows > 1 {
            problems.extend(json.get("headerRowCount").map(|at| {
                at.problem(
                    Code::MappingUnknown,
                    "more than one header row is not read here",
                    "skip the upper ones with \"skipRows\"",
                )
            }));
        }
        dialect.header = json.flag("header", problems).unwrap_or(header_rows > 0);
        dialect.trim = json.flag("trim", problems).unwrap_or(true);
        dialect.delimited.skip_rows = json.count("skipRows", problems).unwrap_or(0);
        dialect
    }
}
