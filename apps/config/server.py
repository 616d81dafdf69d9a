"""`python -m apps.config.server`: checks what must not be, then becomes the HTTP server.

The root is asynchronous and thin; Django runs behind it in a bounded thread pool (`apps.config.asgi`). The process is
replaced by granian, so its id stays the same and the checks' memory is given back.
"""

import os
import sys
from pathlib import Path

HOST, PORT = "127.0.0.1", "8000"
THREADS = "8"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apps.config.settings.production")
    host = os.environ.get("BIND_HOST", HOST)
    refuse_what_must_not_be(host)
    threads = os.environ.get("SERVER_THREADS", THREADS)
    # One connection for each thread; a thread that finds none within two seconds answers 503.
    os.environ["SERVER_THREADS"] = threads
    os.environ.setdefault("DATABASE_POOL", threads)
    arguments = [
        "--interface=asgi",
        "--http=1",
        f"--host={host}",
        f"--port={os.environ.get('PORT', PORT)}",
        f"--workers={os.environ.get('SERVER_WORKERS', '1')}",
        "--http1-header-read-timeout=10000",
        "--respawn-failed-workers",
        "--no-ws",
    ]
    os.execv(sys.executable, [sys.executable, "-m", "granian", *arguments, "apps.config.asgi:application"])  # noqa: S606


def refuse_what_must_not_be(host: str) -> None:
    """End with one sentence for each reason: failed system checks, missing row-level security, a demo on the net,
    uploads that others may read.
    """
    import django

    django.setup()

    from django.conf import settings
    from django.core.checks import ERROR, run_checks
    from django.db import connections

    from apps.config import uploads
    from apps.config.checks import LOOPBACK
    from apps.config.health import State, findings

    reasons = [f"{error.msg} {error.hint or ''}" for error in run_checks(databases=["default"]) if error.level >= ERROR]
    if settings.DEMO and host not in LOOPBACK:
        reasons.append(f"Demo mode would listen on {host}. Take BIND_HOST away, or turn BALADIYA_DEMO off.")
    reasons += [item.sentence for item in findings() if item.code == "row-security" and item.state is State.FATAL]
    if left := uploads.close(Path(settings.MEDIA_ROOT)):
        reasons.append(left)
    connections.close_all()
    if reasons:
        sys.exit("\n".join(["The server does not start:", *(f"- {reason}" for reason in reasons)]))


if __name__ == "__main__":
    main()
