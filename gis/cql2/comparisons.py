"""Comparisons of two values, and LIKE, BETWEEN, IN and IS NULL.

A field beside what the caller wrote stands alone, so that its index is reached and the barrier of a published view lets
the comparison through; a text beside it has no type of its own and takes the field's (an identifier is no text).
"""

from psycopg import sql

from gis.cql2 import instants, texts
from gis.cql2.kinds import FAMILIES, NAMES, TEXT, WRITTEN, Scope, Term
from gis.cql2.reading import Tree
from gis.cql2.refusals import NoComparison, WrongArguments
from gis.cql2.terms import of_family, term

SIGNS = {one: sql.SQL(f" {one} ") for one in ("=", "<>", "<", "<=", ">", ">=")}
MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
NEVER_COMPARED = ("geometry", "texts", "numbers")


def _compared(op: str, args: list[Tree], scope: Scope) -> sql.Composed:
    _arity(op, args, 2)
    left, right = _typed([term(one, scope) for one in args])
    if left.literal and not right.literal:
        op, left, right = MIRRORED[op], right, left
    if left.kind == "datetime" and right.kind == "date" and right.literal:
        return _beside_day(op, left, right, scope)
    return _signed(op, left, right, scope)


def _beside_day(op: str, moment: Term, day: Term, scope: Scope) -> sql.Composed:
    """SQL: a moment before, in or after a whole day."""
    if op in ("=", "<>"):
        ends = aligned([moment, instants.opening(day), instants.closing(day)], scope)
        return sql.SQL("({} BETWEEN {} AND {})" if op == "=" else "({} NOT BETWEEN {} AND {})").format(*ends)
    bound = instants.opening(day) if op in ("<", ">=") else instants.closing(day)
    return _signed(op, moment, bound, scope)


def _signed(op: str, left: Term, right: Term, scope: Scope) -> sql.Composed:
    first, second = aligned([left, right], scope)
    return sql.SQL("({}{}{})").format(first, SIGNS[op], second)


def _between(op: str, args: list[Tree], scope: Scope) -> sql.Composed:
    _arity(op, args, 3)
    value, first, last = _typed([term(one, scope) for one in args])
    if value.kind == "datetime":
        first, last = instants.opening(first), instants.closing(last)
    return sql.SQL("({} BETWEEN {} AND {})").format(*aligned([value, first, last], scope))


def _in(op: str, args: list[Tree], scope: Scope) -> sql.Composed:
    _arity(op, args, 2)
    if not isinstance(args[1], list) or not args[1]:
        raise WrongArguments(name="IN", wanted=2, found=1)
    value, *listed = aligned(_typed([term(one, scope) for one in (args[0], *args[1])]), scope)
    return sql.SQL("({} IN ({}))").format(value, sql.SQL(", ").join(listed))


def _like(op: str, args: list[Tree], scope: Scope) -> sql.Composed:
    _arity(op, args, 2)
    texts.check_pattern(args[1])
    value, pattern = (of_family("text", "text", one, scope).placed(scope, TEXT) for one in args)
    return sql.SQL("({} LIKE {})").format(value, pattern)


def _is_null(op: str, args: list[Tree], scope: Scope) -> sql.Composed:
    _arity("IS NULL", args, 1)
    found = term(args[0], scope)
    typed = TEXT if found.literal and found.kind == "text" else None  # alone it would be of no type at all
    return sql.SQL("({} IS NULL)").format(found.placed(scope, typed))


def aligned(terms: list[Term], scope: Scope) -> list[sql.Composable]:
    """SQL: the values, all of one family. Raises NoComparison."""
    leading = _leading(terms)
    for one in terms:
        if FAMILIES[one.kind] != FAMILIES[leading.kind] or leading.kind in NEVER_COMPARED:
            raise NoComparison(
                what=leading.told, kind=NAMES[leading.kind], other=NAMES[one.kind], wanted=WRITTEN[leading.kind]
            )
    alone = leading.bare and all(one.literal or one is leading for one in terms)
    cast = None if alone or leading.kind != "text" else TEXT
    return [one.placed(scope, cast) for one in terms]


def _leading(terms: list[Term]) -> Term:
    """The field that the others are compared with, or else the first."""
    return next((one for one in terms if not one.literal), terms[0])


def _typed(terms: list[Term]) -> list[Term]:
    """A text that the caller wrote beside a day or a time is read as one. Raises WrongInstant."""
    kind = _leading(terms).kind
    read = {"date": instants.day, "datetime": instants.either}.get(kind)
    return [read(one.value) if read and one.literal and one.kind == "text" else one for one in terms]


def _arity(name: str, args: list[Tree], wanted: int) -> None:
    if len(args) != wanted:
        raise WrongArguments(name=name.upper(), wanted=wanted, found=len(args))


WRITERS = {
    **dict.fromkeys(SIGNS, _compared),
    "between": _between,
    "in": _in,
    "like": _like,
    "isnull": _is_null,
}
