"""Values in a filter: fields, what the caller wrote, arithmetic, folded texts and functions."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from psycopg import sql

from gis.cql2 import functions, instants, texts
from gis.cql2.kinds import ARITHMETIC, FAMILIES, NAMES, NUMERIC, Kind, Scope, Term
from gis.cql2.reading import Tree
from gis.cql2.refusals import NotAValue, UnknownFunction, WrongArguments, WrongKind, WrongNumber, WrongText
from gis.features import UnknownField, nearest

# Whole numbers up to here are the same in the parser's floating point.
MOST_EXACT = 2**53

Writer = Callable[[str, sql.Composable, sql.Composable], sql.Composable]


def term(tree: Tree, scope: Scope) -> Term:
    """A value. Raises UnknownField and a BadFilter."""
    if isinstance(tree, dict):
        if "property" in tree:
            return _field(tree["property"], scope)
        if "date" in tree or "timestamp" in tree:
            return instants.instant(tree)
        if "op" in tree:
            return _worked_out(str(tree["op"]).lower(), tree["args"], scope)
    elif isinstance(tree, str):
        return Term("text", value=_clean(tree))
    elif isinstance(tree, bool):
        return Term("boolean", value=tree)
    elif isinstance(tree, int | float):
        return Term("number", value=_number(tree))
    raise NotAValue(found=_told(tree))


def of_family(family: str, wanted: Kind, tree: Tree, scope: Scope) -> Term:
    """A value of one family. Raises WrongKind naming `wanted`."""
    found = term(tree, scope)
    if FAMILIES[found.kind] != family:
        raise WrongKind(what=found.told, wanted=NAMES[wanted], found=NAMES[found.kind])
    return found


def _field(name: Any, scope: Scope) -> Term:
    if name not in scope.queryables:
        raise UnknownField(name=str(name)[:80], layer=scope.layer, nearest=nearest(str(name)[:80], scope.queryables))
    return Term(scope.queryables[name], text=scope.column(name), name=name, bare=True)


def _clean(text: str) -> str:
    if "\x00" in text:
        raise WrongText()
    return text


def _number(value: float) -> int | Decimal:
    """As exact as it was written: the parser reads every number as floating point."""
    if not abs(value) <= MOST_EXACT:
        raise WrongNumber(given=str(value)[:40], most=MOST_EXACT)
    return int(value) if value == int(value) else Decimal(repr(value))


def _worked_out(op: str, args: list[Tree], scope: Scope) -> Term:
    if op in ARITHMETIC:
        return _arithmetic(op, args, scope)
    if op in texts.FOLDED:
        if len(args) != 1:
            raise WrongArguments(name=op.upper(), wanted=1, found=len(args))
        inner = of_family("text", "text", args[0], scope)
        return Term("text", text=texts.folded(op, inner.placed(scope, sql.SQL("text"))), name=inner.name)
    return _call(op, args, scope)


def _call(op: str, args: list[Tree], scope: Scope) -> Term:
    function = functions.KNOWN.get(op)
    if function is None:
        raise UnknownFunction(name=op[:80], nearest=nearest(op[:80], functions.KNOWN))
    if len(args) != len(function.takes):
        raise WrongArguments(name=op, wanted=len(function.takes), found=len(args))
    written = []
    for tree, wanted in zip(args, function.takes, strict=True):
        given = of_family(FAMILIES[wanted], wanted, tree, scope)
        written.append(given.placed(scope, functions.CASTS.get(wanted)))
    return Term(function.gives, text=function.text.format(*written), name=op)


def _arithmetic(op: str, args: list[Tree], scope: Scope) -> Term:
    """Numbers are worked out exactly, as `numeric`, but for powers, which may be of any size: floating point.

    A division by zero is unknown, as one by a missing value is, so that one record does not refuse the whole answer.
    """
    if len(args) == 1 and op in "+-":
        args = [0, *args]
    if len(args) != 2:
        raise WrongArguments(name=op, wanted=2, found=len(args))
    found = [of_family("number", "number", tree, scope) for tree in args]
    if op == "^":
        base, power = (one.placed(scope, sql.SQL("float8")) for one in found)
        return Term("number", text=sql.SQL("power({}, {})").format(base, power), name=found[0].name)
    exact = op in ("%", "div")
    left, right = (
        one.placed(scope, NUMERIC if exact or one.literal or one.kind == "integer" else None) for one in found
    )
    return Term("number", text=FORMS[op].format(left, right), name=found[0].name)


FORMS = {
    "+": sql.SQL("({} + {})"),
    "-": sql.SQL("({} - {})"),
    "*": sql.SQL("({} * {})"),
    "/": sql.SQL("({} / nullif({}, 0))"),
    "%": sql.SQL("mod({}, nullif({}, 0))"),
    "div": sql.SQL("div({}, nullif({}, 0))"),
}


def _told(tree: Tree) -> str:
    if isinstance(tree, dict):
        return str(tree.get("type", next(iter(tree), "")))[:40]
    return "null" if tree is None else "( , )"
