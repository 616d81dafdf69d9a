"""Files whose coordinate system has a third number: heights are left out, and what needs all three is refused."""

from dataclasses import replace

import pytest
import shapely

from gis import crs, measure
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import plots, square

HOW = "SELECT t.system, t.name FROM spatial_origin o JOIN spatial_transformation t ON t.id = o.transformation_id"


@pytest.mark.parametrize(
    ("code", "operation"), [("EPSG:7372", "EPSG:7377"), ("EPSG:9293", "EPSG:9298"), ("EPSG:7410", "EPSG:1439")]
)
def test_heights_are_left_out_and_the_way_is_the_pinned_one(desk: Desk, code: str, operation: str) -> None:
    there = crs.from_storage(square(0), crs.operation(code))
    high = [replace(plots(1)[0], geometry=shapely.force_3d(there, 40))]
    done = desk.bring_plots(high, written={"crs": code})
    assert done.report.added == 1
    corners = shapely.get_coordinates(shapely.from_wkb(bytes(desk.parcels()["s0"].geom.wkb)), include_z=False)
    assert min(measure.distance_m((x, y), (57.5, 23.4)) for x, y in corners) < 0.01
    ((source, name),) = desk.ask(HOW)
    assert source == crs.identify(code)
    assert operation in name


@pytest.mark.parametrize("code", ["EPSG:7371", "EPSG:9292"])
def test_numbers_from_the_middle_of_the_earth_are_refused_in_both_languages(desk: Desk, code: str) -> None:
    with pytest.raises(crs.NotOfMaps):
        desk.bring_plots(plots(1), crs=code)
    run = desk.run()
    assert "longitude and latitude" in run.message_en
    assert "خط الطول ودائرة العرض" in run.message_ar
    assert desk.parcels() == {}
