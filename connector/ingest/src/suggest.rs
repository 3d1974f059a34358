//! A first mapping, written from the titles and the values of a file.

use crate::csv::{Delimited, Rows};
use crate::headers::{self, Guess, Meaning};
use crate::likely::{likely_datatype, likely_delimiter, looks_like_header, unit_of};
use crate::table::{Cell, Row, Table};
use crate::template::Template;
use crate::text::{self, FileKind};
use crate::{Code, Context, Problem, SourceFile, xlsx};
use serde_json::{Map, Value, json};

/// The most rows that are looked at.
const SAMPLE_ROWS: usize = 500;

/// Writes a first mapping for a table: CSVW metadata to be looked over by a person, with `adit:confidence` for each column.
///
/// Encoding, delimiter, header, decimal character and date formats come from the bytes, the meaning of columns from their
/// titles in English, Swedish or Finnish. A column without a guess is kept home by `suppressOutput`, with a note. The time
/// zone cannot be read from a file: it is the one given, or left out, and then reading the file names the line to add.
/// `language` is the one of the titles and notes, left out where it is not known.
///
/// # Errors
/// A file that is no table, or that cannot be read as one.
///
/// ```
/// use adit_ingest::{Context, SourceFile, suggest_mapping};
/// # let context = Context { own: "did:web:shop.example".parse().unwrap(), base: "https://shop.example".into(),
/// #     templates: Default::default(), partners: vec![], makers: Default::default(), vocabulary: adit_vocab::Vocabulary::bundled().clone(), files: Default::default() };
/// let file = SourceFile { name: "parts.csv", data: b"Osanumero;Sarjanumero;Paino_kg\r\n0042;00417;12,50\r\n", mapping: None };
/// let mapping = suggest_mapping(&file, &context, Some("Europe/Helsinki"), Some("fi")).unwrap();
/// assert_eq!(mapping["dialect"]["delimiter"], ";");
/// assert_eq!(mapping["tableSchema"]["columns"][2]["datatype"]["format"]["decimalChar"], ",");
/// assert_eq!(mapping["tableSchema"]["columns"][2]["adit:unit"], "unit:KiloGM");
/// ```
pub fn suggest_mapping(
    source: &SourceFile<'_>,
    context: &Context,
    zone: Option<&str>,
    language: Option<&str>,
) -> Result<Value, Vec<Problem>> {
    let sample = Sample::of(source).map_err(|problem| vec![problem.in_file(source.name)])?;
    let columns = sample.columns();
    let schema = Schema { columns: &columns, context };
    let mut document = Map::new();
    let csvw = "http://www.w3.org/ns/csvw";
    document.insert(
        "@context".into(),
        language.map_or_else(|| json!(csvw), |known| json!([csvw, {"@language": known}])),
    );
    document.insert("url".into(), json!(source.name));
    if !sample.dialect.is_empty() {
        document.insert("dialect".into(), Value::Object(sample.dialect.clone()));
    }
    if let Some(zone) = zone {
        document.insert("adit:timeZone".into(), json!(zone));
    }
    document.insert("tableSchema".into(), schema.write());
    Ok(Value::Object(document))
}

/// What was looked at of a file.
struct Sample {
    dialect: Map<String, Value>,
    titles: Vec<String>,
    rows: Vec<Row>,
}

/// One column of the sample.
struct Column {
    title: String,
    name: String,
    guess: Option<Guess>,
    datatype: Value,
}

impl Sample {
    fn of(source: &SourceFile<'_>) -> Result<Self, Problem> {
        match FileKind::of(source.name, source.data)? {
            FileKind::Csv => Self::of_text(source.data),
            FileKind::Xlsx => {
                let rows = xlsx::rows(source.data, None, 0)?;
                Self::new(Map::new(), rows.into_iter().map(Ok))
            }
            FileKind::NTriples
            | FileKind::NQuads
            | FileKind::Turtle
            | FileKind::TriG
            | FileKind::JsonLd
            | FileKind::RdfXml => Err(Problem::error(
                Code::FileKind,
                "an RDF file needs no mapping of columns",
                "check it as it is",
            )),
        }
    }

