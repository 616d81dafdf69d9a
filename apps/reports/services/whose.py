"""Whose report is it? A citizen acts for nobody, so the web asks first and then acts for the authority named."""

from typing import NamedTuple
from uuid import UUID

from django.db import connection


class Whose(NamedTuple):
    """Keys of a report and of the authority it belongs to."""

    report: UUID
    authority: UUID


def whose(*, number: str | None = None, client_id: UUID | None = None) -> Whose | None:
    """The report with this number, or sent under this id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT report, authority FROM reports_whose(%s, %s)", [number, client_id])
        row = cursor.fetchone()
    return Whose(*row) if row else None
