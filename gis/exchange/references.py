"""Foreign keys by what a file calls the record: its code, its number, a name in either language, a former name."""

from typing import Any
from uuid import UUID

from django.db.models import CharField, ForeignKey, Model, Q, QuerySet

from gis.db.functions import NormAr
from gis.layers import registry

from .target import Target
from .values import Fault

# Asked in this order; the first kind of name that one record has decides.
CODES = ("code", "number", "source_id")
NAMES = ("name_ar", "name_en")


class References:
    """Looks up one foreign key, and remembers. Used inside `acting_as`: other authorities' records are not found."""

    def __init__(self, target: Target, name: str) -> None:
        self.target = target
        self.name = name
        field = target.fields[name]
        assert isinstance(field, ForeignKey)  # noqa: S101
        model: Any = field.related_model
        self.model: type[Model] = model
        self.known: dict[str, str | Fault] = {}

    def look_up(self, texts: set[str]) -> dict[str, str | Fault]:
        """The key of each record, or why there is none."""
        unknown = texts - self.known.keys()
        left = set(unknown)
        for asking in (self._by_code, self._by_name, self._by_former_name):
            if left:
                found = asking(left)
                self.known |= found
                left -= found.keys()
        for text in left:
            self.known[text] = ("unknown_reference", {"field": self.name, "value": text[:80]})
        return self.known

    def _by_code(self, texts: set[str]) -> dict[str, str | Fault]:
        names = [name for name in self._codes() if self._has(name)]
        pairs: list[tuple[str, UUID]] = []
        for name in names:
            pairs += self._rows().filter(**{f"{name}__in": texts}).values_list(name, "pk")
        return self._one_each(pairs)

    def _by_name(self, texts: set[str]) -> dict[str, str | Fault]:
        pairs: list[tuple[str, UUID]] = []
        for name in filter(self._has, NAMES):
            pairs += self._rows().filter(**{f"{name}__in": texts}).values_list(name, "pk")
        found = self._one_each(pairs)
        return found | self._folded(texts - found.keys(), NAMES, self._rows(), "pk")

    def _by_former_name(self, texts: set[str]) -> dict[str, str | Fault]:
        relation: Any = next((r for r in self.model._meta.related_objects if r.name == "aliases"), None)
        if relation is None:
            return {}
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__isnull": False})
        return self._folded(texts, ("name",), rows, f"{relation.field.name}_id")

    def _folded(self, texts: set[str], names: tuple[str, ...], rows: QuerySet[Any], key: str) -> dict[str, str | Fault]:
        """As search compares: hamza, spelling and case do not matter."""
        found: dict[str, str | Fault] = {}
        for text in texts:
            alike = Q()
            for name in filter(lambda name: _has(rows.model, name), names):
                rows = rows.annotate(**{f"folded_{name}": NormAr(name)})
                alike |= Q(**{f"folded_{name}": NormAr(_value(text))})
            found |= self._one_each([(text, pk) for pk in rows.filter(alike).values_list(key, flat=True)[:2]])
        return found

    def _one_each(self, pairs: list[tuple[str, UUID]]) -> dict[str, str | Fault]:
        keys: dict[str, set[UUID]] = {}
        for text, key in pairs:
            keys.setdefault(text, set()).add(key)
        several: Fault
        answers: dict[str, str | Fault] = {}
        for text, found in keys.items():
            several = ("ambiguous_reference", {"field": self.name, "value": text[:80]})
            answers[text] = str(next(iter(found))) if len(found) == 1 else several
        return answers

    def _rows(self) -> QuerySet[Any]:
        rows = self.model._base_manager.all()
        if _has(self.model, "authority"):
            rows = rows.filter(authority=self.target.holder.id)
        return rows.filter(valid_to__isnull=True) if _has(self.model, "valid_to") else rows

    def _codes(self) -> tuple[str, ...]:
        """And what the layer of these records uses as label."""
        labels = [layer.label for layer in registry if layer.model is self.model]
        return (*CODES, *(label for label in labels if label not in (*CODES, *NAMES)))

    def _has(self, name: str) -> bool:
        return _has(self.model, name)


def _has(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _value(text: str) -> Any:
    from django.db.models import Value

    return Value(text, output_field=CharField())
