"""Parcels are registered, corrected, ended, replaced and proposed: what is stored, what is kept, what is refused."""

import datetime
from decimal import Decimal

import pytest
import shapely
from django.utils import translation

from apps.core.refusals import NotAllowed
from apps.parcels import services
from apps.parcels.models import Parcel, ParcelDraft, Right
from apps.parcels.services import Division, Outline, Particulars
from gis import crs
from gis.db.acting import acting_as
from gis.findings import BadGeometry
from gis.origins import Origin
from tests.apps.town import AT, Town, found_towns, hire
from tests.rows import make

pytestmark = pytest.mark.django_db

SINCE = datetime.date(2026, 1, 1)
LATER = datetime.date(2026, 2, 1)
UTM = "EPSG:32640"
EAST, NORTH = crs.operation(UTM).backward(58.05, 23.55)


@pytest.fixture
def town() -> Town:
    return found_towns()


def rectangle(east: float = 0, north: float = 0, width: float = 20, depth: float = 30, system: str = UTM) -> Outline:
    """Metres from the middle of the authority `here`."""
    x, y = EAST + east, NORTH + north
    return Outline(shapely.box(x, y, x + width, y + depth), system)


def ring(*corners: tuple[float, float]) -> Outline:
    return Outline(shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners]), UTM)


def register(town: Town, outline: Outline | None = None, *, by=None, at_authority=None, **particulars) -> Parcel:
    authority = at_authority or town.here
    return services.register_parcel(
        authority=authority,
        outline=outline or rectangle(),
        particulars=Particulars(**({"plot_no": "1"} | particulars)),
        since=SINCE,
        by=by or hire(authority, "gis_officer"),
        at=AT,
        reason="first survey",
    )


def acting(town: Town):
    return acting_as(authorities=[town.here.pk, town.there.pk], actor="test")


def test_a_parcel_is_stored_with_both_areas_and_its_origin(town: Town):
    parcel = register(town, legal_area_m2=Decimal(600), krooki_no="K 1", land_use=Parcel.LandUse.RESIDENTIAL)
    with acting(town):
        stored = Parcel.objects.get()
        origin = Origin.objects.get(record_id=parcel.pk)
    assert stored.geom.srid == 4326
    assert stored.legal_area_m2 == 600
    assert float(stored.computed_area_m2) == pytest.approx(600.1, abs=0.3)
    assert stored.computed_area_m2 != 600
    original = shapely.from_wkb(bytes(origin.original))
    assert original.equals(rectangle().original)
    assert shapely.get_srid(original) == 32640
    assert origin.transformation.system == UTM
    assert origin.transformation.pipeline == crs.operation(UTM).pipeline
    assert (origin.table, origin.authority_id) == ("parcels_parcel", town.here.pk)


def test_the_legal_coordinate_survives_in_its_own_system(town: Town):
    """PSD93: read as WGS 84 it would lie 300 m away; what was delivered comes back to the last digit."""
    by = crs.operation("EPSG:3440")
    x, y = by.backward(58.05, 23.55)
    survey = shapely.Polygon([(x, y, 7), (x + 20, y, 7), (x + 20, y + 30, 7.5), (x, y + 30, 7)])
    parcel = register(town, Outline(survey, "EPSG:3440"))
    with acting(town):
        origin = Origin.objects.get(record_id=parcel.pk)
    kept = shapely.from_wkb(bytes(origin.original))
    assert kept.has_z
    assert kept.equals_exact(survey)
    assert "1439" in origin.transformation.name
    assert origin.transformation.accuracy_m == 0.5
    assert parcel.geom.extent[0] == pytest.approx(58.05, abs=1e-7)


def test_overlap_is_refused_in_words_with_its_measure(town: Town):
    register(town)
    with pytest.raises(services.Overlap) as refusal:
        register(town, rectangle(east=15), plot_no="2")
    details = refusal.value.details
    assert (details["plot"], details["rival_plot"], details["tolerance_m"]) == ("2", "1", 0.2)
    assert details["width_m"] == pytest.approx(2 * 150 / 70, abs=0.01)  # 5 by 30 m
    with translation.override("en"):
        assert str(refusal.value).startswith("Plot 2 overlaps plot 1 by a strip 4.28")
    with translation.override("ar"):
        assert "القطعة" in str(refusal.value)
    with acting(town):
        assert Parcel.objects.count() == 1
        assert Origin.objects.count() == 1


def test_neighbours_and_slivers_are_stored(town: Town):
    register(town)
    register(town, rectangle(east=20), plot_no="2")
    register(town, rectangle(north=30 - 0.05), plot_no="3")
    with acting(town):
        assert Parcel.objects.count() == 3


