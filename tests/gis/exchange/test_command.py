"""The command as it is typed: what it prints in both languages, and that a rehearsal writes nothing."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper

from gis.exchange.importing import import_file
from gis.exchange.mapping import parse
from gis.exchange.order import Order
from gis.management.commands import import_layer
from tests.gis.exchange.conftest import MAP, Desk
from tests.gis.exchange.files import plots, write


def typed(desk: Desk, path: Path, *more: str, layer: str = "parcels") -> str:
    said = StringIO()
    call_command("import_layer", layer, str(path), "--authority", desk.authority.code, *more, stdout=said)
    return said.getvalue()


def test_the_report_is_in_both_languages_and_adds_up(desk: Desk) -> None:
    rows = [*plots(3), plots(1)[0]]
    said = typed(desk, write(desk.folder / "plots.gpkg", rows), "--map", *MAP).splitlines()
    for line in (
        "قُرئ: 4",
        "Read: 4",
        "In the layer as they came: 3",
        "In quarantine: 1",
        "  number in the source twice: 1",
    ):
        assert line in said
    assert len(desk.parcels()) == 3


def test_columns_can_be_named_together_or_one_by_one(desk: Desk) -> None:
    path = write(desk.folder / "plots.gpkg", plots(2))
    one_by_one = [word for pair in MAP for word in ("--map", pair)]
    assert "Of those in the layer, new: 2" in typed(desk, path, "--map", *MAP)
    assert "Of those in the layer, unchanged: 2" in typed(desk, path, *one_by_one)


def test_a_rehearsal_writes_nothing(desk: Desk) -> None:
    said = typed(desk, write(desk.folder / "plots.gpkg", plots(2)), "--map", *MAP, "--dry-run")
    assert "Of those in the layer, new: 2" in said
    assert desk.parcels() == {}


@pytest.mark.parametrize(
    ("layer", "more", "said"),
    [
        ("parcel", (), "parcels"),
        ("parcels", ("--map", "plot_no"), "plot_no"),
        ("parcels", ("--map", "plott=plot"), "plot_no"),
        ("parcels", ("--crs", "EPSG:999999"), "EPSG:999999"),
    ],
)
def test_what_cannot_be_done_is_said_in_both_languages(
    desk: Desk, layer: str, more: tuple[str, ...], said: str
) -> None:
    path = write(desk.folder / "plots.gpkg", plots(1))
    with pytest.raises(CommandError) as refused:
        typed(desk, path, *more, layer=layer)
    arabic, english = str(refused.value).splitlines()
    assert said in english
    assert any("\u0600" <= letter <= "\u06ff" for letter in arabic)
    assert desk.parcels() == {}


def test_a_day_that_is_none_is_named(desk: Desk) -> None:
    with pytest.raises(CommandError, match="2024-13-45 is no day; write it as 2024-12-31"):
        typed(desk, desk.folder / "plots.gpkg", "--snapshot", "2024-13-45")


def test_every_stage_is_told_and_goes_forward(desk: Desk) -> None:
    told: list[tuple[str, float, int]] = []
    path = write(desk.folder / "plots.gpkg", plots(30))
    order = Order("parcels", path, desk.authority.code, wishes=parse(list(MAP), [], []))
    import_file(order, lambda *said: told.append(said))
    stages = ["reading", "checking", "writing", "finishing"]
    assert list(dict.fromkeys(stage for stage, _done, _rows in told)) == stages
    for one in stages[1:]:
        steps = [(done, rows) for stage, done, rows in told if stage == one]
        assert steps == sorted(steps)
        assert (steps[0], steps[-1]) == ((0, 0), (1, 30))
        assert len(steps) > 1


def test_a_log_says_each_stage_at_once_and_counts_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0.0, 1.0, 2.0, 7.0])
    monkeypatch.setattr(import_layer.time, "monotonic", lambda: next(seconds))
    log = OutputWrapper(StringIO())
    meter = import_layer.Meter(log, terminal=False)
    meter.show("writing", 0.0, 0)
    meter.show("writing", 0.5, 500)
    meter.show("writing", 0.6, 600)
    assert log._out.getvalue().splitlines() == ["writing: 0 rows, 0%", "writing: 600 rows, 60%, 100/s"]
