"""How often a password may be tried: for one account, and from one address.

The account's wait is short, so that nobody keeps its owner out by trying; the address's is long, because one address
that fails again and again is a program. Both are counted before the password is looked at.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from .limits import Limit, TooMany, forget, give_back, take

HOUR, FIRST = timedelta(hours=1), timedelta(seconds=5)
OF_ACCOUNT = Limit("sign-in account", free=5, window=HOUR, first=FIRST, longest=timedelta(minutes=1))
OF_ADDRESS = Limit("sign-in address", free=20, window=HOUR, first=FIRST, longest=timedelta(minutes=15))


class TooManySignIns(TooMany):
    code = "too_many_sign_ins"
    sentence = _("Too many attempts to sign in. Wait until %(time)s, then try again.")


def begin_sign_in(*, account: str, address: str, at: datetime) -> None:
    """Before the password is looked at. Whether there is such an account makes no difference."""
    if until := take(OF_ADDRESS, address, at=at):
        raise TooManySignIns(until=until, at=at)
    if until := take(OF_ACCOUNT, account, at=at):
        give_back(OF_ADDRESS, address, at=at)
        raise TooManySignIns(until=until, at=at)


def end_sign_in(*, account: str, address: str, at: datetime) -> None:
    """The password was right. What others tried from the same address stays counted."""
    forget(OF_ACCOUNT, account)
    give_back(OF_ADDRESS, address, at=at)
