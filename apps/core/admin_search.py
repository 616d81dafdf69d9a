"""The search of the desk's lists forgives what `gis_norm_ar` folds: hamza, ta marbuta, marks, case, the form of digits.

The term is folded by the database. The columns are not: folding a hundred thousand names takes seconds, and behind
row-level security no index helps, for its operators are not leakproof. Instead each letter of the folded term becomes
the class of all letters that `gis_norm_ar` folds to it: a pattern that reads the columns as they are stored.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import smart_split, unescape_string_literal

LONGEST = 200
MOST_WORDS = 12
# Latin, Greek, Cyrillic, Arabic; invisible marks; Arabic letters in the forms of old exports.
LETTERS = [*range(1, 0x700), *range(0x200B, 0x2070), *range(0xFE70, 0xFEFD)]
# Between two letters, since a space at the end is folded away.
FOLDED = "SELECT i, gis_norm_ar('x' || chr(i) || 'x') FROM unnest(%s::integer[]) AS i"


class FoldedSearch:
    """To put before a ModelAdmin: every word of the term stands in some field of `search_fields`, and in no other."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        page: Any = self
        fields = page.get_search_fields(request)
        if not (fields and search_term):
            return queryset, False
        asked = Q()
        for word in _words(_fold(search_term[:LONGEST])):
            pattern = pattern_of(word)
            asked &= Q(*((f"{field}__regex", pattern) for field in fields), _connector=Q.OR)
        return queryset.filter(asked), any(lookup_spawns_duplicates(page.opts, field) for field in fields)


def pattern_of(word: str) -> str:
    """A regular expression of PostgreSQL for all spellings of a folded word, wherever it stands."""
    kinds, ignored = _alphabet()
    between = f"[{_escaped(ignored)}]*"
    return between.join(r"\s+" if letter == " " else f"[{_escaped(kinds.get(letter, letter))}]" for letter in word)


def alike(letter: str) -> str:
    """All letters that the search takes for this one, itself among them; none where it reads over it."""
    kinds, ignored = _alphabet()
    return "" if letter in ignored else next((kind for kind in kinds.values() if letter in kind), letter)


def _words(folded: str) -> Iterator[str]:
    """Words, or what stands in quotation marks."""
    for word in list(smart_split(folded))[:MOST_WORDS]:
        quoted = len(word) > 1 and word[0] in "\"'" and word[0] == word[-1]
        yield unescape_string_literal(word) if quoted else word


def _fold(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT gis_norm_ar(%s)", [text])
        return str(cursor.fetchone()[0])


@cache
def _alphabet() -> tuple[dict[str, str], str]:
    """Each folded letter with all that fold to it, and all that is folded away."""
    kinds: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(FOLDED, [LETTERS])
        for code, folded in cursor.fetchall():
            if match := re.fullmatch("x(.?)x", folded):
                kinds[match[1]] = kinds.get(match[1], "") + chr(code)
    return kinds, kinds.pop("")


def _escaped(letters: str) -> str:
    """By their numbers, so that none means anything in a pattern: inside of a bracket expression."""
    return "".join(f"\\U{ord(letter):08x}" for letter in letters)
