"""The notebook runs from top to bottom by a planner's own login and by nobody's, and none of its pictures is blank.

One town is drawn for it, and the kernel that has run it for the planner draws the empty pictures of the negative
control and runs it for nobody too: starting another, with all that it imports, takes as long as five of the queries.
A kernel ends with the notebook that it executes, so all runs are cells of one.
"""

import base64
import io
import json
import os
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

import nbformat
import numpy as np
import pytest
from django.db import connections
from django.test import override_settings
from django.utils import timezone
from nbclient import NotebookClient
from PIL import Image
from pytest_django import DjangoDbBlocker

from apps.accounts.models import Membership, User
from apps.config import reference
from apps.config.demo import heights
from apps.config.demo.load import load_all
from apps.config.demo.site import sites
from apps.config.demo.town import build
from apps.config.environment import LOCAL, ROOT
from apps.territory.models import Authority
from tests import databases
from tests.apps.accounts.city import desk_session

NOTEBOOK = ROOT / "notebooks" / "01-the-city-in-ten-queries.ipynb"
TOWN, SEED = "marsa-luban", 7
QUERIES = 10
# The share of strong colours in a picture: the ground of a map and an empty chart have none.
DRAWN = 0.005
# What its queries found, for the tests to compare.
FOUND = """
import json
print(json.dumps({"blocks": len(blocks), "heights": sorted(heights.values()), "schools": len(schools),
                  "stock": {year: len(found) for year, found in stock.items()}, "known": len(known),
                  "midnight": timezone.make_aware(midnight).isoformat()}))
"""
# Ground, titles and legend alone, as a planner's cell that finds nothing leaves them.
EMPTY = """
sheet("خريطة", "A map", parcels)
plt.show()
legend(chart("رسم", "A chart"), {"one": "#d1495b", "two": "#2a9d8f"})
plt.show()
"""
# The same kernel with the web's logins, as `bin/notebook` starts it where nothing is said.
NOBODY = """
import os

import maps
from tests import databases

os.environ.update({urls})
databases.point_django_at({town!r})
maps._ground.cache_clear()
"""
UNPUBLISHED = """
with databases.superuser({town!r}) as root:
    root.execute("UPDATE territory_authority SET publishes_parcels = false WHERE code = %s", [TOWN])
"""
PLOTS_READ = 3  # the first cell of the notebook that reads plots


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def town(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker, media: Path
) -> Iterator[str]:
    """A database with one town of the smallest demonstration and its ground; gives its name."""
    with django_db_blocker.unblock():
        before = connections["default"].settings_dict["NAME"]
        name = databases.clone(template_database, label="notebooks")
        databases.point_django_at(name)
        reference.seed()
        now = timezone.localtime()
        built = [build(site, SEED, now) for site in sites("tiny") if site.code == TOWN]
        load_all(built, now=now, say=lambda line: None)
        with override_settings(MEDIA_ROOT=str(media)):
            heights.enter(built[0], SEED, today=now.date())
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
def runs(
    town: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory, media: Path
) -> Iterator[dict[str, list[Any]]]:
    """The cells of each run after it, in the environment of `bin/notebook`; DATABASE_URL is the planner's at first."""
    with django_db_blocker.unblock():
        planner = User.objects.using("owner").get(username="a-planner")
        authority = Authority.objects.using("owner").get(code=TOWN)
        with desk_session(town, planner, authority) as session:
            host, port = connections["default"].settings_dict["HOST"], connections["default"].settings_dict["PORT"]
            own = f"postgis://{session.info.user}:{session.info.password}@{host}:{port}/{town}"
            made = one_after_another(town)
            client = NotebookClient(
                nbformat.v4.new_notebook(cells=list(chain.from_iterable(made.values()))), timeout=240,
                kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOK.parent)}},
            )  # fmt: skip
            client.execute(env=environment(own, tmp_path_factory.mktemp("jupyter"), media))
            yield made


def one_after_another(town: str) -> dict[str, list[Any]]:
    """The planner's run; nobody's, after a change of logins; and what nobody reads where no plot is published."""
    names = ("DATABASE_URL", "PUBLIC_DATABASE_URL", "PROVISION_DATABASE_URL")
    urls = {name: os.environ[name].rsplit("/", 1)[0] + f"/{town}" for name in names}
    refused = stored()[: PLOTS_READ + 1]
    refused[-1].metadata["tags"] = ["raises-exception"]  # the run goes on
    return {
        "planner": [*stored(), code(FOUND), code(EMPTY)],
        "nobody": [code(NOBODY.format(urls=urls, town=town)), *stored()],
        "refused": [code(UNPUBLISHED.format(town=town)), *refused],
    }


