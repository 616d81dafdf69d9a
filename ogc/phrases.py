"""pygeoapi's words that reach people, so that they are found by makemessages and have their Arabic in our catalogue."""

from django.utils.translation import gettext_noop as _

LINKS = (
    _("This document as JSON"),
    _("This document as HTML"),
    _("This document as GeoJSON"),
    _("The landing page of this server as JSON"),
    _("The landing page of this server as HTML"),
    _("The OpenAPI definition as JSON"),
    _("The OpenAPI definition as HTML"),
    _("Conformance"),
    _("Collections"),
    _("Schema of collection in JSON"),
    _("Schema of collection in HTML"),
    _("Queryables for this collection as JSON"),
    _("Queryables for this collection as HTML"),
    _("Items as GeoJSON"),
    _("Items as HTML"),
    _("Items (next)"),
    _("Items (prev)"),
)
