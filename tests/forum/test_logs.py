import json
import logging
import sys

import pytest

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
