"""A whole number typed into the search of a desk's list is looked up, not searched for.

Of somebody who gives the number of a plot, nothing else is meant, and the index finds it among millions, where the
search of `FoldedSearch` has to read them all. Which number that is, the layer declares (`gis.layers.Field.number`).
What the search takes for the same letter is the same here: 12أ is 12ا. Marks that a record keeps inside of its number
(a tatweel, an invisible one) the search alone forgives.
"""

import re
from collections.abc import Iterable
from itertools import product
from math import prod
from typing import Any
from unicodedata import normalize

from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from gis.db.numbers import columns

from .admin_search import alike
from .digits import ARABIC, EUROPEAN, PERSIAN, european

LONGEST = 40
MOST_FORMS = 1000
AROUND_MARKS = re.compile(r"\s*([/-])\s*")
# Records keep their number as it was delivered: in European, Arabic or Persian digits.
SCRIPTS: tuple[dict[int, int], ...] = ({}, *(str.maketrans(EUROPEAN, digits) for digits in (ARABIC, PERSIAN)))


class WholeNumbers:
    """To put before a ModelAdmin with a search. Where no record has the number as a whole, everything is searched; so
    it is for a number in quotation marks. The list says so, unless the page has a `search_help_text` of its own."""

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        page: Any = super()
        made: ChangeList = page.get_changelist_instance(request)
        if columns(made.model) and not made.search_help_text:
            made.search_help_text = gettext(
                "The whole number of a record lists the records that have it and nothing else; in quotation marks it is"
                " looked for everywhere."
            )
        return made

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
    """A number in every script of digits and in all forms of its letters, no spaces around its marks.

    Nothing for words without a digit, and for so many letters that their forms are too many to look up.
    """
    number = AROUND_MARKS.sub(r"\1", " ".join(normalize("NFKC", european(typed)).split()))
    if len(number) > LONGEST or not any(letter.isdigit() for letter in number):
        return []
    letters = [forms for letter in number if (forms := _forms(letter))]
    if prod(map(len, letters)) > MOST_FORMS:
        return []
    written = {" ".join(typed.split()), *map("".join, product(*letters))}
    return sorted({form.translate(script) for form in written for script in SCRIPTS})


def _forms(letter: str) -> str:
    """Digits have theirs by the script of the whole number; the marks of ASCII have none."""
    return letter if letter.isascii() and not letter.isalpha() else alike(letter)
