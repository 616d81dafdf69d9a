"""The quarter, made once for a file of tests: they only read it."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.scene import Scene, set_up


@pytest.fixture(scope="module")
def scene(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with set_up(template_database, django_db_blocker, label="screens") as made:
        yield made
