"""Fields of every form of the desk as people type them: numbers and days in Arabic and Persian digits too.

A browser's own number field (`type=number`) drops what it cannot read before it is sent, so numbers are plain text
there; a telephone still shows its digits.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime, AdminTimeWidget
from django.db import models
from django.forms import SplitDateTimeField, TextInput
from django.forms.widgets import Widget
from django.utils.translation import gettext_lazy as _

from .digits import european

GROUPED = re.compile(r"[-+]?\d{1,3}(\u066c\d{3})+(\.\d+)?")


class Folds(Widget):
    """To put before a widget: gives what was typed in European digits."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        return european(typed) if isinstance(typed, str) else typed


class NumberWidget(Folds, TextInput):
    """A number; the Arabic mark between its thousands is left out. A comma stays: nobody knows which mark it is."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__({"inputmode": "decimal", "dir": "ltr", "autocomplete": "off", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        return typed.replace("\u066c", "") if isinstance(typed, str) and GROUPED.fullmatch(typed.strip()) else typed


class WholeNumberWidget(NumberWidget):
    """A number without a fraction."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__({"inputmode": "numeric", **(attrs or {})})


class DayWidget(Folds, AdminDateWidget):
    """A day, with the calendar of the admin."""


class ClockWidget(Folds, AdminTimeWidget):
    """A time of the day."""


class MomentWidget(AdminSplitDateTime):
    """A day and a time."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.widgets = (DayWidget({"aria-label": _("Date")}), ClockWidget({"aria-label": _("Time")}))


class TypedDigits:
    """To put before a ModelAdmin or an inline: its fields take what is typed in either script."""

    formfield_overrides: ClassVar[Mapping["type[models.Field[Any, Any]]", Mapping[str, Any]]] = {
        models.IntegerField: {"widget": WholeNumberWidget},
        models.BigIntegerField: {"widget": WholeNumberWidget},
        models.DecimalField: {"widget": NumberWidget},
        models.FloatField: {"widget": NumberWidget},
        models.DateField: {"widget": DayWidget},
        models.TimeField: {"widget": ClockWidget},
        models.DateTimeField: {"form_class": SplitDateTimeField, "widget": MomentWidget},
    }
