"""The next events for a frame on other sites."""

from datetime import timedelta

import pytest

from events.models import Event, Series
from forum.models import Topic
from tests.factories import make_event, tomorrow, yesterday

PAGE = "/veranstaltungen/einbetten/"


def names(client, query=""):
    page = client.get(PAGE + query)
    assert page.status_code == 200
    return [event.title for event in page.context["events"]]


@pytest.fixture
def events():
    topic = Topic.objects.create(name="Wirkung")
    for number in range(22):
        make_event(title=f"Termin {number:02}", starts_at=tomorrow() + timedelta(days=number), format="online")
    make_event(title="Wirkung", topics=[topic], series=Series.objects.create(title="Forum"))
    make_event(title="Vorbei", topics=[topic], starts_at=yesterday())
    make_event(title="Entwurf", topics=[topic], published_at=None)


def test_the_next_ones_as_many_as_wanted(client, events):
    assert len(names(client)) == 5
    assert len(names(client, "?anzahl=20&format=online")) == 20
    assert names(client, "?thema=wirkung") == names(client, "?reihe=forum") == ["Wirkung"]


def test_it_may_be_framed_and_kept_and_no_other_page_may(client, events):
    answer = client.get(PAGE)
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"] == "public, max-age=300"
    assert client.get(PAGE, headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert not answer.cookies
    for path in ("/", "/veranstaltungen/", "/folgen/", "/api/", "/kontakt/", "/redaktion/login/", "/gibt-es-nicht/"):
        other = client.get(path)
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"], path
        assert other["X-Frame-Options"] == "DENY", path


def test_links_leave_the_frame_and_engines_look_at_the_list(client, events, settings):
    settings.SITE_URL = "https://portal.example"
    page = client.get(f"{PAGE}?thema=wirkung").content.decode()
    assert page.count("<a ") == page.count('target="_top"') == 2
    assert '<a href="https://portal.example/veranstaltungen/wirkung/" target="_top">' in page
    assert '<link rel="canonical" href="https://portal.example/veranstaltungen/?thema=wirkung">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert "<script" not in page


@pytest.mark.parametrize(
    "query", ["thema=x", "thema=%00", "format=x", "anzahl=0", "anzahl=21", "anzahl=²", "anzahl=-1", "farben=bunt"]
)
def test_wrong_values_are_named_inside_the_frame(client, query):
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 400
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert 'class="notice"' in answer.content.decode()


def test_it_says_what_is_off(client):
    make_event(title="Treffen", status=Event.Status.CANCELLED, status_reason="Der Saal ist weg.")
    assert "Abgesagt." in client.get(PAGE).content.decode()


def test_no_event_can_take_its_address(client):
    assert make_event(title="Einbetten").slug != "einbetten"


def test_it_costs_the_same_for_one_and_twenty(count_queries):
    make_event()
    before = count_queries(f"{PAGE}?anzahl=20")
    for _ in range(19):
        make_event(topics=[Topic.objects.get_or_create(name="Wirkung")[0]])
    assert count_queries(f"{PAGE}?anzahl=20") == before
