"""QGIS of this machine reads the feed by its own provider: what a surveyor's map shows is what the layer publishes."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

import pytest
from pytest_django import DjangoDbBlocker

from apps.accounts.callers import digest_of
from apps.accounts.models import AgencyKey, Organisation
from gis import published
from gis.layers import Audience, registry
from tests.costly.town import busy_town
from tests.figures import Record
from tests.ogc.copying import public_rows
from tests.scene import SOUTH, STREET_AR, WEST

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
PLOTS = 2_500  # QGIS asks for a thousand at a time
KEY = "an agency's key for QGIS"
BOX = (WEST, SOUTH, WEST + 0.0009, SOUTH + 0.0003)  # over the first three plots of the scene


class Seen(NamedTuple):
    """What QGIS says, and what the published view says of the parcels and streets."""

    told: dict[str, Any]
    rows: dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def seen(
    template_database: str,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Seen]:
    with busy_town(template_database, django_db_blocker, parcels=PLOTS) as town:
        office = Organisation.objects.using("owner").create(code="office", name_ar="مكتب")
        AgencyKey.objects.using("owner").create(
            organisation=office, digest=digest_of(KEY), purpose="test", made_at=datetime.now(tz=UTC)
        )
        told = in_qgis(f"{town.address}/ogc", tmp_path_factory.mktemp("qgis"))
        yield Seen(told, {name: public_rows(name) for name in ("parcels", "streets")})


def in_qgis(feed: str, home: Path) -> dict[str, Any]:
    """Runs the script in the Python that Debian's QGIS is made for, with no screen and a profile of its own."""
    with urlopen(f"{feed}/collections/parcels/tiles/WebMercatorQuad?f=tilejson", timeout=60) as answer:
        template = json.load(answer)["tiles"][0].replace("=", "%3D").replace("&", "%26")
    command = ["/usr/bin/python3", Path(__file__).with_name("in_qgis.py"), feed, KEY, template]
    place = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen", "PATH": os.defpath}
    done = subprocess.run(
        [*command, ",".join(map(str, BOX))],
        env=place | {"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{done.stderr[-2000:]}\n(package python3-qgis: bin/test --long installs it)"
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def said(row: dict[str, Any]) -> dict[str, Any]:
    """What stands in the fields of a row that are not empty."""
    return {name: value for name, value in row.items() if value is not None and name != "id"}


def test_every_record_is_there_with_its_texts(seen: Seen, figure: Record):
    """All pages of it, none twice; Arabic as it was written."""
    for name, kept in seen.rows.items():
        read = {row["id"]: said(row) for row in seen.told[name]["rows"]}
        assert read == {key: said(row) for key, row in kept.items()}
        assert len(seen.told[name]["rows"]) == len(kept) == seen.told[name]["count"]
    assert len(seen.rows["parcels"]) > 2_000
    assert {row["name_ar"] for row in seen.told["streets"]["rows"]} == {STREET_AR}
    figure(f"QGIS {seen.told['version']}", f"{len(seen.rows['parcels']):,} parcels over three pages, each as published")


def test_systems_kinds_and_types_are_those_of_the_layer(seen: Seen):
    for name in seen.rows:
        told, layer = seen.told[name], registry[name]
        assert told["system"] == "EPSG:4326"
        assert told["kind"].upper() == layer.geometry_type(Audience.PUBLIC)
        west, south, east, north = told["extent"]
        assert 57 < west < east < 59
        assert 23 < south <= north < 24
        assert set(told["fields"]) == {"id", *published.properties(layer, Audience.PUBLIC)}
    fields = dict(seen.told["parcels"]["fields"])
    assert fields.pop("legal_area_m2") in ("Real", "double")
    assert set(fields.values()) <= {"String", "string"}


def test_a_box_and_a_condition_choose(seen: Seen):
    parcels = seen.rows["parcels"]
    first = sorted(key for key, row in parcels.items() if row["plot_no"] in ("101", "102", "103"))
    assert seen.told["in_box"] == first
    assert [row["plot_no"] for row in seen.told["plot"]] == ["103"]
    assert seen.told["wrong"] is False, "a collection that there is not is no layer"


def test_an_agency_sees_what_its_key_opens(seen: Seen, figure: Record):
    """The public's rows have no such field."""
    assert {len(row) for row in seen.told["agency"]} == {len(seen.told["parcels"]["fields"]) + 2}
    assert {row["krooki_no"] for row in seen.told["agency"] if row["plot_no"] == "103"} == {"SECRETKROOKI"}
    assert "SECRET" not in json.dumps(seen.told["parcels"])
    figure("an agency's key in QGIS, given by", seen.told["key_by"])


def test_the_tiles_are_drawn(seen: Seen):
    """By the address that the TileJSON tells: plots where there are some, paper where there are none."""
    assert seen.told["drawn"] > 10_000
    assert seen.told["drawn_elsewhere"] == 0


def test_what_this_version_writes(seen: Seen, figure: Record):
    """3.22 writes nothing over OGC API Features. A newer one that says it does is to be asked for a change here."""
    edits = {name: seen.told[name]["edits"] for name in seen.rows}
    figure("what QGIS says it may write over the feed", ", ".join(edits["streets"]) or "nothing")
    assert edits == {"parcels": [], "streets": []}
    assert not seen.told["streets"]["may_edit"]
