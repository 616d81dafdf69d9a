"""Map, cards, lists and search as the server answers them."""

from uuid import uuid4

import pytest
from django.http import Http404
from django.test import Client, RequestFactory
from django.utils.translation import override

from apps.core.cards import shown_layers
from apps.core.coordinates import read_point
from apps.core.plan import example_place
from apps.core.views.map import at
from apps.core.wording import text_of
from gis.layers import registry
from gis.search import SearchTookTooLong
from tests.scene import STREET_AR, STREET_EN, Scene

PART = {"HX-Request": "true"}


@pytest.fixture
def visitor(scene: Scene) -> Client:
    return Client(headers={"host": "127.0.0.1"})


@pytest.fixture
def officer(scene: Scene) -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(scene.officer)
    return client


def test_every_layer_is_in_the_plan(visitor: Client):
    plan = visitor.get("/ar/map.json").json()
    assert {layer["id"] for layer in plan["layers"]} == {layer.id for layer in shown_layers()}
    assert {layer["id"] for layer in plan["base"]} == {layer.id for layer in registry if layer.base_map}
    assert plan["lang"] == "ar"


@pytest.mark.parametrize(
    ("language", "price", "currency"), [("en", "0.100 Omani rials", "Currency"), ("ar", "0.100 ريال عماني", "العملة")]
)
def test_a_price_says_its_currency(visitor: Client, scene: Scene, language: str, price: str, currency: str):
    card = visitor.get(f"/{language}/card/parking-zones/{scene.zone.pk}/", headers=PART).content.decode()
    assert f"<bdi>{price}</bdi>" in card
    assert currency not in card


@pytest.mark.parametrize(("language", "ways"), [("en", "SMS, App"), ("ar", "رسالة نصية، تطبيق")])
def test_several_codes_are_said_in_words(visitor: Client, scene: Scene, language: str, ways: str):
    card = visitor.get(f"/{language}/card/parking-zones/{scene.zone.pk}/", headers=PART).content.decode()
    assert ways in card


@pytest.mark.parametrize(
    ("language", "old"),
    [
        ("en", "Building 4411, Way 7755, Block 277\nBuilding 12, Way 3"),
        ("ar", "مبنى 4411، سكة 7755، مربع 277\nمبنى 12، سكة 3"),
    ],
)
def test_other_names_and_old_addresses_stand_one_a_line(language: str, old: str):
    fields = {field.name: field for layer in ("wilayats", "address-units") for field in registry[layer].fields}
    with override(language):
        assert text_of(fields["other_names"], "Old Spelling; قديم") == "Old Spelling\nقديم"
        assert text_of(fields["old_addresses"], "4411 / 7755 / 277; 12 / 3 / ") == old
        assert text_of(fields["old_addresses"], "a/b; c") == "a/b\nc"


def test_the_map_begins_at_the_chief_place_of_the_municipality(visitor: Client, scene: Scene):
    lng, lat = visitor.get("/ar/map.json").json()["first"]["center"]
    assert (lng, lat) == pytest.approx((58.101, 23.5006))


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_example_of_coordinates_is_where_the_map_begins(visitor: Client, language: str):
    for headers in ({}, PART):
        assert "23.501, 58.101" in visitor.get(f"/{language}/search?q=zzzzzz", headers=headers).content.decode()
    with override(language), pytest.raises(Http404, match=r"23\.501, 58\.101"):
        at(RequestFactory().get("/", {"point": "nowhere"}))


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_report_form_takes_its_example_from_there_too(visitor: Client, language: str):
    address = f"/{language}/report/"
    assert 'placeholder="23.501, 58.101"' in visitor.get(address).content.decode()
    assert "23.501, 58.101" in str(visitor.post(address, {"point": "nowhere"}).context["form"].errors["point"])


