"""Every write to people, memberships, keys and database logins."""

from .keys import end_agency_key, make_agency_key
from .logins import DeskAccess, NoDeskRight, close_desk_login, grant_desk_login, take_password
from .members import AlreadyMember, deactivate, grant_membership, withdraw_membership
from .signing_in import TooManySignIns, begin_sign_in, end_sign_in

__all__ = [
    "AlreadyMember",
    "DeskAccess",
    "NoDeskRight",
    "TooManySignIns",
    "begin_sign_in",
    "close_desk_login",
    "deactivate",
    "end_agency_key",
    "end_sign_in",
    "grant_desk_login",
    "grant_membership",
    "make_agency_key",
    "take_password",
    "withdraw_membership",
]
