"""Why a whole file is not imported. Nothing of it has been written; each sentence says what to do."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.quoting import with_details
from gis.refusals import Refusal
from gis.remedies import Remedied

from .listing import listed
from .sizes import Size

NO_SUCH_COLUMN = _("The file has no column %(column)s. It has: %(columns)s.")
# What the reading process reports by code (`gis.exchange.readers`).
SENTENCES: dict[str, str | Promise | Remedied] = {
    "not_a_file": _("There is no file %(name)s. Check the path."),
    "file_too_large": _("The file has %(size)s; the most is %(most)s. Deliver it in parts."),
    "unknown_format": _(
        "%(name)s is in no format that can be imported. "
        "Deliver GeoPackage, Shapefile (also zipped), GeoJSON, KML, GML, DXF, CSV with coordinates, FlatGeobuf, "
        "GeoParquet or OpenStreetMap (.osm.pbf)."
    ),
    "part_of_shapefile": _("%(name)s is one part of a shapefile. Name the .shp file, or zip all parts."),
    "shapefile_incomplete": _("The shapefile lacks %(missing)s. Deliver all its parts, best zipped together."),
    "not_geopackage": _("The file is an SQLite database but no GeoPackage. Export it as GeoPackage."),
    "hostile_database": _(
        "The database holds something that would run when it is read (%(name)s). Export its tables to a new GeoPackage."
    ),
    "still_open": _("%(name)s is not finished: a program still has it open. Close it there, and deliver it again."),
    "broken_xml": _("The XML is broken. Export the file again."),
    "xml_doctype": _("The XML brings definitions of its own (DOCTYPE), which are not read. Export it without them."),
    "nested_too_deep": _("The file is nested more than %(most)s levels deep. Export it flatter."),
    "osm_xml": _(
        "The file is OpenStreetMap data as XML, which is not read. "
        "Deliver the same as .osm.pbf: osmium cat map.osm -o map.osm.pbf"
    ),
    "osm_packing": _(
        "The extract is packed with %(method)s, which is not read. "
        "Write it anew with zlib: osmium cat map.osm.pbf -o new.osm.pbf"
    ),
    "osm_bomb": _(
        "A block of the extract unpacks to more than %(most)s MB or %(ratio)s times its size, as no program writes it. "
        "Make the extract anew."
    ),
    "osm_kind": _(
        "The extract is of a kind that is not read (%(feature)s). Deliver a plain one of the present state, no history."
    ),
    "osm_unsorted": _(
        "The extract is not sorted: nodes, ways, relations, each by number. "
        "Sort it: osmium sort map.osm.pbf -o sorted.osm.pbf"
    ),
    "osm_without_nodes": _(
        "The extract has ways, and not the nodes by which they are drawn. "
        "Make it with complete ways: osmium extract -s smart"
    ),
    "broken_dxf": _("The drawing is damaged. Open it in the CAD program, run AUDIT, and save it as DXF."),
    "drawing_not_open": _("%(name)s is a DWG drawing. Save it as DXF."),
    "too_many_entities": _("The drawing has %(entities)s entities; the most is %(most)s. Save only the layers needed."),
    "unknown_unit": Remedied(
        _("There is no unit %(unit)s."),
        command=_("Write --map unit= and one of: %(units)s."),
        page=_("Choose one under “Unit of the drawing”."),
    ),
    "not_geojson": _(
        "The file is JSON of type %(type)s but no GeoJSON feature collection. Export it as GeoJSON (RFC 7946)."
    ),
    "broken_json": _('The JSON is broken after "%(after)s". Export the file again.'),
    "feature_too_long": _("One feature takes more than %(most)s MB. Simplify it, or leave it out."),
    "corrupt": _("The file is damaged. Export it again."),
    "rows_missing": _("The file is damaged: only %(read)s of its %(rows)s rows can be read. Export it again."),
    "broken_archive": _("The archive is damaged. Pack it again."),
    "archive_without_data": _(
        "The archive holds no data that can be imported. "
        "Pack one GeoPackage, Shapefile, GeoJSON, KML, GML, DXF, CSV, FlatGeobuf, GeoParquet or .osm.pbf file."
    ),
    "archive_in_archive": _("The archive holds another archive (%(name)s). Unpack that one, and pack its files alone."),
    "archive_method": _("%(name)s is packed in an unusual way. Pack it again as an ordinary zip file."),
    "archive_overlaps": _("The archive's entries lie on top of each other (%(name)s); it is made to harm."),
    "twice_in_archive": _("The archive has two files of the name %(name)s. Pack one of them."),
    "odd_name": _("The archive has a file with a misleading name (%(name)s). Rename it, and pack again."),
    "long_name": _("A name in the archive is longer than %(most)s letters (%(name)s…). Shorten it, and pack again."),
    "archive_locked": _("The archive is locked with a password. Pack it without one."),
    "archive_link": _("The archive holds a link or device (%(name)s). Pack plain files only."),
    "leaves_its_folder": _("The archive wants to write outside its folder (%(name)s). Pack it again without paths."),
    "too_many_entries": _("The archive has %(entries)s entries; the most is %(most)s. Pack only the data."),
    "unpacks_too_large": _("Unpacked the file is larger than %(most)s. Deliver it in parts."),
    "bomb": _("Unpacked the file is more than %(ratio)s times as large, as no real data is. Deliver it unpacked."),
    "too_many_columns": _("The table has %(columns)s columns; the most is %(most)s. Leave out those not needed."),
    "no_geometry": _("The file has no table with geometry. Export it with geometry."),
    "no_such_table": _("The file has no table %(table)s. It has: %(tables)s."),
    "many_tables": Remedied(
        _("The file has several tables: %(tables)s."),
        command=_("Say which one with --table."),
        page=_("Choose the one to import under “Table”."),
    ),
    "no_coordinates": Remedied(
        _("No columns with coordinates were recognised among: %(columns)s."),
        command=_("Name them with --map x=COLUMN --map y=COLUMN, or --map wkt=COLUMN."),
        page=_("Choose them under “Columns of the place”."),
    ),
    "half_a_place": Remedied(
        _("Only one of the two coordinates is named."),
        command=_("Give --map x=COLUMN and --map y=COLUMN."),
        page=_("Choose the other one too under “Columns of the place”."),
    ),
    "two_places": Remedied(
        _("A column with the whole geometry and columns of coordinates are both named; only one of the two can hold."),
        command=_("Give --map wkt=COLUMN alone, or --map x=COLUMN and --map y=COLUMN."),
        page=_("Under “Columns of the place”, choose either the two coordinates or the one of the geometry."),
    ),
    "no_such_column": NO_SUCH_COLUMN,
    "unknown_encoding": _("There is no text encoding %(encoding)s. Use, for example, UTF-8 or windows-1256."),
    "parquet_encoding": _("The geometry is stored as %(encoding)s. Write the GeoParquet file with WKB geometry."),
    "too_much_memory": _("Reading the file takes more memory than allowed. Deliver it in parts, or as GeoPackage."),
    "took_too_long": _("Reading the file takes too long for its size; it is damaged or made to harm. Export it again."),
    "reader_crashed": _("The file made its reader crash; it is damaged or made to harm. Export it again."),
}


# Their details are numbers of bytes.
OF_SIZE = ("file_too_large", "unpacks_too_large")


class UnreadableFile(Refusal):
    """What the reading process said, in people's words."""

    code = "unreadable_file"

    def __init__(self, reason: str, **details: Any) -> None:
        super().__init__(**details)
        self.reason = reason

    def __str__(self) -> str:
        told = {name: self._told(detail) for name, detail in self.details.items()}
        return with_details(str(SENTENCES[self.reason]) % told, self.details.get("why", ""))

    def _told(self, detail: Any) -> Any:
        if self.reason in OF_SIZE:
            return Size(detail)
        if isinstance(detail, int):
            return f"{detail:,}"
        return listed(detail) if isinstance(detail, list) else detail


