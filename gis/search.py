"""Finding published things by words: a plot, an address, a street, a place, in either script.

Hamza, ta marbuta, marks and the form of digits do not matter (`gis_norm_ar`), and a word may be mistyped (pg_trgm).
Only fields that the audience sees are looked into. Words that only say what is looked for ("plot 123") choose the
layer: they are the words of its title and of its searched fields' titles, in every language of the site.
"""

from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.utils.translation import override
from psycopg import sql

from gis import places, published
from gis.db.readers import finds
from gis.layers import Audience, Layer, registry
from gis.places import Found

LONGEST = 200
NAMED = 0.3  # added where the words name the layer
BASE_MAP = -0.1  # a road of the base map stands behind the street that it shows


def find(words: str, audience: Audience, limit: int = 20) -> list[Found]:
    """The things that answer best, the best first; nothing for words without a letter or digit.

    Raises what `published.reading` raises.
    """
    text = words.replace("\x00", " ")[:LONGEST]
    (folded,) = _fold((text,), audience)
    layers = [layer for layer in registry if finds(layer, audience)]
    if not any(map(str.isalnum, folded)) or not layers:
        return []
    questions = [question for layer in layers for question in _questions(layer, audience, folded, limit)]
    statement = sql.SQL("SELECT layer, id, max(score) FROM ({}) AS f GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT {}")
    with published.reading(audience) as cursor:
        published.execute(cursor, statement.format(sql.SQL(" UNION ALL ").join(questions), sql.Literal(limit)))
        ranked = [(layer_id, feature_id) for layer_id, feature_id, _score in cursor.fetchall()]
    return _read(ranked, audience)


def _questions(layer: Layer, audience: Audience, folded: str, limit: int) -> list[sql.Composed]:
    """One SELECT for each function that answers for the layer: an officer's own rows, and what others may see."""
    naming = _naming_words(layer, audience)
    asked = [word for word in folded.split(" ") if word not in naming]
    bonus = (NAMED if asked and len(asked) < len(folded.split(" ")) else 0) + (BASE_MAP if layer.base_map else 0)
    schemas = ["agency"] if audience is Audience.AGENCY else ["pub"] if finds(layer, Audience.PUBLIC) else []
    if audience is Audience.OFFICER and layer.owned:
        schemas.append("own")
    return [
        sql.SQL("SELECT {} AS layer, id, score + {} AS score FROM {}({}, {})").format(
            sql.Literal(layer.id),
            sql.Literal(bonus),
            sql.Identifier(schema, f"{layer.view}_find"),
            sql.Literal(" ".join(asked) or folded),
            sql.Literal(limit),
        )
        for schema in schemas
    ]


def _read(ranked: list[tuple[str, UUID]], audience: Audience) -> list[Found]:
    """The features, in the order of the ranking; one that went away meanwhile is left out."""
    found = {
        (layer_id, one.id): one
        for layer_id in {layer_id for layer_id, _id in ranked}
        for one in places.read_many(registry[layer_id], [i for other, i in ranked if other == layer_id], audience)
    }
    return [found[key] for key in ranked if key in found]


def _naming_words(layer: Layer, audience: Audience) -> frozenset[str]:
    titles = [layer.title, *(field.title for field in layer.fields if field.searched)]
    said = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            said += [str(title) for title in titles]
    return frozenset(word for text in _fold(tuple(said), audience) for word in text.split(" "))


@lru_cache(maxsize=256)
def _fold(texts: tuple[str, ...], audience: Audience) -> tuple[str, ...]:
    """The texts as they are compared, by the same function that the indexes use."""
    with published.reading(audience) as cursor:
        cursor.execute(
            "SELECT gis_norm_ar(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n", [[*texts]]
        )
        return tuple(folded for (folded,) in cursor.fetchall())
