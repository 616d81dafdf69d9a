"""Photos before the public: a blurred copy, chosen by somebody who may."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from apps.accounts.models import Membership
from apps.accounts.permissions import RIGHTS, Action
from apps.core.refusals import NotAllowed
from apps.reports.models import Photo
from apps.reports.photos import PhotoUnreadable
from apps.reports.services import find_for_follow_up, hide_photo, open_public_photo, publish_photo
from apps.reports.services.publishing import NotBlurred
from gis.db.acting import acting_as
from tests.apps.reports.sending import picture, send
from tests.apps.reports.test_photos import assert_bare
from tests.apps.town import AT, Town, found_towns, hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return found_towns()


@pytest.fixture
def photo(town: Town) -> Photo:
    report = send(photos=[picture("red")])
    with acting_as(authorities=[town.here.pk]):
        return report.photos.select_related("report").get()


def test_the_copy_passes_the_gate_and_the_public_sees_it(town: Town, photo: Photo):
    clerk = hire(town.here)
    shown = publish_photo(photo=photo, blurred=picture("blue", comment=b"secret"), by=clerk, at=AT)
    assert find_for_follow_up(photo.report.number).photos == (photo.pk,)
    with open_public_photo(photo.report.number, photo.pk) as file:
        assert_bare(file.read())
    assert shown.public_image.name != shown.image.name
    assert default_storage.exists(str(shown.image))


def test_the_original_is_not_taken_for_a_blurred_copy(town: Town, photo: Photo):
    with pytest.raises(NotBlurred):
        publish_photo(photo=photo, blurred=picture("red"), by=hire(town.here), at=AT)
    with pytest.raises(NotBlurred), photo.image.open() as stored:
        publish_photo(photo=photo, blurred=stored, by=hire(town.here), at=AT)


def test_a_copy_that_is_no_photo_is_refused(town: Town, photo: Photo):
    with pytest.raises(PhotoUnreadable):
        publish_photo(photo=photo, blurred=BytesIO(b"<svg onload=alert(1)>"), by=hire(town.here), at=AT)


def test_hiding_takes_the_copy_away(town: Town, photo: Photo, django_capture_on_commit_callbacks):
    clerk = hire(town.here)
    shown = publish_photo(photo=photo, blurred=picture("blue"), by=clerk, at=AT)
    with django_capture_on_commit_callbacks(execute=True):
        hidden = hide_photo(photo=shown, by=clerk, at=AT)
    assert (hidden.review, hidden.public_image.name) == ("hidden", "")
    assert find_for_follow_up(photo.report.number).photos == ()
    assert not default_storage.exists(str(shown.public_image))
    assert default_storage.exists(str(shown.image))


@pytest.mark.parametrize("role", Membership.Role.values)
def test_by_role(town: Town, photo: Photo, role: str):
    person = hire(town.here, role)
    if role in RIGHTS[Action.PUBLISH_PHOTO]:
        publish_photo(photo=photo, blurred=picture("blue"), by=person, at=AT)
        hide_photo(photo=photo, by=person, at=AT)
        return
    with pytest.raises(NotAllowed):
        publish_photo(photo=photo, blurred=picture("blue"), by=person, at=AT)
    with pytest.raises(NotAllowed):
        hide_photo(photo=photo, by=person, at=AT)


def test_a_stranger_may_not(town: Town, photo: Photo):
    with pytest.raises(NotAllowed):
        publish_photo(photo=photo, blurred=picture("blue"), by=hire(town.there, "manager"), at=AT)


def test_the_database_knows_no_public_photo_without_a_copy(town: Town, photo: Photo):
    with pytest.raises(IntegrityError), acting_as(authorities=[town.here.pk]), transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(review="public")
