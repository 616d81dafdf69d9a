"""Forms of the desk: what is proposed for a parcel, and the decision of another officer."""

from typing import Any

import shapely
from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.core.digits import european
from gis import crs
from gis.geometry import from_geos
from gis.systems import catalogue

from .models import ParcelDraft
from .services import Outline, surveyed_outline

FEWEST_CORNERS = 3
NUMBERS = frozenset({"plot_no", "block_no", "krooki_no", "deed_no"})


class ProposalForm(forms.ModelForm):
    """An outline, drawn on the map or typed as it was surveyed, with what is said of the parcel.

    `cleaned_data["outline"]` is what was typed, else what was drawn; where nothing was drawn anew, the survey that the
    parcel has already, so that a corrected number costs no legal coordinate.
    """

    system = forms.ChoiceField(label=_("Coordinate system of the corners"), required=False)
    corners = forms.CharField(
        label=_("Surveyed corners"),
        required=False,
        widget=forms.Textarea({"rows": 5, "dir": "ltr"}),
        help_text=_("One corner on each line: easting and northing, or longitude and latitude. They replace the map."),
    )

    class Meta:
        model = ParcelDraft
        fields = (
            "parcel", "authority", "plot_no", "block_no", "scheme", "wilayat", "land_use", "status", "legal_area_m2",
            "krooki_no", "deed_no", "geom", "valid_from", "reason",
        )  # fmt: skip
        widgets = {"parcel": forms.HiddenInput, "valid_from": AdminDateWidget, "reason": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["geom"].required = False
        if "authority" in self.fields:  # a parcel has one already
            self.fields["authority"].required = False
        self.fields["system"].choices = _systems()  # type: ignore[attr-defined]

    def clean_corners(self) -> shapely.Polygon | None:
        """A polygon of the typed corners, in their own system."""
        written = [line for line in european(self.cleaned_data["corners"]).splitlines() if line.strip()]
        if not written:
            return None
        corners = [_corner(line) for line in written]
        if len(corners) < FEWEST_CORNERS:
            raise forms.ValidationError(_("An outline has at least three corners."))
        return shapely.Polygon(corners)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in NUMBERS.intersection(given):
            given[name] = european(given[name])
        parcel = given.get("parcel")
        if parcel is not None:
            given["authority"] = parcel.authority
        elif given.get("authority") is None:
            self.add_error("authority", _("Choose the authority that the parcel belongs to."))
        if not self.errors:
            given["outline"] = self._outline(given)
        return given

    def _outline(self, given: dict[str, Any]) -> Outline | None:
        if given["corners"] is not None:
            return Outline(given["corners"], given["system"] or crs.STORAGE)
        parcel, drawn = given.get("parcel"), given.get("geom")
        if parcel is not None and (drawn is None or drawn.equals_exact(parcel.geom, tolerance=1e-9)):
            return surveyed_outline(parcel)
        if drawn is None:
            self.add_error("geom", _("Draw the outline on the map, or type its corners."))
            return None
        return Outline(from_geos(drawn))

    def validate_constraints(self) -> None:
        """A false outline is refused by the service, in words and with the place of its fault."""


class DecisionForm(forms.ModelForm):
    """What becomes of a draft, and why."""

    APPROVE, REJECT = "approve", "reject"
    CHOICES = ((APPROVE, _("Approve: the parcel becomes what is proposed")), (REJECT, _("Reject: nothing changes")))

    decision = forms.ChoiceField(label=_("Decision"), choices=CHOICES, widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Kept with the draft for its proposer. A rejection needs it."),
    )

    class Meta:
        model = ParcelDraft
        fields = ()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("decision") == self.REJECT and not given.get("answer"):
            self.add_error("answer", _("Say why it is rejected."))
        return given

    def validate_constraints(self) -> None:
        """A decision changes nothing that they are about."""


def _systems() -> list[tuple[str, str]]:
    """The country's systems by name; longitude and latitude first."""
    language = get_language() or "ar"
    known = catalogue().systems.values()
    named = [(one.code, f"{one.title.get(language, one.code)} ({one.code})") for one in known]
    return sorted(named, key=lambda pair: (pair[0] != crs.STORAGE, pair[1]))


def _corner(line: str) -> tuple[float, float]:
    """Two numbers, apart by a space, a comma or a semicolon."""
    parts = line.replace("،", " ").replace(",", " ").replace(";", " ").split()
    try:
        x, y = (float(part) for part in parts)
    except ValueError as error:
        raise forms.ValidationError(
            _("Not a corner: %(line)s. Write two numbers on each line: easting and northing."),
            params={"line": line.strip()},
        ) from error
    return x, y
