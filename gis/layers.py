"""What is published. A layer is declared once; maps, tiles, OGC API, exports, QGIS and the change feed follow.

Outlets never read a model. They read the views that `gis.db.publish` makes of each declaration, one per audience:
what a view does not carry cannot be shown, filtered, sorted or guessed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any, Literal

from django.db.models import Choices, Model, Q, QuerySet
from django.db.models import Field as ModelField
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from .scopes import Scope


class Audience(IntEnum):
    """Who reads. Each sees what the one before sees, and more; a key's scope narrows what agencies see (`of_key`).

    A key stands between the public and agencies: it is equal to itself alone, and what asks for at least an agency
    (`>=`) refuses it. Two keys stand in some order, by which neither sees more. Which columns there may be is asked of
    its `level`.
    """

    PUBLIC = 0
    AGENCY = 1
    OFFICER = 2

    @property
    def schema(self) -> str:
        """The schema whose views this reader gets; an officer's shows own rows in full, others' as the public."""
        return ("pub", "agency", "desk")[self] if self.scope is None else "keyed"

    @property
    def scope(self) -> Scope | None:
        """What a key with scopes opens; None of the three themselves."""
        return self.__dict__.get("_scope")

    @property
    def level(self) -> "Audience":
        """The one of the three whose views it reads, a key's narrowed."""
        return self if self.scope is None else Audience(self._value_)

    @classmethod
    def of_key(cls, scope: Scope) -> "Audience":
        """Agencies, narrowed to a scope: none of the three, and equal to none, so that no table of them opens more."""
        made = int.__new__(cls, cls.AGENCY)
        made._name_, made._value_ = f"KEY {scope.key}", int(cls.AGENCY)
        made.__dict__["_scope"] = scope
        return made

    # Every comparison is said here: those that are not would be those of whole numbers, to which a key is an agency.
    def __eq__(self, other: object) -> bool:
        return _place(self) == _place(other) if isinstance(other, int) else NotImplemented

    def __ne__(self, other: object) -> bool:
        return _place(self) != _place(other) if isinstance(other, int) else NotImplemented

    def __lt__(self, other: int) -> bool:
        return _place(self) < _place(other) if isinstance(other, int) else NotImplemented

    def __le__(self, other: int) -> bool:
        return _place(self) <= _place(other) if isinstance(other, int) else NotImplemented

    def __gt__(self, other: int) -> bool:
        return _place(self) > _place(other) if isinstance(other, int) else NotImplemented

    def __ge__(self, other: int) -> bool:
        return _place(self) >= _place(other) if isinstance(other, int) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._value_ if self.scope is None else self._name_)

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self.scope is not None:
            raise TypeError("what a key opens is not for keeping: it may have ended when it is read again")
        return super().__reduce_ex__(protocol)


def _place(audience: int) -> tuple[int, bool, str]:
    """Where an audience stands in their order; a number is that of one of the three."""
    scope = audience.scope if isinstance(audience, Audience) else None
    return int(audience), scope is None, "" if scope is None else scope.key


PUBLIC, AGENCIES, OFFICERS = Audience

Text = str | Promise
TOPICS = frozenset(
    (
        "farming", "biota", "boundaries", "climatologyMeteorologyAtmosphere", "economy", "elevation", "environment",
        "geoscientificInformation", "health", "imageryBaseMapsEarthCover", "intelligenceMilitary", "inlandWaters",
        "location", "oceans", "planningCadastre", "society", "structure", "transportation", "utilitiesCommunication",
    )
)  # fmt: skip
# A model field, a path over one foreign key ("scheme__code") or a database expression.
Source = str | Combinable


@dataclass(frozen=True)
class Field:
    """One published property. `sources` gives a coarser source to the audiences below the best one.

    Who may read a `searched` field finds the layer by it; where the source is an expression, name the paths of the
    columns that it is made of: ("legacy__way_no", …). `context` are paths to names that a question may add to what it
    looks for (the wilayat of a plot): they tell like from like and are not looked up by themselves. A `number` is what
    people name a single thing by: its column has an index, and the desk looks the whole number up. A `former` field
    tells what the thing was called before, `also` what else it is called (names between "; "): what is found by one of
    them says so. `said` puts a text that is published for programs into words of the language in force; `currency`
    names the field with an amount's ISO 4217 code. `part` is what of an address it tells, in the words of GeocodeJSON;
    fields of one part are one name in two languages, or are written together in their order.
    """

    name: str
    title: Text
    source: Source = ""
    readers: Audience = PUBLIC
    codes: type[Choices] | None = None
    unit: str = ""
    said: Callable[[str], str] = str
    currency: str = ""
    searched: bool | tuple[str, ...] = False
    context: tuple[str, ...] = ()
    number: bool = False
    former: bool = False
    also: bool = False
    editable: bool = False
    part: Literal["", "housenumber", "street", "district", "postcode"] = ""
    sources: Mapping[Audience, Source] = field(default_factory=dict)

    def source_for(self, audience: Audience) -> Source:
        return _at(self.sources, audience) or self.source or self.name


