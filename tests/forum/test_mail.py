"""How mails are sent, from one variable."""

import logging

import pytest
from django.core.exceptions import ImproperlyConfigured

from forum.logs import AccessFormatter, JsonFormatter
from forum.mail import mail_settings


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "ssl"),
    [
        ("smtp://portal:ge%40heim@mail.example.org", "mail.example.org", 587, True, False),
        ("smtp://portal:ge%40heim@mail.example.org:2525", "mail.example.org", 2525, True, False),
        ("smtps://portal:ge%40heim@mail.example.org", "mail.example.org", 465, False, True),
        ("smtp://portal:ge%40heim@localhost:25?tls=0", "localhost", 25, False, False),
    ],
)
def test_one_address_says_all(url, host, port, tls, ssl):
    found = mail_settings(url)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == (host, port)
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (tls, ssl)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("portal", "ge@heim")


def test_without_an_address_nothing_is_sent():
    assert mail_settings("")["EMAIL_BACKEND"].endswith("dummy.EmailBackend")
    assert mail_settings("console:")["EMAIL_BACKEND"].endswith("console.EmailBackend")


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://geheim@x", "smtp://", "smtp://a:geheim@x:port", "smtp://[geheim"]
)
def test_nonsense_is_refused_without_the_password(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL") as error:
        mail_settings(url)
    assert "geheim" not in str(error.value)


def test_addresses_that_are_keys_are_not_logged():
    path = "/eintrag-pruefen/Xy-_z0123456789/"
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Gone: %s", (path,), None)
    assert "/eintrag-pruefen/…/" in JsonFormatter().format(record)
    atoms = {"m": "GET", "U": path, "s": "200", "b": "1", "M": "1"}
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, "", (atoms,), None)
    assert "Xy-_z" not in AccessFormatter().format(record)
