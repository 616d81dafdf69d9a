"""Photos before the public: only a copy in which an officer has blurred faces and plates, never the original."""

from datetime import datetime
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.refusals import NotAllowed, Refusal
from gis.db.acting import acting_as

from .. import photos as photo_gate
from ..models import Photo
from ..permissions import may_publish
from .following import UnknownPhoto, open_kept


class NotBlurred(Refusal):
    code = "not_blurred"
    sentence = _("This copy is the same picture as the original. Blur faces and number plates first.")


def publish_photo(*, photo: Photo, blurred: photo_gate.Readable, by: User, at: datetime) -> Photo:
    """Show the public this copy, which passes the same gate as the original did.

    Raises NotAllowed, NotBlurred, or a refusal of the gate.
    """
    if not may_publish(by, photo, at=at):
        raise NotAllowed
    copy = photo_gate.clean(photo_gate.read(blurred))
    with acting_as(user=by.pk, reason="photo reviewed"):
        held = Photo.objects.select_for_update().get(pk=photo.pk)
        if copy.sha256 == held.sha256 or copy.jpeg == _original(held):
            raise NotBlurred
        _forget_copy(held)
        held.public_image.save(f"{uuid4().hex}.jpg", ContentFile(copy.jpeg), save=False)
        held.review = Photo.Review.PUBLIC
        held.save(update_fields=["public_image", "review"])
    return held


def hide_photo(*, photo: Photo, by: User, at: datetime) -> Photo:
    """Keep the photo from the public; a copy that was shown is deleted."""
    if not may_publish(by, photo, at=at):
        raise NotAllowed
    with acting_as(user=by.pk, reason="photo reviewed"):
        held = Photo.objects.select_for_update().get(pk=photo.pk)
        _forget_copy(held)
        held.public_image = ""
        held.review = Photo.Review.HIDDEN
        held.save(update_fields=["public_image", "review"])
    return held


def _original(photo: Photo) -> bytes:
    """The photo as it is kept; nothing where the storage has lost it: it can then be compared by its digest only."""
    try:
        with open_kept(photo.image) as file:
            return bytes(file.read())
    except UnknownPhoto:
        return b""


def _forget_copy(photo: Photo) -> None:
    """Delete the file of the copy that is shown now, once the database no longer names it."""
    if photo.public_image:
        storage, name = photo.public_image.storage, str(photo.public_image)
        transaction.on_commit(lambda: storage.delete(name))
