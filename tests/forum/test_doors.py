"""Every address of the portal: who may enter, and that no form is taken without its mark.

A new address needs a line here; what each role may do with each model stands in test_roles.
"""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from forum.models import ShareLink
from tests.forum.test_roles import MATRIX, PASSWORD, member, one_of

PUBLIC = {
    "", "aktuelles/", "aktuelles/feed/", "aktuelles/feed.rss", "aktuelles/<slug:slug>/", "aktuelles/<slug:slug>/leicht/",
    "veranstaltungen/", "veranstaltungen/kalender.ics", "veranstaltungen/einbetten/", "veranstaltungen/reihe/<slug:slug>/",
    "veranstaltungen/<slug:slug>/", "veranstaltungen/<slug:slug>/termin.ics", "veranstaltungen/<slug:slug>/leicht/",
    "veranstaltungen/<slug:event_slug>/<slug:item_slug>/", "kontakt/", "kontakt/<slug:slug>/",
    "kontakt/<slug:slug>/kontakte.vcf", "personen/<slug:slug>/", "personen/<slug:slug>/kontakt.vcf",
    "eintrag-pruefen/danke/", "eintrag-pruefen/danke-korrektur/", "themen/", "themen/<slug:slug>/", "folgen/", "api/",
    "suche/", "suche/vorschlaege/", "sitemap.xml", "sitemap-<section>.xml", "robots.txt", "favicon.ico",
    "site.webmanifest", ".well-known/security.txt", "medien/<path:name>", "bausteine/", "<slug:slug>/",
    "<slug:slug>/leicht/",
}  # fmt: skip
API = {  # reads only, so that no form could do harm
    "api/v1/openapi.json", "api/v1/events/", "api/v1/events/<slug>/", "api/v1/articles/", "api/v1/articles/<slug>/",
    "api/v1/people/", "api/v1/people/<slug>/", "api/v1/", "api/v1/<path:rest>",
}  # fmt: skip
KEYS = {  # whoever knows the address
    "eintrag-pruefen/<slug:token>/", "gegenlesen/<str:token>/", "gegenlesen/<str:token>/<path:below>",
    "redaktion/einladung/<int:id>/<str:token>/",
}  # fmt: skip
SIGNING_IN = {"login/", "login/code/", "login/passkey/", "login/gesperrt/", "logout/"}
ACCOUNT = {  # one's own
    "konto/", "konto/einrichten/", "konto/bestaetigen/", "konto/bestaetigen/code/", "konto/bestaetigen/passkey/",
    "konto/passwort/", "konto/passwort/neu/", "konto/app/", "konto/app/entfernen/", "konto/passkeys/",
    "konto/passkeys/neu/", "konto/passkeys/<int:pk>/", "konto/passkeys/<int:pk>/entfernen/", "konto/notfall-codes/",
    "konto/notfall-codes/neu/", "konto/notfall-codes/datei/", "konto/geraete/",
}  # fmt: skip
DESK = {  # all staff; what they find there depends on their rights
    "", "datum/", "suche/", "finden/<str:app_label>/<str:model_name>/", "anlegen/<str:app_label>/<str:model_name>/",
    "password_change/", "password_change/done/", "autocomplete/", "jsi18n/", "(?P<url>.*)$",
    "r/<path:content_type_id>/<path:object_id>/", "^(?P<app_label>news|events|contacts|auth|forum)/$",
}  # fmt: skip
LOOKING, WRITING = "looking", "writing"
OF_A_MODEL = {  # below /redaktion/<app>/<model>/: what for
    "": LOOKING, "add/": WRITING, "<path:object_id>/": LOOKING, "<path:object_id>/change/": WRITING,
    "<path:object_id>/delete/": WRITING, "<path:object_id>/history/": LOOKING, "<path:object_id>/anwesend/": WRITING,
    "add/vorschau/": WRITING, "<path:object_id>/change/vorschau/": WRITING, "<path:object_id>/change/gegenlesen/": WRITING,
    "<path:object_id>/change/gegenlesen/<int:link>/zuruecknehmen/": WRITING, "geloescht/": WRITING,
    "geloescht/<int:key>/": WRITING, "geloescht/<int:key>/endgueltig/": WRITING, "fassung/<int:number>/datei/": LOOKING,
    "<path:object_id>/history/vergleich/": LOOKING, "<path:object_id>/history/<int:number>/": WRITING,
    "erkennen/": WRITING, "uebernehmen/": WRITING, "<path:object_id>/kopieren/": WRITING, "pruefung/": WRITING,
    "<int:id>/zweiter-faktor/": WRITING, "<int:id>/einladung/": WRITING, "<id>/password/": WRITING,
    "<int:pk>/weiterleiten/": WRITING,
}  # fmt: skip
ONLY_FORMS = {"anwesend/", "vorschau/", "zuruecknehmen/", "erkennen/", "uebernehmen/", "weiterleiten/"}
MODELS = {f"{model._meta.app_label}/{model._meta.model_name}/": model for model in MATRIX}


