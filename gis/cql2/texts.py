"""Texts: folding of case and accents, and LIKE.

CASEI folds case. ACCENTI takes letters without their marks: those of Latin, Greek and Cyrillic by PostgreSQL's
`unaccent`, and Arabic as `gis_norm_ar` does for search: no tashkeel and tatweel, hamza seats, alef, ya, ta marbuta and
kaf each as one letter. Unlike `gis_norm_ar` it leaves case, digits and spaces alone: in CQL2 case is CASEI's.
"""

import re
import unicodedata
from typing import Any

from psycopg import sql

from gis.cql2.limits import MOST_WILDCARDS
from gis.cql2.reading import Tree
from gis.cql2.refusals import WHATS, TooMany, WrongPattern, WrongText

FOLDED = ("casei", "accenti")
MARKS = "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]"
SEATS, LETTERS = "أإآٱىیئؤةکگ", "ااااييءءهكك"

# `upper` first: the two small sigmas have one capital, and ß has SS. Unicode's rules, whatever the column's collation.
CASE = sql.SQL('lower(upper({} COLLATE "und-x-icu"))')
ACCENT = sql.SQL(f"unaccent(translate(regexp_replace({{}}, '{MARKS}', '', 'g'), '{SEATS}', '{LETTERS}'))")

WILDCARDS = re.compile(r"\\.|([%_])", re.DOTALL)


def folded(op: str, text: sql.Composable) -> sql.Composed:
    """SQL: a text without its case or without its accents."""
    return (CASE if op == "casei" else ACCENT).format(text)


def check_pattern(tree: Tree) -> None:
    """Is it a pattern of LIKE: a text, perhaps folded? Raises WrongPattern, WrongText and TooMany."""
    while isinstance(tree, dict) and str(tree.get("op")).lower() in FOLDED and len(tree["args"]) == 1:
        tree = tree["args"][0]
    if not isinstance(tree, str):
        raise WrongPattern()
    _check(tree)


def _check(pattern: Any) -> None:
    if "\x00" in pattern:
        raise WrongText()
    if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
        raise WrongPattern()
    # ACCENTI makes wildcards of their wide forms.
    wide = unicodedata.normalize("NFKC", pattern)
    if sum(1 for found in WILDCARDS.finditer(wide) if found[1]) > MOST_WILDCARDS:
        raise TooMany(what=WHATS["wildcards"], most=MOST_WILDCARDS)
