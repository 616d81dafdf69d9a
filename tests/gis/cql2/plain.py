"""Filters evaluated in plain Python, for comparison: a condition is True, False or None, which is unknown."""

import operator
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

Row = dict[str, Any]
Verdict = bool | None

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
FIRST, LAST = object(), object()


def verdict(tree: Any, row: Row) -> Verdict:
    if isinstance(tree, bool):
        return tree
    op, args = tree["op"], tree["args"]
    if op in ("and", "or"):
        return reduce(_and if op == "and" else _or, (verdict(one, row) for one in args))
    if op == "not":
        return _not(verdict(args[0], row))
    if op == "isNull":
        return value(args[0], row) is None
    if op.startswith("t_"):
        return _temporal(op, _interval(args[0], row), _interval(args[1], row))
    if op == "in":
        return reduce(_or, (_compared("=", value(args[0], row), value(one, row)) for one in args[1]))
    values = [value(one, row) for one in args]
    if op == "between":
        return _and(_compared(">=", values[0], values[1]), _compared("<=", values[0], values[2]))
    if op == "like":
        return None if values[0] is None else bool(re.fullmatch(_pattern(values[1]), values[0], re.DOTALL))
    return _compared(op, *values)


def value(tree: Any, row: Row) -> Any:
    if isinstance(tree, dict):
        if "property" in tree:
            return row[tree["property"]]
        if "date" in tree:
            return date.fromisoformat(tree["date"])
        if "timestamp" in tree:
            return datetime.fromisoformat(tree["timestamp"])
        return _arithmetic(tree["op"], *(value(one, row) for one in tree["args"]))
    return Decimal(repr(tree)) if isinstance(tree, int | float) and not isinstance(tree, bool) else tree


def _arithmetic(op: str, left: Any, right: Any) -> Any:
    if left is None or right is None or (right == 0 and op in ("/", "%", "div")):
        return None
    left, right = Decimal(left), Decimal(right)
    by = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
    by |= {"%": operator.mod, "div": operator.floordiv, "^": operator.pow}  # of Decimal: towards zero, as PostgreSQL
    return by[op](left, right) if (op, left, right) != ("^", 0, 0) else Decimal(1)


def _compared(op: str, left: Any, right: Any) -> Verdict:
    return None if left is None or right is None else COMPARISONS[op](left, right)


def _interval(tree: Any, row: Row) -> tuple[Any, Any]:
    if "interval" not in tree:
        return (value(tree, row),) * 2
    first, last = tree["interval"]
    return _end(first, FIRST, row), _end(last, LAST, row)


def _end(tree: Any, endless: object, row: Row) -> Any:
    if tree == "..":
        return endless
    return datetime.fromisoformat(tree) if isinstance(tree, str) else value(tree, row)


def _temporal(op: str, one: tuple[Any, Any], other: tuple[Any, Any]) -> Verdict:
    """By comparing the four ends: -1, 0 or 1 of each pair."""
    (a, b), (c, d) = one, other
    before, after = _less(b, c), _less(d, a)
    same_start, same_end = _same(a, c), _same(b, d)
    relations: dict[str, list[Verdict]] = {
        "t_after": [after],
        "t_before": [before],
        "t_contains": [_less(a, c), _less(d, b)],
        "t_during": [_less(c, a), _less(b, d)],
        "t_equals": [same_start, same_end],
        "t_finishedby": [_less(a, c), same_end],
        "t_finishes": [_less(c, a), same_end],
        "t_meets": [_same(b, c)],
        "t_metby": [_same(a, d)],
        "t_overlappedby": [_less(c, a), _less(a, d), _less(d, b)],
        "t_overlaps": [_less(a, c), _less(c, b), _less(b, d)],
        "t_startedby": [same_start, _less(d, b)],
        "t_starts": [same_start, _less(b, d)],
    }
    if op in ("t_disjoint", "t_intersects"):
        apart = _or(before, after)
        return apart if op == "t_disjoint" else _not(apart)
    return reduce(_and, relations[op])


def _less(left: Any, right: Any) -> Verdict:
    if left is None or right is None:
        return None
    if left is right or left is LAST or right is FIRST:
        return False
    return True if left is FIRST or right is LAST else left < right


def _same(left: Any, right: Any) -> Verdict:
    return None if left is None or right is None else left is right or left == right


def _pattern(text: str) -> str:
    parts = re.findall(r"\\.|.", text, re.DOTALL)
    return "".join({"%": ".*", "_": "."}.get(part, re.escape(part.removeprefix("\\"))) for part in parts)


def _and(left: Verdict, right: Verdict) -> Verdict:
    return False if left is False or right is False else None if None in (left, right) else True


def _or(left: Verdict, right: Verdict) -> Verdict:
    return _not(_and(_not(left), _not(right)))


def _not(one: Verdict) -> Verdict:
    return None if one is None else not one