class UnknownLayer(Refusal):
    code: ClassVar[str] = "unknown_layer"
    sentence = _("There is no layer %(layer)s. There are: %(layers)s.")


class UnknownAuthority(Refusal):
    code: ClassVar[str] = "unknown_authority"
    sentence = Remedied(
        _("It is not said whose records these are."),
        command=_("Name the authority with --authority and one of these codes: %(codes)s."),
        page=_("Upload the file again, and choose it under “Whose records these are”."),
    )


class NoAuthorities(Refusal):
    code: ClassVar[str] = "no_authorities"
    sentence = _("There is no authority yet to whom records could belong. Make one in the administration first.")


class AlreadyRunning(Refusal):
    code: ClassVar[str] = "already_running"
    sentence = _("Another import into %(layer)s of %(authority)s is running. Wait until it has ended.")


class Cancelled(Refusal):
    code: ClassVar[str] = "cancelled"
    sentence = _("Cancelled. Nothing was written.")


class Overtaken(Refusal):
    code: ClassVar[str] = "overtaken"
    status: ClassVar[int] = 409
    sentence = _("A newer file has brought this number since; what waits here is older. Nothing is released.")


class ChangedSince(Refusal):
    code: ClassVar[str] = "changed_since"
    status: ClassVar[int] = 409
    sentence = _(
        "The record %(rival)s was changed after this file came; releasing this would take it back. "
        "Look at the record, and reject this feature if it is older."
    )


