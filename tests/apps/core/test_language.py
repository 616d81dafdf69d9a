"""The link to the other language: the same page, also where the address has no language, and remembered."""

import re
from urllib.parse import quote

import pytest
from django.test import Client

from tests.scene import Scene

LINK = re.compile(r'href="(/language/[^"]+)"')


@pytest.fixture
def officer(scene: Scene) -> Client:
    client = Client(headers={"host": "127.0.0.1", "Accept-Language": "ar"})
    client.force_login(scene.officer)
    return client


def follow(client: Client, address: str) -> str:
    """Where the page's language link leads."""
    (link,) = set(LINK.findall(client.get(address).content.decode()))
    answer = client.get(link.replace("&amp;", "&"))
    assert answer.status_code == 302
    return str(answer["Location"])


@pytest.mark.parametrize(
    ("address", "led"),
    [
        ("/ar/", "/en/"),
        ("/ar/search?q=%D8%B4%D8%A7%D8%B1%D8%B9&x=1", "/en/search?q=%D8%B4%D8%A7%D8%B1%D8%B9&x=1"),
        ("/ar/at/?point=23.5,58.1", "/en/at/?point=23.5,58.1"),
        ("/ogc/collections?f=html", "/ogc/collections?f=html"),
        ("/ogc/collections?lang=ar&f=html", "/ogc/collections?f=html"),
        ("/ogc/collections/parcels/items?f=html&limit=1&lang=ar", "/ogc/collections/parcels/items?f=html&limit=1"),
        ("/admin/parcels/parcel/?q=10", "/admin/parcels/parcel/?q=10"),
    ],
)
def test_the_same_page_in_the_other_language(officer: Client, address: str, led: str):
    page = officer.get(address).content.decode()
    assert 'lang="ar"' in page
    assert page.count("hreflang=") == 1
    assert follow(officer, address) == led
    assert '<html lang="en" dir="ltr"' in officer.get(led).content.decode()


def test_a_card_stays_open(officer: Client, scene: Scene):
    assert follow(officer, f"/ar/card/parcels/{scene.parcel.pk}/") == f"/en/card/parcels/{scene.parcel.pk}/"


@pytest.mark.parametrize("preferred", ["ar", "en", "fr"])
def test_whatever_the_browser_prefers(scene: Scene, preferred: str):
    visitor = Client(headers={"host": "127.0.0.1", "Accept-Language": preferred})
    assert follow(visitor, "/ar/search?q=x") == "/en/search?q=x"
    assert follow(visitor, "/en/search?q=x") == "/ar/search?q=x"


def test_the_sign_in_page_has_the_link(scene: Scene):
    visitor = Client(headers={"host": "127.0.0.1", "Accept-Language": "ar"})
    assert follow(visitor, "/admin/login/?next=/admin/") == "/admin/login/?next=/admin/"
    assert '<html lang="en"' in visitor.get("/admin/login/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/x", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(scene: Scene, elsewhere: str):
    visitor = Client(headers={"host": "127.0.0.1"})
    assert visitor.get(f"/language/en/?next={quote(elsewhere)}")["Location"] == "/"
    assert visitor.get("/language/xx/").status_code == 404
