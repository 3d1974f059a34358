"""The machine builder's files: articles, units, structure as built, service, deliveries."""

from pathlib import Path

from .world import (BATTERY, FRAME, MACHINE_MODELS, MODULES, Part, World)
from .writers import iso, write_csv, write_xlsx

SHOP, MILL, MINE = "50012", "50003", "70021"
# The assembly line starts a new workbook when one gets slow to open.
ROWS_PER_WORKBOOK = 20_000


def articles() -> dict:
    """Article number -> (name, kind)."""
    named = {model: (name, "maskin") for model, name in MACHINE_MODELS.items()}
    named[FRAME] = ("Ram, svetsad", "ram")
    for module, (name, _, subs) in MODULES.items():
        named[module] = (name, "batteri" if module == BATTERY else "modul")
        named |= {article: (sub, "delmodul") for article, (sub, _, _) in subs.items()}
    return named


def write(world: World, folder: Path):
    form = dict(encoding="utf-8", delimiter=";", line_end="\n")
    named = articles()
    write_csv(folder / "artiklar.csv", ["Artikel", "Benämning", "Slag"],
              [[article, *rest] for article, rest in sorted(named.items())], **form)
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
