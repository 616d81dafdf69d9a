"""Digits: European ones are shown, Arabic and Persian ones are accepted."""

EUROPEAN, ARABIC, PERSIAN = "0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"
FOLD = str.maketrans(ARABIC + PERSIAN + "٫", EUROPEAN * 2 + ".")
# Marks that keep numbers apart from Arabic text travel along when people copy.
MARKS = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])


def european(text: str) -> str:
    """The text with European digits and decimal point, without invisible direction marks."""
    return text.translate(FOLD).translate(MARKS)
