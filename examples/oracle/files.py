"""The companies' files, read by their column names and not by the mappings."""

import csv
import io
import re
import tomllib
import zipfile
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo


def read_csv(path: Path) -> list[dict]:
    text = read_text(path)
    header = text.splitlines()[0]
    delimiter = next(sign for sign in "\t;," if sign in header or sign == ",")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def read_text(path: Path) -> str:
    raw = path.read_bytes()
    if raw.startswith(b"\xff\xfe"):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def read_xlsx(path: Path) -> list[dict]:
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as archive:
        shared = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    texts = [item.find(f"{main}t").text for item in shared.iter(f"{main}si")]
    rows = []
    for row in sheet.iter(f"{main}row"):
        cells = {}
        for cell in row.iter(f"{main}c"):
            column, value = re.match("[A-Z]+", cell.get("r")).group(), cell.find(f"{main}v").text
            if cell.get("t") == "s":
                cells[column] = texts[int(value)]
            else:
                minutes = round(float(value) * 24 * 60)
                cells[column] = (datetime(1899, 12, 30) + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M")
        rows.append(cells)
    header = rows[0]
    return [{name: row.get(column, "") for column, name in header.items()} for row in rows[1:]]


class Company:
    """One company's folder: its settings, its numbers of the others, and what its files state."""

    def __init__(self, folder: Path, did: str, zone: str, templates: dict, base: str = ""):
        self.folder, self.did, self.zone, self.templates = folder, did, ZoneInfo(zone), templates
        self.base, self.group, self.late = base, "", False
        self.partner = {row["number"]: row["did"] for row in self.rows("partners.csv")}
        self.facts = []

    def rows(self, files: str, group: str = "") -> list[dict]:
        """The rows of some files; what is stated from now on is about a group of products."""
        self.group = group
        return [row for path in sorted(self.folder.glob(files))
                for row in (read_xlsx(path) if path.suffix == ".xlsx" else read_csv(path))]

    def utc(self, text: str) -> str:
        """A local date or date and time, as this company writes it, in UTC."""
        return in_utc(text, self.zone)

    def state(self, subject: str, **facts: str):
        """Notes facts; `adit_grade` is adit:grade, and a blank value is no fact."""
        self.facts += [(subject, name.replace("_", ":", 1), value, self.group) for name, value in facts.items() if value]

    def scanned(self, label: str, maker: str):
        """Notes who holds the facts about a thing whose label was scanned."""
        self.state(label, adit_factsHeldBy=self.partner[maker])
        return label


@cache
def in_utc(text: str, zone: ZoneInfo) -> str:
    for form in ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d.%m.%Y %H:%M", "%d.%m.%Y"):
        try:
            read = datetime.strptime(text, form)
        except ValueError:
            continue
        read = read if read.tzinfo else read.replace(tzinfo=zone)
        return read.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    raise ValueError(f"no date: {text!r}")


def iri(maker: Company, kind: str, *values: str) -> str:
    """An identifier by the template that its maker publishes, parameters in the template's order."""
    names = iter(values)
    return re.sub(r"\{\w+\}", lambda _: next(names), maker.templates[kind])


def settings(folder: Path) -> dict:
    return tomllib.loads((folder / "adit.toml").read_text())
