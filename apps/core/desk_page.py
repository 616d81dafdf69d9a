"""What every page of the desk has, whether or not its records belong to an authority."""

from .admin_lookups import DeclaredLookups
from .typed import TypedDigits


class DeskPage(TypedDigits, DeclaredLookups):
    """To put before every ModelAdmin."""
