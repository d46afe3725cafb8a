"""Limits of what costs much: generous, shared, friendly, and cheap for everybody else."""

import json
from functools import partial

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts import checkup
from contacts.checkup import CheckLink, ContactCorrection
from forum import limits
from forum.desk.invitation import new_link
from forum.limits import LIMITS, Limit
from tests.factories import make_person
from tests.forms import FormReader, filled_form
from tests.threads import at_once, wipe

NOON = "2026-11-25 12:00:10+00:00"


@pytest.fixture
def few(monkeypatch):
    """Make a limit small: `few(limits.SEARCH, 3)`."""

    def few(limit, most):
        monkeypatch.setattr(limit, "most", most)
        monkeypatch.setattr(limit, "share", 1)

    return few


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(key, 'escape'), ends, count FROM forum_limit ORDER BY ends")
        return cursor.fetchall()


@time_machine.travel(NOON, tick=False)
def test_so_many_and_no_more_until_the_window_ends():
    limit = Limit("probe", most=3, seconds=60)
    assert [limit.wait("192.0.2.1") for _ in range(5)] == [0, 0, 0, 50, 50]
    assert limit.wait("192.0.2.2") == 0
    with time_machine.travel("2026-11-25 12:00:59+00:00", tick=False):
        assert limit.wait("192.0.2.1") == 1
    with time_machine.travel("2026-11-25 12:01:00+00:00", tick=False):
        assert limit.wait("192.0.2.1") == 0


@time_machine.travel(NOON, tick=False)
def test_processes_count_together():
    here, there = Limit("probe", most=10, seconds=60, share=2), Limit("probe", most=10, seconds=60, share=2)
    passed = sum(limit.wait("192.0.2.1") == 0 for _ in range(20) for limit in (here, there))
    assert 10 <= passed <= 10 + 2 * (2 - 1)  # each process may be ahead by its share but one


@time_machine.travel(NOON, tick=False)
def test_what_is_stored_names_nobody_and_goes():
    for _ in range(3):
        Limit("probe", most=9, seconds=60).wait("192.0.2.1")
    ((key, ends, count),) = stored()
    assert (ends % 60, count) == (0, 3)
    assert "192.0.2" not in key
    with time_machine.travel("2026-11-25 12:02:00+00:00", tick=False):
        Limit("probe", most=9, seconds=60).wait("192.0.2.1")
        ((later, _, count),) = stored()  # what was over has made room
    assert (count, later == key) == (1, False)  # and the next window's key cannot be linked to it
    call_command("cleanup", "--delete", verbosity=0)
    assert len(stored()) <= 1


def test_usual_reading_costs_no_statement(client):
    for _ in range(limits.SEARCH.share - 1):
        client.get("/suche/?q=a")
    assert stored() == []
    client.get("/suche/?q=a")
    assert [count for _, _, count in stored()] == [limits.SEARCH.share]


@time_machine.travel(NOON, tick=False)
def test_who_is_refused_costs_no_statement(client, few):
    few(limits.SEARCH, 2)
    for _ in range(3):
        client.get("/suche/?q=haus")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/suche/?q=haus")
    assert (answer.status_code, len(queries)) == (429, 0)


@time_machine.travel(NOON, tick=False)
def test_threads_count_every_request():
    limits_of_processes = [Limit("probe", most=20, seconds=600) for _ in range(2)]
    passed = []

    def ask(limit):
        passed.extend(limit.wait("192.0.2.1") == 0 for _ in range(10))

    try:
        assert at_once(*[partial(ask, limit) for limit in limits_of_processes * 2]) == []
    finally:
        wipe("forum_limit")
    assert passed.count(True) == 20


def test_without_a_database_each_process_counts_for_itself():
    limit = Limit("probe", most=3, seconds=600)

    def away(*args):
        raise OperationalError("weg")

    with connection.execute_wrapper(away):
        assert [limit.wait("192.0.2.1") > 0 for _ in range(5)] == [False, False, False, True, True]


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(limits, "MOST_COUNTERS", 10)
    limit = Limit("probe", most=3, seconds=600, share=100)
    for number in range(100):
        limit.wait(f"192.0.2.{number}")
    assert len(limit.counters) <= 10


PAGES = [
    (limits.SEARCH, "/suche/?q=haus"),
    (limits.FINDER, "/kontakt/?ort=10115"),
]


@pytest.mark.parametrize(("limit", "path"), PAGES)
def test_readers_are_asked_to_wait_in_words(few, limit, path):
    few(limit, 2)
    with time_machine.travel(NOON, tick=False):
        visitor = Client(REMOTE_ADDR="198.51.100.1")
        assert [visitor.get(path).status_code for _ in range(3)] == [200, 200, 429]
        answer, other = visitor.get(path), Client(REMOTE_ADDR="198.51.100.2").get(path)
    page = answer.content.decode()
    assert (answer["Retry-After"], answer["Cache-Control"], other.status_code) == ("50", "no-store", 200)
    assert "geht es erst in 50 Sekunden weiter" in page
    assert f'href="{path}"' in page  # what was asked for is not lost


def test_only_the_finder_is_limited_not_the_directory(client, few):
    few(limits.FINDER, 0)
    assert client.get("/kontakt/").status_code == 200
    assert client.get("/kontakt/?ort=10115").status_code == 429


def test_one_network_of_ipv6_counts_as_one_visitor(few):
    few(limits.SEARCH, 2)
    answers = [Client(REMOTE_ADDR=f"2001:db8:1:2::{number}").get("/suche/?q=a").status_code for number in range(3)]
    assert answers == [200, 200, 429]
    assert Client(REMOTE_ADDR="2001:db8:1:3::1").get("/suche/?q=a").status_code == 200


