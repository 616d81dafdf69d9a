"""The samples of the national standard (its wiki, 2025), letter by letter, in both languages; and the form before."""

import pytest

from apps.addressing.formatters import legacy, national, one_line
from apps.addressing.models import AddressUnit, LegacyAddress, Street, SubAddress
from apps.territory.models import Governorate, Wilayat

COUNTRY = {"ar": "سلطنة عمان", "en": "Sultanate of Oman"}


def wilayat(ar: str, en: str, governorate_ar: str, governorate_en: str) -> Wilayat:
    return Wilayat(name_ar=ar, name_en=en, governorate=Governorate(name_ar=governorate_ar, name_en=governorate_en))


ALHAMRA = wilayat("الحمراء", "Al Hamra", "الداخلية", "Ad Dakhliyah")
KHASAB = wilayat("خصب", "Khasab", "مسندم", "Musandam")
BAWSHAR = wilayat("بوشر", "Bawshar", "مسقط", "Muscat")
MUSCAT = wilayat("مسقط", "Muscat", "مسقط", "Muscat")


def on_street(number: int, ar: str, en: str, **given: object) -> AddressUnit:
    return AddressUnit(number=number, street=Street(name_ar=ar, name_en=en), **given)


@pytest.mark.parametrize(
    ("language", "recipient", "lines"),
    [
        ("en", "Mr Said Bin Ali",
         ["Mr Said Bin Ali", "9, Dar Al Khair Street", "Al Hamra, Ad Dakhliyah", "Sultanate of Oman"]),
        ("ar", "سعيد بن علي", ["سعيد بن علي", "9، شارع دار الخير", "الحمراء، الداخلية", "سلطنة عمان"]),
    ],
)  # fmt: skip
def test_on_a_street(language: str, recipient: str, lines: list[str]):
    unit = on_street(9, "شارع دار الخير", "Dar Al Khair Street", wilayat=ALHAMRA)
    assert national(unit, language=language, recipient=recipient, country=COUNTRY[language]) == lines


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["25, West Kumzar", "Khasab, Musandam"]),
        ("ar", ["25، كمزار الغربية", "خصب، مسندم"]),
    ],
)
def test_where_there_is_no_street(language: str, lines: list[str]):
    unit = AddressUnit(number=25, area_ar="كمزار الغربية", area_en="West Kumzar", wilayat=KHASAB)
    assert national(unit, language=language) == lines


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["32, Mazoun Street, Apartment 402", "Al Ghubrah South", "Bawshar, Muscat LY.P1S", COUNTRY["en"]]),
        ("ar", ["32، شارع مزون، شقة 402", "الغبرة الجنوبية", "بوشر، مسقط LY.P1S", COUNTRY["ar"]]),
    ],
)
def test_the_full_sample_with_a_sub_address(language: str, lines: list[str]):
    unit = on_street(
        32, "شارع مزون", "Mazoun Street",
        area_ar="الغبرة الجنوبية", area_en="Al Ghubrah South", postcode="LY.P1S", wilayat=BAWSHAR,
    )  # fmt: skip
    flat = SubAddress(unit=unit, kind="apartment", number="٤٠٢")
    assert national(unit, language=language, sub_address=flat, country=COUNTRY[language]) == lines


@pytest.mark.parametrize(("language", "town"), [("en", "Muscat"), ("ar", "مسقط")])
def test_a_wilayat_that_bears_its_governorates_name_is_named_once(language: str, town: str):
    unit = on_street(1, "شارع البحر", "Sea Street", wilayat=MUSCAT)
    assert national(unit, language=language)[-1] == town


def test_the_streets_wilayat_stands_in_for_the_units():
    unit = AddressUnit(number=1, street=Street(name_ar="شارع", wilayat=KHASAB))
    assert national(unit, language="ar")[-1] == "خصب، مسندم"


def test_the_other_languages_name_is_better_than_none():
    assert national(on_street(7, "شارع النخيل", ""), language="en") == ["7, شارع النخيل"]


def test_elsewhere_there_is_no_wilayat():
    assert national(on_street(12, "", "Main Street", postcode="02139"), language="en") == ["12, Main Street", "02139"]


@pytest.mark.parametrize(
    ("kind", "ar", "en"),
    [
        ("apartment", "شقة 3", "Apartment 3"),
        ("shop", "محل 3", "Shop 3"),
        ("office", "مكتب 3", "Office 3"),
        ("villa", "فيلا 3", "Villa 3"),
        ("other", "وحدة 3", "Unit 3"),
    ],
)
def test_kinds_of_sub_addresses(kind: str, ar: str, en: str):
    unit = on_street(9, "شارع", "Street")
    flat = SubAddress(unit=unit, kind=kind, number="3")
    assert national(unit, language="ar", sub_address=flat)[0].endswith(ar)
    assert national(unit, language="en", sub_address=flat)[0].endswith(en)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Building 1234, Way 5678, Block 234, Al Khuwair"),
        ("ar", "مبنى 1234، سكة 5678، مربع 234، الخوير"),
    ],
)
def test_the_form_before_the_standard(language: str, text: str):
    unit = AddressUnit(number=9, area_ar="الخوير", area_en="Al Khuwair")
    assert (
        legacy(LegacyAddress(unit=unit, building_no="١٢٣٤", way_no="5678", block_no="234"), language=language) == text
    )


def test_the_form_before_the_standard_leaves_out_what_is_not_known():
    assert legacy(LegacyAddress(unit=AddressUnit(number=9), way_no="12"), language="en") == "Way 12"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_no_digit_is_arabic_and_the_comma_is_the_languages(language: str):
    unit = on_street(32, "شارع مزون", "Mazoun Street", suffix="أ٢", wilayat=BAWSHAR)
    line = one_line(national(unit, language=language), language=language)
    assert not set("٠١٢٣٤٥٦٧٨٩") & set(line)
    assert ("،" in line) == (language == "ar")
    assert ("," in line) == (language == "en")
