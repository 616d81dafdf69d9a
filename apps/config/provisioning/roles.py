"""The roles: who may log in, with what limits, and who stands for whom.

None of them is a superuser. Time limits are those of the reliability programme (§3.2): anonymous 2 s, web 5 s; a job
or an import sets its own, longer ones locally. A login can change its limits for itself: they stop accidents.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg.sql import SQL

from .item import Item, name, text


@dataclass(frozen=True)
class Names:
    """The roles of one installation; two may share a cluster under different prefixes."""

    prefix: str

    def __getattr__(self, word: str) -> str:
        if word not in ROLES:
            raise AttributeError(word)
        return f"{self.prefix}_{word}"


@dataclass(frozen=True)
class Role:
    """What a role is for, its attributes and the settings of its sessions."""

    purpose: str
    attributes: dict[str, bool]
    connections: int = -1
    settings: tuple[tuple[str, str], ...] = ()


BASE = {"rolsuper": False, "rolcreaterole": False, "rolcreatedb": False, "rolreplication": False}
LOGIN = BASE | {"rolcanlogin": True, "rolbypassrls": False}
GROUP = BASE | {"rolcanlogin": False, "rolbypassrls": False}
READER = (
    ("lock_timeout", "2s"),
    ("client_connection_check_interval", "5s"),
    ("temp_file_limit", "1GB"),
    # PostGIS predicates look dear to the planner, and starting a worker costs more than a small read.
    ("max_parallel_workers_per_gather", "0"),
    ("jit", "off"),
)
ROLES = {
    "owner": Role("owns the objects and migrates", LOGIN, 20, (("lock_timeout", "10s"),)),
    "web": Role(
        "the application; row-level security applies",
        LOGIN,
        60,
        (("statement_timeout", "5s"), ("idle_in_transaction_session_timeout", "30s"), *READER),
    ),
    "public": Role(
        "anonymous reads of the published views",
        LOGIN,
        40,
        (("statement_timeout", "2s"), ("idle_in_transaction_session_timeout", "10s"), *READER),
    ),
    "keyed": Role("reads what the key of the session opens", GROUP),
    "desk": Role("group of the officers' own logins", GROUP),
    "checker": Role("owns the functions that must see across authorities", GROUP | {"rolbypassrls": True}),
    "roles": Role("owns the two functions that make and end officers' logins", GROUP | {"rolcreaterole": True}),
}
WORDS = {
    "rolsuper": "SUPERUSER",
    "rolcreaterole": "CREATEROLE",
    "rolcreatedb": "CREATEDB",
    "rolreplication": "REPLICATION",
    "rolcanlogin": "LOGIN",
    "rolbypassrls": "BYPASSRLS",
}


def items_of_roles(names: Names) -> Iterator[Item]:
    for word, role in ROLES.items():
        yield _role(getattr(names, word), role)
        yield from _settings(getattr(names, word), role)
    yield _owner_hands_over(names)
    yield _becomes(names.keyed, names.public, "reads what everybody sees, too")
    yield _becomes(names.web, names.keyed, "may read as the role for keys")
    # When a layer last changed cannot be told while somebody is at writing (`gis.db.changed`).
    yield _becomes(names.checker, "pg_read_all_stats", "sees which sessions are at writing")


def _role(login: str, role: Role) -> Item:
    wanted = " AND ".join(f"{column} = {value}" for column, value in role.attributes.items())
    words = " ".join(word if role.attributes[column] else f"NO{word}" for column, word in WORDS.items())
    create = text("CREATE ROLE {login}", login=name(login))
    return Item(
        code=f"role-{login}",
        sentence=f"Role {login} ({role.purpose}) exists with the right attributes",
        question=text(
            "SELECT EXISTS (SELECT FROM pg_roles"
            " WHERE rolname = {login} AND rolconnlimit = {connections} AND {wanted})",
            login=login,
            connections=role.connections,
            wanted=SQL(wanted),
        ),
        statements=(
            text(
                "DO $$ BEGIN IF to_regrole({quoted}) IS NULL THEN EXECUTE {create}; END IF; END $$",
                quoted=name(login).as_string(),
                create=create,
            ),
            text(
                f"ALTER ROLE {{login}} WITH {words} CONNECTION LIMIT {{connections}}",
                login=name(login),
                connections=role.connections,
            ),
        ),
    )


def _settings(login: str, role: Role) -> Iterator[Item]:
    if not role.settings:
        return
    lines = [f"{key}={value}" for key, value in role.settings]
    yield Item(
        code=f"limits-{login}",
        sentence=f"Sessions of {login} have their time limits",
        question=text(
            "SELECT EXISTS (SELECT FROM pg_db_role_setting WHERE setrole = to_regrole({quoted})"
            " AND setdatabase = 0 AND setconfig @> {lines}::text[])",
            quoted=name(login).as_string(),
            lines=lines,
        ),
        statements=tuple(
            text(f"ALTER ROLE {{login}} SET {key} = {{value}}", login=name(login), value=value)
            for key, value in role.settings
        ),
    )


def _becomes(member: str, group: str, sentence: str) -> Item:
    return Item(
        code=f"{member}-is-{group}",
        sentence=f"{member} {sentence}",
        question=text(
            "SELECT COALESCE(pg_has_role(to_regrole({member}), to_regrole({group}), 'MEMBER'), false)",
            member=name(member).as_string(),
            group=name(group).as_string(),
        ),
        statements=(text("GRANT {group} TO {member}", group=name(group), member=name(member)),),
    )


def _owner_hands_over(names: Names) -> Item:
    """ALTER FUNCTION … OWNER TO the checker asks for membership. BYPASSRLS itself is never inherited by a member."""
    return Item(
        code="owner-may-hand-over",
        sentence=f"{names.owner} may hand functions over to {names.checker}",
        question=text(
            "SELECT COALESCE(pg_has_role(to_regrole({owner}), to_regrole({checker}), 'MEMBER'), false)",
            owner=name(names.owner).as_string(),
            checker=name(names.checker).as_string(),
        ),
        statements=(text("GRANT {checker} TO {owner}", checker=name(names.checker), owner=name(names.owner)),),
    )
