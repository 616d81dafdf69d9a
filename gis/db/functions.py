"""Our own PostgreSQL functions as Django expressions."""

from django.contrib.gis.db.models import PolygonField
from django.db.models import BooleanField, DecimalField, Func, TextField, UUIDField


class Uuid7(Func):
    """A new UUIDv7 (RFC 9562) made by the database, so that raw SQL and COPY get ids too."""

    function = "gis_uuid7"
    output_field = UUIDField()
    arity = 0


class Uuid7OfDay(Func):
    """A UUIDv7 that tells the day and no more: for records that citizens make and everybody may list."""

    function = "gis_uuid7_of_day"
    output_field = UUIDField()
    arity = 0


class Sound(Func):
    """True for a valid, non-empty, finite geometry within longitude/latitude bounds and the vertex cap."""

    function = "gis_sound"
    output_field = BooleanField()


class CodeSet(Func):
    """True for a list of codes (text[]) that holds nothing but those of the second list, each at most once."""

    function = "gis_code_set"
    output_field = BooleanField()
    arity = 2


class NormAr(Func):
    """Text folded for search: hamza, ta-marbuta, tashkeel, tatweel, digits and case no longer matter."""

    function = "gis_norm_ar"
    output_field = TextField()
    arity = 1


class Cell(Func):
    """The fixed square of the given side (metres) that holds a point: `Cell("geom", 1000)`, in EPSG:4326."""

    function = "gis_cell"
    output_field = PolygonField(srid=4326)
    arity = 2


class GeodesicArea(Func):
    """Square metres on WGS 84, to two decimals: what `gis.measure.area_m2` gives.

    Capped at what the column holds: metres read as degrees shall be refused as such, not as an overflow.
    """

    template = "least(round(ST_Area((%(expressions)s)::geography)::numeric, 2), 999999999999.99)"
    output_field = DecimalField(max_digits=14, decimal_places=2)
    arity = 1
