"""The reading process: `python -m gis.exchange.child REQUEST VERDICT_FD`.

It writes the table as an Arrow stream to its standard output, and at the end one line of JSON to the verdict
descriptor: how many rows there were, or why the file cannot be read. No verdict means that it was ended.
"""

import json
import os
import sys
from pathlib import Path

from gis.exchange import confine

os.environ.update(confine.ENVIRONMENT)
confine.leave_network()
confine.die_with_parent()
confine.limit_files()
sys.meta_path.insert(0, confine.WithoutPandas())

import pyarrow as pa  # noqa: E402

from gis.exchange import readers  # noqa: E402
from gis.exchange.readers.table import DONE, HEAD, Request, Table, empty_schema  # noqa: E402
from gis.exchange.readers.unreadable import Unreadable  # noqa: E402


def main(request: Request, verdict: int) -> None:
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    try:
        answer: dict[str, object] = {"rows": send(read(request))}
    except Unreadable as error:
        answer = {"code": error.code, "details": error.details}
    except MemoryError:
        answer = {"code": "too_much_memory", "details": {}}
    except BrokenPipeError:
        os._exit(1)
    os.write(verdict, json.dumps(answer).encode() + b"\n")
    # What a broken file left behind inside a library may crash while it is tidied up.
    os._exit(0)


def read(request: Request) -> Table:
    confine.limit_memory(for_good=False)
    confine.limit_time(request.path.stat().st_size, for_good=False)
    path = readers.unpack(request)
    confine.lift_memory()
    reader = readers.reader_of(path)
    confine.limit_memory(for_good=True)
    confine.limit_time(path.stat().st_size, for_good=True)
    return reader.read(path, request)


def send(table: Table) -> int:
    """Write the batches; returns the number of rows."""
    rows = 0
    batches = iter(table.batches)
    first = next(batches, None)
    schema = first.schema if first is not None else empty_schema(table.head)
    with pa.ipc.new_stream(sys.stdout.buffer, schema.with_metadata({HEAD: table.head.to_json()})) as writer:
        while first is not None:
            writer.write_batch(first, custom_metadata={DONE: str(table.done[0])})
            rows += first.num_rows
            first = next(batches, None)
    sys.stdout.buffer.flush()
    return rows


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    main(Request(**asked | {"path": Path(asked["path"]), "work": Path(asked["work"])}), int(sys.argv[2]))
