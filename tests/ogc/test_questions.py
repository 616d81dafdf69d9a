"""Filters that are posted: answered like those in an address, by everybody, and nothing is written."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connections
from django.test import Client

from apps.parcels.models import Parcel
from gis import published
from gis.layers import Audience
from gis.parameters import FILTERS, FORM

from .ground import Ground
from .test_scopes import ALL, made
from .test_scopes import client as by_key

ITEMS = "/ogc/collections/parcels/items"
TREE = {"op": "=", "args": [{"property": "authority"}, "here"]}
BOTH = {"op": "in", "args": [{"property": "authority"}, ["here", "there", *(f"no-{n}" for n in range(400))]]}


def post(ground: Ground, body: Any, kind: str = FILTERS[0], address: str = ITEMS, who: str = "anonymous") -> Any:
    sent = body if isinstance(body, (str, bytes)) else json.dumps(body)
    # As a browser's page of another site would send it: nothing is written, so no token is asked for.
    client = ground.client(who)
    client.handler.enforce_csrf_checks = True
    return client.post(address, sent, content_type=kind)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [feature["id"] for feature in json.loads(answer.content)["features"]]


@pytest.mark.parametrize("who", ["anonymous", "agency", "officer", "nobody"])
@pytest.mark.parametrize("kind", FILTERS)
def test_a_posted_filter_chooses(ground: Ground, kind: str, who: str):
    here = str(ground.rows["parcels"][0].pk)
    number = Parcel.objects.using("owner").count()
    assert ids(post(ground, TREE, kind, who=who)) == [here]
    assert ids(post(ground, TREE, f"{kind}; charset=utf-8", who=who)) == [here]
    assert ids(post(ground, TREE, kind, f"{ITEMS}?authority=there", who=who)) == []
    assert Parcel.objects.using("owner").count() == number


def test_a_truth_is_a_filter_too(ground: Ground):
    """And headers that say how a feature is brought say nothing of a question."""
    headers = {"Content-Crs": "<nowhere>", "Prefer": "*"}
    for body, number in (("true", len(ground.rows["parcels"])), ("false", 0)):
        answer = ground.client("anonymous").post(ITEMS, body, content_type=FILTERS[2], headers=headers)
        assert len(ids(answer)) == number


def test_parameters_may_be_a_form(ground: Ground):
    here = str(ground.rows["parcels"][0].pk)
    form = {"filter": "authority = 'here'", "limit": "1", "f": "json", "lang": "ar"}
    assert ids(post(ground, urlencode(form), FORM)) == [here]
    assert ids(post(ground, urlencode({"authority": "here"}), FORM)) == [here]
    answer = post(ground, urlencode({"filter": "authority = 'here'", "f": "html", "lang": "ar"}), FORM)
    assert 'lang="ar"' in answer.content.decode()


def test_layers_that_nobody_writes_are_asked_too(ground: Ground):
    answer = post(ground, {"op": "isNull", "args": [{"property": "code"}]}, address="/ogc/collections/wilayats/items")
    assert ids(answer) == []


@pytest.mark.parametrize("tree", [BOTH, {"op": "in", "args": [{"property": "authority"}, ["here", "there"]]}])
def test_the_next_page_of_a_posted_question(ground: Ground, tree: Any):
    answer, seen = post(ground, tree, address=f"{ITEMS}?limit=1"), []
    while True:
        seen += ids(answer)
        links = {link["rel"]: link for link in json.loads(answer.content)["links"]}
        assert (links["self"].get("method") == "POST") == (tree is BOTH)
        if "next" not in links:
            break
        following = links["next"]
        if following.get("method") != "POST":
            assert tree is not BOTH
            answer = Client().get(following["href"])
            continue
        assert len(following["href"]) < 2000
        answer = post(ground, following["body"], following["headers"]["Content-Type"], following["href"])
    assert sorted(seen) == sorted(str(row.pk) for row in ground.rows["parcels"])


@pytest.mark.parametrize(
    ("body", "kind", "address", "parameter"),
    [
        (" ", FILTERS[0], ITEMS, "filter"),
        ("{", FILTERS[0], ITEMS, "filter"),
        (b"\xff\xfe", FILTERS[0], ITEMS, "filter"),
        ("[]", FILTERS[0], ITEMS, "filter"),
        ("null", FILTERS[0], ITEMS, "filter"),
        ("5", FILTERS[0], ITEMS, "filter"),
        ('"true"', FILTERS[0], ITEMS, "filter"),
        (TREE, FILTERS[0], f"{ITEMS}?filter=a=1", "filter"),
        (TREE, FILTERS[0], f"{ITEMS}?filter-lang=cql2-text", "filter-lang"),
        (TREE, FILTERS[0], f"{ITEMS}?limit=x", "limit"),
        ("limit=1&limit=2", FORM, ITEMS, "limit"),
        ("limit=1", FORM, f"{ITEMS}?limit=2", "limit"),
        ("fliter=a", FORM, ITEMS, "fliter"),
        ("filter=authority%20LIKE", FORM, ITEMS, "filter"),
        ({"op": "=", "args": [{"property": "deed_no"}, "x"]}, FILTERS[0], ITEMS, "filter"),
        ('{"op":"not","args":[' * 5000 + "true" + "]}" * 5000, FILTERS[0], ITEMS, "filter"),
    ],
)
def test_bad_questions_are_explained(ground: Ground, body: Any, kind: str, address: str, parameter: str):
    answer = post(ground, body, kind, address)
    problem = json.loads(answer.content)
    assert (answer.status_code, problem.get("parameter", "filter")) == (400, parameter), problem
    assert problem["details"]["ar"] != problem["details"]["en"]


@pytest.mark.parametrize("body", ["x" * 3_000_000, "&".join(f"a{n}=1" for n in range(2000))])
def test_bodies_that_are_too_long(ground: Ground, body: str):
    answer = post(ground, body, FORM)
    assert answer.status_code == 413
    assert json.loads(answer.content)["details"]["ar"]


def test_other_bodies_are_features(ground: Ground):
    """JSON is a feature that an anonymous caller may not write, whatever stands in it."""
    for kind in ("application/json", "application/geo+json"):
        assert post(ground, TREE, kind).status_code == 401
    assert post(ground, TREE, "text/plain").status_code in (401, 415)


def test_the_api_document_tells_of_them(ground: Ground):
    document = ground.client("anonymous").get("/ogc/openapi", {"f": "json"}).json()
    operation = document["paths"]["/collections/{collectionId}/items"]["post"]
    bodies = operation["requestBody"]["content"]
    assert {FORM, *FILTERS, "application/geo+json", "application/json"} == set(bodies)
    asked = document["paths"]["/collections/{collectionId}/items"]["get"]
    names = {
        document["components"]["parameters"][one["$ref"].rpartition("/")[2]]["name"] for one in asked["parameters"]
    }
    assert names - {"collectionId"} == set(bodies[FORM]["schema"]["properties"])
    assert operation["responses"]["200"] == asked["responses"]["200"]
    assert {"$ref": "#/components/parameters/collectionId"} in operation["parameters"]


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Who asked the database, question by question: role, and the authorities that the session acts for."""
    seen: list[tuple[str, ...]] = []
    ask = published.ask

    def watched(audience: Audience, asked: Any) -> Any:
        with connections[published.alias(audience)].cursor() as cursor:
            cursor.execute("SELECT current_user, coalesce(current_setting('baladiya.authority', true), '')")
            seen.append(cursor.fetchone())
        return ask(audience, asked)

    monkeypatch.setattr(published, "ask", watched)
    return seen