    fn of_text(data: &[u8]) -> Result<Self, Problem> {
        let encoding = text::guess(data);
        let text = text::decode(data, Some(encoding))?;
        let delimiter = likely_delimiter(&text);
        let delimited = Delimited { delimiter, quote: Some(b'"'), skip_rows: 0 };
        let mut dialect = Map::new();
        dialect.insert("encoding".into(), json!(encoding.name().to_ascii_lowercase()));
        dialect.insert("delimiter".into(), json!(char::from(delimiter).to_string()));
        dialect.insert("header".into(), json!(true));
        Self::new(dialect, Rows::of(&text, delimited))
    }

    fn new(
        mut dialect: Map<String, Value>,
        rows: impl Iterator<Item = Result<Row, Problem>>,
    ) -> Result<Self, Problem> {
        let rows: Vec<Row> = rows.take(SAMPLE_ROWS).collect::<Result<_, _>>()?;
        let header = rows.first().is_none_or(looks_like_header);
        if !header {
            dialect.insert("header".into(), json!(false));
        }
        let width = rows.first().map_or(0, |row| row.cells.len());
        let rows = Box::new(rows.into_iter().map(Ok));
        let Table { titles, rows, .. } = Table::new(rows, header, width, "")?;
        Ok(Self { dialect, titles, rows: rows.collect::<Result<_, _>>()? })
    }

    fn columns(&self) -> Vec<Column> {
        let mut columns: Vec<Column> = Vec::new();
        for (index, title) in self.titles.iter().enumerate() {
            // One meaning belongs to one column: the first that looks like it.
            let taken = |guess: &Guess| {
                columns
                    .iter()
                    .any(|c| c.guess.as_ref().is_some_and(|known| known.meaning == guess.meaning))
            };
            let guess = headers::guess(title).filter(|guess| !taken(guess));
            let wished = guess
                .as_ref()
                .map_or_else(|| plain_name(title), |guess| name_of(guess.meaning).to_owned());
            let mut name = wished.clone();
            for number in 2.. {
                if columns.iter().all(|column| column.name != name) {
                    break;
                }
                name = format!("{wished}_{number}");
            }
            let values: Vec<&Cell> = self
                .rows
                .iter()
                .filter_map(|row| row.cells.get(index))
                .filter(|cell| !cell.is_empty())
                .collect();
            let datatype = likely_datatype(guess.as_ref(), &values);
            columns.push(Column { title: title.clone(), name, guess, datatype });
        }
        columns
    }
}

fn name_of(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Part => "part_no",
        Meaning::Serial => "serial",
        Meaning::Heat => "heat",
        Meaning::Batch => "batch",
        Meaning::Weight => "weight",
        Meaning::Delivered => "delivered",
        Meaning::Made => "made",
        Meaning::Customer => "customer_no",
        Meaning::Supplier => "supplier_no",
        Meaning::Order => "order_no",
        Meaning::Position => "position",
        Meaning::Grade => "grade",
        Meaning::Name => "name",
    }
}

/// A title as a name that a template can hold.
fn plain_name(title: &str) -> String {
    let plain: String = title
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'å' | 'ä' => 'a',
            'ö' => 'o',
            c if c.is_ascii_alphanumeric() => c,
            _ => '_',
        })
        .collect();
    let plain = plain.trim_matches('_');
    if plain.is_empty() { "column".to_owned() } else { plain.to_owned() }
}

/// The columns and what they mean together.
struct Schema<'a> {
    columns: &'a [Column],
    context: &'a Context,
}

