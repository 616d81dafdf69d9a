"""`nearest`: the features of a layer nearest to a point, with their distances on the ground."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis.geometry import to_geos
from gis.measure import box_around
from gis.values import Values

from .asking import features, hexed
from .kinds import Named, Number, every_layer
from .registry import Input, Output, Process, Question, Work
from .shapes import POINT, Shape

MOST, USUAL = 100, 5
USUAL_M, FARTHEST_M = 10_000.0, 100_000.0
# The order of distance does not reach an index through the barrier of a view: boxes that grow do.
FIRST_M, GROWS = 100.0, 4
LOOKING = _("Looking within %(metres)s m")


def work(question: Question) -> Work:
    reach = min(FIRST_M, question["within"])
    found: list[dict[str, Any]] = []
    while True:
        done = int(100 * reach / (question["within"] * GROWS))
        yield done, LOOKING, {"metres": f"{reach:,.0f}"}
        found = _within(question, reach)
        if len(found) == question["count"] or reach >= question["within"]:
            break
        reach = min(reach * GROWS, question["within"])
    return {"type": "FeatureCollection", "features": found, "numberReturned": len(found)}


def _within(question: Question, metres: float) -> list[dict[str, Any]]:
    """Those within the distance, the nearest first: all that are nearer than any other."""
    point, values = question["point"], Values()
    place = hexed(point, values)
    box = sql.SQL("{}::geometry").format(values(box_around(to_geos(point), metres).ewkt))
    distance = sql.SQL("ST_Distance(t.geom::geography, {}::geography)").format(place)
    condition = sql.SQL("t.geom && {} AND {} <= {}").format(box, distance, values(metres))
    rows = features(question["layer"], question.audience, condition, values, most=question["count"], told=distance)
    return [one | {"properties": {"distance_m": round(far, 2)} | one["properties"]} for one, far in rows]


PROCESS = Process(
    id="nearest",
    title=_("The nearest features"),
    description=_(
        "The features of a layer nearest to a point, the nearest first, with distances in metres on the ground."
    ),
    inputs=(
        Input("point", _("Point"), Shape(POINT), required=True),
        Input("layer", _("Layer"), Named(every_layer), required=True),
        Input("count", _("How many"), Number(1, MOST, whole=True), default=USUAL),
        Input("within", _("The greatest distance in metres"), Number(1, FARTHEST_M), default=USUAL_M),
    ),
    output=Output("features", _("Features")),
    work=work,
    keywords=("nearest", "distance"),
)
