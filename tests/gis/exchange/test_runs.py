"""Runs that an officer asks for: looked at, tried dry, carried out, cancelled; and a process that is killed."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
import shapely
from django.utils import translation

from gis.exchange import deliveries, landing, mappings, runs
from gis.exchange.delivery_refusals import NotInOrder, TooManyDeliveries
from gis.exchange.look import look_at
from gis.exchange.models import Delivery, ImportRun
from gis.exchange.preview import preview
from gis.exchange.refusals import NoUnit, StillGoing, UnreadableFile
from gis.exchange.target import find_target
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import Plot, plots, square, write
from tests.gis.exchange.test_dxf import drawing, plan

OFFICER = uuid4()
PATIENCE_S = 60


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def deliver(desk: Desk, path: Path, *, layer: str = "parcels", piece: int = 50_000) -> Delivery:
    """As a browser hands it over, piece by piece; then it is looked at."""
    with desk.acting():
        made = deliveries.begin(
            layer=layer, authority=desk.authority.id, file_name=path.name, size=path.stat().st_size, by=OFFICER
        )
        data = path.read_bytes()
        for at in range(0, len(data), piece):
            made = deliveries.add(made, BytesIO(data[at : at + piece]), at=at)
        deliveries.complete(made)
        made.refresh_from_db()
        look_at(made, find_target(layer, desk.authority.code))
        made.save()
    return made


def look_again(desk: Desk, delivery: Delivery) -> None:
    with desk.acting():
        look_at(delivery, find_target(delivery.layer, desk.authority.code))
        delivery.save()


def plots_of(desk: Desk, rows: list[Plot], **more: Any) -> Delivery:
    delivery = deliver(desk, write(desk.folder / "plots.gpkg", rows, **more))
    mapped = {"plot_no": "plot", "block_no": "block", "source_id": "id", "land_use": "use"}
    delivery.choices["columns"] |= mapped
    with desk.acting():
        delivery.save()
    return delivery


def ask(desk: Desk, delivery: Delivery, *, dry: bool = False) -> ImportRun:
    with desk.acting():
        return runs.ask_for(delivery, dry=dry, by=OFFICER)


def carry_out(desk: Desk, delivery: Delivery, *, dry: bool = False) -> ImportRun:
    run = ask(desk, delivery, dry=dry)
    runs.take_up(run.id, desk.authority.id)
    return fresh(desk, run)


def fresh(desk: Desk, run: ImportRun) -> ImportRun:
    with desk.acting():
        return ImportRun.objects.get(pk=run.pk)


class TestDelivery:
    def test_what_is_found_in_it(self, desk: Desk) -> None:
        delivery = plots_of(desk, plots(3))
        assert (delivery.state, delivery.found["format"], delivery.found["crs"]) == ("ready", "GeoPackage", "EPSG:4326")
        columns = {column["name"]: column for column in delivery.found["columns"]}
        assert columns["plot"]["samples"] == ["1", "2", "3"]
        assert columns["use"]["values"] == [["residential", 3]]

    def test_columns_are_proposed_by_their_names_in_both_languages(self, desk: Desk) -> None:
        path = desk.folder / "named.csv"
        path.write_text("قطعة أرض,Block,x,y\n1,2,57.5,23.4\n", encoding="utf-8")
        delivery = deliver(desk, path)
        assert delivery.choices["columns"] == {"plot_no": "قطعة أرض", "block_no": "Block"}

    def test_a_file_with_several_tables_asks_which(self, desk: Desk) -> None:
        path = write(desk.folder / "two.gpkg", plots(1))
        subprocess.run(
            [sys.executable, "-c", "import sys, pyogrio\n"
             "meta, table = pyogrio.read_arrow(sys.argv[1])\n"
             "pyogrio.write_arrow(table, sys.argv[1], driver='GPKG', layer='more', append=True, geometry_name="
             "meta['geometry_name'], geometry_type='Polygon', crs='EPSG:4326')", str(path)], check=True,
        )  # fmt: skip
        delivery = deliver(desk, path)
        assert (delivery.state, delivery.found["tables"]) == ("unreadable", ["plots", "more"])
        assert delivery.found["counts"] == {"plots": 1, "more": 1}

    def test_a_drawing_that_says_no_unit_waits_for_one(self, desk: Desk) -> None:
        delivery = deliver(desk, drawing(desk.folder / "x.dxf", plan, unit=0))
        assert (delivery.state, delivery.found["tables"]) == ("unreadable", ["PLOT", "WELL"])
        delivery.choices["table"] = "PLOT"
        look_again(desk, delivery)
        assert "text:NUMBER" in [one["name"] for one in delivery.found["columns"]]
        with pytest.raises(NoUnit):
            ask(desk, delivery)
        delivery.choices["columns"] |= {"unit": "m", "plot_no": "text:NUMBER"}
        look_again(desk, delivery)
        assert ask(desk, delivery).choices["columns"]["unit"] == "m"

    def test_pieces_follow_each_other_and_none_is_too_much(self, desk: Desk) -> None:
        with desk.acting():
            made = deliveries.begin(layer="parcels", authority=desk.authority.id, file_name="a.csv", size=4, by=OFFICER)
            made = deliveries.add(made, BytesIO(b"ab"), at=0)
            assert deliveries.add(made, BytesIO(b"ab"), at=0).received == 2
            for at, data in ((3, b"d"), (2, b"cde")):
                with pytest.raises(NotInOrder):
                    deliveries.add(made, BytesIO(data), at=at)
            with pytest.raises(NotInOrder):
                deliveries.complete(made)

    def test_limits(self, desk: Desk) -> None:
        given = {"layer": "parcels", "authority": desk.authority.id, "file_name": "a.csv", "by": OFFICER}
        with desk.acting():
            with translation.override("en"), pytest.raises(UnreadableFile, match=r"has 8\.1 GB; the most is 8 GB\."):
                deliveries.begin(**given, size=deliveries.LIMITS.file + 1)  # type: ignore[arg-type]
            for _number in range(deliveries.MOST_WAITING):
                deliveries.begin(**given, size=1)  # type: ignore[arg-type]
            with pytest.raises(TooManyDeliveries):
                deliveries.begin(**given, size=1)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\plots\\a.shp", "a.shp"),
            ("a\u202egpj.csv\n", "agpj.csv"),
            ("..", "file"),
            ("", "file"),
            ("قطع الولاية.gpkg", "قطع الولاية.gpkg"),
            ("x" * 500 + ".gpkg", "x" * 120 + ".gpkg"),
            ("ق" * 500 + ".gpkg", "ق" * 85 + ".gpkg"),
            ("\U0001f5fa" * 500 + "." + "\U0001f5fa" * 500, "\U0001f5fa" * 42 + "." + "\U0001f5fa" * 20),
        ],
    )
    def test_a_name_is_made_plain(self, given: str, kept: str) -> None:
        assert deliveries.plain_name(given) == kept

    def test_the_file_is_for_the_server_alone_and_goes_when_it_is_imported(self, desk: Desk) -> None:
        delivery = plots_of(desk, plots(1))
        folder = deliveries.folder_of(delivery.id)
        assert folder.stat().st_mode & 0o077 == 0
        assert deliveries.path_of(delivery).stat().st_mode & 0o077 == 0
        carry_out(desk, delivery, dry=True)
        assert folder.is_dir()
        carry_out(desk, delivery)
        assert not folder.exists()

    def test_what_nobody_imports_goes_after_some_days(self, desk: Desk) -> None:
        delivery = plots_of(desk, plots(1))
        day = timedelta(days=deliveries.DAYS_KEPT)
        for after, gone in ((day - timedelta(hours=1), 0), (day + timedelta(hours=1), 1)):
            with desk.acting():
                assert deliveries.forget_old(desk.authority.id, delivery.at + after) == gone
        assert not deliveries.folder_of(delivery.id).exists()


class TestPreview:
    def test_features_land_where_they_would(self, desk: Desk) -> None:
        delivery = plots_of(desk, plots(3))
        seen = preview(delivery, find_target("parcels", desk.authority.code))
        assert (seen.refusal, seen.seen, seen.outside) == (None, 3, 0)
        assert seen.place == pytest.approx((57.5003, 23.4))
        assert [row for row, _shape in seen.features] == [1, 2, 3]
        assert shapely.equals(seen.features[0][1], square(0))

    def test_those_outside_are_counted_where_most_lie_inside(self, desk: Desk) -> None:
        away = shapely.affinity.translate(square(0), 3, 0)
        delivery = plots_of(desk, [*plots(3), Plot(away, "s8", "8"), Plot(None, "s9", "9")])
        seen = preview(delivery, find_target("parcels", desk.authority.code))
        assert (seen.refusal, seen.seen, seen.outside, len(seen.features)) == (None, 4, 1, 4)

    def test_nothing_is_inside_where_there_is_no_area(self, desk: Desk) -> None:
        delivery = plots_of(desk, plots(3))
        holder = replace(find_target("parcels", desk.authority.code).holder, jurisdiction=None)
        seen = preview(delivery, replace(find_target("parcels", desk.authority.code), holder=holder))
        assert (seen.refusal, seen.seen, seen.outside) == (None, 3, None)

    def test_swapped_axes_are_proposed_and_then_land(self, desk: Desk) -> None:
        turned = [Plot(shapely.transform(p.geometry, lambda x: x[:, ::-1]), p.id, p.plot) for p in plots(3)]
        delivery = plots_of(desk, turned)
        target = find_target("parcels", desk.authority.code)
        [other] = preview(delivery, target).tries
        assert other.swap_axes
        delivery.choices["swap_axes"] = True
        assert preview(delivery, target).refusal is None

    def test_a_wrong_system_tells_which_would_fit(self, desk: Desk) -> None:
        delivery = plots_of(desk, plots(3), crs="EPSG:32640")
        tries = preview(delivery, find_target("parcels", desk.authority.code)).tries
        assert "EPSG:4326" in [one.crs for one in tries]


class TestMappings:
    def test_kept_and_offered_to_files_with_the_same_columns(self, desk: Desk) -> None:
        delivery = plots_of(desk, plots(1))
        with desk.acting():
            mappings.save(delivery, " عقد المساحة ")
            other = deliver(desk, write(desk.folder / "again.gpkg", plots(2)))
            [kept] = mappings.offered(other)
            assert kept.name == "عقد المساحة"
            mappings.apply(other, kept)
            assert other.choices["columns"]["plot_no"] == "plot"
            assert mappings.offered(deliver(desk, _csv(desk))) == []
        assert desk.ask("SELECT v_op FROM history.spatial_savedmapping") == [("I",)]


def _csv(desk: Desk) -> Path:
    path = desk.folder / "else.csv"
    path.write_text("x,y,n\n57.5,23.4,1\n")
    return path


class TestRun:
    def test_a_dry_run_says_what_would_happen_and_writes_nothing(self, desk: Desk) -> None:
        delivery = plots_of(desk, [*plots(3), Plot(square(0.5), "s9", "9")])
        run = carry_out(desk, delivery, dry=True)
        assert (run.state, run.counts["added"], run.counts["quarantine"]) == ("done", 3, {"overlaps_row": 1})
        assert desk.parcels() == {}
        with desk.acting():
            assert [item.source_id for item in run.quarantine.all()] == ["s9"]

    def test_the_same_file_then_for_real(self, desk: Desk) -> None:
        delivery = plots_of(desk, [*plots(3), Plot(square(0.5), "s9", "9")])
        dry, real = carry_out(desk, delivery, dry=True), carry_out(desk, delivery)
        assert real.counts == dry.counts
        assert set(desk.parcels()) == {"s0", "s1", "s2"}
        assert desk.ask("SELECT DISTINCT v_actor FROM history.parcels_parcel") == [(f"user:{OFFICER}",)]
        with desk.acting():
            assert [found.outcome for found in real.features.all()] == ["new"] * 3

    def test_what_was_tried_goes_with_the_work_piece_by_piece(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not with the request, which has seconds; nor does what was decided, or another file's."""
        monkeypatch.setattr(runs, "AT_ONCE", 2)
        delivery = plots_of(desk, [*plots(3), *(Plot(square(0.5 + n / 50), f"t{n}", f"9{n}") for n in range(5))])
        dry = carry_out(desk, delivery, dry=True)
        rows = f"SELECT count(*) FROM spatial_quarantine WHERE run_id = '{dry.id}'"
        real = ask(desk, delivery)
        assert desk.ask(rows) == [(5,)]
        runs.take_up(real.id, desk.authority.id)
        assert desk.ask(rows) == [(0,)]
        with desk.acting():
            assert [(run.pk, run.quarantine.count()) for run in ImportRun.objects.all()] == [(real.pk, 5)]

    def test_a_refusal_is_kept_with_it(self, desk: Desk) -> None:
        run = carry_out(desk, plots_of(desk, plots(3), crs="EPSG:32640"))
        assert (run.state, "EPSG:4326" in run.message_en) == ("refused", True)

    def test_one_run_of_a_file_at_a_time(self, desk: Desk) -> None:
        delivery = plots_of(desk, plots(1))
        ask(desk, delivery)
        with pytest.raises(StillGoing):
            ask(desk, delivery, dry=True)


