"""What templates need everywhere: built files, icons, numbers, addresses in the other language."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core import plan
from apps.core.bundles import bundle_url
from apps.core.desk_columns import marked
from gis.layers import Audience

register = template.Library()
register.filter("marked", marked)

# Icons that point along the reading direction: mirrored in Arabic.
ALONG = frozenset({"chevron-right", "arrow-right", "send", "log-out", "external-link"})


@register.simple_tag
def bundle(name: str) -> str:
    """Address of a file built by build.mjs: {% bundle "main.css" %}."""
    return bundle_url(name)


@register.simple_tag
def example_place(*, desk: bool = False) -> str:
    """Coordinates of this installation's own ground, to show how they are typed; the desk reads by its own login."""
    return plan.example_place(Audience.OFFICER if desk else Audience.PUBLIC)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite. It says nothing to screen readers: the words stand beside it."""
    extra = " icon--along" if name in ALONG else ""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>', extra, bundle_url("icons.svg"), name
    )


@register.filter
def api_example(operation: dict[str, Any]) -> str:
    """A query to try: names that begin with x- cannot be written in a template."""
    return str(operation["x-example"])


@register.filter
def api_members(operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What each feature of the answer tells of itself, by name."""
    [content] = operation["responses"]["200"]["content"].values()
    feature = content["schema"]["properties"]["features"]["items"]
    return list(feature["properties"]["properties"]["properties"]["geocoding"]["properties"].items())


@register.simple_tag(takes_context=True)
def in_language(context: dict[str, Any], language: str) -> str:
    """The way to this page in another language, its query kept; pages that have no language remember the choice."""
    here = urlencode({"next": context["request"].get_full_path()}, safe="/")
    return f"{reverse('choose-language', args=[language])}?{here}"
