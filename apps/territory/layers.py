from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Model, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from gis import layers
from gis.layers import Field, Importing, Layer, Zoom

from .models import Authority, AuthorityAlias, BaseFeature, Governorate, UnitAlias, Wilayat


def _also(aliases: type[Model], unit: str) -> Field:
    """Other spellings, former names and withdrawn codes: a unit is found by each of them."""
    rows: Any = aliases._default_manager.filter(**{unit: OuterRef("pk")}).order_by().values(unit)
    names = Subquery(rows.annotate(text=StringAgg("name", "; ", order_by=("name", "pk"))).values("text"))
    return Field(
        "other_names", _("Other names"), source=names, searched=("aliases__name",), also=True, said=_one_a_line
    )


def _one_a_line(names: str) -> str:
    return names.replace("; ", "\n")


NAMES = (
    Field("name_ar", _("Name in Arabic"), searched=True),
    Field("name_en", _("Name in English"), searched=True),
)
BY_NAME = ("name_ar", "name_en")


def _outlines(*more: str) -> tuple[Zoom, ...]:
    """Far zooms leave out what one feature is asked for: other names, the working system."""
    far = ("code", *BY_NAME, *more)
    return (Zoom(12), Zoom(8, fields=far, simplify_m=50), Zoom(0, fields=far, simplify_m=500))


layers.register(
    Layer(
        "governorates",
        rows=Governorate.objects.current,
        title=_("Governorates"),
        description=_("The governorates of the country with their codes and names; every wilayat lies in one of them."),
        topics=("boundaries",),
        label="name_ar",
        fields=(Field("code", _("Code"), searched=True), *NAMES, _also(UnitAlias, "governorate")),
        locates="state",
        zooms=_outlines(),
        order=10,
    ),
    Layer(
        "wilayats",
        rows=Wilayat.objects.current,
        title=_("Wilayats"),
        description=_("The wilayats with their codes, names and governorate, as far as they go."),
        topics=("boundaries",),
        label="name_ar",
        fields=(
            Field("code", _("Code"), searched=True),
            *NAMES,
            _also(UnitAlias, "wilayat"),
            Field("governorate", _("Governorate"), source="governorate__code"),
        ),
        locates="city",
        zooms=_outlines("governorate"),
        order=11,
    ),
    Layer(
        "authorities",
        rows=Authority.objects.current,
        title=_("Authorities"),
        description=_("The bodies that keep the records, each within its own jurisdiction."),
        topics=("boundaries",),
        label="name_ar",
        fields=(
            Field("code", _("Code"), searched=True),
            *NAMES,
            _also(AuthorityAlias, "body"),
            Field("kind", _("Kind"), codes=Authority.Kind),
            Field("working_crs", _("Working coordinate system")),
        ),
        zooms=_outlines(),
        shown_first=False,
        order=12,
    ),
)

# What the map draws of each from afar: a road as wide as its rank, of a place everything, the nearer by rank.
BASE_ZOOMS = {
    BaseFeature.Kind.LAND: (Zoom(12), Zoom(8, fields=(), simplify_m=30), Zoom(0, fields=(), simplify_m=300)),
    BaseFeature.Kind.WATER: (Zoom(12), Zoom(8, fields=BY_NAME, simplify_m=30), Zoom(0, fields=BY_NAME, simplify_m=300)),
    BaseFeature.Kind.WADI: (Zoom(13), Zoom(9, fields=BY_NAME, simplify_m=30)),
    BaseFeature.Kind.ROAD: (Zoom(13), Zoom(9, fields=(*BY_NAME, "rank"), simplify_m=20)),
    BaseFeature.Kind.BUILDING: (Zoom(15, fields=()),),
    BaseFeature.Kind.PLACE: (Zoom(6, fields=(*BY_NAME, "rank", "sort")),),
}
PLURALS = {
    BaseFeature.Kind.LAND: ("base-land", _("Land")),
    BaseFeature.Kind.WATER: ("base-water", _("Water")),
    BaseFeature.Kind.WADI: ("base-wadis", _("Wadis")),
    BaseFeature.Kind.ROAD: ("base-roads", _("Roads")),
    BaseFeature.Kind.BUILDING: ("base-buildings", _("Buildings")),
    BaseFeature.Kind.PLACE: ("base-places", _("Places")),
}

SORTED = (Field("sort", _("Sort"), codes=BaseFeature.Sort),)


def _base_layer(kind: BaseFeature.Kind, order: int) -> Layer:
    layer_id, title = PLURALS[kind]
    return Layer(
        layer_id,
        rows=lambda: BaseFeature.objects.filter(kind=kind),
        title=title,
        label="name_ar",
        fields=(*NAMES, Field("rank", _("Rank")), *(SORTED if kind == BaseFeature.Kind.PLACE else ())),
        zooms=BASE_ZOOMS[kind],
        locates="locality" if kind == BaseFeature.Kind.PLACE else "",
        locates_within_m=3000,
        base_map=True,
        importing=Importing(fixed={"kind": kind.value}, offered=True),
        order=order,
    )


layers.register(*(_base_layer(kind, order) for order, kind in enumerate(BaseFeature.Kind, start=1)))
