"""What the pages of imports have in common."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import site
from django.contrib.messages import error as say_error
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from apps.core.admin import sentence_of
from apps.core.refusals import Refusal

View = Callable[..., HttpResponse]


def page(request: HttpRequest, template: str, title: object, **context: Any) -> HttpResponse:
    """A page of the desk, with its bar and its trail."""
    return render(request, template, {**site.each_context(request), "title": title, **context})


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
