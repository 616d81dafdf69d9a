"""What the search box and the card of a place say, for programs: GeocodeJSON (geocodejson-spec 0.1.0)."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse as address_of

from apps.core.cards import UNITS, Find, href_of
from apps.core.finding import Hit
from apps.core.whereabouts import Choice
from apps.core.wording import COMMA, kind_of, language, pair_of, title_of
from gis import places
from gis.layers import Audience, registry
from gis.places import Found
from gis.reverse import Here

VERSION = "0.1.0"

Json = dict[str, Any]


def collection(features: list[Json], *, licence: str, attribution: str, query: str = "") -> Json:
    """The document of an answer."""
    about = {"version": VERSION, "licence": licence, "attribution": attribution, "query": query}
    return {
        "type": "FeatureCollection",
        "geocoding": {name: text for name, text in about.items() if text},
        "features": features,
    }


def hit_features(many: Iterable[Hit], audience: Audience) -> list[Json]:
    """A feature for each thing that answers, in their order; a page that an app knows has no place."""
    many = list(many)
    units = _units((hit.found for hit in many if hit.found), audience)
    return [_hit_feature(hit, units) for hit in many]


def here_features(many: list[Here], audience: Audience) -> list[Json]:
    """A feature for each thing that tells where a place is, with the metres between."""
    units = _units((one.found for one in many), audience)
    return [
        _feature(_middle(one.found), {**_told(one.found, units), "accuracy": round(one.metres)}) for one in many
    ]  # fmt: skip


def _hit_feature(hit: Hit, units: dict[tuple[str, str], Found]) -> Json:
    if hit.choice:
        return _place_feature(hit.choice)
    if hit.found:
        named = {name: text for name, text in (("former", hit.former), ("also", hit.also)) if text}
        return _feature(_middle(hit.found), _told(hit.found, units) | named)
    return _page_feature(hit.page) if hit.page else _feature(None, {})


def _place_feature(choice: Choice) -> Json:
    """Typed coordinates, in degrees of WGS 84, with the system that they were read in."""
    label = f"{choice.lat:.6f}, {choice.lng:.6f}"
    told = {"type": "coordinates", "label": label, "name": label, "system": choice.system}
    return _feature((choice.lng, choice.lat), {**told, "href": f"{address_of('at')}?point={choice.point}"})


def _page_feature(page: Find) -> Json:
    told = {"type": page.kind.lower(), "label": page.title, "name": page.title, "layer": page.group, "href": page.href}
    return _feature(None, {name: text for name, text in told.items() if text})


def _feature(point: tuple[float, float] | None, told: Json) -> Json:
    shape = {"type": "Point", "coordinates": [round(degree, 7) for degree in point]} if point else None
    return {"type": "Feature", "geometry": shape, "properties": {"geocoding": told}}


def _told(found: Found, units: dict[tuple[str, str], Found]) -> Json:
    layer, title = found.layer, title_of(found)
    told = {"type": layer.locates or kind_of(layer).lower(), "name": title, "layer": layer.id, "id": str(found.id)}
    told |= _parts(found)
    wilayat = (
        found if layer.id == UNITS["wilayat"] else units.get((UNITS["wilayat"], found.values.get("wilayat") or ""))
    )
    state = units.get((UNITS["governorate"], wilayat.values.get("governorate") or "")) if wilayat else None
    told |= {"city": title_of(wilayat) if wilayat else "", "state": title_of(state) if state else ""}
    holder = units.get((UNITS["authority"], found.authority))
    told["authority"] = title_of(holder) if holder else ""
    around = [told["city"], told["state"]] if wilayat else [told["authority"]]
    told["label"] = COMMA.get(language(), ", ").join(dict.fromkeys(text for text in (title, *around) if text))
    told["href"] = href_of(found)
    return {name: text for name, text in told.items() if text}


def _parts(found: Found) -> Json:
    """What the layer says of an address, in the words of the specification."""
    names: dict[str, list[str]] = {}
    for field in found.layer.fields:
        names.setdefault(field.part, []).append(field.name)
    return {part: _text(found, same) for part, same in names.items() if part}


def _text(found: Found, names: list[str]) -> str:
    """A name of two languages in the one of the answer, else in the other; other fields written together."""
    if pair := pair_of(found.layer, names[0]):
        ordered = [found.values.get(pair[language()]), *(found.values.get(name) for name in pair.values())]
        return str(next((text for text in ordered if text), ""))
    return "".join(str(found.values.get(name) or "") for name in names)


def _units(many: Iterable[Found], audience: Audience) -> dict[tuple[str, str], Found]:
    """The wilayats, governorates and authorities that the finds name by their codes; those found are not read again."""
    many = list(many)
    units = {(one.layer.id, str(one.values["code"])): one for one in many if one.layer.id in UNITS.values()}
    _read_units(units, (("wilayat", many), ("authority", many)), audience)
    _read_units(units, (("governorate", [*many, *units.values()]),), audience)
    return units


def _read_units(
    units: dict[tuple[str, str], Found], named: Iterable[tuple[str, list[Found]]], audience: Audience
) -> None:
    wanted = []
    for name, many in named:
        codes = {one.authority if name == "authority" else one.values.get(name) for one in many}
        missing = {code for code in codes if code and (UNITS[name], code) not in units}
        if missing and (layer := registry.get(UNITS[name])):
            wanted.append((layer, missing))
    units |= {(one.layer.id, str(one.values["code"])): one for one in places.read_each_by_codes(wanted, audience)}


def _middle(found: Found) -> tuple[float, float] | None:
    if found.box is None:
        return None
    west, south, east, north = found.box
    return (west + east) / 2, (south + north) / 2
