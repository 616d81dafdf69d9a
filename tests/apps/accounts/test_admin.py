"""Managers of people through the web: names by login, secrets shown once, nothing over the border."""

import contextlib
import re
from collections.abc import Iterator

import psycopg
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from apps.accounts import services
from apps.accounts.callers import organisation_of
from apps.accounts.models import AgencyKey, DeskLogin, Membership, Organisation, Party, Unit, User
from gis.db.acting import acting_as
from tests import databases
from tests.apps.town import Town, employ, found_towns, hire

SECRET = re.compile(r'<code dir="ltr">([^<]+)</code>')


@pytest.fixture
def town(db: None) -> Town:
    return found_towns()


def sign_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def membership_form(town: Town, person: User, **given: object) -> dict[str, object]:
    return {
        "person": person.username, "authority": town.here.pk, "role": "planner", "valid_from": "2026-01-01", **given,
    }  # fmt: skip


ADD = "admin:accounts_membership_add"


def test_a_manager_gives_and_withdraws_a_role(town: Town):
    client, person = sign_in(hire(town.here, "manager")), hire(None)
    assert client.get(reverse(ADD)).status_code == 200
    assert client.post(reverse(ADD), membership_form(town, person)).status_code == 302
    membership = Membership.objects.get(user=person)
    assert (membership.role, membership.authority_id) == ("planner", town.here.pk)
    page = reverse("admin:accounts_membership_changelist")
    client.post(page, {"action": "withdraw", "_selected_action": [membership.pk]})
    membership.refresh_from_db()
    assert membership.valid_to is not None


def test_a_list_says_whose_a_record_is_only_where_that_differs(town: Town):
    page = reverse("admin:accounts_membership_changelist")
    of_one, of_two = hire(town.here, "manager"), hire(town.here, "manager")
    employ(of_two, town.there, "manager")
    lists = [
        sign_in(person).get(page).content.decode()
        for person in (of_one, of_two, hire(None, is_superuser=True, is_staff=True))
    ]
    assert ["column-authority" in text for text in lists] == [False, True, True]


def test_not_for_another_authority(town: Town):
    client, person = sign_in(hire(town.here, "manager")), hire(None)
    page = client.post(reverse(ADD), membership_form(town, person, authority=town.there.pk))
    assert page.status_code == 200
    assert not Membership.objects.filter(user=person).exists()


def test_an_unknown_login_name_is_said_at_the_field(town: Town):
    client = sign_in(hire(town.here, "manager"))
    page = client.post(reverse(ADD), membership_form(town, User(username="nobody")))
    assert "errorlist" in page.content.decode()


def test_a_role_that_is_there_already_is_a_sentence(town: Town):
    client, person = sign_in(hire(town.here, "manager")), hire(town.here, "planner")
    page = client.post(reverse(ADD), membership_form(town, person))
    assert page.status_code == 200
    assert "errornote" in page.content.decode()
    assert Membership.objects.filter(user=person).count() == 1


def test_members_of_other_authorities_are_not_listed(town: Town):
    stranger = hire(town.there)
    client = sign_in(hire(town.here, "manager"))
    listed = reverse("admin:accounts_membership_changelist")
    page_of_stranger = reverse("admin:accounts_membership_change", args=[stranger.memberships.get().pk])
    for address in (listed, f"{listed}?q={stranger.username}"):
        assert page_of_stranger not in client.get(address).content.decode()
    assert client.get(page_of_stranger).status_code == 302


@pytest.mark.parametrize("model", ["user", "organisation", "agencykey"])
def test_what_is_for_superusers_is_not_for_managers(town: Town, model: str):
    address = reverse(f"admin:accounts_{model}_changelist")
    assert sign_in(hire(town.here, "manager")).get(address).status_code == 403
    root = hire(None, is_superuser=True, is_staff=True)
    assert sign_in(root).get(address).status_code == 200


def test_a_key_is_shown_once(town: Town):
    survey = Organisation.objects.create(code="survey", name_ar="المساحة")
    root = hire(None, is_superuser=True, is_staff=True)
    client = sign_in(root)
    made = client.post(reverse("admin:accounts_agencykey_add"), {"organisation": survey.pk, "purpose": "قراءة"})
    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    (key,) = SECRET.findall(made.content.decode())
    assert organisation_of(key, at=timezone.now()) == survey
    assert key not in client.get(reverse("admin:accounts_agencykey_changelist")).content.decode()
    client.post(
        reverse("admin:accounts_agencykey_changelist"),
        {"action": "end", "_selected_action": [AgencyKey.objects.get().pk]},
    )
    assert AgencyKey.objects.get().ends_at is not None


