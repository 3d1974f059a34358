#!/usr/bin/env python3
"""Computes what each caller must get, from the companies' files alone.

Shares nothing with Adit: it reads the files by their column names (not by the mappings), knows the
questions in plain Python (no SPARQL), and applies the rules of who may see what by itself. In `oracle/`,
`files.py` reads, `states.py` says what the rows mean, `sight.py` who sees it, `questions.py` what follows.

    python3 examples/expected.py             writes examples/expected/*.csv, cases.csv among them
    python3 examples/expected.py --check     recomputes them; exit code 1 names the files that differ
    python3 examples/expected.py --data DIR  the same for a set that generate.py made in DIR
"""

import argparse
import csv
import io
import re
import sys
from pathlib import Path

from oracle.files import read_text, read_xlsx
from oracle.questions import QUESTIONS, Seen
from oracle.sight import CALLERS, Circle

HERE = Path(__file__).resolve().parent
NOW, BEFORE, DURING = "2026-11-01T00:00:00Z", "2026-01-15T00:00:00Z", "2026-03-17T10:00:00Z"
FIRST_THREE = ("machines-with-heat", "where-is-serial", "hours-of-model")
FIRST_CALLERS = ("oem", "shop", "public", "researcher", "wrong-purpose")
# question -> callers beside oem, shop, public, researcher and wrong-purpose
MORE_CALLERS = {
    "worn-batteries": ("oem-repair", "recycler"), "built-and-maintained": ("mine",),
    "footprint-of-machine": ("recycler",), "machine-with-substance": ("recycler",),
    "products-with-substance": ("recycler",), "parts-of-model": ("recycler",), "copper-of-motor": (),
    "dismantling": ("recycler", "recycler-warranty"), "who-has-what": ("mine",),
    "what-became-of-pack": ("oem-repair", "recycler", "mine"), "parts-without-heat": (), "parts-of-heat": (),
}
# Circles: all seven companies; the four before the others joined; the seven and the workshop; the seven after the
# shop's late delivery file.
CIRCLES = {"seven": {}, "four": {"joined": False}, "workshop": {"fifth": True}, "late": {"late": True}}


def cases():
    """(file, question, caller, date, circle), one expected file each."""
    for question in FIRST_THREE:
        for caller in FIRST_CALLERS:
            yield f"{question}.{caller}.csv", question, caller, NOW, "seven"
    for question in ("machines-with-heat", "where-is-serial"):
        yield f"{question}.oem.{BEFORE[:10]}.csv", question, "oem", BEFORE, "seven"
    yield f"where-is-serial.oem.{DURING[:10]}.csv", "where-is-serial", "oem", DURING, "seven"
    for question, more in MORE_CALLERS.items():
        for caller in FIRST_CALLERS + more:
            yield f"{question}.{caller}.csv", question, caller, NOW, "seven"
    yield "who-has-what.oem.2026-07-15.csv", "who-has-what", "oem", "2026-07-15T00:00:00Z", "seven"
    for caller in FIRST_CALLERS:
        yield f"machines-with-heat.{caller}.with-fifth.csv", "machines-with-heat", caller, NOW, "workshop"
    for question, caller in (("machines-with-heat", "oem"), ("worn-batteries", "oem-repair"),
                             ("footprint-of-machine", "oem"), ("built-and-maintained", "oem"),
                             ("machine-with-substance", "oem"), ("copper-of-motor", "oem"), ("who-has-what", "oem")):
        yield f"{question}.{caller}.before-joining.csv", question, caller, NOW, "four"
    yield "parts-without-heat.oem.late-file.csv", "parts-without-heat", "oem", NOW, "late"


def short(purpose: str | None) -> str:
    return (purpose or "").partition(":")[2].removeprefix("purpose-")


def is_whole(caller: str, circle: Circle) -> bool:
    """Whether every partner that the asker's own list names can be asked."""
    folder = CALLERS[caller][0]
    if folder not in circle.companies:
        return True
    reached = {company.did for company in circle.companies.values()}
    return set(circle.companies[folder].partner.values()) <= reached


