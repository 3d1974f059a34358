//! The terms in use, as constants: our own, and those reused from published vocabularies.

/// Defines constants for the terms of one namespace, and `ALL`, the list of them.
macro_rules! namespace {
    ($(#[$doc:meta])* $name:ident = $iri:literal { $($(#[$term_doc:meta])* $term:ident = $local:literal;)* }) => {
        $(#[$doc])*
        pub mod $name {
            use oxrdf::NamedNodeRef;
            /// The namespace IRI.
            pub const NAMESPACE: &str = $iri;
            $($(#[$term_doc])* pub const $term: NamedNodeRef<'static> =
                NamedNodeRef::new_unchecked(concat!($iri, $local));)*
            /// Every constant of this module.
            pub const ALL: &[NamedNodeRef<'static>] = &[$($term),*];
        }
    };
}

namespace! {
/// The Adit vocabulary, [`adit.ttl`](crate::TURTLE).
adit = "https://w3id.org/adit/ns#" {
    /// Machine: `adit:Machine`.
    MACHINE = "Machine";
    /// Batch: `adit:Batch`.
    BATCH = "Batch";
    /// Heat: `adit:Heat`.
    HEAT = "Heat";
    /// Installation: `adit:Installation`.
    INSTALLATION = "Installation";
    /// Placement: `adit:Placement`.
    PLACEMENT = "Placement";
    /// Mine: `adit:Mine`.
    MINE = "Mine";
    /// Operating record: `adit:OperatingRecord`.
    OPERATING_RECORD = "OperatingRecord";
    /// Owner's own credential: `adit:OwnerCredential`.
    OWNER_CREDENTIAL = "OwnerCredential";
    /// Membership credential: `adit:MembershipCredential`.
    MEMBERSHIP_CREDENTIAL = "MembershipCredential";
    /// Partner credential: `adit:PartnerCredential`.
    PARTNER_CREDENTIAL = "PartnerCredential";
    /// Legitimate interest credential: `adit:LegitimateInterestCredential`.
    LEGITIMATE_INTEREST_CREDENTIAL = "LegitimateInterestCredential";
    /// Researcher credential: `adit:ResearcherCredential`.
    RESEARCHER_CREDENTIAL = "ResearcherCredential";
    /// Authority credential: `adit:AuthorityCredential`.
    AUTHORITY_CREDENTIAL = "AuthorityCredential";
    /// Auditor credential: `adit:AuditorCredential`.
    AUDITOR_CREDENTIAL = "AuditorCredential";
    /// Default tier: `adit:defaultTier`.
    DEFAULT_TIER = "defaultTier";
    /// Derived from: `adit:derivedFrom`.
    DERIVED_FROM = "derivedFrom";
    /// Made from batch: `adit:fromBatch`.
    FROM_BATCH = "fromBatch";
    /// Material grade: `adit:grade`.
    GRADE = "grade";
    /// Installed item: `adit:installedItem`.
    INSTALLED_ITEM = "installedItem";
    /// Installed in: `adit:installedIn`.
    INSTALLED_IN = "installedIn";
    /// Position: `adit:position`.
    POSITION = "position";
    /// As built: `adit:asBuilt`.
    AS_BUILT = "asBuilt";
    /// Placed item: `adit:placedItem`.
    PLACED_ITEM = "placedItem";
    /// At place: `adit:atPlace`.
    AT_PLACE = "atPlace";
    /// Facts held by: `adit:factsHeldBy`.
    FACTS_HELD_BY = "factsHeldBy";
    /// Delivered to: `adit:deliveredTo`.
    DELIVERED_TO = "deliveredTo";
    /// Shared with: `adit:sharedWith`.
    SHARED_WITH = "sharedWith";
    /// Delivered on: `adit:deliveredOn`.
    DELIVERED_ON = "deliveredOn";
    /// Order number: `adit:orderNumber`.
    ORDER_NUMBER = "orderNumber";
    /// Operating hours: `adit:operatingHours`.
    OPERATING_HOURS = "operatingHours";
    /// Operating record of: `adit:operatingRecordOf`.
    OPERATING_RECORD_OF = "operatingRecordOf";
    /// Period: `adit:period`.
    PERIOD = "period";
    /// Country of use: `adit:countryOfUse`.
    COUNTRY_OF_USE = "countryOfUse";
    /// Part of: `adit:partOf`.
    PART_OF = "partOf";
    /// Located at: `adit:locatedAt`.
    LOCATED_AT = "locatedAt";
    /// Owned by: `adit:ownedBy`.
    OWNED_BY = "ownedBy";
    /// Tier: `adit:Tier`.
    TIER = "Tier";
    /// Public: `adit:tier-public`.
    TIER_PUBLIC = "tier-public";
    /// Legitimate interest: `adit:tier-legitimateInterest`.
    TIER_LEGITIMATE_INTEREST = "tier-legitimateInterest";
    /// Authority: `adit:tier-authority`.
    TIER_AUTHORITY = "tier-authority";
    /// Partner: `adit:tier-partner`.
    TIER_PARTNER = "tier-partner";
    /// Research: `adit:tier-research`.
    TIER_RESEARCH = "tier-research";
    /// Owner: `adit:tier-owner`.
    TIER_OWNER = "tier-owner";
    /// Phase: `adit:Phase`.
    PHASE = "Phase";
    /// As built: `adit:phase-as-built`.
    PHASE_AS_BUILT = "phase-as-built";
    /// As used: `adit:phase-as-used`.
    PHASE_AS_USED = "phase-as-used";
    /// As recycled: `adit:phase-as-recycled`.
    PHASE_AS_RECYCLED = "phase-as-recycled";
    /// Role: `adit:Role`.
    ROLE = "Role";
    /// Owner: `adit:owner`.
    OWNER = "owner";
    /// Custodian: `adit:custodian`.
    CUSTODIAN = "custodian";
    /// Operator: `adit:operator`.
    OPERATOR = "operator";
    /// Maintainer: `adit:maintainer`.
    MAINTAINER = "maintainer";
    /// Repair: `adit:purpose-repair`.
    PURPOSE_REPAIR = "purpose-repair";
    /// Warranty: `adit:purpose-warranty`.
    PURPOSE_WARRANTY = "purpose-warranty";
    /// Recall of a product: `adit:purpose-recall`.
    PURPOSE_RECALL = "purpose-recall";
    /// Audit of mass balance: `adit:purpose-massBalanceAudit`.
    PURPOSE_MASS_BALANCE_AUDIT = "purpose-massBalanceAudit";
    /// Dismantling: `adit:purpose-dismantling`.
    PURPOSE_DISMANTLING = "purpose-dismantling";
    /// Recycling: `adit:purpose-recycling`.
    PURPOSE_RECYCLING = "purpose-recycling";
    /// Second life: `adit:purpose-secondLife`.
    PURPOSE_SECOND_LIFE = "purpose-secondLife";
    /// Energy market: `adit:purpose-energyMarket`.
    PURPOSE_ENERGY_MARKET = "purpose-energyMarket";
    /// Maintenance: `adit:purpose-maintenance`.
    PURPOSE_MAINTENANCE = "purpose-maintenance";
    /// Holds credential: `adit:holdsCredential`.
    HOLDS_CREDENTIAL = "holdsCredential";
    /// Access tier: `adit:accessTier`.
    ACCESS_TIER = "accessTier";
    /// Ask a peer: `adit:ask`.
    ASK = "ask";
    /// All facts of this connector: `adit:facts`.
    FACTS = "facts";
}
}

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
}
}

namespace! {
/// [PROV-O](https://www.w3.org/TR/prov-o/#description-starting-point-terms).
prov = "http://www.w3.org/ns/prov#" {
    /// Two descriptions of the same thing.
    ALTERNATE_OF = "alternateOf";
    /// The source of a fact.
    WAS_DERIVED_FROM = "wasDerivedFrom";
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

/// The prefixes that the commands, the pages and the examples use, with their namespaces.
pub const PREFIXES: &[(&str, &str)] = &[
    ("adit", adit::NAMESPACE),
    ("dct", "http://purl.org/dc/terms/"),
    ("dpv", "https://w3id.org/dpv#"),
    ("eudpp", eudpp::NAMESPACE),
    ("odrl", odrl::NAMESPACE),
    ("org", org::NAMESPACE),
    ("prov", prov::NAMESPACE),
    ("qudt", qudt::NAMESPACE),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("schema", schema::NAMESPACE),
    ("skos", skos::NAMESPACE),
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