@pytest.mark.parametrize(
    ("first", "example"),
    [
        ({"center": (-71.1097, 42.3736), "zoom": 13}, "42.374, -71.110"),
        ({"bounds": (-71.16, 42.352, -71.064, 42.404)}, "42.378, -71.112"),
        ({}, "0.000, 0.000"),
    ],
)
def test_an_installation_elsewhere_shows_its_own(monkeypatch: pytest.MonkeyPatch, first: dict, example: str):
    monkeypatch.setattr("apps.core.plan.first_view", lambda audience, own=frozenset(): first)
    assert example_place() == example
    lat, lng = map(float, example.split(","))
    assert read_point(example) == (lng, lat)


@pytest.mark.parametrize(("language", "said"), [("ar", "قطعة 103، مربع 4"), ("en", "Plot 103, block 4")])
def test_a_card_speaks_the_language_of_the_page(visitor: Client, scene: Scene, language: str, said: str):
    address = f"/{language}/card/parcels/{scene.parcel.pk}/"
    page, part = visitor.get(address), visitor.get(address, headers=PART)
    assert said in page.content.decode()
    assert "<html" in page.content.decode()
    assert said in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "HX-Request" in page.headers["Vary"]


def test_a_card_names_what_belongs_to_it(visitor: Client, scene: Scene):
    text = visitor.get(f"/en/card/parcels/{scene.parcel.pk}/", headers=PART).content.decode()
    assert f"5, {STREET_EN}" in text  # the address on the plot
    assert "600" in text


def test_what_the_public_may_not_see_is_in_no_card(visitor: Client, officer: Client, scene: Scene):
    address = f"/en/card/parcels/{scene.parcel.pk}/"
    assert "SECRETKROOKI" not in visitor.get(address).content.decode()
    assert "SECRETKROOKI" in officer.get(address).content.decode()
    well = f"/en/card/wells/{scene.well.pk}/"
    assert "SECRETNUMBER" not in visitor.get(well).content.decode()
    assert "Everybody sees the area only" in visitor.get(well).content.decode()
    assert "SECRETNUMBER" in officer.get(well).content.decode()


@pytest.mark.parametrize(
    ("language", "address", "area"),
    [
        ("en", "5, {0}, 18 m away", "near The Quarter, The Wilayat, The Governorate"),
        ("ar", "5، {1}، على بُعد 18 م", "قرب الحي، الولاية، المحافظة"),
    ],
)
def test_the_card_of_a_place_says_where_it_is(visitor: Client, scene: Scene, language: str, address: str, area: str):
    place = {"point": f"{scene.middle[1]},{scene.middle[0]}"}
    text = visitor.get(f"/{language}/at/", place, headers=PART).content.decode()
    assert address.format(STREET_EN, STREET_AR) in text
    assert area in text
    told = visitor.get(f"/{language}/here/", place).json()["text"]
    assert told == address.format(STREET_EN, STREET_AR) + (", " if language == "en" else "، ") + area
    assert visitor.get("/en/here/", {"point": "nowhere"}).json() == {"text": ""}


def test_a_hidden_place_is_not_told_by_its_neighbours(visitor: Client, scene: Scene):
    """The public knows a well's square only, so no plot in it may claim the well."""
    text = visitor.get(f"/en/at/?point={23.5 + 0.5 * 0.0004},{58.1 + 2.5 * 0.0004}", headers=PART).content.decode()
    assert "Plot 103" in text
    assert "/card/wells/" not in text


def test_text_of_strangers_runs_nowhere(officer: Client, scene: Scene):
    text = officer.get(f"/en/card/reports/{scene.report.pk}/").content.decode()
    assert "<script>document.title" not in text
    assert "&lt;script&gt;document.title" in text


@pytest.mark.parametrize("address", ["card/parcels/{}/", "card/no-such-layer/{}/"])
def test_what_is_not_there_is_said_with_a_way_on(visitor: Client, address: str):
    answer = visitor.get(f"/ar/{address.format(uuid4())}")
    assert answer.status_code == 404
    assert "إلى الخريطة" in answer.content.decode()


def test_a_missing_card_is_a_part_of_the_page_when_a_part_was_asked_for(visitor: Client):
    answer = visitor.get(f"/ar/card/parcels/{uuid4()}/", headers=PART)
    assert answer.status_code == 404
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("point", ["", "x", "95,10", "23.5"])
def test_no_place_is_no_page(visitor: Client, point: str):
    assert visitor.get("/ar/at/", {"point": point}).status_code == 404


