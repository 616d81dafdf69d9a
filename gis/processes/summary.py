"""`summary-by-area`: how many features of a layer are in each area, the sum of a field, and the area they take up.

A feature counts where its inner point lies, so that in areas that do not overlap each counts once (twice where that
point is on their border). Its area is that of its part in the area, on the ground.
"""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis import published
from gis.features import Output as Written
from gis.features import check_names
from gis.features.statements import feature
from gis.layers import Audience, Layer
from gis.parameters import BadParameter
from gis.values import Values

from .asking import hexed
from .inputs import NotTogether
from .kinds import AREAS, Flag, Named, Word, every_layer, layers_of_areas
from .registry import Input, Output, Process, Question, Work
from .shapes import Areas

MOST_AREAS = 500
COUNTED = _("Counted %(done)s of %(all)s areas")
# Whether a feature lies in the area whole is asked once: most do, and need no cutting.
COUNT = sql.SQL(
    "SELECT count(*) FILTER (WHERE inside), sum(value) FILTER (WHERE inside), sum(area) FROM ("
    " SELECT value, covered OR ST_Intersects({area}, ST_PointOnSurface(geom)) AS inside, {measured} AS area FROM ("
    "  SELECT t.geom, {value} AS value, ST_CoveredBy(t.geom, {area}) AS covered FROM {view} AS t"
    "  WHERE t.geom && {area} AND ST_Intersects(t.geom, {area}) OFFSET 0) AS p) AS q"
)
MEASURED = sql.SQL("ST_Area((CASE WHEN covered THEN geom ELSE ST_Intersection(geom, {}) END)::geography)")


class NoNumber(BadParameter):
    parameter: ClassVar[str] = "field"
    sentence: ClassVar[str | Promise] = _('"%(name)s" is no number, so it has no sum. Name one of: %(known)s.')


class NoAreas(BadParameter):
    parameter: ClassVar[str] = "areas"
    sentence: ClassVar[str | Promise] = _("Say in which areas: give areas, or the layer that has them as areas_layer.")


class TooManyAreas(BadParameter):
    parameter: ClassVar[str] = "areas_layer"
    sentence: ClassVar[str | Promise] = _(
        "%(layer)s has more than %(most)s areas. Choose a layer of fewer, or send those you want as areas."
    )


def work(question: Question) -> Work:
    layer, audience, name = question["layer"], question.audience, question["field"]
    _check(layer, audience, name)
    areas = list(_areas(question))
    found = []
    for number, (geometry, told) in enumerate(areas):
        yield 100 * number // len(areas), COUNTED, {"done": number, "all": len(areas)}
        shown = told if question["geometries"] else told | {"geometry": None}
        found.append(shown | {"properties": told["properties"] | _counted(layer, audience, geometry, name)})
    return {"type": "FeatureCollection", "features": found, "numberReturned": len(found)}


def _check(layer: Layer, audience: Audience, name: str | None) -> None:
    """Raises UnknownField, of a hidden field too, and NoNumber."""
    if name is None:
        return
    visible = published.properties(layer, audience)
    check_names(layer, visible, [name])
    numbers = [one for one, kind in visible.items() if kind in ("integer", "number")]
    if name not in numbers:
        raise NoNumber(name=name, known=", ".join(numbers) or "–")


def _areas(question: Question) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Each area as shapely has it, and the feature that is answered for it."""
    sent, layer = question["areas"], question["areas_layer"]
    if sent is not None and layer is not None:
        raise NotTogether("areas", "areas_layer")
    if sent is None and layer is None:
        raise NoAreas
    if layer is not None:
        yield from _areas_of(layer, question.audience)
        return
    for area in sent:
        outline = json.loads(shapely.to_geojson(area.geometry))
        yield area.geometry, {"type": "Feature", "geometry": outline, "properties": area.properties}


def _areas_of(layer: Layer, audience: Audience) -> Iterator[tuple[Any, dict[str, Any]]]:
    values = Values()
    shown = tuple(
        one.name for one in layer.fields_for(audience) if one.name in ("code", "name_ar", "name_en", layer.label)
    )
    statement = sql.SQL(
        "SELECT {}, ST_AsBinary(t.geom) FROM {} AS t WHERE NOT ST_IsEmpty(t.geom) ORDER BY t.id LIMIT {}"
    )
    text = statement.format(feature(shown, Written()), published.view(layer, audience), values(MOST_AREAS + 1))
    rows = published.ask(audience, (text.as_string(), values))
    if len(rows) > MOST_AREAS:
        raise TooManyAreas(layer=layer.id, most=MOST_AREAS)
    for told, geometry in rows:
        yield shapely.from_wkb(bytes(geometry)), json.loads(told)


def _counted(layer: Layer, audience: Audience, area: Any, name: str | None) -> dict[str, Any]:
    values = Values()
    place = hexed(area, values)
    measured = layer.geometry_type(audience) in AREAS
    statement = COUNT.format(
        area=place,
        measured=MEASURED.format(place) if measured else sql.SQL("NULL::float8"),
        value=sql.SQL("t.") + sql.Identifier(name) if name else sql.SQL("NULL::numeric"),
        view=published.view(layer, audience),
    )
    ((count, total, square_metres),) = published.ask(audience, (statement.as_string(), values))
    found: dict[str, Any] = {"count": count}
    if name:
        found["sum"] = float(total) if total is not None else None
    if measured:
        found["area_m2"] = round(square_metres or 0.0, 1)
    return found


PROCESS = Process(
    id="summary-by-area",
    title=_("Summary by area"),
    description=_(
        "How many features of a layer lie in each area, the sum of a field of numbers, and how many square metres they "
        "take up there. A feature counts where its inner point lies."
    ),
    inputs=(
        Input("layer", _("Layer"), Named(every_layer), _("What is counted"), required=True),
        Input("areas", _("Areas"), Areas(), _("GeoJSON; or name a layer as areas_layer")),
        Input("areas_layer", _("Layer of areas"), Named(layers_of_areas)),
        Input("field", _("Field"), Word(), _("A field of numbers, to be summed")),
        Input("geometries", _("Answer with geometries"), Flag(), default=False),
    ),
    output=Output("areas", _("Areas")),
    work=work,
    keywords=("statistics", "aggregate"),
)
