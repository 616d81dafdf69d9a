"""Text that the database cannot hold costs the rows that have it, and no others."""

import json

import shapely

from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import square


def test_a_sign_that_no_text_can_hold_costs_its_row_only(desk: Desk) -> None:
    """NUL in a value, in the number, in what is not imported, in a column's name and in a geometry's kind."""
    features = [
        {"type": "Feature", "properties": {"id": f"s{n}", "plot": str(n), "block": "1", "use": "residential"},
         "geometry": shapely.geometry.mapping(square(n))}
        for n in range(6)
    ]  # fmt: skip
    features[1]["properties"]["plot"] = "1\0"
    features[2]["properties"]["id"] = "\0"
    features[3]["properties"]["a\0b"] = "x\0y"
    features[4]["geometry"] = {"type": "Poly\0gon", "coordinates": []}
    path = desk.folder / "plots.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    desk.bring(path)
    assert set(desk.parcels()) == {"s0", "s5"}
    codes = sorted(code for (code,) in desk.ask("SELECT code FROM spatial_quarantine"))
    assert codes == ["bad_geojson_geometry", "text_with_nul", "text_with_nul", "text_with_nul"]
