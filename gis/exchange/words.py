"""Parts of sentences that are said in the reader's language when the sentence is."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis.codes import choices_of

from .listing import listed
from .target import Holder, Target

MOST_CODES = 20


@dataclass(frozen=True)
class Name:
    """A name in both languages."""

    ar: str
    en: str

    def __str__(self) -> str:
        return self.en if get_language() == "en" else self.ar

    @classmethod
    def of(cls, holder: Holder) -> "Name":
        return cls(holder.name_ar, holder.name_en)


@dataclass(frozen=True)
class Hint:
    """Systems under which the features would lie where they belong; nothing where there are none."""

    codes: tuple[str, ...]

    def __str__(self) -> str:
        if not self.codes:
            return _(
                "Ask whoever made the file; a drawing with coordinates of its own must be placed on the map first."
            )
        told = _("The features would lie inside the authority as %(codes)s: ask whoever made the file.")
        return told % {"codes": listed(self.codes)}


@dataclass(frozen=True)
class Titles:
    """What people call some fields of a layer."""

    target: Target
    names: tuple[str, ...]

    def __str__(self) -> str:
        return listed(str(self.target.title(name)) for name in self.names)


@dataclass(frozen=True)
class CodeNames:
    """What people call the codes of a field, the first of them; a file may say either."""

    target: Target
    name: str

    def __str__(self) -> str:
        labels = [str(label) for _code, label in choices_of(self.target.fields[self.name])]
        return listed(labels[:MOST_CODES]) + ("…" if len(labels) > MOST_CODES else "")
