//! The columns of a mapping.

use crate::Code;
use crate::datatype::Datatype;
use crate::date;
use crate::json::Json;
use crate::problem::Problems;
use crate::reference::Target;
use crate::units::Units;
use jiff::tz::TimeZone;
use oxrdf::NamedNode;

const COLUMN_KEYS: &[&str] = &[
    "name",
    "titles",
    "virtual",
    "suppressOutput",
    "datatype",
    "null",
    "required",
    "default",
    "separator",
    "lang",
    "aboutUrl",
    "propertyUrl",
    "valueUrl",
    "ordered",
    "textDirection",
    "adit:unit",
    "adit:values",
    "adit:timeZone",
    "adit:confidence",
    "adit:note",
];

/// A column of the file, or a virtual one.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) titles: Vec<String>,
    pub(crate) is_virtual: bool,
    pub(crate) required: bool,
    pub(crate) null: Vec<String>,
    pub(crate) default: Option<String>,
    pub(crate) separator: Option<String>,
    pub(crate) lang: Option<String>,
    pub(crate) zone: Option<TimeZone>,
    pub(crate) datatype: Datatype,
    /// The codes of the file and what each stands for, where the column holds codes.
    pub(crate) codes: Option<Vec<(String, String)>>,
    /// What it states; nothing where its output is suppressed.
    pub(crate) states: Option<States>,
}

/// The statement that a column makes of a row.
#[derive(Debug)]
pub(crate) struct States {
    /// The index of the subject in the list of subjects of the mapping.
    pub(crate) about: usize,
    pub(crate) property: Target,
    /// The object, where it is not the cell's literal.
    pub(crate) value: Option<Target>,
    pub(crate) unit: Option<Unit>,
}

/// The unit of a column of numbers.
#[derive(Debug)]
pub(crate) enum Unit {
    /// One unit for all rows.
    Of(NamedNode),
    /// The name of the column that holds the unit of each row.
    In(String),
}

/// What columns take over from the table and its schema.
pub(crate) struct Inherited<'a> {
    about: Option<Json<'a>>,
    null: Vec<String>,
    lang: Option<String>,
    zone: Option<TimeZone>,
    datatype: Datatype,
    units: &'a Units,
}

impl Column {
    /// Reads one column; a subject that is new goes to `abouts`.
    pub(crate) fn read(
        json: &Json<'_>,
        inherited: &Inherited<'_>,
        abouts: &mut Vec<Target>,
        problems: &mut Problems,
    ) -> Option<Self> {
        if !json.is_object(COLUMN_KEYS, problems) {
            return None;
        }
        let Some(name) = json.text("name", problems) else {
            problems.push(json.missing("name", "give the column a short name without blanks"));
            return None;
        };
        let is_virtual = json.flag("virtual", problems).unwrap_or(false);
        let default = json.text("default", problems).filter(|text| !text.is_empty());
        let datatype = match json.get("datatype") {
            Some(datatype) => Datatype::read(&datatype, problems),
            None => inherited.datatype.clone(),
        };
        if is_virtual && default.is_none() && json.get("valueUrl").is_none() {
            let fix = "say what each row states: a valueUrl, or a default";
            problems.push(json.missing("valueUrl", fix));
        }
        Some(Self {
            name: name.to_owned(),
            titles: read_titles(json, name, problems),
            is_virtual,
            required: json.flag("required", problems).unwrap_or(false),
            null: json.texts("null", problems).unwrap_or_else(|| inherited.null.clone()),
            default: default.map(str::to_owned),
            separator: json.text("separator", problems).map(str::to_owned),
            lang: if json.get("lang").is_some() {
                read_lang(json, problems)
            } else {
                inherited.lang.clone()
            },
            zone: if json.get("adit:timeZone").is_some() {
                read_zone(json, problems)
            } else {
                inherited.zone.clone()
            },
            codes: read_codes(json, problems),
            states: read_states(json, inherited, &datatype, abouts, problems),
            datatype,
        })
    }

    /// The name that a person sees over it.
    pub(crate) fn title(&self) -> &str {
        self.titles.first().unwrap_or(&self.name)
    }
}

impl<'a> Inherited<'a> {
    pub(crate) fn read(
        root: &Json<'a>,
        schema: &Json<'a>,
        units: &'a Units,
        problems: &mut Problems,
    ) -> Self {
        let nearest = |key: &str| if schema.get(key).is_some() { schema } else { root };
        Self {
            about: schema.get("aboutUrl").or_else(|| root.get("aboutUrl")),
            null: nearest("null").texts("null", problems).unwrap_or_else(|| vec![String::new()]),
            lang: read_lang(nearest("lang"), problems),
            zone: read_zone(root, problems),
            datatype: nearest("datatype")
                .get("datatype")
                .map_or_else(Datatype::default, |json| Datatype::read(&json, problems)),
            units,
        }
    }
}

fn read_zone(json: &Json<'_>, problems: &mut Problems) -> Option<TimeZone> {
    let name = json.text("adit:timeZone", problems)?;
    let zone = date::zone_named(name);
    if zone.is_none() {
        let fix = "write a name of the IANA time zone database, such as Europe/Helsinki";
        problems.extend(
            json.get("adit:timeZone").map(|at| {
                at.problem(Code::ZoneUnknown, format!("'{name}' is not a time zone"), fix)
            }),
        );
    }
    zone
}

fn read_lang(json: &Json<'_>, problems: &mut Problems) -> Option<String> {
    let text = json.text("lang", problems).filter(|lang| *lang != "und")?;
    match oxrdf::Literal::new_language_tagged_literal("", text) {
        Ok(literal) => literal.language().map(str::to_owned),
        Err(_) => {
            problems.extend(json.get("lang").map(|at| at.wrong("a language tag such as \"fi\"")));
            None
        }
    }
}

