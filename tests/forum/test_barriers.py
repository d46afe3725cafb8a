"""The accessibility statement: known barriers as records, and how old it is."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from forum.models import Barrier, Page

STATEMENT = "/barrierefreiheit/"


def make_barrier(**overrides):
    facts = {"what": "PDF ohne Struktur", "where": "Dateien", "since": date(2026, 1, 2), "alternative": "Anrufen"}
    return Barrier.objects.create(**facts | overrides)


def shown(client):
    return client.get(STATEMENT).content.decode()


def test_open_barriers_stand_in_a_table(client):
    make_barrier(planned="Neu schreiben\nbis Mai")
    make_barrier(what="Ohne <Plan>")
    page = shown(client)
    for expected in (
        '<caption id="barrieren-tabelle">', '<th scope="col">Was hilft bis dahin</th>', '<th scope="row">PDF ohne Struktur</th>',
        "<td>Dateien</td>", '<time datetime="2026-01-02">2. Januar 2026</time>', "<td>Anrufen</td>", "Neu schreiben<br>bis Mai",
        "Ohne &lt;Plan&gt;", "Das steht noch nicht fest.",
    ):  # fmt: skip
        assert expected in page, expected
    assert page.index("WCAG") < page.index("PDF ohne Struktur")  # below the text that staff write
    assert "Behoben" not in page
    assert "<table" not in client.get("/impressum/").content.decode()


def test_what_was_fixed_is_told_for_a_year(client):
    today = timezone.localdate()
    make_barrier(what="Gestern behoben", since=date(2020, 1, 1), fixed_on=today - timedelta(days=1))
    make_barrier(what="Vor einem Jahr behoben", since=date(2020, 1, 1), fixed_on=today - timedelta(days=364))
    make_barrier(what="Lange behoben", since=date(2020, 1, 1), fixed_on=today - timedelta(days=365))
    page = shown(client)
    assert "Zurzeit ist uns keine Barriere bekannt." in page
    assert "<table" not in page
    assert page.index("<h3>Behoben</h3>") < page.index("Gestern behoben")
    assert "Vor einem Jahr behoben" in page
    assert "Lange behoben" not in page


def test_the_statement_is_as_old_as_its_latest_change(client):
    def as_of():
        return client.get(STATEMENT).context["barriers"]["as_of"]

    page = Page.objects.get(slug="barrierefreiheit")
    with time_machine.travel(datetime(2030, 3, 1, 12, tzinfo=UTC)):
        page.text += "<p>Neu.</p>"
        page.save()
    with time_machine.travel(datetime(2030, 4, 30, 22, 30, tzinfo=UTC)):  # already May in Berlin
        barrier = make_barrier()
    with time_machine.travel(datetime(2030, 6, 1, 12, tzinfo=UTC)):
        page.expires_at = None
        page.save()  # no change of the text
        assert as_of() == date(2030, 5, 1)
        assert 'Stand dieser Erklärung: <time datetime="2030-05-01">1. Mai 2030</time>' in shown(client)
        barrier.delete()
        assert as_of() == date(2030, 3, 1)
        make_barrier(fixed_on=date(2030, 6, 1))
        assert as_of() == date(2030, 6, 1)


def test_it_says_where_to_report_one(client, settings):
    settings.REPORTS_MAIL = "hilfe@verein.de"
    page = shown(client)
    assert '<h2 id="melden">Barriere melden</h2>' in page
    assert ">hilfe@verein.de</a>" in page
    assert page.count('href="mailto:hilfe@verein.de?subject=Barriere%20auf%20der%20Seite') == 2  # here and at the foot


def test_any_number_of_barriers_costs_one_query_more_than_another_page(client, count_queries):
    for number in range(5):
        make_barrier(what=f"Barriere {number}")
    assert count_queries(STATEMENT) == count_queries("/impressum/") + 1 == 2


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"fixed_on": date(2026, 1, 1)}, "fixed_on"),
        ({"fixed_on": date(2999, 1, 1)}, "fixed_on"),
        ({"since": date(2999, 1, 1)}, "since"),
        ({"alternative": ""}, "alternative"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(facts, field):
    barrier = Barrier(**{"what": "x", "where": "y", "since": date(2026, 1, 2), "alternative": "z"} | facts)
    with pytest.raises(ValidationError) as error:
        barrier.full_clean()
    assert field in error.value.message_dict


def test_the_database_knows_the_order_too():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_barrier(fixed_on=date(2026, 1, 1))
    Barrier(
        what="x", where="y", since=timezone.localdate(), alternative="z", fixed_on=timezone.localdate()
    ).full_clean()


def test_the_desk_tells_open_from_fixed(desk):
    make_barrier(what="Offen")
    make_barrier(what="Behoben", fixed_on=date(2026, 2, 1))
    for state, found in (("offen", ["Offen"]), ("behoben", ["Behoben"]), ("unsinn", ["Behoben", "Offen"])):
        result = desk.get(f"/redaktion/forum/barrier/?stand={state}").context["cl"].result_list
        assert [barrier.what for barrier in result] == found


def test_staff_enter_a_barrier_in_the_desk(desk, client):
    form = {"what": "Karte ohne Namen", "where": "Kontakt", "since": "01.02.2026", "alternative": "Die Liste daneben"}
    answer = desk.post("/redaktion/forum/barrier/add/", form)
    assert answer.status_code == 302, answer.context["errors"]
    assert "Karte ohne Namen" in shown(client)
    wrong = desk.post("/redaktion/forum/barrier/add/", form | {"what": "Bleibt", "fixed_on": "31.01.2026"})
    assert "bevor sie bekannt war" in wrong.content.decode()
    assert "Bleibt" in wrong.content.decode()
