"""How good a layer's data are, as everybody sees them: from what the database knows already, cheap at a million rows.

Figures are exact, or estimated from a sample of pages (`gis.db.qualities`) and then say so.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql

from gis import published
from gis.db import qualities
from gis.features import Query
from gis.features import reading as features
from gis.layers import PUBLIC, Layer


@dataclass(frozen=True)
class Origin:
    """How many of the sample were brought from this coordinate system, and what the way from it costs in metres."""

    system: str
    accuracy_m: float | None
    rows: int


@dataclass(frozen=True)
class Quality:
    """`rows` in all (`counted`: exactly) and how many are `quarantined`, which is exact.

    Of the `sample` (so many records, the `share` of all from 0 to 1): how many have a place, how many say each field,
    and where their geometries came from. `guarded`: the table takes no geometry that is not valid.
    """

    rows: int
    counted: bool
    quarantined: int
    guarded: bool
    sample: int
    share: float
    placed: int
    fields: Mapping[str, int]
    origins: tuple[Origin, ...]


def times(layer: Layer) -> tuple[datetime | None, datetime | None]:
    """When the first and the newest version were recorded; None where no history is kept."""
    first, last = _told(qualities.times(layer))
    return (_moment(first), _moment(last))


def of(layer: Layer) -> Quality:
    """Raises what `published.reading` raises."""
    told = _told(qualities.quality(layer))
    sample, share = told["rows"], told["share"]
    counted = sample if share == 1 else features.count(layer, PUBLIC, Query())
    return Quality(
        rows=round(sample / share) if counted is None else counted,
        counted=counted is not None,
        quarantined=told["quarantined"],
        guarded=told["guarded"],
        sample=sample,
        share=share,
        placed=told["placed"],
        fields=told["fields"],
        origins=tuple(Origin(**one) for one in told["origins"]),
    )


def _told(function: sql.Identifier) -> Any:
    with published.reading(PUBLIC) as cursor:
        published.execute(cursor, sql.SQL("SELECT {}()").format(function))
        (told,) = cursor.fetchone()
    return json.loads(told) if isinstance(told, str) else told


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
