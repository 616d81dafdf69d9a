"""The citizen's form. It reads what people type; what may be reported is the service's business."""

import re
from collections.abc import Iterator
from uuid import UUID, uuid4

from django import forms
from django.contrib.gis.geos import Point
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from apps.core.digits import european
from apps.core.typed_place import place_of

from .models import Category, Report, Reporter

NUMBER = re.compile(r"\+?[0-9]{6,15}")


def _longest(model: type[Report] | type[Reporter], name: str) -> int:
    return int(getattr(model._meta.get_field(name), "max_length"))  # noqa: B009  (stubs know no max_length)


class PlaceField(forms.CharField):
    """Latitude and longitude as people type them; gives a point (longitude, latitude; EPSG:4326)."""

    def to_python(self, value: str | None) -> Point | None:  # type: ignore[override]
        text = super().to_python(value)
        return place_of(text) if text else None


class PhoneField(forms.CharField):
    """A phone number (E.164 or national) with Arabic or European digits; blanks and dashes are dropped."""

    def to_python(self, value: str | None) -> str:
        number = european(super().to_python(value) or "").translate(dict.fromkeys(map(ord, " -()./")))
        if number and not NUMBER.fullmatch(number):
            raise forms.ValidationError(
                _("This is no phone number. Write its 6 to 15 digits, with + before the code of a country.")
            )
        return number


class ReportForm(forms.Form):
    """One report. `client_id` is made once for a report, so that sending it again is safe."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    point = PlaceField(
        label=_("Coordinates"),
        max_length=80,
        error_messages={"required": _("Say where it is: tap the map, search, or type coordinates.")},
    )
    category = forms.ModelChoiceField(
        queryset=Category.objects.none(),
        to_field_name="code",
        label=_("About"),
        error_messages={
            "required": _("Choose what it is about."),
            "invalid_choice": _("This kind of problem is not offered. Choose another one."),
        },
    )
    text = forms.CharField(
        label=_("Description"), max_length=_longest(Report, "text"), required=False, widget=forms.Textarea
    )
    photo = forms.FileField(label=_("Photo"), required=False, allow_empty_file=True)
    name = forms.CharField(
        label=_("Name"),
        max_length=_longest(Reporter, "name"),
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    phone = PhoneField(
        label=_("Phone"),
        max_length=_longest(Reporter, "phone"),
        required=False,
        widget=forms.TextInput({"autocomplete": "tel", "type": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=_longest(Reporter, "email"),
        required=False,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("initial", {"client_id": uuid4()})
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["category"].queryset = Category.objects.filter(active=True)  # type: ignore[attr-defined]

    def contact(self) -> Iterator[BoundField]:
        """The fields by which the reporter may be reached."""
        return (self[name] for name in ("name", "phone", "email"))

    def id_of_report(self) -> UUID:
        """The id under which it is sent."""
        return UUID(str(self.cleaned_data["client_id"]))
