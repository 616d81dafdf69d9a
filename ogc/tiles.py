"""OGC API Tiles: the tiles of a collection and of the data set, what they are and how they are cut."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis import freshness, tiles
from gis.features import nearest
from gis.freshness import Freshness
from gis.layers import Audience
from gis.parameters import BadParameter, known_and_once
from gis.refusals import Refusal
from gis.tiles import MATRIX_SETS, Asked, MatrixSet, Square

from . import answers, catalogue, documents, matrix_sets, media, pages, parameters, tilejson, tilesets, times
from .border import NoSuchCollection, answering, audience_of, base_of, layer_of
from .caller import Caller, calling
from .tiled import Tiled
from .wishes import chosen_format

SECONDS = 60
VARIES = ("Cookie", "X-API-Key", "Authorization")  # in no language, and of one kind
SETS = tuple(MATRIX_SETS.values())
NUMBER = re.compile(r"\d{1,9}", re.ASCII)

Document = dict[str, Any]


class NoSuchMatrixSet(Refusal):
    code: ClassVar[str] = "NotFound"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _('Tiles are not cut as "%(name)s". There are: %(known)s.')


class NoTileHere(Refusal):
    code: ClassVar[str] = "NotFound"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _(
        "There is no tile here: level %(level)s, row %(row)s, column %(column)s."
        ' The page of the tileset says which there are ("tileMatrixSetLimits").'
    )


class NoSuchCollections(BadParameter):
    parameter: ClassVar[str] = "collections"
    sentence: ClassVar[str | Promise] = _('There is no collection "%(given)s". The nearest is "%(nearest)s".')


@answering()
def matrix_set_list(request: HttpRequest) -> HttpResponse:
    """The tile matrix sets."""
    given = parameters.check(request.GET, parameters.PAGE)
    with _caller(request, given) as base:
        return _written(request, given, matrix_sets.listed(base), "tiles/matrix_sets.html", fresh=answers.RELEASED)


@answering()
def matrix_set(request: HttpRequest, matrices: str) -> HttpResponse:
    """One of them with its levels."""
    given = parameters.check(request.GET, parameters.PAGE)
    with _caller(request, given):
        found = matrix_sets.definition(_matrices(matrices))
        return _written(request, given, found, "tiles/matrix_set.html", fresh=answers.RELEASED)


@answering()
def tileset_list(request: HttpRequest, collection: str = "") -> HttpResponse:
    """The tilesets of a collection, or of the data set."""
    tiled = _tiled(collection, {}, audience_of(request))
    given = parameters.check(request.GET, parameters.PAGE)
    with _caller(request, given):
        shown = [
            {"name": one.id, "crs": matrix_sets.system(one), "address": f"{tiled.address}/{one.id}"} for one in SETS
        ]
        return _written(request, given, tilesets.listed(tiled), "tiles/tilesets.html", choices=shown)


@answering()
def tileset(request: HttpRequest, matrices: str, collection: str = "") -> HttpResponse:
    """One tileset, as the OGC describes it or as TileJSON."""
    given = _checked(request.GET, collection, ("json", "html", "tilejson"))
    tiled, found = _tiled(collection, given, audience_of(request)), _matrices(matrices)
    fresh = freshness.of_all(tiled.layers, audience_of(request))
    with _caller(request, given):
        if given.get("f") == "tilejson":
            return _written(request, given, tilejson.described(tiled, found), "", media.TILEJSON, fresh)
        return _written(request, given, tilesets.described(tiled, found), "tiles/tileset.html", fresh=fresh)


@answering()
def tile(request: HttpRequest, matrices: str, level: str, row: str, column: str, collection: str = "") -> HttpResponse:
    """One tile. Who has it already is told so before anything is cut."""
    given = _checked(request.GET, collection, ("mvt",), "datetime")
    tiled = _tiled(collection, given, audience_of(request))
    square = _square(_matrices(matrices), level, row, column)
    during = times.read(given["datetime"]) if "datetime" in given else None
    asked = [Asked(layer, audience_of(request), square, during) for layer in tiled.layers]
    etag = f'W/"{state}"' if (state := tiles.states(asked)) else ""
    if etag and request.headers.get("If-None-Match") != "*":
        known = answers.known(request, etag, seconds=SECONDS, vary=VARIES)
        if known:
            return known
    cut = tiles.join(asked)
    if not cut.content:
        with _caller(request, given):
            if not tiled.reaches(square):
                raise NoTileHere(level=level[:20], row=row[:20], column=column[:20])
    response = HttpResponse(cut.content, content_type=media.TILE)
    response["X-Features-Dropped"] = str(cut.dropped)
    return answers.finish(request, response, etag=etag or answers.digest(cut.content), seconds=SECONDS, vary=VARIES)


def _checked(query: QueryDict, collection: str, formats: tuple[str, ...], *more: str) -> dict[str, str]:
    """The parameters. Raises UnknownParameter, GivenTwice and NotOneOf."""
    names = ("f", "lang", *more, *(() if collection else ("collections",)))
    given = known_and_once(query, names)
    for name, choices in (("f", formats), ("lang", parameters.LANGUAGES)):
        if name in given and given[name] not in choices:
            raise parameters.NotOneOf(name=name, given=given[name][:80], known=", ".join(choices))
    return given


def _tiled(collection: str, given: dict[str, str], audience: Audience) -> Tiled:
    """What the tiles hold. Raises NoSuchCollection and NoSuchCollections."""
    if collection:
        return Tiled((layer_of(collection),), collection)
    known = {layer.id: layer for layer in catalogue.layers() if layer.is_open(audience)}
    if not known:
        raise NoSuchCollection(name="tiles")
    names = parameters.listed(given, "collections")
    for name in names:
        if name not in known:
            raise NoSuchCollections(given=name[:80], nearest=nearest(name, list(known)))
    chosen = tuple(layer for name, layer in known.items() if not names or name in names)
    return Tiled(chosen, given=",".join(layer.id for layer in chosen) if names else "")


def _matrices(name: str) -> MatrixSet:
    if name not in MATRIX_SETS:
        raise NoSuchMatrixSet(name=name[:80], known=", ".join(MATRIX_SETS))
    return MATRIX_SETS[name]


def _square(matrices: MatrixSet, level: str, row: str, column: str) -> Square:
    """The place of a tile, by level, row and column as they stand in its address. Raises NoTileHere."""
    numbers = [int(text) if NUMBER.fullmatch(text) else -1 for text in (level, column, row)]
    if not matrices.holds(*numbers):
        raise NoTileHere(level=level[:20], row=row[:20], column=column[:20])
    return Square(matrices, *numbers)


@contextmanager
def _caller(request: HttpRequest, given: dict[str, str]) -> Iterator[str]:
    """The request as the current caller's; gives the address of the landing page."""
    base = base_of(request)
    with calling(Caller(request, base, str(get_language()), audience_of(request), given)):
        yield base


def _written(
    request: HttpRequest,
    given: dict[str, str],
    document: Document,
    page: str,
    kind: str = media.JSON,
    fresh: Freshness | None = None,
    **shown: Any,
) -> HttpResponse:
    """A document, or its page for people, which may show more."""
    headers = {"Content-Language": str(get_language()), "Content-Type": kind}
    if page and chosen_format(given.get("f", ""), request.headers.get("Accept", "")) == "html":
        headers["Content-Type"] = media.HTML
        return answers.document(request, headers, 200, pages.render(None, None, page, document | shown), fresh=fresh)
    return answers.document(request, headers, 200, documents.dumps(document), fresh=fresh)
