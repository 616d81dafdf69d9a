"""The processes that are offered."""

from . import buffering, here, nearest, summary
from .registry import registry

registry.register(buffering.PROCESS, here.PROCESS, summary.PROCESS, nearest.PROCESS)

__all__ = ["registry"]
