"""Files into the layer: each feature is in it, repaired in it, or in quarantine with its original and a reason."""

import datetime
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import shapely

from apps.parcels.models import Parcel
from gis.exchange import importing, landing
from gis.exchange.models import ImportRun
from gis.exchange.refusals import (
    AlreadyRunning,
    EmptyFile,
    MissingFields,
    NoKey,
    NoSystem,
    RuleOfTheTable,
    SnapshotTooEarly,
    SwappedAxes,
    UnreadableFile,
    WrongSystem,
)
from gis.exchange.report import Report
from gis.remedies import in_command
from tests import databases
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import STEP, Plot, plots, square

FIRST, SECOND = datetime.date(2023, 1, 1), datetime.date(2024, 1, 1)
BOW_TIE = shapely.Polygon([(57.51, 23.41), (57.511, 23.411), (57.511, 23.41), (57.51, 23.411), (57.51, 23.41)])


def moved(plot: Plot, east_m: float) -> Plot:
    return replace(plot, geometry=shapely.transform(plot.geometry, lambda x: x + np.array([east_m / 102_000, 0])))


class TestOneFile:
    def test_every_row_arrives_and_is_accounted_for(self, desk: Desk) -> None:
        done = desk.bring_plots(plots(20))
        assert (done.report.read, done.report.added, done.report.quarantined) == (20, 20, 0)
        found = desk.parcels()
        assert {key: parcel.plot_no for key, parcel in found.items()} == {f"s{n}": str(n + 1) for n in range(20)}
        assert found["s0"].land_use == "residential"
        run = desk.run()
        assert (run.state, run.counts["added"], run.file_name) == ("done", 20, "plots.gpkg")
        assert len(run.sha256) == 64

    def test_history_names_the_import_and_the_file(self, desk: Desk) -> None:
        desk.bring_plots(plots(1))
        told = desk.ask("SELECT v_op, v_actor, v_session, v_reason FROM history.parcels_parcel")
        assert told == [("I", "job:import", "baladiya_web", "plots.gpkg")]

    def test_the_writer_is_the_web_login_and_no_more(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        seen = []
        write = landing.Landing.write

        def watch(self, ask, *rest):  # type: ignore[no-untyped-def]
            seen.extend(ask.all(
                "SELECT current_user, rolsuper, rolbypassrls, pg_get_userbyid(c.relowner) = current_user "
                "FROM pg_roles, pg_class c WHERE rolname = current_user AND c.oid = 'public.parcels_parcel'::regclass"
            ))  # fmt: skip
            return write(self, ask, *rest)

        monkeypatch.setattr(landing.Landing, "write", watch)
        desk.bring_plots(plots(1))
        assert seen == [("baladiya_web", False, False, False)]

    def test_nothing_of_the_staging_stays(self, desk: Desk) -> None:
        desk.bring_plots(plots(1))
        assert desk.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'staging'") == []

    def test_codes_and_labels_in_both_languages(self, desk: Desk) -> None:
        uses = ["commercial", "تجاري", "Commercial", "COMMERCIAL", "bakery"]
        rows = [replace(plot, use=use) for plot, use in zip(plots(5), uses, strict=True)]
        desk.bring_plots(rows)
        assert {parcel.land_use for parcel in desk.parcels().values()} == {"commercial"}
        refused = desk.quarantine()["s4"]
        assert refused.code == "unknown_code"
        assert "bakery" in refused.reason_ar
        assert "Land use" in refused.reason_en

    def test_values_of_the_file_may_be_read_as_others(self, desk: Desk) -> None:
        rows = [replace(plots(1)[0], use="bakery")]
        assert desk.bring_plots(rows, recodes=["land_use:bakery=commercial"]).report.added == 1

    def test_columns_that_are_not_imported_are_told(self, desk: Desk) -> None:
        done = desk.bring_plots(plots(1), columns=("plot_no=plot", "source_id=id"))
        assert done.about["columns"]["block_no"] == "block"  # by its title
        assert set(done.about["unused"]) == {"fid", "use"}

    def test_a_dry_run_writes_nothing_and_says_the_same(self, desk: Desk) -> None:
        dry = desk.bring_plots([*plots(3), Plot(square(0), "again", "9")], dry_run=True)
        assert desk.ask("SELECT count(*) FROM parcels_parcel") == [(0,)]
        assert desk.ask("SELECT count(*) FROM spatial_importrun") == [(0,)]
        assert desk.bring_plots([*plots(3), Plot(square(0), "again", "9")]).report == dry.report


class TestQuarantine:
    def test_it_keeps_the_original_and_both_reasons(self, desk: Desk) -> None:
        desk.bring_plots([*plots(1), Plot(BOW_TIE, "bow", "77")])
        row = desk.quarantine()["bow"]
        assert shapely.equals_exact(shapely.from_wkb(bytes(row.original)), BOW_TIE)
        assert (row.row, row.attributes["plot"], row.original_crs) == (2, "77", "EPSG:4326")
        assert row.code == "repair_changes_area"
        assert any("\u0600" <= letter <= "\u06ff" for letter in row.reason_ar)
        assert "area" in row.reason_en

    @pytest.mark.parametrize(
        ("geometry", "code"),
        [
            (None, "missing"),
            (shapely.Polygon(), "empty"),
            (shapely.Point(57.5, 23.4), "wrong_kind"),
            (shapely.Point(57.5, 23.4).buffer(0.001, 4000), "too_many_points"),
            (shapely.transform(square(0), lambda x: x[:, ::-1]), "swapped_axes"),
            (shapely.box(10, 50, 10.001, 50.001), "outside_jurisdiction"),
            (shapely.box(555000, 2580000, 555010, 2580010), "out_of_bounds"),
        ],
    )
    def test_geometry_that_is_not_stored(self, desk: Desk, geometry: object, code: str) -> None:
        desk.bring_plots([*plots(3, row=5), Plot(geometry, "odd", "99")])
        assert {key: row.code for key, row in desk.quarantine().items()} == {"odd": code}
        assert len(desk.parcels()) == 3

    def test_it_belongs_to_the_authority_alone(self, desk: Desk, neighbour: Callable[..., Desk]) -> None:
        desk.bring_plots([Plot(BOW_TIE, "bow", "77")])
        other = neighbour()
        with other.acting():
            assert ImportRun.objects.count() == 0
        assert desk.quarantine().keys() == {"bow"}

    def test_records_that_cannot_be_told_apart(self, desk: Desk) -> None:
        same_key, same_plot, no_key = Plot(square(3), "s0", "9"), Plot(square(4), "x", "1"), Plot(square(5), "", "10")
        desk.bring_plots([*plots(2), same_key, same_plot, no_key])
        found = desk.ask("SELECT row, code, details FROM spatial_quarantine ORDER BY row")
        assert [(row, code) for row, code, _details in found] == [
            (3, "duplicate_key"), (4, "duplicate"), (5, "missing_key")
        ]  # fmt: skip
        assert [details.get("row") for _row, _code, details in found] == [1, 1, None]

    def test_a_number_that_another_record_has(self, desk: Desk) -> None:
        desk.bring_plots(plots(1))
        desk.bring_plots([Plot(square(4), "new", "1")])
        assert (desk.quarantine()["new"].code, desk.quarantine()["new"].details["rival"]) == ("already_there", "1")


class TestRepairs:
    def test_a_spike_is_repaired_and_told(self, desk: Desk) -> None:
        x, y = 57.52, 23.42
        spike = shapely.Polygon(
            [(x, y), (x + STEP, y), (x + STEP, y + STEP), (x + STEP * 2, y + STEP), (x + STEP, y + STEP),
             (x, y + STEP), (x, y)]
        )  # fmt: skip
        done = desk.bring_plots([*plots(1), Plot(spike, "spike", "5")])
        assert (done.report.repaired, done.report.notes) == (1, {"repaired": 1})
        ((original,),) = desk.ask(
            "SELECT ST_AsBinary(original::bytea::geometry) FROM spatial_origin o JOIN parcels_parcel p "
            "ON p.id = o.record_id WHERE p.source_id = 'spike'"
        )
        assert shapely.equals_exact(shapely.from_wkb(bytes(original)), spike)

    def test_heights_are_left_out_and_kept_with_the_original(self, desk: Desk) -> None:
        done = desk.bring_plots([replace(plots(1)[0], geometry=shapely.force_3d(square(0), 12.5))])
        assert done.report.notes == {"heights_dropped": 1}
        stored = desk.ask(
            "SELECT ST_NDims(p.geom), ST_Z(ST_PointN(ST_ExteriorRing(o.original::bytea::geometry), 1)) "
            "FROM parcels_parcel p JOIN spatial_origin o ON o.record_id = p.id"
        )
        assert stored == [(2, 12.5)]


class TestSecondFile:
    def test_the_same_file_changes_nothing(self, desk: Desk) -> None:
        desk.bring_plots(plots(5))
        before = desk.ask("SELECT count(*) FROM history.parcels_parcel")
        again = desk.bring_plots(plots(5)).report
        assert (again.added, again.changed, again.unchanged) == (0, 0, 5)
        assert desk.ask("SELECT count(*) FROM history.parcels_parcel") == before
        assert desk.ask("SELECT count(*) FROM spatial_origin") == [(5,)]

    def test_a_change_is_an_update_of_the_same_record(self, desk: Desk) -> None:
        desk.bring_plots(plots(3))
        old = desk.parcels()["s1"].id
        rows = [replace(plot, use="commercial") if plot.id == "s1" else plot for plot in plots(3)]
        assert desk.bring_plots(rows).report.changed == 1
        assert (desk.parcels()["s1"].id, desk.parcels()["s1"].land_use) == (old, "commercial")

    def test_what_the_file_does_not_bring_stays(self, desk: Desk) -> None:
        desk.bring_plots(plots(1))
        with desk.acting():
            Parcel.objects.update(deed_no="D-1")
        desk.bring_plots([replace(plots(1)[0], use="commercial")])
        assert desk.parcels()["s0"].deed_no == "D-1"

    def test_neighbours_may_exchange_their_places(self, desk: Desk) -> None:
        first, second = plots(2)
        desk.bring_plots([first, second])
        done = desk.bring_plots(
            [replace(first, geometry=second.geometry), replace(second, geometry=first.geometry)]
        ).report
        assert (done.changed, done.quarantined) == (2, 0)

    def test_a_snapshot_ends_what_is_gone_before_its_successor_is_judged(self, desk: Desk) -> None:
        desk.bring_plots(plots(2), snapshot=FIRST)
        merged = Plot(square(0, wide=2), "both", "12")
        done = desk.bring_plots([merged], snapshot=SECOND).report
        assert (done.added, done.ended, done.quarantined) == (1, 2, 0)
        assert desk.parcels(on=FIRST).keys() == {"s0", "s1"}
        assert desk.parcels(on=SECOND).keys() == {"both"}

    def test_a_snapshot_keeps_the_old_state_of_a_change(self, desk: Desk) -> None:
        """The neighbour is cut shorter from the day on; before it, what was true stays true."""
        desk.bring_plots(plots(2), snapshot=FIRST)
        identity = desk.parcels()["s1"].id
        grown = [replace(plots(1)[0], geometry=square(0, wide=1.5)), Plot(square(1.5, wide=0.5), "s1", "2")]
        done = desk.bring_plots(grown, snapshot=SECOND).report
        assert (done.changed, done.quarantined, done.ended) == (2, 0, 0)
        assert desk.parcels()["s1"].id == identity
        assert desk.parcels()["s1"].valid_from == SECOND
        past = desk.parcels(on=FIRST)["s1"]
        assert (past.valid_to, past.geom.area) == (SECOND, pytest.approx(STEP * STEP))
        assert desk.ask("SELECT count(*) FROM spatial_origin WHERE record_id = %s", past.id) == [(1,)]

    def test_a_correction_without_a_day_may_not_reach_into_the_past_of_another(self, desk: Desk) -> None:
        desk.bring_plots(plots(2), snapshot=FIRST)
        desk.bring_plots(plots(1), snapshot=SECOND)
        desk.bring_plots([replace(plots(1)[0], geometry=square(0, wide=1.5))])
        assert desk.quarantine()["s0"].code == "overlaps_record"

    def test_a_snapshot_does_not_end_what_is_only_faulty(self, desk: Desk) -> None:
        desk.bring_plots(plots(2), snapshot=FIRST)
        done = desk.bring_plots([plots(1)[0], Plot(BOW_TIE, "s1", "2")], snapshot=SECOND).report
        assert (done.ended, done.quarantined) == (0, 1)
        assert desk.parcels().keys() == {"s0", "s1"}

    def test_a_snapshot_must_not_lie_before_what_it_ends(self, desk: Desk) -> None:
        desk.bring_plots(plots(2), snapshot=SECOND)
        with pytest.raises(SnapshotTooEarly):
            desk.bring_plots(plots(1), snapshot=FIRST)
        assert len(desk.parcels()) == 2

    def test_a_snapshot_needs_the_number(self, desk: Desk) -> None:
        with pytest.raises(NoKey):
            desk.bring_plots(plots(1), columns=("plot_no=plot",), snapshot=FIRST)


class TestOverlaps:
    def test_neighbours_touch_and_slivers_are_borne(self, desk: Desk) -> None:
        first, second = plots(2)
        assert desk.bring_plots([first, moved(second, -0.15)]).report.quarantined == 0

    def test_the_later_row_goes_and_names_its_rival(self, desk: Desk) -> None:
        first, second = plots(2)
        desk.bring_plots([first, moved(second, -5)])
        row = desk.quarantine()["s1"]
        assert (row.code, row.details["row"], row.details["rival"]) == ("overlaps_row", 1, "1")
        assert float(row.details["width"]) == pytest.approx(4.3, abs=0.1)  # 5 m by 33 m: 2A/P

    def test_of_a_chain_the_first_and_the_last_stay(self, desk: Desk) -> None:
        chain = [Plot(square(n * 0.6), f"c{n}", str(n)) for n in range(3)]
        desk.bring_plots(chain)
        assert desk.parcels().keys() == {"c0", "c2"}

    def test_the_same_outline_twice(self, desk: Desk) -> None:
        desk.bring_plots([*plots(1), Plot(square(0), "copy", "9")])
        assert desk.quarantine()["copy"].code == "overlaps_row"

    def test_a_record_that_is_there_refuses(self, desk: Desk) -> None:
        desk.bring_plots(plots(1))
        desk.bring_plots([Plot(square(0.5), "new", "9")])
        row = desk.quarantine()["new"]
        assert (row.code, row.details["rival"]) == ("overlaps_record", "1")

    def test_a_refused_change_leaves_its_old_place_taken(self, desk: Desk) -> None:
        """s0 wants to move onto s5, which refuses; so s0 stays, and who wanted its place is refused too."""
        desk.bring_plots([*plots(1), Plot(square(5), "s5", "6")])
        with desk.acting():
            Parcel.objects.filter(source_id="s5").update(source_id="")
        mover, heir = replace(plots(1)[0], geometry=square(5.5)), Plot(square(0), "heir", "9")
        desk.bring_plots([mover, heir])
        assert {key: row.code for key, row in desk.quarantine().items()} == {
            "s0": "overlaps_record", "heir": "overlaps_record"
        }  # fmt: skip

    @pytest.mark.parametrize("public", [True, False])
    def test_another_authority_is_named_only_if_it_publishes(
        self, desk: Desk, neighbour: Callable[..., Desk], public: bool
    ) -> None:
        neighbour(publishes_parcels=public).bring_plots([Plot(square(0), "theirs", "secret-7")])
        desk.bring_plots([Plot(square(0.5), "ours", "1")])
        row = desk.quarantine()["ours"]
        assert row.code == ("overlaps_record" if public else "overlaps_other_authority")
        told = f"{row.details} {row.reason_ar} {row.reason_en}"
        assert ("secret-7" in told) == public
        assert "hills" not in told.lower()


class TestWholeFileRefused:
    def test_it_is_recorded_and_nothing_is_written(self, desk: Desk) -> None:
        (desk.folder / "x.gpkg").write_bytes(b"SQLite format 3\x00" + bytes(200))
        with pytest.raises(UnreadableFile):
            desk.bring(desk.folder / "x.gpkg")
        run = desk.run()
        assert (run.state, run.message_en) == (
            "refused", "The file is an SQLite database but no GeoPackage. Export it as GeoPackage."
        )  # fmt: skip
        assert "GeoPackage" in run.message_ar
        assert run.message_ar != run.message_en

    def test_an_empty_file(self, desk: Desk) -> None:
        (desk.folder / "x.geojson").write_text('{"type":"FeatureCollection","features":[]}')
        with pytest.raises(EmptyFile):
            desk.bring(desk.folder / "x.geojson", columns=("plot_no=",), values=["plot_no=1"])

    def test_fields_that_must_be_named(self, desk: Desk) -> None:
        with pytest.raises(MissingFields, match="plot_no"):
            desk.bring_plots(plots(1), columns=("plot_no=", "source_id=id"))
        run = desk.run()
        assert "plot_no (Plot)" in run.message_en
        assert "plot_no (قطعة أرض)" in run.message_ar

    def test_no_system_tells_which_would_fit(self, desk: Desk) -> None:
        with pytest.raises(NoSystem) as refused:
            desk.bring_plots(plots(1), name="plots.csv")
        assert "EPSG:4326" in str(refused.value)

    def test_a_wrong_system_tells_which_would_fit(self, desk: Desk) -> None:
        with pytest.raises(WrongSystem) as refused:
            desk.bring_plots(plots(1), written={"crs": "EPSG:32640"})
        assert "EPSG:4326" in str(refused.value)
        assert desk.parcels() == {}

    def test_swapped_axes_are_told_and_can_be_turned(self, desk: Desk) -> None:
        turned = [replace(p, geometry=shapely.transform(p.geometry, lambda x: x[:, ::-1])) for p in plots(3)]
        with in_command(), pytest.raises(SwappedAxes, match="--swap-axes"):
            desk.bring_plots(turned)
        done = desk.bring_plots(turned, swap_axes=True)
        assert done.report.added == 3
        assert shapely.from_wkb(bytes(desk.parcels()["s0"].geom.wkb)).equals(square(0))

    def test_interrupted_it_leaves_nothing(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_given: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(landing.Landing, "_keep_originals", interrupt)
        with pytest.raises(KeyboardInterrupt):
            desk.bring_plots(plots(5))
        assert desk.ask("SELECT count(*) FROM parcels_parcel") == [(0,)]
        assert desk.ask("SELECT count(*) FROM spatial_quarantine") == [(0,)]
        assert desk.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'staging'") == []
        assert desk.run().state == "stopped"

    def test_a_killed_run_is_swept_up_by_the_next(self, desk: Desk) -> None:
        with databases.login("owner", desk.database) as owner:
            owner.execute("CREATE SCHEMA IF NOT EXISTS staging")
            owner.execute("CREATE TABLE staging.run_01a1ffb174117391a42f05bd332edb79 (x integer)")
        desk.bring_plots(plots(1))
        assert desk.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'staging'") == []

    def test_two_at_once_into_one_layer(self, desk: Desk) -> None:
        name = f"import parcels {desk.authority.id}"
        with databases.superuser(desk.database) as other:
            other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
            with pytest.raises(AlreadyRunning):
                desk.bring_plots(plots(1))


class TestOtherSystems:
    def test_the_original_coordinates_and_the_operation_are_kept(self, desk: Desk) -> None:
        metres = shapely.box(555000, 2590000, 555030, 2590030)
        desk.bring_plots([Plot(metres, "m", "1")], written={"crs": "EPSG:32640"})
        ((srid, original, system, pipeline),) = desk.ask(
            "SELECT ST_SRID(g.came), ST_AsBinary(g.came), t.system, t.pipeline FROM spatial_origin o "
            "JOIN LATERAL (SELECT o.original::bytea::geometry AS came) g ON true "
            "JOIN spatial_transformation t ON t.id = o.transformation_id"
        )
        assert (srid, system) == (32640, "EPSG:32640")
        assert shapely.equals_exact(shapely.from_wkb(bytes(original)), metres)
        assert "utm" in pipeline


def test_a_report_that_does_not_add_up_is_not_made() -> None:
    with pytest.raises(ArithmeticError):
        Report(read=10, added=8, changed=0, unchanged=0, repaired=0, ended=0, quarantine={"missing": 1})


def test_a_rule_that_only_the_database_knows_stops_everything(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeded fault: our own checks find nothing. The trigger still refuses, and nothing is half-written."""
    monkeypatch.setattr(importing.Rivals, "among_themselves", lambda self, extents, tell: None)
    with pytest.raises(RuleOfTheTable, match="parcels_do_not_overlap"):
        desk.bring_plots([*plots(1), Plot(square(0.5), "x", "9")])
    assert desk.parcels() == {}
