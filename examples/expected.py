#!/usr/bin/env python3
"""Computes what each caller must get, from the companies' files alone.

Shares nothing with Adit: it reads the files by their column names (not by the mappings), knows the
three questions in plain Python (no SPARQL), and applies the rules of who may see what by itself.

    python3 examples/expected.py             writes examples/expected/*.csv, cases.csv among them
    python3 examples/expected.py --check     recomputes them; exit code 1 names the files that differ
    python3 examples/expected.py --data DIR  the same for a set that generate.py made in DIR
"""

import argparse
import csv
import io
import re
import sys
import tomllib
import zipfile
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
VOCABULARY = HERE.parent / "vocab" / "adit.ttl"
HEAT, PART, MODEL = ("004711",), ("0010455", "00042"), "BV-L14E"

# Reading files


def read_csv(path: Path) -> list[dict]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def read_xlsx(path: Path) -> list[dict]:
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as archive:
        shared = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    texts = [item.find(f"{main}t").text for item in shared.iter(f"{main}si")]
    rows = []
    for row in sheet.iter(f"{main}row"):
        cells = {}
        for cell in row.iter(f"{main}c"):
            column, value = re.match("[A-Z]+", cell.get("r")).group(), cell.find(f"{main}v").text
            if cell.get("t") == "s":
                cells[column] = texts[int(value)]
            else:
                minutes = round(float(value) * 24 * 60)
                cells[column] = (datetime(1899, 12, 30) + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M")
        rows.append(cells)
    header = rows[0]
    return [{name: row.get(column, "") for column, name in header.items()} for row in rows[1:]]


class Company:
    """One company's folder: its settings, its numbers of the others, and what its files state."""

    def __init__(self, folder: Path, did: str, zone: str, templates: dict):
        self.folder, self.did, self.zone, self.templates = folder, did, ZoneInfo(zone), templates
        self.partner = {row["number"]: row["did"] for row in self.rows("partners.csv")}
        self.facts = []

    def rows(self, files: str) -> list[dict]:
        return [row for path in sorted(self.folder.glob(files))
                for row in (read_xlsx(path) if path.suffix == ".xlsx" else read_csv(path))]

    def utc(self, text: str) -> str:
        """A local date or date and time, as this company writes it, in UTC."""
        for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d", "%d.%m.%Y %H:%M", "%d.%m.%Y"):
            try:
                local = datetime.strptime(text, form).replace(tzinfo=self.zone)
            except ValueError:
                continue
            return local.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        raise ValueError(f"{self.folder.name}: no date: {text!r}")

    def state(self, subject: str, **facts: str):
        """Notes facts; `adit_grade` is adit:grade, and a blank value is no fact."""
        self.facts += [(subject, name.replace("_", ":", 1), value) for name, value in facts.items() if value]


def companies(data: Path, with_fifth: bool) -> dict[str, Company]:
    found = {}
    for name in ("mill", "shop", "oem", "mine"):
        settings = tomllib.loads((data / name / "adit.toml").read_text())
        found[name] = Company(data / name, settings["did"], settings["time_zone"], settings["identifiers"])
    if with_fifth:
        # The workshop has no settings until somebody runs `adit init` there.
        found["fifth"] = Company(data / "fifth", "did:web:louhikoski.example", "Europe/Helsinki", {})
    by_did = {company.did: company for company in found.values()}
    for name, company in found.items():
        STATES[name](company, by_did)
    return found


# What each company's files state


def iri(maker: Company, kind: str, *values: str) -> str:
    """An identifier by the template that its maker publishes, parameters in the template's order."""
    names = iter(values)
    return re.sub(r"\{\w+\}", lambda _: next(names), maker.templates[kind])


def mill_states(mill: Company, _):
    for row in mill.rows("foretag.csv"):
        mill.state(mill.did, schema_legalName=row["Namn"])
    for row in mill.rows("charger.csv"):
        mill.state(iri(mill, "batch", row["Charge"]), schema_name=row["Benämning"], adit_grade=row["Stålsort"])
    for row in mill.rows("leveranser.csv"):
        mill.state(iri(mill, "batch", row["Charge"]), adit_deliveredTo=mill.partner[row["Kundnr"]])


def shop_states(shop: Company, by_did: dict):
    for row in shop.rows("yritys.csv"):
        shop.state(shop.did, schema_legalName=row["Nimi"])
    for row in shop.rows("sarjanumerot.csv"):
        mill = by_did[shop.partner[row["Toimittajanro"]]]
        shop.state(iri(shop, "item", row["Osanumero"], row["Sarjanumero"]), schema_name=row["Nimitys"],
                   schema_model=iri(shop, "model", row["Osanumero"]),
                   adit_fromBatch=iri(mill, "batch", row["Sulatusnro"]))
    for row in shop.rows("toimitukset.csv"):
        shop.state(iri(shop, "item", row["Osanumero"], row["Sarjanumero"]),
                   adit_deliveredTo=shop.partner[row["Asiakasnro"]])


def oem_states(oem: Company, by_did: dict):
    for row in oem.rows("foretag.csv"):
        oem.state(oem.did, schema_legalName=row["Namn"])
    for file in ("maskiner.csv", "enheter.csv", "batterier.csv"):
        for row in oem.rows(file):
            heat = row.get("Charge") and iri(by_did[oem.partner[row["Plåtleverantör"]]], "batch", row["Charge"])
            oem.state(iri(oem, "item", row["Artikel"], row["Serienr"]), schema_name=row["Benämning"],
                      schema_model=iri(oem, "model", row["Artikel"]), adit_fromBatch=heat,
                      rdf_type="adit:Machine" if file == "maskiner.csv" else "schema:IndividualProduct")
    for file in ("struktur*.xlsx", "moduler.csv", "service.csv"):
        for row in oem.rows(file):
            if row.get("Leverantör"):
                item = iri(by_did[oem.partner[row["Leverantör"]]], "item", row["Lev_artikel"], row["Lev_serienr"])
            else:
                item = iri(oem, "item", row.get("Artikel") or row["Egen_artikel"],
                           row.get("Serienr") or row["Egen_serienr"])
            oem.state(f"installation {row['Rad']}", adit_installedItem=item,
                      adit_installedIn=iri(oem, "item", row["I_artikel"], row["I_serienr"]),
                      schema_validFrom=oem.utc(row["Monterad"]),
                      schema_validThrough=row.get("Demonterad") and oem.utc(row["Demonterad"]))
    for row in oem.rows("leveranser.csv"):
        oem.state(iri(oem, "item", row["Artikel"], row["Serienr"]), adit_deliveredTo=oem.partner[row["Kundnr"]])


def mine_states(mine: Company, by_did: dict):
    for row in mine.rows("yritys.csv"):
        mine.state(mine.did, schema_legalName=row["Nimi"])
    for row in mine.rows("omistajat.csv"):
        mine.state(mine.partner[row["Numero"]], schema_legalName=row["Nimi"])
    for row in mine.rows("kaivokset.csv"):
        mine.state(iri(mine, "place", row["Tunnus"]), schema_name=row["Nimi"])
    for row in mine.rows("alueet.csv"):
        mine.state(iri(mine, "place", row["Tunnus"]), schema_name=row["Nimi"],
                   schema_containedInPlace=iri(mine, "place", row["Kaivos"]))

    def machine(row: dict) -> str:
        return iri(by_did[mine.partner[row["Valmistaja"]]], "item", row["Tyyppi"], row["Sarjanro"])

    for row in mine.rows("koneet.csv"):
        mine.state(machine(row), adit_countryOfUse=row["Maa"], adit_sharedWith=mine.partner[row["Valmistaja"]])
    for row in mine.rows("sijoitukset.csv"):
        mine.state(f"placement {row['Rivi']}", adit_placedItem=machine(row),
                   adit_atPlace=iri(mine, "place", row["Alue"]), schema_validFrom=mine.utc(row["Alkaen"]),
                   schema_validThrough=row["Päättyen"] and mine.utc(row["Päättyen"]))
    for row in mine.rows("omistus.csv"):
        mine.state(f"ownership {row['Rivi']}", eudpp_inContextOfProduct=machine(row), eudpp_hasActor=mine.did,
                   eudpp_hasRole="adit:owner", eudpp_assignmentValidFrom=mine.utc(row["Hankittu"]))
    for row in mine.rows("leasing.csv"):
        mine.state(f"ownership {row['Sopimus']}", eudpp_inContextOfProduct=machine(row),
                   eudpp_hasActor=mine.partner[row["Vuokraaja"]], eudpp_hasRole="adit:owner",
                   eudpp_assignmentValidFrom=mine.utc(row["Alkaen"]),
                   eudpp_assignmentValidTo=row["Päättyen"] and mine.utc(row["Päättyen"]))
    for row in mine.rows("kayttotunnit.csv"):
        mine.state(f"hours {row['Konenro']} {row['Kuukausi']}", adit_operatingRecordOf=machine(row),
                   adit_period=row["Kuukausi"], adit_operatingHours=row["Tunnit"].replace(",", "."))


def fifth_states(fifth: Company, by_did: dict):
    for row in fifth.rows("huollot.csv"):
        shop, oem = by_did[fifth.partner[row["Toimittaja"]]], by_did[fifth.partner[row["Valmistaja"]]]
        parent = iri(oem, "item", row["Moduuli"], row["Moduulin_sarjanro"])
        fifth.state(f"workshop {row['Työnro']}", adit_installedIn=parent,
                    adit_installedItem=iri(shop, "item", row["Osanumero"], row["Sarjanumero"]),
                    schema_validFrom=fifth.utc(row["Asennettu"]))
        fifth.state(parent, adit_sharedWith=oem.did)


STATES = {"mill": mill_states, "shop": shop_states, "oem": oem_states, "mine": mine_states, "fifth": fifth_states}

# Who may see what

PARTNER_PURPOSES = [f"adit:purpose-{name}" for name in ("recall", "warranty", "maintenance", "repair")]
# caller -> (company whose own people ask, purpose, what they can show beside partner credentials)
CALLERS = {
    "oem": ("oem", "adit:purpose-recall", None),
    "shop": ("shop", "adit:purpose-warranty", None),
    "public": (None, None, None),
    "researcher": (None, "dpv:AcademicResearch", "adit:ResearcherCredential"),
    "wrong-purpose": ("oem", "dpv:ImproveExistingProductsAndServices", None),
}


def vocabulary(predicate: str) -> dict[str, str]:
    """subject -> object of one predicate in the vocabulary's Turtle, which keeps one form throughout."""
    found = {}
    for statement in re.split(r"\s\.\s*\n", VOCABULARY.read_text()):
        lines = [line for line in statement.splitlines() if line.strip() and not line.startswith(("#", "@prefix"))]
        told = re.search(rf"{predicate} ([\w:-]+)", " ".join(lines))
        if told:
            found[lines[0].split()[0]] = told.group(1)
    return found


TIER, BROADER = vocabulary("adit:defaultTier"), vocabulary("skos:broader")


def is_a(purpose: str | None, wider: str) -> bool:
    while purpose is not None and purpose != wider:
        purpose = BROADER.get(purpose)
    return purpose == wider


def audience(company: Company) -> dict[str, set]:
    """subject -> organisations that its partner facts are open to."""
    open_to, related = defaultdict(set), defaultdict(set)
    flows = {"adit:installedIn": "to subject", "adit:installedItem": "to object", "adit:placedItem": "to subject",
             "eudpp:inContextOfProduct": "to subject", "adit:fromBatch": "to object"}
    for subject, predicate, value in company.facts:
        if predicate in ("adit:deliveredTo", "adit:sharedWith"):
            open_to[subject].add(value)
        elif flows.get(predicate) == "to subject":
            related[value].add(subject)
        elif flows.get(predicate) == "to object":
            related[subject].add(value)
    waiting = list(open_to)
    while waiting:
        thing = waiting.pop()
        for other in related[thing]:
            if not open_to[thing] <= open_to[other]:
                open_to[other] |= open_to[thing]
                waiting.append(other)
    return open_to


def visible(everyone: dict[str, Company], caller: str) -> set:
    own, purpose, shown = CALLERS[caller]
    did = everyone[own].did if own else None
    seen = set()
    for name, company in everyone.items():
        partner = did in company.partner.values() and any(is_a(purpose, wide) for wide in PARTNER_PURPOSES)
        research = shown == "adit:ResearcherCredential" and is_a(purpose, "dpv:ResearchAndDevelopment")
        open_to = audience(company)
        for subject, predicate, value in company.facts:
            tier = TIER.get(predicate, "adit:tier-owner")
            if (name == own or tier == "adit:tier-public" or (tier == "adit:tier-research" and research)
                    or (tier == "adit:tier-partner" and partner and did in open_to[subject]
                        and (predicate != "adit:deliveredTo" or value == did))):
                seen.add((subject, predicate, value))
    return seen


# The questions


class Seen:
    """The facts that one caller sees, and the date asked for."""

    def __init__(self, facts: set):
        self.at = NOW
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


def machines_with_heat(seen: Seen, everyone: dict) -> tuple:
    heat = iri(everyone["mill"], "batch", *HEAT)
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


def where_is_serial(seen: Seen, everyone: dict) -> tuple:
    part = iri(everyone["shop"], "item", *PART)

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


def hours_of_model(seen: Seen, everyone: dict) -> tuple:
    machines, hours = defaultdict(set), defaultdict(Decimal)
    for machine in seen.subjects["schema:model", iri(everyone["oem"], "model", MODEL)]:
        for country in seen.objects[machine, "adit:countryOfUse"]:
            for record in seen.subjects["adit:operatingRecordOf", machine]:
                for month in seen.objects[record, "adit:period"]:
                    for run in seen.objects[record, "adit:operatingHours"]:
                        machines[country, month].add(machine)
                        hours[country, month] += Decimal(run)
    rows = [(*key, str(len(machines[key])), format(hours[key].normalize(), "f")) for key in hours]
    return ("country", "month", "machines", "hoursRun"), rows


QUESTIONS = {"machines-with-heat": machines_with_heat, "where-is-serial": where_is_serial,
             "hours-of-model": hours_of_model}
NOW, BEFORE, DURING = "2026-11-01T00:00:00Z", "2026-01-15T00:00:00Z", "2026-03-17T10:00:00Z"


def cases():
    """(file, question, caller, date, with the fifth company?), one expected file each."""
    for question in QUESTIONS:
        for caller in CALLERS:
            yield f"{question}.{caller}.csv", question, caller, NOW, False
    for question in ("machines-with-heat", "where-is-serial"):
        yield f"{question}.oem.{BEFORE[:10]}.csv", question, "oem", BEFORE, False
    yield f"where-is-serial.oem.{DURING[:10]}.csv", "where-is-serial", "oem", DURING, False
    for caller in CALLERS:
        yield f"machines-with-heat.{caller}.with-fifth.csv", "machines-with-heat", caller, NOW, True


def table(header, rows) -> bytes:
    """A table as SPARQL 1.1 writes results in CSV: comma, CR LF."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    return text.getvalue().encode()


def compute(data: Path) -> dict[str, bytes]:
    files, index = {}, []
    for with_fifth in (False, True):
        everyone = companies(data, with_fifth)
        seen = {caller: Seen(visible(everyone, caller)) for caller in CALLERS}
        for file, question, caller, at, fifth in cases():
            if fifth == with_fifth:
                seen[caller].at = at
                header, rows = QUESTIONS[question](seen[caller], everyone)
                files[file] = table(header, sorted(rows))
                own, purpose, _ = CALLERS[caller]
                index.append((file, f"{question}.rq", caller, own or "", (purpose or "").partition(":")[2]
                              .removeprefix("purpose-"), at, "yes" if fifth else "no", len(rows)))
    files["cases.csv"] = table(("file", "question", "caller", "asks_at", "purpose", "at", "with_fifth", "rows"), index)
    return files


def wrong_citations(data: Path) -> list[str]:
    """Lines that expected/README.md cites as `file:line` `text` and that do not stand there."""
    wrong = []
    for file, line, text in re.findall(r"`([\w./-]+):(\d+)` `([^`]+)`", (data / "expected" / "README.md").read_text()):
        path = data / file
        if path.suffix == ".xlsx":
            row = list(read_xlsx(path)[int(line) - 2].values())
            stands = ";".join(row)
        else:
            raw = path.read_bytes().splitlines()[int(line) - 1]
            try:
                stands = raw.decode()
            except UnicodeDecodeError:
                stands = raw.decode("cp1252")
        if stands != text:
            wrong.append(f"expected/README.md cites {file}:{line} as '{text}'; there stands '{stands}'")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files there and change nothing")
    parser.add_argument("--data", type=Path, default=HERE, help="the folder with the companies' folders")
    asked = parser.parse_args()
    folder, files = asked.data / "expected", compute(asked.data)
    if not asked.check:
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return 0
    kept = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    wrong = [f"expected/{name} is not what the files say; run expected.py and read the difference"
             for name in sorted(files.keys() | kept.keys()) if files.get(name) != kept.get(name)]
    wrong += wrong_citations(asked.data) if (folder / "README.md").exists() else []
    print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
