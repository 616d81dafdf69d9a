"""Spatial relations (CQL2 7.4 and 7.7).

`&&` stands beside each exact test: it alone passes the barrier of a published view and reaches the index. What the
caller wrote is brought to the system of the column, never the column to theirs.
"""

from dataclasses import dataclass
from math import cos, radians

import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from gis.cql2 import places
from gis.cql2.kinds import NAMES, Scope, Term
from gis.cql2.reading import Tree
from gis.cql2.refusals import NoCollections, TooFar, WrongArguments, WrongKind
from gis.cql2.terms import of_family, term

RELATIONS = {
    "s_intersects": "ST_Intersects",
    "s_disjoint": "ST_Intersects",
    "s_equals": "ST_Equals",
    "s_touches": "ST_Touches",
    "s_crosses": "ST_Crosses",
    "s_within": "ST_Within",
    "s_contains": "ST_Contains",
    "s_overlaps": "ST_Overlaps",
}
TEST = "({{0}} && {{1}} AND {}({{0}}, {{1}}))"
FORMS = {name: sql.SQL(TEST.format(function)) for name, function in RELATIONS.items()}
# What lies in the box of a box meets it, which spares the exact test.
IN_BOX = sql.SQL("({0} && {1} AND ({0} @ {1} OR ST_Intersects({0}, {1})))")
NEAR = sql.SQL("({0} && {1} AND ST_DWithin(({0})::geography, ({2})::geography, {3}))")
MEET = ("s_intersects", "s_disjoint")
FARTHEST_M = 100_000
DEGREE_M = 110_000.0  # no degree of latitude is shorter


@dataclass(frozen=True)
class Operand:
    """A field, or what the caller wrote: `parts`, two of a box over the antimeridian."""

    field: Term | None = None
    parts: tuple[BaseGeometry, ...] = ()
    box: bool = False


def relation(op: str, args: list[Tree], scope: Scope) -> sql.Composed:
    """SQL: the relation holds."""
    if len(args) != 2:
        raise WrongArguments(name=op.upper(), wanted=2, found=len(args))
    left, right = (_operand(op, tree, scope) for tree in args)
    if op not in MEET:
        return FORMS[op].format(_one(op, left, scope), _one(op, right, scope))
    if left.field is None:
        left, right = right, left
    form = IN_BOX if right.box and left.field else FORMS[op]
    first = _one(op, left, scope)
    pieces: list[sql.Composable] = [_placed(part, scope) for part in right.parts] or [_one(op, right, scope)]
    found = sql.SQL(" OR ").join([form.format(first, piece) for piece in pieces])
    return sql.SQL("(NOT ({}))" if op == "s_disjoint" else "({})").format(found)


def near(op: str, args: list[Tree], scope: Scope) -> sql.Composed:
    """SQL: S_DWITHIN(field, geometry, metres): not farther apart than that along the ellipsoid (an own function)."""
    if len(args) != 3:
        raise WrongArguments(name=op.upper(), wanted=3, found=len(args))
    left, right = (_operand(op, tree, scope) for tree in args[:2])
    if left.field is None:
        left, right = right, left
    metres = of_family("number", "number", args[2], scope)
    if left.field is None or right.field is not None or not metres.literal:
        raise WrongKind(what=op.upper(), wanted=NAMES["geometry"], found=metres.told)
    if not 0 <= metres.value <= FARTHEST_M:
        raise TooFar(given=str(metres.value), most=FARTHEST_M)
    shape = _whole(op, right.parts)
    around, exact = _placed(_around(shape, float(metres.value)), scope), _placed(shape, scope)
    return NEAR.format(left.field.placed(scope), around, exact, metres.placed(scope, sql.SQL("float8")))


def _operand(op: str, tree: Tree, scope: Scope) -> Operand:
    if isinstance(tree, dict) and ("bbox" in tree or "type" in tree):
        return Operand(parts=tuple(places.geometries(tree, scope.system)), box="bbox" in tree)
    found = term(tree, scope)
    if found.kind != "geometry":
        raise WrongKind(what=found.told, wanted=NAMES["geometry"], found=NAMES[found.kind])
    return Operand(field=found)


def _one(op: str, operand: Operand, scope: Scope) -> sql.Composable:
    """SQL: the operand as one geometry."""
    if operand.field is not None:
        return operand.field.placed(scope)
    return _placed(operand.parts[0] if op in MEET and len(operand.parts) == 1 else _whole(op, operand.parts), scope)


def _whole(op: str, parts: tuple[BaseGeometry, ...]) -> BaseGeometry:
    """One geometry without collections, which GEOS relates to nothing. Raises NoCollections."""
    whole = parts[0] if len(parts) == 1 else shapely.multipolygons(list(parts))
    if whole.geom_type != "GeometryCollection":
        return whole
    joined = shapely.union_all(shapely.get_parts(whole))
    if joined.geom_type == "GeometryCollection":
        raise NoCollections(name=op.upper())
    return joined


def _around(shape: BaseGeometry, metres: float) -> BaseGeometry:
    """A box that holds all that is not farther away; around a pole, all longitudes."""
    west, south, east, north = shape.bounds
    up = metres / DEGREE_M
    south, north = max(south - up, places.SOUTH), min(north + up, places.NORTH)
    narrowest = cos(radians(max(abs(south), abs(north))))
    aside = up / narrowest if narrowest > up / 180 else 360.0
    west, east = west - aside, east + aside
    if west < places.WEST or east > places.EAST:  # over the antimeridian, where one box would miss a side
        west, east = places.WEST, places.EAST
    return shapely.box(west, south, east, north)


def _placed(shape: BaseGeometry, scope: Scope) -> sql.Composed:
    return sql.SQL("{}::geometry").format(scope.values(places.hexed(shape)))
