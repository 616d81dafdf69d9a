"""What authorities show of themselves."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from .models import Authority

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def emblem(request: HttpRequest, code: str, version: str) -> FileResponse:
    """The authority's emblem as a PNG. Another emblem has another `version`, so browsers keep each."""
    authority = Authority.objects.filter(code=code).exclude(emblem="").first()
    if authority is None or authority.emblem_version != version:
        raise Http404
    headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
    return FileResponse(authority.emblem.open(), content_type="image/png", headers=headers)
