"""A file of several tables, a drawing of several CAD layers: each is imported in its turn, from one upload."""

from pathlib import Path
from typing import Any

import pytest

from gis.exchange import runs
from gis.exchange.choices import Choices
from gis.exchange.deliveries import path_of
from gis.exchange.models import Delivery, ImportRun
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.test_dxf import EAST, NORTH, drawing
from tests.gis.exchange.test_runs import carry_out, deliver, look_again


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def two_layers(space: Any) -> None:
    """Plots of two kinds, each on a CAD layer of its own, with their numbers on a third."""
    for number, layer in ((1, "HOUSES"), (2, "HOUSES"), (3, "SHOPS")):
        west = EAST + 100 * number
        corners = [(west, NORTH), (west + 50, NORTH), (west + 50, NORTH + 50), (west, NORTH + 50)]
        space.add_lwpolyline(corners, close=True, dxfattribs={"layer": layer})
        space.add_text(str(number), dxfattribs={"layer": "NUMBER", "insert": (west + 25, NORTH + 25)})


def choose(desk: Desk, delivery: Delivery, table: str) -> None:
    delivery.refresh_from_db()
    before = Choices.from_json(delivery.choices).to_json()
    columns = before["columns"] | {"plot_no": "text:NUMBER"}
    delivery.choices = before | {"table": table, "crs": "EPSG:32640", "columns": columns}
    look_again(desk, delivery)


def test_the_second_cad_layer_needs_no_second_upload(desk: Desk) -> None:
    delivery = deliver(desk, drawing(desk.folder / "town.dxf", two_layers, unit=6))
    assert delivery.found["counts"] == {"HOUSES": 2, "SHOPS": 1}
    with desk.acting():
        choose(desk, delivery, "HOUSES")
    assert delivery.found["counts"] == {"HOUSES": 2, "SHOPS": 1}
    first = carry_out(desk, delivery)
    assert (first.state, first.counts.get("added")) == ("done", 2), first.message_en
    with desk.acting():
        assert runs.left(delivery) == ["SHOPS"]
        delivery.refresh_from_db()
    assert (delivery.kept, path_of(delivery).is_file()) == (True, True)
    with desk.acting():
        choose(desk, delivery, "SHOPS")
    tried = carry_out(desk, delivery, dry=True)
    assert (tried.state, runs_left(desk, delivery)) == ("done", ["SHOPS"])  # a dry run has imported nothing
    second = carry_out(desk, delivery)
    assert (second.state, second.counts.get("added")) == ("done", 1), second.message_en
    with desk.acting():
        delivery.refresh_from_db()
        assert runs.left(delivery) == []
    assert (delivery.kept, path_of(delivery).exists()) == (False, False)


def runs_left(desk: Desk, delivery: Delivery) -> list[str]:
    with desk.acting():
        return runs.left(delivery)


@pytest.mark.parametrize(
    ("found", "read", "left"),
    [
        ({"tables": ["a"], "whole": None}, [""], []),
        ({"tables": ["a", "b"], "whole": ""}, [""], []),  # all folders as one
        ({"tables": ["a", "b"], "whole": ""}, ["b"], ["a"]),
        ({"tables": ["a", "b"], "whole": None}, ["b", "a"], []),
        ({"tables": ["a", "b"], "whole": None}, [], ["a", "b"]),
        ({}, [""], []),
    ],
)
def test_what_is_left(desk: Desk, found: dict[str, Any], read: list[str], left: list[str]) -> None:
    with desk.acting():
        delivery = Delivery.objects.create(
            authority_id=desk.authority.id, layer="parcels", file_name="x", size=1, found=found
        )
        for table in read:
            ImportRun.objects.create(
                authority_id=desk.authority.id, layer="parcels", file_name="x", state="done", delivery=delivery,
                choices={"table": table},
            )  # fmt: skip
        assert runs.left(delivery) == left
