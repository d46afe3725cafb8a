"""Headers: what browsers may load and do with our pages."""

import base64
import hashlib
import json
import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from forum.security import FILES, SecurityHeadersMiddleware, shown_in_desk_frame
from tests.factories import make_article, make_attachment, make_picture
from tests.forum.test_settings import PRODUCTION, manage


def directives(response):
    return dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize("path", ["/", "/aktuelles/", "/kontakt/", "/gibt-es-nicht/", "/redaktion/login/"])
def test_every_page_has_a_strict_policy(client, path):
    answer = client.get(path)
    policy = directives(answer)
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "*" not in answer["Content-Security-Policy"]
    assert "nonce" not in answer["Content-Security-Policy"]  # such a page could not be stored
    assert answer["Cross-Origin-Opener-Policy"] == answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def test_the_editors_import_map_carries_this_answers_nonce(desk):
    nonces = []
    for _ in range(2):
        answer = desk.get("/redaktion/news/article/add/")
        given = re.search(r'<script[^>]*nonce="([^"]+)"[^>]*type="importmap"', answer.content.decode())
        given = given or re.search(r'<script[^>]*type="importmap"[^>]*nonce="([^"]+)"', answer.content.decode())
        assert f"'nonce-{given[1]}'" in directives(answer)["script-src"]
        assert "no-store" in answer["Cache-Control"]
        nonces.append(given[1])
    assert nonces[0] != nonces[1]
    assert "nonce" not in directives(desk.get("/redaktion/news/article/"))["script-src"]


def test_a_preview_may_be_framed_by_the_desk_and_by_nobody_else(rf):
    view = shown_in_desk_frame(lambda request: HttpResponse("Vorschau"))
    answer = SecurityHeadersMiddleware(view)(rf.get("/redaktion/vorschau/1/"))
    assert directives(answer)["frame-ancestors"] == "'self'"
    assert "inline-speculation-rules" in directives(answer)["script-src"]  # it is a reader's page
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_the_desk_may_show_frames_of_its_own(desk):
    assert directives(desk.get("/redaktion/"))["frame-src"] == "'self'"


def test_files_keep_their_own_policy_and_pictures_may_be_shown_elsewhere(client):
    answer = client.get(make_picture().file.url)
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert b"".join(answer.streaming_content)
    answer = client.get(make_attachment().file.url)
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert b"".join(answer.streaming_content)


EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
SHOWN_ELSEWHERE = {"/static/img/favicon.svg", "/api/v1/events/", "/api/v1/gibt-es-nicht", "/veranstaltungen/einbetten/"}


@pytest.mark.parametrize(
    "path",
    ["/", "/gibt-es-nicht/", "/redaktion/login/", "/redaktion/gibt-es-nicht/", "/robots.txt", "/aktuelles/feed/",
     "/veranstaltungen/kalender.ics", "/api/v1/events/", "/api/v1/gibt-es-nicht", "/veranstaltungen/einbetten/",
     "/suche/vorschlaege/?q=abc", "/static/css/portal.css", "/static/js/search.js", "/static/img/favicon.svg",
     "/static/gibt-es-nicht.css", "/medien/gibt-es-nicht.png", "/favicon.ico"],
)  # fmt: skip
def test_every_answer_carries_the_headers(path, settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31536000, True
    answer = Client().get(path, secure=True)
    assert {name: answer.get(name) for name in EVERYWHERE} == EVERYWHERE
    policy = directives(answer)
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    framed = path == "/veranstaltungen/einbetten/"
    assert policy["frame-ancestors"] == ("*" if framed else "'none'")
    assert answer["Cross-Origin-Resource-Policy"] == ("cross-origin" if path in SHOWN_ELSEWHERE else "same-origin")
    passkeys = "(self)" if path.startswith("/redaktion/") else "()"
    assert f"publickey-credentials-get={passkeys}" in answer["Permissions-Policy"]
    assert not answer.cookies or path == "/redaktion/login/"
    answer.close()


def test_the_page_about_a_missing_file_keeps_its_style():
    answer = Client().get("/static/gibt-es-nicht.css")
    assert answer.status_code == 404
    assert directives(answer)["style-src"] == directives(Client().get("/"))["style-src"]


def test_the_icon_opened_by_itself_keeps_its_colours():
    style = re.search("<style>(.*?)</style>", (settings.ROOT / "static" / "img" / "favicon.svg").read_text())[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert FILES["style-src"] == f"'sha256-{digest}'"


def test_pages_hold_no_inline_code(client, desk):
    article = make_article()
    for visitor, path in (
        (client, article.get_absolute_url()),
        (client, "/"),
        (desk, "/redaktion/"),
        (desk, "/redaktion/konto/"),
    ):
        page = visitor.get(path).content.decode()
        assert not re.search(r"<[^>]+\son\w+=|<style|javascript:", page), path
        assert not re.search(r'<[^>]+\sstyle="', page), path


def test_cookies_are_bound_to_the_host_in_production():
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
             "SESSION_COOKIE_SAMESITE", "SECOND_FACTOR", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]  # fmt: skip
    code = f"import json; from forum import settings as s; print(json.dumps([getattr(s, n, None) for n in {names!r}]))"
    answer = json.loads(manage("-c", code, **PRODUCTION).stdout)
    assert answer == ["__Host-session", "__Host-csrf", True, True, "Lax", True, False]
    assert json.loads(manage("-c", code, **PRODUCTION, SECOND_FACTOR="0").stdout)[5:] == [False, False]


def test_the_page_about_security_names_tests_there_are():
    named = set(
        re.findall(
            r"`((?:forum|browser|audit|contacts)/\w+\.py)`", (settings.ROOT / "docs" / "security.md").read_text()
        )
    )
    assert len(named) > 25
    assert [name for name in named if not (settings.ROOT / "tests" / name).exists()] == []
