"""Code lists from files to tables. A place is a folder of such files; none of its names is in the code."""

import csv
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from apps.config.environment import ROOT
from apps.reports.models import Category
from apps.territory import services as territory
from apps.territory.services import DaysOff, Unit, Week
from gis.db.acting import acting_as

FOLDER = ROOT / "data" / "reference"


@dataclass(frozen=True)
class Seeded:
    """How many of a list were new, and how many it has."""

    name: str
    new: int
    total: int


def seed(folder: Path = FOLDER) -> list[Seeded]:
    """Add what the tables lack and leave what they have: an operator's corrections survive."""
    with acting_as(actor="job:reference", reason="reference data"):
        return [
            _count("governorates", [_governorate(row) for row in rows(folder, "governorates")]),
            _count("wilayats", [_wilayat(row) for row in rows(folder, "wilayats")]),
            _count("report categories", [_category(row) for row in rows(folder, "report_categories")]),
        ]


def week(folder: Path = FOLDER) -> Week:
    """The working week that a new authority starts with."""
    row = next(rows(folder, "calendars"))
    opens, closes = (datetime.time.fromisoformat(row[name]) for name in ("opens", "closes"))
    return Week(row["name_ar"], row["name_en"], row["weekdays"], opens, closes)


def holidays(folder: Path = FOLDER) -> list[DaysOff]:
    """The public holidays of the country."""
    day = datetime.date.fromisoformat
    return [
        DaysOff(day(row["first_day"]), day(row["last_day"]), row["name_ar"], row["name_en"])
        for row in rows(folder, "holidays")
    ]


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """The lines of `<folder>/<name>.csv` by column."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _unit(row: dict[str, str]) -> Unit:
    aliases = tuple(name for name in row["aliases"].split("|") if name)
    return Unit(row["code"], row["name_ar"], row["name_en"], datetime.date.fromisoformat(row["valid_from"]), aliases)


def _governorate(row: dict[str, str]) -> bool:
    return territory.record_governorate(unit=_unit(row))


def _wilayat(row: dict[str, str]) -> bool:
    return territory.record_wilayat(unit=_unit(row), governorate=row["governorate"])


def _category(row: dict[str, str]) -> bool:
    _row, is_new = Category.objects.get_or_create(
        code=row["code"],
        defaults={
            "group": row["group"],
            "name_ar": row["name_ar"],
            "name_en": row["name_en"],
            "icon": row["icon"],
            "place": Category.Place(row["place"]),
            "order": int(row["order"]),
        },
    )
    return is_new


def _count(name: str, added: list[bool]) -> Seeded:
    return Seeded(name, sum(added), len(added))
