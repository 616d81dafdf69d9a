"""The columns of the place on the page of a file: named where they are not recognised, changed where they are."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from gis.db.acting import acting_as
from gis.exchange.models import Delivery, ImportRun, SavedMapping
from tests.apps.town import Town
from tests.gis.exchange.files import Plot, square, write

from .test_imports import officer, plots_here, town, upload
from .test_imports_reading import looked_again, page_of

__all__ = ["town"]
pytestmark = pytest.mark.django_db
BOTH = {"place:x": "foo", "place:y": "bar"}


def unnamed(folder: Path, *, more: str = "") -> Path:
    path = folder / "plots.csv"
    path.write_text(f"plot_no,block_no,foo,bar{more}\n7,B,58.05,23.55{more and ',58.06'}\n")
    return path


def texts(client: Client, delivery: Delivery) -> str:
    return client.get(page_of(delivery)).content.decode()


def options(text: str, name: str) -> tuple[str, list[str], list[str]]:
    """What holds without a choice, what may be chosen, and what is."""
    found = re.search(rf'<select id="place-{name}".*?</select>', text, re.DOTALL)
    assert found, name
    titles = re.findall(r"<option[^>]*>([^<]*)", found[0])
    return titles[0], titles[1:], re.findall(r'<option value="([^"]*)" selected', found[0])


def state(town: Town, delivery: Delivery) -> str:
    with acting_as(authorities=[town.here.pk], actor="test"):
        delivery.refresh_from_db()
    return str(delivery.state)


class TestNotRecognised:
    @pytest.mark.parametrize(
        ("language", "none", "half"),
        [
            ("en", "none recognised", "Choose the other one too under “Columns of the place”."),
            ("ar", "لم يتعرّف البرنامج على عمود", "اختر الآخر أيضًا من «أعمدة الموقع»."),
        ],
    )
    def test_they_are_chosen_on_the_page(self, town: Town, tmp_path: Path, language: str, none: str, half: str):
        client = officer(town, language=language)
        delivery = upload(client, town, unnamed(tmp_path))
        text = texts(client, delivery)
        for name in ("x", "y", "wkt"):
            assert options(text, name) == (none, ["plot_no", "block_no", "foo", "bar"], [])
        assert "<bdi>58.05</bdi>" in text
        answer = client.post(page_of(delivery), {"do": "look", "place:x": "foo", "place:y": "", "place:wkt": ""})
        assert half in answer.content.decode()
        assert options(answer.content.decode(), "x")[2] == ["foo"]
        assert state(town, delivery) == "unreadable"
        client.post(page_of(delivery), {"do": "look", **BOTH})
        assert looked_again(town, delivery).state == "ready"
        assert options(texts(client, delivery), "x")[2] == ["foo"]

    def test_one_that_is_gone_from_the_file_is_chosen_anew(self, town: Town, tmp_path: Path):
        client = officer(town)
        delivery = upload(client, town, unnamed(tmp_path))
        with acting_as(authorities=[town.here.pk], actor="test"):
            delivery.choices["columns"] = {"x": "east", "y": "bar"}
            delivery.save()
        client.post(page_of(delivery), {"do": "look"})
        assert looked_again(town, delivery).found["reason"] == "no_such_column"
        assert options(texts(client, delivery), "x")[2] == []
        client.post(page_of(delivery), {"do": "look", **BOTH})
        assert looked_again(town, delivery).state == "ready"

    def test_a_saved_mapping_is_offered_for_it(self, town: Town, tmp_path: Path):
        client = officer(town)
        first = upload(client, town, unnamed(tmp_path))
        client.post(page_of(first), {"do": "look", **BOTH})
        looked_again(town, first)
        client.post(page_of(first), {**BOTH, "do": "save", "mapping_name": "survey"})
        client.post(reverse("admin:import_discard", args=[first.pk]))
        with acting_as(authorities=[town.here.pk], actor="test"):
            Delivery.objects.all().delete()
            key = SavedMapping.objects.get().pk
        second = upload(client, town, unnamed(tmp_path))
        assert second.state == "unreadable"
        assert f'<option value="{key}">survey</option>' in texts(client, second)
        client.post(page_of(second), {"do": "apply", "mapping": key})
        assert looked_again(town, second).found["places"] == {"x": "foo", "y": "bar"}


class TestRecognised:
    def test_they_are_told_and_can_be_changed(self, town: Town, tmp_path: Path):
        path = tmp_path / "plots.csv"
        path.write_text("plot_no,lon,lat,E,N\n7,58.05,23.55,1,2\n")
        client = officer(town)
        delivery = upload(client, town, path)
        text = texts(client, delivery)
        assert [options(text, name)[0] for name in ("x", "y", "wkt")] == [
            "as recognised: lon", "as recognised: lat", "none recognised",
        ]  # fmt: skip
        assert ">2 columns are not imported<" in text
        client.post(page_of(delivery), {"place:x": "E", "place:y": "N"})
        assert looked_again(town, delivery).found["places"] == {"x": "E", "y": "N"}
        client.post(page_of(delivery), {"place:x": "", "place:y": ""})
        assert looked_again(town, delivery).found["places"] == {"x": "lon", "y": "lat"}

    @pytest.mark.parametrize(
        ("language", "said"),
        [("en", "so WGS 84 is taken where nothing is chosen"), ("ar", "فيؤخذ بنظام WGS 84 إذا لم يُختر هنا نظام")],
    )
    def test_chosen_by_hand_longitude_and_latitude_ask_for_no_system(
        self, town: Town, tmp_path: Path, language: str, said: str
    ):
        path = tmp_path / "plots.csv"
        path.write_text("plot_no,x,y,Lng,Latitude\n7,1,2,58.05,23.55\n")
        client = officer(town, language=language)
        delivery = upload(client, town, path)
        assert '<a href="#crs">' in texts(client, delivery)
        client.post(page_of(delivery), {"place:x": "Lng", "place:y": "Latitude"})
        text = (looked_again(town, delivery), texts(client, delivery))[1]
        assert '<a href="#crs">' not in text
        assert said in text
        assert 'placeholder="EPSG:4326"' in text

    def test_one_of_two_asks_for_the_other_and_looks_at_nothing(self, town: Town, tmp_path: Path):
        client, path = officer(town), write(tmp_path / "plots.csv", [Plot(square(0), "s0", "1")])
        delivery = upload(client, town, path)
        alone = {"place:y": "id", "source:plot_no": "column:plot", "source:block_no": "column:block"}
        text = client.post(page_of(delivery), alone, headers={"HX-Request": "true"}).content.decode()
        assert "Only one of the two coordinates is named." in text
        assert '<a href="#place-x">Easting, x or longitude</a>' in text
        assert state(town, delivery) == "ready"
        answer = client.post(page_of(delivery), alone | {"do": "dry"}, follow=True)
        assert "Only one of the two coordinates is named." in answer.content.decode()
        client.post(page_of(delivery), alone | {"place:y": ""})
        assert state(town, delivery) == "looking"

    def test_a_geometry_beside_coordinates_is_said_to_be_one_too_many(self, town: Town, tmp_path: Path):
        client, path = officer(town), write(tmp_path / "plots.csv", [Plot(square(0), "s0", "1")])
        delivery = upload(client, town, path)
        both = {"place:x": "id", "place:wkt": "wkt", "source:plot_no": "column:plot", "source:block_no": "column:block"}
        for what in ("keep", "dry"):
            answer = client.post(page_of(delivery), both | {"do": what, "crs": "EPSG:4326"}, follow=True)
            assert "choose either the two coordinates or the one of the geometry" in answer.content.decode()
        with acting_as(authorities=[town.here.pk], actor="test"):
            assert not ImportRun.objects.exists()
        client.post(page_of(delivery), both | {"place:x": ""})
        assert looked_again(town, delivery).found["places"] == {"wkt": "wkt"}


def test_a_file_with_geometry_of_its_own_asks_for_none(town: Town, tmp_path: Path):
    client = officer(town)
    assert "place:x" not in texts(client, upload(client, town, plots_here(tmp_path)))
