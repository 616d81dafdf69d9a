"""How an authority presents itself."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from apps.core.refusals import Refusal
from gis import crs

from .emblems import clean, name_of
from .models import Authority


class AuthorityForm(forms.ModelForm):
    """With the emblem as a picture to send; what is stored went through the gate."""

    first_language = forms.ChoiceField(label=_("First language"), choices=settings.LANGUAGES)

    class Meta:
        model = Authority
        fields = "__all__"  # noqa: DJ007 - the admin says which
        widgets = {"accent": forms.TextInput({"dir": "ltr", "placeholder": "#0d6b66"})}
        help_texts = {
            "emblem": _("A PNG picture, see-through around the emblem. Every page of the authority shows it.")
        }

    def clean_emblem(self) -> Any:
        """A new picture is cleaned; none, or the word to take it away, is passed on."""
        given = self.cleaned_data["emblem"]
        if not given or "emblem" not in self.changed_data:
            return given
        try:
            png = clean(given)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return ContentFile(png, name=name_of(self.instance.code or self.cleaned_data.get("code", ""), png))

    def clean_working_crs(self) -> str:
        """Imports compare files with it: one that nobody knows would be found out by the first of them."""
        given: str = self.cleaned_data["working_crs"]
        try:
            crs.identify(given)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return given

    def clean_accent(self) -> str:
        """Kept in small letters, as addresses have it."""
        colour: str = self.cleaned_data["accent"].strip().lower()
        return colour
