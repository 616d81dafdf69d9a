"""The files that `node build.mjs` made: their names carry a hash, `manifest.json` says which is which."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

DIST = Path(__file__).parent / "static" / "dist"


def bundle_url(name: str) -> str:
    """Address of a built file. The name is hashed already, so the static storage need not hash it again."""
    manifest = DIST / "manifest.json"
    try:
        names = _read(manifest, manifest.stat().st_mtime_ns)
    except FileNotFoundError as missing:
        raise ImproperlyConfigured("The front end is not built: run `npm ci` and `node build.mjs`.") from missing
    return f"{settings.STATIC_URL}dist/{names[name]}"


@lru_cache(maxsize=2)
def _read(manifest: Path, changed_at: int) -> dict[str, str]:
    return dict(json.loads(manifest.read_text()))