class TestCancel:
    def test_before_it_began(self, desk: Desk) -> None:
        run = ask(desk, plots_of(desk, plots(1)))
        with desk.acting():
            runs.cancel(run)
        runs.take_up(run.id, desk.authority.id)
        assert fresh(desk, run).state == "cancelled"
        assert desk.parcels() == {}

    def test_in_the_middle_of_a_statement(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """The statement sleeps for longer than the test may take."""
        keep = landing.Landing._keep_originals

        def sleep(self: Any, asking: Any, last: int) -> Any:
            asking.run("SELECT pg_sleep(3600)")
            yield from keep(self, asking, last)

        monkeypatch.setattr(landing.Landing, "_keep_originals", sleep)
        run = ask(desk, plots_of(desk, plots(3)))
        worker = Thread(target=_in_thread, args=(run.id, desk.authority.id))
        worker.start()
        _until(lambda: desk.ask("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%%'"))
        with desk.acting():
            runs.cancel(run)
        worker.join(PATIENCE_S)
        assert not worker.is_alive()
        ended = fresh(desk, run)
        assert (ended.state, ended.message_en) == ("cancelled", "Cancelled. Nothing was written.")
        assert desk.parcels() == {}
        assert desk.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'staging'") == []


def _in_thread(run: UUID, authority: UUID) -> None:
    from django.db import connections

    try:
        runs.take_up(run, authority)
    finally:
        connections.close_all()


def _until(seen: Callable[[], Any]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not seen():
        assert time.monotonic() < ends
        time.sleep(0.1)
