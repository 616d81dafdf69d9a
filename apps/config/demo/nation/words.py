"""What people of a quarter write, as arrays that SQL draws from."""

import json
from functools import cache
from uuid import UUID

import numpy as np

from apps.reports.models import Category

from ..dice import dice
from ..reports import ENGLISH_SHARE
from ..site import Name, word_list
from .plan import Quarter

DRAWN = 400  # texts of one quarter, the frequent ones several times


def said(quarter: Quarter, street: Name, seed: int) -> dict[str, list[str] | list[UUID]]:
    """Category, language and text of reports, with the names of the quarter in them."""
    rng = dice(seed, quarter.code, "texts")
    patterns, texts, categories = _patterns(), _texts(), {one.code: one.pk for one in Category.objects.all()}
    weights = np.array([float(row["weight"]) for row in patterns])
    found: dict[str, list[str] | list[UUID]] = {"said_category": [], "said_language": [], "said_text": []}
    for drawn in rng.choice(len(patterns), DRAWN, p=weights / weights.sum()):
        category = patterns[int(drawn)]["category"]
        language = "en" if rng.random() < ENGLISH_SHARE and ("en", category) in texts else "ar"
        choices = texts[language, category]
        text = choices[int(rng.integers(len(choices)))]
        names = {"street": getattr(street, language), "quarter": getattr(quarter.name, language)}
        for key, value in zip(found, (categories[category], language, text.format(**names)), strict=True):
            found[key].append(value)  # type: ignore[arg-type]
    return found


def answers() -> str:
    """The first answer for each status and language, as JSON: "done ar"."""
    found: dict[str, str] = {}
    for row in word_list("report_answers"):
        found.setdefault(f"{row['status']} {row['lang']}", row["text"])
    return json.dumps(found, ensure_ascii=False)


@cache
def _patterns() -> list[dict[str, str]]:
    return list(word_list("report_patterns"))


@cache
def _texts() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in word_list("report_texts"):
        found.setdefault((row["lang"], row["category"]), []).append(row["text"])
    return found
