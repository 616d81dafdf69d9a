"""A look at a delivered file: its first rows, read in the limited process, and what they say about the rest."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext_lazy as _

from .choices import Choices
from .deliveries import folder_of, path_of
from .mapping import UNIT, by_name
from .models import Delivery
from .reasons import in_both
from .refusals import UnreadableFile
from .source import Batch, Source, Waiting, checksum
from .target import Target
from .values import as_text

# Features that the preview draws, and the most bytes of their geometry: a page must stay quick.
SHOWN, MOST_BYTES = 300, 2_000_000
SAMPLES = 4
# Different values of a column that are offered to be read as codes.
MOST_VALUES = 60
LONGEST_VALUE = 80
FAILED = _(
    "The program failed at this file, and its operators can read why. "
    "Look again; if it fails again, deliver the file in another format."
)
SAMPLE = ".sample"  # beside the file, whose name never begins with a dot


def look_at(delivery: Delivery, target: Target, *, waiting: Waiting = lambda done, rows: None) -> None:
    """Find out about the file, and propose a mapping where there is none. What is wrong with it is noted, not raised.

    Of several tables one must be named first, unless the format lets all of them be read as one.

    Nothing is saved: reading may take long, and no transaction should wait for it. `waiting` is told meanwhile how far
    it is, as by `Source`.
    """
    choices = Choices.from_json(delivery.choices)
    delivery.message_ar = delivery.message_en = ""
    try:
        delivery.found = _found(path_of(delivery), folder_of(delivery.id) / SAMPLE, choices, waiting)
        delivery.state = Delivery.State.READY
    except UnreadableFile as refusal:
        delivery.state = Delivery.State.UNREADABLE
        delivery.found = _unread(refusal, delivery.found if choices.places else {})
        delivery.message_ar, delivery.message_en = in_both(refusal, {})
    if delivery.state == Delivery.State.READY:
        delivery.choices = _proposed(delivery, target, choices).to_json()


def give_up(delivery: UUID) -> None:
    """Nobody looks at it any more, for a reason that no sentence names: its page must not wait for ever."""
    arabic, english = in_both(FAILED, {})
    found = {"tables": [], "reason": "failed", "columns": []}
    Delivery.objects.filter(pk=delivery, state=Delivery.State.LOOKING).update(
        state=Delivery.State.UNREADABLE, found=found, message_ar=arabic, message_en=english
    )


def sample_of(delivery: Delivery) -> list[dict[str, Any]]:
    """The features to draw: "row" and "wkb" (hexadecimal, as the file has it)."""
    path = folder_of(delivery.id) / SAMPLE
    found: list[dict[str, Any]] = json.loads(path.read_text()) if path.is_file() else []
    return found


def lacks_unit(delivery: Delivery) -> bool:
    """Is it a drawing of which nobody has said what one of its units measures?"""
    return "dxf_unit_missing" in dict(delivery.found.get("remarks", ()))


def _found(path: Path, sample: Path, choices: Choices, waiting: Waiting) -> dict[str, Any]:
    with TemporaryDirectory(prefix="look-") as folder:
        named, places = {"table": choices.table, "encoding": choices.encoding}, choices.reading
        look = Source(path, Path(folder), **named, places=places, waiting=waiting).look()
    if look.whole is None and len(look.tables) > 1 and choices.table not in look.tables:
        raise UnreadableFile("many_tables", tables=list(look.tables), counts=look.counts)
    head, first = look.head, look.first
    sample.write_text(json.dumps(_features(first) if first else []))
    sample.chmod(0o600)
    return {
        "format": head.format,
        "crs": head.crs,
        "crs_from": head.crs_from,
        "encoding": head.encoding,
        "encoding_from": head.encoding_from,
        "rows": head.rows,
        "remarks": head.remarks,
        "places": head.places,
        "tables": look.tables,
        "counts": look.counts,
        "whole": look.whole,
        "seen": look.seen,
        "faults": look.faults,
        "sha256": checksum(path),
        "columns": [_column(name, first) for name in head.columns],
    }


def _unread(refusal: UnreadableFile, before: dict[str, Any]) -> dict[str, Any]:
    """What is known all the same: which tables there are, and the columns where some must be named as the place.

    Whoever named columns that cannot be one, so that nothing can be read, names others of those known `before`.
    """
    told, samples = refusal.details.get("columns"), refusal.details.get("samples", {})
    columns = [] if "tables" in refusal.details else before.get("columns", [])
    if isinstance(told, list):
        columns = [{"name": name, "samples": samples.get(name, [])[:SAMPLES], "values": []} for name in told]
    known = {name: refusal.details.get(name, empty) for name, empty in (("tables", []), ("counts", {}))}
    return {**known, "reason": refusal.reason, "columns": columns}


def _features(batch: Batch) -> list[dict[str, Any]]:
    left, features = MOST_BYTES, []
    for row, data in zip(batch.rows[:SHOWN].to_pylist(), batch.geometry[:SHOWN].to_pylist(), strict=True):
        left -= len(data or b"")
        if data and left > 0:
            features.append({"row": row, "wkb": data.hex()})
    return features


def _column(name: str, batch: Batch | None) -> dict[str, Any]:
    """Some values as they came, and all different ones where they are few."""
    if batch is None:
        return {"name": name, "samples": [], "values": []}
    texts = as_text(batch.attributes.column(name)).drop_null()
    different = pc.unique(texts[: 5 * SHOWN]) if len(texts) else pa.array([], pa.string())
    counted = sorted(pc.value_counts(texts).to_pylist(), key=lambda one: -one["counts"]) if len(texts) else []
    few = len(counted) <= MOST_VALUES
    return {
        "name": name,
        "samples": [text[:LONGEST_VALUE] for text in different[:SAMPLES].to_pylist()],
        "values": [[one["values"][:LONGEST_VALUE], one["counts"]] for one in counted] if few else [],
    }


def _proposed(delivery: Delivery, target: Target, choices: Choices) -> Choices:
    """What the names of the columns say, for fields of which nothing has been said."""
    columns = [column["name"] for column in delivery.found["columns"]]
    said = {name: column for name, column in choices.columns.items() if column in ("", *columns) or name == UNIT}
    proposed = by_name(target, columns, set(said) | set(choices.values))
    return Choices.from_json(choices.to_json() | {"columns": {**proposed, **said}})
