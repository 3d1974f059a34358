"""The steel mill's files: heats, shipments, and a 3.1 certificate for every heat."""

from pathlib import Path
from random import Random

from .world import BAR, Heat, World
from .writers import comma, iso, write_csv, write_pdf

NAME = "Kolbäcka Stål AB"
SHOP, OEM = "K10042", "K10017"
# grade -> (number by EN 10027-2, mass shares in percent, yield strength, tensile strength, elongation)
_GRADES = {
    "34CrNiMo6": ("1.6582", {"C": 0.34, "Si": 0.27, "Mn": 0.66, "Cr": 1.52, "Ni": 1.48, "Mo": 0.22}, 905, 1080, 12),
    "42CrMo4": ("1.7225", {"C": 0.42, "Si": 0.25, "Mn": 0.78, "Cr": 1.06, "Ni": 0.14, "Mo": 0.20}, 760, 985, 13),
    "S355J2": ("1.0577", {"C": 0.16, "Si": 0.32, "Mn": 1.42, "Cr": 0.05, "Ni": 0.04, "Mo": 0.01}, 378, 531, 26),
    "S690QL": ("1.8928", {"C": 0.15, "Si": 0.29, "Mn": 1.21, "Cr": 0.34, "Ni": 0.09, "Mo": 0.17}, 741, 812, 17),
}


def write(world: World, folder: Path):
    form = dict(encoding="utf-8-sig", delimiter=";", line_end="\r\n")
    write_csv(folder / "charger.csv",
              ["Charge", "Benämning", "Stålsort", "Standard", "Form", "Dimension_mm", "Gjuten", "Vikt_kg", "Intyg"],
              [[h.number, h.name, h.grade, h.standard, "stång" if h.form == BAR else "plåt", h.size_mm,
                iso(h.cast), comma(h.mass_kg, 1), certificate(h)] for h in world.heats], **form)
    shipments = [[None, iso(h.shipped), SHOP if h.form == BAR else OEM, h.order, h.number,
                  comma(h.mass_kg * 0.96, 1)] for h in sorted(world.heats, key=lambda h: (h.shipped, h.number))]
    for number, row in enumerate(shipments, start=1):
        row[0] = f"F25{number:04d}"
    write_csv(folder / "leveranser.csv",
              ["Följesedel", "Datum", "Kundnr", "Order", "Charge", "Levererat_kg"], shipments, **form)
    for heat in world.heats:
        write_certificate(heat, folder / "documents" / certificate(heat))


def certificate(heat: Heat) -> str:
    return f"intyg-3.1-{heat.number}.pdf"


def write_certificate(heat: Heat, path: Path):
    """The analysis scatters round the grade's own, by a generator that the heat's number seeds."""
    scatter = Random(int(heat.number))
    number, analysis, yield_mpa, tensile_mpa, elongation = _GRADES[heat.grade]
    shares = {element: share * scatter.uniform(0.97, 1.03) for element, share in analysis.items()}
    shares |= {"P": scatter.uniform(0.006, 0.014), "S": scatter.uniform(0.001, 0.008)}
    write_pdf(path, f"Inspection certificate EN 10204 3.1 / Intyg 3.1  {heat.number}", [
        NAME,
        "",
        f"Heat / Charge            {heat.number}",
        f"Product / Produkt        {heat.name}",
        f"Grade / Stålsort         {heat.grade} ({number}), {heat.standard}",
        f"Cast / Gjuten            {iso(heat.cast)}",
        f"Mass / Vikt              {comma(heat.mass_kg, 1)} kg",
        "",
        "Chemical composition, heat analysis, % / Kemisk sammansättning",
        "  ".join(f"{element} {comma(share, 3)}" for element, share in shares.items()),
        "",
        "Tensile test, longitudinal, room temperature / Dragprov",
        f"ReH/Rp0.2 {yield_mpa + scatter.randrange(-15, 16)} MPa   Rm {tensile_mpa + scatter.randrange(-20, 21)} MPa"
        f"   A5 {elongation + scatter.randrange(0, 3)} %",
        f"Impact KV2 {scatter.randrange(45, 82)} J",
        "",
        "The products comply with the order. / Produkterna uppfyller ordern.",
        "Issued by: inspection department / Utfärdat av: avdelningen för provning",
    ])
