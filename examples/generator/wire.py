"""The wire maker's files: wires, lots, shipments, figures. UTF-16 with tabs, as a spreadsheet saves "Unicode text"."""

from pathlib import Path

from .joined import WIRES
from .world import World
from .writers import comma, iso, write_csv

OEM = "7004"
_HEADER_OF_FIGURES = ["GTIN", "Parti", "Metod", "kgCO2e_per_kg", "Enhet", "Från", "Till", "Primärdata_procent",
                      "Granskning"]


def write(world: World, folder: Path):
    joined = world.joined
    form = dict(encoding="utf-16", delimiter="\t", line_end="\r\n")
    write_csv(folder / "produkter.csv", ["GTIN", "Benämning", "Diameter_mm", "KN_nummer"],
              [[gtin, f"Lindningstråd Cu-ETP {comma(float(size), 2)} mm", comma(float(size), 2), "85441110"]
               for gtin, size in WIRES.items()], **form)
    lots = joined.wire_lots
    write_csv(folder / "partier.csv", ["GTIN", "Parti", "Benämning", "Dragen", "Kundnr", "Levererad"],
              [[lot.gtin, lot.number, f"Lindningstråd {comma(float(WIRES[lot.gtin]), 2)} mm, parti {lot.number}",
                iso(lot.made), OEM, iso(lot.delivered)] for lot in lots], **form)
    # Two methods, two figures a lot: one stops at the drawn wire, the other counts offcuts and packing too.
    rows = []
    for lot in lots:
        for method, figure in (("finished-metal-2025", lot.gate), ("whole-product-2025", lot.whole)):
            rows.append([lot.gtin, lot.number, method, comma(figure, 2), "kg", "2025-01-01", "2026-01-01", 78,
                         "tredje part"])
    write_csv(folder / "klimat.csv", _HEADER_OF_FIGURES, rows, **form)
    write_csv(folder / "atervunnet.csv", ["GTIN", "Parti", "Material", "Före_konsument", "Efter_konsument", "Metod"],
              [[lot.gtin, lot.number, "Cu", comma(lot.pre, 1), comma(lot.post, 1), "finished-metal-2025"]
               for lot in lots], **form)
    write_csv(folder / "sammansattning.csv", ["GTIN", "Material", "Massandel_procent", "Kritisk"],
              [[gtin, material, share, critical] for gtin in WIRES
               for material, share, critical in (("Cu", "98,1", "ja"), ("lack", "1,9", "nej"))], **form)
