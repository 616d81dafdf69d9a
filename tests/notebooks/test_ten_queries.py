"""The notebook runs from top to bottom by a planner's own login, and none of its pictures is blank."""

import base64
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from django.db import connections
from django.utils import timezone
from nbclient import NotebookClient
from PIL import Image
from pytest_django import DjangoDbBlocker

from apps.accounts.models import Membership, User
from apps.config import reference
from apps.config.demo.load import load_all
from apps.config.demo.site import sites
from apps.config.demo.town import build
from apps.config.environment import ROOT
from apps.territory.models import Authority
from tests import databases
from tests.apps.accounts.city import desk_session

NOTEBOOK = ROOT / "notebooks" / "01-the-city-in-ten-queries.ipynb"
TOWN = "marsa-luban"
QUERIES = 10
# The share of strong colours in a picture: the ground of a map and an empty chart have none.
DRAWN = 0.005


@pytest.fixture(scope="module")
def town(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database with the smallest demonstration; gives its name."""
    with django_db_blocker.unblock():
        before = connections["default"].settings_dict["NAME"]
        name = databases.clone(template_database, label="notebooks")
        databases.point_django_at(name)
        reference.seed()
        load_all(
            [build(site, 7, timezone.localtime()) for site in sites("tiny")],
            now=timezone.localtime(),
            say=lambda line: None,
        )
        planner = User.objects.using("owner").create(username="a-planner")
        authority = Authority.objects.using("owner").get(code=TOWN)
        Membership.objects.using("owner").create(user=planner, authority=authority, role="planner")
        connections.close_all()
        yield name
        connections.close_all()
        databases.point_django_at(before)
        with databases.superuser() as session:
            databases.drop(session, name)


@pytest.fixture(scope="module")
def executed(town: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The notebook after its run, with the environment of `bin/notebook` and DATABASE_URL the planner's own."""
    with django_db_blocker.unblock():
        planner = User.objects.using("owner").get(username="a-planner")
        authority = Authority.objects.using("owner").get(code=TOWN)
        with desk_session(town, planner, authority) as session:
            host, port = connections["default"].settings_dict["HOST"], connections["default"].settings_dict["PORT"]
            own = f"postgis://{session.info.user}:{session.info.password}@{host}:{port}/{town}"
            notebook = nbformat.read(NOTEBOOK, as_version=4)
            client = NotebookClient(
                notebook, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOK.parent)}}
            )
            client.execute(env=environment(own, tmp_path_factory.mktemp("jupyter")))
            yield notebook


def environment(own: str, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    homes = {name: str(folder) for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR")}
    settings = {"DJANGO_SETTINGS_MODULE": "apps.config.settings.development", "PYTHONPATH": str(ROOT)}
    return kept | homes | settings | {"DATABASE_URL": own}


def pictures(notebook: Any) -> list[bytes]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    found = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    return [base64.b64decode(one) for one in found]


def strong(picture: bytes) -> float:
    """The share of pixels whose colour is far from grey."""
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)
    return float((np.ptp(pixels, axis=2) > 60).mean())


@pytest.mark.long
def test_every_question_has_its_picture(executed: Any) -> None:
    drawn = pictures(executed)
    assert len(drawn) == QUERIES
    assert [number for number, one in enumerate(drawn, start=1) if strong(one) < DRAWN] == []


@pytest.mark.long
def test_the_reader_is_the_planner(executed: Any) -> None:
    said = "".join(output.get("text", "") for output in executed.cells[1].outputs)
    assert "officer" in said
    assert "بلدية مرسى اللبان" in said


@pytest.mark.long
def test_a_blank_picture_would_be_seen(town: str, tmp_path: Path) -> None:
    """The negative control: ground, titles and legend alone are not a picture."""
    code = """
import django; django.setup()
from gis import frames
from gis.layers import PUBLIC
from maps import chart, legend, plt, sheet
around = frames.frame("parcels", PUBLIC, where={"authority": "marsa-luban"}, crs="EPSG:9296")
sheet("خريطة", "A map", around).figure.savefig("sheet.png")
axes = chart("رسم", "A chart")
legend(axes, {"one": "#d1495b", "two": "#2a9d8f"})
axes.figure.savefig("chart.png")
"""
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{town}"
    words = environment(url, tmp_path) | {"PYTHONPATH": f"{ROOT}:{NOTEBOOK.parent}", "MPLBACKEND": "agg"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=words, check=True, capture_output=True)
    for name in ("sheet.png", "chart.png"):
        assert strong((tmp_path / name).read_bytes()) < DRAWN, name


def test_notebooks_are_stored_without_their_outputs() -> None:
    for path in sorted(NOTEBOOK.parent.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs"), path.name
            assert cell.get("execution_count") is None, path.name
