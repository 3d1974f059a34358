"""What the three companies that join later made and treated: wire, batteries, and what is left of them.

Drawn from a generator of its own, so that the history of `world.py` is the same with and without it.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from .world import AREAS, BAR, PART_MODELS, Installation, Machine, Part, Unit, World, at

# GS1 keeps the prefix 952 for examples; the last digit is the check digit.


def gtin(number: str) -> str:
    """A GTIN-14 of the twelve digits of a GTIN-13."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(number))
    return f"0{number}{-total % 10}"


LFP, NMC = gtin("952000100210"), gtin("952000100220")
# pack -> its modules and its cells
MODULES = {LFP: gtin("952000100110"), NMC: gtin("952000100120")}
CELLS = {LFP: gtin("952000100010"), NMC: gtin("952000100020")}
# pack -> (name, chemistry, rated capacity in Ah, rated energy in kWh, nominal voltage in V, mass in kg)
PACK_MODELS = {
    LFP: ("Vaihtoakku SA-230", "LFP", 280, "229.4", "819.2", 2348),
    NMC: ("Vaihtoakku SA-196", "NMC", 240, "196.2", "817.6", 1476),
}
MODULES_PER_PACK, CELLS_PER_MODULE = 4, 64
# A wire by its diameter in mm.
WIRES = {gtin("952000200010"): "1.60", gtin("952000200020"): "2.24"}
MOTOR, BOLT = "440-1400", "0010730"
SLOT = "=E2"

SWAPS_FROM, SWAPS_DAYS = date(2026, 8, 3), 90
# The serial of the part that the guided tour follows is also the serial of a pack.
SHARED_SERIAL = "00042"
# The pack that the recycler has in its workshop when it asks.
RETIRED_SERIAL = "00108"
SOLD, CONTRACTED, CONTRACT_ENDED = 6, 10, 7
LATE, REISSUED = 14, 19


@dataclass
class WireLot:
    """A lot of wire; figures in kg CO2e a kg by two methods, shares in per cent."""
    gtin: str
    number: str
    made: date
    delivered: date
    pre: int
    post: float
    gate: float
    whole: float


@dataclass
class Motor:
    unit: Unit
    machine: Machine
    lot: WireLot


@dataclass
class BoltLot:
    number: str
    heats: list
    made: date
    delivered: date
    pieces: int
    installed: list = field(default_factory=list)


@dataclass
class StockistLot:
    """Bar that came through a stockist, who gave it a number of its own."""
    number: str
    label: str
    heat: object


@dataclass
class Pack:
    gtin: str
    serial: str
    made: date
    delivered: date
    mass_kg: float
    leased: bool
    mine: str
    modules: list = field(default_factory=list)
    retired: date | None = None
    health: float = 100.0
    reports: str = ""


@dataclass
class CellModule:
    serial: str
    made: date
    lot: str
    bought: bool
    start: datetime
    end: datetime | None = None


@dataclass
class Swap:
    machine: Machine
    pack: Pack
    start: datetime
    end: datetime | None = None


@dataclass
class Joined:
    """What `world.py` does not know of."""
    motors: list = field(default_factory=list)
    wire_lots: list = field(default_factory=list)
    bolt_lots: list = field(default_factory=list)
    stockist_lots: list = field(default_factory=list)
    packs: list = field(default_factory=list)
    cell_lots: list = field(default_factory=list)
    swaps: list = field(default_factory=list)
    treated: list = field(default_factory=list)
    sold: tuple = ()
    operated: list = field(default_factory=list)
    late: Part | None = None
    scrapped: Part | None = None


