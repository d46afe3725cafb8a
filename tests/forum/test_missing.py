"""Addresses asked for in vain: counted without visitors, turned into redirects with one click."""

from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum import missing
from forum.missing import suggestions
from forum.models import FormerAddress, MissingAddress
from tests.factories import make_article, make_event, make_item, make_person


def counted():
    return dict(MissingAddress.objects.values_list("path", "count"))


def count(path, times):
    for _ in range(times):
        MissingAddress.objects.count_request(path)
    return MissingAddress.objects.get(path=path)


def test_a_404_is_counted_by_address_and_day_alone(client):
    for address in ("/aktuelles/gibt-es-nicht/", "/aktuelles/gibt-es-nicht/?utm=1", "/aktuelles//gibt-es-nicht/"):
        assert client.get(address, HTTP_REFERER="https://example.org/", HTTP_USER_AGENT="Jemand").status_code == 404
    row = MissingAddress.objects.values().get()
    assert row.pop("id")
    today = timezone.localdate()
    assert row == {
        "path": "/aktuelles/gibt-es-nicht/", "count": 3, "first_day": today, "last_day": today, "ignored": False,
    }  # fmt: skip


def test_a_404_costs_two_queries(client):
    client.get("/aktuelles/eins/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/gibt/es/nicht/")
    assert len(queries) == 2


@pytest.mark.parametrize(
    "address",
    [
        "/wp-login/", "/wp-content/x/", "/index.php", "/.env", "/.git/config", "/a/.well-known/x/", "/cgi-bin/x/",
        "/admin/", "/backup.zip", "/static/css/alt.css", "/abmelden/erika@example.org/", "/%FF%FE/", "/a%00b/",
        "/a%0Ab/", "/%2525/", "/" + "x" * 600 + "/",
        "/gegenlesen/geheim/x/", "/eintrag-pruefen/geheim/x/",
    ],
)  # fmt: skip
def test_what_no_reader_follows_is_not_counted(client, address):
    assert client.get(address).status_code == 404
    assert counted() == {}


def test_only_readers_who_want_a_page_are_counted(client, desk):
    client.head("/gibt/es/nicht/")
    client.post("/gibt/es/nicht/")
    desk.get("/gibt/es/nicht/")
    assert counted() == {}
    client.get("/aktuelles/")
    FormerAddress.objects.create(path="/alt/", target_path="/aktuelles/")
    assert client.get("/alt/").status_code == 301
    assert counted() == {}


def test_the_database_being_away_leaves_a_404_a_404(client):
    def away(execute, sql, *rest):
        raise OperationalError("weg")

    with connection.execute_wrapper(away):
        assert client.get("/gibt/es/nicht/").status_code == 404


def test_no_more_addresses_are_kept_than_can_be_looked_at(monkeypatch):
    monkeypatch.setattr(missing, "MOST_ADDRESSES", 5)
    count("/oft/", 3)
    for number in range(20):
        count(f"/einmal-{number}/", 1)
    assert set(counted()) == {"/oft/", *(f"/einmal-{number}/" for number in range(16, 20))}
    count("/einmal-16/", 1)
    assert counted()["/einmal-16/"] == 2
    assert len(counted()) == 5


def test_a_flood_is_not_written_down(client, monkeypatch):
    monkeypatch.setattr(missing, "time", SimpleNamespace(monotonic=lambda: 6_000.0))  # all in one minute
    for number in range(missing.MOST_A_MINUTE + 20):
        client.get(f"/flut/{number}/")
    assert sum(counted().values()) == missing.MOST_A_MINUTE


@pytest.mark.parametrize(
    "asked",
    [
        "/aktuelles/detail/die-nachbarschaft-hilft/",
        "/aktuelles/die-nachbarschaft-hilf/",
        "/aktuelles/die-nachbarschaft-hilft.html",
        "/die-nachbarschaft-half/",
        "/aktuelles/die-nachbarschaft-hilft-sich-selbst-und-anderen/",
    ],
)
def test_the_likeliest_target_is_proposed(asked):
    article = make_article(slug="die-nachbarschaft-hilft")
    make_article(slug="die-nachbarn-feiern")
    make_event(slug="die-nacht-der-bibliotheken")
    make_article(slug="die-nachbarschaft-hilft-nicht-mehr", published_at=None)
    assert suggestions([asked]) == {asked: article}


