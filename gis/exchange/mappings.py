"""Mappings that are kept under a name and offered again for a file with the same columns."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from .choices import Choices
from .models import Delivery, SavedMapping
from .refusals import MappingGone, NameIt, NameTaken


@transaction.atomic
def save(delivery: Delivery, name: str, *, replacing: bool = False) -> SavedMapping:
    """Keep how this file is read. Of `replacing` a mapping of that name its history keeps what it was.

    Raises NameIt, NameTaken.
    """
    name = name.strip()[:100]
    if not name:
        raise NameIt
    if not replacing and _kept_for(delivery).filter(name=name).exists():
        raise NameTaken(name=name)
    kept, _made = SavedMapping.objects.update_or_create(
        authority_id=delivery.authority_id,
        layer=delivery.layer,
        name=name,
        defaults={"columns": columns_of(delivery), "choices": _lasting(delivery)},
    )
    return kept


def offered(delivery: Delivery) -> list[SavedMapping]:
    """Those of files with the same columns, in whatever order they stand."""
    columns = set(columns_of(delivery))
    return [mapping for mapping in _kept_for(delivery) if set(mapping.columns) == columns]


def find(delivery: Delivery, key: UUID | None) -> SavedMapping:
    """One of the same layer and authority. Raises MappingGone where somebody deleted it meanwhile."""
    found = _kept_for(delivery).filter(pk=key).first() if key else None
    if found is None:
        raise MappingGone
    return found


def apply(delivery: Delivery, mapping: SavedMapping) -> None:
    """Read this file as the other was. Its own table stays chosen, and its own day."""
    own = Choices.from_json(delivery.choices)
    delivery.choices = mapping.choices | {"table": own.table, "snapshot": own.snapshot}
    delivery.save(update_fields=["choices"])


def _kept_for(delivery: Delivery) -> QuerySet[SavedMapping]:
    return SavedMapping.objects.filter(authority_id=delivery.authority_id, layer=delivery.layer)


def columns_of(delivery: Delivery) -> list[str]:
    return [column["name"] for column in delivery.found.get("columns", [])]


def _lasting(delivery: Delivery) -> dict[str, object]:
    """What holds for the next file too: not its table, nor the day of its state."""
    return {**delivery.choices, "table": "", "snapshot": ""}
