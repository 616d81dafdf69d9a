"""A form in another encoding than UTF-8 is refused in words, not by a fault."""

import pytest
from django.test import Client

FORMS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
BODY = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhello\r\n--x--\r\n'
PAGES = ["/ar/report/", "/admin/login/", "/language/ar/", "/ogc/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("charset", ["utf-16", "hex", "idna", "unknown", '"utf-7"'])
def test_another_encoding_is_refused(path: str, form: str, charset: str):
    answer = Client(raise_request_exception=False).generic(
        "POST", path, BODY, content_type=f"{form}; charset={charset}"
    )
    assert answer.status_code == 400
    assert "UTF-8" in answer.content.decode()


@pytest.mark.django_db(databases=["default", "public"])
@pytest.mark.parametrize("charset", ["utf-8", "UTF8", '"utf-8"'])
def test_utf8_is_read(charset: str):
    answer = Client().generic("POST", "/ar/report/", BODY, content_type=f"{FORMS[1]}; charset={charset}")
    assert answer.status_code == 422
