import re

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.views.defaults import permission_denied

from forum.views import server_error
from tests.factories import make_article


def test_not_found_is_friendly(client):
    response = client.get("/gibt-es/nicht/")
    page = response.content.decode()
    assert response.status_code == 404
    for door in ("Aktuelles", "Veranstaltungen", "Kontakt"):
        assert door in page
    assert "Hier ist ein Platz leer" in page


@pytest.mark.parametrize("path", ["/redaktion/gibtsnicht/", "/gibtsnicht/"])
def test_a_page_that_is_not_there_holds_no_script_its_own_header_forbids(desk, path):
    answer = desk.get(path)
    assert answer.status_code == 404
    kinds = set(re.findall(r'<script type="([a-z]+)">', answer.content.decode()))
    allowed = "inline-speculation-rules" in answer["Content-Security-Policy"]
    assert kinds == ({"speculationrules"} if allowed else set())


def test_the_error_page_needs_no_database(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("geheime Einzelheit")

    monkeypatch.setattr("forum.views.represented_districts", broken)
    client = Client(raise_request_exception=False)

    def away(*args):
        raise RuntimeError("geheime Einzelheit")

    with connection.execute_wrapper(away):
        response = client.get("/")
    page = response.content.decode()
    assert response.status_code == 500
    assert "Der Fehler liegt bei uns." in page
    assert "geheime Einzelheit" not in page
    assert "portal" in page
    assert "mailto:barrieren@example.org?subject=" in page


def test_the_error_page_leaves_out_whatever_is_broken(monkeypatch, rf):
    def broken(*args, **kwargs):
        raise ValueError("Missing staticfiles manifest entry")

    for name in ("static", "report_link"):
        monkeypatch.setattr(f"forum.views.{name}", broken)
    monkeypatch.setattr("forum.mark.DOTS", None)
    page = server_error(rf.get("/")).content.decode()
    assert "Der Fehler liegt bei uns." in page
    assert "<svg" not in page
    assert not re.search(r"{% *(extends|include|load|static)", (settings.ROOT / "templates" / "500.html").read_text())


def test_refused_requests_are_explained_in_german(client, rf):
    answer = client.get("/", headers={"host": "fremd.example"})
    assert (answer.status_code, "Diese Anfrage haben wir nicht verstanden" in answer.content.decode()) == (400, True)
    assert "mailto:" not in answer.content.decode()  # the address asked for is not ours
    answer = permission_denied(rf.get("/"), PermissionDenied())
    assert "mailto:barrieren@example.org?subject=" in answer.content.decode()
    assert (answer.status_code, "Hier haben Sie keinen Zugang" in answer.content.decode()) == (403, True)


def test_only_the_methods_a_reader_needs(client):
    article = make_article()
    for method in ("put", "delete", "patch"):
        assert getattr(client, method)(article.get_absolute_url()).status_code == 405
    assert client.head(article.get_absolute_url()).status_code == 200


def test_an_address_that_only_takes_forms_says_so_to_whoever_opens_it(desk):
    answer = desk.get("/redaktion/news/article/add/vorschau/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Diese Adresse lässt sich so nicht öffnen" in answer.content.decode()
    assert "Content-Security-Policy" in answer


def test_an_expired_form_is_explained_in_german(staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    answer = client.post("/redaktion/news/article/add/", {"title": "Lange geschrieben"})
    assert answer.status_code == 403
    assert "Bitte senden Sie das Formular noch einmal ab" in answer.content.decode()
    assert "mailto:barrieren@example.org?subject=" in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/kontakt/", "/aktuelles/", "/veranstaltungen/", "/impressum/"])
def test_reading_pages_take_nothing(client, path):
    for method in (client.post, client.put, client.delete):
        assert method(path).status_code == 405
