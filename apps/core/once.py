"""The one time that a secret is seen."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _


def shown_once(request: HttpRequest, page: ModelAdmin, lines: dict[Any, str]) -> HttpResponse:
    """A page with a secret that exists nowhere else: not in a message, a log or a cache."""
    context = {**page.admin_site.each_context(request), "opts": page.opts, "lines": lines, "title": _("Shown once")}
    response = TemplateResponse(request, "admin/record/shown_once.html", context)
    response["Cache-Control"] = "no-store"
    return response
