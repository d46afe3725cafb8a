"""The second factor: who needs one, what is closed without, how it is set up, lost and found again."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from forum.audit import AuditEntry, Kind
from news.models import Article
from tests.factories import make_article

PASSWORD = "ein-langes-passwort"


@pytest.fixture
def second_factor(settings):
    settings.SECOND_FACTOR = True


@pytest.fixture
def editor():
    user = get_user_model().objects.create_user("erika", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="Redaktion"))
    return user


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """allauth tells of new factors when they are stored for good."""
    return django_capture_on_commit_callbacks


def code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def with_app(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def sign_in(client, name="erika", password=PASSWORD, **extra):
    return client.post("/redaktion/login/", {"login": name, "password": password}, follow=True, **extra)


def test_password_alone_opens_the_desk_where_no_factor_is_asked_for(client, editor):
    assert sign_in(client).request["PATH_INFO"] == "/redaktion/"


def test_without_a_factor_every_way_leads_to_the_set_up(client, editor, second_factor):
    answer = sign_in(client)
    assert answer.request["PATH_INFO"] == "/redaktion/konto/einrichten/"
    page = answer.content.decode()
    assert "Zweiter Faktor: einmalig einrichten" in page
    assert "Beiträge" not in page  # nothing of the desk shows
    for path in ("/redaktion/", "/redaktion/news/article/", "/redaktion/jsi18n/", "/redaktion/autocomplete/"):
        assert client.get(path, follow=True).request["PATH_INFO"] == "/redaktion/konto/einrichten/", path


def test_without_a_factor_a_direct_post_changes_nothing(client, editor, second_factor):
    article = make_article(title="Bleibt stehen")
    client.force_login(editor)
    for path, data in [
        ("/redaktion/news/article/add/", {"title": "Neu"}),
        (f"/redaktion/news/article/{article.pk}/delete/", {"post": "yes"}),
        ("/redaktion/news/article/", {"action": "delete_selected", "_selected_action": article.pk, "post": "yes"}),
    ]:
        assert client.post(path, data).status_code == 302
    assert list(Article.objects.values_list("title", flat=True)) == ["Bleibt stehen"]


def test_without_a_factor_drafts_stay_closed_on_the_website_too(client, editor, second_factor):
    draft = make_article(published_at=None)
    client.force_login(editor)
    assert client.get(draft.get_absolute_url()).status_code == 404
    with_app(editor)
    assert client.get(draft.get_absolute_url()).status_code == 200


def test_recovery_codes_alone_are_no_factor(client, editor, second_factor):
    RecoveryCodes.activate(editor)
    client.force_login(editor)
    assert client.get("/redaktion/").status_code == 302


def test_the_app_is_set_up_at_the_first_sign_in_without_typing_the_password_again(
    client, editor, second_factor, committed
):
    sign_in(client)
    page = client.get("/redaktion/konto/app/")
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    assert "data:image/svg+xml" in page.content.decode()
    wrong = client.post("/redaktion/konto/app/", {"code": "000000"})
    assert "Dieser Code stimmt nicht" in wrong.content.decode()
    assert secret in wrong.content.decode()  # the same, so that the app need not be set up again
    with committed(execute=True):
        done = client.post("/redaktion/konto/app/", {"code": code(secret)}, follow=True)
    assert done.request["PATH_INFO"] == "/redaktion/konto/notfall-codes/"
    assert len(done.context["unused_codes"]) == 10
    assert client.get("/redaktion/").status_code == 200
    factor = Authenticator.objects.get(user=editor, type="totp")
    assert secret not in json.dumps(factor.data)  # unreadable in a copy of the database
    assert AuditEntry.objects.filter(kind=Kind.FACTOR, what="eingerichtet: App").exists()


def test_whoever_came_in_elsewhere_with_the_password_alone_is_sent_away(editor, second_factor, committed):
    thief, owner = Client(), Client()
    sign_in(thief)
    sign_in(owner)
    secret = owner.get("/redaktion/konto/app/").context["form"].secret
    with committed(execute=True):
        owner.post("/redaktion/konto/app/", {"code": code(secret)})
    assert owner.get("/redaktion/").status_code == 200
    assert thief.get("/redaktion/", follow=True).request["PATH_INFO"] == "/redaktion/login/"


def test_signing_in_takes_the_code_and_each_code_once(editor, second_factor):
    secret = with_app(editor)
    first, second = Client(), Client()
    assert sign_in(first).request["PATH_INFO"] == "/redaktion/login/code/"
    assert first.get("/redaktion/").status_code == 302  # the password alone opens nothing
    used = code(secret)
    assert first.post("/redaktion/login/code/", {"code": used}, follow=True).request["PATH_INFO"] == "/redaktion/"
    sign_in(second)
    again = second.post("/redaktion/login/code/", {"code": f" {used[:3]} {used[3:]}"})
    assert "Dieser Code stimmt nicht oder gilt nicht mehr" in again.content.decode()


def test_a_recovery_code_works_once(editor, second_factor):
    with_app(editor)
    spare = RecoveryCodes.activate(editor).generate_codes()[0]
    first, second = Client(), Client()
    sign_in(first)
    assert first.post("/redaktion/login/code/", {"code": spare}, follow=True).request["PATH_INFO"] == "/redaktion/"
    sign_in(second)
    assert second.post("/redaktion/login/code/", {"code": spare}).status_code == 200


def test_the_last_factor_cannot_be_removed_where_one_is_required(client, editor, second_factor):
    secret = with_app(editor)
    sign_in(client)
    client.post("/redaktion/login/code/", {"code": code(secret)})
    page = client.get("/redaktion/konto/app/entfernen/").content.decode()
    assert "Ihr letzter zweiter Faktor lässt sich nicht entfernen" in page
    client.post("/redaktion/konto/app/entfernen/")
    assert Authenticator.objects.filter(user=editor, type="totp").exists()


def test_changing_factors_asks_who_it_is_after_a_while(client, editor):
    client.force_login(editor)  # no password typed in this session
    answer = client.get("/redaktion/konto/app/", follow=True)
    assert answer.request["PATH_INFO"] == "/redaktion/konto/bestaetigen/"
    wrong = client.post("/redaktion/konto/bestaetigen/", {"password": "falsch"})
    assert "Dieses Passwort stimmt nicht." in wrong.content.decode()
    right = client.post(
        "/redaktion/konto/bestaetigen/", {"password": PASSWORD, "next": "/redaktion/konto/app/"}, follow=True
    )
    assert right.request["PATH_INFO"] == "/redaktion/konto/app/"


def test_a_lost_factor_is_reset_on_the_server_too(client, editor, second_factor):
    with_app(editor)
    client.force_login(editor)
    call_command("reset_factor", "erika", verbosity=0)
    assert not Authenticator.objects.filter(user=editor).exists()
    assert AuditEntry.objects.filter(kind=Kind.FACTOR, person="Befehl auf dem Server").exists()


def test_a_changed_secret_key_closes_the_app_instead_of_breaking(client, editor, second_factor, settings):
    secret = with_app(editor)
    settings.SECRET_KEY = "ein ganz anderer Schlüssel"
    sign_in(client)
    assert "Dieser Code stimmt nicht" in client.post("/redaktion/login/code/", {"code": code(secret)}).content.decode()


def test_signing_up_and_mail_pages_do_not_exist(client):
    for path in ("login/signup/", "konto/email/", "konto/signup/", "signup/", "konto/password/reset/"):
        assert client.get(f"/redaktion/{path}").status_code in (302, 404), path


@pytest.mark.parametrize("kind", ["none", "reader"])
def test_the_desk_is_closed_for_others(client, kind):
    article = make_article()
    if kind == "reader":
        client.force_login(get_user_model().objects.create_user("leserin", password=PASSWORD))
    for path in ("/redaktion/", "/redaktion/news/article/", f"/redaktion/news/article/{article.pk}/change/"):
        end = client.get(path, follow=True)
        assert end.request["PATH_INFO"] == "/redaktion/login/"
        assert (end.status_code, "Dieses Konto gehört nicht zur Redaktion" in end.content.decode()) == (
            (403, True) if kind == "reader" else (200, False)
        )


def test_after_signing_in_one_is_where_one_wanted_to_be_but_never_elsewhere(client, editor):
    answer = client.post(
        "/redaktion/login/", {"login": "erika", "password": PASSWORD, "next": "/redaktion/news/article/"}
    )
    assert answer["Location"] == "/redaktion/news/article/"
    client.logout()
    answer = client.post(
        "/redaktion/login/", {"login": "erika", "password": PASSWORD, "next": "https://boese.example/"}
    )
    assert answer["Location"] == "/redaktion/"


def test_too_many_wrong_passwords_close_the_door_for_a_while_and_for_one_account(client, editor):
    for _ in range(5):
        sign_in(client, password="falsch")
    answer = sign_in(client)
    assert "zu viele falsche Versuche" in answer.content.decode()
    assert client.get("/redaktion/").status_code == 302
    assert sign_in(Client(), "andere", "egal").status_code == 200


def test_another_port_or_way_of_writing_is_no_new_chance(client, editor, settings):
    settings.ALLOWED_HOSTS = ["portal.example"]
    for number in range(5):
        host = ("portal.example", "PORTAL.example")[number % 2]
        sign_in(client, ("erika", "ERIKA")[number % 2], "falsch", headers={"host": f"{host}:{5000 + number}"})
    answer = sign_in(client, headers={"host": "portal.example:5999"})
    assert "zu viele falsche Versuche" in answer.content.decode()


def test_attempts_of_strangers_shut_nobody_out_until_there_are_very_many(editor, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed_anywhere": "8/h/key"}
    stranger, other, owner = (Client(REMOTE_ADDR=address) for address in ("192.0.2.1", "198.51.100.1", "203.0.113.1"))
    for _ in range(6):
        sign_in(stranger, password="falsch")
    assert "zu viele falsche" in sign_in(stranger).content.decode()
    for _ in range(4):  # a right one is not counted
        assert sign_in(owner).request["PATH_INFO"] == "/redaktion/"
        owner.logout()
    for _ in range(3):
        sign_in(other, password="falsch")
    page = sign_in(owner).content.decode()
    assert "von vielen Orten zu viele falsche Versuche" in page
    assert "Mit einem Passkey können Sie sich gleich" in page


def test_too_many_requests_get_a_friendly_page(client):
    for _ in range(30):
        answer = client.post("/redaktion/login/", {"login": "", "password": ""})
    assert answer.status_code == 200
    answer = client.post("/redaktion/login/", {"login": "", "password": ""})
    assert answer.status_code == 429
    assert "Bitte warten Sie einen Augenblick" in answer.content.decode()


def test_attempts_are_counted_per_visitor_only_as_the_proxy_says(client, editor, settings):
    for number in range(12):  # a forged header changes nothing without a proxy
        sign_in(client, f"name{number}", "falsch", headers={"x-forwarded-for": f"192.0.2.{number}"})
    assert (
        "zu viele" in sign_in(client, "weitere", "falsch", headers={"x-forwarded-for": "192.0.2.99"}).content.decode()
    )
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    answer = sign_in(Client(), headers={"x-forwarded-for": "10.0.0.1, 198.51.100.7"})
    assert answer.request["PATH_INFO"] == "/redaktion/"
    assert AuditEntry.objects.get(kind=Kind.SIGN_IN).network == "198.51.100.0"


@pytest.mark.parametrize("value", ["a\x00b", "x" * 100_000, "<script>alert(1)</script>", "٣٣٣", "' OR 1=1 --"])
def test_hostile_input_is_refused_in_words(client, editor, value):
    answer = client.post("/redaktion/login/", {"login": value, "password": value, "next": value})
    assert answer.status_code == 200
    assert "<script>alert(1)" not in answer.content.decode()
    with_app(editor)
    sign_in(client)
    assert client.post("/redaktion/login/code/", {"code": value}).status_code == 200
    assert client.post("/redaktion/login/code/", {"credential": value}).status_code == 200


@pytest.mark.parametrize(
    "credential",
    ["1", "[]", "{}", '"x"', "null", '{"id": 1}', '{"id": "a", "rawId": "%", "type": "public-key", "response": 5}'],
)
def test_hostile_passkeys_are_refused(client, editor, credential):
    assert client.post("/redaktion/login/passkey/", {"credential": credential}).status_code == 302
    sign_in(client)
    client.get("/redaktion/konto/passkeys/neu/")
    answer = client.post("/redaktion/konto/passkeys/neu/", {"credential": credential, "name": "x"})
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_devices_are_listed_and_can_be_signed_out(editor):
    phone, office = Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Safari/605"}), Client()
    for device in (phone, office):
        sign_in(device)
    page = office.get("/redaktion/konto/geraete/").content.decode()
    assert "Safari auf iPhone" in page
    assert "(dieses Gerät)" in page
    row = UserSession.objects.get(user_agent__contains="iPhone")
    assert row.ip == "127.0.0.0"  # the network, not the address
    office.post("/redaktion/konto/geraete/", {"device": row.pk})
    assert phone.get("/redaktion/").status_code == 302
    assert office.get("/redaktion/").status_code == 200


def test_whoever_is_signed_in_is_asked_again_after_a_working_day(client, editor):
    morning = datetime(2026, 5, 4, 8, tzinfo=UTC)
    with time_machine.travel(morning, tick=False) as clock:
        sign_in(client)
        for hour in range(1, 12):
            clock.move_to(morning + timedelta(hours=hour))
            client.post("/redaktion/konto/passwort/", {})  # something is done at the desk
            session = client.session
            session["etwas"] = hour  # and stored in the session, which must not lengthen it
            session.save()
            answer = client.get("/redaktion/konto/geraete/")
            assert answer.status_code == 200
        assert "endet jede Anmeldung nach zwölf Stunden" in answer.content.decode()
        assert session.get_expiry_date() == morning + timedelta(hours=12)
        assert session.get_expiry_age() == 3600
        clock.move_to(morning + timedelta(hours=12, seconds=1))
        answer = client.post("/redaktion/news/article/add/", {"title": "Am Abend"}, follow=True)
        assert answer.redirect_chain == [("/redaktion/login/?next=/redaktion/news/article/add/", 302)]
        assert "Was Sie geschrieben haben, liegt noch in diesem Browser" in answer.content.decode()
        sign_in(client)
        assert client.get("/redaktion/").status_code == 200
        assert client.cookies["sessionid"]["max-age"] == 12 * 3600


def test_a_session_from_before_ends_a_day_after_its_next_use(client, editor):
    client.force_login(editor)
    session = client.session
    del session["signed_in_at"]
    session.set_expiry(7 * 24 * 3600)
    session.save()
    assert client.session.get_expiry_age() <= 12 * 3600


def test_a_device_that_was_signed_out_stays_so(editor):
    start = datetime(2026, 5, 4, 8, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        phone, office = Client(), Client()
        for device in (phone, office):
            sign_in(device)
        clock.move_to(start + timedelta(hours=1))
        office.post("/redaktion/konto/geraete/", {"device": "others"})
        assert phone.get("/redaktion/").status_code == 302
        clock.move_to(start + timedelta(hours=2))
        assert office.post("/redaktion/konto/geraete/", {"device": UserSession.objects.get().pk}).status_code == 302
        assert office.get("/redaktion/").status_code == 302
        assert not UserSession.objects.exists()


def test_all_other_devices_are_signed_out_at_once_and_nobody_elses(editor, staff):
    other = Client()
    other.post("/redaktion/login/", {"login": "chefin", "password": "geheim-und-lang"})
    devices = [Client(), Client(), Client()]
    for device in devices:
        sign_in(device)
    devices[0].post("/redaktion/konto/geraete/", {"device": "others"})
    assert [device.get("/redaktion/").status_code for device in devices] == [200, 302, 302]
    stranger = UserSession.objects.get(user=staff)
    for device in (str(stranger.pk), "0", "x", "9" * 30, "\x00", "²"):
        assert devices[0].post("/redaktion/konto/geraete/", {"device": device}).status_code == 404
    assert other.get("/redaktion/").status_code == 200


def test_a_new_password_signs_out_elsewhere_and_is_noted(editor):
    here, elsewhere = Client(), Client()
    sign_in(here)
    sign_in(elsewhere)
    new = "noch-ein-langes-passwort"
    wrong = here.post("/redaktion/konto/passwort/", {"oldpassword": "x", "password1": new, "password2": new})
    assert "Das ist nicht Ihr jetziges Passwort." in wrong.content.decode()
    short = here.post("/redaktion/konto/passwort/", {"oldpassword": PASSWORD, "password1": "kurz", "password2": "kurz"})
    assert "mindestens 12 Zeichen" in short.content.decode()
    here.post("/redaktion/konto/passwort/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert here.get("/redaktion/").status_code == 200
    assert elsewhere.get("/redaktion/").status_code == 302
    assert AuditEntry.objects.filter(kind=Kind.PASSWORD, person="erika").count() == 1


def test_signing_out_takes_a_button(client, editor):
    sign_in(client)
    assert "Möchten Sie sich abmelden?" in client.get("/redaktion/logout/").content.decode()
    assert client.get("/redaktion/").status_code == 200
    client.post("/redaktion/logout/")
    assert client.get("/redaktion/").status_code == 302
    assert AuditEntry.objects.filter(kind=Kind.SIGN_OUT, person="erika").exists()


def test_account_pages_are_never_stored_and_all_in_german(client, editor):
    sign_in(client)
    RecoveryCodes.activate(editor)
    for path in (
        "",
        "app/",
        "passkeys/",
        "passkeys/neu/",
        "passwort/",
        "geraete/",
        "notfall-codes/",
        "notfall-codes/neu/",
    ):
        answer = client.get(f"/redaktion/konto/{path}")
        assert answer.status_code == 200, path
        assert "no-store" in answer["Cache-Control"]
        page = answer.content.decode()
        for english in (">Sign", ">Remove", ">Add ", "Two-Factor", "recovery codes", "Authenticator", "Security Key"):
            assert english not in page, (path, english)