class Joining:
    """Adds to a world what the three companies bring, and what of it the other four see."""

    def __init__(self, world: World, seed: int):
        self.world = world
        self.random = Random(seed + 1)
        self.joined = world.joined = Joined()
        self.taken = set()

    def run(self) -> Joined:
        self.wind_motors()
        self.cut_bolts()
        self.buy_from_the_stockist()
        self.lose_heats()
        self.sell_and_lend()
        self.replace_late()
        self.reissue_a_serial()
        self.build_packs()
        self.swap_packs()
        self.read_health()
        return self.joined

    def serial(self, letters: str = "0123456789", digits: int = 5) -> str:
        while True:
            text = "".join(self.random.choice(letters) for _ in range(digits + (len(self.taken) > 50_000)))
            if text not in self.taken:
                self.taken.add(text)
                return text

    # Copper

    def wind_motors(self):
        """Each machine has a motor, wound from one lot of wire."""
        machines = self.world.machines
        for index in range(max(1, len(machines) // 5)):
            first = machines[index * 5].unit.built
            made = first - timedelta(days=60 + self.random.randrange(10))
            post = self.random.randrange(180, 300) / 10
            gate = self.random.randrange(180, 260) / 100
            lot = WireLot(self.random.choice(list(WIRES)), f"T{made:%y%m}-{self.serial(digits=3)}", made,
                          made + timedelta(days=9), self.random.randrange(2, 8), post, gate,
                          round(gate * 1.05 + 0.11, 2))
            self.joined.wire_lots.append(lot)
            for machine in machines[index * 5:index * 5 + 5]:
                unit = Unit(MOTOR, self.serial("23456789ABCDFGHJKLMNPQRSTVWXYZ"),
                            machine.unit.built - timedelta(days=self.random.randrange(12, 30)))
                self.joined.motors.append(Motor(unit, machine, lot))

    # Steel

    def heats_by(self, day: date, grade: str, size: int, count: int) -> list:
        fitting = [heat for heat in self.world.heats if heat.form == BAR and heat.grade == grade
                   and heat.size_mm == size and heat.shipped <= day]
        return fitting[-count:]

    def cut_bolts(self):
        """Bolts carry no serial number: a lot of them is known, and how many went in where.

        Every third lot was cut from the bars of two heats.
        """
        subs = [i for i in self.world.as_built if i.item.model == "431-1110"]
        for index, first in enumerate(range(0, len(subs), 8)):
            made = subs[first].start.date() - timedelta(days=30)
            heats = self.heats_by(made, "42CrMo4", 60, 2 if index % 3 == 1 else 1)
            lot = BoltLot(f"E{made:%y}-{self.serial(digits=4)}", heats, made, made + timedelta(days=6), 200)
            lot.installed = [(i.item, i.start) for i in subs[first:first + 8]]
            self.joined.bolt_lots.append(lot)

    def ordinary_parts(self) -> list:
        """Delivered parts outside the story of heat 004711."""
        return [p for p in self.world.parts if p.heat and p.heat.number != "004711" and p.delivered]

    def buy_from_the_stockist(self):
        """In June 2025 the shop was short of bar and bought from a stockist."""
        parts = [p for p in self.ordinary_parts() if PART_MODELS[p.model][2] == 60
                 and date(2025, 6, 2) <= p.made <= date(2025, 6, 20)]
        for number, heat in enumerate(sorted({id(p.heat): p.heat for p in parts}.values(),
                                             key=lambda heat: heat.number)[:2], start=1):
            spaced = f"{heat.number[:3]} {heat.number[3:]}"
            lot = StockistLot(f"TK-8821{number}", f"KOL {spaced}/{number}", heat)
            self.joined.stockist_lots.append(lot)
            mine = [p for p in parts if p.heat is heat]
            for part in mine[:max(1, len(mine) // 2)]:
                part.bought_as = lot

    def lose_heats(self):
        """Three rows in a hundred have no heat: nobody typed it in."""
        parts = [p for p in self.ordinary_parts() if not p.bought_as]
        inside = {id(i.item) for i in self.parts_in(self.world.machines[LATE])}
        lost = self.random.sample(parts, len(self.world.parts) * 3 // 100)
        for part in [*lost, next(p for p in parts if id(p) in inside)]:
            part.heat_written = False

    # Machines

    def sell_and_lend(self):
        machines = self.world.machines
        sold = machines[SOLD]
        self.joined.sold = (sold, date(2026, 8, 15))
        self.joined.operated = [(machines[CONTRACT_ENDED], date(2026, 2, 2), date(2026, 7, 1)),
                                (machines[CONTRACTED], date(2026, 5, 4), None),
                                (sold, date(2026, 8, 15), None)]

    def parts_in(self, machine: Machine) -> list:
        """The parts that were built into a machine's sub-modules."""
        modules = {id(unit) for unit in machine.units.values()}
        subs = {id(i.item) for i in self.world.as_built if id(i.parent) in modules}
        return [i for i in self.world.as_built if id(i.parent) in subs]

    def replace(self, machine: Machine, model: str, serial: str, made: date, when: datetime) -> Part:
        row = next(i for i in self.parts_in(machine) if i.item.model == model and i.end is None
                   and i.item.heat.number != "004711")
        row.end = when - timedelta(hours=2, minutes=20)
        _, grade, size, mass = PART_MODELS[model]
        part = Part(model, serial, self.heats_by(made, grade, size, 1)[0], made, made + timedelta(days=8), mass)
        self.world.parts.append(part)
        self.world.service.append(Installation(part, row.parent, row.position, when))
        return part

    def replace_late(self):
        """A pump shaft was built in before the shop's delivery file of October came."""
        self.joined.late = self.replace(self.world.machines[LATE], "0010549", "61177", date(2026, 9, 28),
                                        datetime(2026, 10, 14, 11, 5))

    def reissue_a_serial(self):
        """Shaft 00777 was scrapped before it left; its number came back a year later, with a mark."""
        heat = self.heats_by(date(2025, 5, 5), "42CrMo4", 60, 1)[0]
        self.joined.scrapped = Part("0010549", "00777", heat, date(2025, 5, 5), None, 5.11)
        self.world.parts.append(self.joined.scrapped)
        self.replace(self.world.machines[REISSUED], "0010549", "00777-2", date(2026, 6, 8),
                     datetime(2026, 7, 2, 13, 30))

    # Batteries

    def pools(self) -> dict:
        """Mine -> the machines that stand there, in the time of the swaps."""
        pools = {}
        for stay in self.world.stays:
            if stay.end is None:
                pools.setdefault(AREAS[stay.area][1], []).append(stay.machine)
        return dict(sorted(pools.items()))

    def build_packs(self):
        for mine, machines in self.pools().items():
            for number in range(2 * len(machines)):
                kind = NMC if number % 5 == 3 else LFP
                made = date(2025, 1, 13) + timedelta(days=self.random.randrange(150))
                pack = Pack(kind, self.serial(), made, made + timedelta(days=21 + self.random.randrange(9)),
                            PACK_MODELS[kind][5] + self.random.randrange(-30, 31) / 10, number % 6 != 4, mine)
                pack.serial = {0: SHARED_SERIAL, 18: RETIRED_SERIAL}.get(len(self.joined.packs), pack.serial)
                self.joined.packs.append(pack)
        packs = sorted(self.joined.packs, key=lambda p: (p.made, p.serial))
        self.joined.cell_lots = sorted({(CELLS[p.gtin], f"C{p.made:%y%m}") for p in packs})
        for index, pack in enumerate(packs):
            for _ in range(MODULES_PER_PACK):
                made = pack.made - timedelta(days=self.random.randrange(5, 12))
                pack.modules.append(CellModule(self.serial(), made, f"C{pack.made:%y%m}", index % 4 == 2,
                                               at(pack.made)))
            if index % 20 == 9:
                self.replace_module(pack)

    def replace_module(self, pack: Pack):
        """A module of the other supplier took the place of the third one."""
        when = datetime(2026, 3, 3, 9, 0)
        pack.modules[2].end = when
        pack.modules.append(CellModule(self.serial(), date(2026, 2, 10), pack.modules[2].lot,
                                       not pack.modules[2].bought, when + timedelta(hours=4)))

    def swap_packs(self):
        """Two shifts a day for ninety days; a machine that rests keeps what it has."""
        sold, sold_on = self.joined.sold
        for mine, machines in self.pools().items():
            waiting = deque(p for p in self.joined.packs if p.mine == mine)
            for pack, day in ((waiting[10], date(2026, 8, 24)), (waiting[18], date(2026, 9, 1))):
                pack.retired = day
            inside = {}
            for slot in range(2 * SWAPS_DAYS):
                day = SWAPS_FROM + timedelta(days=slot // 2)
                shift = at(day, 6 if slot % 2 == 0 else 18)
                turns = sorted((shift + timedelta(minutes=self.random.randrange(55)), number)
                               for number in range(len(machines)) if self.random.random() >= 0.1)
                for begun, number in turns:
                    machine = machines[number]
                    is_sold = machine is sold and day >= sold_on
                    if id(machine) in inside:
                        self.take_out(inside.pop(id(machine)), at(sold_on, 5, 30) if is_sold else begun, waiting)
                    if not is_sold:
                        inside[id(machine)] = self.put_in(machine, waiting, begun)
        self.joined.swaps.sort(key=lambda swap: (swap.start, swap.pack.serial))
        self.joined.treated = [pack for pack in self.joined.packs if pack.retired]

    def put_in(self, machine: Machine, waiting: deque, begun: datetime) -> Swap:
        pack = waiting.popleft()
        while pack.retired and begun.date() >= pack.retired:
            pack = waiting.popleft()
        swap = Swap(machine, pack, begun + timedelta(minutes=4 + self.random.randrange(6)))
        self.joined.swaps.append(swap)
        return swap

    def take_out(self, swap: Swap, when: datetime, waiting: deque):
        swap.end = when
        waiting.append(swap.pack)

    def read_health(self):
        """Three generations of battery management say how a pack is in three ways, and some packs say nothing.

        The packs that end up in drill rigs are of every kind, so that a question about them meets them all.
        """
        in_rigs = [swap.pack for swap in self.joined.swaps if swap.end is None and swap.machine.unit.model == "BV-D2E"]
        kinds = [("remaining", 71.4), ("both", 82.3), ("fade", 77.5), ("certified", 68.2), ("", 75.0),
                 ("remaining", 91.2), ("fade", 88.1)]
        told = {id(pack): kinds[number % len(kinds)] for number, pack in enumerate(in_rigs)}
        for number, pack in enumerate(self.joined.packs):
            drawn = (kinds[number % len(kinds)][0], self.random.randrange(700, 975) / 10)
            pack.reports, pack.health = told.get(id(pack), drawn)
