"""The feed's ground, made once for each file of tests: they only read it."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import DjangoDbBlocker

from .ground import Ground, prepared


@pytest.fixture(scope="module")
def ground(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Ground]:
    with prepared(template_database, django_db_blocker, label="feed") as made:
        cache.clear()
        yield made
        cache.clear()
