"""The mine operator's files: places, machines, where they are, whose they are, how long they ran."""

from pathlib import Path

from .recycler import label
from .world import AREAS, MINES, World
from .writers import comma, finnish, write_csv

OEM, LESSOR, CONTRACTOR, BATTERIES = "300", "410", "520", "620"


def write(world: World, folder: Path):
    joined = world.joined
    form = dict(encoding="cp1252", delimiter=";", line_end="\r\n")
    write_csv(folder / "kaivokset.csv", ["Tunnus", "Nimi", "Maa"],
              [[code, name, "FI"] for code, name in MINES.items()], **form)
    write_csv(folder / "alueet.csv", ["Tunnus", "Nimi", "Kaivos", "Maa"],
              [[code, name, mine, "FI"] for code, (name, mine) in AREAS.items()], **form)
    fleet = [m for m in world.machines if m.delivered]
    number = {id(m): f"K{index:03d}" for index, m in enumerate(fleet, start=1)}
    columns = ["Konenro", "Valmistaja", "Tyyppi", "Sarjanro"]

    def machine(m) -> list:
        return [number[id(m)], OEM, m.unit.model, m.unit.serial]

    write_csv(folder / "koneet.csv", [*columns, "Maa", "Kustannuspaikka"],
              [[*machine(m), "FI", f"KP{4100 + index % 7}"] for index, m in enumerate(fleet)], **form)
    # The level within the mine is in the register and is not for anybody outside.
    write_csv(folder / "sijoitukset.csv", ["Rivi", *columns, "Alue", "Taso", "Alkaen", "Päättyen"],
              [[f"{row:05d}", *machine(s.machine), s.area, f"+{220 + 25 * (row % 9)}", finnish(s.start), finnish(s.end)]
               for row, s in enumerate(world.stays, start=1)], **form)
    sold, sold_on = joined.sold
    write_csv(folder / "omistus.csv", ["Rivi", *columns, "Hankittu", "Luovutettu"],
              [[f"{row:05d}", *machine(m), finnish(day), finnish(sold_on) if m is sold else None]
               for row, (m, day) in enumerate(world.owned, start=1)], **form)
    write_csv(folder / "myynnit.csv", ["Kauppa", "Ostaja", *columns, "Luovutettu"],
              [["M-001", CONTRACTOR, *machine(sold), finnish(sold_on)]], **form)
    write_csv(folder / "urakointi.csv", ["Sopimus", "Urakoitsija", *columns, "Alkaen", "Päättyen"],
              [[f"U-{row:03d}", CONTRACTOR, *machine(m), finnish(start), finnish(end)]
               for row, (m, start, end) in enumerate(joined.operated, start=1)], **form)
    write_csv(folder / "leasing.csv", ["Sopimus", "Vuokraaja", *columns, "Alkaen", "Päättyen"],
              [[f"L-{row:03d}", LESSOR, *machine(m), finnish(start), finnish(end)]
               for row, (m, start, end) in enumerate(world.leases, start=1)], **form)
    write_csv(folder / "kayttotunnit.csv", [*columns, "Kuukausi", "Tunnit"],
              [[*machine(m), month, comma(tenths / 10, 1)] for m, month, tenths in world.hours], **form)
    # Who swaps a battery scans its label and the machine's plate, shift after shift.
    write_csv(folder / "akunvaihdot.csv",
              ["Rivi", "Valmistaja", "Tyyppi", "Sarjanro", "Akkutoimittaja", "Akkutarra", "Asennettu", "Poistettu"],
              [[f"AV{row:05d}", *machine(s.machine)[1:], BATTERIES, label(s.pack), finnish(s.start), finnish(s.end)]
               for row, s in enumerate(joined.swaps, start=1)], **form)
