"""What `q` asks: features that say these words, as the platform's search understands them.

Words apart from each other are all to be found, in any order; a comma (of either script) parts alternatives of which
one will do. Hamza, ta marbuta, marks, digits, articles and the choice among words of one meaning do not matter; slips
of the hand do, as this is a filter and not a search. No word is a pattern: signs part words or are looked for.
"""

import re
import unicodedata
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import words
from gis.db import documents
from gis.layers import Audience, Layer
from gis.parameters import BadParameter

LONGEST = 200
ALTERNATIVES = re.compile("[,،٫]")
# As `gis_norm_ar` folds, which does so again: here it is only told which words stand for which.
MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
LETTERS = str.maketrans("أإآٱىیئؤةکگ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹،؛٫٬", "ااااييءءهكك01234567890123456789,;.,")

Asked = tuple[tuple[str, ...], ...]


class NoWords(BadParameter):
    parameter: ClassVar[str] = "q"
    sentence: ClassVar[str | Promise] = _('q must hold a word to look for; "%(given)s" holds none.')


class TooManyWords(BadParameter):
    parameter: ClassVar[str] = "q"
    sentence: ClassVar[str | Promise] = _("q holds too much. Ask with %(letters)s letters and %(most)s words at most.")


class NotByWords(BadParameter):
    parameter: ClassVar[str] = "q"
    sentence: ClassVar[str | Promise] = _(
        'Nothing that you see in "%(layer)s" is looked for by words. Leave out q, and filter by its fields.'
    )


def read(text: str) -> Asked:
    """Alternatives, each of words with their forms between bars, for `gis.db.sayings`. Raises NoWords, TooManyWords."""
    if len(text) > LONGEST:
        raise TooManyWords(letters=LONGEST, most=words.MOST_WORDS)
    if "\x00" in text:
        raise NoWords(given=text[:80].replace("\x00", "?"))
    known = words.synonyms(_folded)
    asked: list[tuple[str, ...]] = []
    number = 0
    for part in ALTERNATIVES.split(text):
        folded = fold(part)
        number += sum(any(map(str.isalnum, word)) for word in words.BREAKS.split(folded))
        found = [word for word in words.words_of(folded, known) if any(map(str.isalnum, word.said))]
        if found:
            asked.append(tuple("|".join(word.forms) for word in found))
    if not asked:
        raise NoWords(given=text[:80])
    if number > words.MOST_WORDS:
        raise TooManyWords(letters=LONGEST, most=words.MOST_WORDS)
    return tuple(asked)


def check(layer: Layer, audience: Audience) -> None:
    """Raises NotByWords where the audience may look for nothing of the layer."""
    if not documents.searched(layer, audience):
        raise NotByWords(layer=layer.id)


def fold(text: str) -> str:
    """The text as it is compared."""
    plain = MARKS.sub("", unicodedata.normalize("NFKC", text).lower()).translate(LETTERS)
    return " ".join(plain.split())


def _folded(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(fold, texts))
