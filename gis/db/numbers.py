"""Indexes of the numbers by which people name things, made from the layer declarations (`Field.number`).

Equality of texts is leakproof, so that row-level security and the views leave the index to whoever asks for a number.
A number that is unique in its table has an index already.
"""

from typing import Any

from django.db import connections
from django.db.models import Field, Model
from psycopg import sql

from gis.layers import registry

INDEX = sql.SQL("CREATE INDEX {name} ON {table} ({column})")


def install(using: str) -> None:
    """Make those that are not there yet. One that is there is asked for by name, for CREATE INDEX holds up writers."""
    with connections[using].cursor() as cursor:
        for model in {layer.table: layer.model for layer in registry}.values():
            for field in columns(model):
                if not field.unique and not _is_there(cursor, name_of(field)):
                    statement = INDEX.format(
                        name=sql.Identifier(name_of(field)),
                        table=sql.Identifier(model._meta.db_table),
                        column=sql.Identifier(str(field.column)),
                    )
                    cursor.execute(statement.as_string(cursor.cursor))


def _is_there(cursor: Any, index: str) -> bool:
    cursor.execute("SELECT to_regclass(quote_ident(%s)) IS NOT NULL", [index])
    (there,) = cursor.fetchone()
    return bool(there)


def columns(model: type[Model]) -> "list[Field[Any, Any]]":
    """The fields of a model that hold such a number, as any layer of it declares."""
    declared = [(layer, field) for layer in registry if layer.model is model for field in layer.fields if field.number]
    found = [layer.model_field(field) for layer, field in declared]
    return list(dict.fromkeys(field for field in found if field is not None))


def name_of(field: "Field[Any, Any]") -> str:
    """What its index is called."""
    return f"{field.model._meta.db_table}_by_{field.column}"