def stored() -> list[Any]:
    """The notebook's cells, with ids of their own: they stand in one notebook more than once."""
    cells: list[Any] = nbformat.read(NOTEBOOK, as_version=4).cells
    for cell in cells:
        cell.id = uuid4().hex[:8]
    return cells


def code(source: str) -> Any:
    return nbformat.v4.new_code_cell(source)


@pytest.fixture(scope="module")
def executed(runs: dict[str, list[Any]]) -> list[Any]:
    """The cells after the planner's run."""
    return runs["planner"]


def environment(own: str, folder: Path, media: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    homes = {name: str(folder) for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    # What matplotlib finds out about the machine's fonts takes seconds and is the same tomorrow.
    homes |= {"MPLCONFIGDIR": str(LOCAL / "matplotlib"), "MEDIA_ROOT": str(media)}
    settings = {"DJANGO_SETTINGS_MODULE": "apps.config.settings.development", "PYTHONPATH": str(ROOT)}
    return kept | homes | settings | {"DATABASE_URL": own}


def pictures(cells: Any) -> list[bytes]:
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    found = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    return [base64.b64decode(one) for one in found]


def strong(picture: bytes) -> float:
    """The share of pixels whose colour is far from grey."""
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)
    return float((np.ptp(pixels, axis=2) > 60).mean())


def test_every_question_has_its_picture(executed: list[Any]) -> None:
    drawn = pictures(executed[:-2])
    assert len(drawn) == QUERIES
    assert [number for number, one in enumerate(drawn, start=1) if strong(one) < DRAWN] == []


def test_nobody_in_particular_gets_them_too(runs: dict[str, list[Any]]) -> None:
    found = runs["nobody"]
    assert found[2].outputs[0].text.strip().endswith("public")
    drawn = pictures(found)
    assert len(drawn) == QUERIES
    assert [number for number, one in enumerate(drawn, start=1) if strong(one) < DRAWN] == []
    assert warned(found) == []


def test_what_is_not_public_is_said(runs: dict[str, list[Any]]) -> None:
    """In both languages, before anything is drawn, with the way to see it."""
    found = runs["refused"]
    assert pictures(found) == []
    raised = found[-1].outputs[0]
    assert raised.ename == "LookupError"
    assert "ابدأ بحسابك" in raised.evalue
    assert "Start with your own database login" in raised.evalue


def test_a_blank_picture_would_be_seen(executed: list[Any]) -> None:
    """The negative control: ground, titles and legend alone are not a picture."""
    drawn = pictures(executed[-1:])
    assert len(drawn) == 2
    assert [strong(one) for one in drawn if strong(one) >= DRAWN] == []


def test_nothing_is_warned_of(executed: list[Any]) -> None:
    assert warned(executed) == []


def warned(cells: list[Any]) -> list[str]:
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    said = [output.text for output in outputs if output.get("name") == "stderr"]
    return [text for text in said if "font_manager" not in text]  # matplotlib, once a machine


def test_the_reader_is_the_planner(executed: list[Any]) -> None:
    said = "".join(output.get("text", "") for output in executed[1].outputs)
    assert "officer" in said
    assert "بلدية مرسى اللبان" in said


def test_the_ground_has_its_heights(executed: list[Any]) -> None:
    """The planner's own login reads the catalogue of elevation models; without a value the cell draws no height."""
    told = found(executed)
    assert len(told["heights"]) == told["blocks"] > 10
    assert 0 < told["heights"][0] < told["heights"][-1] < 100
    assert told["schools"] > 0


def test_each_year_has_the_plots_of_its_first_day(executed: list[Any], town: str) -> None:
    told = found(executed)
    with databases.superuser(town) as root:
        counted = "SELECT count(*) FROM parcels_parcel WHERE valid_from <= %s AND (valid_to > %s OR valid_to IS NULL)"
        days = {year: date(int(year), 1, 1) for year in told["stock"]}
        wanted = {year: root.execute(counted, [day, day]).fetchone() for year, day in days.items()}
        # None: the demonstration was recorded today, whatever it says of its past. All, an instant after midnight.
        recorded = "SELECT count(*) FROM history.parcels_parcel WHERE v_at <= %s"
        assert root.execute(recorded, [told["midnight"]]).fetchone() == (told["known"],)
    assert {year: (count,) for year, count in told["stock"].items()} == wanted
    assert len(set(told["stock"].values())) > 2


def found(executed: list[Any]) -> Any:
    return json.loads(executed[-2].outputs[0].text)


def test_notebooks_are_stored_without_their_outputs() -> None:
    for path in sorted(NOTEBOOK.parent.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs"), path.name
            assert cell.get("execution_count") is None, path.name
