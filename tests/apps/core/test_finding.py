"""The search box: groups by kind with the best first, numbers of reports, old addresses, and what is near."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from apps.addressing.models import AddressUnit, LegacyAddress, Street
from apps.core.finding import Answer, Wanted, answer
from apps.parcels.models import Parcel
from apps.reports.numbers import check_digit
from apps.territory.models import UnitAlias, Wilayat
from gis import indexing
from gis.db.acting import acting_as
from gis.layers import OFFICERS, PUBLIC
from tests.rows import make
from tests.scene import Scene, box, line, spot

OLD = {"building_no": "4411", "way_no": "7755", "block_no": "277"}


@pytest.fixture(scope="module")
def quarter(scene: Scene, django_db_blocker: object) -> Iterator[Scene]:
    """More of everything: addresses with old numbers, many plots of one number, far and near."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        whose = {"authority": scene.authority}
        with acting_as(authorities=[scene.authority.pk], actor="test", using="owner"):
            street = make(Street, **whose, name_ar="شارع اللبان", name_en="Luban Street", geom=line((0, 9), (9, 9)))
            unit = make(AddressUnit, **whose, number=77, street=street, geom=spot(3, 9))
            make(LegacyAddress, **whose, unit=unit, **OLD)
            for place in range(7):
                make(Parcel, **whose, plot_no="5150", block_no=str(21 + place), geom=box(20 + 3 * place, 20))
            make(AddressUnit, **whose, number=5150, street=street, geom=spot(4, 9))
            make(UnitAlias, wilayat=Wilayat.objects.get(code="QQ-1"), name="Luban Province")
        indexing.follow()
        yield scene


def said(found: Answer) -> dict[str, list[str]]:
    return {group.name: [find.title for find in group.finds] for group in found.groups}


def test_each_kind_is_a_group_with_a_few_and_a_way_to_more(quarter: Scene, client: Client):
    with override("en"):
        found = answer("5150", PUBLIC, Wanted(each=4))
    groups = {group.name: group for group in found.groups}
    assert set(groups) == {"parcels", "address-units"}
    assert len(groups["parcels"].finds) == 4
    assert groups["parcels"].more
    assert not groups["address-units"].more
    text = client.get("/en/search", {"q": "5150"}, headers={"HX-Request": "true"}).content.decode()
    assert text.count('role="group"') == 2
    assert "All results for" in text
    assert "All results for" not in client.get(
        "/en/search", {"q": "5150", "places": "1"}, headers={"HX-Request": "true"}
    ).content.decode()  # fmt: skip
    page = client.get("/ar/search", {"q": "5150", "kind": "parcels"}).content.decode()
    assert page.count("/card/parcels/") == 7
    assert "/card/address-units/" not in page


def test_the_group_of_the_best_find_is_the_first(quarter: Scene):
    with override("ar"):
        assert next(iter(said(answer("شارع اللبان", PUBLIC, Wanted())))) == "streets"
        assert next(iter(said(answer("77 شارع اللبان", PUBLIC, Wanted())))) == "address-units"


def test_an_old_address_is_told_as_the_old_one(quarter: Scene):
    with override("en"):
        (group,) = answer("4411", PUBLIC, Wanted()).groups
        assert (group.name, group.title) == ("former", "Old addresses")
        assert group.finds[0].title == "77, Luban Street, x"
        assert group.finds[0].place == "Building 4411, Way 7755, Block 277"
        (by_both,) = answer("مبنى ٤٤١١ سكة ٧٧٥٥", PUBLIC, Wanted()).groups
        assert by_both.name == "former"
        assert "former" not in said(answer("77 Luban Street", PUBLIC, Wanted()))


def test_another_name_stands_beside_the_name(quarter: Scene, client: Client):
    with override("en"):
        (group,) = answer("Luban Province", PUBLIC, Wanted()).groups
        assert (group.name, [(find.title, find.place) for find in group.finds]) == (
            "wilayats", [("The Wilayat", "Luban Province")]
        )  # fmt: skip
        (plain,) = (group for group in answer("The Wilayat", PUBLIC, Wanted()).groups if group.name == "wilayats")
        assert [find.place for find in plain.finds] == [""]
    text = client.get("/ar/search", {"q": "luban province"}, headers={"HX-Request": "true"}).content.decode()
    assert "<bdi>Luban Province</bdi>" in text


@pytest.mark.parametrize("place", [0, 3, 6])
def test_what_is_near_is_first_among_alike(quarter: Scene, place: int):
    middle = box(20 + 3 * place, 20).centroid
    with override("en"):
        found = answer("5150", PUBLIC, Wanted(near=(middle.x, middle.y)))
    assert said(found)["parcels"][0] == f"Plot 5150, block {21 + place}"


def test_near_never_stands_over_a_better_answer(quarter: Scene):
    with acting_as(authorities=[quarter.authority.pk], actor="test", using="owner"):
        make(Parcel, authority=quarter.authority, plot_no="51500", block_no="9", geom=box(50, 20))
    middle = box(50, 20).centroid
    with override("en"):
        found = said(answer("5150", PUBLIC, Wanted(near=(middle.x, middle.y))))["parcels"]
    assert "Plot 51500, block 9" not in found


def of(number: str) -> list[str]:
    with override("en"):
        return [f.href for group in answer(number, PUBLIC, Wanted()).groups for f in group.finds if f.page]


@pytest.mark.parametrize("written", ["{0}", " {0} ", "{1} {2}", "{1}-{2}", "{3}"])
def test_a_whole_number_leads_to_the_reports_own_page(quarter: Scene, written: str):
    number = quarter.report.number
    arabic = number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert of(written.format(number, number[:3], number[3:], arabic)) == [f"/en/reports/{number}/"]


def test_part_of_a_number_or_one_that_is_no_reports_leads_nowhere(quarter: Scene):
    number = quarter.report.number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    unknown = "99999" + check_digit("99999")
    for other in (number[:-1], wrong, unknown, number[:4], "1" * 30):
        assert of(other) == []


def test_the_number_tells_nothing_that_its_page_does_not(quarter: Scene, client: Client):
    text = client.get("/en/search", {"q": quarter.report.number}).content.decode()
    assert f"Report {quarter.report.number}" in text
    assert "reports/card" not in text
    for secret in (quarter.report.text, str(quarter.report.pk)):
        assert secret not in text


def test_a_box_for_places_offers_no_pages(quarter: Scene):
    assert answer(quarter.report.number, PUBLIC, Wanted(places=True)).groups == ()


def test_an_officer_finds_it_on_the_desk_however_it_is_written(quarter: Scene):
    number = quarter.report.number
    desk = Client()
    desk.force_login(quarter.officer)
    for written in (number, f"{number[:2]} {number[2:]}", f"{number[:3]}-{number[3:]}"):
        page = desk.get(reverse("admin:reports_report_changelist"), {"q": written})
        assert str(quarter.report.pk) in page.content.decode(), written
    with acting_as(user=quarter.officer.pk), override("en"):
        assert "reports" in said(answer(number, OFFICERS, Wanted()))
