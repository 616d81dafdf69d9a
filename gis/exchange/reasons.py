"""Why one feature is in quarantine, and what was repaired in one that is not; each in both languages."""

from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.findings import Finding, Reason
from gis.quoting import with_details
from gis.refusals import Refusal
from gis.remedies import Remedied

REASONS: dict[str, str | Promise | Remedied] = {
    # reading
    "row_of_wrong_length": _(
        "Values in the row: %(found)s; columns in the first line: %(expected)s. Correct the row in the source."
    ),
    "text_not_utf8": _("The text in column %(column)s is damaged (not UTF-8). Correct it in the source."),
    "text_with_nul": _("The text in column %(column)s is damaged (it holds the sign NUL). Correct it in the source."),
    "bad_coordinate": _('"%(value)s" in column %(column)s is no coordinate.'),
    "not_a_feature": _("This entry is no GeoJSON feature."),
    "bad_properties": _("The properties of this GeoJSON feature are no object."),
    "bad_geojson_geometry": _("The GeoJSON geometry is wrong."),
    "bad_kml_geometry": _("The KML geometry is wrong."),
    "outline_open": _("The outline (handle %(handle)s) does not close: its ends are %(gap)s m apart. Close it."),
    "several_texts": _("Several texts of %(column)s lie inside the outline: %(values)s. Leave one."),
    "bad_drawing": _("The %(kind)s (handle %(handle)s) cannot be read."),
    "data_elsewhere": _("This entry only refers to data elsewhere (%(href)s). Save that data itself as KML."),
    "osm_incomplete": _(
        "The extract lacks %(missing)s of the %(parts)s parts of this feature (%(feature)s), so its shape is not known."
        " Make the extract with complete ways: osmium extract -s smart"
    ),
    # place
    "repair_changes_area": _(
        "The outline is not valid; repairing it would change its area from %(before)s to %(after)s m². Draw it again."
    ),
    "outside_system": _("The coordinates lie outside the area where %(system)s is defined."),
    "swapped_axes": _("Longitude and latitude look swapped: as given the feature lies outside %(authority)s."),
    "outside_jurisdiction": _("The feature lies outside %(authority)s."),
    # values
    "missing_value": _("%(field)s is missing."),
    "too_long": _('%(field)s "%(value)s" is longer than %(most)s characters.'),
    "bad_value": _('"%(value)s" is not a valid value for %(field)s.'),
    "unclear_number": _('"%(value)s" in %(field)s can be read as two numbers. Write it without a comma.'),
    "unclear_date": Remedied(
        _('"%(value)s" in %(field)s can be read as two dates.'),
        command=_("Say --dates dmy (day first) or --dates mdy (month first)."),
        page=_("Write it with the year first, or choose on the page of the file what dates begin with."),
    ),
    "unknown_code": _('"%(value)s" is not in the list of %(field)s. It has: %(known)s.'),
    "unknown_reference": _('There is no %(field)s "%(value)s" here.'),
    "ambiguous_reference": _('"%(value)s" in %(field)s means more than one record. Give its code.'),
    # records
    "missing_key": _("The record has no number in the source, so a later file could not recognise it."),
    "duplicate_key": _("Row %(row)s has the same number in the source (%(value)s)."),
    "duplicate": _("Row %(row)s has the same %(fields)s."),
    "already_there": _("Another record has the same %(fields)s already: %(rival)s."),
    "rule_broken": _('The values of %(fields)s break the rule "%(rule)s".'),
    "overlaps_row": _("It overlaps row %(row)s (%(rival)s) by a strip %(width)s m wide; %(tolerance)s m are allowed."),
    "overlaps_record": _("It overlaps %(rival)s by a strip %(width)s m wide; %(tolerance)s m are allowed."),
    "overlaps_other_authority": _(
        "It overlaps a record of another authority by a strip %(width)s m wide; %(tolerance)s m are allowed."
    ),
}

# A reason in a few words, for the report's table.
TITLES: dict[str, str | Promise] = {
    Reason.MISSING.value: _("without geometry"),
    Reason.UNREADABLE.value: _("geometry unreadable"),
    Reason.EMPTY.value: _("geometry empty"),
    Reason.TOO_MANY_POINTS.value: _("too many points"),
    Reason.NOT_FINITE.value: _("coordinate not a number"),
    Reason.OUT_OF_BOUNDS.value: _("not longitude and latitude"),
    Reason.WRONG_KIND.value: _("wrong kind of geometry"),
    Reason.INVALID.value: _("outline not valid"),
    Reason.BEYOND_REPAIR.value: _("outline beyond repair"),
    Reason.VANISHED.value: _("nothing left after repair"),
    "row_of_wrong_length": _("row of wrong length"),
    "text_not_utf8": _("text damaged"),
    "text_with_nul": _("text damaged"),
    "bad_coordinate": _("coordinate unreadable"),
    "not_a_feature": _("no feature"),
    "bad_properties": _("properties wrong"),
    "bad_geojson_geometry": _("GeoJSON geometry wrong"),
    "bad_kml_geometry": _("KML geometry wrong"),
    "outline_open": _("outline not closed"),
    "several_texts": _("several texts inside"),
    "bad_drawing": _("entity unreadable"),
    "data_elsewhere": _("data elsewhere"),
    "osm_incomplete": _("cut off by the extract"),
    "repair_changes_area": _("repair would change the area"),
    "outside_system": _("outside the coordinate system"),
    "swapped_axes": _("coordinates swapped"),
    "outside_jurisdiction": _("outside the jurisdiction"),
    "missing_value": _("value missing"),
    "too_long": _("text too long"),
    "bad_value": _("value not valid"),
    "unclear_number": _("number unclear"),
    "unclear_date": _("date unclear"),
    "unknown_code": _("code not in the list"),
    "unknown_reference": _("names a record that is not there"),
    "ambiguous_reference": _("names more than one record"),
    "missing_key": _("without number in the source"),
    "duplicate_key": _("number in the source twice"),
    "duplicate": _("values twice in the file"),
    "already_there": _("values of another record"),
    "rule_broken": _("breaks a rule of the layer"),
    "overlaps_row": _("overlaps another row"),
    "overlaps_record": _("overlaps a stored record"),
    "overlaps_other_authority": _("overlaps another authority's record"),
}


# Details that count something; the number of a row is its name, and written as such.
COUNTS = ("expected", "found", "missing", "most", "parts")


def reason(code: str, details: dict[str, Any]) -> tuple[str, str]:
    """The sentence in Arabic and in English; geometry has its own reasons (`gis.findings`)."""
    if code in Reason.values:
        return in_both(Finding(Reason(code), details), {})
    return in_both(REASONS[code], details)


def in_both(sentence: object, details: dict[str, Any]) -> tuple[str, str]:
    """A lazy sentence or Refusal in Arabic and in English, with details that may be lazy themselves."""
    texts = []
    for language in ("ar", "en"):
        with translation.override(language):
            told = {
                name: f"{detail:,}" if name in COUNTS and isinstance(detail, int) else detail
                for name, detail in details.items()
            }
            texts.append(with_details(str(sentence) % told if told else str(sentence), details.get("why", "")))
    return texts[0], texts[1]


class BadConstant(Refusal):
    """A value given with --set is none of the field's; the sentence is the one a row would get."""

    code = "bad_constant"

    def __init__(self, target: Any, reason: str, details: dict[str, Any]) -> None:
        super().__init__(**details)
        self.target = target
        self.reason = reason

    def __str__(self) -> str:
        told = self.details | {"field": self.target.title(self.details["field"])}
        return str(REASONS[self.reason]) % told
