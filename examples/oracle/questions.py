"""The questions in plain Python: no SPARQL, no mapping, nothing of Adit."""

from collections import defaultdict
from decimal import Decimal

from .files import iri

HEAT, PART, MODEL = ("004711",), ("0010455", "00042"), "BV-L14E"
RIG, DUMPER, MOTOR = ("BV-D2E", "7HZK9"), ("BV-T40E", "3LKLF"), ("440-1400", "NP52X")
UNLISTED = ("BV-D2E", "2BHJH")
ASKED_ABOUT = [("BV-L14E", "K6W2M"), ("BV-L14E", "2M6LQ"), ("BV-T40E", "HD4L5"),
               ("BV-D2E", "S56MK")]
# Identifiers on labels, as in the questions; their makers may not take part.
RETIRED = "https://id.sysi.example/01/09520001002205/21/00108"
SECOND_LIFE = "https://id.sysi.example/01/09520001002205/21/28035"
LEAD = "7439-92-1"
PRODUCTS = ["https://id.bergvarg.example/m/440-1400", "https://id.revonsalmi.example/m/0010549",
            "https://id.revonsalmi.example/m/0010617", "https://id.sysi.example/01/09520001002106",
            "https://id.sysi.example/01/09520001002205", "https://id.tjarnvik.example/01/09520002000200"]


class Seen:
    """The facts that one caller sees, and the date asked for."""

    def __init__(self, facts: set):
        self.at = ""
        self.objects, self.subjects = defaultdict(list), defaultdict(list)
        for subject, predicate, value in facts:
            self.objects[subject, predicate].append(value)
            self.subjects[predicate, value].append(subject)

    def valid(self, node: str, start: str, end: str) -> bool:
        return any(begun <= self.at for begun in self.objects[node, start]) \
            and all(self.at < ended for ended in self.objects[node, end])

    def over_time(self, item: str, points: str, to: str, start="schema:validFrom", end="schema:validThrough") -> list:
        return [target for node in self.subjects[points, item] if self.valid(node, start, end)
                for target in self.objects[node, to]]

    def part_of(self, item: str) -> list:
        return self.over_time(item, "adit:installedItem", "adit:installedIn")

    def located_at(self, item: str) -> list:
        return self.over_time(item, "adit:placedItem", "adit:atPlace")

    def owned_by(self, item: str) -> list:
        roles = [node for node in self.subjects["eudpp:inContextOfProduct", item]
                 if "adit:owner" in self.objects[node, "eudpp:hasRole"]
                 and self.valid(node, "eudpp:assignmentValidFrom", "eudpp:assignmentValidTo")]
        return [actor for node in roles for actor in self.objects[node, "eudpp:hasActor"]]

    def all_parents(self, item: str) -> set:
        found, waiting = set(), [item]
        while waiting:
            for parent in self.part_of(waiting.pop()):
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return found

    def contents(self, item: str) -> list:
        return self.backwards(item, "adit:installedIn", "adit:installedItem")

    def backwards(self, parent: str, points: str, to: str) -> list:
        return [target for node in self.subjects[points, parent]
                if self.valid(node, "schema:validFrom", "schema:validThrough") for target in self.objects[node, to]]

    def all_contents(self, item: str) -> set:
        found, waiting = set(), [item]
        while waiting:
            for part in self.contents(waiting.pop()):
                if part not in found:
                    found.add(part)
                    waiting.append(part)
        return found

    def one_of(self, thing: str, predicate: str) -> str:
        """A value where there is one, else blank."""
        return next(iter(self.objects[thing, predicate]), "")


