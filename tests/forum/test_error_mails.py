"""Verwaltung hears of errors: each kind once, then in sums; never of what somebody typed."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from forum import errors
from forum.error_mails import MOST_TOLD, recipients, tell, tell_without_database
from forum.errors import KEPT, MOST_KINDS, ErrorKind, Failure, note, note_end, note_request, source_of

NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _technik(settings):
    settings.ERRORS_MAIL = ["technik@example.org"]
    settings.EMAIL_URL = "smtp://server"


def failure(name="ValueError", page="home", source="forum/views.py:7", request_id="0123456789ab"):
    return Failure(name, source, page, request_id)


def test_the_same_error_is_told_once_and_then_in_a_sum():
    with time_machine.travel(NOW) as clock:
        note(failure(request_id="erste-kennung"))
        (first,) = mail.outbox
        assert first.to == ["technik@example.org"]
        assert first.subject == "Fehler auf der Website: ValueError"
        for text in ("home", "forum/views.py:7", "erste-kennung", "zum ersten Mal", "3. März 2027, 10:00 Uhr"):
            assert text in first.body
        assert first.extra_headers["Auto-Submitted"] == "auto-generated"
        for _ in range(40):
            clock.shift(timedelta(seconds=80))
            note(failure())
        assert len(mail.outbox) == 1
        clock.shift(timedelta(minutes=20))
        note(failure(request_id="letzte-kennung"))
        assert [one.subject for one in mail.outbox[1:]] == ["Fehler auf der Website: ValueError (41-mal)"]
        assert "41-mal seit der letzten Mail, 42-mal im Ganzen" in mail.outbox[1].body
        assert "letzte-kennung" in mail.outbox[1].body
    assert ErrorKind.objects.get().count == 42


def test_the_last_sum_is_told_by_the_daily_job():
    with time_machine.travel(NOW) as clock:
        note(failure())
        note(failure())
        tell()
        assert len(mail.outbox) == 1
        clock.shift(timedelta(hours=2))
        tell()
        assert mail.outbox[1].subject == "Fehler auf der Website: ValueError"
        assert "1-mal seit der letzten Mail, 2-mal im Ganzen" in mail.outbox[1].body
        clock.shift(timedelta(hours=2))
        tell()
        assert len(mail.outbox) == 2


def test_many_kinds_at_once_come_in_one_sum():
    with time_machine.travel(NOW) as clock:
        for n in range(MOST_TOLD + 20):
            note(failure(source=f"forum/views.py:{n}"))
        assert len(mail.outbox) == MOST_TOLD
        clock.shift(timedelta(hours=2))
        tell()
        assert mail.outbox[-1].subject == "20 Fehler auf der Website"
    assert len(mail.outbox) == MOST_TOLD + 1


@pytest.mark.parametrize("changed", [{"name": "KeyError"}, {"page": "search"}, {"source": "forum/views.py:8"}])
def test_another_error_is_another_kind(changed):
    note(failure())
    note(failure(**changed))
    assert ErrorKind.objects.count() == len(mail.outbox) == 2


def test_a_mail_server_that_fails_is_asked_once_an_hour(settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for _ in range(5):
        note(failure())
    assert [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR] == [
        "Fehlermail nicht verschickt: ConnectionRefusedError"
    ]
    assert ErrorKind.objects.get().count == 5


def test_without_a_mail_server_errors_are_noted_all_the_same(settings):
    settings.EMAIL_URL = ""
    note(failure())
    assert ErrorKind.objects.get().told == 0
    assert mail.outbox == []


def test_while_the_database_is_away_one_mail_goes_out(monkeypatch):
    monkeypatch.setattr("forum.error_mails.told_at", -1e9)
    for _ in range(3):
        tell_without_database(failure("OperationalError"))
    assert [one.subject for one in mail.outbox] == ["Fehler auf der Website: OperationalError"]


def test_who_hears_of_errors(settings):
    settings.ERRORS_MAIL = []
    users = get_user_model().objects
    office = Group.objects.get(name="Verwaltung")
    office.name = "Büro"
    office.save()
    for name, role, active in (("a", office, True), ("b", None, True), ("c", office, False)):
        user = users.create_user(name, f"{name}@example.org", is_staff=True, is_active=active)
        user.groups.set([role] if role else Group.objects.filter(name="Redaktion"))
    users.create_user("d", is_staff=True).groups.add(office)
    users.create_superuser("e", "e@example.org")
    assert recipients() == ["a@example.org", "e@example.org"]
    settings.ERRORS_MAIL = ["technik@example.org"]
    assert recipients() == ["technik@example.org"]


def test_what_is_old_or_too_much_goes():
    with time_machine.travel(NOW):
        note(failure("Alt"))
    with time_machine.travel(NOW + KEPT + timedelta(days=1)):
        note(failure())
        assert [one.name for one in ErrorKind.objects.all()] == ["ValueError"]
        rows = [ErrorKind(fingerprint=str(n), name="x", first_at=NOW, last_at=NOW) for n in range(MOST_KINDS)]
        for row in rows:
            row.last_at = NOW + KEPT
        ErrorKind.objects.bulk_create(rows)
        note(failure("Neu"))
    assert ErrorKind.objects.count() == MOST_KINDS
    assert ErrorKind.objects.filter(name="Neu").exists()


def test_nothing_of_what_somebody_typed_is_noted_or_mailed(monkeypatch, rf):
    """Message, address, query, form and variables of the failing page hold secrets."""

    def broken(request):
        geheim = request.POST["password"]
        raise ValueError(f"geheim {geheim}")

    request = rf.post("/geheim/?q=geheim", {"password": "geheim", "text": "geheim@example.org"})
    noted = []
    monkeypatch.setattr(errors.reporter, "hand_over", noted.append)
    try:
        broken(request)
    except ValueError:
        note_request(None, request)
    note(noted[0])
    row = ErrorKind.objects.values().get()
    assert row["source"].startswith("tests/forum/test_error_mails.py:")
    assert "geheim" not in f"{row} {mail.outbox[0].message()}"


def test_the_place_is_the_last_line_of_ours():
    try:
        connection.cursor().execute("SELECT 1 FROM gibt_es_nicht")
    except Exception as error:
        assert source_of(error).startswith("tests/forum/test_error_mails.py:")
    try:
        compile("1 +", "x", "exec")
    except SyntaxError as error:
        assert source_of(error.with_traceback(None)) == "?"


@pytest.mark.parametrize("end", [ValueError("geheim"), CommandError("geheim")])
def test_a_job_that_fails_is_noted(end):
    try:
        try:
            raise end
        except CommandError:
            raise SystemExit(1)  # noqa: B904 - as Django does
    except (ValueError, SystemExit) as reached:
        note_end(reached, "checkup")
    (sent,) = mail.outbox
    assert sent.subject == f"Fehler auf der Website: {type(end).__name__}"
    assert "Befehl checkup" in sent.body
    assert "geheim" not in sent.body


def test_a_job_that_ends_well_or_is_called_wrongly_is_not_noted():
    note_end(SystemExit(0), "checkup")
    note_end(SystemExit(2), "checkup")
    assert not ErrorKind.objects.exists()


def test_verwaltung_sees_the_list_and_strikes_off_what_is_mended(desk):
    note(failure(request_id="kennung-eins"))
    page = desk.get("/redaktion/forum/errorkind/?pruefen=neulich").content.decode()
    for text in ("ValueError", "forum/views.py:7", "kennung-eins"):
        assert text in page
    row = ErrorKind.objects.get()
    assert desk.post(f"/redaktion/forum/errorkind/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not ErrorKind.objects.exists()


def test_the_command_shows_what_happened_and_mails_the_sum(capsys):
    call_command("errors")
    assert "kein Fehler" in capsys.readouterr().out
    with time_machine.travel(NOW) as clock:
        note(failure())
        note(failure())
        clock.shift(timedelta(hours=2))
        call_command("errors", "--mail")
    assert (
        "2-mal ValueError in forum/views.py:7, Seite home, zuletzt 3. März 2027, 10:00 Uhr" in capsys.readouterr().out
    )
    assert len(mail.outbox) == 2
