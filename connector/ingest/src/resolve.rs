//! References to IRIs: our number to an organisation, its template to the thing.

use crate::carrier::{NoIdentifier, Scanned, scan};
use crate::context::{Context, Kind, Partner};
use crate::reference::{Parameters, Target};
use crate::template::{BadTemplate, Template, encoded};
use crate::{Code, Problem};
use adit_vocab::{Did, adit, schema};
use oxrdf::vocab::rdf;
use oxrdf::{Literal, NamedNode, Triple};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Resolves the references of one file.
pub(crate) struct Resolver<'a> {
    context: &'a Context,
    partners: HashMap<&'a str, &'a Partner>,
    documents: HashMap<String, NamedNode>,
}

/// What a reference stands for, and what follows from referring to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) iri: NamedNode,
    /// Who holds the facts about a thing of another company; type, media type and hash of a document.
    pub(crate) about: Vec<Triple>,
    /// The label's own text, where it was written in another spelling.
    pub(crate) respelled: Option<String>,
}

impl Resolved {
    fn to(iri: NamedNode) -> Self {
        Self { iri, about: Vec::new(), respelled: None }
    }
}

/// A reference that stands for nothing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unresolved {
    /// A column that it needs is empty; not an error.
    #[error("'{0}' is empty")]
    Incomplete(String),
    #[error("our number '{number}' stands for no partner")]
    UnknownPartner { number: String, similar: Option<String> },
    #[error("{maker} publishes no identifier template for {kind}, as far as is known here")]
    NoTemplate { maker: String, kind: Kind },
    #[error("our own identifier template for {kind} is not set")]
    NoOwnTemplate { kind: Kind },
    #[error("the template '{template}' of {maker} cannot be used: {reason}")]
    BadTemplate { maker: String, template: String, reason: BadTemplate },
    #[error(
        "the template '{template}' of {maker} needs '{parameter}', which the reference does not give"
    )]
    MissingParameter { maker: String, template: String, parameter: String },
    #[error(
        "the reference gives '{parameter}', which the template '{template}' of {maker} does not have"
    )]
    UnusedParameter { maker: String, template: String, parameter: String },
    #[error("the parameter '{parameter}' is empty")]
    EmptyParameter { parameter: String },
    #[error("'{0}' is not an absolute IRI")]
    NotAnIri(String),
    #[error("there is no attached file '{0}'")]
    NoDocument(String),
    #[error("the label holds no identifier: {0}")]
    NoIdentifier(#[from] NoIdentifier),
    #[error("the identifier has another spelling, and identifiers are compared as text")]
    Respelled { canonical: String },
    #[error("the identifier begins as those of {maker} do, and the row says it is {expected}")]
    OtherMaker { maker: String, expected: String },
    #[error("the identifier does not begin as ours do ({prefixes})")]
    NotOurs { prefixes: String },
}

impl Unresolved {
    /// The problem, without its place.
    pub(crate) fn problem(&self) -> Problem {
        let (code, fix) = match self {
            Self::Incomplete(_) => {
                (Code::ReferenceIncomplete, "fill the cell if the reference is meant".to_owned())
            }
            Self::UnknownPartner { similar: Some(similar), .. } => (
                Code::ReferencePartner,
                format!(
                    "partners.csv has '{similar}': were leading zeros lost? Correct the number, or add a line to partners.csv"
                ),
            ),
            Self::UnknownPartner { number, similar: None } => (
                Code::ReferencePartner,
                format!("add the line {number};DID;NAME to partners.csv, or correct the number"),
            ),
            Self::NoTemplate { .. } => (
                Code::ReferenceTemplate,
                "ask them to publish one, and let your connector reach theirs once".to_owned(),
            ),
            Self::NoOwnTemplate { kind } => (
                Code::ReferenceTemplate,
                format!(
                    "set the template for {kind} in your configuration, such as https://id.example.com/{kind}/{{number}}"
                ),
            ),
            Self::BadTemplate { .. } => (Code::ReferenceTemplate, "tell its owner".to_owned()),
            Self::MissingParameter { parameter, .. } => (
                Code::ReferenceParameter,
                format!("add {parameter}={{COLUMN}} to the reference in the mapping"),
            ),
            Self::UnusedParameter { parameter, .. } => (
                Code::ReferenceParameter,
                format!(
                    "take {parameter} out of the reference in the mapping, or rename it to what the template has"
                ),
            ),
            Self::EmptyParameter { .. } => (Code::ReferenceParameter, "fill the cell".to_owned()),
            Self::NotAnIri(_) => (Code::ValueIri, "write it in full, with https://".to_owned()),
            Self::NoIdentifier(why) => {
                let code =
                    if why.is_check_digit() { Code::CarrierDigit } else { Code::CarrierForm };
                (code, why.fix())
            }
            Self::Respelled { canonical } => (
                Code::CarrierForm,
                format!(
                    "write {canonical}, or say &repair=yes in the reference of the mapping"
                ),
            ),
            Self::OtherMaker { .. } => {
                (Code::CarrierMaker, "correct the maker's number, or scan the label again".to_owned())
            }
            Self::NotOurs { .. } => (
                Code::CarrierMaker,
                "say who made it with &maker={COLUMN} in the reference of the mapping, or scan the label again"
                    .to_owned(),
            ),
            Self::NoDocument(_) => (
                Code::ReferenceDocument,
                "put the file beside the others that you attach, or correct the name".to_owned(),
            ),
        };
        Problem::error(code, self.to_string(), fix)
    }

