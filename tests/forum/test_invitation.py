"""Links by which people choose their own password: who gets one, what it opens, when it ends."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.test import Client

from forum.audit import AuditEntry, Kind
from forum.desk.invitation import InvitationTokens, new_link
from tests.forum.test_roles import PASSWORD, User, member

CHOSEN = {"new_password1": "selbst-gewählt-und-lang", "new_password2": "selbst-gewählt-und-lang"}


@pytest.fixture
def office():
    return member("Verwaltung")


@pytest.fixture
def newcomer():
    return User.objects.create_user("nele", email="nele@example.org", first_name="Nele", is_staff=True)


def page_of(account):
    return f"/redaktion/auth/user/{account.pk}/einladung/"


def shown(client, account) -> str:
    page = client.post(page_of(account), {"show": "1"}).content.decode()
    return urlsplit(re.search(r'value="(http\S+)"', page)[1]).path


def noted():
    return list(AuditEntry.objects.filter(kind=Kind.PASSWORD).order_by("pk").values_list("person", "what"))


def test_somebody_new_chooses_a_password_by_a_link_that_is_shown_once(office, newcomer, client):
    asked = office.get(page_of(newcomer))
    assert "/redaktion/einladung/" not in asked.content.decode()  # looking makes no link
    link = shown(office, newcomer)
    assert client.get(link).status_code == 200
    assert "Nele" in client.get(link).content.decode()
    wrong = client.post(link, CHOSEN | {"new_password2": "anders-getippt-und-lang"})
    assert "nicht identisch" in wrong.content.decode()
    short = client.post(link, {"new_password1": "kurz", "new_password2": "kurz"})
    assert "mindestens 12 Zeichen" in short.content.decode()
    answer = client.post(link, CHOSEN, follow=True)
    assert answer.request["PATH_INFO"] == "/redaktion/login/"  # the link signs nobody in
    assert "Ihr Passwort ist gespeichert." in answer.content.decode()
    entered = client.post("/redaktion/login/", {"login": "nele", "password": CHOSEN["new_password1"]}, follow=True)
    assert entered.request["PATH_INFO"] == "/redaktion/"
    assert client.get(link).status_code == Client().post(link, CHOSEN).status_code == 410  # it works once
    assert noted() == [
        ("mitglied", "Nele (nele): Link zum Wählen eines Passworts angezeigt"),
        ("Nele (nele)", "über einen Link selbst gewählt"),
    ]


def test_the_link_is_mailed_where_mail_is_possible(office, newcomer, settings):
    settings.EMAIL_URL = "smtp://localhost"
    assert "Link an nele@example.org senden" in office.get(page_of(newcomer)).content.decode()
    answer = office.post(page_of(newcomer), {"send": "1"}, follow=True)
    assert "Die Mail an nele@example.org ist unterwegs." in answer.content.decode()
    (sent,) = mail.outbox
    assert sent.to == ["nele@example.org"]
    link = re.search(r"http\S+", sent.body)[0]
    assert link not in answer.content.decode()
    assert link.startswith(settings.SITE_URL)
    assert Client().post(urlsplit(link).path, CHOSEN).status_code == 302
    newcomer.refresh_from_db()
    assert newcomer.check_password(CHOSEN["new_password1"])


def test_without_mail_or_address_the_page_says_so_and_sends_nothing(office, newcomer, settings):
    settings.EMAIL_URL = ""
    assert "kann keine Mails verschicken" in office.get(page_of(newcomer)).content.decode()
    settings.EMAIL_URL = "smtp://localhost"
    User.objects.update(email="")
    page = office.post(page_of(newcomer), {"send": "1"}).content.decode()
    assert "keine E-Mail-Adresse" in page
    assert mail.outbox == []


def test_a_mail_that_is_refused_changes_nothing(office, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    editor = member("Redaktion", username="erika")
    User.objects.filter(pk=editor.user.pk).update(email="erika@example.org")
    answer = office.post(page_of(editor.user), {"send": "1"}, follow=True)
    assert "Der Mailserver hat die Mail nicht angenommen" in answer.content.decode()
    editor.user.refresh_from_db()
    assert editor.user.check_password(PASSWORD)
    assert editor.get("/redaktion/").status_code == 200


def test_a_lost_password_ends_at_once_everywhere(office):
    editor = member("Redaktion", username="erika")
    assert office.get(f"/redaktion/auth/user/{editor.user.pk}/password/")["Location"] == page_of(editor.user)
    assert "Link für ein neues Passwort" in office.get(page_of(editor.user)).content.decode()
    link = shown(office, editor.user)
    assert editor.get("/redaktion/").status_code == 302
    refused = Client().post("/redaktion/login/", {"login": "erika", "password": PASSWORD})
    assert "stimmt nicht" in refused.content.decode()
    assert Client().post(link, CHOSEN).status_code == 302


def test_a_link_ends_with_the_next_and_with_its_days(office, newcomer, monkeypatch):
    first, second = shown(office, newcomer), shown(office, newcomer)
    assert Client().get(first).status_code == 410
    now = datetime.now()  # noqa: DTZ005 - as Django's tokens count
    for days, status in ((6.9, 200), (7.1, 410)):
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda _, at=now + timedelta(days=days): at)
        answer = Client().get(second)
        assert answer.status_code == status
    assert "Dieser Link gilt nicht mehr" in answer.content.decode()


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_a_link_opens_no_closed_account(newcomer, change):
    link = urlsplit(new_link(newcomer)).path
    User.objects.filter(pk=newcomer.pk).update(**change)
    assert Client().post(link, CHOSEN).status_code == 410
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()


@pytest.mark.parametrize("token", ["x", "1-2", "-", "a-" + "b" * 64, "0" * 500, "%00", "‮"])
def test_forged_links_open_nothing(newcomer, token):
    other = User.objects.create_user("andere", is_staff=True)
    borrowed = InvitationTokens().make_token(other)
    for account, key in ((newcomer.pk, token), (newcomer.pk, borrowed), ("9" * 30, token), ("0", token)):
        assert Client().post(f"/redaktion/einladung/{account}/{key}/", CHOSEN).status_code in (404, 410)
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()


def test_the_address_stays_between_the_two(newcomer):
    answer = Client().get(urlsplit(new_link(newcomer)).path)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "strict-origin"
