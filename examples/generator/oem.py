"""The machine builder's files: articles, units, structure as built, service, deliveries."""

from pathlib import Path

from .joined import MOTOR, Joined
from .world import (BATTERY, FRAME, MACHINE_MODELS, MODULES, Part, World)
from .writers import comma, iso, write_csv, write_xlsx

SHOP, MILL, MINE, WIRE = "50012", "50003", "70021", "50031"
# What a model weighs, in kg, where the catalogue says so.
_MASSES = {"BV-L14E": 39_800, "BV-D2E": 27_400, "BV-T40E": 36_100, MOTOR: 420}
# model -> kg CO2e a machine, as the builder publishes it
_FOOTPRINTS = {"BV-L14E": 118_000, "BV-D2E": 84_500, "BV-T40E": 109_000}
# The assembly line starts a new workbook when one gets slow to open.
ROWS_PER_WORKBOOK = 20_000


def articles() -> dict:
    """Article number -> (name, kind)."""
    named = {model: (name, "maskin") for model, name in MACHINE_MODELS.items()}
    named[FRAME] = ("Ram, svetsad", "ram")
    named[MOTOR] = ("Traktionsmotor 160 kW", "motor")
    for module, (name, _, subs) in MODULES.items():
        named[module] = (name, "batteri" if module == BATTERY else "modul")
        named |= {article: (sub, "delmodul") for article, (sub, _, _) in subs.items()}
    return named


def write(world: World, folder: Path):
    joined = world.joined
    form = dict(encoding="utf-8", delimiter=";", line_end="\n")
    named = articles()
    write_csv(folder / "artiklar.csv", ["Artikel", "Benämning", "Slag", "Vikt_kg"],
              [[article, *rest, _MASSES.get(article)] for article, rest in sorted(named.items())], **form)
    write_csv(folder / "maskiner.csv", ["Artikel", "Serienr", "Benämning", "Byggd", "Leverans_klar"],
              [[m.unit.model, m.unit.serial, f"{named[m.unit.model][0]} {m.unit.serial}", iso(m.unit.built),
                "1" if m.delivered else "0"] for m in world.machines], **form)
    units = sorted((u for u in world.units if u.model not in MACHINE_MODELS),
                   key=lambda u: (u.built, u.model, u.serial))
    header = ["Artikel", "Serienr", "Benämning", "Byggd"]
    write_csv(folder / "batterier.csv", header,
              [[u.model, u.serial, f"{named[u.model][0]} {u.serial}", iso(u.built)]
               for u in units if u.model == BATTERY], **form)
    write_csv(folder / "enheter.csv", [*header, "Plåtleverantör", "Charge"],
              [[u.model, u.serial, f"{named[u.model][0]} {u.serial}", iso(u.built),
                MILL if u.heat else None, u.heat.number if u.heat else None]
               for u in units if u.model != BATTERY], **form)
    write_structure(world, folder, form)
    write_csv(folder / "leveranser.csv", ["Order", "Kundnr", "Artikel", "Serienr", "Leveransdatum"],
              [[f"M{26000 + number}", MINE, m.unit.model, m.unit.serial, iso(m.delivered)]
               for number, m in enumerate((m for m in world.machines if m.delivered), start=1)], **form)
    write_motors(joined, folder, form)
    write_lots(joined, folder, form)
    write_csv(folder / "klimat.csv",
              ["Artikel", "Metod", "kgCO2e_st", "Vikt_kg", "Från", "Till", "Granskning"],
              [[article, "whole-product-2025", figure, _MASSES[article], "2025-01-01", "2026-01-01", "egen"]
               for article, figure in _FOOTPRINTS.items()], **form)