def machines_with_heat(seen: Seen, companies: dict) -> tuple:
    heat = iri(companies["mill"], "batch", *HEAT)
    rows = set()
    machines = {machine for part in seen.subjects["adit:fromBatch", heat] for machine in seen.all_parents(part)
                if "adit:Machine" in seen.objects[machine, "rdf:type"]}
    for machine in machines:
        for place in seen.located_at(machine):
            for mine in seen.objects[place, "schema:containedInPlace"]:
                for stay in set(seen.subjects["adit:placedItem", machine]) & set(seen.subjects["adit:atPlace", place]):
                    for owner in seen.owned_by(machine):
                        rows |= {(mine_name, place_name, name, machine, owner_name, since, grade)
                                 for mine_name in seen.objects[mine, "schema:name"]
                                 for place_name in seen.objects[place, "schema:name"]
                                 for name in seen.objects[machine, "schema:name"]
                                 for owner_name in seen.objects[owner, "schema:legalName"]
                                 for since in seen.objects[stay, "schema:validFrom"]
                                 for grade in seen.objects[heat, "adit:grade"] or [""]}
    return ("mineName", "placeName", "machineName", "machine", "ownerName", "since", "grade"), rows


def where_is_serial(seen: Seen, companies: dict) -> tuple:
    part = iri(companies["shop"], "item", *PART)

    def step_up(item: str) -> list:
        """The parents that have a name, or one blank where the chain ends."""
        named = [(parent, name) for parent in seen.part_of(item) for name in seen.objects[parent, "schema:name"]]
        return named if item and named else [("", "")]

    def named(things: list, predicate: str) -> list:
        return [name for thing in things for name in seen.objects[thing, predicate]] or [""]

    rows = [(part_name, heat, sub_name, module_name, machine_name, machine, place_name, owner_name)
            for part_name in seen.objects[part, "schema:name"]
            for heat in seen.objects[part, "adit:fromBatch"] or [""]
            for sub, sub_name in step_up(part)
            for module, module_name in step_up(sub)
            for machine, machine_name in step_up(module)
            for place_name in named(seen.located_at(machine), "schema:name")
            for owner_name in named(seen.owned_by(machine), "schema:legalName")]
    return ("partName", "heat", "subModuleName", "moduleName", "machineName", "machine", "placeName",
            "ownerName"), rows


def hours_of_model(seen: Seen, companies: dict) -> tuple:
    machines, hours = defaultdict(set), defaultdict(Decimal)
    for machine in seen.subjects["schema:model", iri(companies["oem"], "model", MODEL)]:
        for country in seen.objects[machine, "adit:countryOfUse"]:
            for record in seen.subjects["adit:operatingRecordOf", machine]:
                for month in seen.objects[record, "adit:period"]:
                    for run in seen.objects[record, "adit:operatingHours"]:
                        machines[country, month].add(machine)
                        hours[country, month] += Decimal(run)
    rows = [(*key, str(len(machines[key])), format(hours[key].normalize(), "f")) for key in hours]
    return ("country", "month", "machines", "hoursRun"), rows