/// Titles are a text, a list of texts, or either of them by language.
fn read_titles(json: &Json<'_>, name: &str, problems: &mut Problems) -> Vec<String> {
    let Some(titles) = json.get("titles") else { return vec![name.to_owned()] };
    match titles.value.as_object() {
        None => json.texts("titles", problems).unwrap_or_default(),
        Some(languages) => {
            languages.keys().filter_map(|lang| titles.texts(lang, problems)).flatten().collect()
        }
    }
}

fn read_states(
    json: &Json<'_>,
    inherited: &Inherited<'_>,
    datatype: &Datatype,
    abouts: &mut Vec<Target>,
    problems: &mut Problems,
) -> Option<States> {
    if json.flag("suppressOutput", problems) == Some(true) {
        return None;
    }
    if json.get("propertyUrl").is_none() {
        let fix = "say what the column means, or keep it home with \"suppressOutput\": true";
        problems.push(json.missing("propertyUrl", fix));
        return None;
    }
    let property = target(json, "propertyUrl", Target::iri, problems);
    let value = target(json, "valueUrl", Target::parse, problems);
    let about = match (json.get("aboutUrl"), &inherited.about) {
        (Some(own), _) => own,
        (None, Some(inherited)) => inherited.clone(),
        (None, None) => {
            let fix = "say in tableSchema what a row is about, such as \"aboutUrl\": \"adit:item?part={part_no}&serial={serial}\"";
            problems.push_once("aboutUrl".into(), json.missing("aboutUrl", fix));
            return None;
        }
    };
    let about = about
        .value
        .as_str()
        .map_or_else(|| Err("it is not text".to_owned()), Target::parse)
        .map_err(|reason| {
            problems.push_once(
                about.pointer.clone(),
                about.bad(reason, "see the README for what may stand here"),
            );
        });
    let unit = read_unit(json, datatype, value.is_some(), inherited.units, problems);
    if value.is_none() && json.get("valueUrl").is_none() && json.get("adit:unit").is_none() {
        check_quantity(json, datatype, inherited.units, problems);
    }
    let about = about.ok()?;
    let index = abouts.iter().position(|known| *known == about).unwrap_or_else(|| {
        abouts.push(about);
        abouts.len() - 1
    });
    Some(States { about: index, property: property?, value, unit })
}

fn target(
    json: &Json<'_>,
    key: &str,
    parse: fn(&str) -> Result<Target, String>,
    problems: &mut Problems,
) -> Option<Target> {
    let text = json.text(key, problems)?;
    match parse(text) {
        Ok(target) => Some(target),
        Err(reason) => {
            problems.extend(
                json.get(key).map(|at| at.bad(reason, "see the README for what may stand here")),
            );
            None
        }
    }
}

fn read_unit(
    json: &Json<'_>,
    datatype: &Datatype,
    has_value: bool,
    units: &Units,
    problems: &mut Problems,
) -> Option<Unit> {
    let text = json.text("adit:unit", problems)?;
    let at = json.get("adit:unit")?;
    if has_value || !matches!(datatype, Datatype::Number { .. }) {
        problems.push(at.bad(
            "a unit belongs to a column of numbers without valueUrl",
            "give the column a number datatype, or take the unit out",
        ));
        return None;
    }
    let column = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    if let Some(column) = column.filter(|column| !column.contains(['{', '}'])) {
        return Some(Unit::In(column.to_owned()));
    }
    match units.named(text) {
        Ok(unit) => Some(Unit::Of(unit)),
        Err(near) => {
            let fix =
                format!("write a unit such as {near}, or the column that holds it: {{COLUMN}}");
            problems.push(at.problem(
                Code::UnitUnknown,
                format!("'{text}' is not a unit known here"),
                fix,
            ));
            None
        }
    }
}

/// A quantity as text, or as a number without a unit, could neither be compared nor added up.
fn check_quantity(json: &Json<'_>, datatype: &Datatype, units: &Units, problems: &mut Problems) {
    let Some(property) = json.value["propertyUrl"].as_str() else { return };
    let iri = adit_vocab::expand(property).unwrap_or_else(|| property.to_owned());
    if !units.is_quantity(&iri) {
        return;
    }
    let name = adit_vocab::shorten(&iri);
    let unit =
        "\"adit:unit\": \"UNIT\", such as kg or kWh, or \"{COLUMN}\" where a column holds it";
    let (reason, fix) = match datatype {
        Datatype::Number { .. } => {
            (format!("{name} is a quantity, and the mapping names no unit"), format!("add {unit}"))
        }
        Datatype::Text { .. }
        | Datatype::Truth { .. }
        | Datatype::Moment { .. }
        | Datatype::Period { .. }
        | Datatype::Iri => {
            let comma = "{\"base\": \"decimal\", \"format\": {\"decimalChar\": \",\"}}";
            (
                format!("{name} is a quantity, and the column is neither a number nor has a unit"),
                format!(
                    "write \"datatype\": \"decimal\", or {comma} for decimal commas, and {unit}"
                ),
            )
        }
    };
    problems.push(json.problem(Code::UnitMissing, reason, fix));
}

/// `adit:values`: what the codes of the file stand for.
fn read_codes(json: &Json<'_>, problems: &mut Problems) -> Option<Vec<(String, String)>> {
    let at = json.get("adit:values")?;
    let codes = at.value.as_object().and_then(|object| {
        let text = |(code, value): (&String, &serde_json::Value)| {
            Some((code.clone(), value.as_str()?.to_owned()))
        };
        object.iter().map(text).collect::<Option<Vec<_>>>()
    });
    if codes.is_none() {
        problems.push(at.wrong("an object such as {\"N\": \"new\", \"B\": \"used\"}"));
    }
    codes
}
