//! The terms in use of published vocabularies, as constants, and the prefixes of all.

use crate::namespace::namespace;
use crate::own::adit;

namespace! {
/// [schema.org](https://schema.org/).
schema = "https://schema.org/" {
    /// A model of product.
    PRODUCT_MODEL = "ProductModel";
    /// A serialised product.
    INDIVIDUAL_PRODUCT = "IndividualProduct";
    /// A place.
    PLACE = "Place";
    /// A document.
    DIGITAL_DOCUMENT = "DigitalDocument";
    /// The name of anything.
    NAME = "name";
    /// The name of an organisation as registered.
    LEGAL_NAME = "legalName";
    /// A description in words.
    DESCRIPTION = "description";
    /// The model of an item.
    MODEL = "model";
    /// The maker of an item or model.
    MANUFACTURER = "manufacturer";
    /// The maker's part number.
    MPN = "mpn";
    /// The date or instant of making.
    PRODUCTION_DATE = "productionDate";
    /// The country of a place or organisation.
    ADDRESS_COUNTRY = "addressCountry";
    /// A web page.
    URL = "url";
    /// The larger place.
    CONTAINED_IN_PLACE = "containedInPlace";
    /// A mail address.
    EMAIL = "email";
    /// The serial number that the maker gave.
    SERIAL_NUMBER = "serialNumber";
    /// The mass of an item, as a quantity value.
    WEIGHT = "weight";
    /// The start of a half-open interval.
    VALID_FROM = "validFrom";
    /// The end of a half-open interval.
    VALID_THROUGH = "validThrough";
    /// A document about the subject.
    SUBJECT_OF = "subjectOf";
    /// The media type of a document.
    ENCODING_FORMAT = "encodingFormat";
    /// Where the bytes of a document are.
    CONTENT_URL = "contentUrl";
    /// The SHA-256 of a document, in hexadecimal.
    SHA256 = "sha256";
    /// The language of a document, as a tag of BCP 47.
    IN_LANGUAGE = "inLanguage";
    /// The organisation that issued a certificate.
    ISSUED_BY = "issuedBy";
    /// The country that a product was put together in.
    COUNTRY_OF_ASSEMBLY = "countryOfAssembly";
}
}

namespace! {
/// [QUDT](http://qudt.org/schema/qudt/).
qudt = "http://qudt.org/schema/qudt/" {
    /// A quantity: a number and its unit.
    QUANTITY_VALUE = "QuantityValue";
    /// The number of a quantity.
    NUMERIC_VALUE = "numericValue";
    /// The unit of a quantity.
    UNIT = "unit";
}
}

namespace! {
/// [EU DPP Core](https://w3id.org/eudpp), the terms for roles over time.
eudpp = "https://w3id.org/eudpp#" {
    /// An organisation has a role towards an item over an interval.
    ACTOR_ROLE_ASSIGNMENT = "ActorRoleAssignment";
    /// The organisation of an assignment.
    HAS_ACTOR = "hasActor";
    /// The role of an assignment.
    HAS_ROLE = "hasRole";
    /// The item of an assignment.
    IN_CONTEXT_OF_PRODUCT = "inContextOfProduct";
    /// The start of an assignment.
    ASSIGNMENT_VALID_FROM = "assignmentValidFrom";
    /// The end of an assignment.
    ASSIGNMENT_VALID_TO = "assignmentValidTo";
    /// A product passport: a document about a product.
    DPP = "DPP";
    /// The product of a passport.
    APPLIES_TO_PRODUCT = "appliesToProduct";
    /// Whether a passport is about a model, a batch or an item.
    GRANULARITY = "granularity";
    /// Whether a passport is active, inactive, archived or invalid.
    DPP_STATUS = "dppStatus";
    /// The product group of a product.
    HAS_PRODUCT_GROUP = "hasProductGroup";
    /// The TARIC code of a product.
    COMMODITY_CODE = "commodityCode";
    /// The operator who answers for a product on the market.
    HAS_ECONOMIC_OPERATOR = "hasEconomicOperator";
    /// The facility that a product comes from.
    USES_FACILITY = "usesFacility";
    /// A material of a product.
    HAS_MATERIAL = "hasMaterial";
    /// A material with its share.
    MATERIAL_OF_COMPOSITION = "MaterialOfComposition";
    /// The kind of a material.
    HAS_MATERIAL_TYPE = "hasMaterialType";
    /// Per cent of the product's mass.
    MATERIAL_PERCENTAGE = "materialPercentage";
    /// Whether a material is a critical raw material.
    IS_CRITICAL_RAW_MATERIAL = "isCriticalRawMaterial";
    /// A substance of concern in a product.
    CONTAINS_SUBSTANCE_OF_CONCERN = "containsSubstanceOfConcern";
    /// A substance with its concentration and place.
    SUBSTANCE_OF_CONCERN = "SubstanceOfConcern";
    /// The CAS number of a substance.
    NUMBER_CAS = "numberCAS";
    /// The EC number of a substance.
    NUMBER_EC = "numberEC";
    /// The IUPAC name of a substance.
    NAME_IUPAC = "nameIUPAC";
    /// Per cent of mass.
    HAS_CONCENTRATION = "hasConcentration";
    /// Where in the product a substance is.
    SUBSTANCE_LOCATION = "substanceLocation";
    /// The passport that a passport follows.
    LINK_TO_PREVIOUS_DPP = "linkToPreviousDPP";
}
}