class DecidedMeanwhile(Refusal):
    code: ClassVar[str] = "decided_meanwhile"
    status: ClassVar[int] = 409
    sentence = _("Somebody else has worked on this feature meanwhile. Look at it again; what you did was not saved.")


class NoLongerKept(Refusal):
    code: ClassVar[str] = "no_longer_kept"
    status: ClassVar[int] = 409
    sentence = _("The file is not here any more. Upload it again.")


class StillGoing(Refusal):
    code: ClassVar[str] = "still_going"
    status: ClassVar[int] = 409
    sentence = _("This file is being imported already. Wait until that has ended, or cancel it.")


class BeingReleased(Refusal):
    code: ClassVar[str] = "being_released"
    status: ClassVar[int] = 409
    sentence = _("This feature is being judged at this moment. Wait until that has ended.")


class SayWhyRejected(Refusal):
    code: ClassVar[str] = "say_why_rejected"
    sentence = _("Say why it is rejected: the reason is kept with it.")


class TooLong(Refusal):
    code: ClassVar[str] = "too_long"
    counts = ("letters", "most")
    sentence = _("“%(name)s” has %(letters)s letters; the most is %(most)s. Shorten it. Nothing of it was saved.")


class NotDrawable(Refusal):
    code: ClassVar[str] = "not_drawable"
    sentence = _("What was drawn cannot be read as a geometry. Draw it again.")


class NameIt(Refusal):
    code: ClassVar[str] = "name_it"
    sentence = _("Give the mapping a name under which it is found again.")


class NameTaken(Refusal):
    code: ClassVar[str] = "name_taken"
    status: ClassVar[int] = 409
    sentence = _("A mapping is kept under the name “%(name)s” already. Give another name, or replace that one.")


class MappingGone(Refusal):
    code: ClassVar[str] = "mapping_gone"
    status: ClassVar[int] = 409
    sentence = _("This mapping is not kept any more. Choose another, or name the columns yourself.")


class TryFirst(Refusal):
    code: ClassVar[str] = "try_first"
    status: ClassVar[int] = 409
    sentence = _(
        "With the whole state of a day each record ends that the file lacks. Try it first: the dry run says how many."
    )


class ReadOtherwiseSince(Refusal):
    code: ClassVar[str] = "read_otherwise_since"
    status: ClassVar[int] = 409
    sentence = _(
        "How the file is read was changed after this run, so it is not what was tried. "
        "Open the page of the file with “Change how the file is read”, and try it from there."
    )


class OthersAtWork(Refusal):
    code: ClassVar[str] = "others_at_work"
    sentence = _(
        "Somebody else is writing in layer %(layer)s and has not finished, perhaps in a program left open. "
        "Nothing was written. Run the import again when they are done."
    )


class NotTheirs(Refusal):
    code: ClassVar[str] = "not_theirs"
    sentence = Remedied(
        _("%(authority)s may not write some of these records, or somebody deleted one meanwhile. Nothing was written."),
        command=_("Name with --authority whose records they are, and run the import again."),
        page=_("Start it again; if that does not help, upload the file for those “Whose records these are”."),
    )


