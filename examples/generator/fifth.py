"""The service workshop's one file: what it rebuilt and where it put it."""

from pathlib import Path

from .world import World
from .writers import finnish, write_csv

SHOP, OEM = "11", "12"


def write(world: World, folder: Path):
    part, sub, position, when = world.rebuilt
    write_csv(folder / "huollot.csv",
              ["Työnro", "Toimittaja", "Osanumero", "Sarjanumero", "Työ", "Valmistaja", "Moduuli", "Moduulin_sarjanro",
               "Asema", "Asennettu"],
              [["26-0173", SHOP, part.model, part.serial, "Kunnostettu ja asennettu", OEM, sub.model, sub.serial,
                position, finnish(when)]],
              encoding="cp1252", delimiter=";", line_end="\r\n")