    /// Whether every row would say the same.
    pub(crate) fn is_of_the_mapping(&self) -> bool {
        match self {
            Self::NoTemplate { .. }
            | Self::NoOwnTemplate { .. }
            | Self::BadTemplate { .. }
            | Self::MissingParameter { .. }
            | Self::UnusedParameter { .. } => true,
            Self::Incomplete(_)
            | Self::UnknownPartner { .. }
            | Self::EmptyParameter { .. }
            | Self::NotAnIri(_)
            | Self::NoDocument(_)
            | Self::NoIdentifier(_)
            | Self::Respelled { .. }
            | Self::OtherMaker { .. }
            | Self::NotOurs { .. } => false,
        }
    }
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        let partners = context.partners_by_number();
        Self { context, partners, documents: HashMap::new() }
    }

    /// The IRI that a reference stands for in a row whose values are given by column name.
    pub(crate) fn resolve<'v>(
        &mut self,
        target: &'v Target,
        value_of: impl Fn(&str) -> Option<&'v str>,
    ) -> Result<Resolved, Unresolved> {
        let text = |template: &'v Template| {
            template.text(&value_of).map_err(|name| Unresolved::Incomplete(name.to_owned()))
        };
        let plain = |iri| Ok(Resolved::to(iri));
        match target {
            Target::Own => plain(did_iri(&self.context.own)),
            Target::Iri(template) => {
                let iri = template.iri(&value_of);
                plain(checked(iri.map_err(|name| Unresolved::Incomplete(name.to_owned()))?)?)
            }
            Target::Written(cell) => plain(checked(text(cell)?)?),
            Target::Partner(number) => plain(did_iri(&self.partner(&text(number)?)?.did)),
            Target::Document(file) => self.document(text(file)?),
            Target::Record { kind, parameters } => {
                let values = values_of(parameters, text)?;
                let hash = hash(
                    values
                        .iter()
                        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value))),
                );
                plain(NamedNode::new_unchecked(format!(
                    "{}/record/{kind}/{hash}",
                    self.context.base
                )))
            }
            Target::Carrier { iri, maker, repair } => {
                let maker =
                    maker.as_ref().map(text).transpose()?.filter(|number| !number.is_empty());
                self.carrier(text(iri)?, maker.as_deref(), *repair)
            }
            Target::Thing { kind, maker, parameters } => {
                let maker =
                    maker.as_ref().map(text).transpose()?.filter(|number| !number.is_empty());
                let values = values_of(parameters, text)?;
                match maker {
                    None => plain(self.own_thing(*kind, &values)?),
                    Some(number) => self.thing_of(&number, *kind, &values),
                }
            }
        }
    }

    fn partner(&self, number: &str) -> Result<&'a Partner, Unresolved> {
        self.partners.get(number).copied().ok_or_else(|| {
            let bare = |number: &str| number.trim_start_matches('0').to_owned();
            let similar = self.partners.keys().filter(|known| bare(known) == bare(number)).min();
            Unresolved::UnknownPartner {
                number: number.to_owned(),
                similar: similar.map(|known| (*known).to_owned()),
            }
        })
    }

    fn own_thing(&self, kind: Kind, values: &[(&str, String)]) -> Result<NamedNode, Unresolved> {
        let template = self.context.templates.of(kind).ok_or(Unresolved::NoOwnTemplate { kind })?;
        filled(template, "our own organisation", values)
    }

    /// A thing of the maker with our number for it; another company's comes with who holds its facts.
    fn thing_of(
        &self,
        number: &str,
        kind: Kind,
        values: &[(&str, String)],
    ) -> Result<Resolved, Unresolved> {
        let partner = self.partner(number)?;
        if partner.did == self.context.own {
            return Ok(Resolved::to(self.own_thing(kind, values)?));
        }
        let maker = format!("{} ({})", partner.name, partner.did);
        let template =
            self.context.templates_of(&partner.did).and_then(|templates| templates.of(kind));
        let Some(template) = template else { return Err(Unresolved::NoTemplate { maker, kind }) };
        let iri = filled(template, &maker, values)?;
        let about = vec![held_by(&iri, &partner.did)];
        Ok(Resolved { about, ..Resolved::to(iri) })
    }

    /// The thing with a label; it needs no template, so that facts can name it before its maker has joined.
    fn carrier(
        &self,
        label: String,
        maker: Option<&str>,
        repair: bool,
    ) -> Result<Resolved, Unresolved> {
        let (canonical, respelled) = match scan(&label)? {
            Scanned::Canonical => (label, None),
            Scanned::Other(canonical) if repair => (canonical, Some(label)),
            Scanned::Other(canonical) => return Err(Unresolved::Respelled { canonical }),
        };
        let partner = maker.map(|number| self.partner(number)).transpose()?;
        let maker = partner.map_or(&self.context.own, |partner| &partner.did);
        match self.context.maker_by_prefix(&canonical) {
            Some(known) if known == maker => {}
            Some(known) => {
                let expected =
                    partner.map_or_else(|| "our own".to_owned(), |it| format!("of {}", it.name));
                return Err(Unresolved::OtherMaker { maker: known.to_string(), expected });
            }
            None if *maker == self.context.own => {
                let prefixes = self.context.templates.prefixes().join(", ");
                return Err(Unresolved::NotOurs { prefixes });
            }
            None => {}
        }
        let iri = checked(canonical)?;
        let foreign = *maker != self.context.own;
        let about = if foreign { vec![held_by(&iri, maker)] } else { Vec::new() };
        Ok(Resolved { iri, about, respelled })
    }

    fn document(&mut self, file: String) -> Result<Resolved, Unresolved> {
        if let Some(iri) = self.documents.get(&file) {
            return Ok(Resolved::to(iri.clone()));
        }
        let Some(bytes) = self.context.files.get(&file) else {
            return Err(Unresolved::NoDocument(file));
        };
        let iri = document_iri(&self.context.base, bytes);
        let sha256 = iri.as_str().rsplit('/').next().unwrap_or_default();
        let about = vec![
            Triple::new(iri.clone(), rdf::TYPE, schema::DIGITAL_DOCUMENT),
            Triple::new(iri.clone(), schema::ENCODING_FORMAT, Literal::from(media_type(&file))),
            Triple::new(iri.clone(), schema::SHA256, Literal::from(sha256)),
        ];
        self.documents.insert(file, iri.clone());
        Ok(Resolved { about, ..Resolved::to(iri) })
    }
}

