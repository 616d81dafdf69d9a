"""Filters in CQL2 1.0 (OGC 21-065r2), text and JSON, as SQL whose values are parameters.

    tree = read("status = 'open' AND S_INTERSECTS(geom, BBOX(58, 23, 59, 24))")
    values = Values()
    where = condition(tree, Scope("reports", {"status": "text", "geom": "geometry"}, column, values))

`read` judges length, depth and syntax, `condition` names and kinds. Both are pure. Every refusal is a `BadFilter` of
the parameter `filter`, or `UnknownField` for a field that is hidden or does not exist.
"""

from gis.cql2.classes import CLASSES
from gis.cql2.kinds import Kind, Scope, allowed
from gis.cql2.logic import condition
from gis.cql2.reading import Language, Tree, read
from gis.cql2.refusals import BadFilter

__all__ = ["CLASSES", "BadFilter", "Kind", "Language", "Scope", "Tree", "allowed", "condition", "read"]
