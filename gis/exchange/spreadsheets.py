"""Texts on their way into a spreadsheet, which must not calculate what somebody else has written."""

import re

# Where a spreadsheet begins a formula: also behind blanks, with wide signs, and, where cells are parted at semicolons,
# in the middle of a text.
FORMULA = re.compile("(^[\\t\\r]*|[;\\t\\r\\n]\\s*|^\\s+)(?=[=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b-])")


def safe(text: str) -> str:
    """The text, marked as text (') where a spreadsheet would calculate it; a number stays one."""
    try:
        float(text)
    except ValueError:
        return FORMULA.sub(r"\1'", text)
    return text