class BadMapping(Refusal):
    code: ClassVar[str] = "bad_mapping"
    sentence = Remedied(
        _("%(given)s cannot be understood."), command=_("Write FIELD=COLUMN, as in --map plot_no=PLOT.")
    )


class UnknownField(Refusal):
    code: ClassVar[str] = "unknown_field"
    sentence = _("The layer has no field %(field)s to import. It has: %(fields)s.")


class NoSuchColumn(Refusal):
    code: ClassVar[str] = "no_such_column"
    sentence = NO_SUCH_COLUMN


class MissingFields(Refusal):
    code: ClassVar[str] = "missing_fields"
    sentence = Remedied(
        _("The layer needs %(fields)s, and the file does not say which columns they are. Its columns: %(columns)s."),
        command=_("Name each with --map FIELD=COLUMN, or give one value for all with --set FIELD=VALUE."),
        page=_("Choose each under “Which column is which field”, or give “one value for all rows”."),
    )


class NoKey(Refusal):
    code: ClassVar[str] = "no_key"
    sentence = Remedied(
        _("Where the file is the whole state of a day, each record must be recognised again by its number."),
        command=_("Name the column of the number with --map %(key)s=COLUMN."),
        page=_("Choose the column of “%(title)s”, or leave “Whole state of the day” empty."),
    )


class EmptyFile(Refusal):
    code: ClassVar[str] = "empty_file"
    sentence = _("The file has no features. Check the export.")


class NoSystem(Refusal):
    code: ClassVar[str] = "no_system"
    sentence = Remedied(
        _("The file does not say its coordinate system. %(hint)s"),
        command=_("Give it with --crs EPSG:n."),
        page=_("Choose it under “Coordinate system”."),
    )


class NoUnit(Refusal):
    code: ClassVar[str] = "no_unit"
    sentence = _("The drawing does not say its unit. Choose what one unit of it measures, such as metres.")


class UnknownCode(Refusal):
    code: ClassVar[str] = "unknown_code"
    sentence = Remedied(
        _("The file's own coordinate system has no code: %(given)s. %(hint)s"),
        command=_("Give it with --crs EPSG:n."),
        page=_("Choose it under “Coordinate system”."),
    )


class SwappedAxes(Refusal):
    code: ClassVar[str] = "swapped_axes"
    sentence = Remedied(
        _(
            "Read as %(system)s the features lie outside %(authority)s; "
            "with the two coordinates swapped they lie inside."
        ),
        command=_("Run again with --swap-axes, or without it if you gave it."),
        page=_("Tick “The file has latitude before longitude”, or clear its tick."),
    )


class WrongSystem(Refusal):
    code: ClassVar[str] = "wrong_system"
    sentence = Remedied(
        _("Read as %(system)s the features lie outside %(authority)s (around %(place)s). %(hint)s"),
        command=_("Name the right one with --crs."),
        page=_("Choose the right one under “Coordinate system”."),
    )


class TooDense(Refusal):
    code: ClassVar[str] = "too_dense"
    sentence = _(
        "The outlines lie on top of each other, more than %(neighbours)s on one place: this is no map of parcels. "
        "Check the table and its coordinates."
    )


class NoValidTime(Refusal):
    code: ClassVar[str] = "no_valid_time"
    sentence = Remedied(
        _("The records of layer %(layer)s have no beginning and end."),
        command=_("Leave out --snapshot."),
        page=_("Leave “Whole state of the day” empty."),
    )


class RuleOfTheTable(Refusal):
    code: ClassVar[str] = "rule_of_the_table"
    sentence = _("The database refuses the records by its rule %(rule)s. Nothing was written. Tell the administrator.")

    def __str__(self) -> str:
        return with_details(super().__str__(), self.details["told"])


class SnapshotTooEarly(Refusal):
    code: ClassVar[str] = "snapshot_too_early"
    counts = ("count",)
    sentence = Remedied(
        _("%(count)s records that the file no longer has began after %(day)s, so they cannot end then."),
        command=_("Give a later day with --snapshot."),
        page=_("Give a later day under “Whole state of the day”."),
    )
