"""What a file that is coming in is refused for, before anybody has looked into it."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from gis.refusals import Refusal


class TooManyDeliveries(Refusal):
    code: ClassVar[str] = "too_many_deliveries"
    sentence = _("%(most)s files of yours wait to be imported; that is the most. Import or remove one of them first.")


class NoRoom(Refusal):
    code: ClassVar[str] = "no_room"
    status: ClassVar[int] = 507
    sentence = _("There is no room for %(size)s on the server now. Tell the administrator.")


class NotInOrder(Refusal):
    code: ClassVar[str] = "not_in_order"
    status: ClassVar[int] = 409
    sentence = _("This part of the file does not follow what came before. Choose the file again.")
