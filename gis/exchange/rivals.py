"""Rows that cannot stand beside each other, or beside records that are there, where a layer forbids overlaps."""

from collections.abc import Iterator
from itertools import batched
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from psycopg import sql
from psycopg.types.json import Jsonb

from .overlaps import Extents, Overlap, Rows, Tell, find_overlaps, losers
from .positions import Geometries
from .staging import Asking, Staging, numbers
from .target import Target

# Geometries of one question to the database.
AT_ONCE = 5_000
# Of this many rows at least one must be asked for, that pieces are cut by number.
SPARSE = 4
NEW_PLACE = sql.SQL("NOT r.import_same AND r.import_moved")


class Rivals:
    """Puts rows into quarantine that overlap by more than the survey tolerance, and names what they overlap."""

    def __init__(self, target: Target, staging: Staging) -> None:
        self.target = target
        self.staging = staging
        self._asked_about: set[UUID] | None = None
        self._some_known: bool | None = None

    def among_themselves(self, extents: Extents, tell: Tell) -> None:
        """Of two rows the later one goes; records that say nothing new are there already and stay."""
        if not self.target.rule.rivals:
            return
        overlaps = find_overlaps(self._to_compare(extents), self._fetch, self.target.holder.tolerance_m, tell)
        concerned = {row for overlap in overlaps for row in (overlap.one, overlap.other)}
        gone = losers(overlaps, self._settled(concerned))
        for rows in batched(gone.items(), AT_ONCE):
            self._reject(dict(rows))

    def with_stored(self, tell: Tell) -> int:
        """Rows that overlap a record that stays, of any authority; of another's nothing is told but the width."""
        if not self.target.rule.rivals:
            return 0
        refused = 0
        for asked, done in self._to_ask():
            with self.staging.acting() as ask:
                refused += ask.reject(
                    sql.SQL("CASE WHEN v.label IS NULL THEN 'overlaps_other_authority' ELSE 'overlaps_record' END"),
                    "v.row_no = r.import_row",
                    "jsonb_build_object('rival', v.label, 'width', v.width_m::text, 'tolerance', v.allowed_m::text)",
                    "(SELECT DISTINCT ON (o.row_no) o.* FROM (SELECT array_agg(r.import_row) AS rows, "
                    "array_agg(r.{geometry}) AS outlines, array_agg(r.valid_from) AS since FROM {rows} r "
                    "WHERE {asked}) a, "
                    "{function}(a.rows, a.outlines, a.since, {tolerance}, ARRAY({spared})) o "
                    "ORDER BY o.row_no, o.width_m DESC) v",
                    tolerance=sql.Literal(self.target.holder.tolerance_m),
                    geometry=sql.Identifier(str(self.target.geometry.column)),
                    asked=asked,
                    spared=self._spared(ask, asked),
                    function=sql.Identifier(self.target.rule.rivals),
                )
            tell(done)
        return refused

    def ask_anew(self) -> None:
        """Others have written meanwhile: what was found out about the stored records counts no more."""
        self._asked_about = None

    def _spared(self, ask: Asking, asked: sql.Composable) -> sql.Composed:
        """Stored records near these rows that are no rivals: ended, changed, or compared as a row of the file."""
        if self._some_known is None:
            known = "SELECT EXISTS (SELECT FROM {gone}) OR EXISTS (SELECT FROM {rows} WHERE import_was IS NOT NULL)"
            self._some_known = ask.one(known)
        if not self._some_known:
            return sql.Composed([sql.SQL("SELECT NULL::uuid WHERE false")])
        return ask.compose(
            "SELECT DISTINCT t.id FROM {rows} r JOIN {stored} t ON t.{geometry} && r.{geometry} "
            "WHERE {asked} AND (EXISTS (SELECT FROM {gone} g WHERE g.id = t.id) "
            "OR EXISTS (SELECT FROM {rows} w WHERE w.import_was = t.id))",
            geometry=sql.Identifier(str(self.target.geometry.column)),
            asked=asked,
        )

    def _to_compare(self, extents: Extents) -> Extents:
        """What is left, near rows that say something new: of two that do not, neither goes."""
        with self.staging.acting() as ask:
            gone = _rows(ask.all("SELECT import_row FROM {faults}"))
            some_settled = ask.one("SELECT EXISTS (SELECT FROM {rows} WHERE import_same)")
            new = _rows(ask.all("SELECT import_row FROM {rows} WHERE NOT import_same")) if some_settled else None
        left = extents.without(gone) if len(gone) else extents
        return left if new is None else left.near(new)

    def _settled(self, rows: set[int]) -> set[int]:
        with self.staging.acting() as ask:
            found = ask.all(
                "SELECT import_row FROM {rows} WHERE import_same AND import_row = ANY ({asked})",
                asked=numbers(rows),
            )
        return {row for (row,) in found}

    def _to_ask(self) -> Iterator[tuple[sql.Composable, float]]:
        """Rows `r` whose place is new; the next time only those near records that stay after all. In pieces, each with
        how much of all rows it ends."""
        with self.staging.acting() as ask:
            back = {was for (was,) in ask.all("SELECT was FROM {faults} WHERE was IS NOT NULL")}
            before, self._asked_about = self._asked_about, back
            pieces = list(self._every(ask) if before is None else self._near(ask, back - before))
        for done, piece in enumerate(pieces, start=1):
            yield piece, done / len(pieces)

    def _every(self, ask: Asking) -> Iterator[sql.Composable]:
        """From which number to which, where most of these rows are asked for: long lists are looked up one by one."""
        ((rows, first, last),) = ask.all(
            "SELECT count(*), min(r.import_row), max(r.import_row) FROM {rows} r WHERE {wanted}", wanted=NEW_PLACE
        )
        if rows and rows * SPARSE > last - first:
            for start in range(first, last + 1, AT_ONCE):
                yield sql.SQL("{} AND r.import_row BETWEEN {} AND {}").format(NEW_PLACE, start, start + AT_ONCE - 1)
        elif rows:
            yield from self._listed(ask, sql.SQL("true"))

    def _near(self, ask: Asking, records: set[UUID]) -> Iterator[sql.Composable]:
        return self._listed(
            ask,
            ask.compose(
                "EXISTS (SELECT FROM {stored} t WHERE t.id = ANY ({records}) AND t.{geometry} && r.{geometry})",
                records=sql.Literal(list(records)),
                geometry=sql.Identifier(str(self.target.geometry.column)),
            ),
        )

    def _listed(self, ask: Asking, which: sql.Composable) -> Iterator[sql.Composable]:
        found = ask.all(
            "SELECT r.import_row FROM {rows} r WHERE {wanted} AND {which} ORDER BY 1", wanted=NEW_PLACE, which=which
        )
        for rows in batched((row for (row,) in found), AT_ONCE):
            yield sql.SQL("r.import_row = ANY ({})").format(numbers(rows))

    def _fetch(self, rows: Any) -> Geometries:
        with self.staging.acting() as ask:
            found = ask.all(
                "SELECT import_row, ST_AsBinary({geometry}) FROM {rows} WHERE import_row = ANY ({asked})",
                geometry=sql.Identifier(str(self.target.geometry.column)),
                asked=numbers(rows.tolist()),
            )
        order = np.argsort(np.argsort(rows))
        found.sort()
        return shapely.from_wkb([bytes(data) for _row, data in found])[order]  # type: ignore[no-any-return]

    def _reject(self, gone: dict[int, Overlap]) -> None:
        tolerance = str(self.target.holder.tolerance_m)
        details = {
            str(row): {"row": _other(row, overlap), "width": f"{overlap.width_m:.2f}", "tolerance": tolerance}
            for row, overlap in gone.items()
        }
        with self.staging.acting() as ask:
            ask.reject(
                "overlaps_row",
                "d.key::bigint = r.import_row",
                "d.value || jsonb_build_object('rival', coalesce((SELECT {label}::text FROM {rows} o "
                "WHERE o.import_row = (d.value->>'row')::bigint), ''))",
                "jsonb_each({told}) d",
                told=sql.Literal(Jsonb(details)),
                label=sql.Identifier("o", self._label()),
            )

    def _label(self) -> str:
        names = {field.name: str(field.column) for field in self.target.model._meta.concrete_fields}
        return names.get(self.target.layer.label, "import_row")


def _rows(found: list[tuple[Any, ...]]) -> Rows:
    return np.array([row for (row,) in found], dtype=np.int64)


def _other(row: int, overlap: Overlap) -> int:
    return overlap.other if row == overlap.one else overlap.one
