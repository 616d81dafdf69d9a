"""Why a whole file cannot be read. Raised in the reading process, told to people by `gis.exchange.refusals`."""

from typing import Any


class Unreadable(Exception):
    """`code` names the sentence, `details` fill it."""

    def __init__(self, code: str, **details: Any) -> None:
        self.code = code
        self.details = details
        super().__init__(code)
