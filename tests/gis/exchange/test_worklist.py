"""The quarantine as work: a corrected feature is judged as an import would; nothing goes backwards, nothing is lost."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import shapely
from django.db import connection

from gis.exchange import runs, worklist
from gis.exchange.models import ImportRun, Quarantine
from gis.exchange.refusals import BeingReleased, DecidedMeanwhile, NotDrawable, SayWhyRejected
from gis.exchange.taking_out import Taken, lines, write_geopackage
from tests import databases
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import Plot, square, take

A, B = uuid4(), uuid4()


@pytest.fixture
def held(desk: Desk) -> Desk:
    """One plot in the layer, and one that overlaps it in quarantine."""
    desk.bring_plots([Plot(square(0), "s0", "1"), Plot(square(0.5), "s1", "2")])
    return desk


def item(desk: Desk, number: str = "s1") -> Quarantine:
    with desk.acting():
        found: Quarantine = Quarantine.objects.get(source_id=number, run__dry=False)
    return found


def correct(
    desk: Desk, one: Quarantine, *, values: dict[str, str] | None = None, shape: Any = None, by: Any = A
) -> None:
    drawn = None if shape is None else bytes(shapely.to_wkb(shape))
    with desk.acting():
        worklist.correct(one.pk, version=one.version, values=values or {}, drawn=drawn, by=by)


def release(desk: Desk, *items: Quarantine, by: Any = A) -> ImportRun:
    with desk.acting():
        asked = worklist.ask_to_release({one.pk: one.version for one in items}, by=by)
    for run in asked:
        runs.take_up(run.pk, desk.authority.id)
    with desk.acting():
        return ImportRun.objects.get(pk=asked[-1].pk)


def steps(desk: Desk, one: Quarantine) -> list[str]:
    with desk.acting():
        return [step.what for step in one.steps.all()]


class TestRelease:
    def test_drawn_anew_it_becomes_a_record(self, held: Desk) -> None:
        correct(held, item(held), shape=square(1))
        run = release(held, item(held))
        assert (run.state, run.counts["added"]) == ("done", 1)
        done = item(held)
        assert (done.state, done.record_id) == ("released", held.parcels()["s1"].pk)
        assert shapely.equals(shapely.from_wkb(bytes(held.parcels()["s1"].geom.wkb)), shapely.MultiPolygon([square(1)]))
        assert steps(held, done) == ["corrected", "asked", "released"]
        assert held.ask("SELECT DISTINCT v_actor FROM history.parcels_parcel WHERE source_id = 's1'") == [
            (f"user:{A}",)
        ]

    def test_uncorrected_it_comes_back_with_its_reason(self, held: Desk) -> None:
        run = release(held, item(held))
        again = item(held)
        assert (run.counts["quarantine"], again.state, again.code) == (
            {"overlaps_record": 1},
            "open",
            "overlaps_record",
        )
        assert again.reason_en.startswith("It overlaps 1 by a strip")
        assert steps(held, again) == ["asked", "returned"]
        assert set(held.parcels()) == {"s0"}

    def test_a_corrected_value_is_read_as_the_file_was(self, desk: Desk) -> None:
        """With its mapping, its codes and its system."""
        row = Plot(square(0), "s0", "1", use="housing")
        desk.bring_plots([row], recodes=["land_use:homes=residential"])
        one = item(desk, "s0")
        assert one.code == "unknown_code"
        assert ("Residential, " in one.reason_en, "سكني، " in one.reason_ar) == (True, True)  # codes as people say them
        correct(desk, one, values={"use": "homes", "plot": "1", "block": "1", "id": "s0"})
        assert item(desk, "s0").values == {"use": "homes"}
        release(desk, item(desk, "s0"))
        assert desk.parcels()["s0"].land_use == "residential"

    def test_a_record_that_is_there_is_changed(self, desk: Desk) -> None:
        desk.bring_plots([Plot(square(0), "s0", "1")])
        desk.bring_plots([Plot(square(0), "s0", "1", use="?")])
        correct(desk, item(desk, "s0"), values={"use": "other"})
        assert release(desk, item(desk, "s0")).counts["changed"] == 1
        assert desk.parcels()["s0"].land_use == "other"

    def test_of_a_snapshot_it_begins_on_its_day_and_ends_nothing(self, desk: Desk) -> None:
        desk.bring_plots([Plot(square(0), "s0", "1"), Plot(square(1), "s1", "2", use="?")], snapshot=date(2024, 5, 1))
        correct(desk, item(desk), values={"use": "other"})
        assert release(desk, item(desk)).counts["ended"] == 0
        assert {number: parcel.valid_from for number, parcel in desk.parcels().items()} == dict.fromkeys(
            ("s0", "s1"), date(2024, 5, 1)
        )

    def test_several_of_one_file_at_once(self, desk: Desk) -> None:
        desk.bring_plots([Plot(square(n), f"s{n}", str(n), use="?") for n in range(3)])
        for number in ("s0", "s1"):
            correct(desk, item(desk, number), values={"use": "other"})
        run = release(desk, *(item(desk, number) for number in ("s0", "s1", "s2")))
        assert (run.counts["added"], run.counts["quarantine"]) == (2, {"unknown_code": 1})
        assert set(desk.parcels()) == {"s0", "s1"}

    def test_outside_the_jurisdiction_it_comes_back(self, held: Desk) -> None:
        correct(held, item(held), shape=shapely.affinity.translate(square(0), yoff=5))
        release(held, item(held))
        found = item(held)
        assert found.code == "outside_jurisdiction"
        assert found.reason_en == f"The feature lies outside {held.authority.name_en}."
        assert held.authority.name_ar in found.reason_ar

    def test_a_refused_release_leaves_it_as_it_was(self, held: Desk) -> None:
        with databases.superuser(held.database) as other:
            name = f"import parcels {held.authority.id}"
            other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
            run = release(held, item(held))
        assert (run.state, item(held).state) == ("refused", "open")
        correct(held, item(held), shape=square(1))
        assert release(held, item(held)).state == "done"


class TestNeverBackwards:
    def test_a_newer_file_overtakes_what_it_brings(self, held: Desk) -> None:
        held.bring_plots([Plot(square(3), "s1", "2")])
        assert (item(held).state, steps(held, item(held))) == ("overtaken", ["overtaken"])
        with held.acting(), pytest.raises(DecidedMeanwhile):
            worklist.ask_to_release({item(held).pk: item(held).version}, by=A)

    def test_also_when_it_cannot_be_taken_again(self, held: Desk) -> None:
        held.bring_plots([Plot(square(0.5), "s1", "2")])
        with held.acting():
            states = list(Quarantine.objects.order_by("run__started_at").values_list("state", flat=True))
        assert states == ["overtaken", "open"]

    def test_a_file_of_others_overtakes_nothing(self, held: Desk) -> None:
        held.bring_plots([Plot(square(7), "s7", "7")])
        assert item(held).state == "open"

    def test_a_dry_run_overtakes_nothing(self, held: Desk) -> None:
        held.bring_plots([Plot(square(3), "s1", "2")], dry_run=True)
        assert item(held).state == "open"

    def test_a_record_that_was_changed_since_is_not_taken_back(self, desk: Desk) -> None:
        desk.bring_plots([Plot(square(0), "s0", "1")])
        desk.bring_plots([Plot(square(0), "s0", "1", use="?")])
        with desk.acting(), connection.cursor() as cursor:
            cursor.execute("UPDATE parcels_parcel SET plot_no = '77' WHERE source_id = 's0'")
        correct(desk, item(desk, "s0"), values={"use": "other"})
        run = release(desk, item(desk, "s0"))
        assert run.state == "refused"
        assert "77" in run.message_en
        assert desk.parcels()["s0"].plot_no == "77"
        assert item(desk, "s0").state == "open"


class TestTwoOfficers:
    def test_the_second_is_told(self, held: Desk) -> None:
        seen = item(held)
        correct(held, seen, values={"plot": "5"}, by=A)
        with pytest.raises(DecidedMeanwhile):
            correct(held, seen, values={"plot": "6"}, by=B)
        assert item(held).values == {"plot": "5"}

    def test_not_while_it_is_judged(self, held: Desk) -> None:
        with held.acting():
            worklist.ask_to_release({item(held).pk: item(held).version}, by=A)
            with pytest.raises(BeingReleased):
                worklist.reject({item(held).pk: item(held).version}, reason="x", by=B)

    def test_correcting_nothing_is_no_step(self, held: Desk) -> None:
        correct(held, item(held), values={"plot": "2"})
        assert (item(held).version, steps(held, item(held))) == (0, [])


class TestReject:
    def test_with_a_reason_that_is_kept(self, held: Desk) -> None:
        with held.acting():
            with pytest.raises(SayWhyRejected):
                worklist.reject({item(held).pk: 0}, reason="  ", by=A)
            worklist.reject({item(held).pk: 0}, reason="قياس قديم", by=A)
            [step] = item(held).steps.all()
            assert (item(held).state, step.what, step.by, step.told_ar) == ("rejected", "rejected", A, "قياس قديم")
            worklist.reopen(item(held).pk, version=1, by=B)
        assert item(held).state == "open"

    def test_its_steps_are_never_changed(self, held: Desk, login: Callable[[str], Any]) -> None:
        with held.acting():
            worklist.reject({item(held).pk: 0}, reason="x", by=A)
        with pytest.raises(Exception, match="permission denied"):
            login("web").execute("UPDATE spatial_quarantinestep SET told_ar = ''")


def test_what_is_no_geometry_is_refused(held: Desk) -> None:
    with held.acting(), pytest.raises(NotDrawable):
        worklist.correct(item(held).pk, version=0, values={}, drawn=b"no", by=A)


@pytest.mark.parametrize(
    "model", ["quarantine", "importrun", "delivery", "savedmapping", "quarantinestep", "importfeature"]
)
def test_another_authority_sees_and_writes_nothing(held: Desk, neighbour: Callable[..., Desk], model: str) -> None:
    """By raw SQL as the web's login, for each table of the imports."""
    own, other = held.authority.id, neighbour().authority
    more = {
        "delivery": ("layer, file_name, size", "'parcels', 'x', 1"),
        "savedmapping": ("layer, name", "'parcels', 'x'"),
        "quarantinestep": ("item_id, what", f"'{item(held).pk}', 'asked'"),
    }
    with held.acting(), connection.cursor() as cursor:
        if model in more:
            columns, values = more[model]
            cursor.execute(f"INSERT INTO spatial_{model} (authority_id, {columns}) VALUES ('{own}', {values})")
        cursor.execute(f"SELECT count(*) > 0 FROM spatial_{model}")
        assert cursor.fetchone() == (True,)
    with held.acting(other), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM spatial_{model}")
        assert cursor.fetchone() == (0,)
        cursor.execute(f"DELETE FROM spatial_{model}")
        assert cursor.rowcount == 0


def test_the_quarantine_as_files(desk: Desk, tmp_path: Path) -> None:
    desk.bring_plots([Plot(square(0), "=1+1", "1", use="?"), Plot(shapely.Polygon(), "s2", "2")])
    with desk.acting():
        taken = Taken.of(desk.run(), shapes=True)
        [items] = taken.portions()
        heading, first, _second = lines(items, taken.columns())
        assert "'=1+1" in first
        assert len(heading) == len(first)
        write_geopackage(tmp_path / "q.gpkg", taken, "EPSG:4326")
    read = take(tmp_path / "q.gpkg")
    assert [row["plot"] for row in read.rows] == ["1", "2"]
    assert shapely.equals(read.geometry[0], square(0))
