//! What a mapping may write where an IRI is wanted: an IRI, or a reference that names no other company's IRI.

use crate::context::Kind;
use crate::template::Template;
use percent_encoding::percent_decode_str;

/// Where the subject, predicate or object of a statement comes from.
///
/// A pseudo-IRI such as `adit:batch?maker={supplier_no}&batch={heat}` says *which* thing is meant in our own numbers;
/// its maker's template says how that thing is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// An IRI or a prefixed name, with columns in braces.
    Iri(Template),
    /// `{+COLUMN}`: the IRI that stands in a cell, as it is.
    Written(Template),
    /// `adit:item?`, `adit:batch?`, `adit:model?`, `adit:place?`: a thing by its maker's template; no maker means ourselves.
    Thing { kind: Kind, maker: Option<Template>, parameters: Parameters },
    /// `adit:carrier?iri=`: a thing by the identifier on its label; no maker means ourselves.
    Carrier { iri: Template, maker: Option<Template>, repair: bool },
    /// `adit:partner?number=`: an organisation.
    Partner(Template),
    /// `adit:self`: our own organisation.
    Own,
    /// `adit:record?kind=`: a record of ours, named by a hash of its parameters.
    Record { kind: String, parameters: Parameters },
    /// `adit:document?file=`: an attached file, named by its hash.
    Document(Template),
}

/// Named values, in the order of the mapping.
pub(crate) type Parameters = Vec<(String, Template)>;

const PSEUDO: &str = "adit:item?, adit:batch?, adit:model?, adit:place?, adit:carrier?iri=, \
                      adit:partner?number=, adit:self, adit:record?kind=, adit:document?file=";

/// Kinds of records that are made here and not by a mapping.
const RESERVED_KINDS: [&str; 2] = ["quantity", "node"];

impl Target {
    /// Reads the text of an `aboutUrl` or `valueUrl`, or says why it cannot be used.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text == "adit:self" {
            return Ok(Self::Own);
        }
        if let Some(column) = text.strip_prefix("{+").and_then(|rest| rest.strip_suffix('}')) {
            let column = Template::parse(&format!("{{{column}}}")).map_err(|e| e.to_string())?;
            return Ok(Self::Written(column));
        }
        match text.strip_prefix("adit:").and_then(|rest| rest.split_once('?')) {
            Some((name, query)) => Self::pseudo(name, parameters(query)?),
            None => Self::iri(text),
        }
    }

    /// Reads an IRI or prefixed name, as in a `propertyUrl`.
    pub(crate) fn iri(text: &str) -> Result<Self, String> {
        let full = adit_vocab::expand(text).unwrap_or_else(|| text.to_owned());
        let scheme = full.split_once(':').map_or("", |(scheme, _)| scheme);
        if scheme.is_empty() || scheme.contains(['{', '/', '#', '?']) {
            return Err(format!("'{text}' is neither an absolute IRI nor a prefixed name"));
        }
        let template = Template::parse(&full).map_err(|e| e.to_string())?;
        if Kind::ALL.iter().any(|kind| text == format!("adit:{kind}")) {
            return Err(format!("'{text}' needs parameters, such as {text}?part={{part_no}}"));
        }
        Ok(Self::Iri(template))
    }

    fn pseudo(name: &str, mut parameters: Parameters) -> Result<Self, String> {
        if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == name) {
            let maker = take(&mut parameters, "maker");
            if parameters.is_empty() {
                return Err(format!("adit:{name}? needs the parameters of the maker's template"));
            }
            return Ok(Self::Thing { kind, maker, parameters });
        }
        if name == "carrier" {
            return Self::carrier(parameters);
        }
        let mut the_only = |key: &str| match take(&mut parameters, key) {
            Some(value) if parameters.is_empty() => Ok(value),
            _ => Err(format!("adit:{name}? takes one parameter: {key}")),
        };
        match name {
            "partner" => the_only("number").map(Self::Partner),
            "document" => the_only("file").map(Self::Document),
            "record" => {
                let kind = take(&mut parameters, "kind").and_then(|kind| kind.text(|_| None).ok());
                let kind = kind.filter(|kind| {
                    adit_vocab::is_group(kind) && !RESERVED_KINDS.contains(&kind.as_str())
                });
                let kind = kind.ok_or(
                    "adit:record? needs a kind in lower-case letters, such as kind=installation",
                )?;
                if parameters.is_empty() {
                    return Err(
                        "adit:record? needs parameters that tell one record from another".into()
                    );
                }
                Ok(Self::Record { kind, parameters })
            }
            other => Err(format!("'adit:{other}?' is not known; known are {PSEUDO}")),
        }
    }

    fn carrier(mut parameters: Parameters) -> Result<Self, String> {
        let iri = take(&mut parameters, "iri");
        let maker = take(&mut parameters, "maker");
        let repair =
            take(&mut parameters, "repair").map(|it| it.text(|_| None) == Ok("yes".into()));
        match (iri, repair.unwrap_or(true), parameters.as_slice()) {
            (Some(iri), true, []) => Ok(Self::Carrier { iri, maker, repair: repair.is_some() }),
            _ => Err(
                "adit:carrier? takes iri={COLUMN}, and if need be maker={COLUMN} and repair=yes"
                    .to_owned(),
            ),
        }
    }

    /// The columns that it needs.
    pub(crate) fn names(&self) -> Vec<&str> {
        match self {
            Self::Iri(template)
            | Self::Written(template)
            | Self::Partner(template)
            | Self::Document(template) => template.names().collect(),
            Self::Own => Vec::new(),
            Self::Carrier { iri, maker, .. } => {
                iri.names().chain(maker.iter().flat_map(Template::names)).collect()
            }
            Self::Thing { maker, parameters, .. } => {
                let templates = parameters.iter().map(|(_, template)| template).chain(maker);
                templates.flat_map(Template::names).collect()
            }
            Self::Record { parameters, .. } => {
                parameters.iter().flat_map(|(_, template)| template.names()).collect()
            }
        }
    }
}

