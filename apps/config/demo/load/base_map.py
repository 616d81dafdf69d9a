"""The quiet map under the data."""

from apps.territory.models import Authority, BaseFeature

from ..town import Town
from .rows import add, stored


def load(town: Town, owner: Authority) -> None:
    """Land, water, wadis, roads, buildings and places."""
    add(
        BaseFeature,
        (
            BaseFeature(
                authority=owner,
                kind=feature.kind,
                rank=feature.rank,
                sort=feature.sort,
                name_ar=feature.name.ar if feature.name else "",
                name_en=feature.name.en if feature.name else "",
                geom=stored(town.frame, feature.shape),
            )
            for feature in town.base
        ),
    )
