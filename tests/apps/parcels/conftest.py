from collections.abc import Iterator

import psycopg
import pytest

from tests import databases
from tests.apps.accounts.city import Two, two_authorities, web_session


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


@pytest.fixture
def webs(committed_db: str, two: Two) -> Iterator[list[psycopg.Connection]]:
    with web_session(committed_db, two.officer) as one, web_session(committed_db, two.stranger) as other:
        yield [one, other]


@pytest.fixture
def root(committed_db: str) -> Iterator[psycopg.Connection]:
    with databases.superuser(committed_db) as session:
        yield session
