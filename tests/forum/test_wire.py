"""What only shows on the wire: a running portal and bytes that no browser would send; cookies as production sets them."""

import json
import logging
import socket
import time

import pytest
from django.test import Client
from gunicorn.http.errors import InvalidResponseHeader

from forum.logs import JsonFormatter
from forum.serving import Worker
from tests.forms import filled_form
from tests.forum.test_settings import PRODUCTION, manage
from tests.servers import Portal, open_to_servers, prepared


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    portal = Portal(prepared(open_to_servers(tmp_path_factory.mktemp("wire")))).wait_until_ready()
    yield portal
    portal.stop()


def send(portal, raw: bytes) -> tuple[int, str]:
    """Status (0: closed without a word) and the rest of the answer to some bytes."""
    with socket.create_connection(("127.0.0.1", portal.port), timeout=15) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
    text = answer.decode("latin-1")
    return (int(text.split(" ", 2)[1]) if text.startswith("HTTP/1") else 0), text


def request(line, *headers, body=b""):
    lines = (
        [line, *headers]
        if any(one.lower().startswith("host") for one in headers)
        else [line, "Host: localhost", *headers]
    )
    return ("\r\n".join([*lines, "Connection: close", "", ""])).encode("latin-1") + body


def test_connections_on_which_nobody_asks_keep_no_reader_waiting(portal):
    """Browsers open them ahead: here two for each thread of each worker."""
    silent = [socket.create_connection(("127.0.0.1", portal.port)) for _ in range(16)]
    started = time.monotonic()
    assert portal.get("/healthz")[0] == 200
    assert time.monotonic() - started < 4  # gunicorn itself: five seconds for each that came before
    silent[0].sendall(request("GET /healthz HTTP/1.1"))
    assert silent[0].recv(100).startswith(b"HTTP/1.1 200")
    for connection in silent:
        connection.close()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "FOO"])
@pytest.mark.parametrize("path", ["/", "/static/css/portal.css", "/healthz", "/api/v1/events/", "/redaktion/login/"])
def test_other_methods(portal, method, path):
    status, text = send(portal, request(f"{method} {path} HTTP/1.1", "X-Probe: geheim"))
    assert status in (400, 405)
    assert "geheim" not in text  # TRACE would repeat the request


