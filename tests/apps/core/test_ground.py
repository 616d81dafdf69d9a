"""A pin and a plot know their height and slope, in both languages, and say whose heights these are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.scene import Scene
from tests.terrain import rising_northwards

PART = {"HX-Request": "true"}


@pytest.fixture
def slope(scene: Scene, tmp_path: Path) -> Iterator[None]:
    with rising_northwards(scene.parcel.geom.extent, tmp_path):
        yield


def card(path: str) -> str:
    return Client(headers={"host": "127.0.0.1"}).get(path, headers=PART).content.decode()


@pytest.mark.parametrize(
    ("language", "height", "slope_word", "source"),
    [
        ("en", "Height above sea level", "Slope", "Heights for a test"),
        ("ar", "الارتفاع عن سطح البحر", "الميل", "ارتفاعات للاختبار"),
    ],
)
def test_a_pin_and_a_plot(scene: Scene, slope: None, language: str, height: str, slope_word: str, source: str) -> None:
    west, south, _east, north = scene.parcel.geom.extent
    pin = card(f"/{language}/at/?point={(south + north) / 2:.6f},{west:.6f}")
    plot = card(f"/{language}/card/parcels/{scene.parcel.pk}/")
    for shown in (pin, plot):
        for words in (height, slope_word, source):
            assert f"{words}<" in shown, words
        assert '<span class="number">4.5</span> %' in shown  # one metre in 22.15
    assert '<span class="number">15' in pin or '<span class="number">14' in pin


def test_without_a_model_nothing_is_said(scene: Scene) -> None:
    for path in (f"/en/card/parcels/{scene.parcel.pk}/", "/en/at/?point=23.5,58.1"):
        assert "Height" not in card(path)
        assert "Slope" not in card(path)


def test_large_and_hidden_things_have_no_height(scene: Scene, slope: None) -> None:
    for layer, thing in (("authorities", scene.parcel.authority_id), ("wells", scene.well.pk)):
        assert "Slope" not in card(f"/en/card/{layer}/{thing}/"), layer


@pytest.mark.parametrize(("language", "words"), [("en", "Shape of the ground"), ("ar", "شكل الأرض")])
def test_the_map_offers_the_shaded_ground(scene: Scene, slope: None, language: str, words: str) -> None:
    client = Client(headers={"host": "127.0.0.1"})
    plan = client.get(f"/{language}/map.json").json()
    west, south, east, north = scene.parcel.geom.extent
    box = plan["relief"]["bounds"]
    assert box[0] < west < east < box[2]
    assert box[1] < south < north < box[3]
    page = client.get(f"/{language}/").content.decode()
    assert f"{words}<" in page
    assert "a test; CC0" in page


def test_without_a_model_there_is_no_ground_to_switch_on(scene: Scene) -> None:
    client = Client(headers={"host": "127.0.0.1"})
    assert client.get("/en/map.json").json()["relief"] is None
    assert "Shape of the ground" not in client.get("/en/").content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "Height above sea level"), ("ar", "الارتفاع عن سطح البحر")])
def test_the_desk_says_it_of_the_record(scene: Scene, slope: None, language: str, words: str) -> None:
    desk = Client(headers={"host": "127.0.0.1"})
    desk.force_login(scene.officer)
    desk.cookies.load({settings.LANGUAGE_COOKIE_NAME: language})
    for path in (f"parcels/parcel/{scene.parcel.pk}", f"wells/well/{scene.well.pk}"):
        shown = desk.get(f"/admin/{path}/change/").content.decode()
        assert f"{words}: <bdi>" in shown
        assert "<bdi>4.5</bdi> %" in shown
