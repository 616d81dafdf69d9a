"""Hillshade over HTTP: a picture for any map client, kept for as long as the ground is the same."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from gis.mercator import Address
from tests.terrain import rising_northwards

BOX = (58.1, 23.5, 58.101, 23.501)
AT: Address = (14, 10836, 7090)


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "127.0.0.1"})


@pytest.fixture
def hill(db: None, tmp_path: Path) -> Iterator[None]:
    with rising_northwards(BOX, tmp_path):
        yield


def path(at: Address = AT) -> str:
    return "/tiles/relief/{}/{}/{}.png".format(*at)


def test_ground_that_falls_to_the_south_is_in_the_shade(client: Client, hill: None) -> None:
    answer = client.get(path())
    assert answer["Content-Type"] == "image/png"
    assert "public" in answer["Cache-Control"]
    grey, opacity = np.moveaxis(np.asarray(Image.open(io.BytesIO(answer.content))), 2, 0)
    assert grey.shape == (256, 256)
    assert (grey == 0).all()
    assert opacity.min() > 0


def test_who_has_the_tile_is_not_sent_it_again(client: Client, hill: None) -> None:
    etag = client.get(path())["ETag"]
    again = client.get(path(), headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(path())
    assert (head.status_code, head.content) == (200, b"")


def test_another_model_makes_another_tile(client: Client, db: None, tmp_path: Path) -> None:
    before = client.get(path())
    with rising_northwards(BOX, tmp_path):
        after = client.get(path(), headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after.content != before.content


@pytest.mark.parametrize(("language", "words"), [("en", "There is no tile"), ("ar", "لا يوجد")])
def test_a_tile_that_cannot_be(client: Client, db: None, language: str, words: str) -> None:
    answer = client.get(path((3, 9, 1)), headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert words in answer.json()["detail"]
