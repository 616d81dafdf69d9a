"""What the database refuses about parcels, in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from psycopg import errors

from apps.core.refusals import Conflict, Refusal, refusal_of, speaks_for


@speaks_for("parcels_do_not_overlap")
class Overlap(Conflict):
    """Details: `plot`, `rival` and `rival_plot` (None where the other authority's are not public), widths in metres."""

    code = "overlap"
    sentence = _(
        "Plot %(plot)s overlaps %(other)s by a strip %(width_m)s m wide; %(tolerance_m)s m are allowed. "
        "Correct the outline, or end the other parcel first."
    )

    def __init__(self, **details: Any) -> None:
        number = details.get("rival_plot")
        other = format_lazy("{} {}", _("plot"), number) if number else _("a parcel of another authority")
        super().__init__(**details, other=other)


@speaks_for("plot_number_is_unique")
class PlotTaken(Conflict):
    code = "plot_taken"
    sentence = _("There is a parcel with this number in the block already. Give another number, or end that parcel.")


@speaks_for("parcels_need_read_committed")
class WrongIsolation(Refusal):
    """A fault of ours: some caller opened its transaction at another level."""

    code = "wrong_isolation"
    status = 500
    sentence = _("Parcels are written at isolation level READ COMMITTED only.")


class Busy(Conflict):
    code = "busy"
    status = 503
    sentence = _("Somebody is writing parcels in the same place, perhaps an import. Try again in a minute.")


BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled)


@contextmanager
def in_words() -> Iterator[None]:
    """Around a transaction: what the database refuses leaves as a Refusal."""
    try:
        yield
    except DatabaseError as error:
        if refusal := refusal_of(error):
            raise refusal from error
        if isinstance(error.__cause__, BUSY):
            raise Busy from error
        raise
