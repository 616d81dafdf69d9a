"""What became of a file: numbers that add up, said in either language."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.findings import Note
from gis.remedies import Remedied

from .listing import listed
from .order import Order
from .reasons import TITLES
from .staging import Asking

STOPPED = gettext_lazy("Stopped. Nothing was written.")
# Who told the coordinate system or the text encoding.
TOLD_BY = {
    "option": gettext_lazy("as you said"),
    "file": gettext_lazy("as the file says"),
    "columns": gettext_lazy("from the names of the columns"),
    "standard": gettext_lazy("by the standard of the format"),
    "detected": Remedied(
        "", command=gettext_lazy("detected; give --encoding if the text looks wrong"), page=gettext_lazy("detected")
    ),
}
# What the reader found out about the file as a whole.
REMARKS = {
    "dxf_recovered": gettext_lazy("The drawing was damaged and read with %(errors)s corrections; look at it closely."),
    "dxf_unit": gettext_lazy("Unit of the drawing: %(unit)s, that is %(metres)s m"),
    "dxf_unit_missing": Remedied(
        gettext_lazy("The drawing does not say its unit: read as metres."),
        command=gettext_lazy("Say another with --map unit="),
        page=gettext_lazy("Choose another under “Unit of the drawing”."),
    ),
    "dxf_georeference": gettext_lazy("Placed by the georeference in the drawing, in %(system)s"),
    "dxf_georeference_unread": gettext_lazy("The drawing holds a georeference that cannot be understood."),
    "dxf_left_out": gettext_lazy("On this CAD layer but no records: %(kinds)s"),
    "osm_cut": gettext_lazy(
        "The extract is cut off at its edge: %(ways)s ways and %(relations)s relations lack parts. "
        "Those that could be drawn are quarantined; the others (%(undrawn)s ways, and areas that lack a whole way) "
        "are not in the table."
    ),
}


@dataclass(frozen=True)
class Report:
    """`read` rows came in; each was added, changed a record, said nothing new, or is in quarantine by reason.

    `repaired` of those in the layer were changed without harm, as `notes` tell; `ended` records were closed.
    """

    read: int
    added: int
    changed: int
    unchanged: int
    repaired: int
    ended: int
    quarantine: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.in_layer + self.quarantined != self.read:
            raise ArithmeticError(f"the report does not add up: {asdict(self)}")

    @property
    def in_layer(self) -> int:
        return self.added + self.changed + self.unchanged

    @property
    def quarantined(self) -> int:
        return sum(self.quarantine.values())

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"in_layer": self.in_layer, "quarantined": self.quarantined}

    @classmethod
    def from_json(cls, counts: dict[str, Any]) -> Self:
        """What `to_json` wrote."""
        return cls(**{one.name: counts[one.name] for one in fields(cls)})

    def lines(self) -> list[str]:
        """The report in the language of the moment, a line for each number."""
        return [
            _line(_("Read"), self.read),
            _line(_("In the layer as they came"), self.in_layer - self.repaired),
            _line(_("In the layer after a repair"), self.repaired),
            *(_line(f"  {Note(note).label}", count) for note, count in sorted(self.notes.items())),
            _line(_("In quarantine"), self.quarantined),
            *(_line(f"  {TITLES[code]}", count) for code, count in _most_first(self.quarantine)),
            _line(_("Of those in the layer, new"), self.added),
            _line(_("Of those in the layer, changed"), self.changed),
            _line(_("Of those in the layer, unchanged"), self.unchanged),
            _line(_("Records ended"), self.ended),
        ]


def count(ask: Asking, read: int) -> Report:
    """The report of what is staged now."""
    added, changed, unchanged, repaired = ask.all(
        "SELECT count(*) FILTER (WHERE import_was IS NULL AND NOT import_same), "
        "count(*) FILTER (WHERE import_was IS NOT NULL AND NOT import_same), "
        "count(*) FILTER (WHERE import_same), count(import_notes) FROM {rows}"
    )[0]
    notes: Counter[str] = Counter()
    for texts, rows in ask.all("SELECT import_notes, count(*) FROM {rows} WHERE import_notes IS NOT NULL GROUP BY 1"):
        notes.update(dict.fromkeys(texts.split(","), rows))
    faults = dict(ask.all("SELECT code, count(*) FROM {faults} GROUP BY code"))
    ended = ask.one("SELECT count(*) FROM {gone} WHERE ends")
    return Report(read, added, changed, unchanged, repaired, ended, faults, dict(notes))


def _line(title: object, number: int) -> str:
    return f"{title}: {number:,}"


def _most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def describe(order: Order, report: Report, about: dict[str, Any]) -> list[str]:
    """The file, how it was understood, and the report; in the language of the moment."""
    title = _("%(file)s into %(layer)s") % {"file": order.path.name, "layer": order.layer}
    lines = [title + (" · " + _("dry run: nothing was written") if order.dry_run else "")]
    lines += [f"{title}: {value}" if title else value for title, value in understood(about)]
    return [*lines, *report.lines()]


def understood(about: dict[str, Any], title: Callable[[str], object] = str) -> list[tuple[str, str]]:
    """How a file was read, as titles and values in the language of the moment; a whole sentence has no title.

    `about` is what the run keeps (`ImportRun.source`); `title` names a field of the layer.
    """
    told = [
        (_("Format"), about["format"]),
        (_("Coordinate system"), f"{about['system']} ({TOLD_BY[about['system_from']]})"),
        (_("Transformation"), about["operation"]),
    ]
    if about["encoding_from"] in ("detected", "option"):
        told.append((_("Text encoding"), f"{about['encoding']} ({TOLD_BY[about['encoding_from']]})"))
    told += [("", str(REMARKS[code]) % details) for code, details in about.get("remarks", ())]
    if not about["place_checked"]:
        told.append(("", _("The place was not checked: there is no jurisdiction to check it against.")))
    told.append((_("Columns"), listed(f"{title(name)} = {column}" for name, column in about["columns"].items())))
    if values := about.get("values"):
        told.append((_("The same for every row"), listed(f"{title(name)} = {it}" for name, it in values.items())))
    if places := about.get("places"):  # runs of earlier releases kept none
        told.append((_("Columns of the place"), listed(places.values())))
    if about["unused"]:
        told.append((_("Columns not imported"), listed(about["unused"])))
    return told
