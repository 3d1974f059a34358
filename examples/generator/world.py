"""What happened: heats, parts, machines, swaps and moves, before any company wrote it down.

The history has a fixed core, the story of heat 004711 that the guided tour follows, and a random rest.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

STORY_HEAT = "004711"
STORY_SERIAL = "00042"
LOCKING_PIN, PLANET_PIN, JOINT_SHAFT = "0010455", "0010421", "0010437"

BAR, PLATE = "bar", "plate"
# (form, grade, standard, dimension in mm, name in the mill's catalogue)
STEEL_PRODUCTS = [
    (BAR, "34CrNiMo6", "EN ISO 683-2", 80, "Rundstång 34CrNiMo6 Ø80"),
    (BAR, "42CrMo4", "EN ISO 683-2", 60, "Rundstång 42CrMo4 Ø60"),
    (BAR, "42CrMo4", "EN ISO 683-2", 120, "Rundstång 42CrMo4 Ø120"),
    (PLATE, "S355J2", "EN 10025-2", 40, "Grovplåt S355J2 40 mm"),
    (PLATE, "S690QL", "EN 10025-6", 30, "Grovplåt S690QL 30 mm"),
]
# part number -> (name in the shop's system, grade, bar diameter in mm, mass in kg)
PART_MODELS = {
    PLANET_PIN: ("Planeettatappi Ø80", "34CrNiMo6", 80, 6.35),
    JOINT_SHAFT: ("Nivelakseli Ø80x410", "34CrNiMo6", 80, 15.90),
    LOCKING_PIN: ("Lukitustappi Ø80, karkaistu", "34CrNiMo6", 80, 4.72),
    "0010518": ("Välikeholkki 120/85", "42CrMo4", 120, 3.08),
    "0010532": ("Männänvarsi Ø60; kromattu", "42CrMo4", 60, 21.40),
    "0010549": ("Pumppuakseli Ø60", "42CrMo4", 60, 5.15),
    "0010601": ("Laakeripesä 120", "42CrMo4", 120, 7.66),
    "0010617": ("Venttiilikara – hiottu", "42CrMo4", 60, 1.24),
}
# module -> (name, position in the machine, its sub-modules: article -> (name, position, shop parts in it))
MODULES = {
    "430-1100": ("Drivaxel", "=A1", {
        "431-1110": ("Navreduktion", "-G1", [PLANET_PIN, PLANET_PIN, PLANET_PIN, "0010601"]),
        "431-1120": ("Differentialväxel", "-G2", [JOINT_SHAFT, JOINT_SHAFT, "0010518", "0010518"]),
    }),
    "430-1200": ("Bommodul", "=B1", {
        "431-1210": ("Länkage", "-L1", [JOINT_SHAFT, JOINT_SHAFT, JOINT_SHAFT, "0010518"]),
        "431-1220": ("Tippcylinder", "-C1", ["0010532", "0010532", "0010518", "0010518"]),
    }),
    "430-1300": ("Hydraulmodul", "=H1", {
        "431-1310": ("Pumpenhet", "-P1", ["0010549", "0010549", "0010601", "0010601"]),
        "431-1320": ("Ventilblock", "-V1", ["0010617", "0010617", "0010617", "0010518"]),
    }),
    "450-2000": ("Batteripaket 350 kWh", "=E1", {
        "451-2010": ("Kylenhet", "-K1", ["0010549", "0010601", "0010518", "0010518"]),
        "451-2020": ("Låsmekanism", "-M1", [LOCKING_PIN, LOCKING_PIN, LOCKING_PIN, LOCKING_PIN]),
    }),
}
BATTERY, AXLE, HUB, LOCK = "450-2000", "430-1100", "431-1110", "451-2020"
FRAME = "420-3000"
MACHINE_MODELS = {
    "BV-L14E": "Batterilastare 14 t",
    "BV-D2E": "Tvåbommars borrigg",
    "BV-T40E": "Batteridumper 40 t",
}
# area -> (name, mine)
AREAS = {
    "11": ("Rautakurun maanalainen kaivos", "10"),
    "12": ("Rautakurun avolouhos", "10"),
    "21": ("Mustalouhen maanalainen kaivos", "20"),
    "22": ("Mustalouhen rikastamoalue", "20"),
}
MINES = {"10": "Rautakurun kaivos", "20": "Mustalouhen kaivos"}
SERIAL_LETTERS = "23456789ABCDFGHJKLMNPQRSTVWXYZ"


@dataclass
class Heat:
    number: str
    form: str
    grade: str
    standard: str
    size_mm: int
    name: str
    cast: date
    shipped: date
    mass_kg: int
    order: str


@dataclass
class Part:
    """A machined part; `delivered` is None while it lies at the shop.

    `bought_as` is the lot of the stockist that its bar came through; without `heat_written` nobody noted the heat.
    """
    model: str
    serial: str
    heat: Heat
    made: date
    delivered: date | None
    mass_kg: float
    bought_as: object = None
    heat_written: bool = True


@dataclass
class Unit:
    """A serialised unit of the machine builder: frame, sub-module, module, battery or machine."""
    model: str
    serial: str
    built: date
    heat: Heat | None = None


@dataclass
class Installation:
    """`item` sits in `parent` from `start` until `end`, or still."""
    item: Part | Unit
    parent: Unit
    position: str
    start: datetime
    end: datetime | None = None


@dataclass
class Machine:
    unit: Unit
    delivered: date | None
    units: dict = field(default_factory=dict)


@dataclass
class Stay:
    machine: Machine
    area: str
    start: date
    end: date | None = None


@dataclass
class World:
    heats: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    units: list = field(default_factory=list)
    machines: list = field(default_factory=list)
    as_built: list = field(default_factory=list)
    service: list = field(default_factory=list)
    stays: list = field(default_factory=list)
    leases: list = field(default_factory=list)
    owned: list = field(default_factory=list)
    hours: list = field(default_factory=list)
    rebuilt: tuple = ()
    joined: object = None


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """An instant on a day, by the clock on the wall."""
    return datetime(day.year, day.month, day.day, hour, minute)


class History:
    """Lets the years pass, in the order in which things happened."""

    MACHINES, HEATS_PER_BAR, HEATS_PER_PLATE = 40, 12, 6
    START, END = date(2025, 2, 3), date(2025, 12, 8)

    def __init__(self, seed: int, scale: int):
        self.random = Random(seed)
        self.scale = scale
        self.world = World()
        self.taken = {("part", LOCKING_PIN, STORY_SERIAL), ("part", "0010549", "00777"), ("part", "0010549", "61177")}
        self.story = None

    def run(self) -> World:
        self.cast_heats()
        self.build_machines()
        self.make_spares()
        self.use_machines()
        self.tell_story()
        return self.world

    def serial(self, kind: str, model: str, digits: int = 5) -> str:
        """A number that nobody has yet; drawn, so that it says nothing of how many were made."""
        while True:
            if kind == "part":
                text = f"{self.random.randrange(10 ** (digits + (self.scale > 50))):0{digits}d}"
            else:
                text = "".join(self.random.choice(SERIAL_LETTERS) for _ in range(digits))
            if (kind, model, text) not in self.taken:
                self.taken.add((kind, model, text))
                return text

    # Steel

    def cast_heats(self):
        numbers = iter(self.random.sample(range(100, 900_000), 80 * self.scale))
        for form, grade, standard, size, name in STEEL_PRODUCTS:
            count = (self.HEATS_PER_BAR if form == BAR else self.HEATS_PER_PLATE) * self.scale
            for index in range(count):
                cast = date(2024, 9, 2) + timedelta(days=index * 400 // count + self.random.randrange(5))
                story = (size, index) == (80, 2 * self.scale)
                number = STORY_HEAT if story else f"{next(numbers):06d}"
                if story:
                    cast = date(2024, 11, 5)
                heat = Heat(number, form, grade, standard, size, name, cast,
                            cast + timedelta(days=self.random.randrange(10, 22)),
                            self.random.randrange(52_000, 68_000, 10), f"O{self.random.randrange(10**5):05d}")
                self.story = heat if story else self.story
                self.world.heats.append(heat)
        self.world.heats.sort(key=lambda heat: (heat.cast, heat.number))
        self.by_size = {}
        for heat in sorted(self.world.heats, key=lambda heat: (heat.shipped, heat.number)):
            if heat is not self.story:
                self.by_size.setdefault((heat.form, heat.grade, heat.size_mm), []).append(heat)

    def heat_for(self, form: str, grade: str, size: int, day: date) -> Heat:
        """One of the last heats that had arrived by a day."""
        heats = self.by_size[form, grade, size]
        arrived = bisect_left(heats, day - timedelta(days=4), key=lambda heat: heat.shipped) or 1
        return heats[self.random.randrange(max(0, arrived - 3 * self.scale), arrived)]

    # Parts and machines

    def make_part(self, model: str, day: date, heat: Heat | None = None, serial: str | None = None) -> Part:
        _, grade, size, mass = PART_MODELS[model]
        made = day - timedelta(days=self.random.randrange(8, 25))
        part = Part(model, serial or self.serial("part", model), heat or self.heat_for(BAR, grade, size, made),
                    made, day, mass + self.random.randrange(-4, 5) / 100)
        self.world.parts.append(part)
        return part

    def make_unit(self, model: str, day: date, heat: Heat | None = None) -> Unit:
        unit = Unit(model, self.serial("unit", model), day, heat)
        self.world.units.append(unit)
        return unit

    def install(self, item, parent: Unit, position: str, day: date):
        self.world.as_built.append(Installation(item, parent, position, at(day)))

    def build_module(self, model: str, day: date) -> Unit:
        module = self.make_unit(model, day)
        for article, (_, place, parts) in MODULES[model][2].items():
            sub_day = day - timedelta(days=self.random.randrange(3, 8))
            sub = self.make_unit(article, sub_day)
            for index, part_model in enumerate(parts, start=1):
                part = self.make_part(part_model, sub_day - timedelta(days=self.random.randrange(5, 12)))
                self.install(part, sub, f"-X{index}", sub_day)
            self.install(sub, module, place, day)
        return module

    def build_machines(self):
        count = self.MACHINES * self.scale
        models = list(MACHINE_MODELS)
        for index in range(count):
            day = self.START + (self.END - self.START) * index // count
            unit = self.make_unit(models[index % 5 % 3], day)
            stays_home = index == 13 or index % self.MACHINES >= 33
            machine = Machine(unit, None if stays_home else day + timedelta(days=self.random.randrange(9, 25)))
            frame_day = day - timedelta(days=14)
            grade, size = self.random.choice([("S355J2", 40), ("S690QL", 30)])
            frame = self.make_unit(FRAME, frame_day, self.heat_for(PLATE, grade, size, frame_day))
            self.install(frame, unit, "=R1", day)
            machine.units[FRAME] = frame
            for model, (_, place, _) in MODULES.items():
                module = self.build_module(model, day - timedelta(days=self.random.randrange(4, 10)))
                self.install(module, unit, place, day)
                machine.units[model] = module
            self.world.machines.append(machine)

    def make_spares(self):
        """Batteries on the shelf, parts on the shelf, and parts that never left the shop."""
        for _ in range(4 * self.scale):
            self.build_module(BATTERY, date(2025, 10, 6) + timedelta(days=self.random.randrange(60)))
        for _ in range(60 * self.scale):
            model = self.random.choice(list(PART_MODELS))
            part = self.make_part(model, date(2025, 3, 3) + timedelta(days=self.random.randrange(300)))
            if self.random.random() < 0.4:
                part.delivered = None

    # Use

    def use_machines(self):
        areas = list(AREAS)
        for index, machine in enumerate(self.world.machines):
            if machine.delivered is None:
                continue
            arrived = machine.delivered + timedelta(days=self.random.randrange(2, 8))
            first = self.random.choice(areas)
            if index % 6 == 5:
                moved = date(2026, 1, 12) + timedelta(days=self.random.randrange(150))
                # A machine moves to the other mine and never back within this history.
                second = self.random.choice([area for area in areas if AREAS[area][1] != AREAS[first][1]])
                self.world.stays += [Stay(machine, first, arrived, moved), Stay(machine, second, moved)]
            else:
                self.world.stays.append(Stay(machine, first, arrived))
            if index == 8:
                self.world.leases.append((machine, arrived, None))
            elif index == 11:
                bought = date(2026, 4, 1)
                self.world.leases.append((machine, arrived, bought))
                self.world.owned.append((machine, bought))
            else:
                self.world.owned.append((machine, arrived))
            for month in range(1, 10):
                tenths = self.random.randrange(1_800, 4_600)
                self.world.hours.append((machine, f"2026-{month:02d}", tenths))

    # The story of heat 004711

    def swap_in(self, machine: Machine, module: str, sub: str, model: str, count: int = 1, serial=None):
        """Replaces parts as built by parts of the story's heat, before anybody wrote anything down."""
        parent = next(i.item for i in self.world.as_built
                      if i.parent is machine.units[module] and i.item.model == sub)
        rows = [i for i in self.world.as_built if i.parent is parent and i.item.model == model][:count]
        for row in rows:
            self.world.parts.remove(row.item)
            delivered = row.start.date() - timedelta(days=6)
            row.item = self.make_part(model, delivered, self.story, serial)
        return rows

    def tell_story(self):
        machines = self.world.machines
        boom = ("430-1200", "431-1210", JOINT_SHAFT)
        hub = (AXLE, HUB, PLANET_PIN)
        self.swap_in(machines[3], *hub, count=3)
        self.swap_in(machines[5], *boom, count=2)
        self.swap_in(machines[8], *hub)
        self.swap_in(machines[11], *boom, count=3)
        self.swap_in(machines[11], *hub)
        self.swap_in(machines[13], *hub, count=2)
        self.swap_in(machines[1], BATTERY, LOCK, LOCKING_PIN, serial=STORY_SERIAL)
        for _ in range(3):
            self.make_part(PLANET_PIN, date(2025, 3, 17), self.story)
        for _ in range(2):
            self.make_part(JOINT_SHAFT, date(2025, 3, 17), self.story).delivered = None
        replaced = self.replace_part(machines[2], hub, date(2026, 2, 10))
        self.swap_batteries(machines[1], machines[4], date(2026, 3, 17))
        target = next(i for i in self.world.as_built
                      if i.parent is machines[9].units[AXLE] and i.item.model == HUB).item
        taken_out = next(i for i in self.world.as_built if i.parent is target and i.item.model == PLANET_PIN)
        taken_out.end = at(date(2026, 5, 19), 8, 30)
        self.world.rebuilt = (replaced, target, taken_out.position, datetime(2026, 5, 19, 14, 10))
        self.replace_some_others()

    def replace_part(self, machine: Machine, where, day: date) -> Part:
        row, = self.swap_in(machine, *where)
        new = self.make_part(where[2], day - timedelta(days=20))
        row.end = at(day, 9, 15)
        self.world.service.append(Installation(new, row.parent, row.position, at(day, 11, 40)))
        return row.item

    def replace_some_others(self):
        """Replacements that have nothing to do with the story's heat."""
        modules = {id(module) for machine in self.world.machines if machine.delivered
                   for module in machine.units.values()}
        subs = {id(i.item) for i in self.world.as_built if id(i.parent) in modules}
        rows = [i for i in self.world.as_built
                if id(i.parent) in subs and i.item.heat is not self.story and i.end is None]
        for row in self.random.sample(rows, 12 * self.scale):
            day = date(2026, 2, 2) + timedelta(days=self.random.randrange(200))
            row.end = at(day, 7, 45)
            new = self.make_part(row.item.model, day - timedelta(days=self.random.randrange(12, 30)))
            self.world.service.append(Installation(new, row.parent, row.position, at(day, 10, 5)))

    def swap_batteries(self, one: Machine, other: Machine, day: date):
        """Each machine leaves with the other's battery; both go on working the same afternoon."""
        rows = [next(i for i in self.world.as_built if i.item is m.units[BATTERY]) for m in (one, other)]
        rows[0].end, rows[1].end = at(day, 10, 30), at(day, 12, 40)
        self.world.service.append(Installation(rows[0].item, other.unit, "=E1", at(day, 13, 15)))
        self.world.service.append(Installation(rows[1].item, one.unit, "=E1", at(day, 15, 5)))
