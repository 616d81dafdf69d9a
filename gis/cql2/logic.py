"""Conditions: what a filter is, as SQL. A condition over a missing value is unknown, and unknown is not selected."""

from collections.abc import Callable, Mapping

from psycopg import sql

from gis.cql2 import arrays, comparisons, spatial, temporal
from gis.cql2.kinds import ARITHMETIC, Scope
from gis.cql2.reading import Tree
from gis.cql2.refusals import NotACondition, WrongArguments
from gis.cql2.terms import term
from gis.cql2.texts import FOLDED

Writer = Callable[[str, list[Tree], Scope], sql.Composed]


def condition(tree: Tree, scope: Scope) -> sql.Composed:
    """SQL: the filter, for a WHERE; `scope.values` holds its values.

    Its text depends on the filter's shape alone, never on a value. Raises UnknownField and a BadFilter.
    """
    if isinstance(tree, bool):
        return sql.Composed([sql.SQL("TRUE" if tree else "FALSE")])
    if isinstance(tree, dict) and "op" in tree:
        op, args = str(tree["op"]).lower(), list(tree["args"])
        if op in _WRITERS:
            return _WRITERS[op](op, args, scope)
        if op in ARITHMETIC or op in FOLDED:
            raise NotACondition(found=op.upper())
    return _boolean(tree, scope)


def _boolean(tree: Tree, scope: Scope) -> sql.Composed:
    """A field that is true or false, or a function that gives this."""
    found = term(tree, scope)
    if found.kind != "boolean":
        raise NotACondition(found=found.told)
    return sql.Composed([found.placed(scope)])


def _joined(op: str, args: list[Tree], scope: Scope) -> sql.Composed:
    if len(args) < 2:
        raise WrongArguments(name=op.upper(), wanted=2, found=len(args))
    word = sql.SQL(" AND " if op == "and" else " OR ")
    return sql.SQL("({})").format(word.join([condition(one, scope) for one in args]))


def _not(op: str, args: list[Tree], scope: Scope) -> sql.Composed:
    if len(args) != 1:
        raise WrongArguments(name="NOT", wanted=1, found=len(args))
    return sql.SQL("(NOT {})").format(condition(args[0], scope))


def _group(module: Mapping[str, object], writer: Writer) -> dict[str, Writer]:
    return dict.fromkeys(module, writer)


_WRITERS: dict[str, Writer] = {
    "and": _joined,
    "or": _joined,
    "not": _not,
    **comparisons.WRITERS,
    **_group(temporal.RELATIONS, temporal.relation),
    **_group(spatial.RELATIONS, spatial.relation),
    **_group(arrays.RELATIONS, arrays.relation),
    "s_dwithin": spatial.near,
}
