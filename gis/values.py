"""The values of a statement, kept apart from its text: what a caller wrote never becomes SQL."""

from typing import Any

from psycopg import sql


class Values(dict[str, Any]):
    """Parameters by name, to be handed over with the composed statement that names them.

    A statement of several parts shares one `Values`, so that no two parts use a name twice.
    """

    def __call__(self, value: Any) -> sql.Placeholder:
        """Keep the value; SQL: where it stands."""
        name = f"v{len(self) + 1}"
        self[name] = value
        return sql.Placeholder(name)