@pytest.mark.parametrize("form", ["json", "html", "csv", "jsonfg", "fgb"])
@pytest.mark.parametrize("who", ["anonymous", "agency", "officer", "scoped"])
def test_a_posted_question_is_asked_as_the_one_in_the_address(
    ground: Ground, roles: list[tuple[str, ...]], who: str, form: str
):
    lines = {"layer": "parcels", "authority": ground.two.here, "fields": ["plot_no"], "verbs": ALL}
    name = f"asks for {form}"
    client = by_key(made(name, lines)) if who == "scoped" else ground.client(who)
    got = client.get(ITEMS, {"filter": json.dumps(TREE), "filter-lang": "cql2-json", "f": form})
    content = got.getvalue()
    by_address = roles.copy()
    roles.clear()
    for kind, body in ((FILTERS[0], json.dumps(TREE)), (FORM, urlencode({"filter": "authority = 'here'"}))):
        answer = client.post(f"{ITEMS}?f={form}", body, content_type=kind)
        assert answer.status_code == got.status_code == 200
        assert form in ("json", "jsonfg", "html") or answer.getvalue() == content
        if form in ("csv", "json", "jsonfg"):
            _ = answer.getvalue()
        assert set(roles) == set(by_address) != set(), (roles, by_address)
        roles.clear()
    assert {role for role, _authorities in by_address} == (
        {"baladiya_keyed"} if who == "scoped" else {"baladiya_public" if who == "anonymous" else "baladiya_web"}
    )


def test_a_posted_question_of_a_key_sees_what_its_scope_opens(ground: Ground):
    narrow = by_key(made("narrow", {"layer": "parcels", "authority": ground.two.here, "fields": ["plot_no"]}))
    everything = {"op": "not", "args": [{"op": "isNull", "args": [{"property": "plot_no"}]}]}
    answer = narrow.post(ITEMS, json.dumps(everything), content_type=FILTERS[0])
    (one,) = answer.json()["features"]
    assert (one["id"], set(one["properties"])) == (str(ground.rows["parcels"][0].pk), {"authority", "plot_no"})
    hidden = {"op": "isNull", "args": [{"property": "deed_no"}]}
    assert narrow.post(ITEMS, json.dumps(hidden), content_type=FILTERS[0]).status_code == 400
    assert narrow.post("/ogc/collections/wells/items", json.dumps(hidden), content_type=FILTERS[0]).status_code == 404
    brings = by_key(made("only brings", {"layer": "protection-zones", "verbs": ["insert"]}))
    for kind in (FORM, FILTERS[0]):
        asked = brings.post(
            "/ogc/collections/protection-zones/items", "{}" if kind != FORM else "limit=1", content_type=kind
        )
        assert asked.status_code == 404
