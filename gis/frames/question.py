"""What a frame asks for, put into one statement over the published view."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import geopandas
import numpy as np
import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis import crs, published
from gis.areas import Area
from gis.db.past import hides_places, past_schema
from gis.features import WANTED, WrongValue, check_names, read_value
from gis.history import PastForOfficers
from gis.layers import Audience, Layer
from gis.refusals import Refusal

# Corners of an area that is asked for: more are of no use to a question, and dear to compare with.
MOST_CORNERS = 10_000
SIGNS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
FOR_LISTS = {"=": "{} IN ({})", "!=": "{} NOT IN ({})"}
PYTHON: dict[published.Kind, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float, Decimal),
    "boolean": (bool,),
    "date": (date,),
    "datetime": (datetime,),
    "texts": (str,),
}

# A field with a value (None for "not said") or a list of values, or rows of field, sign ("=", "!=", "<", …) and value.
Where = Mapping[str, Any] | Sequence[tuple[str, str, Any]]
# A shapely geometry of EPSG:4326, a geometry with the code of its system, or anything of geopandas with a system.
Place = Any


class UnknownSign(Refusal):
    code: ClassVar[str] = "unknown_sign"
    sentence: ClassVar[str | Promise] = _('"%(sign)s" compares nothing here. Write one of these: %(signs)s.')


class NoArea(Refusal):
    code: ClassVar[str] = "no_area"
    sentence: ClassVar[str | Promise] = _(
        "The area is empty, not valid or has more than %(most)s corners. Repair or simplify it first."
    )


@dataclass(frozen=True)
class Question:
    layer: Layer
    audience: Audience
    kinds: Mapping[str, published.Kind]
    columns: tuple[str, ...]
    view: sql.Identifier
    conditions: sql.Composable
    most: int

    @property
    def statement(self) -> sql.Composed:
        """The geometry is left as it is stored and next to nothing is cast: that is what the server writes soonest."""
        listed = sql.SQL(", ").join(
            sql.SQL("to_json({})" if self.kinds.get(name) == "texts" else "{}").format(sql.Identifier(name))
            for name in ("id", *self.columns, "geom")
        )
        return sql.SQL("COPY (SELECT {} FROM {} AS t {} LIMIT {}) TO STDOUT (FORMAT csv)").format(
            listed, self.view, self.conditions, sql.Literal(self.most + 1)
        )

    @property
    def coded(self) -> tuple[str, ...]:
        """Columns of few different values: codes, one in each row, and whose the record is."""
        codes = {field.name for field in self.layer.fields if field.codes is not None} | {"authority"}
        return tuple(name for name in self.columns if name in codes and self.kinds[name] != "texts")


def ask(
    layer: Layer, who: Audience, where: Where, inside: Place, columns: Sequence[str] | None, most: int, *, past: bool
) -> Question:
    if past and who is not Audience.OFFICER and hides_places(layer):
        raise PastForOfficers
    kinds = published.properties(layer, who)
    shown = tuple(kinds) if columns is None else tuple(dict.fromkeys(columns))
    check_names(layer, kinds, shown)
    conditions = list(_conditions(layer, kinds, where))
    if inside is not None:
        conditions.append(_area(inside).covers(sql.SQL("t.geom")))
    asked = sql.SQL("WHERE ") + sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("")
    view = sql.Identifier(past_schema(who), layer.view) if past else published.view(layer, who)
    return Question(layer, who, kinds, shown, view, asked, most)


def _conditions(layer: Layer, kinds: Mapping[str, published.Kind], where: Where) -> Iterator[sql.Composable]:
    listed = [(name, "=", value) for name, value in where.items()] if isinstance(where, Mapping) else where
    check_names(layer, kinds, [name for name, _sign, _value in listed])
    for name, sign, value in listed:
        if sign not in SIGNS:
            raise UnknownSign(sign=sign[:20], signs=" ".join(SIGNS))
        column = sql.SQL("t.") + sql.Identifier(name)
        if value is None:
            yield sql.SQL("{} IS NULL" if sign == "=" else "{} IS NOT NULL").format(column)
        elif kinds[name] == "texts":
            yield _holds(name, column, sign, value)
        elif isinstance(value, list | tuple | set | frozenset):
            if sign not in FOR_LISTS:
                raise UnknownSign(sign=sign, signs=" ".join(FOR_LISTS))
            # Of an empty list everything is not.
            values = [sql.Literal(_value(name, kinds[name], one)) for one in value]
            listing = sql.SQL(", ").join(values) if values else sql.SQL("SELECT NULL WHERE false")
            yield sql.SQL(FOR_LISTS[sign]).format(column, listing)
        else:
            yield sql.SQL("{} {} {}").format(
                column, sql.SQL(SIGNS[sign]), sql.Literal(_value(name, kinds[name], value))
            )


def _holds(name: str, column: sql.Composable, sign: str, value: Any) -> sql.Composable:
    """A list of codes holds all that are given ("="), or not all of them ("!=")."""
    if sign not in FOR_LISTS:
        raise UnknownSign(sign=sign, signs=" ".join(FOR_LISTS))
    given = [value] if isinstance(value, str) else list(value)
    codes = [code for one in given for code in _value(name, "texts", one)]
    return sql.SQL("{} {} @> {}::text[]").format(sql.SQL("NOT" if sign == "!=" else ""), column, sql.Literal(codes))


def _value(name: str, kind: published.Kind, value: Any) -> Any:
    """A Python value of the column's kind, or a text that says one."""
    if isinstance(value, np.generic):
        value = value.item()
    fits = isinstance(value, PYTHON[kind]) and isinstance(value, bool) == (kind == "boolean")
    if fits and not isinstance(value, str):
        return value
    if not isinstance(value, str):
        raise WrongValue(name=name, value=str(value)[:80], wanted=WANTED[kind])
    return read_value(name, kind, value)


def _area(place: Place) -> Area:
    geometry, system = place if isinstance(place, tuple) else (place, crs.STORAGE)
    if isinstance(geometry, geopandas.GeoSeries | geopandas.GeoDataFrame):
        system = (geometry.crs or crs.STORAGE) if system == crs.STORAGE else system
        geometry = geometry.geometry.union_all()
    if geometry.is_empty or not geometry.is_valid or shapely.get_num_coordinates(geometry) > MOST_CORNERS:
        raise NoArea(most=f"{MOST_CORNERS:,}")
    code = system if isinstance(system, str) else system.to_string()
    stored = geometry if crs.identify(code) == crs.STORAGE else crs.to_storage(geometry, crs.operation(code))
    outline = shapely.to_wkb(shapely.set_srid(shapely.force_2d(stored), crs.STORAGE_SRID), hex=True, include_srid=True)
    return Area(stored.bounds, outline)
