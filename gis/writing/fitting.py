"""Is what somebody gives fit to become the record? Everything that is wrong with it is found before any is told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from gis import features, published
from gis.features import Output
from gis.geometry import to_geos
from gis.layers import Audience, Layer

from . import places, values
from .documents import Sent
from .faults import MISSING, READ_ONLY, RULE, UNKNOWN_PROPERTY, Fault, Faulty, Told
from .places import Place
from .receivables import Receivable

AUTHORITY = "authority"
A_CODE = _("the code of the authority that the record belongs to: you work for several")


@dataclass(frozen=True)
class Given:
    """What a writer gives. `faults` were found in its frame; `read` is what the record says now, to be given back.

    `lenient` passes over properties that cannot be written. `audience` is how the writer reads.
    """

    sent: Sent
    system: Output = field(default_factory=Output)
    faults: tuple[Fault, ...] = ()
    read: Mapping[str, Any] = field(default_factory=dict)
    lenient: bool = False
    audience: Audience = Audience.OFFICER

    @property
    def authority(self) -> str:
        """The code under which a new record is to be kept, where one is given."""
        code = self.sent.properties.get(AUTHORITY)
        return code if isinstance(code, str) and values.is_text(code) else ""


def fit(
    layer: Layer, record: Any, given: Given, *, whole: bool, fields: tuple[Receivable, ...]
) -> tuple[Place | None, list[str]]:
    """Sets the fields on the record, in memory; gives the place and the names of the fields set. Raises Faulty.

    The rules are those of the model, as its forms ask them: its constraints too, but for the geometry's, whose place
    is judged by `places`. `whole`: what is left out of the `fields` that the writer may set is gone.
    """
    faults = list(given.faults)
    takes = fields
    new = record._state.adding
    faults.extend(_others(layer, takes, given, new=new))
    if new and record.authority_id is None:
        faults.append(Fault(values.pointer(AUTHORITY), MISSING, {"name": AUTHORITY, "wanted": A_CODE}))
    changed, unfit = _set(takes, record, given, faults, whole=whole)
    place = _place(layer, given, faults)
    geometry = layer.geometry_for(Audience.OFFICER)
    before = getattr(record, geometry, None) if not new else None
    if place is not None:
        setattr(record, geometry, to_geos(place.stored))
    elif new:
        unfit.add(geometry)
    set_now = [*changed, *([geometry] if place else [])]
    faults.extend(_rules(record, takes, set_now, unfit))
    if not new:
        setattr(record, geometry, before)  # what is stored, until it is told apart from what came
    if faults:
        raise Faulty(faults)
    return place, changed


def _others(layer: Layer, takes: Iterable[Receivable], given: Given, *, new: bool) -> list[Fault]:
    """Properties that nobody writes: those that are read may come back as they are, others do not exist."""
    if given.lenient:
        return []
    known = {one.name for one in takes}
    visible = published.properties(layer, given.audience)
    found = []
    for name, value in given.sent.properties.items():
        if name in known or (new and (name == AUTHORITY or (name in visible and value is None))):
            continue
        if name not in visible:
            nearest = features.nearest(name, known)
            found.append(Fault(values.pointer(name[:80]), UNKNOWN_PROPERTY, {"name": name[:80], "nearest": nearest}))
        elif new or value != given.read.get(name):
            found.append(Fault(values.pointer(name), READ_ONLY, {"name": name}))
    return found


def _set(
    takes: Iterable[Receivable], record: Any, given: Given, faults: list[Fault], *, whole: bool
) -> tuple[list[str], set[str]]:
    """The names of the fields that were set, and of those whose value is none."""
    changed, unfit = [], set()
    for one in takes:
        if not whole and one.name not in given.sent.properties:
            continue
        value = values.read(one, given.sent.properties.get(one.name), authority=record.authority_id)
        if isinstance(value, Fault):
            faults.append(value)
            unfit.add(one.field.name)
        else:
            setattr(record, one.field.name, value)
            changed.append(one.field.name)
    return changed, unfit


def _place(layer: Layer, given: Given, faults: list[Fault]) -> Place | None:
    if given.sent.geometry is None:
        return None
    found = places.place(given.sent.geometry, layer.geometry_type(Audience.OFFICER), given.system)
    if isinstance(found, Fault):
        faults.append(found)
        return None
    return found


def _rules(record: Any, takes: Iterable[Receivable], changed: list[str], unfit: set[str]) -> list[Fault]:
    """What the model says: of the fields that are set, and of the rules in which no unfit one has a part."""
    names = {one.field.name: one.name for one in takes}
    others = {field.name for field in record._meta.fields} - set(changed)
    found: dict[str, list[ValidationError]] = {}
    for ask in (
        lambda: record.clean_fields(exclude=others | unfit),
        record.clean,
        lambda: record.validate_unique(exclude=unfit),
    ):
        try:
            ask()
        except ValidationError as error:
            for name, told in error.update_error_dict({}).items():
                found.setdefault(name, []).extend(told)
    faults = [_fault(names, name, ValidationError(told)) for name, told in found.items()]
    return [*faults, *_constraints(record, unfit)]


def _constraints(record: Any, unfit: set[str]) -> Iterator[Fault]:
    """Asked one by one: a model's own way would write each sentence down in the language of this moment."""
    for model, constraints in record.get_constraints():
        for constraint in constraints:
            try:
                constraint.validate(model, record, exclude=unfit)
            except ValidationError:
                yield Fault("", constraint.violation_error_message)


def _fault(names: Mapping[str, str], name: str, error: ValidationError) -> Fault:
    if name in names:
        return Fault(values.pointer(names[name]), RULE, {"name": names[name], "told": Told(error)})
    return Fault("" if name == NON_FIELD_ERRORS else places.PLACE, "%(told)s", {"told": Told(error)})
