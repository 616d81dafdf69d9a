"""What a field may be compared with: the kinds of values in a filter, and what each kind allows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis.features import Output
from gis.values import Values

# Those of gis.published.Kind, geometries in EPSG:4326, and arrays of texts or numbers.
Kind = Literal["text", "integer", "number", "boolean", "date", "datetime", "geometry", "texts", "numbers"]

# Kinds of one family can be compared with each other.
FAMILIES: dict[Kind, str] = {
    "text": "text",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "geometry": "geometry",
    "texts": "texts",
    "numbers": "numbers",
}
NAMES: dict[Kind, Promise] = {
    "text": _("a text"),
    "integer": _("a whole number"),
    "number": _("a number"),
    "boolean": _("true or false"),
    "date": _("a day"),
    "datetime": _("a time"),
    "geometry": _("a geometry"),
    "texts": _("a list of texts"),
    "numbers": _("a list of numbers"),
}
WRITTEN: dict[Kind, Promise] = {
    "text": _("a text in single quotation marks"),
    "integer": _("a number such as 12"),
    "number": _("a number such as 12.5"),
    "boolean": _("true or false"),
    "date": _("a day such as DATE('2026-01-31')"),
    "datetime": _("a time such as TIMESTAMP('2026-01-31T12:00:00Z')"),
    "geometry": _("a geometry, by a function such as S_INTERSECTS"),
    "texts": _("a list of texts, by a function such as A_CONTAINS"),
    "numbers": _("a list of numbers, by a function such as A_CONTAINS"),
}

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=", "in", "between")
TEMPORAL = (
    "t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedby", "t_finishes",
    "t_intersects", "t_meets", "t_metby", "t_overlappedby", "t_overlaps", "t_startedby", "t_starts",
)  # fmt: skip
SPATIAL = (
    "s_intersects", "s_disjoint", "s_equals", "s_touches", "s_crosses", "s_within", "s_contains", "s_overlaps",
    "s_dwithin",
)  # fmt: skip
ARRAYS = ("a_contains", "a_containedby", "a_equals", "a_overlaps")
ARITHMETIC = ("+", "-", "*", "/", "%", "div", "^")


def allowed(kind: Kind) -> tuple[str, ...]:
    """The operators that a field of this kind can stand in, `isNull` apart, which takes any."""
    by_family: dict[str, tuple[str, ...]] = {
        "text": (*COMPARISONS, "like", "casei", "accenti"),
        "number": (*COMPARISONS, *ARITHMETIC),
        "boolean": COMPARISONS,
        "date": (*COMPARISONS, *TEMPORAL),
        "datetime": (*COMPARISONS, *TEMPORAL),
        "geometry": SPATIAL,
        "texts": ARRAYS,
        "numbers": ARRAYS,
    }
    return by_family[FAMILIES[kind]]


LONGITUDE_FIRST = Output()


@dataclass(frozen=True)
class Scope:
    """Where a filter is asked.

    `queryables` are the fields that the caller may name, with their kinds: all others do not exist. `column` writes a
    field of them as SQL, and only names of `queryables` reach it. `layer` is named in refusals. `system` is that of
    the coordinates in the filter (filter-crs). `values` takes all that the caller wrote.
    """

    layer: str
    queryables: Mapping[str, Kind]
    column: Callable[[str], sql.Composable]
    values: Values
    system: Output = LONGITUDE_FIRST


@dataclass(frozen=True)
class Term:
    """A value in a filter: a field or what is worked out of fields (`text`, SQL), or what the caller wrote (`value`).

    `name` is the field's or function's as the caller knows it. `bare` fields stand alone, so that an index is reached.
    """

    kind: Kind
    text: sql.Composable | None = None
    value: Any = None
    name: str = ""
    bare: bool = False

    @property
    def literal(self) -> bool:
        return self.text is None

    @property
    def told(self) -> str:
        """What a refusal calls it."""
        return self.name or f'"{str(self.value)[:40]}"'

    def placed(self, scope: Scope, cast: sql.Composable | None = None) -> sql.Composable:
        """SQL, of the type `cast` where one is given."""
        text = scope.values(self.value) if self.text is None else self.text
        return text if cast is None else sql.SQL("({})::{}").format(text, cast)


TEXT, NUMERIC = sql.SQL("text"), sql.SQL("numeric")
