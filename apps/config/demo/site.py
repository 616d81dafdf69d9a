"""What can be changed without code: the towns of `data/demo/towns.yaml` and the word lists beside it."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from apps.config.environment import ROOT

FOLDER = ROOT / "data" / "demo"
SCALES = ("tiny", "small", "large")
TINY_ROWS = 2


@dataclass(frozen=True)
class Name:
    """A name in both scripts."""

    ar: str
    en: str

    def of(self, other: "Name") -> "Name":
        """A pattern with the other name put in."""
        return Name(self.ar.format(other.ar), self.en.format(other.en))


@dataclass(frozen=True)
class Row:
    """A road along the town. `bend` says how much of the coast's curve it takes over."""

    v: float
    kind: str
    bend: float
    name: Name


@dataclass(frozen=True)
class District:
    """A quarter between two rows and two columns; its kind decides how it is laid out."""

    kind: str
    name: Name


@dataclass(frozen=True)
class Column:
    """A road or wadi across the town, and the districts to its east, from the first row up (fewer: open land).

    `lean` is how far it goes east with each metre inland.
    """

    u: float
    lean: float
    kind: str
    name: Name
    east: tuple[District, ...]


@dataclass(frozen=True)
class Site:
    """One invented town. `origin`: longitude and latitude of its nought; `turned`: its u axis against east, degrees."""

    code: str
    name: Name
    authority: Name
    origin: tuple[float, float]
    turned: float
    crs: str
    wilayat: str
    postcode: str
    seaside: bool
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    names: Mapping[str, Any]
    reports: int

    @property
    def middle_u(self) -> float:
        return (self.columns[0].u + self.columns[-1].u) / 2

    def place(self, *path: str) -> Name:
        """A name out of the file: `place("landmarks", "fort")`."""
        raw: Any = self.names
        for step in path:
            raw = raw[step]
        return Name(**raw)


def sites(scale: str) -> list[Site]:
    """The towns at a scale: `tiny` is for tests, `large` has more districts."""
    return [_site(raw, scale) for raw in _file()["towns"]]


def water_ministry() -> tuple[str, Name]:
    """Code and name of the authority of wells and aflaj."""
    raw = _file()["water_ministry"]
    return raw["code"], Name(**raw["name"])


def units() -> list[tuple[str, Name]]:
    """Code and name of the units of every authority."""
    return [(raw["code"], Name(raw["ar"], raw["en"])) for raw in _file()["units"]]


def tariff() -> dict[str, Any]:
    """The parking tariff: currency, step, prices, weekdays and hours."""
    loaded: dict[str, Any] = _file()["tariff"]
    return loaded


def phrase(key: str) -> Name:
    """A word or pattern that names are put together with."""
    return Name(**_file()["words"][key])


def word_list(name: str) -> Iterator[dict[str, str]]:
    """The lines of `data/demo/<name>.csv`."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def _file() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "towns.yaml").read_text(encoding="utf-8"))
    return loaded


def _site(raw: dict[str, Any], scale: str) -> Site:
    last = raw["ends"][scale]
    drawn = [c for c in raw["columns"] if SCALES.index(c["from"]) <= SCALES.index(scale) and c["u"] < last]
    end = next(c for c in raw["columns"] if c["u"] == last)
    deep = TINY_ROWS if scale == "tiny" else len(raw["rows"])
    shares = {"tiny": 0.03, "small": 1, "large": 2}
    return Site(
        code=raw["code"],
        name=Name(**raw["name"]),
        authority=Name(**raw["authority"]),
        origin=tuple(raw["origin"]),
        turned=raw["turned"],
        crs=raw["crs"],
        wilayat=raw["wilayat"],
        postcode=raw["postcode"],
        seaside=raw["seaside"],
        rows=tuple(Row(r["v"], r["kind"], r["bend"], Name(r["ar"], r["en"])) for r in raw["rows"][: deep + 1]),
        columns=(*(_column(c, deep) for c in drawn), _column(end, 0)),
        names=raw["names"],
        reports=round(raw["reports"] * shares[scale]),
    )


def _column(raw: dict[str, Any], deep: int) -> Column:
    """`deep`: how many rows of districts are drawn."""
    east = tuple(District(d["kind"], Name(d["ar"], d["en"])) for d in raw["east"][:deep])
    return Column(raw["u"], raw["lean"], raw["kind"], Name(**raw["road"]), east)