impl Schema<'_> {
    fn has(&self, meaning: Meaning) -> bool {
        self.columns
            .iter()
            .any(|column| column.guess.as_ref().is_some_and(|guess| guess.meaning == meaning))
    }

    fn write(&self) -> Value {
        let (about, key, class) = self.subject();
        let mut columns: Vec<Value> =
            self.columns.iter().map(|column| self.column(column, &key)).collect();
        if let Some(class) = class {
            columns.push(stated("type", "rdf:type", class));
        }
        columns.extend(self.item_needs());
        let mut schema = Map::new();
        if let Some(about) = about {
            schema.insert("aboutUrl".into(), json!(about));
        }
        if !key.is_empty() {
            schema.insert("primaryKey".into(), json!(key));
        }
        schema.insert("columns".into(), json!(columns));
        Value::Object(schema)
    }

    /// What an item of ours has beside what stands in the file: its maker and its model.
    fn item_needs(&self) -> Vec<Value> {
        if !self.has(Meaning::Serial) {
            return Vec::new();
        }
        let mut needs = vec![stated("manufacturer", "schema:manufacturer", "adit:self")];
        if self.has(Meaning::Part) {
            let own = self.context.templates.model.as_deref();
            let model = format!("adit:model?{}", parameters(own, &["part_no"]));
            needs.push(stated("model", "schema:model", &model));
        }
        // A column of the file may have the name already.
        for need in &mut needs {
            let name = need["name"].as_str().unwrap_or_default().to_owned();
            if self.columns.iter().any(|column| column.name == name) {
                need["name"] = json!(format!("own_{name}"));
            }
        }
        needs
    }

    /// What a person should know of a column that is published.
    fn note(&self, guess: &Guess, has_unit: bool, key: &[&str]) -> Option<&'static str> {
        let is_subject = key == [name_of(guess.meaning)];
        match guess.meaning {
            Meaning::Heat | Meaning::Batch if !is_subject && !self.has(Meaning::Supplier) => Some(
                "this claims it as our own; if another company made it, write its number in partners.csv into the reference: adit:batch?maker=NUMBER&batch=...",
            ),
            Meaning::Weight if !has_unit => {
                Some("add its unit, such as \"adit:unit\": \"kg\", which the title does not say")
            }
            Meaning::Serial if !self.has(Meaning::Part) => Some(
                "an item has a model: add a virtual column with schema:model, or the part number to the file",
            ),
            Meaning::Part
            | Meaning::Serial
            | Meaning::Heat
            | Meaning::Batch
            | Meaning::Weight
            | Meaning::Delivered
            | Meaning::Made
            | Meaning::Customer
            | Meaning::Supplier
            | Meaning::Order
            | Meaning::Position
            | Meaning::Grade
            | Meaning::Name => None,
        }
    }

    /// What a row is about: an item where there is a serial number, else a batch, else a model.
    fn subject(&self) -> (Option<String>, Vec<&'static str>, Option<&'static str>) {
        let own = &self.context.templates;
        if self.has(Meaning::Serial) {
            let mut key = vec!["serial"];
            if self.has(Meaning::Part) {
                key.insert(0, "part_no");
            }
            let parameters = parameters(own.item.as_deref(), &key);
            return (
                Some(format!("adit:item?{parameters}")),
                key,
                Some("schema:IndividualProduct"),
            );
        }
        let (name, class) = match (self.has(Meaning::Heat), self.has(Meaning::Batch)) {
            (true, _) => ("heat", "adit:Heat"),
            (false, true) => ("batch", "adit:Batch"),
            (false, false) if self.has(Meaning::Part) => {
                let parameters = parameters(own.model.as_deref(), &["part_no"]);
                let about = format!("adit:model?{parameters}");
                return (Some(about), vec!["part_no"], Some("schema:ProductModel"));
            }
            (false, false) => return (None, Vec::new(), None),
        };
        let parameters = parameters(own.batch.as_deref(), &[name]);
        (Some(format!("adit:batch?{parameters}")), vec![name], Some(class))
    }

    fn column(&self, column: &Column, key: &[&str]) -> Value {
        let mut written = Map::new();
        written.insert("name".into(), json!(column.name));
        written.insert("titles".into(), json!(column.title));
        written.insert("datatype".into(), column.datatype.clone());
        if key.contains(&column.name.as_str()) {
            written.insert("required".into(), json!(true));
        }
        let said = column
            .guess
            .as_ref()
            .filter(|_| !key.is_empty())
            // A weight that is no number could not be published as one.
            .filter(|guess| guess.meaning != Meaning::Weight || column.datatype != json!("string"))
            .and_then(|guess| self.said(guess, key));
        match (&column.guess, said) {
            (Some(guess), Some((property, value))) => {
                written.insert("propertyUrl".into(), json!(property));
                if let Some(value) = value {
                    written.insert("valueUrl".into(), json!(value));
                }
                let unit = unit_of(&guess.rest).filter(|_| guess.meaning == Meaning::Weight);
                if let Some(unit) = unit {
                    written.insert("adit:unit".into(), json!(unit));
                }
                written.insert("adit:confidence".into(), json!(guess.confidence));
                if let Some(note) = self.note(guess, unit.is_some(), key) {
                    written.insert("adit:note".into(), json!(note));
                }
            }
            (guess, None) => {
                written.insert("suppressOutput".into(), json!(true));
                written.insert(
                    "adit:confidence".into(),
                    json!(guess.as_ref().map_or(0.0, |guess| guess.confidence)),
                );
                let note = match guess.as_ref().map(|guess| guess.meaning) {
                    Some(Meaning::Supplier) => "used in references to the supplier's things",
                    Some(Meaning::Weight) if column.datatype == json!("string") => {
                        "stays home: most of its values are not numbers of one form"
                    }
                    _ => "stays home until propertyUrl says what it means",
                };
                written.insert("adit:note".into(), json!(note));
            }
            (None, Some(_)) => {}
        }
        Value::Object(written)
    }

    /// The predicate of a meaning, and where its object comes from.
    fn said(&self, guess: &Guess, key: &[&str]) -> Option<(&'static str, Option<String>)> {
        let is_subject = key == [name_of(guess.meaning)];
        Some(match guess.meaning {
            Meaning::Part => ("schema:mpn", None),
            Meaning::Serial => ("schema:serialNumber", None),
            Meaning::Heat | Meaning::Batch if is_subject => ("skos:notation", None),
            Meaning::Heat | Meaning::Batch => {
                ("adit:fromBatch", Some(self.batch_of(name_of(guess.meaning))))
            }
            Meaning::Weight => ("schema:weight", None),
            Meaning::Delivered => ("adit:deliveredOn", None),
            Meaning::Made => ("schema:productionDate", None),
            Meaning::Customer => {
                ("adit:deliveredTo", Some("adit:partner?number={customer_no}".into()))
            }
            Meaning::Supplier => return None,
            Meaning::Order => ("adit:orderNumber", None),
            Meaning::Position => return None,
            Meaning::Grade => ("adit:grade", None),
            Meaning::Name => ("schema:name", None),
        })
    }

    /// A supplier's batch by the parameters that suppliers' templates have, or one of our own.
    fn batch_of(&self, name: &'static str) -> String {
        if !self.has(Meaning::Supplier) {
            return format!(
                "adit:batch?{}",
                parameters(self.context.templates.batch.as_deref(), &[name])
            );
        }
        let published =
            self.context.makers.values().find_map(|templates| templates.batch.as_deref());
        format!(
            "adit:batch?maker={{supplier_no}}&{}",
            parameters(published.or(Some("{batch}")), &[name])
        )
    }
}

/// A virtual column: what each row states beside its cells.
fn stated(name: &str, property: &str, value: &str) -> Value {
    json!({"name": name, "virtual": true, "propertyUrl": property, "valueUrl": value})
}

/// The parameters of a template, each given the column that fits its place.
fn parameters(template: Option<&str>, names: &[&str]) -> String {
    let parsed = template.and_then(|text| Template::parse(text).ok());
    let published: Vec<&str> = parsed.iter().flat_map(Template::names).collect();
    let fits = published.len() == names.len();
    let pairs = names.iter().enumerate().map(|(index, name)| {
        let plain = name.trim_end_matches("_no");
        let parameter = if fits { published[index] } else { plain };
        format!("{parameter}={{{name}}}")
    });
    pairs.collect::<Vec<_>>().join("&")
}
