"""What the citizen's form makes of what is typed."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from apps.reports.forms import PhoneField


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("99123456", "99123456"),
        ("٩٩١٢ ٣٤٥٦", "99123456"),
        ("+968 9912-3456", "+96899123456"),
        ("(617) 555.0123", "6175550123"),
        ("", ""),
    ],
)
def test_a_phone_number_is_read(typed: str, number: str):
    assert PhoneField(required=False).clean(typed) == number


@pytest.mark.parametrize("typed", ["12", "1" * 16, "call me", "99123456 or 99123457", "++99123456", "99+123456"])
def test_what_cannot_be_called_is_refused(typed: str):
    with pytest.raises(ValidationError) as refused:
        PhoneField(required=False).clean(typed)
    for language, word in (("ar", "رقم هاتف"), ("en", "phone number")):
        with override(language):
            assert word in refused.value.messages[0]
