"""What may be said in several ways: synonyms, articles, order, labels; and that the exact stands first."""

import pytest
from django.contrib.gis.geos import Point
from django.db import connections

from apps.addressing import formatters
from apps.addressing.models import AddressUnit, LegacyAddress, Street
from apps.parcels.models import Parcel
from apps.territory.models import BaseFeature, Governorate, Wilayat
from gis import indexing, search, words
from gis.layers import PUBLIC
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make

MANY = 3000

Town = tuple[Two, AddressUnit, LegacyAddress]


@pytest.fixture
def town(committed_db: str) -> Town:
    """Plots 1 to 12 in blocks 1 to 5 and more, two streets of one name but for the word, a hundred units each."""
    search._fold.cache_clear()
    two = two_authorities()
    with acting_for_both(two):
        governorate = make(Governorate, name_ar="محافظة الساحل", name_en="Coast Governorate")
        wilayat = make(Wilayat, governorate=governorate, name_ar="هيماء", name_en="Haima")
        for plot, block in [("103", "4"), ("4", "103"), ("103", "5"), ("103/4", "9"), ("1034", ""), ("104", "4")]:
            make(Parcel, authority=two.here, plot_no=plot, block_no=block, wilayat=wilayat)
        make(Street, authority=two.here, name_ar="سكة النور", name_en="Al Noor Way", wilayat=wilayat)
        street = make(Street, authority=two.here, name_ar="شارع النور", name_en="Al Noor Street", wilayat=wilayat)
        make(Street, authority=two.here, name_ar="شارع مُصْطَفَى الإبراهيمي", name_en="Mustafa Al Ibrahimi Street")
        for number in range(1, 40):
            unit = make(AddressUnit, authority=two.here, number=number, street=street, wilayat=wilayat)
        unit.area_ar, unit.area_en = "الخوير", "Al Khuwair"
        unit.save(using="owner")
        old = make(LegacyAddress, authority=two.here, unit=unit, building_no="15", way_no="7711", block_no="277")
        for name_ar, name_en in [("جامع الفتح", "Al Fath Mosque"), ("فلج الغيل", "Falaj Al Ghail")]:
            make(BaseFeature, authority=two.here, kind="place", name_ar=name_ar, name_en=name_en, geom=Point(58, 23))
    indexing.follow()
    return two, unit, old


def found(asked: str) -> list[str]:
    """What answers, as `layer: label` with the block of a plot."""
    return [
        f"{one.layer.id}: {one.values[one.layer.label]}"
        + (f" in {one.values['block_no']}" if one.layer.id == "parcels" else "")
        for one in search.find(asked, PUBLIC, 10)
    ]


FIRST = {
    "parcels: 103 in 4": [
        "plot 103 block 4", "block 4 plot 103", "قطعة ١٠٣ مربع ٤", "قطعة رقم ۱۰۳ مربع ۴", "مربع 4 قطعة 103",
        "أرض 103 مربع 4", "plot no. 103, block 4",
    ],
    "parcels: 103/4 in 9": ["103/4", "١٠٣/٤", "plot 103/4"],
    "streets: شارع النور": ["شارع النور", "شارع نور", "al noor street", "Noor Street", "شارع الـنّـور"],
    "streets: سكة النور": ["سكة النور", "سكه النور", "noor way"],
    "streets: شارع مُصْطَفَى الإبراهيمي": ["شارع مصطفي الابراهيمي", "طريق مصطفى", "mustafa ibrahimi road", "إبراهيمى"],
    "address-units: 39": [
        "39 شارع النور", "39، شارع النور، الخوير", "39 al-noor street", "سكة ٧٧١١ مبنى ١٥",
        "building 15 way 7711 block 277",
    ],
    "base-places: جامع الفتح": ["مسجد الفتح", "masjid fath mosque", "al-fath"],
    "base-places: فلج الغيل": ["أفلاج غيل", "ghail"],
    "wilayats: هيماء": ["هيما", "ولاية هيماء", "wilayah haima"],
}  # fmt: skip


def test_what_is_meant_stands_first(town: Town):
    wrong = {
        asked: answers[:3]
        for first, questions in FIRST.items()
        for asked in questions
        if (answers := found(asked))[:1] != [first]
    }
    assert wrong == {}


def test_addresses_are_found_as_both_formatters_write_them(town: Town):
    _two, unit, old = town
    for language in ("ar", "en"):
        lines = formatters.national(unit, language=language)
        assert found(formatters.one_line(lines, language=language))[0] == "address-units: 39"
        assert found(formatters.legacy(old, language=language))[0] == "address-units: 39"


def test_the_file_of_synonyms_is_the_operators(town: Town, settings, tmp_path):
    before = words.synonyms(search._folded).of("mosque")
    settings.SEARCH_SYNONYMS = tmp_path / "other.csv"
    settings.SEARCH_SYNONYMS.write_text("topic,words\nmosque,جامع|kirk\n,nummer\n", encoding="utf-8")
    words.synonyms.cache_clear()
    try:
        assert words.synonyms(search._folded).of("جامع") == {"جامع", "kirk"}
        assert found("kirk fath")[0] == "base-places: جامع الفتح"
        assert found("plot nummer 104 4")[0] == "parcels: 104 in 4"
    finally:
        words.synonyms.cache_clear()
    assert "kirk" not in before


@pytest.mark.parametrize(
    ("said", "kept"),
    [("as seeb", ["seeb"]), ("al khuwair", ["khuwair"]), ("as", ["as"]), ("at noor", ["at", "noor"]), ("al", ["al"])],
)
def test_latin_articles_fall_where_they_are_articles(said: str, kept: list[str]):
    assert [word.said for word in words.words_of(said, words.Synonyms({}, frozenset()))] == kept


def test_the_street_tells_which_of_many_equal_numbers(town: Town):
    """Number 7 stands in each of three thousand streets: the one in the named street is found."""
    two, _unit, _old = town
    with connections["owner"].cursor() as cursor, acting_for_both(two):
        cursor.execute(
            "WITH s AS (INSERT INTO addressing_street (authority_id, name_ar, geom) SELECT %s, 'شارع ' || md5(g::text),"
            " ST_GeomFromText('MULTILINESTRING((58 23, 58.1 23))', 4326) FROM generate_series(1, %s) g RETURNING id)"
            " INSERT INTO addressing_addressunit (authority_id, number, street_id, geom)"
            " SELECT %s, 7, s.id, ST_GeomFromText('POINT(58 23)', 4326) FROM s",
            [two.here.pk, MANY, two.here.pk],
        )
        cursor.execute("SELECT name_ar FROM addressing_street WHERE name_ar > 'شارع f' ORDER BY name_ar LIMIT 1")
        (name,) = cursor.fetchone()
    indexing.follow()
    best = search.find(f"7 {name}", PUBLIC, 1)[0]
    assert (best.layer.id, best.values["street_ar"]) == ("address-units", name)


def test_an_upright_line_parts_words_as_a_blank_does():
    """Between such lines the database is told the forms of one word: many would be asked as one, past the bound."""
    many = "|".join(f"w{n}" for n in range(60))
    found = words.words_of(many, words.Synonyms({}, frozenset()))
    assert [word.said for word in found] == [f"w{n}" for n in range(words.MOST_WORDS)]