def test_another_authoritys_parcel_is_not_named_unless_it_is_published(town: Town):
    border = crs.operation(UTM).backward(58.1, 23.55)
    ours = Outline(shapely.box(border[0] - 30, border[1], border[0] + 5, border[1] + 30), UTM)
    theirs = Outline(shapely.box(border[0] - 5, border[1], border[0] + 30, border[1] + 30), UTM)
    register(town, theirs, at_authority=town.there, plot_no="secret")
    with pytest.raises(services.Overlap) as refusal:
        register(town, ours)
    assert refusal.value.details["rival"] is refusal.value.details["rival_plot"] is None
    assert "secret" not in str(refusal.value) + str(refusal.value.__cause__)
    with acting_as(authorities=[town.there.pk], actor="test"):
        type(town.there).objects.filter(pk=town.there.pk).update(publishes_parcels=True)
    with pytest.raises(services.Overlap) as refusal:
        register(town, ours)
    assert refusal.value.details["rival_plot"] == "secret"


def test_the_larger_tolerance_of_the_two_decides(town: Town):
    border = crs.operation(UTM).backward(58.1, 23.55)
    with acting_as(authorities=[town.there.pk], actor="test"):
        type(town.there).objects.filter(pk=town.there.pk).update(survey_tolerance_m=2)
    theirs = Outline(shapely.box(border[0] - 1, border[1], border[0] + 30, border[1] + 30), UTM)
    register(town, theirs, at_authority=town.there)
    register(town, Outline(shapely.box(border[0] - 30, border[1], border[0], border[1] + 30), UTM))


def test_a_number_is_given_once_in_a_block(town: Town):
    register(town)
    with pytest.raises(services.PlotTaken):
        register(town, rectangle(east=100))
    register(town, rectangle(east=100), block_no="B")


@pytest.mark.parametrize(
    ("outline", "reason"),
    [
        (Outline(shapely.Polygon(), UTM), "empty"),
        (Outline(shapely.Point(EAST, NORTH), UTM), "wrong_kind"),
        (ring((0, 0), (9, 9), (9, 0), (0, 9)), "invalid"),
        (ring((0, 0), (9, 0), (9, float("nan"))), "not_finite"),
        (rectangle(system="EPSG:4326"), "out_of_bounds"),
        (Outline(shapely.Point(EAST, NORTH).buffer(50, quad_segs=3000), UTM), "too_many_points"),
    ],
)
def test_a_false_outline_is_refused_not_repaired(town: Town, outline: Outline, reason: str):
    with pytest.raises(BadGeometry) as refusal:
        register(town, outline)
    assert refusal.value.details["reason"] == reason


def test_an_outline_elsewhere_is_refused(town: Town):
    with pytest.raises(services.OutsideJurisdiction):
        register(town, rectangle(east=40_000))
    with pytest.raises(crs.UnknownSystem):
        register(town, rectangle(system="EPSG:0"))


def test_who_may_not(town: Town):
    for person in (hire(town.there, "gis_officer"), hire(town.here, "desk_officer"), hire(None)):
        with pytest.raises(NotAllowed):
            register(town, by=person)


def test_a_correction_keeps_the_time_and_both_origins(town: Town):
    officer = hire(town.here, "gis_officer")
    parcel = register(town, by=officer)
    corrected = services.correct_outline(
        parcel=parcel, outline=rectangle(width=22), by=officer, at=AT, reason="measured again"
    )
    assert corrected.valid_from == SINCE
    assert float(corrected.computed_area_m2) == pytest.approx(660, abs=1)
    with acting(town):
        assert Origin.objects.filter(record_id=parcel.pk).count() == 2
        youngest = Origin.objects.filter(record_id=parcel.pk).latest("recorded_at", "id")
    assert shapely.from_wkb(bytes(youngest.original)).equals(rectangle(width=22).original)


def test_an_ended_parcel_makes_room_and_ends_its_rights(town: Town):
    officer = hire(town.here, "gis_officer")
    parcel = register(town, by=officer)
    with acting(town):
        right = make(Right, using="default", authority=town.here, parcel=parcel, valid_from=SINCE)
    with pytest.raises(services.EndsBeforeItBegins):
        services.end_parcel(parcel=parcel, on=datetime.date(2025, 1, 1), by=officer, at=AT, reason="x")
    services.end_parcel(parcel=parcel, on=LATER, by=officer, at=AT, reason="merged")
    with acting(town):
        right.refresh_from_db()
    assert right.valid_to == LATER
    with pytest.raises(services.Overlap):
        register(town)  # from January, when the other one was in force
    services.register_parcel(
        authority=town.here, outline=rectangle(), particulars=Particulars(plot_no="1"), since=LATER,
        by=officer, at=AT, reason="again",
    )  # fmt: skip


