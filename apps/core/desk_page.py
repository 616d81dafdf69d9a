"""What every page of the desk has, whether or not its records belong to an authority."""

from .admin_lookups import DeclaredLookups
from .admin_search import FoldedSearch
from .typed import TypedDigits


class DeskPage(FoldedSearch, TypedDigits, DeclaredLookups):
    """To put before every ModelAdmin."""
