"""Is the process up, and is it ready: `/healthz`, `/readyz` and what a server asks before it starts."""

from .finding import Finding, State, findings

__all__ = ["Finding", "State", "findings"]
