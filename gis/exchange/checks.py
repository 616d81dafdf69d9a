"""Set-based judgement of what is staged: which records they are, and which rules of the table they would break.

The rules are read from the database: check constraints, unique indexes and columns that may not be null. So a new
constraint of a model is obeyed by imports without a line here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from .mapping import Plan
from .refusals import SnapshotTooEarly
from .staging import Asking, named
from .target import Target, is_required

# Stands for null where null equals null (NULLS NOT DISTINCT), so that a hash can join.
NOTHING = "coalesce(({})::text, chr(1))"


@dataclass(frozen=True)
class Unique:
    """A unique index: expressions over the columns of one row, for the rows of its predicate."""

    name: str
    expressions: tuple[str, ...]
    predicate: str
    nulls_equal: bool


class Checks:
    """The checks of one run. Each moves rows to {faults}; none raises for the sake of a row.

    A snapshot that is `whole` ends the records that it does not bring. Once the rows are known for what they are,
    `some_new` says whether any of them says something new: of the others nothing is asked but which they are.
    """

    some_new = True

    def __init__(self, target: Target, plan: Plan, snapshot: date | None, *, whole: bool = True) -> None:
        self.target = target
        self.plan = plan
        self.snapshot = snapshot
        self.whole = whole
        self.geometry = target.column(target.geometry.name)
        self.brought = [target.column(name) for name in plan.fields]

    def identify(self, ask: Asking) -> None:
        """Recognise records by their number in the source; complete each row to what would be stored."""
        self._fill_defaults(ask)
        if self.target.key in self.plan.fields:
            key = self._key("r")
            ask.reject("missing_key", "coalesce({key}, '') = ''", key=key)
            self._duplicate_keys(ask)
            self.some_new = not self.whole or self._says_something_new(ask)
            self._match(ask)
            self._changes(ask)
        if self.some_new:
            self._missing(ask)
        if self.snapshot and self.whole:
            self._endings(ask)

    def values(self, ask: Asking, *, geometry: bool = False) -> None:
        """Check constraints of the table; those of the geometry alone have been judged outside the database."""
        if not self.some_new:
            return
        for name, text, columns in self._constraints(ask):
            if columns == {self.geometry} and not geometry:
                continue
            told = _json(rule=name.replace("_", " "), fields=self._fields(columns))
            ask.reject("rule_broken", "NOT import_same AND NOT ({text})", "{told}", text=sql.SQL(text), told=told)

    def doubles(self, ask: Asking) -> None:
        """Two rows of the file that the table could not both hold; the later one goes."""
        if not self.some_new:
            return
        for unique in self._uniques(ask):
            ask.reject(
                "duplicate",
                "d.import_row = r.import_row AND NOT r.import_same AND d.first <> d.import_row",
                "{told} || jsonb_build_object('row', d.first)",
                "({same}) d",
                same=self._same_keys(ask, unique),
                told=_json(fields=self._fields(unique.expressions)),
            )

    def taken(self, ask: Asking) -> int:
        """Rows whose unique values a stored record has that stays as it is."""
        return sum(self._taken(ask, unique) for unique in self._uniques(ask)) if self.some_new else 0

    def _key(self, table: str) -> sql.Identifier:
        return sql.Identifier(table, self.target.column(self.target.key))

    def _ours(self) -> sql.Composable:
        """Stored records `t` that a file may change."""
        conditions: list[sql.Composable] = [sql.SQL("true")]
        if self.target.owned:
            conditions.append(sql.SQL("t.authority_id = {}").format(sql.Literal(self.target.holder.id)))
        if self.target.dated:
            conditions.append(sql.SQL("t.valid_to IS NULL"))
        return sql.SQL(" AND ").join(conditions)

    def _fill_defaults(self, ask: Asking) -> None:
        for name in self.plan.fields:
            field = self.target.fields[name]
            if not field.null and not is_required(field):
                ask.run("UPDATE {rows} SET {c} = DEFAULT WHERE {c} IS NULL", c=sql.Identifier(str(field.column)))

    def _duplicate_keys(self, ask: Asking) -> None:
        ask.reject(
            "duplicate_key",
            "{key} = d.key AND r.import_row > d.first",
            "jsonb_build_object('value', d.key, 'row', d.first)",
            "(SELECT {key} AS key, min(import_row) AS first FROM {rows} r GROUP BY 1 HAVING count(*) > 1) d",
            key=self._key("r"),
        )

    def _says_something_new(self, ask: Asking) -> bool:
        """Asked before each is marked, which rewrites it (`Staging.all_same`). The first that does is the answer."""
        found: bool = ask.one(
            "SELECT EXISTS (SELECT FROM {rows} r WHERE NOT EXISTS (SELECT FROM {stored} t "
            "WHERE {key} = {stored_key} AND {ours} AND ROW({new}) IS NOT DISTINCT FROM ROW({old})))",
            new=named([*self.brought, self.geometry], "r"),
            old=named([*self.brought, self.geometry], "t"),
            key=self._key("r"),
            stored_key=self._key("t"),
            ours=self._ours(),
        )
        return found

    def _match(self, ask: Asking) -> None:
        """Each row that is a record becomes what would be stored; where none is new, those that the report names."""
        kept = [
            str(field.column)
            for field in self.target.model._meta.concrete_fields
            if field.column not in (*self.brought, self.geometry, "id") and not field.generated
        ]
        ask.run(
            "UPDATE {rows} r SET import_was = t.id, id = t.id, "
            "import_moved = {new_place} IS DISTINCT FROM {old_place}, "
            "import_same = ROW({new}) IS NOT DISTINCT FROM ROW({old}), ({kept}) = ROW({was}) "
            "FROM {stored} t WHERE {key} = {stored_key} AND {ours} AND {asked}",
            asked=sql.SQL("true" if self.some_new else "r.import_notes IS NOT NULL"),
            new=named([*self.brought, self.geometry], "r"),
            old=named([*self.brought, self.geometry], "t"),
            new_place=sql.Identifier("r", self.geometry),
            old_place=sql.Identifier("t", self.geometry),
            kept=named(kept),
            was=named(kept, "t"),
            key=self._key("r"),
            stored_key=self._key("t"),
            ours=self._ours(),
        )

    def _changes(self, ask: Asking) -> None:
        """With a snapshot a change is a new state from that day on; without one it corrects what was always meant."""
        changed = sql.SQL("import_was IS NOT NULL AND NOT import_same")
        ask.run("INSERT INTO {gone} SELECT import_was, false FROM {rows} WHERE {changed}", changed=changed)
        if self.snapshot:
            day = sql.Literal(self.snapshot)
            self._not_too_early(ask, day)
            brings = "valid_from" in self.plan.fields
            ask.run(
                "UPDATE {rows} r SET import_past = gis_uuid7(), valid_from = {begins} FROM {stored} t "
                "WHERE t.id = r.import_was AND t.valid_from < {day} AND {changed}",
                begins=sql.SQL("r.valid_from") if brings else day,
                day=day,
                changed=changed,
            )

    def _not_too_early(self, ask: Asking, day: sql.Literal) -> None:
        early = ask.one("SELECT count(*) FROM {stored} t JOIN {gone} g USING (id) WHERE t.valid_from > {day}", day=day)
        if early:
            raise SnapshotTooEarly(count=early, day=self.snapshot)

    def _missing(self, ask: Asking) -> None:
        for name in self.target.required:
            column = sql.Identifier("r", self.target.column(name))
            ask.reject(
                "missing_value",
                "import_was IS NULL AND coalesce({column}::text, '') = ''",
                "{told}",
                column=column,
                told=_json(field=name),
            )

    def _endings(self, ask: Asking) -> None:
        ask.run(
            "INSERT INTO {gone} SELECT t.id, true FROM {stored} t WHERE {ours} AND {key} <> '' "
            "AND NOT EXISTS (SELECT FROM {rows} r WHERE {row_key} = {key}) "
            "AND NOT EXISTS (SELECT FROM {faults} f WHERE f.key = {key})",
            ours=self._ours(),
            key=self._key("t"),
            row_key=self._key("r"),
        )
        self._not_too_early(ask, sql.Literal(self.snapshot))

    def _constraints(self, ask: Asking) -> Iterator[tuple[str, str, set[str]]]:
        found = ask.all(
            "SELECT conname, pg_get_expr(conbin, conrelid), ARRAY(SELECT attname::text FROM pg_attribute "
            "WHERE attrelid = conrelid AND attnum = ANY (conkey)) FROM pg_constraint "
            "WHERE conrelid = {table}::regclass AND contype = 'c' ORDER BY conname",
            table=sql.Literal(f'"{self.target.table}"'),
        )
        for name, text, columns in found:
            yield name, text, set(columns)

    def _uniques(self, ask: Asking) -> list[Unique]:
        found = ask.all(
            "SELECT c.relname, ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) "
            "FROM generate_series(1, i.indnkeyatts) k), coalesce(pg_get_expr(i.indpred, i.indrelid), 'true'), "
            "i.indnullsnotdistinct FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "WHERE i.indrelid = {table}::regclass AND i.indisunique AND NOT i.indisprimary ORDER BY 1",
            table=sql.Literal(f'"{self.target.table}"'),
        )
        key = self.target.column(self.target.key) if self.target.key else ""
        every = [Unique(name, tuple(texts), predicate, nulls) for name, texts, predicate, nulls in found]
        # Numbers of the source are recognised, not refused.
        return [unique for unique in every if key not in unique.expressions]

    def _values_of(self, unique: Unique) -> sql.Composable:
        """The index's values in one row, as an array of text; null in it where null equals nothing."""
        texts = [NOTHING.format(text) if unique.nulls_equal else f"({text})::text" for text in unique.expressions]
        return sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(map(sql.SQL, texts)))

    def _same_keys(self, ask: Asking, unique: Unique) -> sql.Composed:
        """Each row that shares its values with the first row (records that stay before others) of them.

        Numbers are sorted, not texts, which the database's collation compares at length: what hashes alike is looked
        at, and that is hardly any.
        """
        return ask.compose(
            "WITH k AS (SELECT import_row, import_same, {values} AS v FROM {rows} WHERE {predicate}), "
            "h AS MATERIALIZED (SELECT hash_array_extended(v, 0) AS hash FROM k GROUP BY 1 HAVING count(*) > 1) "
            "SELECT import_row, first_value(import_row) OVER (PARTITION BY v ORDER BY NOT import_same, import_row) "
            "AS first FROM k WHERE array_position(v, NULL) IS NULL "
            "AND EXISTS (SELECT FROM h) AND hash_array_extended(v, 0) IN (SELECT hash FROM h)",
            values=self._values_of(unique),
            predicate=sql.SQL(unique.predicate),
        )

    def _taken(self, ask: Asking, unique: Unique) -> int:
        values, predicate = self._values_of(unique), sql.SQL(unique.predicate)
        pairs = ask.compose(
            "SELECT n.import_row, min(s.rival) AS rival FROM (SELECT import_row, import_was, {values} AS v FROM {rows} "
            "WHERE NOT import_same AND {predicate}) n JOIN (SELECT id, {label}::text AS rival, {values} AS v "
            "FROM {stored} WHERE {predicate}) s ON s.v = n.v AND array_position(n.v, NULL) IS NULL "
            "WHERE s.id IS DISTINCT FROM n.import_was AND NOT EXISTS (SELECT FROM {gone} g WHERE g.id = s.id) "
            "GROUP BY n.import_row",
            values=values,
            predicate=predicate,
            label=self.label,
        )
        return ask.reject(
            "already_there",
            "p.import_row = r.import_row",
            "{told} || jsonb_build_object('rival', p.rival)",
            "({pairs}) p",
            pairs=pairs,
            told=_json(fields=self._fields(unique.expressions)),
        )

    @property
    def label(self) -> sql.Identifier:
        """The column by which people know a stored record."""
        names = {field.name: str(field.column) for field in self.target.model._meta.concrete_fields}
        return sql.Identifier(names.get(self.target.layer.label, "id"))

    def _fields(self, columns: Any) -> list[str]:
        """Names of the fields behind columns, without what every row of the file has alike."""
        names = {str(field.column): field.name for field in self.target.model._meta.concrete_fields}
        return sorted(names[column] for column in columns if column in names and column != "authority_id")


def _json(**details: Any) -> sql.Literal:
    return sql.Literal(Jsonb(details))
