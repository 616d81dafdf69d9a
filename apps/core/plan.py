"""The plan of the map: which layers there are and how each is drawn. The page and map.json are made from it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from apps.core.cards import shown_layers
from apps.core.symbols import CLASSES, Symbol, symbol_of
from apps.core.wording import pair_of
from gis import places
from gis.layers import Audience, Layer, Zoom, registry
from gis.places import Box
from gis.rasters import shading

RELIEF = "relief"
TOWN_ZOOM = 13.2  # a town's streets and plots are told apart


@dataclass(frozen=True)
class LegendClass:
    """A class of a layer's legend: a code, its title, and the token of its colour."""

    code: str
    title: str
    token: str


@dataclass(frozen=True)
class Entry:
    """A layer with its symbol and the classes of its legend."""

    layer: Layer
    symbol: Symbol

    @property
    def classes(self) -> list[LegendClass]:
        field = next((field for field in self.layer.fields if field.name == self.symbol.classes), None)
        if field is None or field.codes is None:
            return []
        tokens = self.symbol.shades or CLASSES
        return [
            LegendClass(str(code), str(title), token)
            for (code, title), token in zip(field.codes.choices, tokens, strict=False)
        ]


def entries() -> list[Entry]:
    """The layers that can be switched, those on top of the map first, as people read a legend."""
    return [Entry(layer, symbol_of(layer)) for layer in reversed(shown_layers())]


def plan_for(audience: Audience) -> list[dict[str, Any]]:
    """The layers in the order they are drawn, as map.json gives them."""
    return [_drawn(entry, audience) for entry in reversed(entries())]


def base_plan() -> list[dict[str, Any]]:
    """The layers of the base map."""
    return [{"id": layer.id, "from": _from(layer.zooms)} for layer in registry if layer.base_map]


def relief_plan() -> dict[str, Any] | None:
    """The shaded ground under the map; None where no elevation model is in the catalogue."""
    known = shading.relief()
    if known is None:
        return None
    return {"id": RELIEF, "from": shading.COARSEST, "finest": known.finest, "bounds": known.box, "shown": True}


def first_view(audience: Audience, own: frozenset[UUID] = frozenset()) -> dict[str, Any]:
    """What the map shows at first: the chief place of the home authority, else its whole area, else everything.

    The home is one of the caller's own authorities, else the one that HOME_AUTHORITY names, else the first
    municipality.
    """
    home = _home(audience, own)
    if home is None:
        return {}
    if "base-places" in registry:
        chief = places.read_all(registry["base-places"], audience, inside=home, order="rank", most=1)
        if chief and (point := chief[0].point):
            return {"center": point, "zoom": TOWN_ZOOM}
    return {"bounds": home}


def example_place(audience: Audience = Audience.PUBLIC) -> str:
    """Coordinates as people may type them (latitude, longitude): the middle of the first view, to some 100 metres.

    Before there is any place to show it is an example of the form alone.
    """
    first = first_view(audience)
    west, south, east, north = first.get("bounds", (0, 0, 0, 0))
    lng, lat = first.get("center", ((west + east) / 2, (south + north) / 2))
    return f"{lat:.3f}, {lng:.3f}"


def _home(audience: Audience, own: frozenset[UUID]) -> Box | None:
    if "authorities" not in registry:
        return None
    bodies = [body for body in places.read_all(registry["authorities"], audience, order="code") if body.box]
    code = settings.HOME_AUTHORITY
    bodies.sort(
        key=lambda body: (body.id not in own, body.values["code"] != code, body.values["kind"] != "municipality")
    )
    return bodies[0].box if bodies else None


def _from(zooms: tuple[Zoom, ...]) -> int:
    return min(zoom.level for zoom in zooms)


def _drawn(entry: Entry, audience: Audience) -> dict[str, Any]:
    layer, symbol = entry.layer, entry.symbol
    label = _label(layer)
    classes = [{"code": c.code, "token": c.token} for c in entry.classes]
    return {
        "id": layer.id,
        "title": str(layer.title),
        "from": _from(layer.zooms),
        "labelFrom": max(symbol.label_from, _label_from(layer, label["fields"])),
        "labelTo": symbol.label_to,
        "shown": layer.shown_first,
        "label": label,
        "symbol": {
            "kind": symbol.kind,
            "hue": symbol.hue,
            "icon": symbol.icon,
            "rank": symbol.rank,
            "dashed": symbol.dashed,
            "thin": symbol.thin,
            "numbered": symbol.numbered,
            "pressing": layer.pressing[1] if layer.pressing else (),
            "guides": symbol.guides,
            "classes": {"field": symbol.classes, "values": classes} if classes else None,
        },
    }


def _label(layer: Layer) -> dict[str, Any]:
    """What the map writes: a pair of names, the titles of codes, or one field."""
    if pair := pair_of(layer, layer.label):
        return {"names": pair, "fields": list(pair.values())}
    field = next(field for field in layer.fields if field.name == layer.label)
    codes = [[str(code), str(title)] for code, title in field.codes.choices] if field.codes else None
    return {"field": layer.label, "codes": codes, "fields": [layer.label]}


def _label_from(layer: Layer, names: list[str]) -> int:
    """The first zoom whose tiles carry what the label needs."""
    carrying = (z.level for z in layer.zooms if z.fields is None or set(names) <= set(z.fields))
    return min(carrying, default=24)
