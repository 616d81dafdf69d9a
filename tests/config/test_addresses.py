"""Which language an address leads to, and what every answer carries."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db(databases=["default", "public"])


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("", "ar"), ("fr", "ar"), ("en-GB,en;q=0.9", "en"), ("ar-OM", "ar"), ("fr;q=0.9,en;q=0.5", "en")],
)
def test_the_root_leads_to_a_language(client: Client, wanted: str, language: str):
    response = client.get("/", headers={"accept-language": wanted})
    assert (response.status_code, response["location"]) == (302, f"/{language}/")


def test_a_chosen_language_wins(client: Client):
    client.cookies["django_language"] = "en"
    assert client.get("/", headers={"accept-language": "ar"})["location"] == "/en/"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_pages_carry_their_headers(client: Client, language: str):
    response = client.get(f"/{language}/")
    policy = response["content-security-policy"]
    assert response.status_code == 200
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response["x-content-type-options"] == "nosniff"
    assert response["x-frame-options"] == "DENY"
    assert response["referrer-policy"] == "same-origin"
    assert response["permissions-policy"].startswith("geolocation=(self)")
    assert response["content-language"] == language


def test_a_running_site_answers(site: str):
    from urllib.request import urlopen

    with urlopen(f"{site}/ar/", timeout=10) as response:
        assert b'dir="rtl"' in response.read()
