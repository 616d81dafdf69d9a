"""A job that the queue hands out twice: the second worker leaves alone what the first has in hand."""

from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from gis.exchange import importing, recording, runs, worklist
from gis.exchange.models import ImportRun
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import Plot, plots, square
from tests.gis.exchange.test_runs import OFFICER, ask, carry_out, fresh, media, plots_of  # noqa: F401  (a fixture)

PATIENCE_S = 60


class Held:
    """The first worker, in a session of its own, held up at one of its steps."""

    def __init__(self, run: ImportRun) -> None:
        self.reached, self.over = Event(), Event()
        self.thread = Thread(target=self._work, args=(run.pk, run.authority_id))

    def at(self, monkeypatch: pytest.MonkeyPatch, holder: Any, name: str) -> "Held":
        step = getattr(holder, name)

        def wait(*given: Any, **named: Any) -> Any:
            self.reached.set()
            assert self.over.wait(PATIENCE_S)
            return step(*given, **named)

        monkeypatch.setattr(holder, name, wait)
        self.thread.start()
        assert self.reached.wait(PATIENCE_S)
        return self

    def finish(self) -> None:
        self.over.set()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()

    @staticmethod
    def _work(run: UUID, authority: UUID) -> None:
        try:
            runs.take_up(run, authority)
        finally:
            connections.close_all()


STEPS: dict[str, tuple[Any, str, str]] = {
    "before it is marked as begun": (recording, "_begin", "waiting"),
    "while it is being judged": (importing.Import, "_judge_and_write", "running"),
}


@pytest.mark.parametrize("where", STEPS)
def test_the_second_leaves_a_living_run_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    holder, step, state = STEPS[where]
    run = ask(desk, plots_of(desk, plots(3)))
    first = Held(run).at(monkeypatch, holder, step)
    runs.take_up(run.pk, desk.authority.id)
    seen = fresh(desk, run)
    first.finish()
    assert (seen.state, seen.message_en) == (state, "")
    assert (fresh(desk, run).state, len(desk.parcels())) == ("done", 3)


def test_the_second_leaves_a_living_release_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.bring_plots([Plot(square(0), "s0", "1"), Plot(square(0.5), "s1", "2")])
    with desk.acting():
        [item] = desk.run().quarantine.all()
        [run] = worklist.ask_to_release({item.pk: item.version}, by=OFFICER)
    first = Held(run).at(monkeypatch, importing.Import, "_judge_and_write")
    runs.take_up(run.pk, desk.authority.id)
    assert fresh(desk, run).state == "running"
    first.finish()
    assert fresh(desk, run).state == "done"


def test_what_has_ended_is_not_begun_again(desk: Desk) -> None:
    run = carry_out(desk, plots_of(desk, plots(3)))
    runs.take_up(run.pk, desk.authority.id)
    assert fresh(desk, run).state == "done"


def test_one_whose_worker_died_is_told_to_have_stopped(desk: Desk) -> None:
    run = ask(desk, plots_of(desk, plots(3)))
    with desk.acting():
        ImportRun.objects.filter(pk=run.pk).update(state="running")
    runs.take_up(run.pk, desk.authority.id)
    assert fresh(desk, run).state == "stopped"
    assert desk.parcels() == {}
