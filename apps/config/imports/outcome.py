"""A run in numbers: those that add up to what was read, those beside them, and the features behind each."""

from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from gis.exchange.models import ImportFeature, ImportRun
from gis.exchange.report import Report

LISTED = 200  # features of a group, and rows beside the map; the work list and the layer have all
Outcome = ImportFeature.Outcome


@dataclass(frozen=True)
class Figure:
    """A number of the report, and where on the page its features are listed ("" where they are not)."""

    title: str
    number: int
    way: str = ""


@dataclass(frozen=True)
class Group:
    """Records that a run wrote, `total` of them, of which the first are listed under the page's anchor `name`."""

    name: str
    title: str
    listed: list[ImportFeature]
    total: int


def features_of(run: ImportRun, report: Report) -> list[Group]:
    """The repaired, the new, the changed and the ended; of each the first LISTED."""
    kept = run.features.order_by(F("row").asc(nulls_last=True))
    groups = [Group("repaired", _("Repaired"), list(kept.exclude(notes="")[:LISTED]), report.repaired)]
    totals = {Outcome.NEW: report.added, Outcome.CHANGED: report.changed, Outcome.ENDED: report.ended}
    for outcome, total in totals.items():
        groups.append(Group(outcome.value, str(outcome.label), list(kept.filter(outcome=outcome)[:LISTED]), total))
    return [group for group in groups if group.listed]


def figures(run: ImportRun, report: Report, groups: list[Group]) -> list[list[Figure]]:
    """First those that add up to what was read; then those that are counted among or beside them."""
    ways = {group.name: f"#features-{group.name}" for group in groups}
    held = "#quarantine" if report.quarantined else ""
    sums = [
        Figure(_("Read"), report.read),
        Figure(_("New"), report.added, ways.get("new", "")),
        Figure(_("Changed"), report.changed, ways.get("changed", "")),
        Figure(_("Unchanged"), report.unchanged),
        Figure(_("In quarantine"), report.quarantined, held),
    ]
    beside = [
        Figure(_("Repaired, of those in the layer"), report.repaired, ways.get("repaired", "")),
        Figure(_("Ended"), report.ended, ways.get("ended", "")),
    ]
    return [sums, beside]
