"""Forms of the admin in which a person is named by their login: nobody browses the people of other authorities."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import AgencyKey, DeskLogin, Membership, User


class PersonField(forms.CharField):
    """A login name; gives the person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Login name"), max_length=150, **kwargs)

    def clean(self, value: Any) -> Any:
        name = super().clean(value)
        person = User.objects.filter(username=name, is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("Nobody has this login name. Write it exactly as it is."))
        return person


class MembershipForm(forms.ModelForm):
    """Who becomes what, from when."""

    person = PersonField()

    class Meta:
        model = Membership
        fields = ("person", "authority", "role", "unit", "valid_from", "valid_to")


class DeskLoginForm(forms.ModelForm):
    """Who gets an own database login."""

    person = PersonField()

    class Meta:
        model = DeskLogin
        fields = ("person", "authority")


class AgencyKeyForm(forms.ModelForm):
    """Which organisation reads, and what for."""

    class Meta:
        model = AgencyKey
        fields = ("organisation", "purpose", "ends_at")
