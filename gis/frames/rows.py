"""Rows of COPY into columns: text by Arrow, geometries by GEOS, some megabytes at a time."""

import json
from binascii import unhexlify
from collections.abc import Iterator
from typing import Any, ClassVar

import geopandas
import numpy as np
import pyarrow as pa
import shapely
from django.db import connections
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pyarrow import compute, csv

from gis import crs, published
from gis.refusals import Refusal

from .question import Question

CHUNK_BYTES = 16 * 1024 * 1024
TEXT, CODES = pa.string(), pa.dictionary(pa.int32(), pa.string())
ARROW: dict[published.Kind, pa.DataType] = {
    "text": TEXT,
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", "UTC"),
    "texts": TEXT,  # as JSON, until it is assembled
}

# Attributes and shapely geometries of the same rows.
Part = tuple[pa.Table, Any]


class TooManyRows(Refusal):
    code: ClassVar[str] = "too_many_rows"
    sentence: ClassVar[str | Promise] = _(
        "These are more than %(most)s features of %(layer)s. Ask for an area or a condition, or say how many: most=…"
    )


def parts(question: Question) -> Iterator[Part]:
    """Attributes and geometries of some rows at a time, so that the text of a million is never there at once."""
    connection = connections[published.alias(question.audience)]
    rows = 0
    with published.reading(question.audience) as cursor, connection.wrap_database_errors:
        buffer = bytearray()
        with cursor.cursor.copy(question.statement) as copy:
            for line in copy:  # a row each: whole rows are in every part
                buffer += line
                if len(buffer) >= CHUNK_BYTES:
                    yield (part := _read(question, buffer))
                    rows += part[0].num_rows
                    if rows > question.most:
                        raise TooManyRows(most=f"{question.most:,}", layer=question.layer.id)
                    buffer = bytearray()
        part = _read(question, buffer)
        if rows + part[0].num_rows > question.most:
            raise TooManyRows(most=f"{question.most:,}", layer=question.layer.id)
        yield part


def _read(question: Question, text: bytearray) -> tuple[pa.Table, Any]:
    names = ["id", *question.columns, "geom"]
    kinds = {name: CODES if name in question.coded else ARROW[question.kinds[name]] for name in question.columns}
    types = {"id": TEXT, **kinds, "geom": TEXT}
    if not text:
        return pa.schema(types).empty_table().drop_columns(["geom"]), np.array([], dtype=object)
    table = csv.read_csv(
        pa.py_buffer(text),
        csv.ReadOptions(column_names=names),
        csv.ParseOptions(newlines_in_values=True),
        # COPY writes nothing for null and "" for an empty text.
        csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return table.drop_columns(["geom"]), shapely.from_wkb(_bytes(table["geom"]))


def _bytes(written: pa.ChunkedArray) -> Any:
    """The hexadecimal column as bytes: all of it at once, then cut where the texts were."""
    texts = written.combine_chunks()
    _validity, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    cut = pa.py_buffer(((ends - ends[0]) // 2).astype(np.int32))
    raw = pa.py_buffer(unhexlify(memoryview(data)[ends[0] : ends[-1]]) if len(texts) else b"")
    missing = compute.is_null(texts)
    return np.where(missing, None, pa.Array.from_buffers(pa.binary(), len(texts), [None, cut, raw]).to_numpy(False))


def assembled(question: Question, read: list[Part], system: str) -> geopandas.GeoDataFrame:
    attributes = pa.concat_tables([table for table, _shapes in read]).unify_dictionaries()
    shapes = np.concatenate([shapes for _table, shapes in read])
    read.clear()
    found = attributes.to_pandas(date_as_object=False, self_destruct=True, split_blocks=True).set_index("id")
    for field in question.layer.fields:
        if field.codes is not None and field.name in question.coded:
            found[field.name] = found[field.name].cat.set_categories([str(code) for code in field.codes.values])
    for name in question.columns:
        if question.kinds[name] == "texts":
            found[name] = found[name].map(json.loads, na_action="ignore")
    if system != crs.STORAGE:
        shapes = crs.from_storage(shapes, crs.operation(system))
    return geopandas.GeoDataFrame(found, geometry=shapes, crs=system)
