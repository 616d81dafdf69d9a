"""What a subscription cannot be used for: reading what is hidden, and reaching what is inside the house."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from apps.accounts.models import AgencyKey, Membership, User
from apps.core.refusals import NotAllowed
from apps.federation.models import Attempt, Place
from apps.federation.webhooks import changing, guarded
from apps.federation.webhooks.guarded import InsideTheHouse, Line, NotForWebhooks, Unanswered, checked, is_public
from gis.features import UnknownField
from gis.layers import Audience, registry
from tests.ogc.ground import COLLECTIONS, SECRETS, Ground, prepared

from .receiver import Receiver, receiving
from .subscribing import manager_of, ordered, post, state


@pytest.fixture(scope="module")
def ground(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Ground]:
    with prepared(template_database, django_db_blocker, label="webhooks") as made:
        yield made


@pytest.fixture(scope="module")
def manager(ground: Ground) -> User:
    return manager_of(ground.two)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    with receiving() as one:
        yield one


def hidden(layer: str, audience: Audience) -> set[bytes]:
    """The secrets that the reader of a layer may not see."""
    seen = {field.name for field in registry[layer].fields if field.readers <= audience}
    return {text.encode() for name, text in SECRETS.items() if name not in seen}


@pytest.mark.parametrize("reader", ["public", "agency", "officer"])
def test_no_byte_of_what_is_hidden_is_sent(receiver: Receiver, ground: Ground, manager: User, reader: str):
    organisation = AgencyKey.objects.first().organisation if reader == "agency" else None  # type: ignore[union-attr]
    by = ground.two.national if reader == "agency" else manager
    for layer in COLLECTIONS:
        receiver.requests.clear()
        receiver.secrets.clear()
        made = ordered(
            receiver, ground.two, by, layer=layer.id, reader=reader, organisation=organisation, beginning=True
        )
        assert post(made) > 0, layer.id
        assert state(made) == "active"
        for secret in hidden(layer.id, Audience[reader.upper()]):
            assert secret not in receiver.bytes_of_all, (layer.id, secret)


def test_the_authority_itself_is_told_its_own_in_full(receiver: Receiver, ground: Ground, manager: User):
    """Or the test above would hold for whoever is told nothing."""
    made = ordered(receiver, ground.two, manager, layer="parcels", reader="officer", beginning=True)
    post(made)
    assert SECRETS["deed_no"].encode() in receiver.bytes_of_all
    told = {one["subject"]: one["data"]["properties"].get("owner") for one in receiver.taken if "data" in one}
    here, there = (str(row.pk) for row in ground.rows["parcels"])
    assert told[here].startswith(SECRETS["owner"])
    assert not told.get(there), "of others as the public is told"


def test_what_is_hidden_filters_nothing(receiver: Receiver, ground: Ground, manager: User):
    with pytest.raises(UnknownField):
        ordered(receiver, ground.two, manager, layer="parcels", equals={"deed_no": SECRETS["deed_no"]})


def test_who_may_subscribe(receiver: Receiver, ground: Ground, manager: User):
    two, organisation = ground.two, AgencyKey.objects.first().organisation  # type: ignore[union-attr]
    other = User.objects.using("owner").create(username="manager of there")
    Membership.objects.using("owner").create(user=other, authority=two.there, role="manager")
    for person in (two.officer, two.stranger, other):
        with pytest.raises(NotAllowed):
            ordered(receiver, two, person)
    with pytest.raises(NotAllowed):
        ordered(receiver, two, manager, reader="agency", organisation=organisation)
    made = ordered(receiver, two, manager)
    deeds: list[Callable[..., object]] = [
        changing.pause, changing.resume, changing.try_out, changing.renew_secret,
        lambda made, **who: changing.turn_back(made, "beginning", **who),
    ]  # fmt: skip
    for deed in deeds:
        with pytest.raises(NotAllowed):
            deed(made, by=other, at=timezone.now())


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "168.63.129.16", "::1", "::", "fe80::1%eth0", "fd00:ec2::254", "ff02::1",
        "::ffff:169.254.169.254", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001:0:1::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_known(address: str):
    assert not is_public(address)


def test_addresses_outside_are_known():
    assert all(map(is_public, ("8.8.8.8", "1.1.1.1", "2a00:1450:4001:80b::200e")))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https://user:word@example.org/", "https://user@example.org",
        "https://example.org:22/", "https://example.org:99999/", "https://", "https:///x", "https://exa mple.org/",
        "https://example.org/\r\nX: y", "https://example.org/#x", "javascript:alert(1)", "//example.org", "",
        "https://[::1", "https://مثال.example/", "https://127.0.0.1:25/", "gopher://127.0.0.1:9200/",
    ],
)  # fmt: skip
def test_addresses_that_nothing_is_sent_to(url: str):
    with pytest.raises(NotForWebhooks):
        checked(url)


def named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A name server that answers so, one after the other; gives the names that were asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, **more: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(guarded.socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["169.254.169.254"]])
def test_a_name_for_something_inside_is_refused(monkeypatch: pytest.MonkeyPatch, found: list[str]):
    named(monkeypatch, found)
    with Line("https://harmless.example/") as line, pytest.raises(InsideTheHouse):
        line.ask("POST", {}, b"")


def test_a_name_that_answers_otherwise_the_second_time_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    """The connection goes to the address that was looked at, and the name is asked for once."""
    reached: list[Any] = []

    def connect(address: Any, timeout: float) -> Any:
        reached.append(address)
        raise ConnectionRefusedError

    asked = named(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    monkeypatch.setattr(guarded.socket, "create_connection", connect)
    with Line("https://rebinding.example:8443/") as line, pytest.raises(Unanswered):
        line.ask("POST", {}, b"")
    assert asked == ["rebinding.example"]
    assert reached == [("8.8.8.8", 8443)]


def test_a_redirect_is_not_followed(receiver: Receiver, ground: Ground, manager: User):
    with receiving() as inside:
        made = ordered(receiver, ground.two, manager, layer="parcels", beginning=True)
        receiver.answer = lambda event: (307, {"Location": inside.url})
        assert post(made) == 0
        assert inside.requests == []
    assert Place.objects.get(subscription=made).failing_since
    assert Attempt.objects.get(subscription=made, status=307)


def test_an_operator_who_names_the_host_no_more_ends_the_sending(
    receiver: Receiver, ground: Ground, manager: User, settings: Any
):
    made = ordered(receiver, ground.two, manager, layer="parcels", beginning=True)
    settings.WEBHOOK_HOSTS = []
    assert post(made) == 0
    assert receiver.origins == []
    assert Attempt.objects.get(subscription=made).status is None


@contextmanager
def dripping(text: bytes, pause_s: float) -> Iterator[str]:
    """A server that says each byte of an answer after a pause, and never ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                line, _where = server.accept()
                with line:
                    line.recv(65536)
                    while True:
                        for byte in text:
                            line.send(bytes([byte]))
                            time.sleep(pause_s)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


@pytest.mark.parametrize(
    ("text", "pause_s"),
    [(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000, 0.05), (b"HTTP/1.1 200 OK\r\n\r\n" + b"z" * 1000, 0.05), (b"", 0)],
)
def test_an_answer_that_never_ends_is_cut(text: bytes, pause_s: float, settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    monkeypatch.setattr(guarded, "MOST_SECONDS", 1.0)
    began = time.monotonic()
    with dripping(text or b"\x00", pause_s or 60) as url, Line(url) as line:
        with suppress(Unanswered):
            assert len(line.ask("POST", {}, b"{}").body) <= guarded.MOST_BYTES
    assert time.monotonic() - began < 10


def test_an_answer_without_end_is_read_to_its_bound(settings: Any):
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    with dripping(b"HTTP/1.1 200 OK\r\n\r\n" + b"z" * 10_000, 0) as url, Line(url) as line:
        assert len(line.ask("POST", {}, b"{}").body) == guarded.MOST_BYTES
