"""Cursors: what the links "next" hold is of use to nobody else, and cannot be made up."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.signing import Signer
from django.test import Client

from .ground import Ground
from .test_scopes import client as by_key
from .test_scopes import made

ITEMS = "/ogc/collections/parcels/items"
QUESTIONS = ({}, {"sortby": "-plot_no"}, {"filter": "plot_no IS NOT NULL", "sortby": "plot_no,-land_use"})


@pytest.fixture(scope="module")
def callers(ground: Ground) -> dict[str, Client]:
    people = {who: ground.client(who) for who in ("anonymous", "agency", "officer", "stranger")}
    whole = {"layer": "parcels"}
    return people | {name: by_key(made(name, line)) for name, line in (("one", whole), ("other", whole))}


def after(caller: Client, asked: dict[str, str]) -> str:
    page = json.loads(caller.get(ITEMS, asked | {"limit": "1"}).content)
    address = next(link["href"] for link in page["links"] if link["rel"] == "next")
    return parse_qs(urlsplit(address).query)["after"][0]


def refused(answer: Any) -> None:
    assert (answer.status_code, answer.json()["parameter"]) == (400, "after"), answer.content
    assert set(answer.json()["details"]) == {"ar", "en"}


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_a_cursor_is_for_the_reader_who_was_given_it(callers: dict[str, Client], asked: dict[str, str]):
    for name, caller in callers.items():
        given = after(caller, asked)
        for other, reader in callers.items():
            answer = reader.get(ITEMS, asked | {"after": given})
            if other == name:
                assert len(json.loads(answer.content)["features"]) == 1
            else:
                refused(answer)


@pytest.mark.parametrize("form", ["csv", "jsonfg"])
def test_whatever_the_form(callers: dict[str, Client], form: str):
    asked = {"sortby": "-plot_no"}
    given = after(callers["officer"], asked)
    refused(callers["anonymous"].get(ITEMS, asked | {"after": given, "f": form}))


def test_a_cursor_of_ones_own_making_is_refused(callers: dict[str, Client]):
    asked = {"sortby": "plot_no"}
    given = after(callers["anonymous"], asked)
    written, _point, signature = given.partition(".")
    packed = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
    assert json.loads(packed[17:]), "the sort values of the last feature"
    other = base64.urlsafe_b64encode(packed[:17] + b'["A"]').decode().rstrip("=")
    former = base64.urlsafe_b64encode(b"123456" + packed).decode().rstrip("=")
    for made_up in (
        written, f"{written}.", f"{other}.{signature}", former, f".{signature}", Signer(sep=".").sign(written),
        given[:-1] + ("A" if given[-1] != "A" else "B"), f"{given}.{signature}",
    ):  # fmt: skip
        refused(callers["anonymous"].get(ITEMS, asked | {"after": made_up}))
