"""MapLibre and Leaflet, as their makers ship them, draw the feed's tiles on a page that is not ours."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from apps.config.environment import ROOT
from tests.scene import Scene

from .conftest import Open

pytestmark = pytest.mark.browser

LIBRARIES = ROOT / "node_modules"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Elsewhere</title>
<link rel="stylesheet" href="/elsewhere/maplibre-gl/dist/maplibre-gl.css">
<link rel="stylesheet" href="/elsewhere/leaflet/dist/leaflet.css">
<div id="map" style="width: 512px; height: 512px"></div>
<script src="/elsewhere/leaflet/dist/leaflet-src.js"></script>
<script src="/elsewhere/leaflet.vectorgrid/dist/Leaflet.VectorGrid.bundled.js"></script>"""
KINDS = {".mjs": "text/javascript", ".js": "text/javascript", ".css": "text/css"}


def elsewhere(page: Page, address: str) -> None:
    """A page with the libraries on it. Only its own files are made up: what it asks of the feed, the feed answers."""

    def file(route: Route) -> None:
        name = route.request.url.split("/elsewhere/", 1)[1]
        path = Path(__file__).parent / name if name == "tile_clients.mjs" else LIBRARIES / name
        route.fulfill(body=path.read_bytes(), content_type=KINDS[path.suffix])

    page.route("**/elsewhere/**", file)
    page.route("**/elsewhere.html", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(f"{address}/elsewhere.html")


@pytest.mark.parametrize("library", ["MapLibre", "Leaflet"])
@pytest.mark.parametrize("tileset", ["collections/parcels/tiles/WebMercatorQuad", "tiles/WebMercatorQuad"])
def test_it_draws_the_parcels(open_page: Open, scene: Scene, address: str, library: str, tileset: str):
    page = open_page("/ar/api/")
    elsewhere(page, address)
    place = scene.parcel.geom.centroid
    drawn: list[dict[str, Any]] = page.evaluate(
        f"""async (asked) => (await import("/elsewhere/tile_clients.mjs")).drawnBy{library}(...asked)""",
        [f"{address}/ogc/{tileset}?f=tilejson", "parcels", [place.x, place.y], 15],
    )
    assert scene.parcel.plot_no in {one["plot_no"] for one in drawn}
    assert {"land_use", "plot_no"} <= set(drawn[0])
    assert "deed_no" not in drawn[0]
