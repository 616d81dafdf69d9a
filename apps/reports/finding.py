"""A report's number typed into the search box leads to the report's own page: what that page tells, and no more."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.answerers import answers
from apps.core.cards import Find
from apps.core.symbols import SYMBOLS
from gis.layers import Audience

from .numbers import BadNumber, read_number
from .services.whose import whose

SHORTEST = 6  # five digits from the first number on, and the check digit


@answers
def by_number(words: str, audience: Audience) -> Iterator[Find]:
    """The report with this number, whole and with its right check digit; anybody may follow a report by it."""
    try:
        number = read_number(words)
    except BadNumber:
        return
    if len(number) >= SHORTEST and whose(number=number):
        title, symbol = _("Report %(number)s") % {"number": number}, SYMBOLS["reports"]
        yield Find(reverse("report-status", args=[number]), title, str(symbol.one), symbol, group="reports", page=True)
