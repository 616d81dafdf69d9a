"""Towns into tables: the only part of the demonstration that knows the models.

Written in bulk, as an import is: services enter one record for one person, here are ten thousand for nobody.
"""

from .towns import exists, load_all

__all__ = ["exists", "load_all"]
