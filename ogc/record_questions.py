"""What the catalogue's list can be asked (OGC API Records part 1, core query parameters), and which records answer.

There are as many records as layers, so they are looked through here and not by the database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from django.http import QueryDict
from django.utils.translation import override

from gis import areas, words
from gis.features import MOST_ON_A_PAGE, wording
from gis.layers import Audience, Layer

from . import catalogue, parameters, times
from .record_words import TOPICS

DEFAULT_LIMIT = 20
KIND = "dataset"
SCHEME = "collection"  # of an identifier outside the catalogue: that of the layer in the feed
SORTABLES = ("id", "type", "title", "created", "updated")
SIGNS = ("", "+", "-")
CORE = ("q", "bbox", "datetime", "limit", "type", "ids", "externalIds")
LIST = (*parameters.PAGE, *CORE, "offset", "sortby")


@dataclass(frozen=True)
class Entry:
    """A layer as the catalogue knows it: box in degrees, first and last day that it tells of, when it was recorded."""

    layer: Layer
    box: tuple[float, float, float, float] | None = None
    span: tuple[str, str | None] | None = None
    created: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True)
class Question:
    """Which entries, in which order, and which of them on this page. Empty where nothing is asked."""

    phrases: tuple[str, ...] = ()
    ids: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    external: frozenset[str] = frozenset()
    boxes: tuple[areas.Area, ...] = ()
    interval: times.Interval | None = None
    order: tuple[str, ...] = ()
    first: int = 0
    limit: int = DEFAULT_LIMIT


def checked(query: QueryDict) -> dict[str, str]:
    """The parameters; those of the standard are left out where they are empty, as it demands."""
    filled = query.copy()
    for name in CORE:
        if query.getlist(name) == [""]:
            del filled[name]
    return parameters.check(filled, LIST)


def read(given: Mapping[str, str]) -> Question:
    """Raises NoWords, TooManyWords, EmptyName, NotOneOf, NoBox, NoTime, NoLimit and NoOffset."""
    limit = parameters.whole(given.get("limit", str(DEFAULT_LIMIT)), 1, None, parameters.NoLimit)
    return Question(
        phrases=_phrases(given["q"]) if "q" in given else (),
        ids=frozenset(_names(given, "ids")),
        kinds=frozenset(_names(given, "type")),
        external=frozenset(_names(given, "externalIds")),
        boxes=parameters.areas_of(given),
        interval=times.read(given["datetime"]) if "datetime" in given else None,
        order=_order(given),
        first=parameters.whole(given.get("offset", "0"), 0, parameters.FARTHEST, parameters.NoOffset),
        limit=min(limit, MOST_ON_A_PAGE),
    )


def answers(question: Question, entries: Iterable[Entry], audience: Audience) -> list[Entry]:
    """All that match, in the order asked for; without one in the order in which layers are drawn."""
    found = [entry for entry in entries if _matches(question, entry, audience)]
    for name in reversed(question.order):
        found.sort(key=lambda entry, name=name: _key(entry, name.lstrip("+-")), reverse=name.startswith("-"))  # type: ignore[misc]
    return found


def _matches(question: Question, entry: Entry, audience: Audience) -> bool:
    name = entry.layer.id
    return (
        (not question.ids or name in question.ids)
        and (not question.kinds or KIND in question.kinds)
        and (not question.external or not question.external.isdisjoint((name, f"{SCHEME}:{name}")))
        and (not question.boxes or _lies_in(entry.box, question.boxes))
        and (question.interval is None or _falls_in(entry.span, question.interval))
        and (not question.phrases or _says(entry.layer, question.phrases, audience))
    )


def _says(layer: Layer, phrases: tuple[str, ...], audience: Audience) -> bool:
    """Is one of the phrases in one of its texts, in either language?"""
    texts = [layer.id]
    for language in parameters.LANGUAGES:
        with override(language):
            texts += [str(layer.title), catalogue.description(layer)]
            texts += [str(TOPICS[topic]) for topic in layer.topics]
            texts += [str(field.title) for field in layer.fields_for(audience)]
    folded = [wording.fold(text) for text in texts]
    return any(phrase in text for phrase in phrases for text in folded)


def _lies_in(box: tuple[float, float, float, float] | None, boxes: tuple[areas.Area, ...]) -> bool:
    """What has no place is in no box."""
    return box is not None and any(shapely.box(*box).intersects(shapely.box(*area.box)) for area in boxes)


def _falls_in(span: tuple[str, str | None] | None, interval: times.Interval) -> bool:
    """What tells of no time is of every one."""
    if span is None:
        return True
    first, last = interval
    begins, _end = times.read(span[0])
    ends = times.read(span[1])[1] if span[1] else None
    return (last is None or begins is None or begins <= last) and (first is None or ends is None or ends >= first)


def _key(entry: Entry, name: str) -> Any:
    if name in ("created", "updated"):
        moment = getattr(entry, name)
        return moment.timestamp() if moment else 0.0
    return {"id": entry.layer.id, "type": KIND, "title": str(entry.layer.title)}[name]


def _phrases(text: str) -> tuple[str, ...]:
    if len(text) > wording.LONGEST:
        raise wording.TooManyWords(letters=wording.LONGEST, most=words.MOST_WORDS)
    found = tuple(phrase for part in wording.ALTERNATIVES.split(text) if (phrase := wording.fold(part)))
    if not found or "\x00" in text:
        raise wording.NoWords(given=text[:80].replace("\x00", "?"))
    return found


def _order(given: Mapping[str, str]) -> tuple[str, ...]:
    known = [sign + name for name in SORTABLES for sign in SIGNS]
    order = tuple(_names(given, "sortby"))
    for name in order:
        if name not in known:
            raise parameters.NotOneOf(name="sortby", given=name[:80], known=", ".join(SORTABLES))
    return order


def _names(given: Mapping[str, str], name: str) -> list[str]:
    if name not in given:
        return []
    names = [part.strip() for part in given[name].split(",")]
    if not all(names):
        raise parameters.EmptyName(name=name, given=given[name][:80])
    return names
