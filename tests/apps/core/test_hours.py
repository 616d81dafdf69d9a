"""The hours of a week in words."""

import pytest
from django.utils.translation import override

from apps.core.hours import in_words


@pytest.mark.parametrize(
    ("published", "language", "said"),
    [
        ("12347 08:00-13:00", "en", "Sunday to Thursday, 08:00 to 13:00"),
        ("12347 08:00-13:00", "ar", "الأحد إلى الخميس، من 08:00 إلى 13:00"),
        ("6 09:00-12:00; 13 16:00-21:00", "en", "Monday and Wednesday, 16:00 to 21:00\nSaturday, 09:00 to 12:00"),
        ("1234567 00:00-23:59", "en", "Every day, 00:00 to 23:59"),
        ("by agreement", "en", "by agreement"),
    ],
)
def test_hours_are_said_in_words(published: str, language: str, said: str):
    with override(language):
        assert in_words(published) == said
