"""The reporter sees the photo that nobody has reviewed yet; nobody else learns that there is one."""

import pytest
from django.test import Client

from apps.reports.models import Photo, Report
from apps.reports.services import find_for_follow_up, publish_photo
from gis.db.acting import acting_as
from tests.apps.reports.sending import picture, send
from tests.apps.reports.test_photos import assert_bare
from tests.apps.town import AT, Town, found_towns, hire

pytestmark = pytest.mark.django_db
WAITING = {
    "en": ["One photo is being reviewed", "2 photos are being reviewed"],
    "ar": ["صورة واحدة قيد المراجعة", "صورتان قيد المراجعة"],
}


@pytest.fixture
def town() -> Town:
    return found_towns()


def photos_of(report: Report) -> list[Photo]:
    with acting_as(authorities=[report.authority_id]):
        return list(report.photos.select_related("report").order_by("pk"))


def own(report: Report, path: str = "", language: str = "en") -> str:
    return f"/{language}/reports/{report.number}/{path}?key={report.key}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("many", [1, 2])
def test_the_own_page_shows_it_and_says_that_it_waits(town: Town, client: Client, language: str, many: int):
    report = send(photos=[picture(colour) for colour in ("red", "green")[:many]])
    page = client.get(own(report, language=language)).content.decode()
    assert WAITING[language][many - 1] in page
    for photo in photos_of(report):
        assert own(report, f"photos/{photo.pk}.jpg", language) in page
    public = client.get(f"/{language}/reports/{report.number}/").content.decode()
    assert '<img class="status__photo"' not in public
    assert not any(sentence in public for sentence in WAITING[language])


def test_it_is_the_small_copy_without_metadata_and_never_stored_on_the_way(town: Town, client: Client):
    report = send(photos=[picture("red", size=(3000, 2000), comment=b"secret")])
    (photo,) = photos_of(report)
    answer = client.get(own(report, f"photos/{photo.pk}.jpg"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("private, no-store", "no-referrer")
    assert_bare(b"".join(answer))


@pytest.mark.parametrize("key", ["", "x", "توكن", "a" * 500])
def test_with_a_wrong_key_there_is_none(town: Town, client: Client, key: str):
    report = send(photos=[picture()])
    (photo,) = photos_of(report)
    address = f"/en/reports/{report.number}/photos/{photo.pk}.jpg"
    assert client.get(address).status_code == 404
    assert client.get(address, {"key": key}).status_code == 404


def test_the_key_of_one_report_opens_no_photo_of_another(town: Town, client: Client):
    one, other = send(photos=[picture()]), send()
    (photo,) = photos_of(one)
    assert client.get(own(other, f"photos/{photo.pk}.jpg")).status_code == 404
    assert client.get(f"/en/reports/{one.number}/photos/{photo.pk}.jpg", {"key": other.key}).status_code == 404


def test_after_the_review_everybody_sees_the_copy_and_the_reporter_the_photo(town: Town, client: Client):
    report = send(photos=[picture("red")])
    (photo,) = photos_of(report)
    publish_photo(photo=photo, blurred=picture("blue"), by=hire(town.here), at=AT)
    assert find_for_follow_up(report.number, report.key).waiting == 0
    sent = b"".join(client.get(own(report, f"photos/{photo.pk}.jpg")))
    copy = client.get(f"/en/reports/{report.number}/photos/{photo.pk}.jpg")
    assert copy["Cache-Control"] == "public, max-age=300"
    assert b"".join(copy) != sent
