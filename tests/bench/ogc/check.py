"""Does everybody answer the same question? Nothing that a server reaches counts before that."""

import json
import tempfile
from pathlib import Path

import pyogrio

from .peers import Server
from .walk import read
from .workloads import Workload

EDGE = 0.1  # of the features of a tile: whether one belongs that lies in the buffer alone is nowhere said


def unlike(workload: Workload, server: Server, limit: Server) -> str:
    """What the server answers otherwise than the limit, to one of the addresses; empty where it does not."""
    places = [min(3, len(workload.addresses(each)) - 1) for each in (server, limit)]
    try:
        told, wanted = (read(workload.addresses(each)[at]) for each, at in zip((server, limit), places, strict=True))
    except OSError as error:
        return f"{server.name}: {error}"
    if workload.addresses(limit)[0].startswith(limit.tile.partition("{")[0]):
        return _unlike_tile(server.name, told, wanted) if workload.alike else ""
    return _unlike_items(server.name, json.loads(told), json.loads(wanted))


def _unlike_items(name: str, told: dict[str, object], wanted: dict[str, object]) -> str:
    ids, others = _ids(told), _ids(wanted)
    if ids != others:
        return f"{name}: {len(set(ids) & set(others))} of {len(others)} features"
    if (matched := told.get("numberMatched")) is not None and wanted.get("numberMatched") not in (None, matched):
        return f"{name}: numberMatched {matched}, not {wanted['numberMatched']}"
    said = {key for feature in _features(told) for key in feature["properties"]} - {"id"}
    asked = {key for feature in _features(wanted) for key in feature["properties"]}
    return "" if said == asked else f"{name}: other properties, {', '.join(sorted(said ^ asked))}"


def _features(answer: dict[str, object]) -> list[dict[str, dict[str, object]]]:
    found = answer.get("features", [answer])
    assert isinstance(found, list)
    return found


def _ids(answer: dict[str, object]) -> list[str]:
    return [str(feature["id"]) for feature in _features(answer)]


def _unlike_tile(name: str, told: bytes, wanted: bytes) -> str:
    numbers = [_number(content) for content in (told, wanted)]
    return (
        "" if abs(numbers[0] - numbers[1]) <= EDGE * numbers[1] else f"{name}: {numbers[0]} features, not {numbers[1]}"
    )


def _number(content: bytes) -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "0.mvt")
        file.write_bytes(content)
        layer = next(name for name, _kind in pyogrio.list_layers(file) if not name.endswith(".label"))
        return int(pyogrio.read_info(file, layer=layer, force_feature_count=True)["features"])
