"""The root's own answers are Django's: the same documents, rights and headers, over the wire of a real server."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils.http import parse_http_date

from gis import counting, db, following, tiles, versions
from gis.layers import Audience, registry
from gis.tiles import MATRIX_SETS, WEB_MERCATOR, Square
from tests import databases
from tests.servers import served

from .ground import COLLECTIONS, KEY, Ground

SESSION = {"Cookie": "sessionid=of-nobody"}  # whoever brings a session is Django's to answer
BARE = "no-referrer"  # the root's answers are no pages, and say so


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def by_root(self) -> bool:
        return self.headers["referrer-policy"] == BARE

    @property
    def steady(self) -> str:
        """The document without the moment at which it was written."""
        return re.sub(r'"timeStamp":"[^"]+"', "", self.body.decode())


@pytest.fixture(scope="module")
def address(ground: Ground) -> Iterator[str]:
    counting.follow()
    with served(ground.database, LOG_LEVEL="ERROR") as found:
        yield f"{found}/ogc/collections"


def get(url: str, method: str = "GET", **headers: str) -> Answer:
    asked = urllib.request.Request(url, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, {k.lower(): v for k, v in refused.headers.items()}, refused.read())


def moment(answer: Answer) -> int:
    return parse_http_date(answer.headers["last-modified"])


QUESTIONS = [
    "", "?limit=1", "?limit=1&offset=1", "?bbox=50,10,70,30", "?bbox=177,65,-177,70", "?authority=here",
    "?crs=http://www.opengis.net/def/crs/EPSG/0/32640", "?skipGeometry=true", "?sortby=-authority&limit=1",
    "?lang=en", "?f=json&properties=authority", "?bbox=10,50,30,70&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326",
]  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_root_answers_as_django_does(address: str, question: str):
    for layer in ("parcels", "wells", "reports"):
        ours, theirs = (get(f"{address}/{layer}/items{question}", **who) for who in ({}, SESSION))
        assert (ours.by_root, theirs.by_root) == (True, False)
        assert ours.steady == theirs.steady
        for name in ("content-type", "content-crs", "ogc-numberreturned", "ogc-numbermatched", "etag", "cache-control"):
            assert ours.headers.get(name) == theirs.headers.get(name), name
        assert set(theirs.headers["vary"].split(", ")) >= set(ours.headers["vary"].split(", "))


@pytest.mark.parametrize(
    "question", ["q=%D8%B4%D8%A7%D8%B1%D8%B9", "q=%D8%B4%D8%A7%D8%B1%D8%B9&limit=1", "q=no-such&resulttype=results"]
)
def test_the_root_finds_words_as_django_does(address: str, question: str):
    ours, theirs = (get(f"{address}/streets/items?{question}", **who) for who in ({}, SESSION))
    assert (ours.by_root, theirs.by_root) == (True, False)
    assert ours.steady == theirs.steady
    assert ours.headers["ogc-numbermatched"] == ("0" if "no-such" in question else "2")


def test_every_collection_and_feature_is_the_same(address: str, ground: Ground):
    for layer in COLLECTIONS:
        for row in ground.rows[layer.id]:
            for query in ("", "?crs=http://www.opengis.net/def/crs/EPSG/0/3857"):
                ours, theirs = (get(f"{address}/{layer.id}/items/{row.pk}{query}", **who) for who in ({}, SESSION))
                assert (ours.by_root, ours.status, theirs.status) == (True, 200, 200)
                assert ours.body == theirs.body
                assert ours.headers["etag"] == theirs.headers["etag"]
                assert ours.headers["last-modified"] == theirs.headers["last-modified"]


def test_next_links_lead_through_all(address: str, ground: Ground):
    for order in ("", "&sortby=plot_no"):
        url, seen = f"{address}/parcels/items?limit=1{order}", []
        while url:
            answer = get(url)
            assert answer.by_root
            page = json.loads(answer.body)
            seen += [feature["id"] for feature in page["features"]]
            url = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
        assert sorted(seen) == sorted(str(row.pk) for row in ground.rows["parcels"])


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/parcels/items?limit=x", {}, 400), ("/parcels/items?plotno=1", {}, 400), ("/nothing/items", {}, 404),
        ("/parcels/items/1", {}, 404), ("/parcels/items?after=x", {}, 400), ("/parcels/items?deed_no=1", {}, 400),
        ("/parcels/items?f=html", {}, 200), ("/parcels/items", {"Accept": "text/html"}, 200),
        ("/parcels/items", {"X_API_Key": "wrong"}, 401), ("/parcels/items", {"X_API_Key": KEY}, 200),
        ("/parcels/items?resulttype=hits", {}, 200), ("/parcels/items", {"Host": "evil.example"}, 400),
        ("/base-land/items", {}, 404), ("/parcels", {}, 200), ("/parcels/items/a/b", {}, 404),
    ],
)  # fmt: skip
def test_the_rest_is_djangos(address: str, path: str, headers: dict[str, str], status: int):
    answer = get(f"{address}{path}", **headers)
    assert (answer.status, answer.by_root) == (status, False)


def test_a_filter_of_another_question_is_refused(address: str):
    page = json.loads(get(f"{address}/parcels/items?limit=1").body)
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert get(f"{following}&authority=here").status == 400
    assert get(following.replace("limit=1", "limit=50")).status == 200


def test_who_has_it_is_not_sent_it_again_and_head_has_no_body(address: str):
    url = f"{address}/parcels/items"
    first = get(url)
    again = get(url, If_None_Match=f'"other", {first.headers["etag"]}')
    assert (again.status, again.body, again.by_root) == (304, b"", True)
    head = get(url, method="HEAD")
    assert (head.status, head.body, head.by_root) == (200, b"", True)
    assert head.headers["etag"] == first.headers["etag"]
    assert int(head.headers["content-length"]) == len(first.body)


def test_a_letter_that_cannot_be_is_no_fault_of_ours(address: str):
    for text in ("%ff", "%00", "%ed%a0%80", "%25s", "'%3B--"):
        assert get(f"{address}/parcels/items?plot_no={text}").status in (200, 400)
        assert get(f"{address}/parcels/items/{text}").status in (400, 404)


def test_a_question_that_is_kept_is_answered_to_each_by_the_name_they_call(address: str):
    here = get(f"{address}/parcels/items?limit=1")
    there = get(f"{address.replace('127.0.0.1', 'localhost')}/parcels/items?limit=1")
    assert (here.by_root, there.by_root) == (True, True)
    assert b"//localhost" in there.body
    assert b"//localhost" not in here.body
    assert b"//127.0.0.1" not in there.body


def test_a_change_is_told_at_once_however_often_was_asked(address: str, ground: Ground):
    row = ground.rows["parcels"][0]
    urls = [f"{address}/parcels/items", f"{address}/parcels/items/{row.pk}"]
    before = [get(url) for url in urls]
    with databases.superuser(ground.database) as root:
        root.execute("SELECT set_config('baladiya.actor', 'test', false)")
        for name in (f"{row.plot_no} changed", row.plot_no):
            root.execute("UPDATE parcels_parcel SET plot_no = %s WHERE id = %s", [name, row.pk])
            after = [get(url) for url in urls]
            assert all(answer.by_root and f'"{name}"' in answer.body.decode() for answer in after)
            assert all(moment(new) >= moment(old) for new, old in zip(after, before, strict=True))


def test_more_parameters_than_anybody_has_are_refused(address: str):
    answer = get(f"{address}/parcels/items?{'&'.join(f'a{number}=1' for number in range(1100))}")
    assert (answer.status, answer.by_root) == (400, False)


def places(ground: Ground, layer: str) -> Iterator[tuple[str, Square]]:
    """Addresses of tiles where the layer's first record is: those of the map, and those of the standard."""
    shape = ground.rows[layer][0].geom.centroid
    for matrices in MATRIX_SETS.values():
        for level in (8, 13, 14, 16, 18):
            limits = matrices.reaching(level, (shape.x, shape.y, shape.x, shape.y), 0)
            square = Square(matrices, level, limits.first_column, limits.first_row)
            yield f"/ogc/collections/{layer}/tiles/{matrices.id}/{level}/{square.y}/{square.x}", square
            if matrices is WEB_MERCATOR:
                yield f"/tiles/{layer}/{level}/{square.x}/{square.y}.mvt", square


