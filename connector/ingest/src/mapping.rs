//! The mapping of a file: [CSVW metadata](https://www.w3.org/TR/tabular-metadata/#metadata-format), read strictly.
//!
//! What is not known here is an error with a JSON pointer, never skipped: a skipped `null` or `format` would publish wrong facts.

use crate::columns::{Column, Inherited, Unit};
use crate::dialect::Dialect;
use crate::json::{Json, parse_strictly};
use crate::near::{apart, nearest};
use crate::problem::Problems;
use crate::reference::Target;
use crate::statements::{GROUP_DEFAULT, PHASE_DEFAULT};
use crate::units::Units;
use crate::{Code, Problem};
use adit_vocab::{Phase, Vocabulary};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A mapping, ready to use.
#[derive(Debug)]
pub(crate) struct Mapping {
    /// The name of the metadata file.
    pub(crate) file: String,
    pub(crate) dialect: Dialect,
    /// The name of the sheet in a workbook.
    pub(crate) sheet: Option<String>,
    pub(crate) label: Label,
    /// Where the subjects of the columns come from; each column points into this list.
    pub(crate) abouts: Vec<Target>,
    /// The columns; those of the file first, then the virtual ones.
    pub(crate) columns: Vec<Column>,
    /// The indices of the columns whose values name a row.
    pub(crate) primary_key: Vec<usize>,
    pub(crate) units: Units,
}

/// Product group and phase of everything that a file states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) group: String,
    pub(crate) phase: Phase,
}

impl Default for Label {
    fn default() -> Self {
        Self { group: GROUP_DEFAULT.to_owned(), phase: PHASE_DEFAULT }
    }
}

const TABLE_KEYS: &[&str] = &[
    "@context",
    "url",
    "dialect",
    "tableSchema",
    "tableDirection",
    "aboutUrl",
    "null",
    "lang",
    "datatype",
    "adit:timeZone",
    "adit:productGroup",
    "adit:phase",
    "adit:sheet",
    "adit:note",
];
const LABEL_KEYS: &[&str] = &["@context", "url", "adit:productGroup", "adit:phase", "adit:note"];
const SCHEMA_KEYS: &[&str] =
    &["columns", "primaryKey", "aboutUrl", "null", "lang", "datatype", "rowTitles"];

/// The name of the mapping that belongs to a file.
///
/// ```
/// assert_eq!(adit_ingest::mapping_name("deliveries.csv"), "deliveries.csv-metadata.json");
/// ```
pub fn mapping_name(source: &str) -> String {
    format!("{source}-metadata.json")
}

impl Mapping {
    /// Reads the mapping of a table; without one, or where the document is broken, there is nothing to go on with.
    pub(crate) fn read(
        source: &str,
        bytes: &[u8],
        units: Units,
        problems: &mut Problems,
    ) -> Option<Self> {
        let file = mapping_name(source);
        let document = parse(&file, bytes, problems)?;
        let root = Json::root(&document, &file);
        if !root.is_object(TABLE_KEYS, problems) {
            return None;
        }
        check_head(&root, source, problems);
        let label = read_label(&root, problems);
        let dialect = Dialect::read(&root, source, problems);
        let sheet = root.text("adit:sheet", problems).map(str::to_owned);
        let Some(schema) = root.get("tableSchema") else {
            problems.push(
                root.missing(
                    "tableSchema",
                    "describe the columns; `adit map` writes a first version",
                ),
            );
            return None;
        };
        if !schema.is_object(SCHEMA_KEYS, problems) {
            return None;
        }
        let inherited = Inherited::read(&root, &schema, &units, problems);
        let mut abouts = Vec::new();
        let mut columns = Vec::new();
        for column in schema.get("columns").map(|columns| columns.items()).unwrap_or_default() {
            columns.extend(Column::read(&column, &inherited, &mut abouts, problems));
        }
        if columns.is_empty() {
            problems.push(schema.missing("columns", "list the columns of the file"));
        }
        let primary_key = read_primary_key(&schema, &columns, problems);
        let mapping =
            Self { file: file.clone(), dialect, sheet, label, abouts, columns, primary_key, units };
        mapping.check_names(&schema, problems);
        Some(mapping)
    }

    /// Columns that a template names must be there and hold one value.
    fn check_names(&self, schema: &Json<'_>, problems: &mut Problems) {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                problems.push(
                    schema.bad(format!("two columns have the name '{name}'"), "rename one of them"),
                );
            }
        }
        let out_of_order =
            self.columns.windows(2).any(|pair| pair[0].is_virtual && !pair[1].is_virtual);
        if out_of_order {
            problems.push(
                schema.bad(
                    "a virtual column stands before one of the file",
                    "put virtual columns last",
                ),
            );
        }
        let mut check = |needed: Vec<&str>, lists_max: usize| {
            let mut lists: Vec<&str> = Vec::new();
            for name in needed {
                match self.columns.iter().find(|column| column.name == name) {
                    None => problems.push_once(
                        name.to_owned(),
                        schema.bad(
                            format!("a template names the column '{name}', which is not there"),
                            format!("names that are there: {}", names.join(", ")),
                        ),
                    ),
                    Some(column) if column.separator.is_some() && !lists.contains(&name) => {
                        lists.push(name);
                    }
                    Some(_) => {}
                }
            }
            if lists.len() > lists_max {
                let reason = match lists_max {
                    0 => "holds a list, and a row is about one thing",
                    _ => "holds a list, as another of its columns does",
                };
                let name = lists[lists_max];
                let reason = format!("a template names the column '{name}', which {reason}");
                problems
                    .push_once(name.to_owned(), schema.bad(reason, "write one row for each value"));
            }
        };
        self.abouts.iter().for_each(|about| check(about.names(), 0));
        for states in self.columns.iter().filter_map(|column| column.states.as_ref()) {
            check(states.property.names(), 0);
            if let Some(value) = &states.value {
                check(value.names(), 1);
            }
            if let Some(Unit::In(column)) = &states.unit {
                check(vec![column], 0);
            }
        }
    }

    /// How many columns the file has.
    pub(crate) fn width(&self) -> usize {
        self.columns.iter().filter(|column| !column.is_virtual).count()
    }

    /// Whether the values of a column name things, so that each digit of them counts.
    pub(crate) fn is_identifier(&self, index: usize) -> bool {
        let name = &self.columns[index].name;
        let values =
            self.columns.iter().filter_map(|column| column.states.as_ref()?.value.as_ref());
        self.primary_key.contains(&index)
            || self
                .abouts
                .iter()
                .chain(values)
                .any(|target| target.names().contains(&name.as_str()))
    }
}

