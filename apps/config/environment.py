"""What the operator sets: the process environment first, then a file of KEY=VALUE lines.

Every name read here or in the settings is explained in `.env.example`; a test compares the two.
"""

import os
from pathlib import Path
from typing import Any

import environ

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
ENGINE = "django.contrib.gis.db.backends.postgis"
POOL_WAIT_SECONDS = 2

env = environ.Env()


def read(path: Path, *, overwrite: bool = False) -> None:
    """Add the file's lines to the environment; what the operator exported wins unless `overwrite`.

    Who exports DATABASE_URL means that database alone: the file's other logins belong to another one.
    """
    if not path.is_file():
        return
    exported = set(os.environ)
    environ.Env.read_env(path, overwrite=overwrite)
    if "DATABASE_URL" in exported and not overwrite:
        for name in {"OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL"} - exported:
            os.environ.pop(name, None)


def databases(*, pool: int = 0) -> dict[str, dict[str, Any]]:
    """Three logins to one database; a login that is not given falls back to DATABASE_URL.

    `default` is the web's (row-level security), `owner` migrates, `public` reads for anonymous callers. A server keeps
    up to `pool` connections of each reading login; 0 opens one for each request. What an address says after its `?`
    holds.
    """
    given = env.str("DATABASE_URL", default="postgis:///baladiya")
    urls = {
        "default": given,
        "owner": env.str("OWNER_DATABASE_URL", default="") or given,
        "public": env.str("PUBLIC_DATABASE_URL", default="") or given,
    }
    settings = {alias: env.db_url_config(url, engine=ENGINE) for alias, url in urls.items()}
    if pool:
        for alias in ("default", "public"):
            options = settings[alias].setdefault("OPTIONS", {})
            options["pool"] = {"min_size": 1, "max_size": pool, "timeout": POOL_WAIT_SECONDS}
    return settings
