"""Relations of lists (CQL2 7.9), taken as sets: neither order nor repetition matters."""

from decimal import Decimal

from psycopg import sql

from gis.cql2.kinds import FAMILIES, NAMES, Kind, Scope, Term
from gis.cql2.reading import Tree
from gis.cql2.refusals import NoComparison, WrongArguments, WrongKind
from gis.cql2.terms import term

RELATIONS = {
    "a_contains": sql.SQL("({0} @> {1})"),
    "a_containedby": sql.SQL("({0} <@ {1})"),
    "a_equals": sql.SQL("({0} @> {1} AND {0} <@ {1})"),
    "a_overlaps": sql.SQL("({0} && {1})"),
}
CASTS: dict[Kind, sql.SQL] = {"texts": sql.SQL("text[]"), "numbers": sql.SQL("numeric[]")}


def relation(op: str, args: list[Tree], scope: Scope) -> sql.Composed:
    """SQL: the relation holds."""
    if len(args) != 2:
        raise WrongArguments(name=op.upper(), wanted=2, found=len(args))
    left, right = (_listed(tree, scope) for tree in args)
    kind = left.kind if left.value != [] else right.kind
    for one in (left, right):
        if one.kind != kind and one.value != []:
            told, than = sorted((left, right), key=lambda found: found.literal)
            raise NoComparison(what=told.told, kind=NAMES[told.kind], other=NAMES[than.kind], wanted=NAMES[told.kind])
    return RELATIONS[op].format(left.placed(scope, CASTS[kind]), right.placed(scope, CASTS[kind]))


def _listed(tree: Tree, scope: Scope) -> Term:
    """A field that is a list, or a list that the caller wrote: all texts or all numbers."""
    if not isinstance(tree, list):
        found = term(tree, scope)
        if found.literal and found.kind in ("text", "number"):  # ('a') is read as 'a'
            return _written([found])
        if found.kind not in CASTS:
            raise WrongKind(what=found.told, wanted=NAMES["texts"], found=NAMES[found.kind])
        return found
    return _written([term(one, scope) for one in tree])


def _written(terms: list[Term]) -> Term:
    families = {FAMILIES[one.kind] for one in terms}
    strange = next((one for one in terms if not one.literal or FAMILIES[one.kind] not in ("text", "number")), None)
    if strange or len(families) > 1:
        odd = strange or terms[-1]
        raise WrongKind(what=odd.told, wanted=NAMES["texts"], found=NAMES[odd.kind])
    if families == {"number"}:
        return Term("numbers", value=[Decimal(one.value) for one in terms])
    return Term("texts", value=[one.value for one in terms])
