"""Features to be written: one for any layer, made from what may be written of it; and the ways to send one."""

import json
from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client

from gis.layers import Audience, Layer, registry
from gis.writing.receivables import Receivable, receivables
from tests.rows import square

GEOJSON, PATCH = "application/geo+json", "application/merge-patch+json"
DIRECT = [layer for layer in registry if layer.writes == "direct"]
UNWRITTEN = [layer for layer in registry if layer.writes == "none"]
_numbers = count(2000)


def address(layer: str | Layer, feature: Any = "") -> str:
    name = layer if isinstance(layer, str) else layer.id
    return f"/ogc/collections/{name}/items" + (f"/{feature}" if feature else "")


def feature_for(layer: Layer, **properties: Any) -> dict[str, Any]:
    """A new feature, at a place of its own."""
    number = next(_numbers)
    said = {one.name: _value(one, number) for one in receivables(layer, Audience.OFFICER) if one.required}
    if layer.id == "address-units":
        said["area_ar"] = "الخوير"
    return {"type": "Feature", "geometry": geometry_for(layer, number), "properties": said | properties}


def geometry_for(layer: Layer, number: int | None = None) -> dict[str, Any]:
    """In CRS84, of the kind that the layer stores."""
    place = square(next(_numbers) if number is None else number, layer.geometry_type(Audience.OFFICER))
    return dict(json.loads(place.json))


def send(
    client: Client, method: str, path: str, document: Any = None, *, kind: str = "", **headers: str
) -> HttpResponse:
    """`headers` are written If_Match for If-Match."""
    body = document if isinstance(document, bytes) else b"" if document is None else json.dumps(document).encode()
    kind = kind or {"POST": GEOJSON, "PUT": GEOJSON, "PATCH": PATCH}.get(method, "")
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    sent: Any = client.generic(method, path, body, content_type=kind, headers=more)
    return sent  # type: ignore[no-any-return]


def created(client: Client, layer: Layer, **properties: Any) -> str:
    """The path of a new feature."""
    response = send(client, "POST", address(layer), feature_for(layer, **properties))
    assert response.status_code == 201, response.content.decode()
    return response["Location"].removeprefix("http://127.0.0.1")


def read(client: Client, path: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The feature and its validators, as headers that a write of it sends."""
    response = client.get(path)
    assert response.status_code == 200, response.content
    return json.loads(response.content), {
        "If-Match": response["ETag"],
        "If-Unmodified-Since": response.headers.get("Last-Modified", ""),
    }


def other_text(layer: Layer) -> tuple[str, Any]:
    """A property of the layer that may be changed, and a value that it does not have yet."""
    for one in receivables(layer, Audience.OFFICER):
        if one.kind == "text" and not one.codes and not one.by:
            return one.name, f"changed {next(_numbers)}"[-(one.longest or 20) :]
    raise LookupError(layer.id)


def _value(one: Receivable, number: int) -> Any:
    if one.kind == "texts":
        return list(one.codes[:1])
    if one.codes:
        return one.codes[0]
    return {"text": f"n{number}", "integer": number, "number": 1.5, "boolean": True, "date": "2025-01-31"}[one.kind]
