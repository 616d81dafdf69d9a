"""By which of its other names does a thing answer? It is found by every spelling, and says which one it was."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from psycopg import sql

from gis import published, search
from gis.db.documents import searched
from gis.layers import Audience, Layer
from gis.places import Found

BETTER = 0.15  # so much better than the names of the day another name must answer
BETWEEN = "; "


class _Name(NamedTuple):
    feature: UUID
    other: bool
    text: str


def other_names(many: Iterable[Found], text: str, audience: Audience) -> dict[tuple[str, UUID], str]:
    """The other name of each feature that answers the text better by it than by its own, by layer and identifier.

    Names are compared as search compares (`gis_likeness`), each by itself. Raises what `published.reading` raises.
    """
    layers: dict[str, list[Found]] = {}
    for one in many:
        if any(field.also and one.values.get(field.name) for field in one.layer.fields_for(audience)):
            layers.setdefault(one.layer.id, []).append(one)
    return {
        (layer_id, feature): name
        for layer_id, ones in layers.items()
        for feature, name in _of_layer(ones[0].layer, ones, text, audience).items()
    }


def _of_layer(layer: Layer, ones: list[Found], text: str, audience: Audience) -> dict[UUID, str]:
    names = [name for one in ones for name in _names(one, audience)]
    own: dict[UUID, float] = {}
    best: dict[UUID, tuple[float, str]] = {}
    for name, score in zip(names, _scores(layer, names, text, audience), strict=True):
        if not name.other:
            own[name.feature] = max(score, own.get(name.feature, 0.0))
        elif score > best.get(name.feature, (0.0, ""))[0]:
            best[name.feature] = score, name.text
    return {one: name for one, (score, name) in best.items() if score > own.get(one, 0.0) + BETTER}


def _names(one: Found, audience: Audience) -> list[_Name]:
    told = [(field, str(one.values.get(field.name) or "")) for field in searched(one.layer, audience)]
    return [
        _Name(one.id, field.also, name)
        for field, text in told
        for name in (text.split(BETWEEN) if field.also else [text])
        if name
    ]


def _scores(layer: Layer, names: list[_Name], text: str, audience: Audience) -> list[float]:
    asked = search.asked_of(layer, text, audience)
    whole = " ".join(word.said for word in asked)
    query = sql.SQL(
        "SELECT gis_likeness({}, {}, {}::text[], gis_norm_ar(n.name))"
        " FROM unnest({}::text[]) WITH ORDINALITY AS n(name, place) ORDER BY n.place"
    ).format(
        sql.Literal(whole),
        sql.Literal(whole),
        sql.Literal(["|".join(word.forms) for word in asked]),
        sql.Literal([name.text for name in names]),
    )
    with published.reading(audience) as cursor:
        published.execute(cursor, query)
        return [score for (score,) in cursor.fetchall()]
