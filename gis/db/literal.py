"""Queries of the ORM as SQL text with their values in it: for what cannot take parameters, such as a view."""

from typing import Any

from psycopg import sql


def composed(connection: Any, text: str, parameters: Any) -> sql.SQL:
    """The compiled query with its values quoted by psycopg; `connection` is Django's, of PostgreSQL."""
    return sql.SQL(connection.ops.compose_sql(text, parameters))
