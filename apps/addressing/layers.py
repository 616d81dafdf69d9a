from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from gis import layers
from gis.layers import Field, Layer, Zoom

from .formatters import in_words
from .models import AddressUnit, LegacyAddress, Street

OLD = Subquery(
    LegacyAddress.objects.filter(unit=OuterRef("pk"))
    .order_by()
    .values("unit")
    .annotate(
        text=StringAgg(
            Concat(F("building_no"), Value(" / "), F("way_no"), Value(" / "), F("block_no"), output_field=TextField()),
            "; ",
            order_by=("building_no", "way_no", "block_no", "pk"),
        )
    )
    .values("text")
)
# What both languages write behind a street.
AROUND = (
    "wilayat__name_ar",
    "wilayat__name_en",
    "wilayat__governorate__name_ar",
    "wilayat__governorate__name_en",
)

layers.register(
    Layer(
        "streets",
        rows=Street.objects.current,
        title=_("Streets"),
        description=_("Centre lines of streets with their names in both languages and their numbers."),
        topics=("transportation", "location"),
        label="name_ar",
        fields=(
            Field("name_ar", _("Name in Arabic"), searched=True, editable=True, part="street"),
            Field("name_en", _("Name in English"), searched=True, editable=True, part="street"),
            Field("code", _("Street number"), searched=True, editable=True),
            Field("kind", _("Kind"), codes=Street.Kind, editable=True),
            Field("wilayat", _("Wilayat"), source="wilayat__code", context=AROUND),
        ),
        zooms=(Zoom(13), Zoom(10, fields=("name_ar", "name_en"), simplify_m=20)),
        locates="street",
        locates_within_m=100,
        writes="direct",
        order=40,
    ),
    Layer(
        "address-units",
        rows=AddressUnit.objects.current,
        title=_("Address units"),
        description=_(
            "Numbered addresses of buildings and plots, with the old addresses by which they are still known."
        ),
        topics=("location",),
        label="number",
        fields=(
            Field("number", _("Number"), searched=True, editable=True, part="housenumber"),
            Field("suffix", _("Suffix"), editable=True, part="housenumber"),
            Field("street_ar", _("Street in Arabic"), source="street__name_ar", searched=True, part="street"),
            Field("street_en", _("Street in English"), source="street__name_en", searched=True, part="street"),
            Field("area_ar", _("Area in Arabic"), searched=True, editable=True, part="district"),
            Field("area_en", _("Area in English"), searched=True, editable=True, part="district"),
            Field("postcode", _("Postal code"), editable=True, part="postcode"),
            Field("wilayat", _("Wilayat"), source="wilayat__code", context=AROUND),
            Field(
                "old_addresses",
                _("Old addresses"),
                source=OLD,
                searched=("legacy__building_no", "legacy__way_no", "legacy__block_no"),
                former=True,
                said=in_words,
            ),
        ),
        zooms=(Zoom(15),),
        locates="house",
        locates_within_m=100,
        writes="direct",
        order=60,
    ),
)
