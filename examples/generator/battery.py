"""The battery maker's files: models, packs, modules, lots of cells, contracts, and what the packs report."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from .joined import CELLS, CELLS_PER_MODULE, LFP, MODULES, NMC, PACK_MODELS, Joined, Pack
from .world import World
from .writers import comma, finnish, write_csv, write_pdf

MINE, OWN_CELLS, CELL_HOUSE, RECYCLER = "3001", "4000", "4001", "5001"
SITE = "SYS1"
READINGS = [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
_DOCUMENTS = {
    "kaytto": ("Käyttöohje", ["Lataus 0...45 °C, purku -20...50 °C.", "Varastointi 30...50 % varauksella."]),
    "turva": ("Turvallisuusohje", ["Jännite yli 800 V DC: vain sähköalan ammattilaisille.",
                                   "Palo: jäähdytä vedellä vähintään 24 tuntia."]),
    "purku": ("Purkuohje", ["1. Pura varaus alle 10 prosenttiin.", "2. Avaa huoltokytkin ja mittaa jännitteettömyys.",
                            "3. Irrota moduulit järjestyksessä 4, 3, 2, 1.",
                            "4. Kennot on liimattu: älä taivuta moduulia."]),
    "vakuutus": ("EU-vaatimustenmukaisuusvakuutus", ["Asetus (EU) 2023/1542.", "Sysilammella 15.1.2025."]),
}
# pack -> (material, share of mass in per cent, critical?)
_MATERIALS = {
    LFP: [("LI", "1,6", "K"), ("FEP", "24,5", "E"), ("GR", "13,8", "K"), ("CU", "9,4", "K"), ("AL", "19,7", "E"),
          ("EL", "12,1", "E"), ("FE", "13,2", "E"), ("PL", "5,7", "E")],
    NMC: [("LI", "2,1", "K"), ("NI", "12,9", "K"), ("CO", "4,4", "K"), ("MN", "4,1", "K"), ("GR", "16,2", "K"),
          ("CU", "11,0", "K"), ("AL", "21,3", "E"), ("EL", "13,0", "E"), ("FE", "9,8", "E"), ("PL", "5,2", "E")],
}
# pack -> (CAS number, EC number, name, mass share in per cent, where)
_SUBSTANCES = {
    LFP: [("21324-40-3", "244-334-7", "lithium hexafluorophosphate", "1,5", "kennot, elektrolyytti"),
          ("96-49-1", "202-510-0", "ethylene carbonate", "3,6", "kennot, elektrolyytti"),
          ("7439-92-1", "231-100-4", "lead", "0,02", "ohjausyksikkö, juotteet")],
    NMC: [("21324-40-3", "244-334-7", "lithium hexafluorophosphate", "1,8", "kennot, elektrolyytti"),
          ("7440-48-4", "231-158-0", "cobalt", "4,4", "kennot, katodi"),
          ("7440-02-0", "231-111-4", "nickel", "12,9", "kennot, katodi"),
          ("7439-92-1", "231-100-4", "lead", "0,15", "ohjausyksikkö, juotteet")],
}
# pack, name, (chemistry, Ah, kWh, V, kg) of its modules and cells
_MODULES = [(LFP, "SM-57", ("LFP", 280, "57,3", "204,8", 520)), (NMC, "SM-49", ("NMC", 240, "49,1", "204,4", 318))]
_CELLS = [(LFP, "SK-280", ("LFP", 280, "0,9", "3,2", "5,4")), (NMC, "SK-240", ("NMC", 240, "0,88", "3,65", "4,1"))]
# pack -> (kg CO2e a pack, share of primary data in per cent)
_FOOTPRINTS = {LFP: ("15820", 71), NMC: ("17410", 58)}


def document(kind: str, gtin: str) -> str:
    return f"{kind}-{PACK_MODELS[gtin][0].split()[1].lower()}.pdf"


def write(world: World, folder: Path):
    joined = world.joined
    form = dict(encoding="utf-8", delimiter=";", line_end="\n")
    write_models(folder, form)
    packs = sorted(joined.packs, key=lambda p: (p.made, p.serial))
    write_packs(packs, folder, form)
    write_modules(joined, packs, folder, form)
    write_contracts(packs, folder, form)
    write_readings(packs, folder)


def write_models(folder: Path, form: dict):
    write_csv(folder / "tuotteet.csv",
              ["GTIN", "Nimi", "Kemia", "Kapasiteetti_Ah", "Energia_kWh", "Jännite_V", "Paino_kg", "CN",
               "Vakuutus", "Käyttöohje", "Turvaohje", "Purkuohje"],
              [[gtin, name, chemistry, capacity, energy.replace(".", ","), voltage.replace(".", ","), mass, "85076000",
                *(document(kind, gtin) for kind in ("vakuutus", "kaytto", "turva", "purku"))]
               for gtin, (name, chemistry, capacity, energy, voltage, mass) in PACK_MODELS.items()]
              + [[MODULES[gtin], f"Moduuli {name}", *rest] + [None] * 5 for gtin, name, rest in _MODULES]
              + [[CELLS[gtin], f"Kenno {name}", *rest] + [None] * 5 for gtin, name, rest in _CELLS], **form)
    for kind, (title, lines) in _DOCUMENTS.items():
        for gtin, (name, chemistry, *_) in PACK_MODELS.items():
            write_pdf(folder / "documents" / document(kind, gtin), f"{title}  {name}",
                      ["Sysilammen Akku Oy", f"GTIN {gtin}, {chemistry}", "", *lines])
    write_csv(folder / "materiaalit.csv", ["GTIN", "Materiaali", "Osuus_pros", "Kriittinen"],
              [[gtin, *row] for gtin, rows in _MATERIALS.items() for row in rows], **form)
    write_csv(folder / "aineet.csv", ["GTIN", "CAS", "EY", "Aine", "Pitoisuus_pros", "Sijainti"],
              [[gtin, *row] for gtin, rows in _SUBSTANCES.items() for row in rows], **form)
    write_csv(folder / "jalanjaljet.csv",
              ["GTIN", "Laskentaohje", "kgCO2e_kpl", "Paino_kg", "Alku", "Loppu", "Primääridata_pros", "Varmennus"],
              [[gtin, "whole-product-2025", pcf, PACK_MODELS[gtin][5], "01.01.2025", "01.01.2026", primary,
                "kolmas osapuoli"] for gtin, (pcf, primary) in _FOOTPRINTS.items()], **form)
    write_csv(folder / "kierratys.csv",
              ["GTIN", "Materiaali", "Ennen_kayttoa_pros", "Kayton_jalkeen_pros", "Laskentaohje"],
              [[gtin, material, before, after, "whole-product-2025"] for gtin in PACK_MODELS
               for material, before, after in (("CU", "4,0", "31,0"), ("AL", "8,5", "40,5"))], **form)


def write_packs(packs: list, folder: Path, form: dict):
    """A pack, its passport and its birth certificate are one line of the production system."""
    write_csv(folder / "akut.csv",
              ["GTIN", "Sarjanumero", "Nimi", "Valmistettu", "Paino_kg", "Tila", "Passi", "Passi_muutettu",
               "Tehdas", "Rakenne_sha256", "Koestus_sha256"],
              [[p.gtin, p.serial, f"{PACK_MODELS[p.gtin][0]} {p.serial}", finnish(p.made), comma(p.mass_kg, 1),
                "jäte" if p.retired else "alkuperäinen", "arkistoitu" if p.retired else "voimassa",
                finnish(datetime.combine(p.retired or p.delivered, datetime.min.time()) + timedelta(hours=12)), SITE,
                digest(*(f"{m.serial} {m.lot}" for m in p.modules[:4])), digest("koestus", p.gtin, p.serial)]
               for p in packs], **form)


def digest(*lines: str) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()


def write_modules(joined: Joined, packs: list, folder: Path, form: dict):
    rows = [(m, p) for p in packs for m in p.modules]
    places = {id(m): min(number, 2) if number > 3 else number for p in packs for number, m in enumerate(p.modules)}
    names = {gtin: name for gtin, name, _ in _MODULES}
    write_csv(folder / "moduulit.csv",
              ["GTIN", "Sarjanumero", "Nimi", "Valmistettu", "Toimittaja", "Akku_GTIN", "Akku", "Paikka",
               "Valmistuksessa", "Asennettu", "Poistettu"],
              [[MODULES[p.gtin], m.serial, f"Moduuli {names[p.gtin]} {m.serial}", finnish(m.made),
                CELL_HOUSE if m.bought else OWN_CELLS,
                p.gtin, p.serial, f"-M{places[id(m)] + 1}", "E" if m.start.year == 2026 else "K", finnish(m.start),
                finnish(m.end)]
               for m, p in rows], **form)
    write_csv(folder / "kennoerat.csv", ["GTIN", "Erä", "Nimi"],
              [[gtin, lot, f"Kennoja, erä {lot}"] for gtin, lot in joined.cell_lots], **form)
    write_csv(folder / "kennot.csv", ["Kenno_GTIN", "Erä", "Moduuli_GTIN", "Moduuli", "Kpl", "Asennettu"],
              [[CELLS[p.gtin], m.lot, MODULES[p.gtin], m.serial, CELLS_PER_MODULE, finnish(m.made)]
               for m, p in rows], **form)


def write_contracts(packs: list, folder: Path, form: dict):
    """All packs went to the mine: most of them are leased, so ours; the others were sold."""
    write_csv(folder / "toimitukset.csv", ["Lähete", "Asiakasnro", "GTIN", "Sarjanumero", "Toimitettu"],
              [[f"LA{26000 + number}", MINE, p.gtin, p.serial, finnish(p.delivered)]
               for number, p in enumerate(packs, start=1)], **form)
    write_csv(folder / "vuokraus.csv", ["Sopimus", "GTIN", "Sarjanumero", "Alkaen", "Päättyen"],
              [[f"V-{p.serial}", p.gtin, p.serial, finnish(p.delivered), finnish(p.retired)]
               for p in packs if p.leased], **form)
    write_csv(folder / "myydyt.csv", ["Kauppa", "Ostaja", "GTIN", "Sarjanumero", "Alkaen"],
              [[f"K-{p.serial}", MINE, p.gtin, p.serial, finnish(p.delivered)] for p in packs if not p.leased], **form)
    write_csv(folder / "palautukset.csv", ["Palautus", "Vastaanottaja", "GTIN", "Sarjanumero", "Luovutettu"],
              [[f"P-{p.serial}", RECYCLER, p.gtin, p.serial, finnish(p.retired + timedelta(days=4))]
               for p in packs if p.retired], **form)


def write_readings(packs: list, folder: Path):
    """Three generations of battery management, three files: ampere hours left, per cent lost, certified energy."""
    rows = {"remaining": [], "fade": [], "certified": []}
    for number, day in enumerate(READINGS):
        when = f"{day.isoformat()}T23:30:00{'+03:00' if day < date(2026, 10, 25) else '+02:00'}"
        for pack in packs:
            if pack.retired and pack.retired <= day:
                continue
            for kind, value in reported(pack, pack.health - 0.4 * number):
                rows[kind].append([pack.gtin, pack.serial, f"{value:.1f}", when])
    names = {"remaining": ("bms3.csv", "remaining_Ah"), "fade": ("bms2.csv", "capacity_fade_pct"),
             "certified": ("bms1.csv", "soce_pct")}
    for kind, (name, column) in names.items():
        write_csv(folder / name, ["gtin", "serial", column, "measured_at"], rows[kind],
                  encoding="utf-8", delimiter=",", line_end="\n")


def reported(pack: Pack, health: float):
    """Packs that report in two ways do not quite agree with themselves."""
    if pack.reports in ("remaining", "both"):
        yield "remaining", health * PACK_MODELS[pack.gtin][2] / 100
    if pack.reports in ("fade", "both"):
        yield "fade", 100 - health + (6 if pack.reports == "both" else 0)
    if pack.reports == "certified":
        yield "certified", health
