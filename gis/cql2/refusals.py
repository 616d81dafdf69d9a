"""Why a filter is not taken. Each sentence names the bound or what was expected."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.parameters import BadParameter


class BadFilter(BadParameter):
    code: ClassVar[str] = "bad_filter"
    parameter: ClassVar[str] = "filter"


class NotCql2(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        "The filter is not CQL2: it cannot be read near \"%(near)s\". Write, for example: name = 'x' AND depth > 20."
    )


class NotCql2Json(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        'The filter is not CQL2 in JSON. Write, for example: {"op": "=", "args": [{"property": "status"}, "open"]}.'
    )


class TooLong(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        "The filter has %(length)s characters; at most %(most)s are read. Simplify its areas, or ask in several parts."
    )
    counts = ("length", "most")


class TooDeep(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        "The filter is nested too deeply: at most %(most)s levels are read, fewer where much stands inside them."
    )


class Unbalanced(BadFilter):
    sentence: ClassVar[str | Promise] = _("A parenthesis or a quotation mark of the filter is never closed.")


class TooMany(BadFilter):
    """`what` is one of WHATS."""

    sentence: ClassVar[str | Promise] = _("The filter has too many %(what)s: at most %(most)s are allowed.")
    counts = ("most",)


WHATS: dict[str, Promise] = {
    "operators": _("operators (AND, OR, NOT and arithmetic)"),
    "vertices": _("vertices in its geometries"),
    "predicates": _("conditions"),
    "values": _("values in one list"),
    "wildcards": _("wildcards in one LIKE"),
}


class WrongKind(BadFilter):
    """`wanted` is one of gis.cql2.kinds.NAMES or a sentence's part."""

    sentence: ClassVar[str | Promise] = _("%(what)s cannot stand here: expected %(wanted)s, found %(found)s.")


class NoComparison(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        "%(what)s is %(kind)s and cannot be compared with %(other)s. Compare it with %(wanted)s."
    )


class NotACondition(BadFilter):
    sentence: ClassVar[str | Promise] = _("A condition is expected, such as a comparison; %(found)s is none.")


class NotAValue(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        "A value is expected: a field, a text, a number, a day or a time; %(found)s is none."
    )


class UnknownFunction(BadFilter):
    sentence: ClassVar[str | Promise] = _('There is no function "%(name)s" in filters. The nearest is "%(nearest)s".')


class WrongArguments(BadFilter):
    sentence: ClassVar[str | Promise] = _("%(name)s takes %(wanted)s arguments; %(found)s are given.")


class WrongInstant(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        '"%(given)s" is no day such as 2026-01-31 and no time such as 2026-01-31T12:00:00Z.'
    )


class WrongInterval(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        'An interval has a beginning and an end of one kind, days or times, the beginning first; ".." leaves one open.'
    )


class WrongNumber(BadFilter):
    sentence: ClassVar[str | Promise] = _("The number %(given)s is too large to be compared exactly: at most %(most)s.")
    counts = ("most",)


class WrongText(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        "A text of the filter holds a character that no text has (NUL). Leave it out."
    )


class WrongPattern(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        'LIKE is followed by a text in single quotation marks: a percent sign stands for any letters, "_" for one. A '
        "backslash before one of them takes it as it is; none may end the text."
    )


class WrongGeometry(BadFilter):
    sentence: ClassVar[str | Promise] = _("A geometry of the filter is not valid: %(why)s. Correct its coordinates.")


class OutsideSystem(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        "A coordinate of the filter lies outside the coordinate system %(system)s. Check the order and unit of the "
        "numbers, or name their system with filter-crs."
    )


class NoCollections(BadFilter):
    sentence: ClassVar[str | Promise] = _(
        "%(name)s takes no geometry collection of several kinds. Give its parts one by one, joined with OR."
    )


class TooFar(BadFilter):
    sentence: ClassVar[str | Promise] = _("S_DWITHIN looks from 0 to %(most)s metres around, not %(given)s.")
    counts = ("most",)