def write_motors(joined: Joined, folder: Path, form: dict):
    """The motor shop scans the label of the wire; what the wire is made of, only its maker knows."""
    motors = joined.motors
    write_csv(folder / "motorer.csv",
              ["Artikel", "Serienr", "Benämning", "Byggd", "Trådleverantör", "Trådetikett", "I_artikel", "I_serienr",
               "Position", "Som_byggd", "Monterad"],
              [[MOTOR, m.unit.serial, f"Traktionsmotor 160 kW {m.unit.serial}", iso(m.unit.built), WIRE,
                f"https://id.tjarnvik.example/01/{m.lot.gtin}/10/{m.lot.number}",
                m.machine.unit.model, m.machine.unit.serial, "=M1", "1", iso(m.machine.unit.built)]
               for m in motors], **form)
    write_csv(folder / "material.csv", ["Artikel", "Material", "Vikt_kg", "Andel_procent"],
              [[MOTOR, "Cu", comma(118, 1), "28,1"], [MOTOR, "Fe", comma(302, 1), "71,9"]], **form)
    write_csv(folder / "amnen.csv", ["Artikel", "CAS", "EG", "Ämne", "Halt_procent", "Plats"],
              [[MOTOR, "7439-92-1", "231-100-4", "bly", "0,11", "lindningens lödning"]], **form)


def write_lots(joined: Joined, folder: Path, form: dict):
    """Bolts are known by their lot alone."""
    rows = [(lot, sub, when) for lot in joined.bolt_lots for sub, when in lot.installed]
    write_csv(folder / "partier.csv",
              ["Rad", "Leverantör", "Parti", "I_artikel", "I_serienr", "Position", "Antal", "Som_byggd", "Monterad"],
              [[f"P{number:06d}", SHOP, lot.number, sub.model, sub.serial, "-X9", "16", "1", iso(when)]
               for number, (lot, sub, when) in enumerate(rows, start=1)], **form)


def write_structure(world: World, folder: Path, form: dict):
    """Bought parts in a workbook from the assembly line, own modules from the PDM system, then service."""
    bought = [i for i in world.as_built if isinstance(i.item, Part)]
    own = [i for i in world.as_built if not isinstance(i.item, Part)]
    rows = [[f"S{number:06d}", SHOP, i.item.model, i.item.serial, i.parent.model, i.parent.serial, i.position,
             "1", i.start, i.end] for number, i in enumerate(bought, start=1)]
    header = ["Rad", "Leverantör", "Lev_artikel", "Lev_serienr", "I_artikel", "I_serienr", "Position", "Som_byggd",
              "Monterad", "Demonterad"]
    for first in range(0, len(rows), ROWS_PER_WORKBOOK):
        name = f"struktur-{first // ROWS_PER_WORKBOOK + 1}.xlsx" if first else "struktur.xlsx"
        write_xlsx(folder / name, "Struktur", header, rows[first:first + ROWS_PER_WORKBOOK])
        if first:
            mapping = (folder / "struktur.xlsx-metadata.json").read_text()
            (folder / f"{name}-metadata.json").write_text(mapping.replace("struktur.xlsx", name))
    write_csv(folder / "moduler.csv",
              ["Rad", "Artikel", "Serienr", "I_artikel", "I_serienr", "Position", "Som_byggd", "Monterad", "Demonterad"],
              [[f"M{number:06d}", i.item.model, i.item.serial, i.parent.model, i.parent.serial, i.position,
                "1", iso(i.start), iso(i.end)] for number, i in enumerate(own, start=1)], **form)
    service = sorted(world.service, key=lambda i: (i.start, i.item.model, i.item.serial))
    write_csv(folder / "service.csv",
              ["Rad", "Arbete", "Leverantör", "Lev_artikel", "Lev_serienr", "Egen_artikel", "Egen_serienr",
               "I_artikel", "I_serienr", "Position", "Som_byggd", "Monterad"],
              [[f"V{number:06d}", "byte av artikel" if isinstance(i.item, Part) else "batteribyte",
                *([SHOP, i.item.model, i.item.serial, None, None] if isinstance(i.item, Part)
                  else [None, None, None, i.item.model, i.item.serial]),
                i.parent.model, i.parent.serial, i.position, "0", iso(i.start)]
               for number, i in enumerate(service, start=1)], **form)
