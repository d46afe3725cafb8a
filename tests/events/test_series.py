"""The page of a series."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from events.models import Series
from tests.factories import make_article, make_event, make_picture, tomorrow, yesterday


@pytest.fixture
def series():
    return Series.objects.create(title="Fachgespräch Köpenick", text="<p>Worum es geht.</p>")


def make_past(series, days=1, **facts):
    start = timezone.now() - timedelta(days=days)
    return make_event(series=series, starts_at=start, ends_at=start + timedelta(minutes=1), **facts)


def test_next_dates_come_first_and_past_ones_with_their_look_backs(client, series):
    later = make_event(series=series, title="Später", starts_at=tomorrow() + timedelta(days=3))
    soon = make_event(series=series, title="Bald")
    old, older = make_past(series, 2, title="Neulich"), make_past(series, 9, title="Damals")
    look_back = make_article(event=old, title="So war es")
    make_article(event=old, title="Noch geheim", published_at=tomorrow())
    make_event(series=series, title="Entwurf", published_at=None)
    make_event(title="Andere Reihe", series=Series.objects.create(title="Andere"))
    address = series.get_absolute_url()
    assert address == "/veranstaltungen/reihe/fachgespraech-koepenick/"
    answer = client.get(address)
    page = answer.content.decode()
    assert "<p>Worum es geht.</p>" in page
    assert list(answer.context["upcoming"]) == [soon, later]
    assert list(answer.context["page_obj"]) == [old, older]
    assert f'Rückblick: <a href="{look_back.get_absolute_url()}">So war es</a>' in page
    for hidden in ("Noch geheim", "Entwurf", "Andere Reihe"):
        assert hidden not in page


def test_events_and_their_list_lead_to_the_series(client, series):
    event = make_event(series=series)
    link = f'<a href="{series.get_absolute_url()}">'
    assert f"{link}Reihe „Fachgespräch Köpenick“</a>" in client.get(event.get_absolute_url()).content.decode()
    assert f"{link}Fachgespräch Köpenick</a>" in client.get("/veranstaltungen/").content.decode()


def test_a_series_is_public_as_long_as_one_of_its_events_is(client, desk, series):
    address = series.get_absolute_url()
    event = make_event(series=series, published_at=tomorrow())
    assert client.get(address).status_code == 404
    assert series.title not in client.get("/veranstaltungen/").content.decode()
    shown = desk.get(address)
    assert "sobald eine Veranstaltung der Reihe öffentlich ist" in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    event.published_at = yesterday()
    event.save()
    assert client.get(address).status_code == 200


def test_without_a_new_date_it_says_so(client, series):
    make_past(series)
    assert "Ein neuer Termin steht noch nicht fest." in client.get(series.get_absolute_url()).content.decode()


def test_a_long_past_comes_in_pages(client, series):
    soon = make_event(series=series, title="Bald")
    for day in range(1, 23):
        make_past(series, day)
    first = client.get(series.get_absolute_url())
    second = client.get(series.get_absolute_url(), {"seite": "2"})
    assert (len(first.context["page_obj"]), len(second.context["page_obj"])) == (20, 2)
    assert soon.title in first.content.decode()
    assert soon.title not in second.content.decode()
    assert '<ol class="rows" start="21">' in second.content.decode()


@pytest.mark.parametrize("number", ["0", "3", "abc", "-1", "9" * 5000, "\x00", ""])
def test_pages_that_are_not_there_are_not_found(client, series, number):
    make_past(series)
    assert client.get(series.get_absolute_url(), {"seite": number}).status_code == 404


def test_a_changed_address_leads_on(client, series):
    make_event(series=series)
    old = series.get_absolute_url()
    series.slug = "neu"
    series.save()
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, "/veranstaltungen/reihe/neu/")


def test_no_event_may_take_its_place(desk):
    assert make_event(title="Reihe").slug == "reihe-2"
    Series.objects.create(title="Leicht")
    assert desk.get("/veranstaltungen/reihe/leicht/").context["series"].title == "Leicht"
    form = {"title": "Ö!", "text": ""}
    assert desk.post("/redaktion/events/series/add/", form).status_code == 302
    assert Series.objects.get(title="Ö!").slug == "oe"


def test_it_costs_the_same_for_one_event_and_many(series, count_queries):
    picture = make_picture()

    def more():
        make_event(series=series, topics=["Wirkung", "Teilhabe"], picture=picture)
        make_article(event=make_past(series, topics=["Wirkung"], picture=picture))

    more()
    page, listed = count_queries(series.get_absolute_url()), count_queries("/veranstaltungen/")
    for _ in range(5):
        more()
    make_event(series=Series.objects.create(title="Zweite"))
    assert count_queries(series.get_absolute_url()) == page
    assert count_queries("/veranstaltungen/") == listed


def test_series_from_before_get_addresses():
    for title in ("Über uns", "Ueber uns", "★"):
        Series.objects.create(title=title, slug=f"alt-{Series.objects.count()}")
    import_module("events.migrations.0006_series_page").give_addresses(apps, None)
    assert list(Series.objects.order_by("pk").values_list("slug", flat=True)) == ["ueber-uns", "ueber-uns-2", "reihe"]
