"""Whole numbers that a form sent."""

# Digits of the largest that the database holds; Python itself refuses to read thousands of them.
MOST_DIGITS = 18


def whole(text: str, *, otherwise: int) -> int:
    """The number, or `otherwise` for what is none or too long to be one of ours."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else otherwise
