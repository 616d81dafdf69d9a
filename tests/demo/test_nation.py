"""The country at full size: one quarter of it, which all the others are like."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from shapely import Polygon, STRtree

from apps.addressing.models import AddressUnit, LegacyAddress, Street
from apps.config import reference
from apps.config.demo.load import authorities
from apps.config.demo.load.towns import codes
from apps.config.demo.nation import fill, plan
from apps.parcels.models import Parcel, Scheme
from apps.reports.models import Report, StatusNote
from apps.territory.models import Authority
from apps.wells.models import Well
from gis.db.acting import acting_as
from tests.demo.drawn import small_towns

pytestmark = [pytest.mark.django_db(databases=["default", "owner"]), pytest.mark.timeout(280)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small towns' authorities, and a country of one quarter."""
    reference.seed()
    with acting_as(actor=authorities.ACTOR, reason=authorities.REASON):
        authorities.found(small_towns(), today=timezone.localdate())
    one = list(plan.quarters("nation"))[:1]
    monkeypatch.setattr(plan, "quarters", lambda scale: one)


def run(said: list[str]) -> None:
    fill.fill("nation", seed=7, now=timezone.localtime(), say=said.append)


def count(model: Any, **where: Any) -> int:
    owners = [one.pk for one in Authority.objects.filter(code__in=codes())]
    with acting_as(authorities=owners, actor="job:test", reason="test"):
        return model.objects.filter(**where).count()


def test_a_quarter(small: None, monkeypatch: pytest.MonkeyPatch):
    """Ended in its middle it leaves nothing; made, it is complete and keeps every rule; made it is not made again."""
    with monkeypatch.context() as patch:
        patch.setattr(fill, "STATEMENTS", ("parcels", "no such statement"))
        with pytest.raises(FileNotFoundError):
            run([])
    assert count(Parcel) == count(Scheme) == 0
    said: list[str] = []
    run(said)
    assert "5,000 of 5,000 parcels (100%)" in said[0]
    assert count(Scheme) == 1
    assert count(Parcel) == plan.PLOTS
    assert count(AddressUnit, street__isnull=False, parcel__isnull=False) == plan.UNITS
    assert count(Street) == plan.WAYS + fill.NAMED_STREETS
    assert count(LegacyAddress) > plan.UNITS / 10
    assert count(Well) == plan.WELLS
    assert count(Report) == plan.REPORTS
    assert 0 < count(StatusNote) < plan.REPORTS / 2
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the rule about neighbours among them
    run(said)
    assert said[1:] == ["The country is complete."]
    assert nowhere(
        "SELECT u.id FROM addressing_addressunit u JOIN parcels_parcel p ON p.id = u.parcel_id"
        " WHERE ST_Distance(u.geom::geography, p.geom::geography) > 3"
    )
    assert nowhere("SELECT id FROM parcels_parcel WHERE abs(computed_area_m2 / legal_area_m2 - 1) > 0.05")


def nowhere(faults: str) -> bool:
    owner = Authority.objects.get(code="sahl-01")
    with acting_as(authorities=[owner.pk], actor="job:test", reason="test"), connection.cursor() as cursor:
        cursor.execute(faults)
        return cursor.fetchone() is None


def test_the_country_is_as_large_as_it_says():
    quarters = list(plan.quarters("nation"))
    assert len(quarters) * plan.PLOTS == 1_500_000
    assert len(quarters) * plan.UNITS >= 1_000_000
    assert len(quarters) * plan.WELLS >= 200_000
    assert len(quarters) * plan.REPORTS == 3_000_000
    assert len(list(plan.quarters("medium"))) * plan.PLOTS == 100_000
    assert len({quarter.code for quarter in quarters}) == len(quarters)


def test_settlements_lie_apart():
    outlines = [Polygon(one.outline()) for one in plan.settlements("nation")]
    one, other = STRtree(outlines).query(outlines, predicate="intersects")
    assert (one == other).all()