def rounded(value: Decimal) -> str:
    """To one decimal, halves upwards, as ROUND does."""
    return text((value * 10 + Decimal("0.5")) // 1 / 10)


def whole(value: Decimal) -> Decimal:
    return (value + Decimal("0.5")) // 1


def text(value: Decimal) -> str:
    shown = format(value, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def worn_batteries(seen: Seen, companies: dict) -> tuple:
    def last(pack: str, observed: str):
        """The last reading of one kind."""
        readings = [(seen.one_of(node, "sosa:resultTime"), seen.one_of(node, "sosa:hasResult"))
                    for node in seen.subjects["sosa:hasFeatureOfInterest", pack]
                    if observed in seen.objects[node, "sosa:observedProperty"]]
        return Decimal(max(readings)[1]) if readings else None

    rows = set()
    for machine in seen.subjects["schema:model", iri(companies["oem"], "model", "BV-D2E")]:
        for pack in seen.contents(machine):
            for rated in [it for model in seen.objects[pack, "schema:model"]
                          for it in seen.objects[model, "adit:ratedCapacity"]]:
                remaining, fade, certified = (last(pack, f"adit:{it}") for it in (
                    "remainingCapacity", "capacityFade", "stateOfCertifiedEnergy"))
                health, rule = None, "unknown"
                if remaining is not None:
                    health, rule = 100 * remaining / Decimal(rated), "remaining of rated capacity"
                elif fade is not None:
                    health, rule = 100 - fade, "100 - capacity fade"
                elif certified is not None:
                    health, rule = certified, "state of certified energy"
                if health is not None and Decimal(rounded(health)) >= 80:
                    continue
                makers = {name for module in seen.contents(pack) for maker in seen.objects[module, "schema:manufacturer"]
                          for name in seen.objects[maker, "schema:legalName"]} or {""}
                rows |= {(seen.one_of(machine, "schema:name"), seen.one_of(pack, "schema:name"), pack,
                          "" if health is None else rounded(health), rule, maker) for maker in makers}
    return ("machineName", "packName", "pack", "stateOfHealth", "rule", "cellModulesBy"), rows


def parts_of_model(seen: Seen, companies: dict) -> tuple:
    rows = []
    for part in seen.subjects["schema:model", iri(companies["shop"], "model", "0010617")]:
        if "0010617-B" not in seen.objects[part, "schema:mpn"]:
            continue
        for node in seen.subjects["adit:installedItem", part]:
            start, end = seen.one_of(node, "schema:validFrom"), seen.one_of(node, "schema:validThrough")
            for sub in seen.objects[node, "adit:installedIn"]:
                if not start or start >= "2026-09-01T00:00:00Z" or (end and end <= "2026-02-01T00:00:00Z"):
                    continue
                machines = [it for it in seen.all_parents(sub) if "adit:Machine" in seen.objects[it, "rdf:type"]]
                places = [(seen.one_of(it, "schema:name"), seen.one_of(place, "schema:name"))
                          for it in machines for place in seen.located_at(it) or [""]]
                rows += [(part, name, start, end, *where) for name in seen.objects[sub, "schema:name"]
                         for where in places or [("", "")]]
    return ("part", "subModuleName", "from", "through", "machineName", "placeName"), rows


def footprint_of_machine(seen: Seen, companies: dict) -> tuple:
    machine = iri(companies["oem"], "item", *RIG)
    rows, sums = [], defaultdict(lambda: [Decimal(0), Decimal(0), Decimal(0)])

    def add(product: str, kg: str):
        for node in seen.objects[product, "adit:productFootprint"]:
            primary = seen.one_of(node, "adit:primaryDataShare")
            declared = seen.one_of(node, "adit:productMassPerDeclaredUnit")
            for method in seen.objects[node, "dct:conformsTo"]:
                for pcf in seen.objects[node, "adit:pcfExcludingBiogenicUptake"]:
                    if primary and declared:
                        co2e = Decimal(pcf) * Decimal(kg) / Decimal(declared)
                        for index, more in enumerate((co2e, Decimal(kg), co2e * Decimal(primary))):
                            sums[method][index] += more

    for model in seen.objects[machine, "schema:model"]:
        for node in seen.objects[model, "adit:productFootprint"]:
            rows += [("published", method, kg, "", "", "") for method in seen.objects[node, "dct:conformsTo"]
                     for kg in seen.objects[node, "adit:pcfExcludingBiogenicUptake"]]
        for machine_kg in seen.objects[model, "schema:weight"]:
            for part in seen.all_contents(machine):
                for part_model in seen.objects[part, "schema:model"]:
                    for kg in seen.objects[part, "schema:weight"]:
                        add(part_model, kg)
                    for lot in seen.objects[part, "adit:fromBatch"]:
                        for material in seen.objects[part_model, "eudpp:hasMaterial"]:
                            if "adit:material-copper" in seen.objects[material, "eudpp:hasMaterialType"]:
                                for kg in seen.objects[material, "schema:weight"]:
                                    add(lot, kg)
            rows += [("rolled up", method, rounded(co2e), rounded(kg), rounded(100 * kg / Decimal(machine_kg)),
                      rounded(whole(measured) / whole(co2e))) for method, (co2e, kg, measured) in sums.items()]
    return ("figure", "method", "kgCO2e", "kgCovered", "percentCovered", "percentPrimary"), rows


def built_and_maintained(seen: Seen, companies: dict) -> tuple:
    machine = iri(companies["oem"], "item", *DUMPER)
    rows = set()
    for parent in {machine} | seen.all_contents(machine):
        nodes = seen.subjects["adit:installedIn", parent]
        built = {item for node in nodes if "true" in seen.objects[node, "adit:asBuilt"]
                 for item in seen.objects[node, "adit:installedItem"]}
        now = set(seen.contents(parent))
        for node in nodes:
            for item in seen.objects[node, "adit:installedItem"]:
                is_built = "true" in seen.objects[node, "adit:asBuilt"]
                change = "in" if item in now - built else "out" if is_built and item not in now else None
                if change:
                    rows |= {(change, item, seen.one_of(item, "schema:name"), name, position)
                             for name in seen.objects[parent, "schema:name"]
                             for position in seen.objects[node, "adit:position"]}
    return ("change", "item", "itemName", "parentName", "position"), rows


def dismantling(seen: Seen, companies: dict) -> tuple:
    rows = []
    for name in seen.objects[RETIRED, "schema:name"]:
        for model in seen.objects[RETIRED, "schema:model"]:
            rows += [(name, "substance", *(seen.one_of(node, it) for it in (
                "eudpp:numberCAS", "eudpp:nameIUPAC", "eudpp:hasConcentration", "eudpp:substanceLocation")), "")
                for node in seen.objects[model, "eudpp:containsSubstanceOfConcern"]]
            for kind, predicate in (("dismantling instructions", "adit:dismantlingInstructions"),
                                    ("safety instructions", "adit:safetyInstructions")):
                rows += [(name, kind, "", "", "", "", document) for document in seen.objects[model, predicate]]
    return ("packName", "kind", "cas", "substance", "percent", "where", "document"), rows


def with_lead(seen: Seen, model: str) -> list:
    """Name, maker's name, share and place of the lead in a product, where it is above the limit."""
    return [(name, maker_name, seen.one_of(node, "eudpp:hasConcentration"), seen.one_of(node, "eudpp:substanceLocation"))
            for node in seen.objects[model, "eudpp:containsSubstanceOfConcern"]
            if LEAD in seen.objects[node, "eudpp:numberCAS"]
            and Decimal(seen.one_of(node, "eudpp:hasConcentration")) > Decimal("0.1")
            for name in seen.objects[model, "schema:name"]
            for maker in seen.objects[model, "schema:manufacturer"]
            for maker_name in seen.objects[maker, "schema:legalName"]]


def machine_with_substance(seen: Seen, companies: dict) -> tuple:
    pieces = defaultdict(set)
    for component in seen.all_contents(iri(companies["oem"], "item", *RIG)):
        for model in seen.objects[component, "schema:model"]:
            for row in with_lead(seen, model):
                pieces[row].add(component)
    return ("modelName", "makerName", "percent", "where", "pieces"), [(*row, str(len(it))) for row, it in pieces.items()]


def products_with_substance(seen: Seen, _) -> tuple:
    return ("model", "modelName", "makerName", "percent", "where"), [
        (model, *row) for model in PRODUCTS for row in with_lead(seen, model)]


def copper_of_motor(seen: Seen, companies: dict) -> tuple:
    rows = []
    for lot in seen.objects[iri(companies["oem"], "item", *MOTOR), "adit:fromBatch"]:
        rows += [(name, *(seen.one_of(recycled, it) for it in ("adit:preConsumerShare", "adit:postConsumerShare")),
                  seen.one_of(node, "dct:conformsTo"), seen.one_of(node, "adit:pcfExcludingBiogenicUptake"))
                 for name in seen.objects[lot, "schema:name"] for recycled in seen.objects[lot, "adit:recycledContent"]
                 for node in seen.objects[lot, "adit:productFootprint"]]
    return ("lotName", "percentBeforeUse", "percentAfterUse", "method", "kgCO2ePerKg"), rows


def who_has_what(seen: Seen, companies: dict) -> tuple:
    def named(things) -> list:
        return [name for thing in things for name in seen.objects[thing, "schema:legalName"]]

    rows = []
    for machine in (iri(companies["oem"], "item", *it) for it in ASKED_ABOUT):
        operated = [(name, seen.one_of(node, "eudpp:assignmentValidFrom"), seen.one_of(node, "eudpp:assignmentValidTo"))
                    for node in seen.subjects["eudpp:inContextOfProduct", machine]
                    if "adit:operator" in seen.objects[node, "eudpp:hasRole"]
                    for name in named(seen.objects[node, "eudpp:hasActor"])]
        packs = [(name, owner) for pack in seen.contents(machine) for owner in named(seen.owned_by(pack))
                 for name in seen.objects[pack, "schema:name"]]
        rows += [(name, owner, *operator, *pack) for name in seen.objects[machine, "schema:name"]
                 for owner in named(seen.owned_by(machine)) or [""] for operator in operated or [("", "", "")]
                 for pack in packs or [("", "")]]
    return ("machineName", "ownerName", "operatorName", "operatesFrom", "operatesUntil", "packName", "packOwnerName"), rows


def what_became_of_pack(seen: Seen, _) -> tuple:
    rows = []
    for pack in (RETIRED, SECOND_LIFE):
        for event in seen.subjects["epcis:epcList", pack]:
            recovered = [(seen.one_of(node, "adit:ofMaterial"), seen.one_of(node, "adit:recoveredMass"))
                         for node in seen.objects[event, "adit:recoveredMaterial"]] or [("", "")]
            rows += [(pack, full(seen.one_of(event, "epcis:bizStep")), seen.one_of(event, "epcis:eventTime"),
                      full(material), kg, "", "") for material, kg in recovered]
        rows += [(pack, "", "", "", "", name, full(seen.one_of(item, "adit:productStatus")))
                 for item in seen.subjects["prov:wasDerivedFrom", pack] for name in seen.objects[item, "schema:name"]]
    return ("pack", "step", "time", "material", "kg", "newItemName", "status"), rows


def full(name: str) -> str:
    """The IRI of a short name."""
    for prefix, namespace in (("adit:", "https://w3id.org/adit/ns#"), ("cbv:", "https://ref.gs1.org/cbv/")):
        if name.startswith(prefix):
            return namespace + name.removeprefix(prefix)
    return name


def parts_without_heat(seen: Seen, companies: dict) -> tuple:
    rows = [(part, name, seen.one_of(part, "adit:deliveredOn"))
            for part in seen.all_contents(iri(companies["oem"], "item", *UNLISTED))
            if companies["shop"].did in seen.objects[part, "adit:factsHeldBy"] and not seen.objects[part, "adit:fromBatch"]
            for name in seen.objects[part, "schema:name"]]
    return ("part", "partName", "deliveredOn"), rows


def parts_of_heat(seen: Seen, companies: dict) -> tuple:
    heat = iri(companies["mill"], "batch", "348884")
    rows = []
    for batch in [heat, *seen.subjects["prov:alternateOf", heat]]:
        parts = set(seen.subjects["adit:fromBatch", batch])
        rows += [(name, label, str(len(parts))) for name in seen.objects[batch, "schema:name"]
                 for label in seen.objects[batch, "skos:notation"] if parts]
    return ("name", "label", "parts"), rows


QUESTIONS = {
    "machines-with-heat": machines_with_heat, "where-is-serial": where_is_serial, "hours-of-model": hours_of_model,
    "worn-batteries": worn_batteries, "parts-of-model": parts_of_model, "footprint-of-machine": footprint_of_machine,
    "built-and-maintained": built_and_maintained, "dismantling": dismantling,
    "machine-with-substance": machine_with_substance, "products-with-substance": products_with_substance,
    "copper-of-motor": copper_of_motor, "who-has-what": who_has_what, "what-became-of-pack": what_became_of_pack,
    "parts-without-heat": parts_without_heat, "parts-of-heat": parts_of_heat,
}
