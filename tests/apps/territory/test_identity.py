"""A deployment carries its authority's name, emblem and colour; its manager sets them, for no other authority."""

import struct
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin
from pytest_django import Settings

from apps.accounts.models import User
from apps.config.checks import home_is_an_authority
from apps.territory.emblems import LONGEST_SIDE, EmblemUnreadable, clean
from apps.territory.models import Authority
from gis.db.acting import acting_as
from tests.apps.town import Town, found_towns, hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return found_towns()


def png(width: int = 800, height: int = 600) -> bytes:
    out, words = BytesIO(), PngImagePlugin.PngInfo()
    words.add_text("Author", "SECRET")
    Image.new("RGBA", (width, height), (10, 20, 30, 0)).save(out, "PNG", pnginfo=words)
    return out.getvalue()


def sign_in(person: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def page_of(authority: Authority) -> str:
    return reverse("admin:territory_authority_change", args=[authority.pk])


def form_of(authority: Authority, **given: Any) -> dict[str, Any]:
    inline = {f"aliases-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}
    return {"name_ar": authority.name_ar, "name_en": "", "accent": "", "first_language": "ar", **inline, **given}


class TestPages:
    def test_without_a_home_the_site_is_the_platforms(self, town: Town):
        page = Client().get("/en/").content.decode()
        assert "Baladiya" in page
        assert "/accent/" not in page

    def test_name_emblem_and_colour_of_the_home(self, town: Town, settings: Settings):
        settings.HOME_AUTHORITY = "here"
        town.here.name_ar, town.here.name_en, town.here.accent = "بلدية هنا", "Here Municipality", "#8b1e3f"
        with acting_as(authorities=[town.here.pk], actor="test"):
            town.here.emblem.save("emblems/here-0123456789ab.png", ContentFile(clean(BytesIO(png()))))
            town.here.save()
        page = Client().get("/en/").content.decode()
        assert "<title>Map · Here Municipality</title>" in page
        assert 'href="/accent/8b1e3f.css"' in page
        address = f"/emblem/here/{town.here.emblem_version}.png"
        assert page.count(address) == 2  # in the bar and as the icon of the tab
        assert "بلدية هنا" in Client().get("/ar/").content.decode()
        shown = Client().get(address)
        assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/png", "nosniff")
        assert Client().get("/emblem/here/other.png").status_code == 404
        assert Client().get("/emblem/there/x.png").status_code == 404

    def test_a_home_that_is_no_authority_stops_the_start(self, town: Town, settings: Settings):
        settings.HOME_AUTHORITY = "hree"
        (error,) = home_is_an_authority(databases=["default"])
        assert "HOME_AUTHORITY names no authority: hree" in error.msg
        settings.HOME_AUTHORITY = "here"
        assert list(home_is_an_authority(databases=["default"])) == []

    def test_the_desk_says_for_whom(self, town: Town):
        with acting_as(authorities=[town.there.pk], actor="test"):
            Authority.objects.filter(pk=town.there.pk).update(name_en="There Municipality")
        page = sign_in(hire(town.there)).get("/admin/").content.decode()
        assert "Desk of There Municipality" in page
        root = hire(None, is_staff=True, is_superuser=True)
        assert "For all authorities" in sign_in(root).get("/admin/").content.decode()


class TestSetting:
    def test_a_manager_sets_those_of_the_own_authority(self, town: Town):
        client = sign_in(hire(town.here, "manager"))
        sent = {"emblem": SimpleUploadedFile("x.png", png()), "accent": "#8B1E3F", "code": "stolen"}
        assert client.post(page_of(town.here), form_of(town.here, **sent)).status_code == 302
        town.here.refresh_from_db()
        assert (town.here.accent, town.here.code) == ("#8b1e3f", "here")
        assert town.here.emblem.name.startswith("emblems/here-")
        assert b"SECRET" not in town.here.emblem.read()
        assert client.get(page_of(town.there)).status_code == 302
        assert client.get(reverse("admin:territory_authority_add")).status_code == 403

    @pytest.mark.parametrize("role", ["planner", "desk_officer", "gis_officer"])
    def test_nobody_else_does(self, town: Town, role: str):
        client = sign_in(hire(town.here, role))
        assert client.post(page_of(town.here), form_of(town.here, accent="#000000")).status_code == 403

    @pytest.mark.parametrize("accent", ["red", "#12345", "#12345g", "#123456;}"])
    def test_what_is_no_colour_is_said_at_its_field(self, town: Town, accent: str):
        page = sign_in(hire(town.here, "manager")).post(page_of(town.here), form_of(town.here, accent=accent))
        assert list(page.context["adminform"].form.errors) == ["accent"]

    def test_the_database_takes_colours_only(self, town: Town):
        with pytest.raises(IntegrityError), acting_as(authorities=[town.here.pk], actor="test"):
            Authority.objects.filter(pk=town.here.pk).update(accent="#12345;")

    def test_a_drawing_with_a_script_is_no_emblem(self, town: Town):
        drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        sent = {"emblem": SimpleUploadedFile("x.png", drawing)}
        page = sign_in(hire(town.here, "manager")).post(page_of(town.here), form_of(town.here, **sent))
        assert "Save it as PNG" in page.content.decode()


class TestFounding:
    @pytest.mark.parametrize(
        ("given", "wrong"),
        [({"working_crs": "EPSG:banana"}, "working_crs"), ({"code": "", "working_crs": "EPSG:32640"}, "code")],
    )
    def test_what_is_wrong_is_said_at_its_field(self, town: Town, given: dict[str, str], wrong: str):
        sent = {"code": "new", "kind": "ministry", "survey_tolerance_m": "0.2", "valid_from": "2024-01-01", "geom": ""}
        sent |= given | {"emblem": SimpleUploadedFile("x.png", png())}
        client = sign_in(hire(None, is_staff=True, is_superuser=True))
        page = client.post(reverse("admin:territory_authority_add"), form_of(town.here, **sent))
        assert list(page.context["adminform"].form.errors) == [wrong]


class TestEmblem:
    def test_it_is_small_stripped_and_still_see_through(self):
        with Image.open(BytesIO(clean(BytesIO(png())))) as picture:
            assert max(picture.size) == LONGEST_SIDE
            assert picture.mode == "RGBA"
            assert picture.info == {}

    @pytest.mark.parametrize(
        "raw", [b"", b"<svg/>", png()[:200], png(5000, 5000), png() + b"x" * 2**21, b"\x89PNG\r\n\x1a\n" + b"\0" * 99]
    )
    def test_what_is_none_is_refused(self, raw: bytes):
        with pytest.raises(EmblemUnreadable):
            clean(BytesIO(raw))

    def test_a_bomb_is_refused_before_it_is_decoded(self):
        header = png(10, 10)
        bomb = header[:16] + struct.pack(">II", 60_000, 60_000) + header[24:]
        with pytest.raises(EmblemUnreadable):
            clean(BytesIO(bomb))
