"""The cadastre's desk through the web: parcels are looked at, drafts are proposed by one and decided by another."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Party, User
from apps.parcels import services
from apps.parcels.models import Parcel, ParcelDraft, Right
from gis.db.acting import acting_as
from gis.origins import Origin
from tests.apps.parcels.test_services import EAST, NORTH, UTM, rectangle, register
from tests.apps.town import AT, Town, found_towns, hire
from tests.rows import make

pytestmark = pytest.mark.django_db

LIST = "admin:parcels_parcel_changelist"
ADD = "admin:parcels_parceldraft_add"


@pytest.fixture
def town() -> Town:
    return found_towns()


def sign_in(person: User, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(person)
    return client


def page_of(record: Any) -> str:
    return reverse(f"admin:{record._meta.db_table}_change", args=[record.pk])


def corners(east: float = 0, width: float = 20) -> str:
    x, y = EAST + east, NORTH
    return "\n".join(f"{a:.3f} {b:.3f}" for a, b in ((x, y), (x + width, y), (x + width, y + 30), (x, y + 30)))


def proposal(town: Town, **given: Any) -> dict[str, Any]:
    return {
        "authority": town.here.pk, "plot_no": "7", "block_no": "B", "land_use": "residential", "status": "registered",
        "valid_from": "2026-03-01", "reason": "new survey", "system": UTM, "corners": corners(), "geom": "", **given,
    }  # fmt: skip


def stored(model: Any, town: Town, **where: Any) -> list[Any]:
    with acting_as(authorities=[town.here.pk, town.there.pk]):
        return list(model.objects.filter(**where))


def draft_of(town: Town, **given: Any) -> ParcelDraft:
    answer = sign_in(hire(town.here, "gis_officer")).post(reverse(ADD), proposal(town, **given))
    assert answer.status_code == 302, answer.content.decode()
    return stored(ParcelDraft, town)[-1]


def decide(draft: ParcelDraft, person: User, decision: str, answer: str = "", language: str = "en") -> Any:
    return sign_in(person, language).post(page_of(draft), {"decision": decision, "answer": answer})


class TestParcels:
    def test_found_by_numbers_in_either_digits_and_not_over_the_border(self, town: Town):
        register(town, plot_no="1234", block_no="56")
        register(town, rectangle(east=100), plot_no="99")
        register(town, rectangle(east=8000), at_authority=town.there, plot_no="1234")
        client = sign_in(hire(town.here))
        for typed in ("1234", "١٢٣٤", "۱۲۳۴ 56"):
            page = client.get(reverse(LIST), {"q": typed})
            assert [found.plot_no for found in page.context["cl"].result_list] == ["1234"], typed
            assert page.context["cl"].result_list[0].authority_id == town.here.pk

    def test_filters_and_what_has_ended(self, town: Town):
        home = register(town, land_use="residential")
        shop = register(town, rectangle(east=100), plot_no="2", land_use="commercial")
        officer = hire(town.here, "gis_officer")
        services.end_parcel(parcel=shop, on=shop.valid_from, by=officer, at=AT, reason="merged")
        client = sign_in(officer)

        def listed(**query: str) -> set[Any]:
            return {found.pk for found in client.get(reverse(LIST), query).context["cl"].result_list}

        assert listed() == {home.pk}
        assert listed(in_force="ended") == {shop.pk}
        assert listed(in_force="all", land_use__exact="commercial") == {shop.pk}

    def test_the_record_shows_map_fields_and_who_holds_what(self, town: Town):
        parcel = register(town, deed_no="D-1", krooki_no="K-1")
        with acting_as(authorities=[town.here.pk]):
            party = Party.objects.create(authority=town.here, name_ar="سعيد المالك")
            make(Right, using="default", authority=town.here, parcel=parcel, party=party, share_denominator=2)
        page = sign_in(hire(town.here)).get(page_of(parcel)).content.decode()
        for part in ("record-map", "D-1", "K-1", "سعيد المالك", "1/2", reverse("card", args=["parcels", parcel.pk])):
            assert part in page
        assert 'name="geom"' not in page
        assert 'name="_save"' not in page

    def test_another_authoritys_parcel_does_not_exist(self, town: Town):
        theirs = register(town, rectangle(east=8000), at_authority=town.there)
        assert sign_in(hire(town.here, "manager")).get(page_of(theirs)).status_code == 302

    @pytest.mark.parametrize("role", ["planner", "gis_officer", "manager"])
    def test_nobody_writes_a_parcel_directly(self, town: Town, role: str):
        parcel, client = register(town), sign_in(hire(town.here, role))
        changed = {"plot_no": "X", "geom": json.dumps(json.loads(parcel.geom.geojson))}
        assert client.post(page_of(parcel), changed).status_code == 403
        assert client.get(reverse("admin:parcels_parcel_add")).status_code == 403
        gone = reverse("admin:parcels_parcel_delete", args=[parcel.pk])
        assert client.post(gone, {"post": "yes", "reason": "x"}).status_code == 403
        assert stored(Parcel, town)[0].plot_no == "1"

    def test_history_tells_who_and_why(self, town: Town):
        parcel = register(town)
        page = sign_in(hire(town.here)).get(reverse("admin:parcels_parcel_history", args=[parcel.pk]))
        assert "first survey" in page.content.decode()

    def test_its_drafts_are_one_link_away(self, town: Town):
        parcel = register(town)
        mine = draft_of(town, parcel=parcel.pk, corners="", geom=parcel.geom.geojson, plot_no="1A")
        draft_of(town, corners=corners(east=100))
        client = sign_in(hire(town.here))
        link = f"{reverse('admin:parcels_parceldraft_changelist')}?parcel__id__exact={parcel.pk}"
        assert link in client.get(page_of(parcel)).content.decode()
        assert [found.pk for found in client.get(link).context["cl"].result_list] == [mine.pk]

    def test_only_who_edits_is_led_to_a_proposal(self, town: Town):
        parcel = register(town)
        link = f"{reverse(ADD)}?parcel={parcel.pk}"
        assert link in sign_in(hire(town.here, "gis_officer")).get(page_of(parcel)).content.decode()
        planner = sign_in(hire(town.here, "planner"))
        assert link not in planner.get(page_of(parcel)).content.decode()
        assert planner.get(link).status_code == 403


class TestProposing:
    def test_typed_corners_keep_their_own_system(self, town: Town):
        draft = draft_of(town, corners=corners().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))
        assert (draft.system, draft.state, draft.plot_no, draft.parcel) == (UTM, "proposed", "7", None)
        assert draft.geom.extent[0] == pytest.approx(58.05, abs=1e-7)
        assert stored(Parcel, town) == []

    def test_drawn_on_the_map(self, town: Town):
        drawn = register(town).geom.geojson
        draft = draft_of(town, corners="", geom=drawn)
        assert draft.system == "EPSG:4326"

    def test_a_change_begins_with_what_is_there(self, town: Town):
        parcel = register(town, plot_no="55", deed_no="D-9")
        page = sign_in(hire(town.here, "gis_officer")).get(f"{reverse(ADD)}?parcel={parcel.pk}").content.decode()
        for part in ('value="55"', 'value="D-9"', str(parcel.pk), "MultiPolygon"):
            assert part in page
        assert 'name="authority"' not in page

    def test_a_corrected_number_costs_no_legal_coordinate(self, town: Town):
        parcel = register(town)
        draft = draft_of(town, parcel=parcel.pk, corners="", geom=parcel.geom.geojson, plot_no="1A")
        assert draft.system == UTM
        decide(draft, hire(town.here, "manager"), "approve")
        (after,) = stored(Parcel, town)
        assert (after.plot_no, after.geom.equals_exact(parcel.geom, 1e-9)) == ("1A", True)
        assert {origin.transformation.system for origin in _origins(town, parcel)} == {UTM}

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"corners": "12 x"}, "corners"),
            ({"corners": "1 2\n3 4"}, "corners"),
            ({"corners": ""}, "geom"),
            ({"reason": ""}, "reason"),
            ({"authority": ""}, "authority"),
        ],
    )
    def test_what_is_missing_is_said_at_its_field(self, town: Town, given: dict[str, Any], field: str):
        page = sign_in(hire(town.here, "gis_officer")).post(reverse(ADD), proposal(town, **given))
        assert page.status_code == 200
        assert list(page.context["adminform"].form.errors) == [field]
        assert stored(ParcelDraft, town) == []

    def test_a_false_outline_is_refused_with_its_place(self, town: Town):
        crossed = "\n".join(corners().splitlines()[i] for i in (0, 2, 1, 3))
        page = sign_in(hire(town.here, "gis_officer")).post(reverse(ADD), proposal(town, corners=crossed))
        assert "the outline crosses itself" in page.content.decode()
        assert crossed.splitlines()[0] in page.content.decode()

    def test_not_for_another_authority(self, town: Town):
        theirs = register(town, rectangle(east=8000), at_authority=town.there)
        client = sign_in(hire(town.here, "gis_officer"))
        for given in ({"authority": town.there.pk}, {"parcel": theirs.pk}):
            assert client.post(reverse(ADD), proposal(town, **given)).status_code == 200
        assert stored(ParcelDraft, town) == []


class TestDeciding:
    def test_another_officer_sees_the_difference_and_approves(self, town: Town):
        parcel = register(town, plot_no="7", block_no="B")
        draft = draft_of(town, parcel=parcel.pk, corners=corners(width=25), land_use="commercial")
        manager = hire(town.here, "manager")
        page = sign_in(manager).get(page_of(draft)).content.decode()
        for part in ("data-present", "<ins><bdi>Commercial", 'value="approve"'):
            assert part in page
        assert decide(draft, manager, "approve").status_code == 302
        (after,) = stored(Parcel, town)
        assert (after.pk, after.land_use) == (parcel.pk, "commercial")
        assert float(after.computed_area_m2) == pytest.approx(750, abs=1)
        assert stored(ParcelDraft, town)[0].decided_by_id == manager.pk

    def test_nobody_decides_on_their_own(self, town: Town):
        draft = draft_of(town)
        proposer = User.objects.get(pk=draft.proposed_by_id)
        assert 'name="decision"' not in sign_in(proposer).get(page_of(draft)).content.decode()
        assert decide(draft, proposer, "approve").status_code == 403
        assert stored(Parcel, town) == []

    def test_a_rejection_says_why(self, town: Town):
        draft, manager = draft_of(town), hire(town.here, "manager")
        assert "errorlist" in decide(draft, manager, "reject").content.decode()
        assert decide(draft, manager, "reject", "the corner is wrong").status_code == 302
        (after,) = stored(ParcelDraft, town)
        assert (after.state, after.answer) == ("rejected", "the corner is wrong")
        assert stored(Parcel, town) == []

    @pytest.mark.parametrize(("language", "sentence"), [("en", "Plot 7 overlaps plot 1 by a strip"), ("ar", "تتداخل")])
    def test_an_overlap_is_one_sentence_and_on_the_map(self, town: Town, language: str, sentence: str):
        register(town)
        draft = draft_of(town, corners=corners(east=10))
        page = decide(draft, hire(town.here, "manager"), "approve", "fine", language)
        assert page.status_code == 200
        text = page.content.decode()
        assert sentence in text
        assert text.count('class="errornote"') == 1
        assert "data-rival" in text
        assert "fine</textarea>" in text
        assert stored(ParcelDraft, town)[0].state == "proposed"

    def test_decided_once(self, town: Town):
        draft, manager = draft_of(town), hire(town.here, "manager")
        decide(draft, manager, "approve")
        assert decide(draft, hire(town.here, "manager"), "reject", "late").status_code == 403
        assert stored(ParcelDraft, town)[0].state == "approved"


def _origins(town: Town, parcel: Parcel) -> list[Origin]:
    with acting_as(authorities=[town.here.pk]):
        return list(Origin.objects.filter(record_id=parcel.pk).select_related("transformation"))
