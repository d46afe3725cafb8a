"""What others read of us, read by their own programs: feeds by feedparser, calendars and cards by vobject."""

from datetime import UTC, datetime
from html import unescape

import feedparser
import pytest
import vobject
from icalendar import Calendar

from forum.models import Topic
from tests.factories import make_article, make_event, make_person, make_picture

TITLE = "Größe & <Würde> „heute“ – 1; 2, 3 🙂"
LEAD = "Erste Zeile, mit Komma;\nzweite Zeile & <b>mehr</b> \\ Ende."


@pytest.mark.parametrize("path", ["/aktuelles/feed/", "/aktuelles/feed.rss"])
def test_a_feed_reader_finds_nothing_wrong(client, path):
    topic = Topic.objects.create(name="Kunst & Kultur")
    article = make_article(title=TITLE, lead=LEAD, topics=[topic], published_at=datetime(2024, 2, 3, 4, 5, tzinfo=UTC))
    make_article()
    read = feedparser.parse(client.get(f"{path}?thema={topic.slug}").content, response_headers={})
    assert not read.bozo, read.get("bozo_exception")
    (entry,) = read.entries
    assert unescape(entry.title) == TITLE
    assert entry.published_parsed[:5] == (2024, 2, 3, 4, 5)
    assert entry.link.endswith(article.get_absolute_url())
    assert [tag.term for tag in entry.tags] == ["Kunst & Kultur"]
    assert read.feed.language == "de"


def test_two_readers_of_calendars_understand_the_same(client):
    topics = [Topic.objects.create(name=name) for name in ("Kunst, Kultur", "KI")]
    for number in range(3):
        make_event(
            title=f"{TITLE} {number}", lead=LEAD, topics=topics, starts_at=datetime(2027, 3, 27 + number, 9, tzinfo=UTC)
        )
    content = client.get("/veranstaltungen/kalender.ics").content
    ours = Calendar.from_ical(content).walk("VEVENT")
    theirs = vobject.readOne(content.decode()).vevent_list
    assert len(ours) == len(theirs) == 3
    for one, other in zip(ours, theirs, strict=True):
        assert (str(one["summary"]), str(one["uid"])) == (other.summary.value, other.uid.value)
        assert one["dtstart"].dt == other.dtstart.value
        assert one["dtend"].dt == other.dtend.value
        assert str(one["description"]) == other.description.value


def test_an_address_book_reads_a_card(client):
    person = make_person(
        title="Dr.", given_name="Jörg", name_prefix="von", family_name="Weiß; Groß", position="Leitung, Bezirke",
        organisation="Verein, " * 20, email="weiss@example.org", in_directory=True, districts=["Pankow"],
        portrait=make_picture(),
    )  # fmt: skip
    card = vobject.readOne(client.get(f"{person.get_absolute_url()}kontakt.vcf").content.decode())
    assert card.version.value == "4.0"
    assert card.fn.value == person.name
    assert (card.n.value.family, card.n.value.given, card.n.value.prefix) == ("von Weiß; Groß", "Jörg", "Dr.")
    assert card.email.value == "weiss@example.org"
    assert card.title.value == "Leitung, Bezirke"


def test_the_cards_of_a_district_are_read_one_by_one(client):
    people = [make_person(in_directory=True, districts=["Pankow"]) for _ in range(3)]
    content = client.get("/kontakt/pankow/kontakte.vcf").content.decode()
    assert {card.fn.value for card in vobject.readComponents(content)} == {person.name for person in people}
