"""The machine shop's files, as its Finnish ERP exports them: Windows-1252, semicolon, decimal comma."""

from itertools import groupby
from pathlib import Path

from .world import PART_MODELS, World
from .writers import comma, finnish, write_csv

MILL, OEM = "2001", "1007"


def write(world: World, folder: Path):
    form = dict(encoding="cp1252", delimiter=";", line_end="\r\n")
    parts = sorted(world.parts, key=lambda p: (p.made, p.model, p.serial))
    write_csv(folder / "nimikkeet.csv", ["Osanumero", "Nimitys", "Materiaali", "Piirustus"],
              [[model, name, grade, f"P-{model[2:]} rev C"] for model, (name, grade, _, _) in PART_MODELS.items()],
              **form)
    # The scale in the packing area was out of order one week: those masses are blank.
    write_csv(folder / "sarjanumerot.csv",
              ["Osanumero", "Sarjanumero", "Nimitys", "Toimittajanro", "Sulatusnro", "Valmistettu", "Paino_kg"],
              [[p.model, p.serial, PART_MODELS[p.model][0], MILL, p.heat.number, finnish(p.made),
                None if p.made.isocalendar()[:2] == (2025, 24) else comma(p.mass_kg, 2)] for p in parts], **form)
    sent = sorted((p for p in world.parts if p.delivered), key=lambda p: (p.delivered, p.model, p.serial))
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
    write_csv(folder / "toimitukset.csv",
              ["Tilausnro", "Asiakasnro", "Osanumero", "Sarjanumero", "Toimituspvm"], deliveries, **form)
