"""A checkout on a developer's machine, and the demo: reads `.local/env`, which `bin/run` writes."""

from apps.config.environment import LOCAL, env, read

read(LOCAL / "env")

from .base import *  # noqa: E402, F403

DEBUG = env.bool("DJANGO_DEBUG", default=True)
