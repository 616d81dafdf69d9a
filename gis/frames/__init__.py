"""A layer as a GeoDataFrame, for notebooks and jobs: the planner's door.

It reads the published views by the session that is there, so a frame holds what its reader may see: somebody with a
database login of his own (`DATABASE_URL`) his authorities' records, code inside `acting_as` those of its caller, and
everybody else what is public. Importing this package takes a second and 150 MB: the web never does.

Rows come as the text of COPY and are read by Arrow. Of the ways that were measured (`bin/bench frames`) only a driver
that opens a session of its own is as quick, and that one would have neither the transaction's caller nor its moment.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

import geopandas
import pandas as pd
from django.db import connections, transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import crs as systems
from gis import published
from gis.history import LONG, looking_at
from gis.layers import Audience, Layer, registry
from gis.refusals import Refusal

from .question import NoArea, Place, UnknownSign, Where, ask
from .rows import TooManyRows, assembled, parts

__all__ = ["NoArea", "TooManyRows", "UnknownLayer", "UnknownSign", "frame", "mine", "said"]

# Rows of one frame unless its reader says otherwise. A million parcels take some 900 MB while they are read.
MOST_ROWS = 2_000_000
LANGUAGES = ("ar", "en")
SESSION = f"{LONG}; SET LOCAL idle_in_transaction_session_timeout = '10min'; SET LOCAL TimeZone = 'UTC'"


class UnknownLayer(Refusal):
    code: ClassVar[str] = "unknown_layer"
    sentence: ClassVar[str | Promise] = _('There is no layer "%(name)s". These are: %(names)s.')


def frame(
    layer: str | Layer,
    audience: Audience | None = None,
    *,
    where: Where = (),
    inside: Place = None,
    as_of: datetime | None = None,
    on: date | None = None,
    columns: Sequence[str] | None = None,
    crs: str = systems.STORAGE,
    most: int = MOST_ROWS,
) -> geopandas.GeoDataFrame:
    """The layer's features as the reader may see them, by id (text); `audience` is the reader's own when not given.

    `where` compares declared fields; `inside` keeps what shares a point with an area. `as_of` reads what was recorded
    at that moment (of the platform's zone where it names none), `on` what was in force that day; of both an officer
    sees his own authorities' records. `crs` is the system of the answer, `most` refuses what would be too large.

    Codes are categories in the order of their list, several codes at once lists of texts, numbers float64, days
    datetime64; `frame.attrs` has titles, units and labels in Arabic and English (see `said`). Raises UnknownField,
    WrongValue, TooManyRows and others.
    """
    declared = _declared(layer)
    who = mine() if audience is None else audience
    system = systems.identify(crs)
    moment = _moment(as_of, on)
    question = ask(declared, who, where, inside, columns, most, past=moment is not None)
    using = published.alias(who)
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute(SESSION)
        if moment is None:
            read = list(parts(question))
        else:
            with looking_at(moment, valid_on=on, using=using):
                read = list(parts(question))
    found = assembled(question, read, system)
    found.attrs |= {"layer": declared.id, "audience": who.name.lower(), "title": _both(declared.title)}
    found.attrs |= {"as_of": moment and moment.isoformat(), "on": on and on.isoformat()}
    found.attrs["fields"] = {name: _about(declared, name) for name in question.columns}
    return found


def mine() -> Audience:
    """The audience of this session: an officer's where it may read the officers' views and acts for an authority."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT coalesce(has_schema_privilege(to_regnamespace('desk'), 'USAGE'), false)")
        if not cursor.fetchone()[0]:
            return Audience.PUBLIC
        cursor.execute("SELECT cardinality(access_codes()::text[]) > 0")
        return Audience.OFFICER if cursor.fetchone()[0] else Audience.PUBLIC


def said(found: pd.DataFrame, name: str, language: str = "ar") -> pd.Series:
    """A column of codes in words of a language ("ar", "en"), still in the order of the list."""
    labels = found.attrs["fields"][name]["codes"]
    if not isinstance(found[name].dtype, pd.CategoricalDtype):  # several codes at once
        return found[name].map(lambda codes: [labels[code][language] for code in codes], na_action="ignore")
    return found[name].cat.rename_categories({code: words[language] for code, words in labels.items()})


def _declared(layer: str | Layer) -> Layer:
    if isinstance(layer, Layer):
        return layer
    if (found := registry.get(layer)) is None:
        raise UnknownLayer(name=layer, names=", ".join(one.id for one in registry))
    return found


def _moment(as_of: datetime | None, on: date | None) -> datetime | None:
    """When it was recorded; None reads the present. A day alone is asked of what is known now."""
    if as_of is None:
        return timezone.now() if on else None
    return timezone.make_aware(as_of) if timezone.is_naive(as_of) else as_of


def _about(layer: Layer, name: str) -> dict[str, Any]:
    """What the declaration says of a column. The authority is given to every layer that has one."""
    field = next((field for field in layer.fields if field.name == name), None)
    if field is None:
        return {"title": _both(_("Authority")), "unit": "", "codes": {}}
    codes = {} if field.codes is None else {str(code): _both(label) for code, label in field.codes.choices}
    return {"title": _both(field.title), "unit": field.unit, "codes": codes}


def _both(text: str | Promise) -> dict[str, str]:
    spoken = {}
    for language in LANGUAGES:
        with translation.override(language):
            spoken[language] = str(text)
    return spoken
