"""Writing one record of a layer, for somebody who may: held while it is compared, judged as the desk judges it.

Every step is one transaction, under row-level security and the rules of the tables; the history names the writer.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Model
from django.utils.module_loading import import_string
from psycopg import sql

from gis import origins, published
from gis.db.acting import acting_as
from gis.exchange.target import authority_model
from gis.geometry import from_geos, to_geos
from gis.layers import Audience, Layer
from gis.origins import Origin

from . import states
from .fitting import Given, fit
from .places import Place, moves
from .receivables import Receivable, receivables
from .refusals import NotTheirs, NotThere, in_words
from .states import State


def _everything(authority: UUID | None, field: str) -> bool:
    return True


@dataclass(frozen=True)
class Writer:
    """On whose behalf: a person, or whoever works for the authorities named. `may` says for which records.

    `audience` is how they read, `may_set` which fields they give: nobody writes what they do not see.
    """

    may: Callable[[UUID], bool]
    user: UUID | None = None
    authorities: tuple[UUID, ...] = ()
    actor: str = ""
    audience: Audience = Audience.OFFICER
    may_set: Callable[[UUID | None, str], bool] = _everything


@dataclass(frozen=True)
class Written:
    """What became of it: a record in a new state, or (of a draft) the address where it is decided."""

    record: UUID | None = None
    state: State = states.UNKNOWN
    draft: str = ""


Compare = Callable[[State], None]


def create(layer: Layer, given: Given, writer: Writer, *, reason: str = "") -> Written:
    """A new record, or a draft of one. Raises Faulty, NotTheirs and what `in_words` raises."""
    with _writing(layer, writer, reason):
        record: Any = layer.model(**layer.importing.fixed, **layer.importing.filled)
        record.authority_id = _authority(given, writer)
        place, _fields = fit(layer, record, given, whole=True, fields=_sayable(layer, record, writer))
        if layer.drafts:
            return _propose(layer, record, place, writer, reason)
        record.save(force_insert=True)
        if place:
            _keep_origin(layer, record, place)
        _ask_rules()
        return Written(record.pk, states.of(layer, Audience.OFFICER, record.pk))


def change(
    layer: Layer, key: UUID, given: Given, writer: Writer, compare: Compare, *, whole: bool, reason: str = ""
) -> Written:
    """The record as given (`whole`), or with what is given changed; or a draft of that.

    `compare` raises when the state is not what the writer has seen; the record is held from before it is asked until
    the end of the transaction. Raises NotThere, NotTheirs, Faulty, what `compare` and what `in_words` raise.
    """
    with _writing(layer, writer, reason):
        record = _held(layer, key, writer, compare)
        place, changed = fit(layer, record, given, whole=whole, fields=_sayable(layer, record, writer))
        if layer.drafts:
            return _propose(layer, record, place, writer, reason)
        if place is not None and moves(from_geos(getattr(record, _geometry(layer))), place):
            setattr(record, _geometry(layer), to_geos(place.stored))
            changed = [*changed, _geometry(layer)]
            _keep_origin(layer, record, place)
        if changed:
            record.save(update_fields=changed)
        _ask_rules()
        return Written(key, states.of(layer, Audience.OFFICER, key))


def remove(layer: Layer, key: UUID, writer: Writer, compare: Compare, *, reason: str = "") -> None:
    """The record, and what hangs on it, goes. Raises NotThere, NotTheirs, Refers and what `compare` raises."""
    with _writing(layer, writer, reason):
        _held(layer, key, writer, compare, ending=True).delete()
        _ask_rules()


def _sayable(layer: Layer, record: Any, writer: Writer) -> tuple[Receivable, ...]:
    """What this writer may say of the record."""
    taken = receivables(layer, writer.audience)
    return tuple(one for one in taken if writer.may_set(record.authority_id, one.name))


def whose(layer: Layer, key: UUID) -> UUID | None:
    """The authority of a record that the session reads in full; None of any other, though it may be seen."""
    if not layer.owned:
        return None
    rows: Any = layer.model._base_manager.filter(pk=key)
    found: UUID | None = rows.values_list("authority_id", flat=True).first()
    return found if found is not None and _exists("own", layer, key) else None


def is_seen(layer: Layer, key: UUID) -> bool:
    """Does an officer see it in the layer, own or not?"""
    return _exists(Audience.OFFICER.schema, layer, key)


@contextmanager
def _writing(layer: Layer, writer: Writer, reason: str) -> Iterator[None]:
    with (
        in_words(layer.model),
        acting_as(user=writer.user, authorities=writer.authorities, actor=writer.actor, reason=reason),
    ):
        yield


def _held(layer: Layer, key: UUID, writer: Writer, compare: Compare, *, ending: bool = False) -> Any:
    """The record as it is once nobody else can change it any more. References to it go on, unless it is to end."""
    rows: Any = layer.model._base_manager
    record = rows.select_for_update(no_key=not ending).filter(pk=key).first()
    if record is None or not _exists("own", layer, key):
        raise NotTheirs if is_seen(layer, key) else NotThere(record=key)
    if not writer.may(record.authority_id):
        raise NotTheirs
    compare(states.of(layer, Audience.OFFICER, key))
    return record


def _exists(schema: str, layer: Layer, key: UUID) -> bool:
    statement = sql.SQL("SELECT EXISTS (SELECT FROM {} AS v WHERE v.id = {})").format(
        sql.Identifier(schema, layer.view), sql.Literal(key)
    )
    with published.reading(Audience.OFFICER) as cursor:
        published.execute(cursor, statement)
        (found,) = cursor.fetchone()
    return bool(found)


def _authority(given: Given, writer: Writer) -> UUID | None:
    """Whose the new record will be: as said by its code, or of the only authority that the writer works for."""
    bodies = authority_model()._base_manager
    if given.authority:
        found = bodies.filter(code=given.authority).values_list("pk", flat=True).first()
        if found is None or not writer.may(found):
            raise NotTheirs
        return UUID(str(found))
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT unnest(access_authorities(true))")
        own = [key for (key,) in cursor.fetchall() if writer.may(key)]
    if not own:
        raise NotTheirs
    return own[0] if len(own) == 1 else None


def _geometry(layer: Layer) -> str:
    return layer.geometry_for(Audience.OFFICER)


def _keep_origin(layer: Layer, record: Any, place: Place) -> None:
    """The legal coordinates, where they are other than what is stored, or others are kept of the record already."""
    if place.operation.source == "EPSG:4326" and not Origin.objects.filter(record_id=record.pk).exists():
        return
    origins.keep(
        table=layer.table,
        record_id=record.pk,
        authority_id=record.authority_id,
        original=place.original,
        operation=place.operation,
    )


def _ask_rules() -> None:
    """Those of the end too, while they can still be answered with a sentence."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _propose(layer: Layer, record: Model, place: Place | None, writer: Writer, reason: str) -> Written:
    assert layer.drafts  # noqa: S101  (asked before)
    propose = import_string(layer.drafts.propose)
    original, system = (place.original, place.operation.source) if place else (None, "")
    return Written(draft=propose(record=record, original=original, system=system, reason=reason, user=writer.user))