def test_many_networks_of_one_site_are_not_many_visitors(few):
    few(limits.SEARCH, 1)

    def ask(site, network, path="/suche/?q=a"):
        return Client(REMOTE_ADDR=f"2001:db8:{site:x}:{network:x}::1").get(path).status_code

    assert {ask(1, number) for number in range(10)} == {200}
    assert ask(1, 11) == 429
    assert ask(2, 11) == 200
    few(limits.API, 1)
    assert [ask(3, number, "/api/v1/events/") for number in range(11)] == [200] * 10 + [429]


def test_who_is_refused_uses_nothing_up_for_the_neighbours(few):
    few(limits.SEARCH, 1)
    for _ in range(30):
        Client(REMOTE_ADDR="2001:db8:1:1::1").get("/suche/?q=a")
    assert Client(REMOTE_ADDR="2001:db8:1:2::1").get("/suche/?q=a").status_code == 200


def test_the_field_of_the_search_goes_quiet(client, few):
    few(limits.SUGGESTIONS, 0)
    answer = client.get("/suche/vorschlaege/?q=haus")
    assert (answer.status_code, answer.json(), int(answer["Retry-After"]) > 0) == (429, [], True)


def test_the_api_says_it_in_its_own_way(client, few):
    few(limits.API, 1)
    assert client.get("/api/v1/events/").status_code == 200
    answer = client.get("/api/v1/events/", headers={"origin": "https://verein.example"})
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert answer.json()["title"] == "Zu viele Anfragen"
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "no-store" in answer["Cache-Control"]
    assert "max-age" not in answer["Cache-Control"]
    described = Client(REMOTE_ADDR="198.51.100.1").get("/api/v1/openapi.json").json()
    assert all("429" in one["get"]["responses"] for one in described["paths"].values())


def test_a_correction_is_not_lost(client, few, settings):
    few(limits.CORRECTIONS, 0)
    person = make_person(in_directory=True, email="da@example.org", phone="030 12 34 56-78")
    address = checkup.new_link(person).removeprefix(settings.SITE_URL)
    form = filled_form(client, address, phone=["030 99 88 77-66"], password=["geheim"], correct=["1"])
    answer = client.post(address, form)
    page = answer.content.decode()
    assert answer.status_code == 429
    assert "geheim" not in page
    again = filled_form_of(page)
    assert again["phone"] == ["030 99 88 77-66"]
    few(limits.CORRECTIONS, 9)
    assert client.post(address, again).status_code == 302
    assert ContactCorrection.objects.exists()
    assert CheckLink.objects.filter(answered_at=None).count() == 0


def filled_form_of(page):
    reader = FormReader()
    reader.feed(page)
    return reader.fields


def test_choosing_a_password_is_limited(client, few, staff, settings):
    few(limits.PASSWORDS, 1)
    address = new_link(staff).removeprefix(settings.SITE_URL)
    form = {"new_password1": "kurz", "new_password2": "kurz"}
    assert client.post(address, form).status_code == 200
    answer = client.post(address, form)
    assert (answer.status_code, "kurz" in answer.content.decode().replace("in kurzer Zeit", "")) == (429, False)
    assert client.get(address).status_code == 200


def test_mails_with_links_are_limited(desk, few, settings, mailoutbox):
    settings.EMAIL_URL = "smtp://server"
    few(limits.MAILS, 1)
    account = get_user_model().objects.create_user("erika", email="e@example.org", is_staff=True)
    address = f"/redaktion/auth/user/{account.pk}/einladung/"
    assert desk.post(address, {"send": "1"}).status_code == 302
    assert desk.post(address, {"send": "1"}).status_code == 429
    assert len(mailoutbox) == 1


def test_signing_in_too_often_shows_the_same_page(client):
    for _ in range(30):
        client.post("/redaktion/login/", {"login": "erika", "password": "falsch-und-geheim"})
    answer = client.post("/redaktion/login/", {"login": "erika", "password": "falsch-und-geheim"})
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert 'name="login" value="erika"' in page
    assert "falsch-und-geheim" not in page


def test_what_was_typed_stays_text_on_the_page(client):
    for _ in range(31):
        answer = client.post("/redaktion/login/", {'"><script>alert(1)</script>': '"><script>alert(2)</script>'})
    assert answer.status_code == 429
    assert "<script>alert" not in answer.content.decode()


def test_the_cache_holds_no_address(client):
    client.post("/redaktion/login/", {"login": "erika", "password": "falsch"}, REMOTE_ADDR="198.51.100.77")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM forum_cache")
        keys = [key for (key,) in cursor.fetchall()]
    assert keys
    assert not [key for key in keys if "198.51" in key or "erika" in key or "allauth" in key]
    cache.set("a", 1)
    assert (cache.get("a"), cache.get("b")) == (1, None)


def test_limits_can_be_left_to_a_proxy(client, few, settings):
    settings.RATE_LIMITS = False
    for limit in LIMITS:
        few(limit, 0)
    for path in ("/suche/?q=a", "/suche/vorschlaege/?q=abc", "/kontakt/?ort=10115", "/api/v1/events/"):
        assert client.get(path).status_code == 200, path
    assert json.loads(client.get("/api/v1/events/").content)["count"] == 0


def test_an_office_full_of_people_is_let_through(client):
    """300 people behind one address open the news from a mail, and half of them search, within five minutes."""
    for limit, each in ((limits.SEARCH, 1), (limits.SUGGESTIONS, 8), (limits.FINDER, 1)):
        assert limit.most * 5 >= 300 * each
    assert limits.API.most >= 300
