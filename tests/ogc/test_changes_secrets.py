"""Filters on the change feed: what was corrected, withdrawn or given away is not found by trying them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.test import Client

from apps.accounts.callers import digest_of
from apps.accounts.models import AgencyKey, KeyScope, Organisation
from apps.addressing.models import Street
from gis.db.acting import acting_as
from tests.apps.accounts.city import Two, two_authorities
from tests.rows import make

from .test_changes_feed import BOX, IN, INSIDE, OUT


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


def by_key(name: str, **scope: Any) -> Client:
    """A program with a key for agencies; narrowed to a scope where one is given."""
    office, _made = Organisation.objects.using("owner").get_or_create(code="office", name_ar="مكتب")
    key = AgencyKey.objects.using("owner").create(
        organisation=office, digest=digest_of(name), purpose=name, made_at=datetime.now(tz=UTC), scoped=bool(scope)
    )
    if scope:
        KeyScope.objects.using("owner").create(key=key, verbs=["read"], **scope)
    return Client(headers={"host": "127.0.0.1", "accept-language": "en", "X-API-Key": name})


CLIENT = Client(headers={"host": "127.0.0.1", "accept-language": "en"})
MISTAKE = "Name Of A Person"


@pytest.mark.parametrize("who", ["anonymous", "agency", "scoped"])
@pytest.mark.parametrize("mended", ["corrected", "withdrawn", "moved"])
def test_a_filter_finds_no_value_that_was_mended(two: Two, who: str, mended: str):
    """Two streets, one named by mistake: whatever is asked of their past, the same is told of both."""
    scope = {"authority": two.here, "layer": "streets", "fields": ["name_en", "kind"]} if who == "scoped" else {}
    client = CLIENT if who == "anonymous" else by_key(who, **scope)
    with acting_as(user=two.officer.id):
        both = [
            make(Street, using="default", authority=two.here, kind="street", name_en=name, geom=GEOSGeometry(at, 4326))
            for name, at in ((MISTAKE, IN), ("Road 7", OUT))
        ]
    right = {"name_en": "Road 8", "geom": GEOSGeometry(OUT, 4326)}
    asked = (
        {"filter": f"name_en = '{MISTAKE}'"}, {"name_en": MISTAKE}, {"bbox": BOX},
        {"filter": f"name_en LIKE 'Name%' OR {INSIDE}"}, {"filter": "name_en = 'Road 8' AND kind = 'street'"},
    )  # fmt: skip
    early = [client.get("/ogc/collections/streets/changes", one).json()["token"] for one in asked]
    with acting_as(authorities=[two.here.id, two.there.id], using="owner"):
        for street in both:
            found = Street.objects.using("owner").filter(pk=street.id)
            _ = found.delete() if mended == "withdrawn" else found.update(**right)
            if mended == "moved":
                found.update(authority=two.there)
    late = [client.get("/ogc/collections/streets/changes", one) for one in asked]
    for one, token, now in zip(asked, early, late, strict=True):
        for since in ("beginning", token, now.json()["token"]):
            told = client.get("/ogc/collections/streets/changes", one | {"since": since})
            ops = [
                [found["op"] for found in told.json()["changes"] if found["id"] == str(street.id)] for street in both
            ]
            assert ops[0] == ops[1], (one, since)
            assert MISTAKE not in told.content.decode()
