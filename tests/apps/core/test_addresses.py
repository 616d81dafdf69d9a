"""An address is the connection's; of others only configured proxies are believed."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from apps.core.addresses import address_of


@pytest.mark.parametrize(
    ("connection", "forwarded", "found"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.5", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.5", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.5", "203.0.113.9, 198.51.100.7, 10.0.0.6", "198.51.100.7"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "nonsense", "10.0.0.5"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("", "198.51.100.7", ""),
    ],
)
def test_address(rf: RequestFactory, settings: Settings, connection: str, forwarded: str, found: str):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert address_of(rf.get("/", REMOTE_ADDR=connection, headers=headers)) == found
