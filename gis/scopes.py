"""What a key opens: of which layers, whose records, which fields, and to do what.

A key without a scope is an agency and sees all that agencies see. One with scopes sees what they name and nothing else:
what they do not name is answered as what does not exist. The database judges by the key itself
(`gis.db.keyed`); what is here only tells what there is to be asked.
"""

from dataclasses import dataclass
from uuid import UUID

READ, INSERT, UPDATE, DELETE = VERBS = ("read", "insert", "update", "delete")


@dataclass(frozen=True)
class Grant:
    """`layer` "" is every layer, `authority` None every authority, `fields` empty all that agencies see.

    Records that belong to no authority are opened only by a grant for every authority.
    """

    layer: str = ""
    authority: UUID | None = None
    fields: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset({READ})

    def covers(self, layer: str, verb: str, *, owned: bool) -> bool:
        return self.layer in ("", layer) and verb in self.verbs and (owned or self.authority is None)


@dataclass(frozen=True)
class Scope:
    """All that one key (its id) opens. The grants of a key never change: it ends, and another is made."""

    key: str
    grants: tuple[Grant, ...] = ()

    def opens(self, layer: str, verb: str = READ, *, owned: bool) -> bool:
        return any(grant.covers(layer, verb, owned=owned) for grant in self.grants)

    def sees(self, layer: str, field: str, *, owned: bool) -> bool:
        return any(
            grant.covers(layer, READ, owned=owned) and (not grant.fields or field in grant.fields)
            for grant in self.grants
        )

    def may(self, verb: str, layer: str, authority: UUID) -> bool:
        """May records of this authority be written so?"""
        return any(
            grant.covers(layer, verb, owned=True) and grant.authority in (None, authority) for grant in self.grants
        )

    def may_set(self, verb: str, layer: str, authority: UUID | None, field: str) -> bool:
        """May this field of them be given?"""
        return any(
            grant.covers(layer, verb, owned=True)
            and (authority is None or grant.authority in (None, authority))
            and (not grant.fields or field in grant.fields)
            for grant in self.grants
        )
