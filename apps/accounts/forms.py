"""Forms of the admin in which a person is named by their login: nobody browses the people of other authorities."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.addresses import address_of

from .models import DeskLogin, Membership, User
from .services import TooManySignIns, begin_sign_in, end_sign_in


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


class SignInForm(AdminAuthenticationForm):
    """`refusal` is set when the password was not looked at, because too many were tried before."""

    refusal: TooManySignIns | None = None

    def clean(self) -> dict[str, Any]:
        name, password = (self.cleaned_data.get(field) for field in ("username", "password"))
        if not name or not password:
            return super().clean()
        tried = {"account": name, "address": address_of(self.request) if self.request else ""}
        try:
            begin_sign_in(**tried, at=timezone.now())
        except TooManySignIns as refusal:
            self.refusal = refusal
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        cleaned = super().clean()
        end_sign_in(**tried, at=timezone.now())
        return cleaned


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