def test_nothing_unlike_is_proposed():
    make_article(slug="die-nachbarschaft-hilft")
    make_item(slug="einfuehrung")
    asked = ["/aktuelles/die-nachrichten/", "/einfuhr/", "/a/", "/", "/aktuelles/%/"]
    assert suggestions(asked) == {}


def test_one_click_makes_a_redirect(desk, client):
    article = make_article(slug="die-nachbarschaft-hilft")
    address = count("/neues/die-nachbarschaft-hilft/", 3)
    page = desk.get("/redaktion/forum/missingaddress/?pruefen=gesucht").content.decode()
    url = f"/redaktion/forum/missingaddress/{address.pk}/weiterleiten/"
    assert f'formaction="{url}" name="ziel" value="/aktuelles/die-nachbarschaft-hilft/"' in page
    assert desk.get(url).status_code == 405
    answer = desk.post(url, {"ziel": article.get_absolute_url()}, follow=True)
    assert "kommt jetzt zu" in answer.content.decode()
    assert client.get(address.path)["Location"] == "/aktuelles/die-nachbarschaft-hilft/"
    assert counted() == {}
    article.slug = "ganz-neu"
    article.save()
    assert client.get(address.path)["Location"] == "/aktuelles/ganz-neu/"


def test_a_proposal_that_has_changed_is_not_taken(desk):
    make_article(slug="die-nachbarschaft-hilft")
    address = count("/die-nachbarschaft-hilft.html", 3)
    for wrong in ("https://example.org/", "/aktuelles/anderes/", ""):
        answer = desk.post(f"/redaktion/forum/missingaddress/{address.pk}/weiterleiten/", {"ziel": wrong}, follow=True)
        assert "hat sich inzwischen geändert" in answer.content.decode()
    assert not FormerAddress.objects.filter(path=address.path).exists()


def test_another_target_is_typed_into_a_form_with_the_address_in_it(desk):
    address = count("/vermisst/", 3)
    url = "/redaktion/forum/formeraddress/add/?path=%2Fvermisst%2F"
    assert f'href="{url}"' in desk.get("/redaktion/forum/missingaddress/").content.decode()
    form = desk.get(url).content.decode()
    assert 'name="path" value="/vermisst/"' in form
    assert form.index('name="target_path"') < form.index("autofocus")
    assert desk.post(url, {"path": address.path, "target_path": "/aktuelles/"}).status_code == 302
    assert counted() == {}


def test_addresses_can_be_ignored(desk):
    address = count("/vermisst/", 3)
    desk.post("/redaktion/forum/missingaddress/", {"action": "ignore", "_selected_action": [address.pk]})
    assert desk.get("/redaktion/forum/missingaddress/?pruefen=gesucht").context["cl"].result_count == 0
    count("/vermisst/", 1)
    assert MissingAddress.objects.get().ignored


def test_whoever_may_not_make_redirects_does_not_see_the_list():
    address = count("/vermisst/", 3)
    person = get_user_model().objects.create_user("hilfe", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="change_article"))
    client = Client()
    client.force_login(person)
    assert client.get("/redaktion/forum/missingaddress/").status_code == 403
    assert client.post(f"/redaktion/forum/missingaddress/{address.pk}/weiterleiten/").status_code == 403
    assert client.get("/redaktion/forum/internallink/").status_code == 200


def test_the_list_costs_the_same_for_one_address_and_many(desk, count_queries):
    def more(number):
        for _ in range(number):
            slug = make_article(title="Die Nachbarschaft hilft").slug
            count(f"/{slug}/", 1)

    make_person(), make_event()
    more(1)
    few = count_queries("/redaktion/forum/missingaddress/", desk)
    more(29)
    assert count_queries("/redaktion/forum/missingaddress/", desk) == few
