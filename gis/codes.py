"""Codes of a list: what a field knows, and fields that hold several codes of one list at once."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import CheckConstraint, Field, TextField, Value
from django.forms import CheckboxSelectMultiple, MultipleChoiceField

from gis.db.functions import CodeSet


class CodesField(ArrayField):  # type: ignore[type-arg]  # at run time it takes none
    """Several codes of one list, each at most once (text[], never null): a set, kept in the order of the list.

    `base_field` is a TextField whose choices are the list. The table needs the rule of `of_the_list` besides, so that
    no tool brings in what is none of the codes.
    """

    def in_order(self, codes: Iterable[str]) -> list[str]:
        """The same codes as they are kept. What is no code comes last, for the rules to refuse."""
        known = [code for code, _title in choices_of(self)]
        return sorted(codes, key=lambda code: known.index(code) if code in known else len(known))

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        codes = super().pre_save(model_instance, add)
        return self.in_order(codes) if isinstance(codes, list | tuple) else codes

    def formfield(self, **named: Any) -> Any:
        """A box to tick for each code."""
        given = {"choices": choices_of(self), "widget": CheckboxSelectMultiple, "form_class": MultipleChoiceField}
        return Field.formfield(self, **{**named, **given})


def of_the_list(name: str, codes: Iterable[str], sentence: Any, *, rule: str) -> CheckConstraint:
    """What the table of a CodesField says: nothing but these codes, each once. `rule` is the constraint's name."""
    listed = Value(list(codes), output_field=ArrayField(TextField()))
    return CheckConstraint(condition=CodeSet(name, listed), name=rule, violation_error_message=sentence)


def choices_of(field: "Field[Any, Any]") -> list[tuple[str, Any]]:
    """Codes of a field with their titles, also of one that holds several; of a field without codes nothing."""
    listed = field.base_field if isinstance(field, CodesField) else field
    return [(str(code), title) for code, title in listed.flatchoices or ()]