namespace! {
/// [PROV-O](https://www.w3.org/TR/prov-o/#description-starting-point-terms).
prov = "http://www.w3.org/ns/prov#" {
    /// Two descriptions of the same thing.
    ALTERNATE_OF = "alternateOf";
    /// The source of a fact.
    WAS_DERIVED_FROM = "wasDerivedFrom";
    /// Who did or said it.
    WAS_ATTRIBUTED_TO = "wasAttributedTo";
}
}

namespace! {
/// [SOSA](https://www.w3.org/TR/vocab-ssn/#SOSAObservation), observations.
sosa = "http://www.w3.org/ns/sosa/" {
    /// A property of an item was found to have a value at an instant.
    OBSERVATION = "Observation";
    /// What can be observed.
    OBSERVABLE_PROPERTY = "ObservableProperty";
    /// The item observed.
    HAS_FEATURE_OF_INTEREST = "hasFeatureOfInterest";
    /// The property observed.
    OBSERVED_PROPERTY = "observedProperty";
    /// The instant of the result.
    RESULT_TIME = "resultTime";
    /// The value found.
    HAS_RESULT = "hasResult";
}
}

namespace! {
/// [EPCIS 2.0](https://ref.gs1.org/epcis/), events of the logbook.
epcis = "https://ref.gs1.org/epcis/" {
    /// Something happened to items.
    OBJECT_EVENT = "ObjectEvent";
    /// The items of an event.
    EPC_LIST = "epcList";
    /// The instant of an event.
    EVENT_TIME = "eventTime";
    /// The step of business of an event.
    BIZ_STEP = "bizStep";
}
}

namespace! {
/// [The GS1 Web Vocabulary](https://ref.gs1.org/voc/), link types.
gs1 = "https://ref.gs1.org/voc/" {
    /// The passport of a product.
    DPP = "dpp";
}
}

namespace! {
/// [The Organization Ontology](https://www.w3.org/TR/vocab-org/#org:Organization).
org = "http://www.w3.org/ns/org#" {
    /// An organisation.
    ORGANIZATION = "Organization";
    /// A site of an organisation.
    SITE = "Site";
}
}

namespace! {
/// [ODRL 2.2](https://www.w3.org/TR/odrl-vocab/#vocab-common).
odrl = "http://www.w3.org/ns/odrl/2/" {
    /// A policy that offers rules to anybody.
    OFFER = "Offer";
    /// Action: obtain facts.
    READ = "read";
    /// Left operand: the purpose of the request.
    PURPOSE = "purpose";
    /// Left operand: the date and time of the request.
    DATE_TIME = "dateTime";
    /// Left operand: who receives.
    RECIPIENT = "recipient";
}
}

namespace! {
/// [SKOS](https://www.w3.org/TR/skos-reference/#vocab).
skos = "http://www.w3.org/2004/02/skos/core#" {
    /// The wider concept.
    BROADER = "broader";
    /// A code.
    NOTATION = "notation";
}
}

namespace! {
/// [SHACL](https://www.w3.org/TR/shacl/#terminology), the terms of profiles.
sh = "http://www.w3.org/ns/shacl#" {
    /// The predicate that a property shape is about.
    PATH = "path";
    /// What people call it.
    NAME = "name";
    /// What it means.
    DESCRIPTION = "description";
    /// The heading that it stands under.
    GROUP = "group";
    /// Its place under the heading.
    ORDER = "order";
}
}

/// The prefixes that the commands, the pages and the examples use, with their namespaces.
pub const PREFIXES: &[(&str, &str)] = &[
    ("adit", adit::NAMESPACE),
    ("dct", "http://purl.org/dc/terms/"),
    ("dpv", "https://w3id.org/dpv#"),
    ("cbv", "https://ref.gs1.org/cbv/"),
    ("epcis", epcis::NAMESPACE),
    ("eudpp", eudpp::NAMESPACE),
    ("gs1", gs1::NAMESPACE),
    ("odrl", odrl::NAMESPACE),
    ("org", org::NAMESPACE),
    ("prov", prov::NAMESPACE),
    ("qudt", qudt::NAMESPACE),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("schema", schema::NAMESPACE),
    ("sh", sh::NAMESPACE),
    ("skos", skos::NAMESPACE),
    ("sosa", sosa::NAMESPACE),
    ("unit", "http://qudt.org/vocab/unit/"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// The full IRI of a prefixed name such as `adit:fromBatch`, or `None` if its prefix is unknown.
///
/// ```
/// assert_eq!(adit_vocab::expand("schema:name").as_deref(), Some("https://schema.org/name"));
/// assert_eq!(adit_vocab::expand("nobody:name"), None);
/// ```
pub fn expand(name: &str) -> Option<String> {
    let (prefix, local) = name.split_once(':')?;
    let (_, namespace) = PREFIXES.iter().find(|(known, _)| *known == prefix)?;
    Some(format!("{namespace}{local}"))
}

/// The prefixed name of an IRI where a prefix fits, else the IRI itself.
///
/// ```
/// assert_eq!(adit_vocab::shorten("https://schema.org/name"), "schema:name");
/// assert_eq!(adit_vocab::shorten("https://a.example/x"), "https://a.example/x");
/// ```
pub fn shorten(iri: &str) -> String {
    PREFIXES
        .iter()
        .find_map(|(prefix, namespace)| {
            let local = iri.strip_prefix(namespace)?;
            (!local.contains(['/', '#'])).then(|| format!("{prefix}:{local}"))
        })
        .unwrap_or_else(|| iri.to_owned())
}
