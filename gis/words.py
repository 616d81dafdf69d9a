"""What a question in words means: each word with all that stands for it, in either script.

Folding (hamza, ta marbuta, marks, digits) is the database's, `gis_norm_ar`; here is what folding cannot do: articles
that may stand or fall, "and", "in" and "for" written together with them (والسيب, بالسيب, للسيب), a final hamza that may
be left out, and words that mean the same (`SEARCH_SYNONYMS`, a file of the operator's: another country brings its own).
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

Fold = Callable[[tuple[str, ...]], tuple[str, ...]]

MOST_WORDS = 12
NUMBER_AND_LETTER = re.compile(r"(\d+)[^\W\d]+")
BREAKS = re.compile(r"[\s,;./()|\-]+")  # the forms of a word are told to the database between upright lines
# The article before "sun letters" takes their sound: as Seeb, ar Rustaq, adh Dhahirah.
LATIN_ARTICLES = {"al", "el"}
SUN_ARTICLES = {"ad", "adh", "an", "ar", "as", "ash", "at", "ath", "az"}
SHORTEST_WITH_ARTICLE, SHORTEST_STEM = 5, 3
# Arabic writes these together with the article and the word: and the, so the, in the, as the; for the.
TOGETHER = ("وال", "فال", "بال", "كال", "لل")
JOINING = {"و", "wa", "wal", "and"}


@dataclass(frozen=True)
class Word:
    """A word as it was asked, and what else it may be called. `common`: many things are called so (street, mosque)."""

    said: str
    others: tuple[str, ...] = ()
    common: bool = False

    @property
    def forms(self) -> tuple[str, ...]:
        return (self.said, *self.others)

    @property
    def tells(self) -> bool:
        """Does it alone tell what is meant? Not a number, nor what many are called."""
        return not (self.common or self.said.isdecimal())


@dataclass(frozen=True)
class Synonyms:
    """Each folded word or phrase with all that mean the same; `empty` words only announce the number behind them."""

    same: Mapping[str, frozenset[str]]
    empty: frozenset[str]

    def of(self, word: str) -> frozenset[str]:
        return self.same.get(word) or self.same.get(stem(word)) or frozenset()


@cache
def synonyms(fold: Fold) -> Synonyms:
    """The operator's file: a row for each meaning, and one without a topic for the empty words."""
    with Path(settings.SEARCH_SYNONYMS).open(encoding="utf-8", newline="") as file:
        rows = [(row["topic"], frozenset(fold(tuple(row["words"].split("|"))))) for row in csv.DictReader(file)]
    same = {word: words for topic, words in rows if topic for word in words}
    return Synonyms(same, frozenset(word for topic, words in rows if not topic for word in words))


def words_of(folded: str, known: Synonyms) -> list[Word]:
    """The words of a folded question; a phrase that the synonyms know is one. Latin articles are left out, and what
    only joins two words."""
    said = [word for word in BREAKS.split(folded) if any(map(str.isalnum, word))]
    said = [*said[:1], *(word for word in said[1:-1] if word not in JOINING), *said[1:][-1:]]
    pairs = zip(said, [*said, ""][1:], strict=True)
    said = [word for word, after in pairs if not (is_article(word, after) or _is_empty(word, after, known))]
    found: list[Word] = []
    while said and len(found) < MOST_WORDS:
        length = next((n for n in (3, 2) if " ".join(said[:n]) in known.same and len(said) >= n), 1)
        found.append(_word(" ".join(said[:length]), known))
        del said[:length]
    return found


def is_article(word: str, after: str) -> bool:
    if word in LATIN_ARTICLES:
        return bool(after)
    return word in SUN_ARTICLES and after.startswith(word[1:])


def stem(word: str) -> str:
    """Without the article."""
    return word[2:] if word.startswith(("ال", "al")) and len(word) >= SHORTEST_WITH_ARTICLE else word


def spellings(word: str) -> Iterable[str]:
    """What the word may also be written as: with or without its article or a hamza at its end; 9A is a kind of 9."""
    bare = stem(word)
    if bare != word:
        yield bare
    if is_arabic(bare) and len(bare) >= SHORTEST_STEM:
        yield from (joined for joined in ("ال" + bare, "وال" + bare) if joined != word)
    for prefix in TOGETHER:
        if word.startswith(prefix) and len(behind := word.removeprefix(prefix)) >= SHORTEST_STEM:
            yield from (behind, "ال" + behind)
    if with_letter := NUMBER_AND_LETTER.fullmatch(word):
        yield with_letter[1]
    if word.endswith("اء"):
        yield word[:-1]
    elif len(word) >= SHORTEST_STEM and word.endswith("ا"):
        yield word + "ء"


def is_arabic(word: str) -> bool:
    return "\u0621" <= word[:1] <= "\u064a"


def as_written(folded: str, asked: list[Word]) -> str:
    """What is asked for with the marks it was written with (103/4), where it stands in the question in this order."""
    said = " ".join(word.said for word in asked)
    written = " ".join(piece for piece in folded.split(" ") if set(BREAKS.split(piece)) & set(said.split(" ")))
    return written if BREAKS.sub(" ", written).strip() == said else said


def _is_empty(word: str, after: str, known: Synonyms) -> bool:
    return word in known.empty and after[:1].isdecimal()


def _word(said: str, known: Synonyms) -> Word:
    same = known.of(said)
    others = dict.fromkeys([*spellings(said), *sorted(same)])
    others.pop(said, None)
    return Word(said, tuple(others), common=bool(same))
