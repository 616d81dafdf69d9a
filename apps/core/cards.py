"""The card of a thing and of a place: what it is, what is known of it, what stands with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import ground, locating
from apps.core.symbols import Symbol, symbol_of
from apps.core.wording import Fact, facts_of, kind_of, title_of
from gis import places
from gis.layers import Audience, Layer, registry
from gis.places import Found
from gis.rasters import sampling

MOST_ALSO = 8
WIDEST = 0.02  # degrees, some two kilometres
# Fields whose value is the code of a feature of another layer: shown by its name.
UNITS = {"wilayat": "wilayats", "governorate": "governorates", "authority": "authorities"}
PLACE = Symbol("point", "selected", "map-pin", gettext_lazy("Place"))


@dataclass(frozen=True)
class Find:
    """One line of a list: a thing, what it is called and where its card is.

    `group` names the kind under which search lists it (a layer's id, mostly); `page`: it has a page, no card.
    """

    href: str
    title: str
    kind: str
    symbol: Symbol
    point: str = ""
    place: str = ""
    group: str = ""
    page: bool = False

    def called(self, group: str, name: str) -> "Find":
        """The same, found by what it was called before or is called as well, which stands beside it."""
        return replace(self, group=group, place=name)


@dataclass(frozen=True)
class Card:
    """`groups` are lists of other things, each with its title; `point` is latitude, longitude for the pin."""

    href: str
    title: str
    kind: str
    symbol: Symbol
    facts: tuple[Fact, ...] = ()
    groups: tuple[dict[str, Any], ...] = ()
    layer: Layer | None = None
    id: UUID | None = None
    bbox: str = ""
    point: str = ""
    report_here: str = ""
    coarse: str = ""


def shown_layers() -> list[Layer]:
    """The layers that people choose from: all but the base map's."""
    return [layer for layer in registry if not layer.base_map]


def find_of(found: Found, place: str = "") -> Find:
    """The list's line for a feature."""
    symbol = symbol_of(found.layer)
    return Find(href_of(found), title_of(found), kind_of(found.layer), symbol, _middle(found), place, found.layer.id)


def finds_of(many: list[Found], audience: Audience) -> list[Find]:
    """Lines for features of many places: each says whose it is, since a plot's number is in every town."""
    holders = registry.get(UNITS["authority"])
    named = places.read_by_codes(holders, {one.authority for one in many}, audience) if holders else {}
    names = {code: title_of(holder) for code, holder in named.items()}
    return [find_of(one, names.get(one.authority, "")) for one in many]


def href_of(found: Found) -> str:
    """The permanent address of a feature's card."""
    return reverse("card", args=[found.layer.id, found.id])


def card_of(found: Found, audience: Audience, also: Iterable[Found] = ()) -> Card:
    """The card of a feature; `also` is what was under the same click."""
    groups = [
        {"title": _("Also here"), "finds": [find_of(other) for other in also]},
        {"title": _("Belongs together"), "finds": [find_of(other) for other in _with(found, audience)]},
    ]
    return Card(
        href=href_of(found),
        title=title_of(found),
        kind=kind_of(found.layer),
        symbol=symbol_of(found.layer),
        facts=(*_facts(found, audience), *_ground_of(found, audience)),
        groups=tuple(group for group in groups if group["finds"]),
        layer=found.layer,
        id=found.id,
        bbox=",".join(f"{degree:.6f}" for degree in found.box) if found.box else "",
        report_here=_middle(found),
        coarse=_coarse(found, audience),
    )


def place_card(lng: float, lat: float, audience: Audience) -> Card:
    """The card of any place: its coordinates and what stands there."""
    there = places.at(lng, lat, audience, _exact_layers(audience))
    finds = [find_of(found) for found in sorted(there, key=lambda found: symbol_of(found.layer).rank)]
    point = f"{lat:.5f},{lng:.5f}"
    return Card(
        href=f"{reverse('at')}?point={point}",
        title=_("Place on the map"),
        kind=str(PLACE.one),
        symbol=PLACE,
        facts=(
            *locating.facts(lng, lat, audience),
            Fact("", _("Coordinates"), point.replace(",", ", "), number=True),
            *ground.facts(sampling.at(lng, lat)),
        ),
        groups=({"title": _("Here"), "finds": finds},) if finds else (),
        bbox=f"{lng:.6f},{lat:.6f},{lng:.6f},{lat:.6f}",
        point=f"{lng:.6f},{lat:.6f}",
        report_here=point,
    )


def read_paths(paths: str, audience: Audience, most: int = MOST_ALSO) -> list[Found]:
    """Features named as "layer/id,layer/id", in that order; what does not exist for this audience is left out."""
    wanted = [part.partition("/") for part in paths.split(",")[:most]]
    pairs = [(registry.get(layer_id), _uuid(feature_id)) for layer_id, _slash, feature_id in wanted]
    known = [(layer, feature_id) for layer, feature_id in pairs if layer is not None and feature_id is not None]
    found = {
        (one.layer.id, one.id): one
        for layer in {layer.id: layer for layer, _id in known}.values()
        for one in places.read_many(layer, [i for other, i in known if other is layer], audience)
    }
    return [found[layer.id, feature_id] for layer, feature_id in known if (layer.id, feature_id) in found]


def _facts(found: Found, audience: Audience) -> Iterator[Fact]:
    for fact in facts_of(found, audience):
        units = registry.get(UNITS.get(fact.name, ""))
        named = places.read_by_code(units, fact.text, audience) if units else None
        yield Fact(fact.name, fact.title, title_of(named)) if named else fact


def _ground_of(found: Found, audience: Audience) -> tuple[Fact, ...]:
    """Height and slope of what is small enough to have one of its own: a plot or a point, not a province."""
    if found.box is None or _is_coarse(found.layer, audience) or symbol_of(found.layer).kind in ("border", "line"):
        return ()
    west, south, east, north = found.box
    if max(east - west, north - south) > WIDEST:
        return ()
    if found.point:
        return ground.facts(sampling.at(*found.point))
    area = places.shape(found, audience)
    return ground.facts(sampling.over(area)) if area is not None else ()


def _with(found: Found, audience: Audience) -> list[Found]:
    """What touches it, of layers that tell their exact place."""
    if found.layer not in (exact := _exact_layers(audience)) or symbol_of(found.layer).kind == "border":
        return []
    return places.together(found, audience, (layer for layer in exact if symbol_of(layer).kind != "border"))


def _exact_layers(audience: Audience) -> list[Layer]:
    return [layer for layer in shown_layers() if not _is_coarse(layer, audience)]


def _is_coarse(layer: Layer, audience: Audience) -> bool:
    return layer.geometry_for(audience) != layer.geometry_for(Audience.OFFICER)


def _coarse(found: Found, audience: Audience) -> str:
    if not _is_coarse(found.layer, audience) or found.point:
        return ""
    return _("Everybody sees the area only; the exact place is kept for those who work with it.")


def _middle(found: Found) -> str:
    if found.box is None:
        return ""
    west, south, east, north = found.box
    return f"{(south + north) / 2:.5f},{(west + east) / 2:.5f}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
