//! One file in, statements or problems out.

use crate::csv::Rows;
use crate::mapping::{self, Label, Mapping, mapping_name};
use crate::problem::Problems;
use crate::rows::read_rows;
use crate::statements::Stated;
use crate::table::Table;
use crate::text::{self, FileKind};
use crate::units::Units;
use crate::{Code, Context, Problem, Statements, rdf, xlsx};

/// A file as it lies in the folder, with the CSVW metadata beside it.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// The file's name, without its folder.
    pub name: &'a str,
    /// The bytes.
    pub data: &'a [u8],
    /// The bytes of `NAME-metadata.json`, where there is one.
    pub mapping: Option<&'a [u8]>,
}

/// Reads one file by its mapping: detect, map, check.
///
/// # Errors
/// Every problem found, errors first, at most [`LISTED_MAX`](crate::LISTED_MAX) of each severity; nothing of such a file is to be published.
///
/// ```
/// use adit_ingest::{Context, SourceFile, Templates, read};
/// let context = Context {
///     own: "did:web:shop.example".parse().unwrap(),
///     base: "https://shop.example".into(),
///     templates: Templates { item: Some("https://id.shop.example/p/{serial}".into()), ..Templates::default() },
///     partners: vec![],
///     makers: Default::default(),
///     vocabulary: adit_vocab::Vocabulary::bundled().clone(), files: Default::default(),
/// };
/// let mapping = br#"{
///   "@context": "http://www.w3.org/ns/csvw",
///   "url": "parts.csv",
///   "dialect": {"encoding": "windows-1252", "delimiter": ";"},
///   "tableSchema": {
///     "aboutUrl": "adit:item?serial={serial}",
///     "columns": [
///       {"name": "serial", "titles": "Sarjanumero", "propertyUrl": "schema:serialNumber"},
///       {"name": "name", "titles": "Nimi", "propertyUrl": "schema:name"}
///     ]
///   }
/// }"#;
/// let file = SourceFile { name: "parts.csv", data: b"Sarjanumero;Nimi\r\n00417;er\xE4\r\n", mapping: Some(mapping) };
/// let statements = read(&file, &context).unwrap();
/// let lines: Vec<String> = statements.triples().map(|triple| triple.to_string()).collect();
/// assert_eq!(lines, [
///     "<https://id.shop.example/p/00417> <https://schema.org/serialNumber> \"00417\"",
///     "<https://id.shop.example/p/00417> <https://schema.org/name> \"erä\"",
/// ]);
/// ```
pub fn read(source: &SourceFile<'_>, context: &Context) -> Result<Statements, Vec<Problem>> {
    let mut problems = Problems::of(source.name);
    let read = match FileKind::of(source.name, source.data) {
        Err(problem) => {
            problems.push(problem);
            None
        }
        Ok(FileKind::Csv) => read_table(source, context, &mut problems, read_text),
        Ok(FileKind::Xlsx) => read_table(source, context, &mut problems, read_workbook),
        Ok(
            kind @ (FileKind::NTriples
            | FileKind::NQuads
            | FileKind::Turtle
            | FileKind::TriG
            | FileKind::JsonLd
            | FileKind::RdfXml),
        ) => {
            let label = match source.mapping {
                Some(bytes) => mapping::read_rdf_label(source.name, bytes, &mut problems),
                None => Label::default(),
            };
            mapping::check_group(source.name, &label, &context.vocabulary, &mut problems);
            let stated = rdf::read_rdf(kind, source.data, context, &mut problems);
            Some(Read { label, stated, titles: Vec::new() })
        }
    };
    let warnings = problems.finish()?;
    // Without a problem there is something read; an empty file is a problem.
    let Read { label, stated, titles } = read.unwrap_or_default();
    Ok(Statements::new(source.name, label, stated, titles, warnings))
}

/// What came out of a file.
#[derive(Default)]
struct Read {
    label: Label,
    stated: Vec<Stated>,
    titles: Vec<String>,
}

/// Reads the mapping, then the rows that `read_bytes` finds in the bytes.
fn read_table(
    source: &SourceFile<'_>,
    context: &Context,
    problems: &mut Problems,
    read_bytes: fn(&[u8], &Mapping, &Context, &mut Problems) -> Result<Read, Problem>,
) -> Option<Read> {
    let Some(bytes) = source.mapping else {
        let message = format!("there is no mapping {} beside the file", mapping_name(source.name));
        let fix = format!("write a first one with: adit map {}", source.name);
        problems.push(Problem::error(Code::MappingMissing, message, fix));
        return None;
    };
    let mapping = Mapping::read(source.name, bytes, Units::of(&context.vocabulary), problems)?;
    mapping::check_group(source.name, &mapping.label, &context.vocabulary, problems);
    // A cell read by half a mapping would only add noise to the problems of the mapping.
    if problems.error_count() > 0 {
        return None;
    }
    read_bytes(source.data, &mapping, context, problems)
        .map_err(|problem| problems.push(problem))
        .ok()
}

fn read_text(
    data: &[u8],
    mapping: &Mapping,
    context: &Context,
    problems: &mut Problems,
) -> Result<Read, Problem> {
    let text = text::decode(data, mapping.dialect.encoding)?;
    let rows = Rows::of(&text, mapping.dialect.delimited);
    let advice = "a field that holds the delimiter must be quoted";
    let table = Table::new(Box::new(rows), mapping.dialect.header, mapping.width(), advice)?;
    Ok(read_rows_of(table, mapping, context, problems))
}

fn read_workbook(
    data: &[u8],
    mapping: &Mapping,
    context: &Context,
    problems: &mut Problems,
) -> Result<Read, Problem> {
    let rows = xlsx::rows(data, mapping.sheet.as_deref(), mapping.dialect.delimited.skip_rows)?;
    let rows = Box::new(rows.into_iter().map(Ok));
    let advice = "give every column a title, and clear what stands beside the table";
    let table = Table::new(rows, mapping.dialect.header, mapping.width(), advice)?;
    Ok(read_rows_of(table, mapping, context, problems))
}

fn read_rows_of(
    table: Table<'_>,
    mapping: &Mapping,
    context: &Context,
    problems: &mut Problems,
) -> Read {
    let (stated, titles) = read_rows(table, mapping, context, problems);
    Read { label: mapping.label.clone(), stated, titles }
}
