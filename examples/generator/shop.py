"""The machine shop's files, as its Finnish ERP exports them: Windows-1252, semicolon, decimal comma."""

from datetime import date
from itertools import groupby
from pathlib import Path

from .joined import BOLT, Joined
from .world import PART_MODELS, Part, World
from .writers import comma, finnish, write_csv

MILL, OEM = "2001", "1007"
VALVE_SPINDLE, PUMP_SHAFT = "0010617", "0010549"
BOLT_NAME = "Pultti M24x120"
# part number -> (kg CO2e a piece, share of primary data in per cent); for the others nobody has done the sums yet
_FOOTPRINTS = {
    "0010421": ("14.6", 64), "0010437": ("37.9", 61), "0010455": ("11.3", 64), "0010532": ("52.4", 40),
    PUMP_SHAFT: ("12.2", 55), VALVE_SPINDLE: ("3.4", 35),
}
# part number -> (CAS number, EC number, name, mass share in per cent, where)
_SUBSTANCES = [
    (VALVE_SPINDLE, "7439-92-1", "231-100-4", "lyijy", "0.18", "koko kappale, automaattiteräs"),
    (PUMP_SHAFT, "7439-92-1", "231-100-4", "lyijy", "0.1", "laakeripinta"),
    ("0010532", "7440-47-3", "231-157-5", "kromi", "0.4", "pinta, kovakromaus"),
]


def revision(part: Part) -> str:
    """The valve spindle had a revision B for a month, the one that is recalled."""
    if part.model != VALVE_SPINDLE or part.made >= date(2025, 3, 1):
        return "C"
    return "B" if part.made >= date(2025, 2, 1) else "A"


def write(world: World, folder: Path):
    joined = world.joined
    form = dict(encoding="cp1252", delimiter=";", line_end="\r\n")
    parts = sorted(world.parts, key=lambda p: (p.made, p.model, p.serial))
    models = [(model, name, grade) for model, (name, grade, _, _) in PART_MODELS.items()]
    write_csv(folder / "nimikkeet.csv", ["Osanumero", "Nimitys", "Materiaali", "Piirustus"],
              [[model, name, grade, f"P-{model[2:]} rev C"]
               for model, name, grade in [*models, (BOLT, BOLT_NAME, "42CrMo4")]], **form)
    # The scale in the packing area was out of order one week: those masses are blank.
    write_csv(folder / "sarjanumerot.csv",
              ["Osanumero", "Sarjanumero", "Nimitys", "Toimittajanro", "Sulatusnro", "Valmistettu", "Paino_kg",
               "Nimike_rev"],
              [[p.model, p.serial, PART_MODELS[p.model][0], *heat_of(p), finnish(p.made),
                None if p.made.isocalendar()[:2] == (2025, 24) else comma(p.mass_kg, 2),
                f"{p.model}-{revision(p)}"] for p in parts], **form)
    sent = sorted((p for p in world.parts if p.delivered and p is not joined.late),
                  key=lambda p: (p.delivered, p.model, p.serial))
    orders, deliveries = [], []
    for number, (month, group) in enumerate(groupby(sent, key=lambda p: (p.delivered.year, p.delivered.month)), 1):
        order = f"0{45100 + 10 * number}"
        group = list(group)
        for line, model in enumerate(sorted({p.model for p in group}), start=1):
            ordered = [p for p in group if p.model == model]
            first = min(p.made for p in ordered)
            price = PART_MODELS[model][3] * 11.5 + 20
            orders.append([f"{order}-{line:02d}", OEM, model, len(ordered), finnish(first), comma(price, 2)])
        deliveries += [[order, OEM, p.model, p.serial, finnish(p.delivered)] for p in group]
    write_csv(folder / "tilaukset.csv",
              ["Tilausrivi", "Asiakasnro", "Osanumero", "Kpl", "Tilauspvm", "Hinta_EUR"], orders, **form)
    header = ["Tilausnro", "Asiakasnro", "Osanumero", "Sarjanumero", "Toimituspvm"]
    write_csv(folder / "toimitukset.csv", header, deliveries, **form)
    # The delivery file of October 2026 came weeks after the parts did.
    (folder / "late").mkdir(exist_ok=True)
    late = joined.late
    write_csv(folder / "late" / "toimitukset-2026-10.csv", header,
              [["045310", OEM, late.model, late.serial, finnish(late.delivered)]], **form)
    write_lots(joined, folder, form)
    write_figures(folder, form)


def heat_of(part: Part) -> list:
    """Supplier and heat; bar from the stockist goes by the number that we gave the lot on arrival."""
    if part.bought_as:
        return [None, part.bought_as.number]
    return [MILL, part.heat.number if part.heat_written else None]


def write_lots(joined: Joined, folder: Path, form: dict):
    """Lots of bolts, one of them of two heats in one cell; lots of the stockist; what was scrapped."""
    write_csv(folder / "erat.csv",
              ["Erä", "Osanumero", "Nimitys", "Toimittajanro", "Sulatusnrot", "Valmistettu", "Kpl", "Asiakasnro",
               "Toimituspvm"],
              [[lot.number, BOLT, f"{BOLT_NAME}, erä {lot.number}", MILL, "/".join(h.number for h in lot.heats),
                finnish(lot.made), lot.pieces, OEM, finnish(lot.delivered)] for lot in joined.bolt_lots], **form)
    write_csv(folder / "tukkuerat.csv", ["Eränro", "Tukku", "Tukun_merkintä", "Tehdas", "Todistuksen_sulatus"],
              [[lot.number, "Haukiniemen Terästukku Oy", lot.label, MILL, lot.heat.number]
               for lot in joined.stockist_lots], **form)
    scrapped = joined.scrapped
    write_csv(folder / "romutukset.csv", ["Osanumero", "Sarjanumero", "Romutettu", "Syy"],
              [[scrapped.model, scrapped.serial, "12.05.2025", "Halkeama hionnan jälkeen"]], **form)


def write_figures(folder: Path, form: dict):
    write_csv(folder / "hiilijalanjaljet.csv",
              ["Osanumero", "Laskentaohje", "kgCO2e_kpl", "Paino_kg", "Alku", "Loppu", "Primääridata_pros",
               "Varmennus"],
              [[model, "whole-product-2025", pcf.replace(".", ","), comma(PART_MODELS[model][3], 2), "01.01.2025",
                "01.01.2026", primary, "itse"] for model, (pcf, primary) in _FOOTPRINTS.items()], **form)
    write_csv(folder / "aineet.csv", ["Osanumero", "CAS", "EY", "Aine", "Pitoisuus_pros", "Sijainti"],
              [[model, cas, ec, name, share.replace(".", ","), where]
               for model, cas, ec, name, share, where in _SUBSTANCES], **form)