def routes(patterns=None, prefix=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


ROUTES = list(dict.fromkeys(routes()))
AT_THE_DESK = [route for route in ROUTES if route.startswith("redaktion/")]


def of_a_model(route):
    """(model, rest) of an address of the admin, or (None, "")."""
    match = re.fullmatch(r"redaktion/(\w+/\w+/)(.*)", route)
    return (MODELS.get(match[1]), match[2]) if match else (None, "")


def for_whom(route) -> str:
    model, rest = of_a_model(route)
    below = route.removeprefix("redaktion/") if route.startswith("redaktion/") else None
    groups = {
        "public": route in PUBLIC,
        "api": route in API,
        "key": route in KEYS,
        "signing in": below in SIGNING_IN,
        "account": below in ACCOUNT,
        "desk": below in DESK,
        "model": model is not None and rest in OF_A_MODEL,
    }
    return ", ".join(name for name, is_in in groups.items() if is_in)


def address(route, key="1") -> str:
    """An address of a route that leads somewhere, as far as there is something."""
    samples = {"app_label": "news", "model_name": "article", "section": "seiten", "token": "x" * 43, "link": "1", "number": "1",
               "content_type_id": "1", "name": "x.png", "url": "gibtsnicht"}  # fmt: skip
    route = re.sub(r"^\^|\$$", "", re.sub(r"\^\(\?P<app_label>.*?\)", "news", route)).replace("/^", "/")
    route = re.sub(r"\(\?P<(\w+)>.*?\)", r"<\1>", route)
    keys = {"object_id", "id", "pk", "key"}
    return "/" + re.sub(
        r"<(?:\w+:)?(\w+)>", lambda match: key if match[1] in keys else samples.get(match[1], "gibtsnicht"), route
    )


def test_every_address_has_its_line():
    assert [route for route in ROUTES if for_whom(route) not in {
        "public", "api", "key", "signing in", "account", "desk", "model"}] == []  # fmt: skip
    stale = (PUBLIC | API | KEYS) - set(ROUTES)
    stale |= {one for one in SIGNING_IN | ACCOUNT | DESK if f"redaktion/{one}" not in ROUTES}
    stale |= set(OF_A_MODEL) - {of_a_model(route)[1] for route in ROUTES}
    assert stale == set()
    assert len(ROUTES) > 250


def refused(request, reason=""):
    """In the place of the page that explains, which takes its time."""
    return HttpResponse(status=403)


def leads_on(answer, route) -> bool:
    """Tell whether an address only leads to another, which is tried as well."""
    onward = {"<path:object_id>/": "/change/", "<id>/password/": "/einladung/"}
    return onward.get(of_a_model(route)[1], "?") in answer.get("Location", "")


def leads_to_sign_in(answer) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/redaktion/login/")


def test_readers_enter_what_is_public_and_nothing_else():
    client = Client()
    for route in ROUTES:
        answer, kind = client.get(address(route)), for_whom(route)
        if kind in ("public", "api"):
            assert answer.status_code in (200, 302, 404), route
            assert not leads_to_sign_in(answer), route
        elif kind == "key":
            assert answer.status_code in (404, 410), route
        elif kind == "signing in":
            assert answer.status_code in (200, 302), route
        else:
            assert leads_to_sign_in(answer) or answer.status_code in (404, 405), route
            assert b"gibtsnicht" not in answer.content or answer.status_code == 302


def test_readers_change_nothing_at_the_desk():
    client = Client()
    for route in AT_THE_DESK:
        if for_whom(route) in ("account", "desk", "model"):
            answer = client.post(address(route), {"post": "yes", "action": "delete_selected", "_selected_action": "1"})
            assert leads_to_sign_in(answer) or answer.status_code in (401, 404, 405), route


def test_no_form_is_taken_without_its_mark(staff, settings):
    settings.CSRF_FAILURE_VIEW = "tests.forum.test_doors.refused"
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    for route in ROUTES:
        answer = client.post(address(route), {"post": "yes"})
        assert answer.status_code == (405 if for_whom(route) == "api" else 403), route


def test_what_only_takes_forms_shows_nothing(desk):
    only = [route for route in AT_THE_DESK if route.endswith(tuple(ONLY_FORMS))]
    assert len(only) > 40
    for route in only:
        answer = desk.get(address(route))
        assert (answer.status_code, answer["Allow"]) == (405, "POST"), route


@pytest.mark.parametrize("model", MATRIX, ids=lambda model: model.__name__)
def test_staff_without_rights_see_and_change_nothing_of_a_model(model):
    client, key = member(), str(one_of(model).pk)
    for route in (one for one in AT_THE_DESK if of_a_model(one)[0] is model):
        for answer in (client.get(address(route, key)), client.post(address(route, key), {"post": "yes"})):
            assert answer.status_code in (403, 404, 405) or leads_on(answer, route), route
    assert model.objects.filter(pk=key).exists()


@pytest.mark.parametrize("model", MATRIX, ids=lambda model: model.__name__)
def test_who_may_only_look_changes_nothing(model):
    client, thing = member(), one_of(model)
    client.user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    before = model.objects.filter(pk=thing.pk).values().get()
    for route in (one for one in AT_THE_DESK if of_a_model(one)[0] is model):
        if OF_A_MODEL[of_a_model(route)[1]] == WRITING:
            answer = client.post(address(route, str(thing.pk)), {"post": "yes", "send": "1", "show": "1", "days": "7"})
            assert answer.status_code in (403, 404, 405) or leads_on(answer, route), route
    assert model.objects.filter(pk=thing.pk).values().get() == before
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("path", ["konto/passkeys/{}/", "konto/passkeys/{}/entfernen/"])
def test_nobody_touches_another_ones_passkey(staff, path):
    theirs = Authenticator.objects.create(user=staff, type=Authenticator.Type.WEBAUTHN, data={"name": "Laptop"})
    member("Verwaltung")
    client = Client()
    client.post("/redaktion/login/", {"login": "mitglied", "password": PASSWORD})  # so that nobody asks who it is
    for send in (client.get, client.post):
        assert send(f"/redaktion/{path.format(theirs.pk)}").status_code == 404
    assert Authenticator.objects.get(pk=theirs.pk).data == {"name": "Laptop"}
