"""A whole number typed into the search of a desk's list is looked up, not searched for.

Of somebody who gives the number of a plot, nothing else is meant, and the index finds it among millions, where the
search of `FoldedSearch` has to read them all. Which number that is, the layer declares (`gis.layers.Field.number`).
"""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from gis.db.numbers import columns

from .digits import european

LONGEST = 40
AROUND_MARKS = re.compile(r"\s*([/-])\s*")
# Records keep their number as it was delivered: in European, Arabic or Persian digits.
SCRIPTS: tuple[dict[int, int], ...] = (
    {},
    *(str.maketrans("0123456789", digits) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")),
)


class WholeNumbers:
    """To put before a ModelAdmin with a search. Where no record has the number as a whole, everything is searched; so
    it is for a number in quotation marks."""

    def numbers(self, typed: str) -> Iterable[str]:
        """How the number that was typed may be stored; nothing where it is none."""
        return spellings(typed)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        page: Any = self
        fields = columns(page.model)
        if fields and (asked := list(self.numbers(search_term))):
            for field in fields:
                numbered = queryset.filter(**{f"{field.name}__in": asked})
                if numbered.exists():
                    return numbered, False
        rest: Any = super()
        return rest.get_search_results(request, queryset, search_term)


def spellings(typed: str) -> list[str]:
    """A number in every script of digits, its letters as typed, large and small, no spaces around its marks."""
    number = AROUND_MARKS.sub(r"\1", " ".join(european(typed).split()))
    if len(number) > LONGEST or not any(letter.isdigit() for letter in number):
        return []
    forms = {" ".join(typed.split()), number, number.upper(), number.lower()}
    return sorted({form.translate(script) for form in forms for script in SCRIPTS})