def test_a_split_ends_one_and_begins_two(town: Town):
    officer = hire(town.here, "gis_officer")
    parcel = register(town, rectangle(width=40), by=officer)
    parts = [
        Division(rectangle(), Particulars(plot_no="1/1")),
        Division(rectangle(east=20), Particulars(plot_no="1/2")),
    ]
    made = services.replace_parcels(old=[parcel], new=parts, on=LATER, by=officer, at=AT, reason="split")
    with acting(town):
        parcel.refresh_from_db()
        assert set(Parcel.objects.current().values_list("plot_no", flat=True)) == {"1/1", "1/2"}
    assert parcel.valid_to == LATER
    assert [part.valid_from for part in made] == [LATER, LATER]
    merged = services.replace_parcels(
        old=made, new=[Division(rectangle(width=40), Particulars(plot_no="1"))],
        on=LATER + datetime.timedelta(1), by=officer, at=AT, reason="merged",
    )  # fmt: skip
    assert len(merged) == 1


def test_a_split_loses_no_land_and_wins_none(town: Town):
    officer = hire(town.here, "gis_officer")
    parcel = register(town, rectangle(width=40), by=officer)
    for width in (15, 25):
        parts = [
            Division(rectangle(), Particulars(plot_no="1/1")),
            Division(rectangle(east=20, width=width), Particulars(plot_no="1/2")),
        ]
        with pytest.raises(services.AreaChanged):
            services.replace_parcels(old=[parcel], new=parts, on=LATER, by=officer, at=AT, reason="split")
    with acting(town):
        parcel.refresh_from_db()
    assert parcel.valid_to is None


def propose(town: Town, by, parcel: Parcel | None = None, outline: Outline | None = None) -> ParcelDraft:
    return services.propose_parcel(
        authority=town.here, outline=outline or rectangle(), particulars=Particulars(plot_no="7", deed_no="D 7"),
        since=SINCE, by=by, at=AT, reason="survey of March", parcel=parcel,
    )  # fmt: skip


def test_a_draft_becomes_a_parcel_by_somebody_else(town: Town):
    one, other = hire(town.here, "gis_officer"), hire(town.here, "manager")
    draft = propose(town, one)
    with acting(town):
        assert not Parcel.objects.exists()
    with pytest.raises(services.OwnDraft):
        services.approve_draft(draft=draft, by=one, at=AT)
    with pytest.raises(NotAllowed):
        services.approve_draft(draft=draft, by=hire(town.there, "manager"), at=AT)
    parcel = services.approve_draft(draft=draft, by=other, at=AT, answer="checked on site")
    assert (parcel.plot_no, parcel.deed_no) == ("7", "D 7")
    with acting(town):
        draft.refresh_from_db()
        origin = Origin.objects.get(record_id=parcel.pk)
    assert (draft.state, draft.parcel_id, draft.decided_by_id) == ("approved", parcel.pk, other.pk)
    assert shapely.from_wkb(bytes(origin.original)).equals(rectangle().original)
    with pytest.raises(services.DraftDecided):
        services.reject_draft(draft=draft, by=other, at=AT, answer="")


def test_a_draft_for_a_parcel_changes_it_once(town: Town):
    one, other = hire(town.here, "gis_officer"), hire(town.here, "manager")
    parcel = register(town, by=one)
    stale = propose(town, one, parcel, rectangle(width=19))
    draft = propose(town, one, parcel, rectangle(width=22))
    changed = services.approve_draft(draft=draft, by=other, at=AT)
    assert (changed.pk, changed.plot_no) == (parcel.pk, "7")
    with pytest.raises(services.OutlineChanged):
        services.approve_draft(draft=stale, by=other, at=AT)
    rejected = services.reject_draft(draft=stale, by=other, at=AT, answer="superseded")
    assert (rejected.state, rejected.answer) == ("rejected", "superseded")


def test_a_draft_that_overlaps_stays_a_draft(town: Town):
    one, other = hire(town.here, "gis_officer"), hire(town.here, "manager")
    register(town, by=one)
    draft = propose(town, one, outline=rectangle(east=10))
    with pytest.raises(services.Overlap):
        services.approve_draft(draft=draft, by=other, at=AT)
    with acting(town):
        draft.refresh_from_db()
    assert draft.state == "proposed"