@dataclass(frozen=True)
class Zoom:
    """From this zoom level up (until the next finer entry) a tile carries these fields, generalised by metres.

    `fields=None` means all: of the nearest entry alone, farther ones name theirs. `grid_m` merges to cells,
    `simplify_m` simplifies lines and outlines. `pressing` carries (and counts) the layer's pressing records alone.
    """

    level: int
    fields: tuple[str, ...] | None = None
    simplify_m: float = 0
    grid_m: float = 0
    pressing: bool = False


@dataclass(frozen=True)
class Importing:
    """What a file may bring into a layer besides the fields that forms edit (`gis.exchange`).

    `key` is the field by which a second file recognises a record. `fields` are not edited in forms but may come from
    a file; `fixed` is the same in every row of the layer; `filled` is what a new row gets that no file can bring.
    `rivals` names the SQL function that finds which of many geometries overlap records of any authority; `late` the one
    after which the rule of the table lets others write meanwhile and compares with them before the commit.
    `offered`: those who may change the records may bring files at their desk, though nothing else writes the layer.
    """

    key: str = "source_id"
    offered: bool = False
    fields: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, Combinable] = field(default_factory=dict)
    rivals: str = ""
    late: str = ""


@dataclass(frozen=True)
class Drafts:
    """How a layer takes a change that somebody else must approve, if it does not come from its own desk.

    `fields` may be proposed besides the geometry. `propose` is where the function is found that keeps the draft:
    it is called with `record` (a row of the model as it is to be; without a key when it is new), `original` (shapely),
    `system`, `reason` and `user` (a key), and gives the address at which the draft is decided.
    """

    propose: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """A published layer.

    `rows` are the records that exist for those with full rights; `open_rows` narrows them for everybody else.
    `geometry` maps an audience to the model's geometry field that it may see (the best one at or below it).
    `when` names the field that tells the day or time of a record, if one does.
    `pressing` names a field that everybody reads, a column of the record, and those of its codes that matter now: zooms
    may carry these records alone, and of points a crowded tile keeps them first.
    `writes`: "direct" edits rows, "draft" makes a draft to be approved (`drafts`), "none" is read only.
    `locates`: a feature of it tells where a place is, as what (see gis.reverse) and, where it is no area, up to what
    distance. `topics` are what it is about, for catalogues: codes of ISO 19115's topic categories (`TOPICS`).
    """

    id: str
    rows: Callable[[], QuerySet[Any]]
    title: Text
    fields: tuple[Field, ...]
    label: str
    geometry: str | Mapping[Audience, str] = "geom"
    open_rows: Q | None = None
    description: Text = ""
    topics: tuple[str, ...] = ()
    key: str = "id"
    zooms: tuple[Zoom, ...] = (Zoom(0),)
    writes: Literal["direct", "draft", "none"] = "none"
    coverage: Callable[[], QuerySet[Any]] | None = None
    drafts: Drafts | None = None
    importing: Importing = field(default_factory=Importing)
    when: str = ""
    pressing: tuple[str, tuple[str, ...]] | None = None
    locates: Literal["", "house", "plot", "street", "locality", "city", "state"] = ""
    locates_within_m: float = 0
    base_map: bool = False
    shown_first: bool = True
    order: int = 100

    def __post_init__(self) -> None:
        names = [f.name for f in self.fields]
        if not set(self.topics) <= TOPICS:
            raise ValueError(f"layer {self.id}: {self.topics} are not all topic categories of ISO 19115")
        if len(set(names)) != len(names):
            raise ValueError(f"layer {self.id}: a field is declared twice")
        if self.label not in names:
            raise ValueError(f"layer {self.id}: label {self.label!r} is not one of its fields")
        if self.when and self.when not in names:
            raise ValueError(f"layer {self.id}: {self.when!r} is not one of its fields")
        self._check_zooms(set(names))
        deciding = {self.when, self.pressing[0] if self.pressing else ""} - {""}
        if not deciding <= {f.name for f in self.fields_for(PUBLIC)}:
            raise ValueError(f"layer {self.id}: `when` and `pressing` are fields that everybody reads")
        if not set(names).isdisjoint(RESERVED):
            raise ValueError(f"layer {self.id}: {', '.join(RESERVED)} are given to every layer")

    def _check_zooms(self, names: set[str]) -> None:
        """What a far tile says is chosen, not what happens to be declared: each byte there counts by thousands."""
        if self.pressing is None and any(zoom.pressing for zoom in self.zooms):
            raise ValueError(f"layer {self.id}: a zoom carries what is pressing, which the layer does not tell")
        nearest = max(zoom.level for zoom in self.zooms)
        for zoom in self.zooms:
            if zoom.fields is None and (zoom.level < nearest or zoom.grid_m or zoom.simplify_m):
                raise ValueError(f"layer {self.id}: zoom {zoom.level} does not name the fields that it carries")
            if not set(zoom.fields or ()) <= names:
                raise ValueError(f"layer {self.id}: zoom {zoom.level} carries what is not one of its fields")

    @property
    def view(self) -> str:
        """Name of its views: the id in SQL's manner."""
        return self.id.replace("-", "_")

    @cached_property
    def model(self) -> type[Model]:
        return self.rows().model

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def owned(self) -> bool:
        """Do its records belong to an authority?"""
        return any(f.name == "authority" for f in self.model._meta.concrete_fields)

    @cached_property
    def of_points(self) -> bool:
        """Is each record a point, however coarse some may see it?"""
        return self.geometry_type(OFFICERS).endswith("POINT")

    @property
    def two_places(self) -> bool:
        """Does an officer see own records at another place than everybody else, agencies too, sees them?"""
        public, agency, officer = (self.geometry_for(audience) for audience in Audience)
        return public == agency != officer

    def fields_for(self, audience: Audience) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.readers <= audience.level and self.shows(f.name, audience))

    def shows(self, name: str, audience: Audience) -> bool:
        """Does the scope of a key leave this field? Of all others it is not asked."""
        return audience.scope is None or audience.scope.sees(self.id, name, owned=self.owned)

    def is_open(self, audience: Audience) -> bool:
        """Is there such a layer for this reader?"""
        return audience.scope is None or audience.scope.opens(self.id, owned=self.owned)

    def geometry_for(self, audience: Audience) -> str:
        """The model's geometry field that this audience may see."""
        name = self.geometry if isinstance(self.geometry, str) else _at(self.geometry, audience)
        if not name:
            raise LookupError(f"layer {self.id} has no geometry for {audience.name}")
        return name

    def geometry_type(self, audience: Audience = PUBLIC) -> str:
        """OGC name of the geometry type, as the model declares it: "MULTIPOLYGON", "POINT", …"""
        geometry: Any = self.model._meta.get_field(self.geometry_for(audience))
        return str((geometry.output_field if geometry.generated else geometry).geom_type)

    def model_field(self, declared: Field) -> "ModelField[Any, Any] | None":
        """The model field behind a declared one, where it is one; None for paths and expressions."""
        source = declared.source or declared.name
        if not isinstance(source, str) or "__" in source:
            return None
        found = self.model._meta.get_field(source)
        return found if isinstance(found, ModelField) else None


# Columns that every view has before the declared ones ("authority" where the layer's records have one).
RESERVED = ("id", "geom", "authority")


class Registry:
    """The layers of this installation, in the order they are drawn."""

    def __init__(self) -> None:
        self._layers: dict[str, Layer] = {}

    def register(self, *layers: Layer) -> None:
        for layer in layers:
            if layer.id in self._layers:
                raise ValueError(f"layer {layer.id} is registered twice")
            self._layers[layer.id] = layer

    def __iter__(self) -> Iterator[Layer]:
        return iter(sorted(self._layers.values(), key=lambda layer: (layer.order, layer.id)))

    def __len__(self) -> int:
        return len(self._layers)

    def __contains__(self, layer_id: object) -> bool:
        return layer_id in self._layers

    def __getitem__(self, layer_id: str) -> Layer:
        return self._layers[layer_id]

    def get(self, layer_id: str) -> Layer | None:
        return self._layers.get(layer_id)


registry = Registry()
register = registry.register


def _at[T](choices: Mapping[Audience, T], audience: Audience) -> T | None:
    """The entry of the best audience at or below this one."""
    for level in sorted(choices, reverse=True):
        if level <= audience.level:
            return choices[level]
    return None
