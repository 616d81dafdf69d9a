"""Which column of the file becomes which field of the layer: what the operator said, then what the names say."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.functional import lazy

from .refusals import BadMapping, MissingFields, NoKey, NoSuchColumn, UnknownField
from .target import Target

# Written like fields in --map, but they say where the geometry is.
PLACES = ("x", "y", "wkt")
UNIT = "unit"
# Columns of a drawing: the texts of a CAD layer that lie inside an outline.
TEXTS = "text:"


@dataclass(frozen=True)
class Wishes:
    """What the operator typed. `recodes` gives other values for a column's values, by field."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    recodes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def places(self) -> dict[str, str]:
        return {name: column for name, column in self.columns.items() if name in PLACES}

    @property
    def reading(self) -> dict[str, Any]:
        """What the reader of the file needs to know of it."""
        texts = [column for column in self.columns.values() if column.startswith(TEXTS)]
        return {**self.places, "texts": texts, "unit": self.columns.get(UNIT, "")}


@dataclass(frozen=True)
class Plan:
    """`columns`: field -> column; `values`: field -> one value for every row; `unused` columns are reported."""

    columns: dict[str, str]
    values: dict[str, str]
    recodes: Mapping[str, Mapping[str, str]]
    unused: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.columns, *self.values)


def parse(columns: Iterable[str], values: Iterable[str], recodes: Iterable[str]) -> Wishes:
    """Wishes from the words of a command line. Raises BadMapping."""
    recoded: dict[str, dict[str, str]] = {}
    for text in recodes:
        name, value = _pair(text)
        field_name, colon, given = name.partition(":")
        if not colon:
            raise BadMapping(given=text)
        recoded.setdefault(field_name, {})[given] = value
    return Wishes(dict(map(_pair, columns)), dict(map(_pair, values)), recoded)


def plan(
    target: Target,
    wishes: Wishes,
    columns: tuple[str, ...],
    *,
    snapshot: bool,
    has_rows: bool,
    places: Collection[str] = (),
) -> Plan:
    """The plan for a file with these columns, of which `places` were read as the place. `has_rows`: records are there
    that the file may complete.

    Raises NoSuchColumn, UnknownField, MissingFields, NoKey.
    """
    asked = {name: column for name, column in wishes.columns.items() if name not in (*PLACES, UNIT)}
    _check_names(target, [*asked, *wishes.values, *wishes.recodes])
    for column in (*asked.values(), *wishes.places.values()):
        if column and column not in columns:
            raise NoSuchColumn(column=column, columns=", ".join(columns))
    free = [column for column in columns if column not in wishes.places.values()]
    found = by_name(target, free, set(asked) | set(wishes.values)) | asked
    chosen = {name: column for name, column in found.items() if column}
    missing = [name for name in target.required if name not in chosen and name not in wishes.values]
    if missing and not (has_rows and target.key in chosen):
        raise MissingFields(fields=lazy(_titles, str)(target, missing), columns=", ".join(columns))
    if snapshot and target.key not in chosen:
        raise NoKey(key=target.key or "source_id", title=target.title(target.key) if target.key else "source_id")
    used = {*chosen.values(), *wishes.places.values(), *places}
    unused = tuple(column for column in columns if column not in used)
    return Plan(chosen, dict(wishes.values), wishes.recodes, unused)


def fold(text: str) -> str:
    """A name as it is compared: case, width, spaces, underscores and Arabic signs of reading do not matter."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum() and not unicodedata.combining(letter))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name.strip() and equals):
        raise BadMapping(given=text)
    return name.strip(), value.strip()


def _check_names(target: Target, names: Iterable[str]) -> None:
    for name in names:
        if name not in target.fields:
            raise UnknownField(field=name, fields=", ".join(target.fields))


def by_name(target: Target, columns: Iterable[str], taken: set[str]) -> dict[str, str]:
    """Columns that are called like a field: by its name, or by its title in either language."""
    names: dict[str, str] = {}
    for name in target.fields:
        for language in ("ar", "en"):
            with translation.override(language):
                names.setdefault(fold(str(target.title(name))), name)
        names[fold(name)] = name
    found: dict[str, str] = {}
    for column in columns:
        name = names.get(fold(column), "")
        if name and name not in taken:
            found.setdefault(name, column)
    return found


def _titles(target: Target, names: Iterable[str]) -> str:
    """In the language in force; asked lazily, for the sentence around it is said in both."""
    return ", ".join(f"{name} ({target.title(name)})" for name in names)
