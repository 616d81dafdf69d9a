"""Who may write what over the feed: caller × layer × verb, from outside; and where a change may come from."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from apps.accounts.models import Membership, User
from apps.parcels.models import ParcelDraft
from gis import history
from gis.layers import Audience, Layer, registry
from gis.writing import states
from ogc import writers
from tests.apps.accounts.city import acting_for_both

from .ground import COLLECTIONS, Ground
from .writing import DIRECT, GEOJSON, UNWRITTEN, address, created, feature_for, other_text, read, send

CALLERS = ("anonymous", "nobody", "agency", "planner", "officer", "stranger", "both")
VERBS = ("POST", "PUT", "PATCH", "DELETE")
each_caller = pytest.mark.parametrize("who", CALLERS)
SIGN_IN, FORBIDDEN, NOT_FOUND, NOT_ALLOWED = 401, 403, 404, 405


@pytest.fixture(scope="module")
def client(ground: Ground) -> Callable[[str], Client]:
    """Besides the ground's callers: a planner of here, who reads only, and one who works for both authorities."""
    two = ground.two
    people = {}
    for name, role, bodies in (("planner", "planner", [two.here]), ("both", "gis_officer", [two.here, two.there])):
        people[name] = User.objects.using("owner").create(username=name)
        for body in bodies:
            Membership.objects.using("owner").create(user=people[name], authority=body, role=role)

    def of(who: str) -> Client:
        made = ground.client(who)
        if who in people:
            made.force_login(people[who])
        return made

    return of


def verdict(who: str, layer: Layer, verb: str) -> int:
    """What the table of rights says of a feature of `here`."""
    if layer.writes == "none" or (layer.writes == "draft" and verb == "DELETE"):
        return NOT_ALLOWED
    if who == "anonymous":
        return SIGN_IN
    if who in ("nobody", "agency", "planner") or (who == "stranger" and verb != "POST"):
        return FORBIDDEN
    if layer.writes == "draft":
        return 202
    return {"POST": 201}.get(verb, 204)


def past(ground: Ground, layer: Layer, key: Any) -> list[Any]:
    """All that the history knows of a record."""
    with acting_for_both(ground.two):
        return history.versions(layer.model, key, using="owner")


@each_caller
@pytest.mark.parametrize("layer", COLLECTIONS, ids=lambda one: one.id)
def test_grid(ground: Ground, client: Callable[[str], Client], layer: Layer, who: str):
    caller, officer = client(who), client("officer")
    path = created(officer, layer) if layer in DIRECT else address(layer, ground.rows[layer.id][0].pk)
    key = path.rpartition("/")[2]
    before = past(ground, layer, key) if layer.owned else []
    for verb in VERBS:
        document: Any = None if verb == "DELETE" or layer in UNWRITTEN else feature_for(layer)
        if document and verb == "POST" and who == "both":
            document["properties"]["authority"] = "here"
        if verb == "PATCH" and document:
            document = {"properties": dict([other_text(layer)])}
        where = address(layer) if verb == "POST" else path
        response = send(caller, verb, f"{where}?reason=test", document, If_Match="*")
        assert response.status_code == verdict(who, layer, verb), (verb, response.content.decode())
    written = layer in DIRECT and verdict(who, layer, "DELETE") < 300
    assert not layer.owned or (past(ground, layer, key) == before) != written


@each_caller
@pytest.mark.parametrize("layer", COLLECTIONS, ids=lambda one: one.id)
def test_options_tell_what_would_be_done(ground: Ground, client: Callable[[str], Client], layer: Layer, who: str):
    caller = client(who)
    path = address(layer, ground.rows[layer.id][0].pk)
    for where, verbs in ((address(layer), ("POST",)), (path, ("PUT", "PATCH", "DELETE"))):
        answer = caller.options(where)
        told = set(answer["Allow"].split(", "))
        if layer.writes != "none" and where != path:  # everybody may post a question there
            assert "POST" in told
            told -= set() if GEOJSON in answer["Accept-Post"] else {"POST"}
        assert told - {"GET", "HEAD", "OPTIONS"} == {verb for verb in verbs if verdict(who, layer, verb) < 300}


def test_what_somebody_does_not_see_does_not_exist_for_them(ground: Ground, client: Callable[[str], Client]):
    here = type(ground.two.here).objects.using("owner").filter(pk=ground.two.here.pk)
    parcel = address("parcels", ground.rows["parcels"][0].pk)
    here.update(publishes_parcels=False)
    try:
        for verb in ("PUT", "PATCH"):
            response = send(client("stranger"), verb, f"{parcel}?reason=x", {"properties": {}}, If_Match="*")
            assert response.status_code == NOT_FOUND
    finally:
        here.update(publishes_parcels=True)
    assert send(client("stranger"), "PATCH", f"{parcel}?reason=x", {}, If_Match="*").status_code == FORBIDDEN


def test_whoever_works_for_several_names_one(ground: Ground, client: Callable[[str], Client]):
    layer, caller = DIRECT[0], client("both")
    without = send(caller, "POST", address(layer), feature_for(layer))
    assert without.status_code == 422
    assert "authority" in without.json()["detail"]
    for code in ("here", "there"):
        path = created(caller, layer, authority=code)
        assert read(caller, path)[0]["properties"]["authority"] == code
    moved = {"properties": {"authority": "here"}}
    assert send(caller, "PATCH", path, moved, If_Match="*").status_code == 422
    for who, code in (("officer", "there"), ("both", "nowhere")):
        response = send(client(who), "POST", address(layer), feature_for(layer, authority=code))
        assert response.status_code == FORBIDDEN


