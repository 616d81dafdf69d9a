"""Features that may be large, some at a time: what is held is bounded by bytes, however many there are.

One feature may take 64 MB (`limits.longest_feature`), and a run may leave thousands of them in quarantine.
"""

from collections.abc import Callable, Iterable, Iterator

from django.db.models import BigIntegerField, Func, QuerySet, TextField

from .limits import MIB
from .models import Quarantine

# What is held at once, unless a single one is larger.
ROWS, BYTES = 1000, 8 * MIB
# Columns of the quarantine that hold them; a list of features has no need of these.
LARGE = ("original", "drawn", "attributes", "values")
# PostgreSQL's own compression leaves at least one byte of so many.
MOST_PACKED = 90


def portions[T](
    items: Iterable[T], weigh: Callable[[T], int], *, rows: int = ROWS, size: int = BYTES
) -> Iterator[list[T]]:
    """In their order, as many at once as both bounds allow; what is larger than `size` comes alone."""
    portion: list[T] = []
    weight = 0
    for item in items:
        its = weigh(item)
        if portion and (len(portion) == rows or weight + its > size):
            yield portion
            portion, weight = [], 0
        portion.append(item)
        weight += its
    if portion:
        yield portion


class Octets(Func):
    """Bytes of a binary value, 0 of none. PostgreSQL knows it without reading the value."""

    template = "coalesce(octet_length(%(expressions)s), 0)::bigint"
    output_field = BigIntegerField()
    arity = 1


class MostOctets(Func):
    """At most so many bytes a value of JSON is, unpacked; what is packed is not unpacked to be counted."""

    template = (
        "coalesce(pg_column_size(%(expressions)s)::bigint"
        f" * CASE WHEN pg_column_compression(%(expressions)s) IS NULL THEN 1 ELSE {MOST_PACKED} END, 0)"
    )
    output_field = BigIntegerField()
    arity = 1


def columns_of(items: QuerySet[Quarantine]) -> list[str]:
    """The columns of the files that features of the quarantine came with: short names first, as they are kept."""
    name = Func("attributes", function="jsonb_object_keys", output_field=TextField())
    names = items.order_by().annotate(name=name).values_list("name", flat=True).distinct()
    return sorted(names, key=lambda name: (len(name.encode()), name.encode()))
