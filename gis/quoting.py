"""What a library says, in its own language, beside a sentence of ours."""

from django.utils.translation import gettext as _


def with_details(sentence: object, told: str) -> str:
    """The sentence stands alone; what was `told` follows as a quotation, kept together whichever way it is written."""
    if not told:
        return str(sentence)
    return _("%(sentence)s Details: “%(told)s”.") % {"sentence": sentence, "told": f"\u2068{told}\u2069"}