# What the battery maker is asked in the test, in this order.
ASKED = [("worn-batteries", "oem-repair"), ("dismantling", "recycler"), ("dismantling", "recycler-warranty"),
         ("products-with-substance", "researcher"), ("products-with-substance", "public")]
# policy file, in the order in which a connector reads them -> the tiers that it opens
POLICIES = {"legitimate-interest": {"legitimateInterest", "public"}, "partner": {"partner", "public"},
            "public": {"public"}, "research": {"research", "public"}}


def asked(circle: Circle, of: str) -> tuple:
    """Who asked a company, for what, showing what, and which rule was the first to open each tier."""
    rows = set()
    dids = {it["folder"]: it["did"] for it in circle.plan["company"]}
    for _, caller in ASKED:
        folder, purpose, shows = CALLERS[caller]
        tiers = circle.opens(of, caller)
        rules = {next(rule for rule, opens in POLICIES.items() if tier in opens and opens <= tiers) for tier in tiers}
        shown = {f"{it['type']} by {dids[it['issuer']]}" for it in circle.plan["credential"] if it["holder"] == folder}
        if frozenset((folder, of)) in circle.partners:
            shown.add(f"PartnerCredential by {dids[of]}")
        rows.add((dids.get(folder, "") if shows else "anonymous", short(purpose),
                  "; ".join(sorted(shown)) if shows else "",
                  "; ".join(f"urn:adit:policy:{rule}#permission-1" for rule in sorted(rules)), "permitted"))
    # Who has no company is named by a key, which is another each time: its name is left blank here.
    return ("asker", "purpose", "credentials", "permitted_by", "outcome"), sorted(
        rows, key=lambda row: (row[0] != "anonymous", row))


def table(header, rows) -> bytes:
    """A table as SPARQL 1.1 writes results in CSV: comma, CR LF."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    return text.getvalue().encode()


def compute(data: Path) -> dict[str, bytes]:
    files, index = {}, []
    circles = {name: Circle(data, **how) for name, how in CIRCLES.items()}
    seen = {}
    for file, question, caller, at, name in cases():
        circle = circles[name]
        if (name, caller) not in seen:
            seen[name, caller] = Seen(circle.visible(caller))
        seen[name, caller].at = at
        header, rows = QUESTIONS[question](seen[name, caller], circle.companies)
        files[file] = table(header, sorted(rows))
        folder, purpose, shows = CALLERS[caller]
        asks_at = folder if folder in circle.companies else ""
        index.append((file, f"{question}.rq", caller, asks_at, short(purpose), at, name,
                      "yes" if is_whole(caller, circle) else "no", len(rows)))
    header = ("file", "question", "caller", "asks_at", "purpose", "at", "circle", "whole", "rows")
    files["cases.csv"] = table(header, index)
    files["asked.battery.csv"] = table(*asked(circles["seven"], "battery"))
    return files


def wrong_citations(data: Path) -> list[str]:
    """Lines that expected/README.md cites as `file:line` `text` and that do not stand there."""
    wrong = []
    for file, line, text in re.findall(r"`([\w./-]+):(\d+)` `([^`]+)`", (data / "expected" / "README.md").read_text()):
        path = data / file
        if path.suffix == ".xlsx":
            row = list(read_xlsx(path)[int(line) - 2].values())
            stands = ";".join(row)
        else:
            stands = read_text(path).splitlines()[int(line) - 1]
        if stands != text:
            wrong.append(f"expected/README.md cites {file}:{line} as '{text}'; there stands '{stands}'")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files there and change nothing")
    parser.add_argument("--data", type=Path, default=HERE, help="the folder with the companies' folders")
    asked = parser.parse_args()
    folder, files = asked.data / "expected", compute(asked.data)
    if not asked.check:
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return 0
    kept = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    wrong = [f"expected/{name} is not what the files say; run expected.py and read the difference"
             for name in sorted(files.keys() | kept.keys()) if files.get(name) != kept.get(name)]
    wrong += wrong_citations(asked.data) if (folder / "README.md").exists() else []
    print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
