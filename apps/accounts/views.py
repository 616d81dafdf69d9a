"""Signing in to the desk."""

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse

from .forms import SignInForm


def sign_in(request: HttpRequest) -> HttpResponse:
    """Django's page. Who tried too often reads in it when to try again, and programs read the same in the headers."""
    response = site.login(request)
    form = (getattr(response, "context_data", None) or {}).get("form")
    if isinstance(form, SignInForm) and form.refusal is not None:
        response.status_code = form.refusal.status
        response["Retry-After"] = str(form.refusal.seconds)
    return response
