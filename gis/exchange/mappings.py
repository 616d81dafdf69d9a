"""Mappings that are kept under a name and offered again for a file with the same columns."""

from django.db import transaction

from .choices import Choices
from .models import Delivery, SavedMapping
from .refusals import NameIt


@transaction.atomic
def save(delivery: Delivery, name: str) -> SavedMapping:
    """Keep how this file is read. A mapping of that name is replaced; its history keeps what it was."""
    if not name.strip():
        raise NameIt
    kept, _made = SavedMapping.objects.update_or_create(
        authority_id=delivery.authority_id,
        layer=delivery.layer,
        name=name.strip()[:100],
        defaults={"columns": columns_of(delivery), "choices": _lasting(delivery)},
    )
    return kept


def offered(delivery: Delivery) -> list[SavedMapping]:
    """Those of files with the same columns, in whatever order they stand."""
    columns = set(columns_of(delivery))
    known = SavedMapping.objects.filter(authority_id=delivery.authority_id, layer=delivery.layer)
    return [mapping for mapping in known if set(mapping.columns) == columns]


def apply(delivery: Delivery, mapping: SavedMapping) -> None:
    """Read this file as the other was. Its own table stays chosen, and its own day."""
    own = Choices.from_json(delivery.choices)
    delivery.choices = mapping.choices | {"table": own.table, "snapshot": own.snapshot}
    delivery.save(update_fields=["choices"])


def columns_of(delivery: Delivery) -> list[str]:
    return [column["name"] for column in delivery.found.get("columns", [])]


def _lasting(delivery: Delivery) -> dict[str, object]:
    """What holds for the next file too: not its table, nor the day of its state."""
    return {**delivery.choices, "table": "", "snapshot": ""}
