import json
import logging
import sys

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client

from forum.logs import AccessFormatter, JsonFormatter, logging_config, watched, without_personal_data


@pytest.fixture(autouse=True)
def _outside_of_a_request():
    watched.set(None)


def record(message, *args, **options):
    return logging.LogRecord("django.request", logging.ERROR, "x.py", 1, message, args, options.get("exc_info"))


def test_a_record_is_one_line_of_json():
    line = JsonFormatter().format(record("Fehler bei %s\nzweite Zeile", "/aktuelles/"))
    assert "\n" not in line
    content = json.loads(line)
    assert (content["level"], content["logger"]) == ("ERROR", "django.request")
    assert content["time"].endswith("+00:00")


def test_no_personal_data():
    assert without_personal_data("Mail an lea.w+x@verein-berlin.de") == "Mail an …@…"
    assert without_personal_data("GET /suche/?q=Krankheit&x=1 failed") == "GET /suche/?… failed"
    try:
        raise ValueError("geheim@verein.de")
    except ValueError:
        line = JsonFormatter().format(record("Fehler", exc_info=sys.exc_info()))
    assert "geheim" not in line
    assert "ValueError" in json.loads(line)["error"]


def test_access_lines_name_neither_visitor_nor_query():
    atoms = {
        "h": "203.0.113.7", "u": "chefin", "r": "GET /suche/?q=Sucht HTTP/1.1", "m": "GET", "U": '/suche/"x', "q": "q=Sucht",
        "f": "https://mail.example.org/", "a": "Firefox", "s": "200", "b": "512", "M": 12,
    }  # fmt: skip
    line = AccessFormatter().format(logging.LogRecord("gunicorn.access", logging.INFO, "x", 1, "%(h)s", (atoms,), None))
    content = json.loads(line)
    assert content | {"time": None} == {
        "time": None, "level": "INFO", "logger": "gunicorn.access", "method": "GET", "path": '/suche/"x', "status": 200,
        "bytes": 512, "ms": 12,
    }  # fmt: skip


def test_production_logs_json_development_plain_lines():
    assert logging_config(True)["handlers"]["lines"]["formatter"] == "json"
    assert logging_config(False)["handlers"]["lines"]["formatter"] == "plain"


def test_rows_and_numbers_quoted_by_the_database_stay_out():
    text = without_personal_data(
        "IntegrityError: null value\nDETAIL:  Failing row contains (7, Erika, Geheim, 030 86001617).\nTelefon +49 30 86001-617"
    )
    assert "Erika" not in text
    assert "86001" not in text
    assert "IntegrityError: null value" in text


ACCOUNT, GIVEN, FAMILY, CODE, *_ = SECRETS = (
    "erika.muster",
    "Erika",
    "Muster",
    "geheim",
    "8600",
)  # tracebacks show these names


def caught(act):
    """What the log says of an error that something raises, as production writes it."""
    try:
        with transaction.atomic():
            act()
    except Exception as error:
        plain = record("Fehler bei %s: %r", "/redaktion/", error, exc_info=sys.exc_info())
        return JsonFormatter().format(plain)
    raise AssertionError("no error")


def twice():
    for _ in range(2):
        get_user_model().objects.create(username=ACCOUNT, first_name=GIVEN, last_name=FAMILY, email=f"{CODE}@x.de")


def raw(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize(
    "act",
    [
        twice,
        lambda: raw("INSERT INTO auth_user (username, first_name) VALUES (%s, %s)", ACCOUNT, GIVEN),
        lambda: raw("SELECT %s::text::int", f"{GIVEN} {FAMILY}"),
        lambda: raw("SELECT %s::text::date", CODE),
        lambda: raw("SELECT %s::text::uuid", f'{CODE}": "{CODE}'),
    ],
)
def test_errors_of_the_database_name_nobody(act):
    line = caught(act)
    assert "Error" in json.loads(line)["error"]
    assert [word for word in SECRETS if word in line] == []


def test_the_database_itself_writes_no_rows_down():
    log = settings.EMBEDDED_SERVER.log
    before = log.stat().st_size
    caught(twice)
    with log.open("rb") as file:
        file.seek(before)
        written = file.read().decode(errors="replace")
    assert "duplicate key value violates unique constraint" in written
    assert [word for word in SECRETS if word in written] == []


def test_local_variables_stay_out():
    def act():
        password = CODE * 2
        raise ValueError(len(password))

    assert CODE not in caught(act)


@pytest.mark.parametrize(
    "path",
    ["/redaktion/einladung/7/c0ffee-4711geheim/", "/gegenlesen/4711geheim/", "/eintrag-pruefen/4711geheim/",
     "/kontakt/erika.muster@example.org/", "/kontakt/?Erika", "/kontakt/Frau-030-86001617/",
     "/kontakt/Frau 030 8600 1617/"],
)  # fmt: skip
def test_addresses_that_are_keys_or_name_somebody_stay_out(path):
    atoms = {"m": "GET", "U": path, "q": "name=Erika", "s": "200", "b": "-", "M": 1}
    line = AccessFormatter().format(logging.LogRecord("gunicorn.access", logging.INFO, "x", 1, "%(h)s", (atoms,), None))
    line += JsonFormatter().format(record("Not Found: %s", path))
    assert [word for word in SECRETS if word in line] == []


def test_an_error_page_and_its_log_repeat_nothing_of_the_request(staff, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise RuntimeError("kaputt")

    monkeypatch.setattr("news.admin.ArticleAdmin.get_queryset", broken)
    client = Client(raise_request_exception=False, headers={"x-note": CODE})
    client.force_login(staff)
    answer = client.post(f"/redaktion/news/article/?q={GIVEN}", {"title": FAMILY, "password": CODE})
    assert answer.status_code == 500
    lines = "".join(JsonFormatter().format(one) for one in caplog.records)
    assert "RuntimeError" in lines
    assert [word for word in SECRETS if word in lines] == []
    page = answer.content.decode().replace(f"?q={GIVEN}", "").replace(f"%3Fq%3D{GIVEN}", "")  # its own address
    assert [word for word in SECRETS if word in page] == []
