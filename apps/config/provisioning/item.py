"""One thing that provisioning gives, and how it is known to be there."""

from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Identifier, Literal


@dataclass(frozen=True)
class Item:
    """`question` is one SQL expression's SELECT, true when it holds; `statements` make it so, again and again."""

    code: str
    sentence: str
    question: str
    statements: tuple[str, ...]


def text(template: str, **values: str | int | list[str] | Composable) -> str:
    """SQL text in which each {value} is quoted as a literal; wrap identifiers in `name`."""
    quoted = {key: value if isinstance(value, Composable) else Literal(value) for key, value in values.items()}
    return SQL(template).format(**quoted).as_string()


def name(identifier: str) -> Identifier:
    """An identifier, quoted when it must be."""
    return Identifier(identifier)
