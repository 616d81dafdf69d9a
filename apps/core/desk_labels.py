"""Labels of the desk's forms: a field's name, with the unit that the layer declares for it."""

from django.db.models import Model
from django.utils.text import capfirst

from gis.layers import registry

from .wording import unit_of


def labels_of(model: type[Model]) -> dict[str, str]:
    """By column, in the language in force. A draft's columns are named as those of the layer that it is for."""
    units = {
        field.source or field.name: unit_of(field)
        for layer in registry
        if layer.model._meta.app_label == model._meta.app_label
        for field in layer.fields
        if field.unit
    }
    return {
        column.name: f"{capfirst(column.verbose_name)} ({units[column.name]})"
        for column in model._meta.concrete_fields
        if column.name in units
    }
