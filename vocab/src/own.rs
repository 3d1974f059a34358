//! The terms of `adit.ttl`, as constants.

use crate::namespace::namespace;

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
    /// Digital birth certificate: `adit:DigitalBirthCertificate`.
    DIGITAL_BIRTH_CERTIFICATE = "DigitalBirthCertificate";
    /// Product footprint: `adit:ProductFootprint`.
    PRODUCT_FOOTPRINT = "ProductFootprint";
    /// Footprint of a stage: `adit:StageFootprint`.
    STAGE_FOOTPRINT = "StageFootprint";
    /// Recycled content: `adit:RecycledContent`.
    RECYCLED_CONTENT = "RecycledContent";
    /// Recovered material: `adit:RecoveredMaterial`.
    RECOVERED_MATERIAL = "RecoveredMaterial";
    /// Method sheet: `adit:MethodSheet`.
    METHOD_SHEET = "MethodSheet";
    /// Product category rule: `adit:ProductCategoryRule`.
    PRODUCT_CATEGORY_RULE = "ProductCategoryRule";
    /// Product profile: `adit:Profile`.
    PROFILE = "Profile";
    /// Material: `adit:Material`.
    MATERIAL = "Material";
    /// Product status: `adit:ProductStatus`.
    PRODUCT_STATUS = "ProductStatus";
    /// Assurance level: `adit:AssuranceLevel`.
    ASSURANCE_LEVEL = "AssuranceLevel";
    /// System boundary: `adit:SystemBoundary`.
    SYSTEM_BOUNDARY = "SystemBoundary";
    /// Stage of life: `adit:LifeCycleStage`.
    LIFE_CYCLE_STAGE = "LifeCycleStage";
    /// Denominator: `adit:Denominator`.
    DENOMINATOR = "Denominator";
    /// Quantity: `adit:quantity`.
    QUANTITY = "quantity";
    /// Alternative group: `adit:alternativeGroup`.
    ALTERNATIVE_GROUP = "alternativeGroup";
    /// Expected life: `adit:expectedLife`.
    EXPECTED_LIFE = "expectedLife";
    /// Warranty period: `adit:warrantyPeriod`.
    WARRANTY_PERIOD = "warrantyPeriod";
    /// Product status: `adit:productStatus`.
    HAS_PRODUCT_STATUS = "productStatus";
    /// Product footprint: `adit:productFootprint`.
    HAS_PRODUCT_FOOTPRINT = "productFootprint";
    /// Footprint without biogenic uptake: `adit:pcfExcludingBiogenicUptake`.
    PCF_EXCLUDING_BIOGENIC_UPTAKE = "pcfExcludingBiogenicUptake";
    /// Footprint with biogenic uptake: `adit:pcfIncludingBiogenicUptake`.
    PCF_INCLUDING_BIOGENIC_UPTAKE = "pcfIncludingBiogenicUptake";
    /// Declared unit: `adit:declaredUnitOfMeasurement`.
    DECLARED_UNIT_OF_MEASUREMENT = "declaredUnitOfMeasurement";
    /// Amount of the declared unit: `adit:declaredUnitAmount`.
    DECLARED_UNIT_AMOUNT = "declaredUnitAmount";
    /// Product mass per declared unit: `adit:productMassPerDeclaredUnit`.
    PRODUCT_MASS_PER_DECLARED_UNIT = "productMassPerDeclaredUnit";
    /// Share of primary data: `adit:primaryDataShare`.
    PRIMARY_DATA_SHARE = "primaryDataShare";
    /// Start of the reference period: `adit:referencePeriodStart`.
    REFERENCE_PERIOD_START = "referencePeriodStart";
    /// End of the reference period: `adit:referencePeriodEnd`.
    REFERENCE_PERIOD_END = "referencePeriodEnd";
    /// System boundary: `adit:systemBoundary`.
    HAS_SYSTEM_BOUNDARY = "systemBoundary";
    /// Assurance level: `adit:assuranceLevel`.
    HAS_ASSURANCE_LEVEL = "assuranceLevel";
    /// Footprint of a stage: `adit:stageFootprint`.
    HAS_STAGE_FOOTPRINT = "stageFootprint";
    /// Stage of life: `adit:lifeCycleStage`.
    HAS_LIFE_CYCLE_STAGE = "lifeCycleStage";
    /// Footprint in the stage: `adit:stagePcf`.
    STAGE_PCF = "stagePcf";
    /// Recycled content: `adit:recycledContent`.
    HAS_RECYCLED_CONTENT = "recycledContent";
    /// Of material: `adit:ofMaterial`.
    OF_MATERIAL = "ofMaterial";
    /// Recycled before use: `adit:preConsumerShare`.
    PRE_CONSUMER_SHARE = "preConsumerShare";
    /// Recycled after use: `adit:postConsumerShare`.
    POST_CONSUMER_SHARE = "postConsumerShare";
    /// Share of: `adit:shareOf`.
    SHARE_OF = "shareOf";
    /// Recovered material: `adit:recoveredMaterial`.
    HAS_RECOVERED_MATERIAL = "recoveredMaterial";
    /// Recovered mass: `adit:recoveredMass`.
    RECOVERED_MASS = "recoveredMass";
    /// Digital birth certificate: `adit:birthCertificate`.
    BIRTH_CERTIFICATE = "birthCertificate";
    /// Certifies: `adit:certifiesItem`.
    CERTIFIES_ITEM = "certifiesItem";
    /// Digest of the bill of materials: `adit:bomDigest`.
    BOM_DIGEST = "bomDigest";
    /// Digest of the test results: `adit:testResultDigest`.
    TEST_RESULT_DIGEST = "testResultDigest";
    /// Built at: `adit:builtAt`.
    BUILT_AT = "builtAt";
    /// Declaration of conformity: `adit:declarationOfConformity`.
    DECLARATION_OF_CONFORMITY = "declarationOfConformity";
    /// Operating manual: `adit:operatingManual`.
    OPERATING_MANUAL = "operatingManual";
    /// Safety instructions: `adit:safetyInstructions`.
    SAFETY_INSTRUCTIONS = "safetyInstructions";
    /// Dismantling instructions: `adit:dismantlingInstructions`.
    DISMANTLING_INSTRUCTIONS = "dismantlingInstructions";
    /// Test report: `adit:testReport`.
    TEST_REPORT = "testReport";
    /// Rated capacity: `adit:ratedCapacity`.
    RATED_CAPACITY = "ratedCapacity";
    /// Rated energy: `adit:ratedEnergy`.
    RATED_ENERGY = "ratedEnergy";
    /// Nominal voltage: `adit:nominalVoltage`.
    NOMINAL_VOLTAGE = "nominalVoltage";
    /// Battery chemistry: `adit:batteryChemistry`.
    BATTERY_CHEMISTRY = "batteryChemistry";
    /// Covers identifier prefix: `adit:coversIdentifierPrefix`.
    COVERS_IDENTIFIER_PREFIX = "coversIdentifierPrefix";
    /// Profile of: `adit:profileOf`.
    PROFILE_OF = "profileOf";
    /// Extends: `adit:extends`.
    EXTENDS = "extends";
    /// Tier: `adit:tier`.
    TIER_OF = "tier";
    /// State of health: `adit:stateOfHealth`.
    STATE_OF_HEALTH = "stateOfHealth";
    /// State of charge: `adit:stateOfCharge`.
    STATE_OF_CHARGE = "stateOfCharge";
    /// Remaining capacity: `adit:remainingCapacity`.
    REMAINING_CAPACITY = "remainingCapacity";
    /// Capacity fade: `adit:capacityFade`.
    CAPACITY_FADE = "capacityFade";
    /// State of certified energy: `adit:stateOfCertifiedEnergy`.
    STATE_OF_CERTIFIED_ENERGY = "stateOfCertifiedEnergy";
    /// Full cycles: `adit:cycleCount`.
    CYCLE_COUNT = "cycleCount";
    /// Energy throughput: `adit:energyThroughput`.
    ENERGY_THROUGHPUT = "energyThroughput";
    /// Temperature: `adit:temperature`.
    TEMPERATURE = "temperature";
    /// Original: `adit:status-original`.
    STATUS_ORIGINAL = "status-original";
    /// Reused: `adit:status-reused`.
    STATUS_REUSED = "status-reused";
    /// Repurposed: `adit:status-repurposed`.
    STATUS_REPURPOSED = "status-repurposed";
    /// Remanufactured: `adit:status-remanufactured`.
    STATUS_REMANUFACTURED = "status-remanufactured";
    /// Waste: `adit:status-waste`.
    STATUS_WASTE = "status-waste";
    /// Self-declared: `adit:assurance-self`.
    ASSURANCE_SELF = "assurance-self";
    /// Second party: `adit:assurance-secondParty`.
    ASSURANCE_SECOND_PARTY = "assurance-secondParty";
    /// Third party: `adit:assurance-thirdParty`.
    ASSURANCE_THIRD_PARTY = "assurance-thirdParty";
    /// Cradle to gate: `adit:boundary-cradleToGate`.
    BOUNDARY_CRADLE_TO_GATE = "boundary-cradleToGate";
    /// Gate to gate: `adit:boundary-gateToGate`.
    BOUNDARY_GATE_TO_GATE = "boundary-gateToGate";
    /// Cradle to grave: `adit:boundary-cradleToGrave`.
    BOUNDARY_CRADLE_TO_GRAVE = "boundary-cradleToGrave";
    /// Raw material: `adit:stage-rawMaterial`.
    STAGE_RAW_MATERIAL = "stage-rawMaterial";
    /// Transport: `adit:stage-transport`.
    STAGE_TRANSPORT = "stage-transport";
    /// Manufacturing: `adit:stage-manufacturing`.
    STAGE_MANUFACTURING = "stage-manufacturing";
    /// Use: `adit:stage-use`.
    STAGE_USE = "stage-use";
    /// End of life: `adit:stage-endOfLife`.
    STAGE_END_OF_LIFE = "stage-endOfLife";
    /// Steel: `adit:material-steel`.
    MATERIAL_STEEL = "material-steel";
    /// Copper: `adit:material-copper`.
    MATERIAL_COPPER = "material-copper";
    /// Aluminium: `adit:material-aluminium`.
    MATERIAL_ALUMINIUM = "material-aluminium";
    /// Lithium: `adit:material-lithium`.
    MATERIAL_LITHIUM = "material-lithium";
    /// Cobalt: `adit:material-cobalt`.
    MATERIAL_COBALT = "material-cobalt";
    /// Nickel: `adit:material-nickel`.
    MATERIAL_NICKEL = "material-nickel";
    /// Manganese: `adit:material-manganese`.
    MATERIAL_MANGANESE = "material-manganese";
    /// Graphite: `adit:material-graphite`.
    MATERIAL_GRAPHITE = "material-graphite";
    /// Iron phosphate: `adit:material-ironPhosphate`.
    MATERIAL_IRON_PHOSPHATE = "material-ironPhosphate";
    /// Electrolyte: `adit:material-electrolyte`.
    MATERIAL_ELECTROLYTE = "material-electrolyte";
    /// Plastic: `adit:material-plastic`.
    MATERIAL_PLASTIC = "material-plastic";
    /// Insulation varnish: `adit:material-insulation`.
    MATERIAL_INSULATION = "material-insulation";
    /// Total mass of the material: `adit:of-totalMass`.
    OF_TOTAL_MASS = "of-totalMass";
    /// Certified mass of the material: `adit:of-certifiedMass`.
    OF_CERTIFIED_MASS = "of-certifiedMass";
    /// Remanufacturing: `adit:step-remanufacturing`.
    STEP_REMANUFACTURING = "step-remanufacturing";
    /// Refurbishing: `adit:step-refurbishing`.
    STEP_REFURBISHING = "step-refurbishing";
    /// Repurposing: `adit:step-repurposing`.
    STEP_REPURPOSING = "step-repurposing";
    /// Recycling: `adit:step-recycling`.
    STEP_RECYCLING = "step-recycling";
    /// Re-coating: `adit:step-recoating`.
    STEP_RECOATING = "step-recoating";
    /// Upgrading: `adit:step-upgrading`.
    STEP_UPGRADING = "step-upgrading";
}
}
