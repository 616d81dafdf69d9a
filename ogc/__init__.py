"""The feed for programs: OGC API Features over pygeoapi."""

import sys

# Where Jupyter is installed, jsonschema, which pygeoapi brings, would read in a grammar of international addresses:
# half of the time that a process takes to begin. Nothing of ours checks such an address.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
