"""The recycler's files, in Norwegian: packs received, taken apart, and one that got a second life."""

from datetime import datetime, timedelta
from pathlib import Path

from .joined import LFP, Pack
from .world import World
from .writers import comma, finnish, write_csv

MAKER, MINE = "810", "820"
_HOST = "https://id.sysi.example"
# material -> share of a pack's mass that is recovered
_RECOVERED = {
    LFP: {"kobber": 0.089, "aluminium": 0.185, "stål": 0.128, "grafitt": 0.094, "litium": 0.011},
    None: {"kobber": 0.104, "aluminium": 0.201, "stål": 0.095, "nikkel": 0.121, "kobolt": 0.041, "litium": 0.014},
}
SECOND_LIFE, SECOND_SERIAL = "LAGER-200", "L0007"


def label(pack: Pack) -> str:
    """What the scanner at the gate reads from the pack."""
    return f"{_HOST}/01/{pack.gtin}/21/{pack.serial}"


def write(world: World, folder: Path):
    joined = world.joined
    form = dict(encoding="cp1252", delimiter=";", line_end="\r\n")
    orders = [(f"G26-{number:03d}", pack) for number, pack in enumerate(joined.treated, start=1)]
    recycled, kept = orders[:-1], orders[-1]
    came = {order: datetime.combine(pack.retired, datetime.min.time()) + timedelta(days=6, hours=9, minutes=40)
            for order, pack in orders}
    write_csv(folder / "mottak.csv", ["Ordre", "Produsent", "Etikett", "Mottatt"],
              [[order, MAKER, label(pack), finnish(came[order])] for order, pack in orders], **form)
    write_csv(folder / "behandling.csv", ["Ordre", "Trinn", "Produsent", "Etikett", "Tidspunkt"],
              [[order, "ombruk" if order == kept[0] else "gjenvinning", MAKER, label(pack),
                finnish(came[order] + timedelta(days=16, hours=5))] for order, pack in orders], **form)
    write_csv(folder / "gjenvunnet.csv", ["Ordre", "Trinn", "Materiale", "Masse_kg"],
              [[order, "gjenvinning", material, comma(pack.mass_kg * share, 1)] for order, pack in recycled
               for material, share in _RECOVERED.get(pack.gtin, _RECOVERED[None]).items()], **form)
    order, pack = kept
    write_csv(folder / "ombruk.csv",
              ["Type", "Serienr", "Navn", "Produsent", "Etikett", "Bygd", "Kunde", "Levert", "Restkapasitet_prosent",
               "Målt"],
              [[SECOND_LIFE, SECOND_SERIAL, f"Stasjonært lager 200 kWh {SECOND_SERIAL}", MAKER, label(pack),
                "05.10.2026", MINE, "19.10.2026", "74,5", "05.10.2026 14:20"]], **form)
    write_csv(folder / "typer.csv", ["Type", "Navn"], [[SECOND_LIFE, "Stasjonært lager 200 kWh"]], **form)