def test_the_history_names_the_writer_and_the_reason(ground: Ground, client: Callable[[str], Client]):
    layer, officer = DIRECT[0], client("officer")
    path = created(officer, layer)
    name, value = other_text(layer)
    response = send(officer, "PATCH", f"{path}?reason=شكوى 12", {"properties": {name: value}}, If_Match="*")
    assert response.status_code == 204
    versions = past(ground, layer, path.rpartition("/")[2])
    assert [one.actor for one in versions] == [f"user:{ground.two.officer.pk}"] * 2
    assert versions[-1].reason == "شكوى 12"


class TestCrossSite:
    """A cookie alone is no consent."""

    def strict(self, ground: Ground) -> Client:
        client = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1", "accept-language": "en"})
        client.force_login(ground.two.officer)
        return client

    def test_without_a_token(self, ground: Ground):
        layer, client = DIRECT[0], self.strict(ground)
        response = send(client, "POST", address(layer), feature_for(layer))
        assert response.status_code == FORBIDDEN
        assert "X-CSRFToken" in response.json()["detail"]

    @pytest.mark.parametrize(("origin", "status"), [("", 201), ("http://127.0.0.1", 201), ("http://evil.om", 403)])
    def test_with_a_token(self, ground: Ground, origin: str, status: int):
        layer, client = DIRECT[0], self.strict(ground)
        client.cookies["csrftoken"] = token = "x" * 32
        headers = {"X_CSRFToken": token} | ({"Origin": origin} if origin else {})
        response = send(client, "POST", address(layer), feature_for(layer), **headers)
        assert response.status_code == status, response.content.decode()

    def test_the_fault_is_seen(self, ground: Ground, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(writers._Origin, "refusal", lambda self, request: None)
        with pytest.raises(AssertionError):
            self.test_without_a_token(ground)


class TestDrafts:
    """Parcels: somebody else decides."""

    def test_a_draft_is_what_the_desk_decides(self, ground: Ground, client: Callable[[str], Client]):
        parcel = ground.rows["parcels"][0]
        path, officer = address("parcels", parcel.pk), client("officer")
        feature, validators = read(officer, path)
        change = {"properties": {"land_use": "commercial"}}
        without = send(officer, "PATCH", path, change, If_Match=validators["If-Match"])
        assert (without.status_code, without.json()["code"]) == (422, "draft_without_reason")
        assert send(officer, "PATCH", f"{path}?reason=x", change).status_code == 428
        response = send(officer, "PATCH", f"{path}?reason=plan 7", change, If_Match=validators["If-Match"])
        assert response.status_code == 202, response.content.decode()
        assert read(officer, path)[0] == feature
        with acting_for_both(ground.two):
            draft = ParcelDraft.objects.using("owner").latest("proposed_at")
        assert f"/parceldraft/{draft.pk}/" in response["Location"]
        assert draft.parcel_id == parcel.pk
        assert (draft.land_use, draft.reason, draft.state) == ("commercial", "plan 7", "proposed")
        assert draft.plot_no == parcel.plot_no
        assert resolve(response["Location"].removeprefix("http://127.0.0.1")).url_name == "parcels_parceldraft_change"

    def test_a_new_parcel_takes_codes(self, ground: Ground, client: Callable[[str], Client]):
        layer, officer = registry["parcels"], client("officer")
        known = ground.rows["wilayats"][0].code
        for code, status in ((known, 202), ("no such", 422)):
            feature = feature_for(layer, wilayat=code)
            response = send(officer, "POST", f"{address(layer)}?reason=x", feature)
            assert response.status_code == status, response.content.decode()

    def test_none_says_that_a_parcel_ends(self, ground: Ground, client: Callable[[str], Client]):
        response = send(client("officer"), "DELETE", address("parcels", ground.rows["parcels"][0].pk), If_Match="*")
        assert response.status_code == NOT_ALLOWED
        assert "DELETE" not in response["Allow"]
        assert "end" in response.json()["detail"]


def test_the_grid_sees_its_fault(ground: Ground, client: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch):
    """A feed that asks nobody's standing fails it: a planner's change is refused by the database, an unread one not."""
    monkeypatch.setattr(writers, "may_write", lambda request, authority=None: True)
    with pytest.raises(AssertionError):
        test_options_tell_what_would_be_done(ground, client, DIRECT[0], "planner")


def test_states_are_told_of_what_is_seen_only(ground: Ground):
    channel, well = ground.rows["aflaj"][0].pk, ground.rows["wells"][0].pk
    assert states.of(registry["aflaj"], Audience.PUBLIC, channel) != states.UNKNOWN
    assert states.of(registry["wells"], Audience.PUBLIC, well) == states.UNKNOWN  # whose place is hidden
    here = type(ground.two.here).objects.using("owner").filter(pk=ground.two.here.pk)
    parcel = ground.rows["parcels"][0].pk
    here.update(publishes_parcels=False)
    try:
        assert states.of(registry["parcels"], Audience.PUBLIC, parcel) == states.UNKNOWN
        assert states.of(registry["parcels"], Audience.AGENCY, parcel) == states.UNKNOWN
    finally:
        here.update(publishes_parcels=True)
    assert states.of(registry["parcels"], Audience.PUBLIC, parcel) != states.UNKNOWN
