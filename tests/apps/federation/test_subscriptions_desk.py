"""Subscriptions on the desk: for managers, of their own authority, with every deed and its refusal."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.federation.models import Attempt, Place, Secret, Subscription
from apps.federation.tasks import forget_attempts
from apps.federation.webhooks import changing, keeping
from gis.db.acting import acting_as
from tests.apps.town import Town, found_towns, hire

SECRET = re.compile(r'<code dir="ltr">(whsec_[^<]+)</code>')
ADD, LIST = "admin:federation_subscription_add", "admin:federation_subscription_changelist"


pytestmark = pytest.mark.django_db(databases=["default", "public"])


@pytest.fixture
def town(db: None) -> Town:
    return found_towns()


@pytest.fixture
def manager(town: Town) -> User:
    return hire(town.here, "manager")


def sign_in(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def form(town: Town, **given: object) -> dict[str, object]:
    return {
        "purpose": "جارنا", "authority": town.here.pk, "layer": "streets", "reader": "public", "inserts": "on",
        "updates": "on", "deletions": "on", "url": "https://maps.example.org/hook", "bbox": "", "values": "", **given,
    }  # fmt: skip


def made(town: Town, manager: User, **given: Any) -> Subscription:
    order = changing.Order(purpose="A neighbour", layer="streets", url="https://maps.example.org/hook", **given)
    return changing.subscribe(order, authority=town.here, by=manager, at=timezone.now())[0]


def deed(client: Client, name: str, *chosen: Subscription) -> str:
    page = client.post(reverse(LIST), {"action": name, "_selected_action": [one.pk for one in chosen]}, follow=True)
    return page.content.decode()


def state_of(one: Subscription) -> str:
    return Subscription.objects.get(pk=one.pk).state


def test_a_manager_subscribes_a_receiver(town: Town, manager: User):
    client = sign_in(manager)
    assert client.get(reverse(ADD)).status_code == 200
    page = client.post(reverse(ADD), form(town, values="kind = road\n\nauthority=here", bbox="58,23,59,24"))
    secret = SECRET.search(page.content.decode())
    assert secret
    assert "no-store" in page["Cache-Control"]
    one = Subscription.objects.get()
    assert (one.state, one.equals, one.made_by) == ("waiting", {"kind": "road", "authority": "here"}, manager)
    assert secret[1] not in Secret.objects.get().sealed
    shown = client.get(reverse("admin:federation_subscription_change", args=[one.pk])).content.decode()
    assert "kind = road" in shown
    assert secret[1] not in shown


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": "http://maps.example.org/"}, "begins with https://"),
        ({"url": "https://maps.example.org:22/"}, "port 443"),
        ({"values": "kind"}, "is no filter"),
        ({"values": "kind=a\nkind=b"}, "is no filter"),
        ({"values": "hidden = 1"}, "There is no field"),
        ({"bbox": "58,23"}, "four numbers"),
        ({"bbox": "58,24,59,23"}, "four numbers"),
        ({"layer": "nothing"}, "not one of the available choices"),
        ({"inserts": "", "updates": "", "deletions": ""}, "at least one kind"),
        ({"reader": "agency"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_is_said_in_the_form(town: Town, manager: User, given: dict[str, str], said: str):
    page = sign_in(manager).post(reverse(ADD), form(town, **given))
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not Subscription.objects.exists()


def test_an_organisation_is_subscribed_by_a_superuser(town: Town):
    survey = Organisation.objects.create(code="survey", name_ar="المساحة")
    client = sign_in(hire(None, is_superuser=True, is_staff=True))
    page = client.post(reverse(ADD), form(town, reader="agency"))
    assert "Name the organisation" in page.content.decode()
    page = client.post(reverse(ADD), form(town, reader="agency", organisation=survey.pk))
    assert SECRET.search(page.content.decode())
    assert Subscription.objects.get().organisation == survey


@pytest.mark.parametrize("role", ["gis_officer", "planner", "desk_officer"])
def test_nobody_else_sees_them(town: Town, manager: User, role: str):
    one = made(town, manager)
    for person in (hire(town.here, role), hire(town.there, "manager")):
        client = sign_in(person)
        assert str(one.pk) not in client.get(reverse(LIST)).content.decode()
        assert client.get(reverse("admin:federation_subscription_change", args=[one.pk])).status_code in (302, 403)
        deed(client, "pause", one)
        assert state_of(one) == "waiting"


def test_it_is_paused_resumed_and_tried_out(town: Town, manager: User):
    client, one = sign_in(manager), made(town, manager)
    assert "Only an active one can be tried" in deed(client, "try_out", one)
    assert "Done for 1 subscription" in deed(client, "pause", one)
    assert state_of(one) == "paused"
    assert "Done for 1 subscription" in deed(client, "resume", one)
    assert state_of(one) == "waiting"
    assert "only one that has stopped" in deed(client, "resume", one)
    with acting_as(authorities=[town.here.pk], actor="test"):
        Subscription.objects.update(state="active")
    assert "stands in a few seconds" in deed(client, "try_out", one)
    assert Place.objects.get().test is not None


def test_a_new_secret_is_shown_once(town: Town, manager: User):
    client, one, other = sign_in(manager), made(town, manager), made(town, manager)
    assert "Choose one subscription" in deed(client, "renew_secret", one, other)
    assert SECRET.search(deed(client, "renew_secret", one))
    assert one.secrets.count() == 2


def test_it_is_turned_back_to_a_token(town: Town, manager: User):
    client, one = sign_in(manager), made(town, manager)
    address = reverse("admin:federation_subscription_change", args=[one.pk])
    before = Place.objects.get().token
    for wrong in ("x", "مرحبا", "a" * 3000):
        page = client.post(address, {"token": wrong})
        assert "not a token of this log" in page.content.decode()
    assert client.post(address, {"token": ""}).status_code == 302
    assert Place.objects.get().token == before
    assert client.post(address, {"token": "beginning"}).status_code == 302
    assert Place.objects.get().token == "beginning"
    assert client.post(address, {"token": f"{before}.of.http"}).status_code == 302
    assert Place.objects.get().token == before


def test_the_desk_tells_who_is_told_nothing_any_more(town: Town, manager: User):
    made(town, manager)
    index = reverse("admin:index")
    assert "nothing any more" not in sign_in(manager).get(index).content.decode()
    with acting_as(authorities=[town.here.pk], actor="test"):
        Subscription.objects.update(state="stopped")
    assert "1 subscription tells its receiver nothing any more" in sign_in(manager).get(index).content.decode()
    for other in (hire(town.there, "manager"), hire(town.here, "gis_officer")):
        assert "nothing any more" not in sign_in(other).get(index).content.decode()


def test_deliveries_stand_below_and_are_kept_for_a_month(town: Town, manager: User):
    one = made(town, manager)
    for days in (0, 31):
        with acting_as(authorities=[town.here.pk], actor="test"):
            Attempt.objects.create(
                subscription=one, authority=town.here, at=timezone.now() - timedelta(days=days), status=503,
                event=one.pk, kind="om.baladiya.feature.inserted", number=1, took_ms=1234, answer=f"<b>{days}</b>",
            )  # fmt: skip
    address = reverse("admin:federation_subscription_change", args=[one.pk])
    page = sign_in(manager).get(address).content.decode()
    assert "&lt;b&gt;31&lt;/b&gt;" in page
    assert "1,234" in page
    forget_attempts(timestamp=0)
    assert [one.answer for one in Attempt.objects.all()] == ["<b>0</b>"]
    assert keeping.KEPT.days == 30


def test_it_is_deleted_with_a_reason(town: Town, manager: User):
    client, one = sign_in(manager), made(town, manager)
    address = reverse("admin:federation_subscription_delete", args=[one.pk])
    client.post(address, {"post": "yes"})
    assert Subscription.objects.exists()
    client.post(address, {"post": "yes", "reason": "no longer needed"})
    assert not Subscription.objects.exists()