@pytest.fixture(params=[False, True])
def counted(request: pytest.FixtureRequest, ground: Ground) -> Iterator[bool]:
    """Are changes counted, so that a tile is known by them, or only by its bytes?"""
    versions.follow()
    if not request.param:
        following.forget(db.versions.FOLLOWER, using="default")
    yield request.param
    versions.follow()


def test_tiles_of_the_root_are_djangos(address: str, ground: Ground, counted: bool):
    site, by_root = address.removesuffix("/ogc/collections"), 0
    for layer in ("parcels", "streets", "wells", "reports"):
        for place, square in places(ground, layer):
            ours, theirs = (get(f"{site}{place}", **who) for who in ({}, SESSION))
            assert (ours.status, ours.body, theirs.by_root) == (theirs.status, theirs.body, False), place
            if ours.status == 404:
                assert not ours.by_root
                continue
            for name in ("content-type", "etag", "cache-control", "x-features-dropped", "content-length"):
                assert ours.headers[name] == theirs.headers[name], (place, name)
            assert set(theirs.headers["vary"].split(", ")) >= set(ours.headers["vary"].split(", "))
            alone = tiles.whole(tiles.Asked(registry[layer], Audience.PUBLIC, square)) is not None
            assert ours.by_root == (alone and bool(ours.body)), place
            by_root += ours.by_root
            again = get(f"{site}{place}", If_None_Match=f'"other", {ours.headers["etag"]}')
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", ours.headers["etag"])
            assert again.by_root == (counted or ours.by_root)
    assert by_root > 20


def test_a_tile_of_the_root_shows_a_change_at_once(address: str, ground: Ground):
    versions.follow()
    row = ground.rows["parcels"][0]
    site = address.removesuffix("/ogc/collections")
    place = next(place for place, square in places(ground, "parcels") if square.z == 16)
    before = get(f"{site}{place}")
    with databases.superuser(ground.database) as root:
        root.execute("SELECT set_config('baladiya.actor', 'test', false)")
        for name in ("9 changed", row.plot_no):
            root.execute("UPDATE parcels_parcel SET plot_no = %s WHERE id = %s", [name, row.pk])
            after = get(f"{site}{place}", If_None_Match=before.headers["etag"])
            assert (after.status, after.by_root) == (200, True)
            assert name.encode() in after.body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tiles/parcels/14/0/0.mvt", 200), ("/tiles/nothing/14/0/0.mvt", 404), ("/tiles/parcels/14/99999/0.mvt", 404),
        ("/ogc/collections/parcels/tiles/WebMercatorQuad/14/0/0", 404), ("/tiles/relief/9/1/1.png", 200),
        ("/ogc/collections/parcels/tiles/Nothing/14/0/0", 404), ("/ogc/tiles/WebMercatorQuad/14/0/0", 404),
        ("/ogc/collections/base-land/tiles/WebMercatorQuad/14/0/0", 404),
    ],
)  # fmt: skip
def test_other_tiles_are_djangos(address: str, path: str, status: int):
    answer = get(address.removesuffix("/ogc/collections") + path)
    assert (answer.status, answer.by_root) == (status, False)
