#!/usr/bin/env python3
"""Makes the example companies' files: the committed set, or a larger one of the same kind.

    python3 examples/generate.py                       the committed set, where it stands
    python3 examples/generate.py --scale 50 --out DIR  about 100,000 items in DIR

The same seed and scale make the same bytes. What people wrote by hand (mappings, settings,
partner lists, questions) is copied beside the data when DIR is another folder.
"""

import argparse
import shutil
from pathlib import Path

from generator import battery, fifth, mill, mine, oem, recycler, shop, wire
from generator.joined import Joining
from generator.world import History

HERE = Path(__file__).resolve().parent
BY_HAND = ["*-metadata.json", "policies/*.json", "adit.toml", "partners.csv", "yritys.csv", "foretag.csv", "firma.csv",
           "omistajat.csv", "toimittajat.csv", "README.md"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=4711, help="another history of the same kind")
    parser.add_argument("--scale", type=int, default=1, help="how many times the 40 machines of the committed set")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write the companies' folders into")
    asked = parser.parse_args()
    if asked.scale < 1:
        parser.error("--scale is 1 or more")
    world = History(asked.seed, asked.scale).run()
    joined = Joining(world, asked.seed).run()
    for company in (mill, shop, oem, mine, wire, battery, recycler, fifth):
        name = company.__name__.rpartition(".")[2]
        folder = asked.out / name
        folder.mkdir(parents=True, exist_ok=True)
        if company in (mill, battery):
            (folder / "documents").mkdir(exist_ok=True)
        if asked.out.resolve() != HERE:
            copy_by_hand(HERE / name, folder)
        company.write(world, folder)
    if asked.out.resolve() != HERE:
        for name in ("researcher", "university"):
            copy_by_hand(HERE / name, asked.out / name)
        shutil.copy(HERE / "demo.toml", asked.out)
        shutil.copytree(HERE / "questions", asked.out / "questions", dirs_exist_ok=True)
    units = len(world.units) + len(joined.motors)
    items = len(world.heats) + len(world.parts) + units + len(joined.packs)
    print(f"{items} items: {len(world.heats)} heats, {len(world.parts)} machined parts, {units} units of which"
          f" {len(world.machines)} machines, {len(joined.packs)} battery packs swapped {len(joined.swaps)} times")


def copy_by_hand(source: Path, target: Path):
    for pattern in BY_HAND:
        for path in source.rglob(pattern):
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)


if __name__ == "__main__":
    main()