@pytest.mark.parametrize(
    "raw",
    [
        request("GET / HTTP/1.1", "Host: fremd.example"),
        request("GET / HTTP/1.1", "Host: localhost", "Host: fremd.example"),
        request("GET http://fremd.example/ HTTP/1.1", "Host: fremd.example"),
        request(f"GET /?q={'x' * 9_000} HTTP/1.1"),
        request(f"GET /{'x' * 9_000} HTTP/1.1"),
        request("GET / HTTP/1.1", f"X-Long: {'x' * 20_000}"),
        request("GET / HTTP/1.1", *[f"X-{number}: x" for number in range(300)]),
        request("GET / HTTP/1.1", "X\x00: y"),
        request("GET / HTTP/1.1", "X y: z"),
        request("GET / HTTP/9.9"),
        request("GET /\x00 HTTP/1.1"),
        request("POST / HTTP/1.1", "Content-Length: -1"),
        request("POST / HTTP/1.1", "Content-Length: 5", "Content-Length: 6", body=b"abcde"),
        request("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\nGET /x HTTP/1.1\r\n\r\n"),
        request("POST / HTTP/1.1", "Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
    ],
)  # fmt: skip
def test_what_no_browser_sends_is_refused(portal, raw):
    status, text = send(portal, raw)
    assert status in (0, 400, 403, 405, 414, 431, 501, 505), text[:300]
    assert "Traceback" not in text
    assert text.count("HTTP/1.1 200") == 0
    assert portal.get("/healthz")[0] == 200  # and nobody else notices


@pytest.mark.parametrize(
    ("question", "says"),
    [("Dialog+" * 1_100, "Gesucht wurde nur nach ihrem Anfang"), ("x" * 10_000, "Diese Adresse ist zu lang"),
     ("%C3%B6" * 10_000, "Diese Adresse ist zu lang")],
)  # fmt: skip
def test_long_questions_are_answered_in_german(portal, question, says):
    status, text = send(portal, request(f"GET /suche/?q={question} HTTP/1.1"))
    assert status == (200 if "Anfang" in says else 400)
    assert says in text


NOT_UNDERSTOOD = [
    request("GET /suche/?q=Sucht Erika Mustermann HTTP/1.1"),
    request("GET / HTTP/1.1", "Cookie __Host-session=geheim"),
    request("GET / HTTP/1.1", "X-geheim y: Erika"),
    request("GET / HTTP/1.1", "A: b", " geheim"),
    request("POST / HTTP/1.1", "Transfer-Encoding: geheim", body=b"0\r\n\r\n"),
    request("POST / HTTP/1.1", "Content-Length: geheim"),
    request("Mustermann / HTTP/1.1"),
]


@pytest.mark.parametrize("raw", NOT_UNDERSTOOD)
def test_what_is_no_request_gets_a_german_page_that_repeats_nothing(portal, raw):
    status, text = send(portal, raw)
    head, _, page = text.partition("\r\n\r\n")
    assert status == 400
    assert "Diese Anfrage haben wir nicht verstanden" in page.encode("latin-1").decode()
    assert "X-Content-Type-Options: nosniff" in head
    assert "Content-Security-Policy: default-src 'none'" in head
    assert [word for word in SECRETS if word in text] == []


def test_a_stranger_chooses_neither_scheme_nor_path(portal):
    lies = ("X-Forwarded-Proto: https", "X-Forwarded-For: 203.0.113.9", "Script-Name: /fremd", "Path-Info: /redaktion/")
    status, text = send(portal, request("GET /robots.txt HTTP/1.1", *lies))
    assert status == 200
    assert "/fremd" not in text
    assert "Disallow: /redaktion/" in text


def test_headers_do_not_tell_what_runs_here(portal):
    _, text = send(portal, request("GET / HTTP/1.1"))
    head = text.partition("\r\n\r\n")[0].lower()
    assert "python" not in head
    assert "django" not in head
    assert "x-powered-by" not in head


def test_what_breaks_in_front_of_django_is_logged_and_answered_in_german(caplog):
    worker = Worker.__new__(Worker)  # needs no server for that
    worker.log = logging.getLogger("gunicorn.error")
    for error, says in ((InvalidResponseHeader("Location: /?q=geheim"), ""), (ValueError("kaputt"), "kaputt")):
        near, far = socket.socketpair()
        with near, far:
            worker.handle_error(None, near, None, error)
            assert "Bei uns ist ein Fehler aufgetreten" in far.recv(9_999).decode()
        line = JsonFormatter().format(caplog.records[-1])
        assert type(error).__name__ in line
        assert says in line
        assert "geheim" not in line


SECRETS = ("Erika", "Mustermann", "geheim")


def test_nothing_of_all_that_is_written_down(portal):
    """Stops the portal: the last test that needs it."""
    for raw in NOT_UNDERSTOOD:
        send(portal, raw)
    for host in ("fremd.example", "Erika Mustermann", "geheim@fremd.example"):
        assert send(portal, request("GET / HTTP/1.1", f"Host: {host}"))[0] == 400
    portal.stop()
    assert [word for word in SECRETS if word in portal.output] == []
    assert "Keine Anfrage, die wir verstehen: InvalidHeader" in portal.output
    assert (
        "WARNING django.security.DisallowedHost: Diesen Host nennt ALLOWED_HOSTS nicht: fremd.example\n"
        in portal.output
    )
    assert "Traceback" not in portal.output


@pytest.fixture
def as_in_production(settings):
    """The settings of cookies and transport that an installation has."""
    prefixes = ("SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE", "SECURE_")
    code = (
        "import json; from django.conf import settings as s; import forum.settings as f; "
        f"print(json.dumps({{n: getattr(f, n) for n in dir(f) if n.startswith({prefixes!r})}}))"
    )
    for name, value in json.loads(manage("-c", code, **PRODUCTION).stdout).items():
        setattr(settings, name, value)
    assert settings.SESSION_COOKIE_NAME == "__Host-session"


class WithTls(Client):
    def generic(self, *args, **options):
        return super().generic(*args, **options | {"secure": True})


def test_every_cookie_of_the_desk_is_bound_to_this_host(as_in_production, staff):
    browser, seen = WithTls(), {}

    def noting(answer):
        seen.update(answer.cookies)
        return answer

    noting(browser.get("/redaktion/login/"))
    form = {"login": "chefin", "password": "geheim-und-lang"}
    assert noting(browser.post("/redaktion/login/", form)).status_code == 302
    address = "/redaktion/forum/topic/add/"
    filled = filled_form(browser, address, name="Wirkung")
    noting(browser.post(address, filled))
    for path in ("/redaktion/", "/redaktion/konto/", "/redaktion/konto/app/", "/redaktion/auth/user/add/"):
        noting(browser.get(path))
    noting(browser.post("/redaktion/logout/"))
    assert {"__Host-session", "__Host-csrf", "__Host-gesichert"} <= set(seen)
    for name, cookie in seen.items():
        assert name.startswith("__Host-"), name
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax"), name
        assert cookie["secure"] or cookie["max-age"] == 0, name
        readable = name in (
            "__Host-csrf",
            "__Host-gesichert",
        )  # scripts of the desk need them; neither signs anybody in
        assert bool(cookie["httponly"]) != readable or cookie["max-age"] == 0, name


def test_readers_get_no_cookie(as_in_production):
    for path in ("/", "/aktuelles/", "/suche/?q=a", "/kontakt/?ort=10115", "/gibt-es-nicht/", "/api/v1/events/"):
        answer = WithTls().get(path)
        assert not answer.cookies, path
        assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_without_tls_nothing_is_answered(as_in_production):
    for path in ("/", "/redaktion/login/", "/api/v1/events/", "/static/css/portal.css"):
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{path}")
        assert not answer.cookies
