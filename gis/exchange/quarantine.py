"""Features that were not taken, as rows of the quarantine: the original and the reason in both languages."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from .reasons import reason
from .spool import Spool
from .target import Target
from .words import CodeNames, Name, Titles


def quarantined(
    target: Target, run: UUID, faults: Iterable[tuple[int, str, str, str]], spool: Spool, system: str
) -> Iterator[dict[str, Any]]:
    """The rows of the quarantine, as text; the original geometry as bytes."""
    known = {row: (code, details, key) for row, code, details, key in faults}
    sentences: dict[tuple[str, str], tuple[str, str]] = {}
    for original in spool.find(known):
        code, text, key = known[original.row]
        details: dict[str, Any] = json.loads(text)
        asked = (code, text)
        if asked not in sentences:
            sentences[asked] = said(target, code, details)
        arabic, english = sentences[asked]
        yield {
            "run_id": str(run),
            "authority_id": str(target.holder.id),
            "row": str(original.row),
            "source_id": key,
            "code": code,
            "details": text,
            "reason_ar": arabic,
            "reason_en": english,
            "attributes": json.dumps(original.attributes, ensure_ascii=False),
            "original": original.geometry,
            "original_crs": system,
        }


def weight_of(row: dict[str, Any]) -> int:
    """Bytes of what may be large in a row of the quarantine."""
    return len(row["original"] or b"") + len(row["attributes"])


def said(target: Target, code: str, details: dict[str, Any]) -> tuple[str, str]:
    """Names of fields and codes become their titles, the authority's code its name; each language has its own."""
    told = dict(details)
    if told.get("authority") == target.holder.code:
        told["authority"] = Name.of(target.holder)
    if "known" in told and told.get("field") in target.fields:
        told["known"] = CodeNames(target, told["field"])
    for name in ("field", "fields"):
        if name in told:
            names = [told[name]] if isinstance(told[name], str) else told[name]
            told[name] = Titles(target, tuple(names))
    return reason(code, told)
