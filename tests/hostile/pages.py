"""Every address of the site with a hostile town behind it, found in the site's own list of addresses.

An address without an example here is told by `uncovered`: a new page is not forgotten.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, urlencode

from django.contrib import admin
from django.urls import URLResolver, get_resolver, reverse
from django.utils.translation import override

from apps.addressing.models import Street
from apps.parcels.models import Parcel
from apps.reports.models import Photo, Report
from gis.exchange.models import Delivery, ImportRun, Quarantine
from gis.layers import Audience, registry
from gis.processes.jobs import Job
from gis.processes.offered import registry as processes

from .reflecting import LANGUAGES, under
from .texts import TEXTS
from .town import Town, place, published, tells

ADMIN_OF_A_MODEL = re.compile(r"admin/(\w+)/(\w+)/(?:(add)/|<path:object_id>/(?:(history|delete|change)/)?)?")
RECORDS = "catalogue/collections/layers"
TILE = "<str:level>/<str:row>/<str:column>"
Examples = Callable[[Town], list[str]]


def _feed(rest: str) -> Examples:
    """A page of the feed for each layer with a row: as people see it."""

    def made(town: Town) -> list[str]:
        return [f"/ogc/collections/{layer.id}{rest.format(id=row.pk)}?f=html" for layer, row in published(town)]

    return made


def _cards(town: Town) -> list[str]:
    return [f"card/{layer.id}/{row.pk}/" for layer, row in published(town)]


def _also(town: Town) -> str:
    return ",".join(f"{layer.id}/{row.pk}" for layer, row in published(town))


def _follow(town: Town) -> list[str]:
    report = town.row(Report)
    return [f"reports/{report.number}/", f"reports/{report.number}/?key={quote(report.token)}&new=1"]


def _photo(town: Town) -> list[str]:
    photo = f"reports/{town.row(Report).number}/photos/{town.row(Photo).pk}.jpg"
    return [photo, f"{photo}?key={quote(TEXTS[0])}"]


def _file(rest: str) -> Examples:
    return lambda town: [f"/admin/spatial/importrun/file/{town.row(Delivery).pk}/{rest}"]


def _run(rest: str) -> Examples:
    return lambda town: [f"/admin/spatial/importrun/{town.row(ImportRun).pk}/{rest}"]


IMPORTS: dict[str, Examples] = {
    "admin/spatial/importrun/new/": lambda town: ["/admin/spatial/importrun/new/"],
    "admin/spatial/quarantine/<uuid:key>/judging/": lambda town: [
        f"/admin/spatial/quarantine/{town.row(Quarantine).pk}/judging/"
    ],
} | {
    f"admin/spatial/importrun/{kind}<uuid:key>/{rest}": example(rest)
    for kind, example, rests in (
        ("file/", _file, ("", "piece/", "complete/", "discard/", "preview/")),
        ("", _run, ("progress/", "cancel/", "again/", "places/", "quarantine.csv", "quarantine.gpkg")),
    )
    for rest in rests
}
# Addresses under a language are given without it.
EXAMPLES: dict[str, Examples] = {
    "": lambda town: ["", f"?c={place(town, Street)}&z=18"],
    "map.json": lambda town: ["map.json"],
    "card/<slug:layer_id>/<uuid:feature_id>/": _cards,
    "at/": lambda town: [f"at/?point={place(town, Parcel)}", f"at/?point={place(town, Report)}"],
    "list/": lambda town: [f"list/?of={_also(town)}"],
    "search": lambda town: ["search?q=ran(1)", "search?q=x-h", f"search?q={quote(TEXTS[2])}"],
    "here/": lambda town: [f"here/?point={place(town, Parcel)}"],
    "coordinates": lambda town: [f"coordinates?text={quote(TEXTS[1])}", "coordinates?text=650123,2611234"],
    "api/": lambda town: ["api/"],
    "api/search": lambda town: ["/api/search?q=ran(1)", f"/api/search?q={quote(TEXTS[2])}"],
    "api/reverse": lambda town: ["/api/reverse?lat={}&lon={}".format(*place(town, Parcel).split(","))],
    "api/openapi": lambda town: ["/api/openapi"],
    "design/": lambda town: ["design/"],
    "report/": lambda town: ["report/"],
    "reports/": lambda town: ["reports/"],
    "reports/<str:number>/": _follow,
    "reports/<str:number>/photos/<uuid:photo_id>.jpg": _photo,
    "admin/": lambda town: ["/admin/"],
    "admin/login/": lambda town: ["/admin/login/"],
    "admin/logout/": lambda town: ["/admin/logout/"],
    "admin/password_change/": lambda town: ["/admin/password_change/"],
    "admin/password_change/done/": lambda town: ["/admin/password_change/done/"],
    "admin/autocomplete/": lambda town: ["/admin/autocomplete/"],
    "admin/jsi18n/": lambda town: ["/admin/jsi18n/"],
    "admin/r/<path:rest>": lambda town: ["/admin/r/1/1/"],
    "admin/r/<path:content_type_id>/<path:object_id>/": lambda town: ["/admin/r/1/1/"],
    "admin/accounts/user/<id>/password/": lambda town: [f"/admin/accounts/user/{town.boss.pk}/password/"],
    "admin/reports/photo/<uuid:photo_id>/original.jpg": lambda town: [
        f"/admin/reports/photo/{town.row(Photo).pk}/original.jpg"
    ],
    r"^accent/(?P<colour>[0-9a-f]{6})\.css$": lambda town: ["/accent/0d6b66.css"],
    "oauth/token": lambda town: ["/oauth/token"],
    ".well-known/oauth-authorization-server": lambda town: ["/.well-known/oauth-authorization-server"],
    "emblem/<slug:code>/<slug:version>.png": lambda town: [f"/emblem/{town.scene.authority.code}/1.png"],
    "language/<slug:language>/": lambda town: ["/language/en/"],
    "i18n/setlang/": lambda town: ["/i18n/setlang/"],
    "ogc": lambda town: ["/ogc?f=html", "/ogc"],
    "ogc/": lambda town: ["/ogc/"],
    "ogc/conformance": lambda town: ["/ogc/conformance?f=html"],
    "ogc/openapi": lambda town: ["/ogc/openapi?f=html", "/ogc/openapi?f=json"],
    "ogc/collections": lambda town: ["/ogc/collections?f=html"],
    "ogc/collections/<str:collection>": _feed(""),
    "ogc/collections/<str:collection>/schema": _feed("/schema"),
    "ogc/collections/<str:collection>/queryables": _feed("/queryables"),
    "ogc/collections/<str:collection>/sortables": _feed("/sortables"),
    "ogc/collections/<str:collection>/changes": lambda town: [
        f"/ogc/collections/{layer.id}/changes?since=beginning" for layer, _row in published(town)
    ],
    "ogc/collections/<str:collection>/items": _feed("/items"),
    "ogc/collections/<str:collection>/items/<str:feature>": _feed("/items/{id}"),
    **{
        f"ogc/{route}": example
        for route, example in {
            "exports/<str:export>": lambda town: [f"/ogc/exports/{quote(TEXTS[0])}?lang=ar"],
            "exports/<str:export>/file": lambda town: [f"/ogc/exports/{quote(TEXTS[0])}/file"],
            "processes": lambda town: ["/ogc/processes?f=html"],
            "processes/<str:process>": lambda town: [f"/ogc/processes/{one.id}?f=html" for one in processes],
            "processes/<str:process>/execution": lambda town: ["/ogc/processes/buffer/execution"],
            "jobs": lambda town: ["/ogc/jobs?f=html"],
            "jobs/<str:job>": lambda town: [
                f"/ogc/jobs/{quote(TEXTS[0])}?f=html",
                f"/ogc/jobs/{town.row(Job).pk}?f=html",
            ],
            "jobs/<str:job>/results": lambda town: [f"/ogc/jobs/{town.row(Job).pk}/results?f=html"],
            "catalogue": lambda town: ["/ogc/catalogue?f=html"],
            "catalogue/": lambda town: ["/ogc/catalogue/?f=html"],
            "catalogue/conformance": lambda town: ["/ogc/catalogue/conformance?f=html"],
            "catalogue/openapi": lambda town: ["/ogc/catalogue/openapi?f=html", "/ogc/catalogue/openapi?f=json"],
            "catalogue/collections": lambda town: ["/ogc/catalogue/collections?f=html"],
            RECORDS: lambda town: [f"/ogc/{RECORDS}?f=html"],
            f"{RECORDS}/sortables": lambda town: [f"/ogc/{RECORDS}/sortables?f=html"],
            f"{RECORDS}/items": lambda town: [f"/ogc/{RECORDS}/items?f=html&q={quote(TEXTS[0])}"],
            f"{RECORDS}/items/<str:record>": lambda town: [
                f"/ogc/{RECORDS}/items/{quote(TEXTS[0])}?f=html",
                f"/ogc/{RECORDS}/items/streets?f=html",
            ],
            f"{RECORDS}/items/<str:record>/quality": lambda town: [f"/ogc/{RECORDS}/items/streets/quality?f=html"],
            "tileMatrixSets": lambda town: ["/ogc/tileMatrixSets?f=html"],
            "tileMatrixSets/<str:matrices>": lambda town: ["/ogc/tileMatrixSets/WorldCRS84Quad?f=html"],
            "tiles": lambda town: ["/ogc/tiles?f=html"],
            "tiles/<str:matrices>": lambda town: ["/ogc/tiles/WorldCRS84Quad?f=html"],
            f"tiles/<str:matrices>/{TILE}": lambda town: ["/ogc/tiles/WorldCRS84Quad/0/0/1"],
            "collections/<str:collection>/tiles": _feed("/tiles"),
            "collections/<str:collection>/tiles/<str:matrices>": _feed("/tiles/WebMercatorQuad"),
            f"collections/<str:collection>/tiles/<str:matrices>/{TILE}": _feed("/tiles/WebMercatorQuad/0/0/0"),
        }.items()
    },
    "ogc/<path:rest>": lambda town: [f"/ogc/{quote(TEXTS[0])}?f=html"],
    **IMPORTS,
    "tiles/relief/<int:z>/<int:x>/<int:y>.png": lambda town: ["/tiles/relief/8/169/111.png"],
    "tiles/<str:layer>/<int:z>/<int:x>/<int:y>.mvt": lambda town: [f"/tiles/{one.id}/0/0/0.mvt" for one in registry],
}
# Django's own last resort, and Django's list of one app's models: by expression instead of by path.
BY_EXPRESSION = {r"admin/(?P<url>.*)$": "/admin/{}/", r"admin/^(?P<app_label>": "/admin/reports/"}


def routes() -> Iterator[str]:
    """The site's addresses as they are declared, without the language."""
    with override("ar"):
        yield from (route.removeprefix("ar/") for route in _leaves(get_resolver(), ""))


