"""T6, the headers: every kind of answer of a real server carries them, and no text of a caller becomes one."""

import http.client
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from pytest_django import DjangoDbBlocker

from tests.hostile import pages, texts
from tests.hostile.reflecting import reflecting
from tests.hostile.site import Site, hostile_site

KINDS = {  # what an answer of this kind is asked for by; a status besides 200 stands in front
    "page": "/ar/",
    "fragment": "/ar/search?q=x",
    "json": "/ar/map.json",
    "geojson": "/ogc/collections/streets/items",
    "json-fg": "/ogc/collections/streets/items?f=jsonfg",
    "csv": "/ogc/collections/streets/items?f=csv",
    "file": "/ogc/collections/streets/items?f=gpkg",
    "404 export": "/ogc/exports/1",
    "changes": "/ogc/collections/streets/changes?since=beginning&wait=1",
    "openapi": "/ogc/openapi?f=json",
    "record": "/ogc/catalogue/collections/layers/items/streets?f=json",
    "tile": "/tiles/parcels/14/10000/7000.mvt",
    "tile of all": "/ogc/tiles/WorldCRS84Quad/0/0/1",
    "tilejson": "/ogc/tiles/WebMercatorQuad?f=tilejson",
    "relief": "/tiles/relief/14/10000/7000.png",
    "script": "/static/core/emblem.svg",
    "alive": "/healthz",
    "ready": "/readyz",
    "302 redirect": "/",
    "301 without a slash": "/ar/report",
    "302 to sign in": "/admin/",
    "400 parameter": "/ogc/collections/streets/items?limit=x",
    "400 suspicious": "/fault/400",
    "404 page": "/ar/nothing/",
    "404 feed": "/ogc/nothing",
    "404 file": "/static/nothing.js",
    "404 admin": "/admin/r/1/1/",
    "500": "/fault/500",
}
TYPES = {
    "text/html", "text/plain", "text/javascript", "text/css", "image/jpeg", "image/png", "image/svg+xml",
    "application/json", "application/problem+json",
    "application/geo+json", "application/schema+json", "text/csv", "application/geopackage+sqlite3",
    "application/vnd.oai.openapi+json", "application/vnd.mapbox-vector-tile",
    "application/vnd.mapbox.tile+json", "application/vnd.ogc.fg+json", "application/flatgeobuf",
    "application/vnd.apache.parquet",
}  # fmt: skip
REFERRER = {"same-origin", "no-referrer"}


class Answer:
    """One exchange over a socket of its own: headers as they came over the wire."""

    def __init__(self, base: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> None:
        connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, given)
        response = connection.getresponse()
        self.status, self.body = response.status, response.read()
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        connection.close()


def lacking(answer: Answer) -> list[str]:
    """What the answer's headers leave open."""
    given = answer.headers
    policy = given.get("content-security-policy", "")
    directives = {words[0]: set(words[1:]) for part in policy.split(";") if (words := part.split())}
    scripts = directives.get("script-src", directives.get("default-src", {"*"}))
    found = {
        "a policy": "default-src" in directives,
        "scripts of its own only": not scripts & {"*", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:", "https:"},
        "no unsafe word": "unsafe" not in policy,
        "no frame around it": directives.get("frame-ancestors") == {"'none'"}
        and given.get("x-frame-options") == "DENY",
        "its type as told": given.get("x-content-type-options") == "nosniff",
        "a referrer policy": given.get("referrer-policy") in REFERRER,
        "abilities of the device": "permissions-policy" in given,
        "a type that is known": not answer.body or given.get("content-type", "").split(";")[0] in TYPES,
        "no header of a caller": texts.HEADER.lower() not in given,
    }
    return [name for name, met in found.items() if not met]


@pytest.fixture(scope="module")
def site(
    template_database: str,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    with hostile_site(template_database, django_db_blocker, tmp_path_factory.mktemp("media")) as made:
        yield made


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_carries_them(site: Site, kind: str):
    answer = Answer(site.address, KINDS[kind])
    number = kind.partition(" ")[0]
    assert answer.status == (int(number) if number.isdigit() else 200)
    assert lacking(answer) == []


def test_what_is_asked_otherwise_carries_them(site: Site):
    asked = {
        "wrong host": Answer(site.address, "/ar/", Host="elsewhere.example"),
        "wrong method": Answer(site.address, "/ar/", "POST"),
        "method of the feed": Answer(site.address, "/ogc", "DELETE"),
        "no token": Answer(
            site.address, "/ar/report/", "POST", b"x=1", Content_Type="application/x-www-form-urlencoded"
        ),
        "options": Answer(site.address, "/ogc", "OPTIONS"),
        "only the head": Answer(site.address, "/healthz", "HEAD"),
        "unknown key": Answer(site.address, "/ogc", X_API_Key="x"),
        "bytes that are no text": Answer(site.address, "/ar/search?q=%FF%FE%00"),
        "a path that is no text": Answer(site.address, "/ar/%FF/"),
    }
    statuses = {name: answer.status for name, answer in asked.items()}
    wanted = {
        "wrong host": 400, "wrong method": 403, "method of the feed": 405, "no token": 403, "options": 204,
        "only the head": 200, "unknown key": 401, "bytes that are no text": 200, "a path that is no text": 404,
    }  # fmt: skip
    assert {name: told for name, answer in asked.items() if (told := lacking(answer))} == {}
    assert statuses == wanted


def test_every_address_carries_them(site: Site):
    """Signed in as who sees all, so that no page hides behind the way to the sign-in."""
    cookie = _cookie(site)
    asked = [*pages.shown(site.town)[::2], *reflecting()[::4], *pages.desks(site.town)]
    assert [told for address in asked if (told := lacking(Answer(site.address, address, Cookie=cookie)))] == []


@pytest.mark.parametrize("text", ["//evil.example", "https://evil.example", "javascript:ran(1)", texts.CORPUS[29]])
def test_nobody_is_sent_elsewhere(site: Site, text: str):
    """Neither by the way back after signing in or choosing a language, nor by a line break in it."""
    form = {"Content_Type": "application/x-www-form-urlencoded", "Referer": text.split()[0]}
    chosen = Answer(site.address, f"/i18n/setlang/?next={quote(text)}", **form)
    asked = [
        chosen,
        Answer(site.address, f"/language/en/?next={quote(text)}"),
        Answer(site.address, f"/admin/login/?next={quote(text)}", Cookie=_cookie(site)),
    ]
    asked += [Answer(site.address, f"/{quote(text, safe='')}"), Answer(site.address, f"//{quote(text, safe='')}/..")]
    for answer in asked:
        assert lacking(answer) == []
        assert urlsplit(answer.headers.get("location", "/"))[:2] == ("", "")


def _cookie(site: Site) -> str:
    return "; ".join(f"{name}={value}" for name, value in site.cookies(site.town.boss).items())


class TestSeededFaults:
    def test_a_view_that_drops_its_policy_is_found(self, site: Site):
        assert "a policy" in lacking(Answer(site.address, "/fault/without-policy"))

    def test_a_view_that_allows_inline_scripts_is_found(self, site: Site):
        assert "no unsafe word" in lacking(Answer(site.address, "/fault/unsafe"))
