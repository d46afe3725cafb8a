"""The log: what goes in, what never does, and that nobody changes it."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from django.test import Client
from django.utils import timezone

from contacts.check_views import BY_LINK
from contacts.checkup import new_link
from contacts.models import ContactCorrection
from forum.audit import KEPT, AuditEntry, Kind, network, record
from forum.desk.devices import device_in_words
from tests.factories import make_article, make_event, make_person
from tests.forms import filled_form
from tests.forum.actions import ACTIONS
from tests.forum.test_desk import article_form

BESIDE = {"look_back", "create_in_place", "decide"}  # plain forms, or addresses of no single model
REFUSED = (InternalError, IntegrityError, DatabaseError)


def kinds():
    return list(AuditEntry.objects.order_by("pk").values_list("kind", "person", "what"))


def test_signing_in_and_failing_to_is_noted_without_what_was_typed(client, staff):
    client.post("/redaktion/login/", {"login": "mein-passwort-im-falschen-feld", "password": "geheim"})
    client.post("/redaktion/login/", {"login": "chefin", "password": "falsch-getippt"})
    client.post("/redaktion/login/", {"login": "chefin", "password": "geheim-und-lang"})
    assert kinds() == [
        ("refused", "unbekannt", "unbekannter Benutzername"),
        ("refused", "chefin", "falsches Passwort"),
        ("sign-in", "chefin", "mit Passwort"),
    ]
    assert set(AuditEntry.objects.values_list("network", flat=True)) == {"127.0.0.0"}


def test_plain_forms_are_noted(desk):
    desk.post("/redaktion/news/articletype/add/", {"name": "Neue Art", "position": "1"})
    article = make_article(title="Alt")
    desk.post(f"/redaktion/news/article/{article.pk}/change/", article_form(title="Neu", type=article.type_id))
    events = [make_event(title="Weg"), make_event(title="Auch weg")]
    desk.post(
        "/redaktion/events/event/",
        {"action": "delete_selected", "_selected_action": [event.pk for event in events], "post": "yes"},
    )
    noted = [(kind, what) for kind, person, what in kinds() if person == "chefin" and kind != "sign-in"]
    assert noted[0] == ("added", "Art „Neue Art“")
    assert noted[1][0] == "changed"
    assert noted[1][1].startswith("Beitrag „Neu“: ")
    assert "Titel" in noted[1][1]
    assert sorted(noted[2:]) == [("deleted", "Veranstaltung „Auch weg“"), ("deleted", "Veranstaltung „Weg“")]


@pytest.mark.parametrize("key", ACTIONS)
def test_every_change_at_the_desk_is_noted(desk, settings, key):
    settings.EMAIL_URL = "smtp://server"
    action = ACTIONS[key]
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    assert action.attempt(desk)
    new = AuditEntry.objects.exclude(pk__in=before).filter(person="chefin").exclude(kind=Kind.SIGN_IN)
    noted = "\n".join(new.values_list("what", flat=True))
    assert action.noted in noted
    assert bool(noted) == bool(action.noted)


LOOKING = {
    "password_change",
    "recognise",
    "presence",
    "deleted",
    "version_file",
    "compare",
    "ask_chosen",
    "copy_chosen",
}  # a password is chosen by invitation


def test_every_action_of_the_desk_is_tried():
    offered = {"delete_selected"}
    for model, model_admin in admin.site._registry.items():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        names = {url.name.removeprefix(prefix) for url in model_admin.get_urls() if getattr(url, "name", None)}
        offered |= names | set(model_admin.actions or ())
    plain = {"changelist", "add", "history", "delete", "change"}
    assert offered - plain - LOOKING == {action.name for action in ACTIONS.values()} - BESIDE


def test_what_contact_persons_do_themselves_is_noted(client):
    person = make_person(family_name="Winnig", in_directory=True, email="da@example.org")
    path = urlsplit(new_link(person)).path
    form = client.get(path).context["form"]
    client.post(path, {"confirm": "1", "seen": form.current_json})
    assert ("changed", BY_LINK, "Person „Erika Winnig“: Eintrag selbst bestätigt.") in kinds()
    path = urlsplit(new_link(person)).path
    client.post(path, filled_form(client, path, phone="030 98 76 54-32") | {"correct": "1"})
    assert ContactCorrection.objects.exists()
    assert ("added", BY_LINK, "Korrektur von „Erika Winnig“ zum eigenen Eintrag.") in kinds()


def test_the_database_refuses_to_change_or_delete_young_entries():
    entry = record(Kind.SIGN_OUT)
    for attempt in (
        lambda: AuditEntry.objects.filter(pk=entry.pk).update(what="anders"),
        lambda: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda: AuditEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - 2 * KEPT),
    ):
        with pytest.raises(REFUSED), transaction.atomic():
            attempt()
    assert AuditEntry.objects.get().what == ""


def test_the_database_refuses_to_empty_the_log():
    record(Kind.SIGN_OUT)
    for statement in ("TRUNCATE forum_auditentry", "TRUNCATE forum_auditentry, forum_topic CASCADE"):
        with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_entries_past_their_time_go_at_the_next_sign_in(client, staff):
    AuditEntry.objects.create(kind=Kind.SIGN_IN, person="alt", at=timezone.now() - KEPT - timedelta(days=2))
    AuditEntry.objects.create(kind=Kind.SIGN_IN, person="jung", at=timezone.now() - KEPT + timedelta(days=2))
    client.post("/redaktion/login/", {"login": "chefin", "password": "geheim-und-lang"})
    assert [person for _, person, _ in kinds()] == ["jung", "chefin"]


def test_not_even_a_superuser_writes_in_the_log(desk):
    entry = record(Kind.SIGN_OUT)
    here = f"/redaktion/forum/auditentry/{entry.pk}"
    assert desk.get(f"{here}/change/").status_code == 200
    assert desk.post(f"{here}/change/", {"what": "anders"}).status_code == 403
    assert desk.post(f"{here}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get("/redaktion/forum/auditentry/add/").status_code == 403
    desk.post(
        "/redaktion/forum/auditentry/", {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"}
    )
    assert AuditEntry.objects.filter(pk=entry.pk, what="").exists()


def test_the_log_is_filtered_and_searched(desk):
    record(Kind.FACTOR, "eingerichtet: App")
    record(Kind.DELETED, "Beitrag „Weg“")
    for query, found in (("kind__exact=factor", 1), ("q=Weg", 1), ("q=%00", 0), ("person=chefin", 1), ("q=App+Weg", 0)):
        answer = desk.get(f"/redaktion/forum/auditentry/?{query}", follow=True)
        assert answer.status_code == 200
        if found:
            assert answer.context["cl"].result_count == found, query


def test_the_log_outlives_the_account(staff):
    Client().force_login(staff)
    staff.delete()
    assert AuditEntry.objects.filter(person="chefin", kind=Kind.SIGN_IN).exists()


def test_networks_stand_for_addresses():
    assert network("203.0.113.77") == "203.0.113.0"
    assert network("2001:db8:1:2:3::4") == "2001:db8:1::"
    assert network("unsinn") == ""


def test_the_time_kept_is_the_one_the_trigger_knows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'forum_keep_audit'")
        assert f"'{KEPT.days} days'" in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox auf Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/18.0 Safari/605", "Safari auf Mac"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140.0 Mobile Safari/537", "Chrome auf Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140", "Edge auf Windows"),
        ("", "Ein Browser auf unbekanntem Gerät"),
    ],
)
def test_devices_in_words(agent, words):
    assert device_in_words(agent) == words


@pytest.mark.parametrize("credential", ["{}", '{"id": "a", "rawId": "%", "type": "public-key", "response": 5}'])
def test_a_refused_passkey_is_noted_at_each_of_its_doors(client, staff, credential):
    client.post("/redaktion/login/passkey/", {"credential": credential})
    client.force_login(staff)
    passkey = Authenticator.objects.create(user=staff, type="webauthn", data={"name": "Handy", "credential": {}})
    client.post("/redaktion/konto/bestaetigen/passkey/", {"credential": credential})
    client.logout()
    passkey.delete()
    TOTP.activate(staff, generate_totp_secret())
    client.post("/redaktion/login/", {"login": "chefin", "password": "geheim-und-lang"})
    client.post("/redaktion/login/code/", {"credential": credential})
    refused = [(person, what) for kind, person, what in kinds() if kind == "refused"]
    words = "Passkey nicht angenommen"
    assert refused == [("unbekannt", words), ("chefin", words), ("chefin", words)]
