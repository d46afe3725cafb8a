from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import District
from events.models import Event, Series, Venue
from tests.factories import make_article, make_event, make_person, make_picture, tomorrow, yesterday


@pytest.fixture
def titles(client):
    def titles(address):
        page = client.get(address)
        return [event.title for event in page.context["events"]]

    return titles


def test_upcoming_and_past(client, titles):
    now = timezone.now()
    make_event(title="Läuft", starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    make_event(title="Kommt", starts_at=tomorrow())
    make_event(title="War", starts_at=yesterday())
    make_event(title="Entwurf", published_at=None)
    make_event(title="Geplant", published_at=tomorrow())
    assert titles("/veranstaltungen/") == ["Läuft", "Kommt"]
    assert titles("/veranstaltungen/?zeitraum=vergangen") == ["War"]
    assert "Läuft gerade." in client.get("/veranstaltungen/").content.decode()


def test_filters_work_together(client, titles):
    make_event(title="Beides", topics=["Wirkung"], format=Event.Format.ONLINE)
    make_event(title="Nur Thema", topics=["Wirkung"])
    make_event(title="Nur Format", format=Event.Format.ONLINE, topics=["Pflege"])
    make_event(title="Beides, aber vorbei", topics=["Wirkung"], format=Event.Format.ONLINE, starts_at=yesterday())
    assert titles("/veranstaltungen/?thema=wirkung&format=online") == ["Beides"]
    assert titles("/veranstaltungen/?thema=wirkung&format=online&zeitraum=vergangen") == ["Beides, aber vorbei"]
    page = client.get("/veranstaltungen/?thema=wirkung&format=online").content.decode()
    assert "Thema: Wirkung" in page
    assert 'href="/veranstaltungen/?format=online"' in page  # takes the topic away
    assert 'href="/veranstaltungen/?thema=wirkung"' in page  # takes the format away


def test_wrong_values_are_said_and_ignored(client, titles):
    make_event(title="Da")
    for query in (
        "thema=x",
        "format=teleport",
        "zeitraum=morgen",
        "thema=%00",
        "thema=" + "x" * 5000,
        "format[]=1&thema=",
    ):
        assert titles(f"/veranstaltungen/?{query}") == ["Da"], query
    page = client.get("/veranstaltungen/?format=teleport").content.decode()
    assert '<p class="notice" role="alert">Das Format „teleport“ gibt es hier nicht.' in page


def test_topics_of_drafts_are_no_choice(client):
    make_event(topics=["Geheimes Thema"], published_at=None)
    assert "Geheimes Thema" not in client.get("/veranstaltungen/").content.decode()


def test_pages_of_twenty(client, titles):
    for hour in range(21):
        make_event(title=f"Nr. {hour}", starts_at=tomorrow() + timedelta(hours=hour))
    assert len(titles("/veranstaltungen/")) == 20
    assert titles("/veranstaltungen/?seite=2&format=on-site") == ["Nr. 20"]
    page = client.get("/veranstaltungen/?seite=2&format=on-site").content.decode()
    assert 'href="/veranstaltungen/?seite=1&amp;format=on-site"' in page
    for number in ("3", "0", "-1", "abc", "1e9"):
        assert client.get(f"/veranstaltungen/?seite={number}").status_code == 404


def test_the_list_costs_the_same_for_one_and_thirty(count_queries):
    venue = Venue.objects.create(name="Haus")
    make_event(topics=["Wirkung"], venue=venue, picture=make_picture())
    for address in ("/veranstaltungen/", "/"):
        few = count_queries(address)
        for _ in range(15):
            make_event(topics=["Wirkung", "Pflege"], venue=venue, picture=make_picture())
        assert count_queries(address) == few
    assert count_queries("/veranstaltungen/") <= 6


def test_friendly_when_empty(client):
    assert "zurzeit nichts geplant" in client.get("/veranstaltungen/").content.decode()
    assert "keine vergangenen" in client.get("/veranstaltungen/?zeitraum=vergangen").content.decode()
    assert "Zurzeit ist keine Veranstaltung geplant." in client.get("/").content.decode()


def test_everything_a_reader_wants_to_know(client):
    venue = Venue.objects.create(
        name="Haus der Parität",
        street="Musterstraße 1",
        postcode="10115",
        district=District.objects.get(name="Mitte"),
        route="U-Bahn vor der Tür",
        step_free=True,
        lift=False,
        way_in="Klingel links.",
    )
    event = make_event(
        title="Alles dabei",
        subtitle="Untertitel",
        series=Series.objects.create(title="Innovationsforum"),
        venue=venue,
        format=Event.Format.HYBRID,
        online_url="https://example.org/raum",
        audience="Alle",
        cost="kostenfrei",
        organisers="Verband",
        sign_language=True,
        live_captions=False,
        spoken_language="Deutsch und Englisch",
        access_note="Assistenz anmelden",
        topics=["Wirkung"],
        contacts=[make_person(family_name="Kontakt")],
        picture=make_picture(caption="Bildunterschrift"),
        text="<p>Der Text.</p>",
    )
    page = client.get(event.get_absolute_url()).content.decode()
    for expected in (
        "Alles dabei", "Untertitel", "Innovationsforum", "Haus der Parität", "Musterstraße 1, 10115 Berlin", "U-Bahn",
        ">stufenlos erreichbar<", "nicht vorhanden: Aufzug", "Klingel links.", "vor Ort und online", "https://example.org/raum",
        "kostenfrei", "Verband", ">Gebärdensprache (DGS)<", "nicht vorhanden: Schriftdolmetschen", "Deutsch und Englisch",
        "Assistenz anmelden", "Wirkung", "Kontakt", "Bildunterschrift", "<p>Der Text.</p>", "/kontakt/mitte/",
    ):  # fmt: skip
        assert expected in page
    assert "Induktionsschleife" not in page  # unknown is not said


def test_the_online_room_closes_with_the_event(client):
    event = make_event(format=Event.Format.ONLINE, online_url="https://example.org/raum", starts_at=yesterday())
    assert "example.org/raum" not in client.get(event.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("status", "says"), [("cancelled", "Abgesagt."), ("postponed", "Verschoben.")])
def test_cancelled_and_postponed_are_said_everywhere(client, status, says):
    event = make_event(status=status, status_reason="Sturmwarnung")
    for address in ("/veranstaltungen/", event.get_absolute_url()):
        page = client.get(address).content.decode()
        assert says in page
        assert "Sturmwarnung" in page


def test_the_look_back_is_found_from_the_event(client):
    event = make_event()
    make_article(title="Rückblick lesen", event=event)
    make_article(title="Geheimer Rückblick", event=event, published_at=tomorrow())
    page = client.get(event.get_absolute_url()).content.decode()
    assert "Rückblick lesen" in page
    assert "Geheimer" not in page


def test_a_title_that_is_one_long_word(client):
    event = make_event(title="Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3)
    assert client.get(event.get_absolute_url()).status_code == 200


def test_home_announces_what_takes_place(client):
    make_event(title="Fällt aus", status="cancelled", starts_at=tomorrow())
    make_event(title="Ohne Termin", status="postponed", starts_at=tomorrow())
    assert "Zurzeit ist keine Veranstaltung geplant." in client.get("/").content.decode()
    make_event(title="Neuer Termin", status="postponed", previous_starts_at=yesterday(), starts_at=tomorrow())
    page = client.get("/").content.decode()
    assert "Neuer Termin" in page
    assert "Fällt aus" not in page
    assert "Ohne Termin" not in page
