"""Files that are made in the background, for the API document (OpenAPI 3.0)."""

from django.utils.translation import gettext as _

from . import media
from .described import PLAIN, Part, ref, refs, refusals
from .formats import FORMATS

ADDRESS = "/exports/{exportId}"


def methods() -> dict[str, Part]:
    """Operations by address and method."""
    told = {media.JSON: {"schema": ref("schemas", "Document")}}
    files = {one.media: {"schema": PLAIN[one.media]} for one in FORMATS.values() if one.writer}
    status = _operation("export", _("A file made in the background: how far it is"), told)
    cancel = _operation("cancelExport", _("Cancel it, or delete the file"), told)
    return {
        ADDRESS: {"get": status, "delete": cancel},
        f"{ADDRESS}/file": {"get": _operation("exportFile", _("The file"), files)},
    }


def _operation(name: str, summary: str, content: Part) -> Part:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [*refs("parameters", ["exportId", "lang"])],
        "responses": {"200": {"description": summary, "content": content}} | refusals(["400", "404", "410", "503"]),
    }
