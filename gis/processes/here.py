"""`what-is-here`: the features of all layers that lie at a place, as the caller may see them."""

from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis.geometry import to_geos
from gis.layers import Layer, registry
from gis.measure import box_around
from gis.places import NEAR_M
from gis.values import Values

from .asking import features, hexed
from .kinds import Flag, Named, Number, every_layer
from .registry import Answer, Input, Output, Process, Question, Work
from .shapes import AREAS, POINT, Shape

MOST_POINTS = 1_000
LOOKING = _("Looking at: %(layer)s")
LAYERS = 50
MOST_OF_A_LAYER, USUAL = 100, 20
FARTHEST_M = 1_000.0
# Areas that hold the place; of lines and points also what is within reach, in metres on the ground.
NEAR = sql.SQL(
    "t.geom && {box} AND CASE WHEN ST_Dimension(t.geom) = 2 THEN ST_Intersects(t.geom, {place})"
    " ELSE ST_DWithin(t.geom::geography, {place}::geography, {reach}) END"
)
INSIDE = sql.SQL("t.geom && {place} AND ST_Intersects(t.geom, {place})")


def work(question: Question) -> Work:
    asked: list[Layer] = question["layers"] or [layer for layer in registry if not layer.base_map]
    found: list[dict[str, Any]] = []
    more: list[str] = []
    for number, layer in enumerate(asked):
        yield 100 * number // len(asked), LOOKING, {"layer": layer.title}
        lying = _lying(layer, question)
        if len(lying) > question["most"]:
            more.append(layer.id)
        found += [_of(layer, one) for one in lying[: question["most"]]]
    return _answer(found, more)


def _answer(found: list[dict[str, Any]], more: list[str]) -> Answer:
    answer: Answer = {"type": "FeatureCollection", "features": found, "numberReturned": len(found)}
    return answer | ({"collectionsWithMore": more} if more else {})


def _lying(layer: Layer, question: Question) -> list[dict[str, Any]]:
    """One more than is asked for tells that there are more."""
    place, values = question["place"], Values()
    if place.geom_type == "Point":
        box: GEOSGeometry = box_around(to_geos(place), question["reach"])
        condition = NEAR.format(
            box=sql.SQL("{}::geometry").format(values(box.ewkt)),
            place=hexed(place, values),
            reach=values(question["reach"]),
        )
    else:
        condition = INSIDE.format(place=hexed(place, values))
    rows = features(
        layer, question.audience, condition, values, most=question["most"] + 1, geometry=question["geometries"]
    )
    return [one for one, _told in rows]


def _of(layer: Layer, feature: dict[str, Any]) -> dict[str, Any]:
    """The feature, and of which collection it is: where one looks for it again."""
    return feature | {"properties": {"collection": layer.id} | feature["properties"]}


PROCESS = Process(
    id="what-is-here",
    title=_("What is here"),
    description=_(
        "The features of all layers that lie at a point or in an area. At a point: the areas around it, and the lines "
        "and points within reach."
    ),
    inputs=(
        Input("place", _("Place"), Shape((*POINT, *AREAS), MOST_POINTS), required=True),
        Input("layers", _("Layers"), Named(every_layer), _("Only these collections; without it, all"), most=LAYERS),
        Input(
            "reach",
            _("Reach in metres"),
            Number(0, FARTHEST_M),
            _("How near a line or a point must be to the point that is asked for"),
            default=float(NEAR_M),
        ),
        Input(
            "most",
            _("The greatest number of features of a layer"),
            Number(1, MOST_OF_A_LAYER, whole=True),
            default=USUAL,
        ),
        Input("geometries", _("Answer with geometries"), Flag(), default=True),
    ),
    output=Output("features", _("Features")),
    work=work,
    keywords=("identify", "intersects"),
)
