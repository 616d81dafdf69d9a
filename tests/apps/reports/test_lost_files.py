"""A photo whose file the storage has lost: not found, in words, and its report and review go on."""

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from apps.reports.models import Photo
from apps.reports.services import publish_photo
from gis.db.acting import acting_as
from tests.apps.reports.sending import picture, send
from tests.apps.reports.test_admin import page_of, sign_in
from tests.apps.town import AT, Town, found_towns, hire

pytestmark = pytest.mark.django_db
MISSING = {"en": "The file of this photo is missing.", "ar": "ملف هذه الصورة مفقود."}
NOWHERE = {"en": "There is nothing at this address", "ar": "لا توجد صفحة بهذا العنوان"}


@pytest.fixture
def town() -> Town:
    return found_towns()


@pytest.fixture
def photo(town: Town) -> Photo:
    report = send(photos=[picture("red")])
    with acting_as(authorities=[town.here.pk]):
        return report.photos.select_related("report").get()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_public_is_told_that_there_is_nothing(town: Town, photo: Photo, client: Client, language: str):
    shown = publish_photo(photo=photo, blurred=picture("blue"), by=hire(town.here), at=AT)
    address = f"/{language}/reports/{photo.report.number}/photos/{photo.pk}.jpg"
    assert client.get(address).status_code == 200
    default_storage.delete(str(shown.public_image))
    answer = client.get(address)
    assert answer.status_code == 404
    assert NOWHERE[language] in answer.content.decode()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_desk_says_it_and_shows_the_rest(town: Town, photo: Photo, language: str):
    default_storage.delete(str(photo.image))
    desk = sign_in(hire(town.here))
    answer = desk.get(reverse("admin:reports_photo_original", args=[photo.pk]), headers={"accept-language": language})
    assert answer.status_code == 404
    assert NOWHERE[language] in answer.content.decode()
    for address in (reverse("admin:reports_photo_change", args=[photo.pk]), page_of(photo.report)):
        page = desk.get(address, headers={"accept-language": language})
        assert page.status_code == 200
        assert MISSING[language] in page.content.decode()


@pytest.mark.parametrize(("given", "review"), [("blurred", "public"), ("hide", "hidden")])
def test_it_can_still_be_reviewed(town: Town, photo: Photo, given: str, review: str):
    default_storage.delete(str(photo.image))
    address = reverse("admin:reports_photo_change", args=[photo.pk])
    answer = sign_in(hire(town.here)).post(address, {given: picture("blue") if given == "blurred" else "on"})
    assert answer.status_code == 302
    with acting_as(authorities=[town.here.pk]):
        assert Photo.objects.get(pk=photo.pk).review == review
