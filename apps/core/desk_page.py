"""What every page of the desk has, whether or not its records belong to an authority."""

from .admin_lookups import DeclaredLookups
from .admin_numbers import WholeNumbers
from .admin_search import FoldedSearch
from .long_lists import LongList
from .typed import TypedDigits


class DeskPage(WholeNumbers, FoldedSearch, TypedDigits, DeclaredLookups, LongList):
    """To put before every ModelAdmin."""