/// The IRI of an attached document: its SHA-256 under our connector's address.
///
/// ```
/// let iri = adit_ingest::document_iri("https://mill.example", b"%PDF-1.7");
/// assert!(iri.as_str().starts_with("https://mill.example/document/"));
/// ```
pub fn document_iri(base: &str, document: &[u8]) -> NamedNode {
    NamedNode::new_unchecked(format!("{base}/document/{:x}", Sha256::digest(document)))
}

/// That another company's connector holds the facts about a thing.
pub(crate) fn held_by(thing: &NamedNode, maker: &Did) -> Triple {
    Triple::new(thing.clone(), adit::FACTS_HELD_BY, did_iri(maker))
}

/// A short hash of lines, whatever their order.
pub(crate) fn hash(lines: impl Iterator<Item = String>) -> String {
    let mut lines: Vec<String> = lines.collect();
    lines.sort_unstable();
    let digest = format!("{:x}", Sha256::digest(lines.join("\n")));
    // 128 bits: nobody can make two records meet.
    digest[..32].to_owned()
}

pub(crate) fn did_iri(did: &Did) -> NamedNode {
    NamedNode::new_unchecked(did.as_str())
}

fn values_of<'v>(
    parameters: &'v Parameters,
    text: impl Fn(&'v Template) -> Result<String, Unresolved>,
) -> Result<Vec<(&'v str, String)>, Unresolved> {
    parameters.iter().map(|(name, template)| Ok((name.as_str(), text(template)?))).collect()
}

fn filled(text: &str, maker: &str, values: &[(&str, String)]) -> Result<NamedNode, Unresolved> {
    let (maker, template) = (maker.to_owned(), text.to_owned());
    let parsed = match Template::of_identifiers(text) {
        Ok(parsed) => parsed,
        Err(reason) => return Err(Unresolved::BadTemplate { maker, template, reason }),
    };
    let value_of = |name: &str| {
        values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    };
    if let Some((unused, _)) =
        values.iter().find(|(name, _)| !parsed.names().any(|known| known == *name))
    {
        return Err(Unresolved::UnusedParameter {
            maker,
            template,
            parameter: (*unused).to_owned(),
        });
    }
    if let Some((empty, _)) = values.iter().find(|(_, value)| value.is_empty()) {
        return Err(Unresolved::EmptyParameter { parameter: (*empty).to_owned() });
    }
    let missing = parsed.names().find(|name| value_of(name).is_none());
    if let Some(parameter) = missing.map(str::to_owned) {
        return Err(Unresolved::MissingParameter { maker, template, parameter });
    }
    let iri = parsed.iri(|name| {
        values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    });
    checked(iri.map_err(|name| Unresolved::Incomplete(name.to_owned()))?)
}

fn checked(iri: String) -> Result<NamedNode, Unresolved> {
    NamedNode::new(&iri).map_err(|_| Unresolved::NotAnIri(iri))
}

/// The media type that the end of a file's name stands for.
fn media_type(file: &str) -> &'static str {
    let end = file.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
    match end.as_str() {
        "pdf" => "application/pdf",
        "xml" => "application/xml",
        "json" => "application/json",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "csv" => "text/csv",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}
