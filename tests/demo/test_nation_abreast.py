"""Quarters of two settlements at once, each on a connection of its own; a failure ends both and loses nothing."""

from threading import Barrier, get_ident
from time import sleep
from typing import Any

import pytest
from django.utils import timezone

from apps.config import reference
from apps.config.demo.load import authorities
from apps.config.demo.nation import fill, plan, words
from apps.config.demo.nation.abreast import abreast
from apps.config.demo.nation.plan import Quarter
from apps.parcels.models import Parcel, Scheme
from apps.reports.models import Report
from gis.db.acting import acting_as
from tests.demo.drawn import small_towns

pytestmark = pytest.mark.timeout(280)


def test_shares_run_at_the_same_time():
    together, threads = Barrier(2, timeout=30), set()

    def meet(piece: str) -> None:
        together.wait()  # breaks, and fails the test, unless both shares are at work
        threads.add(get_ident())

    abreast([["a", "b"], ["c", "d"]], meet)
    assert len(threads) == 2


def test_a_failure_ends_the_other_share():
    together, done = Barrier(2, timeout=30), []

    def work(piece: int) -> None:
        if piece < 0:
            together.wait()
            raise LookupError("bad")
        if piece == 0:
            together.wait()
        sleep(0.01)
        done.append(piece)

    with pytest.raises(LookupError, match="bad"):
        abreast([range(10_000), [-1, 10_000]], work)
    assert 0 < len(done) < 10_000  # it ended after a piece, and long before its last
    assert 10_000 not in done


def found() -> None:
    reference.seed()
    with acting_as(actor=authorities.ACTOR, reason=authorities.REASON):
        authorities.found(small_towns(), today=timezone.localdate())


def counts(model: Any, quarters: list[Quarter]) -> int:
    owners = [
        one.pk for one in authorities.Authority.objects.filter(code__in={one.settlement.code for one in quarters})
    ]
    with acting_as(authorities=owners, actor="job:test", reason="test"):
        return model.objects.count()


@pytest.mark.long
def test_two_settlements_at_once(committed_db: str, monkeypatch: pytest.MonkeyPatch):
    """The quarter of the second settlement fails the first time; then only what is missing is made."""
    found()
    every = list(plan.quarters("nation"))
    within = sum(one.settlement.number == 0 for one in every)
    some = [every[0], every[1], every[within]]
    monkeypatch.setattr(plan, "quarters", lambda scale: some)
    said, honest = [], words.said

    def failing(quarter: Quarter, *more: Any) -> Any:
        if quarter is some[2]:
            raise LookupError("no words")
        return honest(quarter, *more)

    with monkeypatch.context() as patch:
        patch.setattr(words, "said", failing)
        with pytest.raises(LookupError, match="no words"):
            fill.fill("nation", seed=7, now=timezone.localtime(), say=said.append)
    made = len(said)
    assert counts(Scheme, some) == made < 3
    fill.fill("nation", seed=7, now=timezone.localtime(), say=said.append)
    assert "15,000 of 15,000 parcels (100%)" in said[-1]
    assert (counts(Parcel, some), counts(Report, some)) == (3 * plan.PLOTS, 3 * plan.REPORTS)
