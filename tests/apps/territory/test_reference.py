"""Code lists: complete, understood in every spelling, and safe to load again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest
from django.db import connection, connections
from django.utils.translation import override
from pytest_django import DjangoDbBlocker

from apps.config import reference
from apps.reports import groups
from apps.reports.models import Category
from apps.territory.models import Governorate, UnitAlias, Wilayat
from tests import databases

pytestmark = pytest.mark.django_db
ICONS = Path(__file__).resolve().parents[3] / "apps/core/frontend/icons.json"
# The number of wilayats of each governorate, in the order of the codes below.
WILAYATS = {"BJ": 6, "BS": 6, "BU": 3, "DA": 9, "MA": 6, "MU": 4, "SJ": 5, "SS": 7, "WU": 4, "ZA": 3, "ZU": 10}


@pytest.fixture(scope="module")
def seeded(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In a database of their own; each test undoes what it does to them."""
    with databases.used(template_database, django_db_blocker, label="lists"):
        reference.seed()
        connections.close_all()
        yield


def meant(model: type[Governorate] | type[Wilayat], *texts: str) -> list[set[str]]:
    """For each text the codes of the units that it may mean: names, codes and aliases, folded as search folds them."""
    names = model.objects.values_list("code", "code").union(
        model.objects.values_list("code", "name_ar"),
        model.objects.values_list("code", "name_en"),
        model.objects.exclude(aliases=None).values_list("code", "aliases__name"),
    )
    pairs = list(names)
    folded = fold([*texts, *(name for _code, name in pairs)])
    codes: dict[str, set[str]] = {}
    for (code, _name), key in zip(pairs, folded[len(texts) :], strict=True):
        codes.setdefault(key, set()).add(code)
    return [codes.get(key, set()) for key in folded[: len(texts)]]


def fold(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        query = "SELECT gis_norm_ar(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u (t, n) ORDER BY n"
        cursor.execute(query, [texts])
        return [key for (key,) in cursor.fetchall()]


def test_all_units_are_there(seeded: None):
    counted = {code[3:]: Wilayat.objects.filter(governorate__code=code).count() for code in
               Governorate.objects.values_list("code", flat=True)}  # fmt: skip
    assert counted == WILAYATS
    assert sum(counted.values()) == 63


def test_keys_tell_their_governorate(seeded: None):
    for wilayat in Wilayat.objects.select_related("governorate"):
        assert re.fullmatch(r"[A-Z]{2}(-[A-Z]+)+", wilayat.code)
        assert wilayat.code[:2] == wilayat.governorate.code[3:]


def test_names_are_in_both_scripts(seeded: None):
    for unit in (*Governorate.objects.all(), *Wilayat.objects.all(), *Category.objects.all()):
        assert re.search("[\u0600-\u06ff]", unit.name_ar), unit.code
        assert unit.name_en.isascii(), unit.code
        assert unit.name_en, unit.code


def test_two_wilayats_are_from_2022(seeded: None):
    young = Wilayat.objects.filter(valid_from__year__gte=2022).values_list("code", flat=True)
    assert set(young) == {"DA-JABAL-AKHDAR", "SS-SINAW"}


def test_no_unit_has_a_made_up_shape(seeded: None):
    assert not Governorate.objects.filter(geom__isnull=False).exists()
    assert not Wilayat.objects.filter(geom__isnull=False).exists()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("OM-BA", {"OM-BS", "OM-BJ"}),
        ("OM-SH", {"OM-SS", "OM-SJ"}),
        ("محافظة مسقط", {"OM-MA"}),
        ("Al Buraymi", {"OM-BU"}),
    ],
)
def test_withdrawn_codes_and_other_names_are_understood(seeded: None, text: str, codes: set[str]):
    assert meant(Governorate, text) == [codes]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bausher", "MA-BAWSHAR"), ("boushar", "MA-BAWSHAR"), ("ازكي", "DA-IZKI"), ("إزكي", "DA-IZKI"),
        ("بهلاء", "DA-BAHLA"), ("هيماء", "WU-HAIMA"), ("ولاية صحار", "BS-SOHAR"), ("Mutrah", "MA-MUTTRAH"),
    ],
)  # fmt: skip
def test_every_spelling_finds_its_wilayat(seeded: None, text: str, code: str):
    assert meant(Wilayat, text) == [{code}]


def test_a_name_means_one_wilayat(seeded: None):
    for language in ("name_ar", "name_en"):
        units = list(Wilayat.objects.values_list("code", language))
        assert meant(Wilayat, *(name for _code, name in units)) == [{code} for code, _name in units]


def test_the_names_of_a_real_file_are_understood(seeded: None, shared_data: Path):
    """Spellings of a public gazetteer, of which those that name one of today's wilayats must be found."""
    file = shared_data / "01_oman/om-admin-wof/om_admin_wof.gpkg"
    units = pyogrio.read_dataframe(file, layer="county", read_geometry=False, where="is_current = 1")
    names = list(units["name_en"])
    unknown = [name for name, codes in zip(names, meant(Wilayat, *names), strict=True) if len(codes) != 1]
    assert len(units) == 61
    assert unknown == []


def test_a_second_run_adds_nothing_and_keeps_corrections(seeded: None):
    Wilayat.objects.filter(code="MA-SEEB").update(name_en="Seeb, as corrected")
    Category.objects.filter(code="pothole").update(place=Category.Place.HIDDEN)
    before = UnitAlias.objects.count()
    assert [seeded.new for seeded in reference.seed()] == [0, 0, 0]
    assert UnitAlias.objects.count() == before
    assert Wilayat.objects.get(code="MA-SEEB").name_en == "Seeb, as corrected"
    assert Category.objects.get(code="pothole").place == Category.Place.HIDDEN


def test_categories_have_an_icon(seeded: None):
    icons = ICONS.read_text()
    for category in Category.objects.all():
        assert f'"{category.icon}"' in icons, category.code


def test_what_is_private_has_no_exact_place(seeded: None):
    """Reports about people, homes and firms show no place; exact is for public things on public land."""
    private = {"workers-housing", "food-hygiene", "building-violation", "lease-dispute", "staff", "well-unlicensed"}
    assert set(Category.objects.filter(code__in=private).values_list("place", flat=True)) == {Category.Place.HIDDEN}
    exact = set(Category.objects.filter(place=Category.Place.EXACT).values_list("group", flat=True))
    assert exact <= {"cleanliness", "sewage-rain", "roads-lighting", "parks", "markets"}


def test_the_group_list_is_the_one_offered(seeded: None):
    icons = ICONS.read_text()
    assert {category.group for category in Category.objects.all()} <= set(groups.listed())
    for language in ("ar", "en"):
        with override(language):
            offered = groups.grouped(list(Category.objects.all()), chosen="bin-full")
        assert [group.name for group in offered] == [row[f"name_{language}"] for row in groups.listed().values()]
        assert [group.code for group in offered if group.chosen] == ["cleanliness"]
        assert all(f'"{group.icon}"' in icons for group in offered)


def test_a_group_that_is_not_listed_is_something_else(seeded: None):
    Category.objects.filter(code="bin-full").update(group="novel")
    last = groups.grouped(list(Category.objects.all()), chosen="bin-full")[-1]
    assert (last.code, last.chosen, [one.code for one in last.categories]) == ("other", True, ["bin-full"])
