"""Finding published things by words: a plot, an address, a street, a place, in either script.

Hamza, ta marbuta, marks, the form of digits, articles and the choice among words of one meaning do not matter
(`gis_norm_ar`, `gis.words`), and a word may be mistyped or transliterated otherwise (`search_near`). The words are kept
apart from the records (`gis.db.documents`, `gis.indexing`); only fields that the audience sees are looked into.
Words that only say what is looked for ("plot 123") choose the layer: they are the words of its title and of its
searched fields' titles, in every language of the site, and their synonyms. Where each number has such a word before
it, the order does not matter: block 4 plot 103 is 103 / 4.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from psycopg import sql

from gis import nearness, places, published, words
from gis.db import documents, finders
from gis.layers import Audience, Layer, registry
from gis.nearness import Scored
from gis.places import Found
from gis.words import Word

LONGEST = 200
NAMED = 0.3  # added where the words name the layer
BASE_MAP = -0.1  # a road of the base map stands behind the street that it shows


class SearchTookTooLong(published.TookTooLong):
    sentence: ClassVar[str | Promise] = _(
        "This search takes too long at the moment. Ask with fewer words, or try again in a minute."
    )


def find(
    text: str,
    audience: Audience,
    limit: int = 20,
    *,
    each: int = 0,
    near: tuple[float, float] | None = None,
    layers: Iterable[Layer] | None = None,
) -> list[Found]:
    """The things that answer best, the best first; nothing for words without a letter or digit.

    No more than `each` of a layer, where that is given; `near` (longitude, latitude) puts what is nearer before what
    answers nearly as well (see gis.nearness). Raises what `published.reading` raises, and SearchTookTooLong.
    """
    folded, said = _said(text, audience)
    if not any(map(str.isalnum, folded)) or not said:
        return []
    asked = registry if layers is None else layers
    questions = [question for layer in asked for question in _questions(layer, audience, folded, said)]
    scored = _ask(questions, audience, finders.COMPARED if near else each or limit)
    if near:
        scored = nearness.ranked(scored, near, audience)
    return _read(_first(scored, limit, each or limit), audience)


def asked_of(layer: Layer, text: str, audience: Audience) -> list[Word]:
    """The words that are looked for in a layer: those of the text that do not only name it."""
    _whole, said = _said(text, audience)
    return _asked(layer, audience, said)


def _said(text: str, audience: Audience) -> tuple[str, list[Word]]:
    """The text as it is compared, and its words."""
    if audience.scope is not None:  # words are kept for all fields and rows that agencies see
        raise published.NotByKey
    (folded,) = _fold((text.replace("\x00", " ")[:LONGEST],), audience)
    return folded, words.words_of(folded, words.synonyms(_folded))


def _ask(questions: list[dict[str, Any]], audience: Audience, most: int) -> list[Scored]:
    """The best of each layer with their scores, the best first."""
    statement = sql.SQL("SELECT layer, id, max(score) FROM {}({}, {}) GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2")
    asked = json.dumps(questions, ensure_ascii=False)
    function = sql.Identifier(finders.SCHEMAS[audience], "search")
    try:
        with published.reading(audience) as cursor:
            published.execute(cursor, statement.format(function, sql.Literal(asked), sql.Literal(most)))
            return [Scored(*row) for row in cursor.fetchall()]
    except published.TookTooLong as error:
        raise SearchTookTooLong() from error


def _first(scored: list[Scored], limit: int, each: int) -> list[tuple[str, UUID]]:
    taken: Counter[str] = Counter()
    found: list[tuple[str, UUID]] = []
    for one in scored:
        taken[one.layer] += 1
        if taken[one.layer] <= each and len(found) < limit:
            found.append((one.layer, one.id))
    return found


def _questions(layer: Layer, audience: Audience, folded: str, said: list[Word]) -> list[dict[str, Any]]:
    """What each function that answers for the layer is asked: an officer's own rows, and what others may see."""
    schemas = finders.schemas(layer, audience)
    if not schemas:
        return []
    asked = _asked(layer, audience, said)
    question = {
        "whole": folded,
        "asked": words.as_written(folded, asked),
        "forms": ["|".join(word.forms) for word in asked],
        "tells": [word.tells for word in asked],
        "bonus": (NAMED if len(asked) < len(said) else 0) + (BASE_MAP if layer.base_map else 0),
    }
    return [{**question, "function": f"{schema}.{layer.view}_find"} for schema in schemas]


def _asked(layer: Layer, audience: Audience, said: list[Word]) -> list[Word]:
    """The words without those that name the layer or a field, by the order of the fields where all have been named."""
    naming = _naming_words(layer.id, audience)
    asked: list[tuple[int | None, Word]] = []
    field: int | None = None
    for word in said:
        named = next((naming[form] for form in word.forms if form in naming), None)
        if named is None:
            asked.append((field, word))
        field = named
    if not asked:
        return said
    if all(place is not None and place >= 0 for place, _word in asked):
        asked.sort(key=lambda pair: pair[0] or 0)
    return [word for _place, word in asked]


def _read(ranked: list[tuple[str, UUID]], audience: Audience) -> list[Found]:
    """The features, in the order of the ranking; one that went away meanwhile is left out."""
    wanted: dict[str, list[UUID]] = {}
    for layer_id, feature_id in ranked:
        wanted.setdefault(layer_id, []).append(feature_id)
    many = places.read_each(((registry[layer_id], ids) for layer_id, ids in wanted.items()), audience)
    found = {(one.layer.id, one.id): one for one in many}
    return [found[key] for key in ranked if key in found]


@cache
def _naming_words(layer_id: str, audience: Audience) -> dict[str, int]:
    """Words of titles, each with the place of the one column that it names; -1 where it names several, or the layer."""
    found: dict[str, int] = {}
    for place, title in _titles(registry[layer_id], audience):
        for word in words.BREAKS.split(title):
            for form in {word, words.stem(word)}:
                found[form] = place if found.get(form, place) == place else -1
    return found


def _titles(layer: Layer, audience: Audience) -> Iterator[tuple[int, str]]:
    said = []
    columns = [(field, path) for field in documents.searched(layer, audience) for path in documents.paths(field)]
    for code, _name in settings.LANGUAGES:
        with override(code):
            said.append((-1, str(layer.title)))
            for place, (field, path) in enumerate(columns):
                said += [(place, title) for title in sorted({documents.title(layer, path), str(field.title)})]
    folded = _fold(tuple(title for _place, title in said), audience)
    return zip((place for place, _title in said), folded, strict=True)


def _folded(texts: tuple[str, ...]) -> tuple[str, ...]:
    return _fold(texts, Audience.PUBLIC)


@lru_cache(maxsize=256)
def _fold(texts: tuple[str, ...], audience: Audience) -> tuple[str, ...]:
    """The texts as they are compared, by the same function that the indexes use."""
    with published.reading(audience) as cursor:
        cursor.execute(
            "SELECT gis_norm_ar(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n", [[*texts]]
        )
        return tuple(folded for (folded,) in cursor.fetchall())