@pytest.mark.parametrize("words", ["شارع جامع الامام", "Imam Mosque", "جامع الإمَام"])
def test_search_forgives_hamza_and_marks(visitor: Client, words: str):
    text = visitor.get("/ar/search", {"q": words}, headers=PART).content.decode()
    assert STREET_AR in text
    assert 'role="option"' in text


def test_search_says_whose_a_plot_is(visitor: Client, scene: Scene):
    text = visitor.get("/en/search", {"q": "103"}, headers=PART).content.decode()
    assert f"<bdi>{scene.authority.name_en or scene.authority.name_ar}</bdi></small>" in text


def test_search_takes_arabic_digits_and_coordinates(visitor: Client, scene: Scene):
    assert str(scene.parcel.pk) in visitor.get("/ar/search", {"q": "١٠٣"}, headers=PART).content.decode()
    found = visitor.get("/ar/search", {"q": "٢٣٫٥، ٥٨٫١"}).content.decode()
    assert "/ar/at/?point=23.500000,58.100000" in found


@pytest.mark.parametrize("words", ["4 103", "٤ ١٠٣"])
def test_two_bare_numbers_are_a_plot_first_and_a_place_last(visitor: Client, scene: Scene, words: str):
    text = visitor.get("/en/search", {"q": words}, headers=PART).content.decode()
    assert -1 < text.find(str(scene.parcel.pk)) < text.find("point=4.000000,103.000000")
    only = visitor.get("/en/search", {"q": "4.0 103.0"}, headers=PART).content.decode()
    assert text.count('role="option"') > only.count('role="option"') == 1


def test_search_says_what_was_not_found(visitor: Client):
    text = visitor.get("/en/search", {"q": "zzqqxx"}).content.decode()
    assert "zzqqxx" in text
    assert "Nothing found" in text


@pytest.mark.parametrize(("language", "said"), [("ar", "ابحث بكلمات أقل"), ("en", "Ask with fewer words")])
def test_a_refused_search_says_why_where_it_was_asked(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, language: str, said: str
):
    """Among the options, or on a page; either way with the status of what failed, which nobody keeps."""

    def refused(*_asked: object) -> None:
        raise SearchTookTooLong

    monkeypatch.setattr("apps.core.finding.answer", refused)
    part, page = (visitor.get(f"/{language}/search", {"q": "x"}, headers=headers) for headers in (PART, {}))
    for answer in (part, page):
        assert (answer.status_code, answer["Retry-After"]) == (503, "30")
        assert said in answer.content.decode()
    assert "data-announce=" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "<html" in page.content.decode()


@pytest.mark.parametrize("words", ["\x00", "'", "%", "\\", "a" * 5000, "<b>", "\u202e"])
def test_search_takes_anything(visitor: Client, words: str):
    assert visitor.get("/ar/search", {"q": words}).status_code == 200


def test_a_list_shows_only_what_exists_for_the_reader(visitor: Client, scene: Scene):
    paths = f"parcels/{scene.parcel.pk},parcels/{uuid4()},nothing/x,parcels/x,"
    text = visitor.get("/en/list/", {"of": paths}).content.decode()
    assert text.count("<li>") == 1
    assert "Plot 103" in text


@pytest.mark.parametrize(("cookie", "shown"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')])
def test_the_chosen_theme_comes_with_the_page(visitor: Client, cookie: str, shown: str):
    visitor.cookies["theme"] = cookie
    assert shown in visitor.get("/ar/").content.decode()


def test_a_made_up_theme_is_ignored(visitor: Client):
    visitor.cookies["theme"] = '"><script>'
    assert "data-theme=" not in visitor.get("/ar/").content.decode()


def test_components_are_for_developers(visitor: Client, settings):
    assert visitor.get("/ar/design/").status_code == 404
    settings.DEBUG = True
    assert visitor.get("/ar/design/").status_code == 200
