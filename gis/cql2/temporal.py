"""Relations of instants and intervals (CQL2 7.8, after Allen). An instant is the interval that begins and ends with it.

Both ends belong to an interval. An open end is earlier or later than everything. A day that the caller wrote beside
times is the whole day here; a field of days is compared with days only, for when its days begin nobody has said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from gis.cql2 import instants
from gis.cql2.kinds import NAMES, WRITTEN, Kind, Scope, Term
from gis.cql2.reading import Tree
from gis.cql2.refusals import NoComparison, WrongArguments, WrongInterval, WrongKind
from gis.cql2.terms import term

OPEN = ".."
RELATIONS = {
    "t_after": "{a} > {d}",
    "t_before": "{b} < {c}",
    "t_contains": "{a} < {c} AND {b} > {d}",
    "t_disjoint": "{a} > {d} OR {b} < {c}",
    "t_during": "{a} > {c} AND {b} < {d}",
    "t_equals": "{a} = {c} AND {b} = {d}",
    "t_finishedby": "{a} < {c} AND {b} = {d}",
    "t_finishes": "{a} > {c} AND {b} = {d}",
    "t_intersects": "{a} <= {d} AND {b} >= {c}",
    "t_meets": "{b} = {c}",
    "t_metby": "{a} = {d}",
    "t_overlappedby": "{a} > {c} AND {a} < {d} AND {b} > {d}",
    "t_overlaps": "{a} < {c} AND {b} > {c} AND {b} < {d}",
    "t_startedby": "{a} = {c} AND {b} > {d}",
    "t_starts": "{a} = {c} AND {b} < {d}",
}
# SQL of each: a to b is the first interval, c to d the second.
FORMS = {name: sql.SQL(f"({text})") for name, text in RELATIONS.items()}
ENDLESS: dict[str, tuple[sql.SQL, sql.SQL]] = {
    "date": (sql.SQL("'-infinity'::date"), sql.SQL("'infinity'::date")),
    "datetime": (sql.SQL("'-infinity'::timestamptz"), sql.SQL("'infinity'::timestamptz")),
}


@dataclass(frozen=True)
class Span:
    """Beginning and end, None where it is open. An instant is one term twice."""

    first: Term | None
    last: Term | None

    @property
    def terms(self) -> list[Term]:
        return [one for one in (self.first, self.last) if one is not None]

    def in_times(self) -> "Span":
        """With the moments that its days begin and end."""
        first, last = self.first and instants.opening(self.first), self.last and instants.closing(self.last)
        return self if first is self.first and last is self.last else Span(first, last)


def relation(op: str, args: list[Tree], scope: Scope) -> sql.Composed:
    """SQL: the relation holds."""
    if len(args) != 2:
        raise WrongArguments(name=op.upper(), wanted=2, found=len(args))
    one, other = (_span(tree, scope) for tree in args)
    if len({term.kind for term in (*one.terms, *other.terms)}) > 1:
        one, other = one.in_times(), other.in_times()
    kind = _common_kind([*one.terms, *other.terms])
    for span in (one, other):
        _check_order(span)
    (a, b), (c, d) = _ends(one, kind, scope), _ends(other, kind, scope)
    return FORMS[op].format(a=a, b=b, c=c, d=d)


def _common_kind(terms: list[Term]) -> Kind:
    """Raises NoComparison for a field of days beside times."""
    terms = sorted(terms, key=lambda found: found.literal)
    for one in terms:
        if one.kind != terms[0].kind:
            told = terms[0]
            raise NoComparison(what=told.told, kind=NAMES[told.kind], other=NAMES[one.kind], wanted=WRITTEN[told.kind])
    return terms[0].kind if terms else "datetime"


def _check_order(span: Span) -> None:
    first, last = span.first, span.last
    if first and last and first.literal and last.literal and first.value > last.value:
        raise WrongInterval()


def _ends(span: Span, kind: Kind, scope: Scope) -> Sequence[sql.Composable]:
    """SQL: beginning and end; of an instant the same, written once."""
    if span.first is not None and span.first is span.last:
        return (span.first.placed(scope),) * 2
    ends = zip((span.first, span.last), ENDLESS[kind], strict=True)
    return [endless if term is None else term.placed(scope) for term, endless in ends]


def _span(tree: Tree, scope: Scope) -> Span:
    if not (isinstance(tree, dict) and "interval" in tree):
        found = _instant(tree, scope)
        return Span(found, found)
    if len(tree["interval"]) != 2:
        raise WrongInterval()
    return Span(*(None if end == OPEN else _instant(end, scope) for end in tree["interval"]))


def _instant(tree: Tree, scope: Scope) -> Term:
    found = instants.either(tree) if isinstance(tree, str) else term(tree, scope)
    if found.kind not in ENDLESS:
        raise WrongKind(what=found.told, wanted=NAMES["datetime"], found=NAMES[found.kind])
    return found
