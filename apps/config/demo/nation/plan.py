"""Where the quarters of the country lie and what they are called: `data/demo/nation.yaml`."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from ..site import FOLDER, Name, word_list

# What a quarter has.
PLOTS, UNITS, WELLS, REPORTS = 5_000, 3_334, 667, 10_000
MARGIN = 1_000.0  # metres of country around the quarters of a settlement
FIRST_WAY, WAYS = 2_000, 26


@dataclass(frozen=True)
class Settlement:
    """A municipality. `corner`: easting and northing of its first quarter in `crs`; `turned` in radians."""

    number: int
    code: str
    name: Name
    wilayat: str
    crs: str
    corner: tuple[float, float]
    turned: float

    def place(self, along: float, up: float) -> tuple[float, float]:
        """Easting and northing of a place that many metres from the corner, in the settlement's own directions."""
        cos, sin = math.cos(self.turned), math.sin(self.turned)
        return self.corner[0] + along * cos - up * sin, self.corner[1] + along * sin + up * cos

    def outline(self) -> list[tuple[float, float]]:
        """Its jurisdiction, a ring in `crs`."""
        columns, rows = _file()["quarters"]
        wide, deep = _file()["quarter"]
        west, south, east, north = -MARGIN, -MARGIN, columns * wide + MARGIN, rows * deep + MARGIN
        corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        return [self.place(*corner) for corner in corners]


@dataclass(frozen=True)
class Quarter:
    """One of its quarters; `number` counts all of the country, `within` those of the settlement."""

    settlement: Settlement
    number: int
    within: int
    name: Name
    corner: tuple[float, float]

    @property
    def code(self) -> str:
        """Its scheme's, and the beginning of its records' numbers in the source."""
        return f"Q{self.number:03d}"

    @property
    def first_way(self) -> int:
        """The lowest number of its lanes; unique in the settlement."""
        return FIRST_WAY + self.within * WAYS


def scales() -> tuple[str, ...]:
    return tuple(_file()["settlements"])


def settlements(scale: str) -> list[Settlement]:
    return [_settlement(number) for number in range(_file()["settlements"][scale])]


def quarters(scale: str) -> Iterator[Quarter]:
    """All quarters, settlement by settlement."""
    columns, rows = _file()["quarters"]
    wide, deep = _file()["quarter"]
    words = _names()
    for settlement in settlements(scale):
        for within in range(columns * rows):
            number = settlement.number * columns * rows + within
            corner = settlement.place(within % columns * wide, within // columns * deep)
            name = _pattern("quarter").of(words[number % len(words)])
            yield Quarter(settlement, number, within, name, corner)


def street_names(quarter: Quarter, count: int) -> list[Name]:
    """Words for its named streets, others than its neighbours have."""
    words = _names()
    return [words[(quarter.number * count + k) % len(words)] for k in range(count)]


def _settlement(number: int) -> Settlement:
    raw = _file()
    column, row = number % raw["columns"], number // raw["columns"]
    corner = tuple(start + step * at for start, step, at in zip(raw["origin"], raw["step"], (column, row), strict=True))
    label = f"{number + 1:02d}"
    return Settlement(
        number=number,
        code=f"{raw['code']}-{label}",
        name=_pattern("authority").of(Name(label, label)),
        wilayat=raw["wilayats"][number % len(raw["wilayats"])],
        crs=raw["crs"],
        corner=(float(corner[0]), float(corner[1])),
        turned=math.radians(number * 7 % 40),
    )


def _pattern(key: str) -> Name:
    return Name(**_file()["words"][key])


@cache
def _names() -> list[Name]:
    return [Name(row["ar"], row["en"]) for row in word_list("street_words")]


@cache
def _file() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "nation.yaml").read_text(encoding="utf-8"))
    return loaded
