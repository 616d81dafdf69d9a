"""A row of every model of ours with a hostile text in every text field: what people, officers and imports may write."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.gis.geos import GEOSGeometry
from django.db import models
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg.types.json import Json

from apps.accounts.models import User
from apps.reports.models import Photo
from apps.territory.models import BaseFeature
from gis.db.acting import acting_as
from gis.layers import Audience, Layer, registry
from gis.published import properties
from tests import databases
from tests.rows import make, value_for
from tests.scene import Scene

from .texts import fitting

# Text that the program writes itself or the database judges: codes of systems and languages, digests, login names.
OURS = {
    "working_crs", "first_language", "language", "weekdays", "password", "digest", "rolname", "body_hash", "token",
    "sha256", "seen", "system", "pipeline", "layer", "image", "public_image", "accent",
}  # fmt: skip
KINDS = BaseFeature.Kind.values
# One parent or the other; or none, where somebody else reads
ALONE = {"territory.UnitAlias.wilayat", "federation.Subscription.organisation"}
SHORT = 100
_numbers = count(1)
GIVEN = {"reports.Report.number"}  # by the database


@dataclass
class Town:
    """`rows` are two rows of each model; `boss` may see them all."""

    scene: Scene
    boss: User
    rows: dict[type[models.Model], list[Any]] = field(default_factory=dict)

    def row(self, model: type[models.Model]) -> Any:
        return self.rows[model][0]


def fill(scene: Scene) -> Town:
    """Write the rows into the scene's database, for its authority."""
    Group.objects.using("owner").create(name=fitting(150))
    town = Town(scene, User.objects.using("owner").create(username="boss", is_staff=True, is_superuser=True))
    with acting_as(authorities=[scene.authority.pk], actor=fitting(60), reason=fitting(200), using="owner"):
        for model in apps.get_models():
            if model.__module__.startswith(("apps.", "gis.")):
                town.rows[model] = [_row(model, scene, {}) for _twice in range(2)]
        of_kinds = [make(BaseFeature, authority=scene.authority, kind=kind, **_texts(BaseFeature)) for kind in KINDS]
        town.rows[BaseFeature] = of_kinds
        for model, rows in town.rows.items():
            _change(model, rows[0])
            rows[0].refresh_from_db()
    with databases.superuser(scene.database) as root:
        job = "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('q', %s, %s)"
        root.execute(job, [fitting(99), Json({"said": fitting(None)})])
    for foreign in (Group, ProcrastinateJob):
        town.rows[foreign] = list(foreign._base_manager.using("owner").all())
    return town


def draw_photos(town: Town, folder: Path) -> None:
    """A file for each photo, where the server keeps them."""
    for photo in town.rows[Photo]:
        for name in (photo.image.name, photo.public_image.name):
            if name:
                Image.new("RGB", (8, 8), "olive").save(folder / name, "JPEG")


def texts_of(model: type[models.Model]) -> list[Any]:
    """The fields that take any text."""
    free = (models.CharField, models.TextField)
    return [
        one
        for one in model._meta.concrete_fields
        if isinstance(one, free)
        and not one.choices
        and one.name not in OURS
        and f"{model._meta.label}.{one.name}" not in GIVEN
    ]


def _row(model: type[models.Model], scene: Scene, above: dict[type[models.Model], Any]) -> Any:
    """A row whose parents carry hostile texts too, those it could do without included."""
    given = _texts(model)
    given |= {
        one.name: {fitting(60): fitting(200)} for one in model._meta.concrete_fields if type(one) is models.JSONField
    }
    for one in model._meta.concrete_fields:
        if (
            isinstance(one, models.ForeignKey)
            and one.name != "authority"
            and f"{model._meta.label}.{one.name}" not in ALONE
            and one.related_model not in (model, User, *above)
        ) and one.related_model.__module__.startswith(("apps.", "gis.")):
            given[one.name] = _row(one.related_model, scene, above | {model: None})
    given |= {one.name: value_for(one) for one in model._meta.concrete_fields if one.name == "geom" and one.null}
    return make(model, authority=scene.authority, **given)


def _texts(model: type[models.Model]) -> dict[str, Any]:
    return {one.name: _text(one) for one in texts_of(model)}


def _text(one: Any) -> str:
    """Short ones are codes, of which no two are alike."""
    if (one.max_length or SHORT + 1) > SHORT:
        return fitting(one.max_length)
    end = f"{next(_numbers)}"[-one.max_length :]
    return fitting(one.max_length - len(end)) + end


def _change(model: type[models.Model], row: Any) -> None:
    """A second version, so that the record's history has something to tell."""
    changed = _texts(model)
    if changed and getattr(model, "history", None):
        model._base_manager.using("owner").filter(pk=row.pk).update(**changed)


def published(town: Town) -> list[tuple[Layer, Any]]:
    """Each layer with a hostile row of it."""
    found = [(layer, town.row(layer.model)) for layer in registry if not layer.base_map]
    base = {f"base-{row.kind}{plural}": row for row in town.rows[BaseFeature] for plural in ("", "s")}
    return found + [(layer, base[layer.id]) for layer in registry if layer.base_map]


def tells(layer: Layer, audience: Audience) -> bool:
    """Does the layer say anything that somebody typed?"""
    kinds = properties(layer, audience)
    return any(kinds[one.name] == "text" and one.codes is None for one in layer.fields_for(audience))


def place(town: Town, model: type[models.Model]) -> str:
    """Latitude, longitude of the model's row."""
    geometry: GEOSGeometry = town.row(model).geom
    return f"{geometry.centroid.y:.5f},{geometry.centroid.x:.5f}"
