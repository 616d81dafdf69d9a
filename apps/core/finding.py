"""The answer to the search box: typed coordinates, what apps know, and published things, in groups by kind.

The groups stand in the order of their best finds, so an exact hit is always at the top.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import answerers, cards, whereabouts
from apps.core.cards import PLACE, Find
from apps.core.coordinates import SystemNotHere, read_point
from apps.core.whereabouts import Choice, NotHere
from gis import search
from gis.aliases import other_names
from gis.former import former_of
from gis.layers import Audience, Layer, registry
from gis.places import Found

BARE = re.compile(r"^\d+\s+\d+$")
FORMER, COORDINATES = "former", "coordinates"
Place = tuple[float, float]


@dataclass(frozen=True)
class Group:
    """Finds of one kind; `more`: there were more of them than were asked for."""

    name: str
    title: str
    finds: tuple[Find, ...]
    more: bool = False


@dataclass(frozen=True)
class Answer:
    """What the words found; where they are coordinates of no place here, a sentence that says so."""

    groups: tuple[Group, ...] = ()
    sentence: str = ""

    @property
    def count(self) -> int:
        return sum(len(group.finds) for group in self.groups)

    @property
    def more(self) -> bool:
        return any(group.more for group in self.groups)


@dataclass(frozen=True)
class Wanted:
    """How many of each kind and in all; `near`: longitude and latitude of what the asker looks at.

    `kind` names the only group wanted, `places`: only what has a place, for choosing one; `layers`: of these alone.
    """

    each: int = 4
    most: int = 14
    near: Place | None = None
    kind: str = ""
    places: bool = False
    layers: tuple[Layer, ...] | None = None


@dataclass(frozen=True)
class Hit:
    """One thing that answers: a published feature, a place typed as coordinates, or a page that an app knows.

    `former` and `also`: what it was called before, or another of its names, where it answers by that.
    """

    found: Found | None = None
    choice: Choice | None = None
    page: Find | None = None
    former: str = ""
    also: str = ""


def answer(words: str, audience: Audience, wanted: Wanted) -> Answer:
    """What answers the words, as the lines of a list in groups."""
    answering, sentence = hits(words, audience, wanted)
    return Answer(tuple(_grouped(_finds(answering, audience), wanted)), sentence)


def hits(words: str, audience: Audience, wanted: Wanted) -> tuple[list[Hit], str]:
    """What answers, the best first, one more of each kind than is wanted; and a sentence where nothing can.

    Coordinates stand for their places; anything else is looked up. Two bare numbers may be either: 12 101 is a plot
    and its block first.
    """
    if not words:
        return [], ""
    typed, sentence = places(words, audience)
    answering: list[Hit] = []
    if not (typed or sentence) or BARE.match(words):
        answering += _pages(words, audience, wanted)
        answering += _looked_up(words, audience, wanted)
    sentence = "" if answering else sentence
    return [*answering, *(Hit(choice=choice) for choice in typed)], sentence


def places(text: str, audience: Audience) -> tuple[list[Choice], str]:
    """The places that typed coordinates may mean, and what is to be said of them.

    A latitude and longitude of another country is a place too; the sentence is said beside it.
    """
    try:
        return whereabouts.choices(text, audience), ""
    except (NotHere, SystemNotHere) as refusal:
        far = read_point(text)
        return [Choice(*far, _("elsewhere"))] if far else [], str(refusal)


def title_of_group(name: str) -> str:
    """What a group is headed, in the language of the page; empty for a name that is none."""
    if name == FORMER:
        return _("Old addresses")
    if name == COORDINATES:
        return _("Coordinates")
    return str(registry[name].title) if name in registry else ""


def _pages(words: str, audience: Audience, wanted: Wanted) -> Iterator[Hit]:
    if wanted.places:
        return
    named = None if wanted.layers is None else {layer.id for layer in wanted.layers}
    for page in answerers.asked(words, audience):
        if named is None or page.group in named:
            yield Hit(page=page)


def _looked_up(words: str, audience: Audience, wanted: Wanted) -> list[Hit]:
    """One more of each kind than is shown, to know whether there are more."""
    among = registry if wanted.layers is None else wanted.layers
    layers = [layer for layer in among if wanted.kind in ("", FORMER, layer.id)]
    found = search.find(words, audience, wanted.most + 1, each=wanted.each + 1, near=wanted.near, layers=layers)
    other = other_names(found, words, audience)
    return [
        Hit(one, former=former_of(one, words, audience), also=other.get((one.layer.id, one.id), "")) for one in found
    ]


def _finds(answering: list[Hit], audience: Audience) -> Iterator[Find]:
    lines = iter(cards.finds_of([hit.found for hit in answering if hit.found], audience))
    for hit in answering:
        if hit.choice:
            yield _coordinates(hit.choice)
        elif hit.page:
            yield hit.page
        else:
            line = next(lines)
            yield line.called(FORMER, _said(hit)) if hit.former else line.called(line.group, hit.also or line.place)


def _said(hit: Hit) -> str:
    """What it was called before, as people say it: programs have it in numbers."""
    fields = hit.found.layer.fields if hit.found else ()
    said = next((field.said for field in fields if field.former), str)
    return said(hit.former).replace("\n", " · ")


def _coordinates(choice: Choice) -> Find:
    return Find(
        f"{reverse('at')}?point={choice.point}", f"{choice.lat:.5f}, {choice.lng:.5f}", _("Coordinates"), PLACE,
        choice.point, choice.system, COORDINATES,
    )  # fmt: skip


def _grouped(finds: Iterable[Find], wanted: Wanted) -> Iterable[Group]:
    groups: dict[str, list[Find]] = {}
    for find in finds:
        if wanted.kind in ("", find.group):
            groups.setdefault(find.group, []).append(find)
    left = wanted.most
    for name, members in groups.items():
        each = max(len(members), 1) if name == COORDINATES else wanted.each
        shown = tuple(islice(members, min(each, left)))
        left -= len(shown)
        if shown:
            yield Group(name, title_of_group(name), shown, more=len(members) > len(shown))
