"""The reading process: `python -m gis.exchange.child REQUEST VERDICT_FD TOLD_FD`.

It writes the table as an Arrow stream to its standard output, and at the end one line of JSON to the verdict
descriptor: how many rows there were, or why the file cannot be read. No verdict means that it was ended. Asked to look
only, it writes the first rows and says in the verdict what else is in the file. Meanwhile the third descriptor holds
how much of the file has been gone through (`telling`).
"""

import json
import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from gis.exchange import confine, telling
from gis.exchange.limits import LIMITS
from gis.exchange.readers.laying import lay
from gis.exchange.readers.letters import kept, shown

ASKED: dict[str, Any] = json.loads(sys.argv[1])
VERDICT, TOLD = map(int, sys.argv[2:])
FOLDER = Path(ASKED["work"]) / "reading"
FOLDER.mkdir()
os.environ.update(confine.ENVIRONMENT | {"TMPDIR": str(FOLDER), "CPL_TMPDIR": str(FOLDER)})
confine.leave_network()
confine.die_with_parent()
confine.limit_files()
# Before any library is loaded: it may start threads, which would keep their freedom.
PATH, FILES = lay(Path(ASKED["path"]), FOLDER)
confine.see_only(FILES, FOLDER)
sys.meta_path.insert(0, confine.WithoutPandas())

from gis.exchange import readers  # noqa: E402
from gis.exchange.readers.request import Request  # noqa: E402
from gis.exchange.readers.unreadable import Unreadable  # noqa: E402


def main(request: Request) -> None:
    try:
        answer = work(request)
    except Unreadable as error:
        answer = {"code": error.code, "details": {name: _shown(told) for name, told in error.details.items()}}
    except MemoryError:
        answer = {"code": "too_much_memory", "details": {}}
    except BrokenPipeError:
        os._exit(1)
    told = json.dumps(kept(answer)).encode() + b"\n"
    _end_stream()
    while told:
        told = told[os.write(VERDICT, told) :]
    # What a broken file left behind inside a library may crash while it is tidied up.
    os._exit(0)


def _end_stream() -> None:
    """Whoever waits for rows learns that none come, and listens: a pipe holds 64 KiB, and a verdict may be longer."""
    with suppress(OSError):
        sys.stdout.flush()
    os.close(1)  # which the stream's own close() leaves open


def work(request: Request) -> dict[str, Any]:
    """Unpack, and only then load what reading needs; both under limits of their own."""
    confine.limit_memory(for_good=False)
    confine.limit_time(PATH.stat().st_size, for_good=False)
    path, within = readers.unpack(PATH, request)
    confine.lift_memory()
    inside = way_inside(request.table, within.table)
    try:
        return read(path, within, inside)
    except Unreadable as error:
        if "tables" in error.details:
            error.details["tables"] = [inside + name for name in error.details["tables"]]
        raise


def read(path: Path, request: Request, inside: str) -> dict[str, Any]:
    """Send the table, or a look at it."""
    reader = readers.reader_of(path, request)
    from gis.exchange.readers import sending

    per_mib = getattr(reader, "SECONDS_PER_MIB", LIMITS.cpu_seconds_per_mib)
    confine.limit_memory(for_good=True)
    confine.limit_time(path.stat().st_size, for_good=True, per_mib=per_mib)
    if request.look:
        return {"look": sending.look(reader, path, request, inside, sys.stdout.buffer)}
    return {"rows": sending.send(reader.read(path, request), sys.stdout.buffer)}


def _shown(told: Any) -> Any:
    """What a library says of a file, fit for a page and the database: controls that it quotes are written as numbers.

    It may name the file too; where ours lie on this machine concerns nobody.
    """
    if not isinstance(told, str):
        return told
    return shown(told.replace(f"{FOLDER}/", ""), kinds=("Cc",))


def way_inside(asked: str, left: str) -> str:
    """What of the asked "city/plots" named the file in an archive: "city/" where "plots" is left of it."""
    file = asked[: len(asked) - len(left)].rstrip("/")
    return file + "/" if file else ""


if __name__ == "__main__":
    paths = {name: Path(ASKED[name]) for name in ("path", "work")}
    main(Request(**ASKED | paths, tell=partial(telling.tell, TOLD)))
