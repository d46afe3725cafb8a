"""What is let in at all: methods, hosts, sizes."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import make_article, make_picture

PLACES = ["/", "/gibt-es-nicht/", "/aktuelles/feed/", "/suche/?q=a", "/eintrag-pruefen/x/", "/redaktion/", "/redaktion/login/",
          "/redaktion/news/article/add/", "/static/css/portal.css", "/static/gibt-es-nicht.css", "/medien/x.png", "/healthz",
          "/readyz", "/robots.txt", "/api/", "/api/v1/", "/api/v1/events/", "/api/v1/gibt-es-nicht", "/gegenlesen/x/"]  # fmt: skip


@pytest.mark.parametrize("path", PLACES)
def test_other_methods_are_refused_everywhere(client, desk, path):
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "UNSINN"):
        for visitor in (client, desk):
            answer = visitor.generic(method, path)
            assert answer.status_code == 405, (method, path)
            assert {"GET", "HEAD"} <= set(answer["Allow"].split(", ")) <= {"GET", "HEAD", "POST"}
            assert "TRACE" not in answer.content.decode()


def test_a_header_does_not_turn_a_post_into_something_else(client):
    headers = {"x-http-method-override": "DELETE", "x-http-method": "DELETE"}
    assert client.post("/", {"_method": "DELETE"}, headers=headers).status_code == 405
    assert client.get("/", headers=headers).status_code == 200


def test_people_are_told_that_a_page_takes_no_form(client):
    answer = client.post("/")
    assert answer.status_code == 405
    assert "kein Formular entgegengenommen" in answer.content.decode()
    assert int(answer["Content-Length"]) == len(answer.content)


@pytest.mark.parametrize("path", ["/", "/static/css/portal.css", "/aktuelles/", "/api/v1/events/", "/gibt-es-nicht/"])
@pytest.mark.parametrize(
    "host", ["fremd.example", "127.0.0.1.fremd.example", "127.0.0.1@fremd.example", "", "a b", "x" * 999]
)
def test_other_hosts_are_refused_everywhere(client, path, host):
    answer = client.get(path, headers={"host": host})
    assert answer.status_code == 400
    assert host not in answer.content.decode() or not host


def test_a_host_said_by_somebody_else_is_nothing(client):
    make_article()
    for path in ("/", "/aktuelles/feed/", "/sitemap-beitraege.xml", "/robots.txt", "/api/v1/articles/"):
        said = {
            "x-forwarded-host": "fremd.example",
            "forwarded": "host=fremd.example",
            "x-original-host": "fremd.example",
        }
        assert "fremd.example" not in client.get(path, headers=said).content.decode(), path


def large(size=settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1):
    return SimpleUploadedFile("gross.bin", b"x" * size)


@pytest.mark.parametrize("path", ["/redaktion/login/", "/redaktion/forum/picture/add/"])
def test_strangers_send_no_large_files(client, path, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    seen = []
    monkeypatch.setattr("django.http.multipartparser.MultiPartParser.parse", lambda parser: seen.append(parser))
    answer = client.post(path, {"file": large()})
    assert (answer.status_code, "Das war zu viel" in answer.content.decode()) == (413, True)
    assert (seen, list(tmp_path.iterdir())) == ([], [])  # nothing was read into a file


def test_nor_do_those_who_only_claim_to_be_signed_in(client):
    client.cookies["sessionid"] = "erfunden"
    assert client.post("/redaktion/login/", {"file": large()}).status_code == 413


def test_staff_send_large_files_up_to_a_limit(desk, monkeypatch):
    form = {"alt_text": "x", "credit": "x"}
    answer = desk.post("/redaktion/forum/picture/add/", form | {"file": large()})
    assert answer.status_code == 200  # the form says what is wrong with it
    monkeypatch.setattr("forum.doorkeeper.MOST_FROM_STAFF", 13_000_000)
    assert desk.post("/redaktion/forum/picture/add/", form | {"file": large(13_000_000)}).status_code == 413


def test_files_and_health_are_read_only(client):
    for path in (make_picture().file.url, "/healthz", "/readyz", "/static/css/portal.css"):
        answer = client.post(path)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD"), path
        answer = client.head(path)
        assert answer.status_code == 200
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("default-src 'none'")
        assert not answer.streaming or b"".join(answer.streaming_content) == b""


def test_too_many_fields_are_refused_in_words():
    answer = Client().post("/redaktion/login/", {f"feld{number}": "x" for number in range(5_001)})
    assert (answer.status_code, "Das war zu viel" in answer.content.decode()) == (413, True)
