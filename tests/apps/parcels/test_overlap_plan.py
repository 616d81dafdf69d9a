"""The comparison at the end of a transaction, where the planner believes the tables to be empty.

So they are called when somebody vacuumed them before their rows were there (pg_class.reltuples is 0): then any plan
looks cheap, also one that goes through a whole index for each plot. Counted are index entries read, not time.
"""

import psycopg
import pytest

from tests.apps.accounts.city import Two
from tests.apps.parcels.faults import replace

pytestmark = pytest.mark.timeout(280)

PLOTS = 2500  # rows of fifty, that touch
# What a plot needs: its version, itself, nine boxes around it, these once more in the history, and authorities.
MOST_EACH = 60
TABLES = ("parcels_parcel", "history.parcels_parcel")
CALLED_EMPTY = """
    UPDATE pg_class SET reltuples = 0, relpages = greatest(1, pg_relation_size(oid) / 8192)
    WHERE oid = ANY (%(tables)s::regclass[])
        OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = ANY (%(tables)s::regclass[]))
"""
# Of an index its entries, of a table the rows that a plain walk through it read; since this transaction began.
READ = """
    SELECT (SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index
            WHERE indrelid = ANY (%(tables)s::regclass[])),
        (SELECT sum(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class WHERE oid = ANY (%(tables)s::regclass[]))
"""
GRID = """
    INSERT INTO parcels_parcel (authority_id, plot_no, geom)
    SELECT %s, n::text, ST_Multi(ST_MakeEnvelope(
        57 + n %% 50 * 0.0002, 23 + n / 50 * 0.0002, 57 + (n %% 50 + 1) * 0.0002, 23 + (n / 50 + 1) * 0.0002, 4326))
    FROM generate_series(0, %s - 1) n
"""


def compared(root: psycopg.Connection, two: Two, plots: int) -> tuple[int, int, int]:
    """Pairs found, and entries of indexes and rows of tables read, when the plots of one transaction are compared."""
    root.execute("SET max_parallel_workers = 0")  # others' reading is not in the counts of this session
    with root.transaction() as undone:
        root.execute("SELECT parcels_check_late()")
        root.execute(GRID, [two.here.id, plots])
        root.execute(CALLED_EMPTY, {"tables": list(TABLES)})
        before = root.execute(READ, {"tables": list(TABLES)}).fetchone()
        (found,) = root.execute("SELECT count(*) FROM parcels_rivals_written(pg_current_xact_id())").fetchone()
        after = root.execute(READ, {"tables": list(TABLES)}).fetchone()
        raise psycopg.Rollback(undone)
    return found, int(after[0] - before[0]), int(after[1] - before[1])


def test_each_plot_is_looked_up_and_no_index_is_gone_through(root: psycopg.Connection, two: Two) -> None:
    found, entries, rows = compared(root, two, PLOTS)
    assert (found, rows) == (0, 0)
    assert 2 * PLOTS < entries < MOST_EACH * PLOTS


def test_the_count_sees_an_index_gone_through(root: psycopg.Connection, two: Two, committed_db: str) -> None:
    """Without the settings of the function, the plan that follows from tables called empty."""
    replace(committed_db, "parcels_rivals_written", ("SET enable_indexscan TO 'off'", ""))
    few = PLOTS // 10  # each more costs all the others
    found, entries, _rows = compared(root, two, few)
    assert found == 0
    assert entries > MOST_EACH * few


TOUCHING = 8  # plots that the box of one inside the grid meets
DISTANCES = "SELECT calls FROM pg_stat_xact_user_functions WHERE funcname = 'st_distance'"


@pytest.mark.parametrize(("only_added", "each"), [(True, TOUCHING / 2), (False, TOUCHING)])
def test_a_pair_of_plots_that_were_added_is_looked_at_once(
    root: psycopg.Connection, two: Two, only_added: bool, each: float
) -> None:
    root.execute("SET max_parallel_workers = 0")
    root.execute("SET track_functions = 'all'")
    with root.transaction() as undone:
        root.execute("SELECT parcels_check_late()")
        root.execute(GRID, [two.here.id, PLOTS])
        if not only_added:
            root.execute("UPDATE parcels_parcel SET plot_no = plot_no WHERE plot_no = '0'")
        (found,) = root.execute("SELECT count(*) FROM parcels_rivals_written(pg_current_xact_id())").fetchone()
        (asked,) = root.execute(DISTANCES).fetchone()
        raise psycopg.Rollback(undone)
    assert found == 0
    assert 0.9 * each * PLOTS < asked <= each * PLOTS