def test_a_person_is_deactivated_and_not_deleted(town: Town):
    root, person = hire(None, is_superuser=True, is_staff=True), hire(town.here)
    client = sign_in(root)
    assert client.post(reverse("admin:accounts_user_delete", args=[person.pk]), {"post": "yes"}).status_code == 403
    form = {"username": person.username, "language": "ar", "is_staff": "on"}
    assert client.post(reverse("admin:accounts_user_change", args=[person.pk]), form).status_code == 302
    assert not User.objects.get(pk=person.pk).is_active


def test_units_and_parties_belong_to_the_officers_authority(town: Town):
    manager = sign_in(hire(town.here, "manager"))
    manager.post(reverse("admin:accounts_unit_add"), {"authority": town.here.pk, "code": "roads", "name_ar": "الطرق"})
    manager.post(reverse("admin:accounts_party_add"), {"authority": town.here.pk, "name_ar": "سالم", "kind": "natural"})
    with acting_as(authorities=[town.here.pk]):
        assert Unit.objects.get().authority_id == Party.objects.get().authority_id == town.here.pk
    clerk = sign_in(hire(town.here))
    assert clerk.get(reverse("admin:accounts_party_changelist")).status_code == 200
    assert clerk.get(reverse("admin:accounts_party_add")).status_code == 403


def test_deleting_asks_for_a_reason_and_keeps_it(town: Town):
    manager = sign_in(hire(town.here, "manager"))
    with acting_as(authorities=[town.here.pk]):
        unit = Unit.objects.create(authority=town.here, code="roads", name_ar="الطرق")
    address = reverse("admin:accounts_unit_delete", args=[unit.pk])
    assert 'name="reason"' in manager.get(address).content.decode()
    assert manager.post(address, {"post": "yes"}).status_code == 302
    with acting_as(authorities=[town.here.pk]):
        assert Unit.objects.exists()
    assert manager.post(address, {"post": "yes", "reason": "دمجت"}).status_code == 302
    with acting_as(authorities=[town.here.pk]):
        assert not Unit.objects.exists()


@pytest.fixture
def live_town(committed_db: str) -> Iterator[Town]:
    yield found_towns()
    with databases.superuser(committed_db) as root:
        for name in DeskLogin.objects.values_list("rolname", flat=True):
            with contextlib.suppress(psycopg.errors.UndefinedObject):
                root.execute(SQL("DROP ROLE {}").format(Identifier(name)))


def test_a_database_login_is_given_taken_once_and_closed(live_town: Town):
    manager, officer = hire(live_town.here, "manager"), hire(live_town.here, "gis_officer")
    giving, taking = sign_in(manager), sign_in(officer)
    given = giving.post(
        reverse("admin:accounts_desklogin_add"), {"person": officer.username, "authority": live_town.here.pk}
    )
    assert given.status_code == 302
    login = DeskLogin.objects.get()
    page = reverse("admin:accounts_desklogin_changelist")
    take = {"action": "take_password", "_selected_action": [login.pk]}
    refused = giving.post(page, take, follow=True).content.decode()
    assert not SECRET.findall(refused)
    name, password = SECRET.findall(taking.post(page, take).content.decode())[:2]
    assert (login.rolname, login.user_id, login.active) == (name, officer.pk, True)
    assert password not in taking.get(page).content.decode()
    giving.post(page, {"action": "close", "_selected_action": [login.pk]})
    login.refresh_from_db()
    assert not login.active


def test_officers_see_their_own_login_and_managers_all(live_town: Town):
    manager, officer, other = (hire(live_town.here, role) for role in ("manager", "gis_officer", "planner"))
    for person in (officer, other):
        services.grant_desk_login(person=person, authority=live_town.here, by=manager, at=timezone.now())
    page = reverse("admin:accounts_desklogin_changelist")
    names = {person: DeskLogin.objects.get(user=person).rolname for person in (officer, other)}
    told = {person: sign_in(person).get(page).content.decode() for person in (manager, officer)}
    assert all(name in told[manager] for name in names.values())
    assert names[officer] in told[officer]
    assert names[other] not in told[officer]
    assert sign_in(officer).get(reverse("admin:accounts_desklogin_add")).status_code == 403


def test_no_login_for_who_does_not_work_in_qgis(town: Town):
    client, clerk = sign_in(hire(town.here, "manager")), hire(town.here)
    page = client.post(reverse("admin:accounts_desklogin_add"), {"person": clerk.username, "authority": town.here.pk})
    assert page.status_code == 200
    assert "errornote" in page.content.decode()
    assert not DeskLogin.objects.exists()
