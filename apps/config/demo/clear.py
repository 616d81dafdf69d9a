"""Takes the records of a demonstration away, so that another can be loaded."""

from collections.abc import Callable, Iterator
from functools import partial
from graphlib import TopologicalSorter

from django.db import connection, transaction
from django.db.models import ForeignKey, Model
from psycopg import sql

from apps.accounts.models import Unit
from apps.accounts.tenancy import tenanted_models
from apps.core.models import Record
from apps.reports.models import Photo
from apps.territory.models import Authority, CalendarException, WorkingCalendar
from gis.db.acting import acting_as

from . import heights
from .load.authorities import ACTOR
from .load.towns import codes
from .patience import take_time
from .site import SCALES, sites

KEPT = (Unit, WorkingCalendar, CalendarException)


def clear(*, say: Callable[[str], object]) -> None:
    """Delete the records of the demo's authorities and the heights of their ground.

    The authorities and accounts stay; so does history.
    """
    owners = list(Authority.objects.filter(code__in=codes()).values_list("pk", flat=True))
    say("Removing the old demonstration ...")
    with acting_as(authorities=owners, actor=ACTOR, reason="demonstration removed"):
        take_time()
        for photo in Photo.objects.filter(authority__in=owners):
            for file in (photo.image, photo.public_image):  # when it is certain: this may be ended
                transaction.on_commit(partial(file.delete, save=False))
        for site in sites(SCALES[-1]):
            heights.leave(site)
        with connection.cursor() as cursor:
            for model in _dependents_first():
                statement = sql.SQL("DELETE FROM {} WHERE authority_id = ANY (%s)")
                cursor.execute(statement.format(sql.Identifier(model._meta.db_table)).as_string(), [owners])
                if cursor.rowcount:
                    say(f"  {cursor.rowcount:,} of {model._meta.db_table}")


def _dependents_first() -> Iterator[type[Model]]:
    """The tables of an authority's records, each after those that point at it. Origins are kept, as history is."""
    models = {model for model in tenanted_models() if issubclass(model, Record) and model not in KEPT}
    pointing: dict[type[Model], set[type[Model]]] = {model: set() for model in models}
    for model in models:
        for field in model._meta.concrete_fields:
            target = field.related_model
            if isinstance(field, ForeignKey) and target in models and target is not model:
                pointing[target].add(model)
    yield from TopologicalSorter(pointing).static_order()
