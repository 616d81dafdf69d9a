"""The form of a new key: whose it is, what for, and what it opens."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.territory.models import Authority
from gis.features import nearest
from gis.layers import AGENCIES, Layer, registry
from gis.scopes import READ, Grant

from .models import AgencyKey, KeyScope


def _layers() -> list[tuple[str, Any]]:
    return [(layer.id, layer.title) for layer in registry if not layer.base_map]


class AgencyKeyForm(forms.ModelForm):
    """Which organisation, and what for. Where nothing limits the key, it reads all that agencies see."""

    layers = forms.MultipleChoiceField(
        label=_("Only these layers"), choices=_layers, required=False, widget=forms.CheckboxSelectMultiple
    )
    authorities = forms.ModelMultipleChoiceField(
        label=_("Only these municipalities"), queryset=Authority.objects.order_by("code"), required=False
    )
    fields_shown = forms.CharField(
        label=_("Only these fields"),
        required=False,
        max_length=1000,
        help_text=_("Names of fields with commas between them, as the schema of the layer has them. Empty: all."),
    )
    verbs = forms.MultipleChoiceField(
        label=_("May"),
        choices=KeyScope.Verb.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a choice the key reads and does not write."),
    )

    class Meta:
        model = AgencyKey
        fields = ("organisation", "purpose", "ends_at")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [registry[name] for name in cleaned.get("layers", ())]
        for layer in chosen:
            if cleaned.get("authorities") and not layer.owned:
                sentence = _("%(layer)s belong to no municipality. Choose the layer or the municipalities, not both.")
                self.add_error("authorities", forms.ValidationError(sentence, params={"layer": layer.title}))
        self._check_fields(chosen or [layer for layer in registry if not layer.base_map])
        return cleaned

    def grants(self) -> list[Grant]:
        """What the key opens; nothing where nothing was chosen, and the key is not limited."""
        given = self.cleaned_data
        if not any(given.get(name) for name in ("layers", "authorities", "fields_shown", "verbs")):
            return []
        return [
            Grant(layer, authority, frozenset(self._names()), frozenset(given["verbs"] or [READ]))
            for layer in given["layers"] or [""]
            for authority in [one.pk for one in given["authorities"]] or [None]
        ]

    def _names(self) -> list[str]:
        given = self.cleaned_data.get("fields_shown", "").replace("،", ",")
        return [name.strip() for name in given.split(",") if name.strip()]

    def _check_fields(self, layers: Iterable[Layer]) -> None:
        known = {field.name for layer in layers for field in layer.fields_for(AGENCIES)}
        for name in self._names():
            if name not in known:
                sentence = _('No chosen layer shows agencies a field "%(name)s". The nearest is "%(nearest)s".')
                told = {"name": name, "nearest": nearest(name, known)}
                self.add_error("fields_shown", forms.ValidationError(sentence, params=told))
