"""What tiles of far zooms say is named in the layer's declaration, and they say exactly that."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import TextField
from pytest_django import DjangoDbBlocker

from gis import generalising, tiles
from gis.db import generalised
from gis.db.acting import acting_as
from gis.layers import OFFICERS, PUBLIC, Audience, Field, Layer, Zoom, registry
from gis.tiles import budget
from tests import databases
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import SHAPES, make, value_for

from .test_tiles import around, decoded

LON, LAT = 58.3, 23.6
UNITS_WIDE = 60  # of the 4096 across a tile: what is drawn there is no speck


def far(layer: Layer) -> list[Zoom]:
    """Its entries that merge, simplify, or are not the nearest."""
    nearest = max(zoom.level for zoom in layer.zooms)
    return [zoom for zoom in layer.zooms if zoom.level < nearest or zoom.grid_m or zoom.simplify_m]


FAR = [(layer, zoom) for layer in registry for zoom in far(layer)]
NAMES = [f"{layer.id}-{zoom.level}" for layer, zoom in FAR]


def test_every_layer_of_lines_and_outlines_is_simplified_from_afar():
    """Else the test below would have nothing to look at."""
    simplified = {layer.id for layer, zoom in FAR if zoom.simplify_m or zoom.grid_m}
    drawn = {layer.id for layer in registry if min(zoom.level for zoom in layer.zooms) < 13}
    assert drawn - simplified == {"base-places"}  # points, few of them


@pytest.mark.parametrize(("layer", "zoom"), FAR, ids=NAMES)
def test_every_far_zoom_names_its_fields(layer: Layer, zoom: Zoom):
    assert zoom.fields is not None
    everybodys = {field.name for field in layer.fields_for(PUBLIC)}
    assert set(zoom.fields) <= everybodys  # an officer's tile is as light


@pytest.mark.parametrize(
    "zooms",
    [
        (Zoom(12), Zoom(8)),
        (Zoom(12, simplify_m=5),),
        (Zoom(12), Zoom(8, grid_m=500)),
        (Zoom(12), Zoom(8, fields=("name", "nam"))),
    ],
)
def test_a_layer_that_does_not_is_refused(zooms: tuple[Zoom, ...]):
    with pytest.raises(ValueError, match=r"layer x: zoom .* fields"):
        Layer("x", rows=FAR[0][0].rows, title="X", label="name", fields=(Field("name", "Name"),), zooms=zooms)


@pytest.fixture(scope="module")
def country(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Two]:
    """A record of each layer with all that it can say, wide enough for its farthest zoom; far zooms follow."""
    with databases.used(template_database, django_db_blocker, label="farfields"):
        two = two_authorities()
        with acting_for_both(two):
            for layer in {layer.id: layer for layer, _zoom in FAR}.values():
                full(layer, two)
        generalising.follow()
        yield two


def full(layer: Layer, two: Two) -> Any:
    """A record without an empty column, so that nothing is left out of a tile for being empty."""
    model: Any = layer.model
    said = [layer.model_field(field) for field in layer.fields]
    texts = {one.name: value_for(one) for one in said if isinstance(one, TextField) and not one.choices}
    wide = min(zoom.level for zoom in layer.zooms if not zoom.grid_m)
    geom = shape(layer.geometry_type(OFFICERS), 360 / 2**wide * UNITS_WIDE / budget.UNITS)
    given = texts | {"geom": geom} | layer.importing.fixed
    if layer.pressing:
        given |= {"status": layer.pressing[1][0]}
    return make(model, authority=two.here, **given)


def shape(kind: str, side: float) -> GEOSGeometry:
    return GEOSGeometry(f"SRID=4326;{SHAPES[kind].format(x=LON, y=LAT, x1=LON + side, y1=LAT + side)}")


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "records"])
@pytest.mark.parametrize("audience", [PUBLIC, OFFICERS])
@pytest.mark.parametrize(("layer", "zoom"), FAR, ids=NAMES)
def test_a_tile_of_it_carries_exactly_these(
    country: Two,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    layer: Layer,
    zoom: Zoom,
    audience: Audience,
    kept: bool,
):
    kind = generalised.kinds().get((layer.id, zoom.level))
    if not kept:
        monkeypatch.setattr(generalising, "ready", lambda kind, audience: False)
    elif kind:
        assert generalising.ready(kind, audience)
    at = around(zoom.level, LON, LAT)
    with acting_as(user=country.officer.id) if audience is OFFICERS else nullcontext():
        table = decoded(tiles.tile(layer, audience, *at), tmp_path, at, layer.id)
    assert len(table) > 0
    named = {"count"} if zoom.grid_m else {"id", *(zoom.fields or ())}
    assert set(table.columns) - {"geometry", "mvt_id"} == named