def uncovered() -> list[str]:
    """Addresses that no example stands for."""

    def known(route):
        return route in EXAMPLES or ADMIN_OF_A_MODEL.fullmatch(route) or route.startswith(tuple(BY_EXPRESSION))

    return [route for route in routes() if not known(route)]


def shown(town: Town) -> list[str]:
    """Every example, those under a language in both of them."""
    found = [address for made in EXAMPLES.values() for address in made(town)]
    found += [address.format(quote(TEXTS[0])) for address in BY_EXPRESSION.values()]
    return list(dict.fromkeys(under(language, one) for one in found for language in LANGUAGES))


def cards(town: Town) -> list[str]:
    """The cards of the things that everybody sees with their texts."""
    told = [(layer, row) for layer, row in published(town) if tells(layer, Audience.PUBLIC)]
    return [f"/ar/card/{layer.id}/{row.pk}/" for layer, row in told]


def desks(town: Town) -> Iterator[str]:
    """The pages of the admin for each registered model."""
    reverse("admin:index")  # with the addresses comes what is registered with them
    for model in list(admin.site._registry):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_changelist") + "?" + urlencode({"q": TEXTS[3]})
        yield reverse(f"{name}_add")
        for page in ("change", "history", "delete"):
            yield reverse(f"{name}_{page}", args=[town.row(model).pk])


def _leaves(resolver: URLResolver, above: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        here = above + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _leaves(one, here)
        else:
            yield here
