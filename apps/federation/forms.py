"""What a manager says of a subscription: a field of the filter stands on a line of its own."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gis.layers import registry
from gis.refusals import Refusal

from .models import Subscription
from .webhooks.guarded import checked

LONGEST_TOKEN = 4000


class SubscriptionForm(forms.ModelForm):
    """A new one."""

    layer = forms.ChoiceField(label=_("Layer"))
    url = forms.URLField(
        label=_("Address of the receiver"),
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"dir": "ltr", "class": "vURLField"}),
        help_text=_("It begins with https://. Nothing is sent before the receiver has consented."),
    )
    values = forms.CharField(
        label=_("With the values"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("One field of the layer on each line, such as: kind = road. Leave it empty for all features."),
    )
    beginning = forms.BooleanField(
        label=_("Begin with what is there"),
        required=False,
        help_text=_(
            "Every feature of the layer is told first. Otherwise the receiver is told what changes from now on."
        ),
    )

    class Meta:
        model = Subscription
        fields = (
            "purpose", "authority", "layer", "reader", "organisation", "url", "inserts", "updates", "deletions", "bbox",
        )  # fmt: skip
        help_texts = {
            "reader": _("What the receiver may see. The authority itself sees its own records in full."),
            "organisation": _("Only where an organisation reads; then a superuser makes the subscription."),
            "updates": _("A feature that is made and changed again before it is told counts as changed."),
            "bbox": _("West, south, east and north in degrees, such as 58.1,23.4,58.6,23.8. Empty means everywhere."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        layers = cast(forms.ChoiceField, self.fields["layer"])
        layers.choices = [(layer.id, layer.title) for layer in registry if not layer.base_map]

    def clean_url(self) -> str:
        try:
            checked(self.cleaned_data["url"])
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal
        return str(self.cleaned_data["url"])

    def clean_values(self) -> dict[str, str]:
        told: dict[str, str] = {}
        for line in filter(str.strip, self.cleaned_data["values"].splitlines()):
            name, equals, value = line.partition("=")
            if not (equals and name.strip()) or name.strip() in told:
                raise ValidationError(
                    _('"%(line)s" is no filter. Write a field, "=" and its value, each field once.'),
                    params={"line": line.strip()[:80]},
                )
            told[name.strip()] = value.strip()
        return told


class TurnBackForm(forms.ModelForm):
    """One that is there: what it says stays, only its place in the log is turned back."""

    token = forms.CharField(
        label=_("Tell again what changed after"),
        required=False,
        max_length=LONGEST_TOKEN,
        widget=forms.TextInput(attrs={"dir": "ltr", "class": "vTextField"}),
        help_text=_(
            'A token of the change log of this layer, or "beginning" for all. Leave it empty to change nothing.'
        ),
    )

    class Meta:
        model = Subscription
        fields = ()

    def clean_token(self) -> str:
        return str(self.cleaned_data["token"]).strip()
