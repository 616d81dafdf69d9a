from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from gis.cql2 import Kind
from tests import databases
from tests.gis.cql2 import ogc


@dataclass(frozen=True)
class Data:
    """A session that sees the OGC's tables, and what can be asked of each."""

    session: psycopg.Connection
    kinds: dict[str, dict[str, Kind]]

    def found(self, table: str, text: str, **given: Any) -> int:
        return ogc.found(self.session, table, text, self.kinds[table], **given)


@pytest.fixture(scope="module")
def data(django_db_setup: None, django_db_blocker: Any, shared_data: Path) -> Iterator[Data]:
    name = str(connections["default"].settings_dict["NAME"])
    with databases.superuser(name) as session, ogc.loaded(session, shared_data) as kinds:
        yield Data(session, kinds)
