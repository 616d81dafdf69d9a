"""Forms of the officer's screens: the next step with its answer, and the review of a photo."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Photo, Report, StatusNote
from .workflow import Status, next_states


class StepForm(forms.ModelForm):
    """A report with the step that is taken next. Which steps there are, the workflow says."""

    step = forms.ChoiceField(label=_("Next step"), required=False)
    answer = forms.CharField(
        label=_("Answer to the reporter"),
        required=False,
        max_length=StatusNote._meta.get_field("answer").max_length,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The reporter reads this. It is needed when the report ends or goes back."),
    )

    class Meta:
        model = Report
        fields = ("category", "geom")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = next_states(Status(self.instance.status))
        choices = [("", _("No change")), *((step.value, step.label) for step in steps)]
        self.fields["step"].choices = choices  # type: ignore[attr-defined]


class ReviewForm(forms.ModelForm):
    """A photo with its blurred copy, or the word that it stays hidden."""

    blurred = forms.FileField(
        label=_("Blurred copy"),
        required=False,
        help_text=_("The photo with faces and number plates blurred. The public sees this copy, never the original."),
    )
    hide = forms.BooleanField(label=_("Do not show it to the public"), required=False)

    class Meta:
        model = Photo
        fields = ()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("blurred") and given.get("hide"):
            raise forms.ValidationError(_("Either give a blurred copy or hide the photo, not both."))
        return given
