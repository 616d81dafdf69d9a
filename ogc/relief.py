"""Hillshade as tiles for any map client: /tiles/relief/{z}/{x}/{y}.png (WebMercatorQuad, 256 pixels a side)."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from gis.mercator import Address
from gis.rasters import shading

from . import answers

SECONDS = 3600  # the ground keeps still


def answer(request: HttpRequest, at: Address) -> HttpResponse:
    """Everybody may see the ground. Nothing is drawn for somebody who has the same tile already. Raises NoSuchTile."""
    models = shading.beneath(at)
    etag = f'"{shading.version(models)}"'
    known = get_conditional_response(request, etag=etag)
    response = HttpResponse(shading.tile(at, models), content_type="image/png") if known is None else known
    return answers.finish(request, response, etag=etag, seconds=SECONDS)
