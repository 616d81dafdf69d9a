"""What the pages of imports have in common."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.admin import site
from django.contrib.messages import error as say_error
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from apps.accounts.models import User
from apps.core.admin import sentence_of
from apps.core.refusals import Refusal
from gis.layers import Layer

View = Callable[..., HttpResponse]


def page(request: HttpRequest, template: str, title: object, **context: Any) -> HttpResponse:
    """A page of the desk, with its bar and its trail."""
    return render(request, template, {**site.each_context(request), "title": title, **context})


def desk_page(layer: Layer) -> str:
    """The name under which the desk shows a record of the base map, which has no cards; "" for other layers."""
    about = layer.model._meta
    return f"admin:{about.app_label}_{about.model_name}_change" if layer.base_map else ""


def record_page(layer: Layer, key: UUID) -> str:
    """Where a record is shown."""
    name = desk_page(layer)
    return reverse(name, args=[key]) if name else reverse("card", args=[layer.id, key])


def told(view: View) -> View:
    """A refusal is said above the page that it came from, with everything that was typed and kept still there."""

    @wraps(view)
    def tell(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *given, **named)
        except (Refusal, DatabaseError) as error:
            if request.method != "POST":
                raise  # the page itself cannot be shown, so it cannot say why either
            say_error(request, sentence_of(error))
            return HttpResponseRedirect(request.get_full_path())

    return tell


def answered(view: View) -> View:
    """For requests of a script: a refusal is its sentence."""

    @wraps(view)
    def answer(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *given, **named)
        except Refusal as refusal:
            return JsonResponse({"error": str(refusal)}, status=refusal.status)

    return answer


def names_of(keys: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """What people are called; nobody's key, or one that is known no more, is not in it."""
    people = User.objects.in_bulk({key for key in keys if key})
    return {key: person.get_full_name() for key, person in people.items()}
