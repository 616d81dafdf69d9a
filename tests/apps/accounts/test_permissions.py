"""Role × action × situation: who may do what, where, and from when to when."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.accounts import permissions
from apps.accounts.permissions import NOBODY, RIGHTS, Action, Role, standing_of
from tests.apps.town import Town, employ, found_towns, hire

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 2)

GRID = """
                gis_officer desk_officer field_officer planner manager
read_private         +            +            +          +       +
edit_layer           +            .            .          .       +
answer_report        .            +            +          .       +
publish_photo        .            +            .          .       +
manage_members       .            .            .          .       +
use_desk             +            .            .          +       +
"""
FUNCTIONS = {
    Action.READ_PRIVATE: permissions.may_read_private,
    Action.EDIT_LAYER: permissions.may_edit_layer,
    Action.ANSWER_REPORT: permissions.may_answer_reports,
    Action.PUBLISH_PHOTO: permissions.may_publish_photos,
    Action.MANAGE_MEMBERS: permissions.may_manage_members,
    Action.USE_DESK: permissions.may_use_desk,
}


def cells() -> list[tuple[Action, Role, bool]]:
    header, *lines = [line.split() for line in GRID.strip().splitlines()]
    return [
        (Action(action), Role(role), mark == "+")
        for action, *marks in lines
        for role, mark in zip(header, marks, strict=True)
    ]


def test_the_grid_has_every_cell():
    assert {(action, role) for action, role, _may in cells()} == {(a, r) for a in Action for r in Role}
    assert set(FUNCTIONS) == set(Action) == set(RIGHTS)


@pytest.fixture
def town() -> Town:
    return found_towns()


@pytest.mark.parametrize(("action", "role", "may"), cells())
def test_a_cell(town: Town, action: Action, role: Role, may: bool):
    standing = standing_of(hire(town.here, role), on=DAY)
    assert FUNCTIONS[action](standing, town.here.pk) is may
    assert standing.may(action) is may
    assert (town.here.pk in standing.authorities(action)) is may
    assert FUNCTIONS[action](standing, town.there.pk) is False


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize(
    ("since", "until", "may"),
    [
        (DAY, None, True),
        (DAY - datetime.timedelta(days=1), DAY, False),  # the last day is not included
        (DAY, DAY + datetime.timedelta(days=1), True),
        (DAY + datetime.timedelta(days=1), None, False),
    ],
)
def test_only_on_the_days_of_the_membership(town: Town, action: Action, since, until, may: bool):
    person = hire(None)
    employ(person, town.here, "manager", valid_from=since, valid_to=until)
    standing = standing_of(person, on=DAY)
    assert FUNCTIONS[action](standing, town.here.pk) is may
    assert standing.is_officer is may


@pytest.mark.parametrize("action", Action)
def test_situations_beside_membership(town: Town, action: Action):
    asked = FUNCTIONS[action]
    # Everything but a database login: that opens one authority, by a role held there.
    everywhere = action is not Action.USE_DESK
    assert asked(standing_of(hire(None, is_superuser=True), on=DAY), town.there.pk) is everywhere
    for person in (
        AnonymousUser(),
        hire(None),
        hire(town.here, "manager", is_active=False),
        hire(None, is_superuser=True, is_active=False),
    ):
        assert standing_of(person, on=DAY) == NOBODY
        assert not asked(standing_of(person, on=DAY), town.here.pk)


def test_roles_in_two_authorities_do_not_mix(town: Town):
    person = hire(town.here, "planner")
    employ(person, town.there, "manager", valid_from=DAY)
    standing = standing_of(person, on=DAY)
    assert not permissions.may_edit_layer(standing, town.here.pk)
    assert permissions.may_edit_layer(standing, town.there.pk)
    assert standing.authorities(Action.READ_PRIVATE) == {town.here.pk, town.there.pk}


def test_two_roles_in_one_authority_add_up(town: Town):
    person = hire(town.here, "planner")
    employ(person, town.here, "field_officer", valid_from=DAY)
    standing = standing_of(person, on=DAY)
    assert permissions.may_use_desk(standing, town.here.pk)
    assert permissions.may_answer_reports(standing, town.here.pk)
