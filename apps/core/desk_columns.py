"""Which columns of the desk's lists hold what a person wrote: that runs in its own direction, whatever the page's.

"-4-3" is not "4-3-". A text field without codes is one; of a page's own columns those that are marked `written`.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, Model, TextField
from django.utils.safestring import SafeString


def written[Column: Callable[..., Any]](column: Column) -> Column:
    """Mark a column of a page's own: it puts together what people wrote."""
    vars(column)["written"] = True
    return column


def is_written(page: Any, name: str) -> bool:
    """Does the column of this name on a list's page hold what a person wrote?"""
    model: type[Model] = page.model
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return bool(getattr(getattr(page, name, None), "written", False))
    return isinstance(field, CharField | TextField) and not field.choices


def marked(cells: list[SafeString], changes: ChangeList) -> list[SafeString]:
    """The cells of one row as Django made them, those of such columns with the class `written`."""
    columns = [str(name) for name in changes.list_display]
    return [
        _as_written(cell) if is_written(changes.model_admin, name) else cell
        for name, cell in zip(columns, cells, strict=True)
    ]


def _as_written(cell: SafeString) -> SafeString:
    before, mark, after = cell.partition(' class="')
    return SafeString(f"{before}{mark}written {after}") if mark else cell
