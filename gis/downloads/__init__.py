"""Features of a layer as one audience may see them, in the formats that people and programs take away.

`rows` writes the question as SQL and walks its answer with a cursor in the database, some features at a time; `lines`
makes text of it on the way out (JSON-FG, CSV), `files` a file on the disk (FlatGeobuf, GeoPackage, GeoParquet). Neither
holds more than some features in memory, and both ask the published view of the audience and nothing else.
"""

from .rows import Download

__all__ = ["Download"]
