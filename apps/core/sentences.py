"""What the rules of many tables say when they are broken: each sentence names the mend."""

from django.utils.translation import gettext_lazy as _

UNSOUND = _(
    "This shape cannot be kept: its lines cross, or it is empty, lies outside the world or has too many corners. "
    "Draw it again so that no line crosses another."
)
SOURCE_TAKEN = _(
    "Another record in force has this number in the source. Give another number, or end that record first."
)
