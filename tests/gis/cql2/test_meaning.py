"""A random filter finds in the database what plain Python finds, and both encodings write the same statement."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from hypothesis import HealthCheck, assume, given, settings
from psycopg import sql

from gis.cql2 import condition, read
from gis.cql2.kinds import TEMPORAL
from gis.cql2.refusals import TooDeep, WrongInterval
from tests import databases
from tests.gis.cql2 import filters, plain
from tests.gis.cql2.ogc import scope

EACH = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def table(django_db_setup: None, django_db_blocker: Any) -> Iterator[psycopg.Connection]:
    name = str(connections["default"].settings_dict["NAME"])
    with databases.superuser(name) as session, session.transaction(force_rollback=True):
        columns = ", ".join(f"{field} {filters.TYPES[kind]}" for field, kind in filters.KINDS.items())
        session.execute(f"CREATE TEMP TABLE small (number int, {columns})")
        for number, row in enumerate(filters.rows()):
            marks = ", ".join(["%s"] * (len(row) + 1))
            session.execute(f"INSERT INTO small VALUES ({marks})", [number, *row.values()])
        yield session


def asked(text: str, language: Any) -> tuple[str, dict[str, Any]]:
    here = scope(filters.KINDS)
    return condition(read(text, language), here).as_string(None), dict(here.values)


@EACH
@given(tree=filters.FILTERS)
def test_the_database_finds_what_python_finds(table: psycopg.Connection, tree: Any):
    here = scope(filters.KINDS)
    try:
        where = condition(read(json.dumps(tree), "cql2-json"), here)
    except WrongInterval:
        assume(False)
    question = sql.SQL("SELECT array_agg(number ORDER BY number) FROM small AS t WHERE {}").format(where)
    with table.transaction():
        found = table.execute(question, here.values).fetchone()[0] or []
    assert found == [number for number, row in enumerate(filters.rows()) if plain.verdict(tree, row) is True]


@EACH
@given(tree=filters.FILTERS)
def test_text_and_json_write_the_same_statement(tree: Any):
    try:
        from_text = asked(filters.written(tree), "cql2-text")
    except (WrongInterval, TooDeep):
        assume(False)
    assert from_text == asked(json.dumps(tree), "cql2-json")


def test_every_relation_of_every_two_spans_is_what_python_says(table: psycopg.Connection):
    """Random spans seldom share an end; these share beginnings, ends, both or none, and are open or of no length."""
    ends = ["..", *filters.MOMENTS[:3], ".."]
    spans = [{"interval": [ends[a], ends[b]]} for a in range(4) for b in range(max(a, 1), 5)]
    spans += [{"timestamp": moment} for moment in filters.MOMENTS[:3]]
    wrong = []
    for op in TEMPORAL:
        trees = [{"op": op, "args": [one, other]} for one in spans for other in spans]
        here = scope(filters.KINDS)
        written = sql.SQL(", ").join(condition(read(json.dumps(tree), "cql2-json"), here) for tree in trees)
        found = table.execute(sql.SQL("SELECT {}").format(written), here.values).fetchone()
        wrong += [tree for tree, one in zip(trees, found, strict=True) if one is not plain.verdict(tree, {})]
    assert wrong == []