fn parameters(query: &str) -> Result<Parameters, String> {
    let mut parameters: Parameters = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or_else(|| format!("'{pair}' has no '='"))?;
        let value = percent_decode_str(value)
            .decode_utf8()
            .map_err(|_| format!("'{pair}' is not UTF-8"))?;
        if parameters.iter().any(|(known, _)| known == name) {
            return Err(format!("the parameter '{name}' stands twice"));
        }
        parameters.push((name.to_owned(), Template::parse(&value).map_err(|e| e.to_string())?));
    }
    Ok(parameters)
}

fn take(parameters: &mut Parameters, name: &str) -> Option<Template> {
    let index = parameters.iter().position(|(known, _)| known == name)?;
    Some(parameters.remove(index).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_references() {
        let batch = Target::parse("adit:batch?maker={supplier_no}&batch={heat}").unwrap();
        assert_eq!(batch.names(), ["heat", "supplier_no"]);
        assert!(matches!(batch, Target::Thing { kind: Kind::Batch, maker: Some(_), .. }));
        assert!(matches!(Target::parse("adit:self").unwrap(), Target::Own));
        assert!(matches!(Target::parse("adit:owner").unwrap(), Target::Iri(_)));
        assert!(matches!(Target::parse("https://a.example/{x}").unwrap(), Target::Iri(_)));
    }

    #[test]
    fn refuses_references_that_cannot_be_meant() {
        for (text, expected) in [
            ("part/{x}", "'part/{x}' is neither an absolute IRI nor a prefixed name"),
            ("adit:item", "'adit:item' needs parameters, such as adit:item?part={part_no}"),
            ("adit:item?maker={m}", "adit:item? needs the parameters of the maker's template"),
            ("adit:item?part", "'part' has no '='"),
            ("adit:item?a=1&a=2", "the parameter 'a' stands twice"),
            ("adit:partner?id={x}", "adit:partner? takes one parameter: number"),
            ("adit:partner?number={x}&y=1", "adit:partner? takes one parameter: number"),
            (
                "adit:record?x=1",
                "adit:record? needs a kind in lower-case letters, such as kind=installation",
            ),
            (
                "adit:record?kind={x}&y=1",
                "adit:record? needs a kind in lower-case letters, such as kind=installation",
            ),
            (
                "adit:record?kind=quantity&x={x}",
                "adit:record? needs a kind in lower-case letters, such as kind=installation",
            ),
            (
                "adit:record?kind=installation",
                "adit:record? needs parameters that tell one record from another",
            ),
            (
                "adit:carrier?maker={m}",
                "adit:carrier? takes iri={COLUMN}, and if need be maker={COLUMN} and repair=yes",
            ),
            (
                "adit:carrier?iri={x}&repair=maybe",
                "adit:carrier? takes iri={COLUMN}, and if need be maker={COLUMN} and repair=yes",
            ),
            (
                "adit:thing?x=1",
                "'adit:thing?' is not known; known are adit:item?, adit:batch?, adit:model?, adit:place?, adit:carrier?iri=, adit:partner?number=, adit:self, adit:record?kind=, adit:document?file=",
            ),
            ("adit:item?part={_row}", "'{_row}' is not a plain name; only {name} can be used"),
        ] {
            assert_eq!(Target::parse(text), Err(expected.to_owned()), "{text}");
        }
    }
}
