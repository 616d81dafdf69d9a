"""Faults put into the functions of a database, to see that the tests find them."""

from tests import databases


def replace(database: str, function: str, *changes: tuple[str, str]) -> None:
    """Put a fault into a function of this database; its owner and rights stay."""
    with databases.superuser(database) as root:
        ((text,),) = root.execute("SELECT pg_get_functiondef(%s::regproc)", [function]).fetchall()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        root.execute(text)
