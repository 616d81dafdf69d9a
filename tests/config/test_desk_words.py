"""What Django's admin says to an officer is said rightly in Arabic, by our catalogue where Django's own fails."""

import re
from collections.abc import Iterator
from pathlib import Path

import django
import polib
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override, pgettext

from apps.accounts.models import Unit
from gis.db.acting import acting_as
from tests.apps.town import Town, found_towns, hire

DJANGO = Path(django.__file__).parent
# Names of languages and protocols, a frame around two names, a mark.
SAID_AS_THEY_ARE = re.compile(r"^(%\(class_name\)s %\(instance\)s|%\(truncated_text\)s…|IPv4|IPv6|.*IPv6)$")
NOT_OF_THE_DESK = {
    "Central Kurdish (Sorani)", "Malay", "Uyghur", "String (unlimited)",
    "Enter a valid username. This value may contain only unaccented lowercase a-z and uppercase A-Z letters, numbers, "
    "and @/./+/-/_ characters.",
    "Ensure this value is a multiple of step size %(limit_value)s, starting from %(offset)s, e.g. %(offset)s, "
    "%(valid_value1)s, %(valid_value2)s, and so on.",
}  # fmt: skip


def djangos() -> Iterator[polib.POEntry]:
    for catalogue in ("conf", "contrib/admin", "contrib/auth", "contrib/contenttypes", "contrib/gis"):
        yield from polib.pofile(str(DJANGO / catalogue / "locale/en/LC_MESSAGES/django.po"))


def said(entry: polib.POEntry) -> str:
    if entry.msgid_plural:
        return ngettext(entry.msgid, entry.msgid_plural, 5)
    return pgettext(entry.msgctxt, entry.msgid) if entry.msgctxt else gettext(entry.msgid)


def test_no_sentence_of_django_stays_english():
    with override("ar"):
        english = [
            e.msgid for e in djangos() if said(e) in (e.msgid, e.msgid_plural) and re.search("[A-Za-z]", e.msgid)
        ]
    assert [text for text in english if not (SAID_AS_THEY_ARE.match(text) or text in NOT_OF_THE_DESK)] == []


@pytest.fixture
def town(db: None) -> Town:
    return found_towns()


def manager(town: Town, language: str) -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, "manager"))
    return client


@pytest.mark.parametrize(
    ("language", "added", "changed", "deleted"),
    [("ar", "تمت إضافة", "تم تعديل", "تم حذف"), ("en", "was added", "was changed", "was deleted")],
)
def test_what_was_done_is_said(town: Town, language: str, added: str, changed: str, deleted: str):
    client, given = manager(town, language), {"authority": town.here.pk, "code": "roads", "name_ar": "الطرق"}
    assert added in client.post(reverse("admin:accounts_unit_add"), given, follow=True).content.decode()
    with acting_as(authorities=[town.here.pk]):
        unit = Unit.objects.get()
    page = reverse("admin:accounts_unit_change", args=[unit.pk])
    for how in ({}, {"_continue": "1"}, {"_addanother": "1"}):
        told = client.post(page, given | {"name_en": "Roads"} | how, follow=True).content.decode()
        assert changed in told
        assert added not in told
    gone = client.post(
        reverse("admin:accounts_unit_delete", args=[unit.pk]), {"post": "yes", "reason": "x"}, follow=True
    )
    assert deleted in gone.content.decode()


def test_what_is_in_the_way_of_a_deletion_is_not_said_to_be_deleted():
    with override("ar"):
        told = gettext(
            "Deleting the %(object_name)s '%(escaped_object)s' would require deleting the following protected related "
            "objects:"
        )
    assert told.startswith("لا يمكن حذف")


@pytest.mark.parametrize(("language", "word"), [("ar", "لا"), ("en", "No")])
def test_a_mark_says_yes_or_no(town: Town, language: str, word: str):
    listing = manager(town, language).get(reverse("admin:territory_authority_changelist")).content.decode()
    marks = re.findall(r'<img src="[^"]+icon-(?:yes|no)[^"]*" alt="([^"]*)"', listing)
    assert set(marks) == {word}
