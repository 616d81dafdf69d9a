"""A program of others that writes: OWSLib over HTTP, with an officer's session."""

import pytest
from django.test import Client
from owslib.ogcapi.features import Features

from tests.apps.accounts.city import Two, two_authorities

from .writing import DIRECT, feature_for, other_text

LAYER = DIRECT[0]
TOKEN = "t" * 32


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


@pytest.fixture
def feed(two: Two, site: str) -> Features:
    client = Client()
    client.force_login(two.officer)
    session = client.cookies["sessionid"].value
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    return Features(f"{site}/ogc/", headers=headers)


def test_owslib_creates_replaces_and_deletes(feed: Features):
    assert feed.collection_item_create(LAYER.id, feature_for(LAYER))
    key = feed.response_headers["Location"].rpartition("/")[2]
    feature = feed.collection_item(LAYER.id, key)
    name, value = other_text(LAYER)
    feature["properties"][name] = value
    with pytest.raises(RuntimeError, match="If-Match"):
        feed.collection_item_update(LAYER.id, key, feature)
    feed.collection_item(LAYER.id, key)
    feed.headers["If-Match"] = old = feed.response_headers["ETag"]
    assert feed.collection_item_update(LAYER.id, key, feature)
    new = feed.response_headers["ETag"]
    with pytest.raises(RuntimeError, match="412"):
        feed.collection_item_delete(LAYER.id, key)
    assert new != old
    feed.headers["If-Match"] = new
    assert feed.collection_item_delete(LAYER.id, key)
    del feed.headers["If-Match"]
    with pytest.raises(RuntimeError, match="404"):
        feed.collection_item(LAYER.id, key)
