"""Where the first features of a file would land: said in words, and as GeoJSON to be drawn."""

import json
from typing import Any
from uuid import UUID

import shapely
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from gis.exchange.choices import Choices
from gis.exchange.preview import Preview, Try, preview, systems
from gis.exchange.target import Target
from gis.exchange.words import Name

from .access import delivery_of, target_of


def preview_of_file(request: HttpRequest, key: UUID) -> JsonResponse:
    """GeoJSON of the first features where they would land, the same `told` in words, and what to try if `refused`."""
    delivery = delivery_of(request, key)
    target = target_of(delivery.layer, delivery.authority_id)
    seen, chosen = preview(delivery, target), Choices.from_json(delivery.choices)
    outline = target.holder.jurisdiction
    return JsonResponse({
        "features": [_feature(row, shape) for row, shape in seen.features],
        "outline": json.loads(outline.simplify(0.0005, preserve_topology=True).geojson) if outline else None,
        "told": in_words(seen, target),
        "refused": str(seen.refusal) if seen.refusal else "",
        "tries": [{"crs": one.crs, "swap": one.swap_axes, "words": _words(one, chosen)} for one in seen.tries],
    })  # fmt: skip


def in_words(seen: Preview, target: Target) -> str:
    """How many features were tried, about where they lie, and whether that is inside: no more than was found."""
    if seen.refusal is not None:
        return str(seen.refusal)
    if seen.place is None:
        return _("The first rows have no geometry to draw.")
    longitude, latitude = (f"{part:.4f}" for part in seen.place)
    landed = ngettext(
        "The first feature lands at longitude %(longitude)s, latitude %(latitude)s.",
        "The first %(n)s features land around longitude %(longitude)s, latitude %(latitude)s.",
        seen.seen,
    )
    about = {"n": intcomma(seen.seen), "longitude": longitude, "latitude": latitude}
    return f"{landed % about} {_inside(seen, target)}"


def _inside(seen: Preview, target: Target) -> str:
    authority = str(Name.of(target.holder))
    if seen.outside is None:
        if target.owned:
            return _("Whether that is inside %(authority)s is not known: it has no area yet.") % {
                "authority": authority
            }
        return _("Records of this layer may lie anywhere.")
    if seen.outside == 0:
        words = ngettext("It lies inside %(authority)s.", "All of them lie inside %(authority)s.", seen.seen)
        return words % {"authority": authority}
    words = ngettext(
        "%(n)s of them lies outside %(authority)s and would go to the quarantine.",
        "%(n)s of them lie outside %(authority)s and would go to the quarantine.",
        seen.outside,
    )
    return words % {"n": intcomma(seen.outside), "authority": authority}


def _feature(row: int, shape: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"row": row}, "geometry": json.loads(shapely.to_geojson(shape))}


def _words(other: Try, chosen: Choices) -> str:
    if other.crs == chosen.crs:  # "" is the file's own
        return _("Read the coordinates in the other order")
    titles = {code: en if get_language() == "en" else ar for code, ar, en in systems()}
    return _("Read as %(name)s (%(code)s)") % {"name": titles.get(other.crs, other.crs), "code": other.crs}
