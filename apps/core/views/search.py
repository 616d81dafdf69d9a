"""Search by plot, address, place, number or typed coordinates: options for the search box, or a page of results."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from apps.core import finding
from apps.core.audience import audience_of
from apps.core.coordinates import read_point
from apps.core.finding import Answer, Wanted
from apps.core.middleware import told_when_again
from apps.core.refusals import Refusal

LONGEST = 200
ON_A_PAGE, OF_ONE_KIND = Wanted(each=8, most=60), Wanted(each=50, most=50)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """?q=words: the things whose names are nearest to the words, in groups.

    `near=latitude,longitude` puts what is near first among like things; `kind=` shows one group at length, and
    `places=1` only what has a place. A refusal stands among the options, with its own status: no cache keeps it.
    """
    words = request.GET.get("q", "").strip()[:LONGEST]
    part = getattr(request, "htmx", False)
    wanted = _wanted(request, part=part)
    status = 200
    try:
        answer = finding.answer(words, audience_of(request), wanted)
    except Refusal as refusal:
        if not part:
            raise  # it gets a page of its own
        answer, status = Answer(sentence=str(refusal)), refusal.status
    context = {"query": words, "answer": answer, "kind": wanted.kind, "nested": wanted.places}
    response = render(request, "core/options.html" if part else "core/results.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return told_when_again(response)


def _wanted(request: HttpRequest, *, part: bool) -> Wanted:
    kind = request.GET.get("kind", "")
    wanted = Wanted() if part else OF_ONE_KIND if finding.title_of_group(kind) else ON_A_PAGE
    return Wanted(
        wanted.each,
        wanted.most,
        near=read_point(request.GET.get("near", "")),
        kind=kind if wanted is OF_ONE_KIND else "",
        places="places" in request.GET,
    )


@require_safe
def coordinates(request: HttpRequest) -> JsonResponse:
    """?text=…: the places that typed coordinates may mean, for a form that lets one be chosen."""
    found, sentence = finding.places(request.GET.get("text", "")[:LONGEST], audience_of(request))
    told = [{"point": one.point, "system": one.system} for one in found]
    return JsonResponse({"choices": told, "sentence": sentence})
