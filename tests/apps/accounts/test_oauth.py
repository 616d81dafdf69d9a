"""Access tokens by client credentials (RFC 6749): what opens what, for how long, and what is said otherwise."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from apps.accounts import oauth
from apps.accounts.callers import Shown, UnknownToken, digest_of, key_of
from apps.accounts.models import AccessToken, AgencyKey, Organisation
from apps.accounts.services import end_agency_key, make_agency_key
from tests.apps.town import hire

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
NOW = datetime.now(tz=UTC)


@pytest.fixture
def key() -> str:
    survey = Organisation.objects.create(code="survey", name_ar="المساحة")
    return make_agency_key(organisation=survey, purpose="x", by=hire(None, is_superuser=True), at=NOW)


def ask(body: str, *, name: str = "", secret: str = "", kind: str = FORM, **headers: str) -> Any:
    if name:
        headers["Authorization"] = "Basic " + b64encode(f"{name}:{secret}".encode()).decode()
    return Client().post("/oauth/token", body, content_type=kind, headers=headers)


def test_a_key_is_exchanged_for_a_token_that_opens_the_same_and_ends(key: str) -> None:
    given = ask("grant_type=client_credentials", name="survey", secret=key)
    assert given.status_code == 200, given.content
    assert given["Cache-Control"] == "no-store"
    told = given.json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", oauth.TOKEN_SECONDS, "feed")
    token = Shown(told["access_token"], token=True)
    assert key_of(token, at=NOW) == AgencyKey.objects.get()
    with pytest.raises(UnknownToken):
        key_of(token, at=datetime.now(tz=UTC) + timedelta(seconds=oauth.TOKEN_SECONDS + 60))
    assert AccessToken.objects.get().digest == digest_of(token.text)
    assert not AccessToken.objects.filter(digest__contains=token.text).exists()
    agency = Client(headers={"Authorization": f"Bearer {token.text}"}).get("/ogc/collections/wells/schema").json()
    assert "depth_m" in agency["properties"]
    end_agency_key(key=AgencyKey.objects.get(), by=hire(None, is_superuser=True), at=NOW)
    assert Client(headers={"Authorization": f"Bearer {token.text}"}).get("/ogc/collections").status_code == 401


def test_client_and_secret_may_stand_in_the_body(key: str) -> None:
    given = ask(f"grant_type=client_credentials&client_id=survey&client_secret={key}")
    assert given.status_code == 200


@pytest.mark.parametrize(
    ("body", "credentials", "status", "error"),
    [
        ("grant_type=client_credentials", ("survey", "wrong"), 401, "invalid_client"),
        ("grant_type=client_credentials", ("other", ""), 401, "invalid_client"),
        ("grant_type=client_credentials", ("", ""), 401, "invalid_client"),
        ("grant_type=password&username=a&password=b", ("survey", ""), 400, "unsupported_grant_type"),
        ("grant_type=client_credentials&scope=everything", ("survey", ""), 400, "invalid_scope"),
        ("grant_type=client_credentials&grant_type=client_credentials", ("survey", ""), 400, "invalid_request"),
        ("", ("survey", ""), 400, "invalid_request"),
        ("\x00%ff%00&=&grant_type", ("survey", ""), 400, "invalid_request"),
    ],
)
def test_what_is_wrong_is_said(key: str, body: str, credentials: tuple[str, str], status: int, error: str) -> None:
    name, secret = credentials
    answer = ask(body, name=name, secret=secret or key)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(answer.json()["details"]) == {"ar", "en"}
    assert ("WWW-Authenticate" in answer) == (status == 401)
    assert not AccessToken.objects.exists()


def test_only_a_form_by_post_is_read(key: str) -> None:
    assert Client().get("/oauth/token")["Allow"] == "POST"
    assert Client().get("/oauth/token").status_code == 405
    assert ask("{}", name="survey", secret=key, kind="application/json").status_code == 400
    broken = Client().post("/oauth/token", "", content_type=FORM, headers={"Authorization": "Basic é"})
    assert broken.status_code in (400, 401)


def test_programs_learn_where_tokens_are() -> None:
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == "http://testserver"
    assert told["token_endpoint"] == "http://testserver/oauth/token"
    assert told["grant_types_supported"] == ["client_credentials"]
