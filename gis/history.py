"""The past of records and layers: what was recorded when, by whom and why, and how it is erased where it must be.

Two times, never mixed. Recorded time is when the database learned something (`moment`); valid time is when it is true
in the world (`valid_on`, a day). "The parcels in force last May as we knew them then" and "as we know them now" are
two questions. A change is recorded at the moment its statement ran, and becomes part of the past when its transaction
ends: a moment is settled once whatever was open at it has ended.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.db import connections, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis.db.operations import sql_text
from gis.db.past import hides_places, past_schema
from gis.db.tracking import TRIGGERS, personal_columns, tracked_models
from gis.layers import Audience, Layer
from gis.refusals import Refusal

Row = dict[str, Any]
LONG = "SET LOCAL statement_timeout = '10min'"  # of a job; a request has seconds


class NotYet(Refusal):
    code: ClassVar[str] = "moment_not_yet"
    sentence: ClassVar[str | Promise] = _("The past is read at a moment that has been. Give a time before now.")


class PastForOfficers(Refusal):
    code: ClassVar[str] = "past_for_officers"
    status: ClassVar[int] = 403
    sentence: ClassVar[str | Promise] = _(
        "This layer does not show everybody its exact places, so only officers read its past. Read its present instead."
    )


class ErasureSaysWhy(Refusal):
    code: ClassVar[str] = "erasure_says_why"
    sentence: ClassVar[str | Promise] = _("Say why it is erased: the reason stays when the data are gone.")


@dataclass(frozen=True)
class Version:
    """One change of a record. `before` is None for the first, `after` for a deletion; erased columns are None."""

    seq: int
    op: str
    at: datetime
    actor: str
    session: str
    reason: str
    before: Row | None
    after: Row | None


@contextmanager
def looking_at(moment: datetime, *, valid_on: date | None = None, using: str = "default") -> Iterator[None]:
    """A transaction in which the views `past.<table>` and `<audience>_past.<layer>` show that recorded moment.

    Layers show what was in force on `valid_on`, the day of the moment when it is not given.
    """
    if moment > timezone.now():
        raise NotYet
    zone = timezone.get_default_timezone()
    valid_at = moment if valid_on is None else datetime.combine(valid_on, time(12), tzinfo=zone)
    names = ("baladiya.moment", "baladiya.valid_at")
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}', true)" for name in names))
        outer = [value or "" for value in cursor.fetchone()]
        setting = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in names)
        cursor.execute(setting, [moment.isoformat(), valid_at.isoformat()])
        yield
        cursor.execute(setting, outer)


def as_of(
    layer: Layer,
    moment: datetime,
    *,
    audience: Audience = Audience.OFFICER,
    valid_on: date | None = None,
    using: str = "default",
) -> list[Row]:
    """The layer's features as they were recorded at the moment, in the columns of the audience, ordered by id.

    An officer reads the records of his own authorities. Columns, and who may read, are today's.
    """
    if audience is not Audience.OFFICER and hides_places(layer):
        raise PastForOfficers
    with looking_at(moment, valid_on=valid_on, using=using), connections[using].cursor() as cursor:
        view = sql.Identifier(past_schema(audience), layer.view)
        cursor.execute(sql.SQL("SELECT * FROM {} ORDER BY id").format(view).as_string())
        return rows(cursor)


def records_as_of(model: type[Model], moment: datetime, *, using: str = "default") -> list[Any]:
    """Instances of the model as they were recorded at the moment, whatever their valid time. Not to be saved."""
    named = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    query = f'SELECT {named} FROM past."{model._meta.db_table}" ORDER BY id'  # noqa: S608 -- names from the model
    with looking_at(moment, using=using):
        return list(model._base_manager.using(using).raw(query))


def versions(model: type[Model], key: UUID, *, using: str = "default") -> list[Version]:
    """Every change of a record that the session may see, oldest first."""
    table = model._meta.db_table
    personal = "".join(f', p."{column}"' for column in personal_columns(model))
    apart = f'LEFT JOIN personal_history."{table}" p USING (v_seq)' if personal else ""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f'SELECT h.*{personal} FROM history."{table}" h {apart} WHERE h.id = %s ORDER BY h.v_seq',  # noqa: S608
            [key],
        )
        drawn = [str(field.column) for field in model._meta.concrete_fields if isinstance(field, GeometryField)]
        return _paired(rows(cursor, drawn))


def deletions(model: type[Model], *, most: int, using: str = "default") -> list[Version]:
    """The records that are no more, as far as the session may see it: what they were, the latest first, `most` of them.

    For tables of which little is deleted: every version is looked at.
    """
    table = model._meta.db_table
    drawn = [str(field.column) for field in model._meta.concrete_fields if isinstance(field, GeometryField)]
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM history.\"{table}\" WHERE v_op = 'D' ORDER BY v_seq DESC LIMIT %s",  # noqa: S608
            [most],
        )
        return _paired(rows(cursor, drawn))


def erase(model: type[Model], key: UUID, *, reason: str, using: str = "default") -> int:
    """Erase the personal columns of a record's past versions, all of them when the record is gone.

    The caller opens `acting_as` for the record's authority. A note says who, when and why; the seal still holds.
    Returns how many versions were erased.
    """
    if not reason.strip():
        raise ErasureSaysWhy
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT history_erase(%s::regclass, %s, %s)", [f'"{model._meta.db_table}"', key, reason])
        return int(cursor.fetchone()[0])


def untracked(using: str = "default") -> list[str]:
    """Tables whose changes are not kept as they should be: a trigger is missing, off or not ours. For `/readyz`."""
    tables = [model._meta.db_table for model in tracked_models()]
    written = sql_text("gis", "history_write_v1")
    with connections[using].cursor() as cursor:
        cursor.execute(
            """
            SELECT name FROM unnest(%s::text[]) AS name
            WHERE to_regclass(format('history.%%I', name)) IS NULL OR %s <> (
                SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                WHERE t.tgrelid = to_regclass(quote_ident(name)) AND t.tgname = ANY (%s) AND t.tgenabled = 'A'
                  AND (p.proname = 'history_refuse' OR p.proname = 'history_write' AND position(p.prosrc IN %s) > 0))
            ORDER BY name
            """,
            [tables, len(TRIGGERS), list(TRIGGERS), written],
        )
        return [name for (name,) in cursor.fetchall()]


def drifted(using: str = "default") -> list[tuple[str, UUID]]:
    """Records that are not what their newest version says: something wrote while the triggers were off."""
    found = []
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(LONG)
        for model in tracked_models():
            cursor.execute("SELECT history_drift(%s::regclass)", [f'"{model._meta.db_table}"'])
            found += [(model._meta.db_table, key) for (key,) in cursor.fetchall()]
    return found


def rows(cursor: Any, geometries: Collection[str] = ("geom",)) -> list[Row]:
    """The cursor's rows by column name, the named geometries as such (EPSG:4326)."""
    names = [column.name for column in cursor.description]
    found = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    for row in found:
        for name in geometries:
            row[name] = row.get(name) and GEOSGeometry(row[name])
    return found


def _paired(found: list[Row]) -> list[Version]:
    paired: list[Version] = []
    image: Row | None = None
    for row in found:
        stamp = {name: row.pop(name) for name in list(row) if name.startswith("v_")}
        after = None if stamp["v_op"] == "D" else row
        paired.append(
            Version(
                seq=stamp["v_seq"],
                op=stamp["v_op"],
                at=stamp["v_at"],
                actor=stamp["v_actor"],
                session=stamp["v_session"],
                reason=stamp["v_reason"],
                before=row if after is None else image,
                after=after,
            )
        )
        image = after
    return paired
