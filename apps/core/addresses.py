"""Where a request comes from, as far as it can be believed."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

ONE_HOME = 64  # bits: a home or phone has that many IPv6 addresses to choose from


def address_of(request: HttpRequest) -> str:
    """The caller's address: the connection's, or what a configured proxy says of its own caller. IPv6 by its /64."""
    return address_in(
        request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""), tuple(settings.TRUSTED_PROXIES)
    )


@lru_cache(maxsize=1024)
def address_in(connection: str, forwarded: str, trusted: tuple[str, ...]) -> str:
    """The same of what a connection and a header say."""
    found = None
    for hop in (connection, *reversed(forwarded.split(","))):
        address = _read(hop)
        if address is None:
            break
        found = address
        if not any(address in network for network in proxies(trusted)):
            break
    if isinstance(found, IPv6Address):
        return str(ip_network((found, ONE_HOME), strict=False))
    return str(found or "")


@lru_cache(maxsize=8)
def proxies(listed: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Raises ValueError for what is no address or network."""
    return tuple(ip_network(one, strict=False) for one in listed)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
