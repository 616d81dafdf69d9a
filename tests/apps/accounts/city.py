"""Two authorities that must not see each other, somebody who works for each, and the ways to come in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.apps import apps

from apps.accounts.models import DeskLogin, Membership, User
from apps.territory.models import Authority
from gis.db.acting import acting_as
from tests import databases
from tests.rows import make


@dataclass
class Two:
    """The authorities `here` and `there`, with an officer each, and a person who acts for all of them."""

    here: Authority
    there: Authority
    officer: User
    stranger: User
    national: User


def two_authorities() -> Two:
    """Stored and committed through the owner's login."""
    bodies = [
        Authority.objects.using("owner").create(
            code=code, kind="municipality", name_ar=code, working_crs="EPSG:32640", publishes_parcels=True
        )
        for code in ("here", "there")
    ]
    people = [
        User.objects.using("owner").create(username=name, is_superuser=name == "national")
        for name in ("officer", "stranger", "national")
    ]
    for person, body in zip(people, bodies, strict=False):
        Membership.objects.using("owner").create(user=person, authority=body, role="gis_officer")
    return Two(*bodies, *people)


def acting_for_both(two: Two) -> Any:
    return acting_as(authorities=(two.here.id, two.there.id), actor="test", using="owner")


def one_row_each(two: Two, model: Any) -> tuple[Any, Any]:
    """A row of the model for each of the two."""
    with acting_for_both(two):
        return make(model, authority=two.here), make(model, authority=two.there)


@contextmanager
def web_session(database: str, person: User | None) -> Iterator[psycopg.Connection]:
    """The web's login, on behalf of a person, as a request would have it."""
    with databases.login("web", database) as session:
        session.execute("SELECT set_config('baladiya.user', %s, false)", [str(person.id) if person else ""])
        yield session


@contextmanager
def desk_session(database: str, person: User, authority: Authority) -> Iterator[psycopg.Connection]:
    """An officer's own login, as QGIS would have it."""
    with databases.officer(database) as session:
        DeskLogin.objects.using("owner").create(user=person, authority=authority, rolname=session.info.user)
        yield session
        DeskLogin.objects.using("owner").filter(rolname=session.info.user).delete()


def is_plain(session: psycopg.Connection) -> bool:
    """Is the session neither a superuser's, nor free of row-level security, nor an owner's? Else it proves nothing."""
    row = session.execute(
        """
        SELECT r.rolsuper OR r.rolbypassrls
            OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p', 'v'))
        FROM pg_roles r WHERE r.rolname = session_user AND session_user = current_user
        """
    ).fetchone()
    return row == (False,)


def guarded_tables() -> list[type[Any]]:
    return [model for model in apps.get_models() if getattr(model, "tenanted", False)]