/// Reads the mapping of an RDF file, which says the product group and phase and nothing else.
pub(crate) fn read_rdf_label(source: &str, bytes: &[u8], problems: &mut Problems) -> Label {
    let file = mapping_name(source);
    let Some(document) = parse(&file, bytes, problems) else { return Label::default() };
    let root = Json::root(&document, &file);
    if !root.is_object(LABEL_KEYS, problems) {
        return Label::default();
    }
    check_head(&root, source, problems);
    read_label(&root, problems)
}

fn parse(file: &str, bytes: &[u8], problems: &mut Problems) -> Option<Value> {
    match parse_strictly(bytes) {
        Ok(document) => Some(document),
        Err(error) => {
            let (message, fix) = if error.is_data() {
                (error.to_string(), "keep the one that is meant")
            } else {
                let fix = "put the place right; often a comma or a quote is missing just before it";
                (format!("the mapping is not JSON: {error}"), fix)
            };
            let problem = Problem::error(Code::MappingJson, message, fix).in_file(file);
            problems.push(problem.at_row(error.line() as u64));
            None
        }
    }
}

fn check_head(root: &Json<'_>, source: &str, problems: &mut Problems) {
    const CSVW: &str = "http://www.w3.org/ns/csvw";
    let context = root.get("@context");
    let first = context
        .as_ref()
        .and_then(|json| json.value.as_str().or_else(|| json.value.get(0)?.as_str()));
    if first != Some(CSVW) {
        problems.push(root.missing("@context", format!("write \"@context\": \"{CSVW}\"")));
    }
    let Some(url) = root.text("url", problems) else {
        if root.get("url").is_none() {
            problems.push(root.missing("url", format!("write \"url\": \"{source}\"")));
        }
        return;
    };
    let named = url.rsplit('/').next().unwrap_or(url);
    if percent_decode_str(named).decode_utf8_lossy() != source && url != source {
        let reason = format!("the mapping is for '{url}', the file is '{source}'");
        problems.extend(
            root.get("url").map(|at| at.bad(reason, format!("write \"url\": \"{source}\""))),
        );
    }
}

fn read_label(root: &Json<'_>, problems: &mut Problems) -> Label {
    let Label { mut group, mut phase } = Label::default();
    if let Some(text) = root.text("adit:productGroup", problems) {
        if adit_vocab::is_group(text) {
            group = text.to_owned();
        } else {
            let fix = "use lower-case letters, digits and hyphens, such as machined-part";
            problems.extend(
                root.get("adit:productGroup")
                    .map(|at| at.bad(format!("'{text}' cannot name a product group"), fix)),
            );
        }
    }
    if let Some(text) = root.text("adit:phase", problems) {
        match text.parse() {
            Ok(known) => phase = known,
            Err(unknown) => problems.extend(
                root.get("adit:phase").map(|at| at.bad(format!("{unknown}"), "write one of them")),
            ),
        }
    }
    Label { group, phase }
}

/// A group without a profile is fine, unless its name is nearly that of one that has a profile.
pub(crate) fn check_group(
    source: &str,
    label: &Label,
    vocabulary: &Vocabulary,
    problems: &mut Problems,
) {
    let group = label.group.as_str();
    if group == GROUP_DEFAULT || vocabulary.profile(group).is_some() {
        return;
    }
    let known = vocabulary.profiles().iter().filter_map(|profile| profile.group.as_deref());
    let near = nearest(group, known, 3);
    let Some(nearest) = near.first() else { return };
    let message = format!("at /adit:productGroup: no profile is for the group '{group}'");
    let fix = format!(
        "write {} if that is meant; a group of your own has another name, or its profile in the folder profiles",
        near.join(" or ")
    );
    let problem = match apart(group, nearest) {
        0..=2 => Problem::error(Code::MappingValue, message, fix),
        _ => Problem::warning(Code::MappingValue, message, fix),
    };
    problems.push(problem.in_file(&mapping_name(source)));
}

fn read_primary_key(schema: &Json<'_>, columns: &[Column], problems: &mut Problems) -> Vec<usize> {
    let names = schema.texts("primaryKey", problems).unwrap_or_default();
    let index_of = |name: &String| {
        columns.iter().position(|column| column.name == *name && !column.is_virtual)
    };
    for name in names.iter().filter(|name| index_of(name).is_none()) {
        problems.extend(schema.get("primaryKey").map(|at| {
            at.bad(
                format!("there is no column '{name}' in the file"),
                "write names of columns that are there",
            )
        }));
    }
    names.iter().filter_map(index_of).collect()
}
