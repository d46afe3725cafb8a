"""Preview images: drawn when something is saved, replaced and removed with it, and never in anybody's way."""

import io
import resource
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from PIL import Image

from events.models import Event, Venue
from forum.dates import midnight, moment
from forum.social import LEFT, RIGHT, SIZE, TITLE_SIZES, Preview, draw_preview, encoded, font_of, set_title, width
from news.models import Article
from tests.factories import make_article, make_event

SOURCE = "Paritätisch Nachhaltig: Zukunftsfähige Lösungen für die Soziale Arbeit"
LONG = (
    "Wie Organisationen der Sozialen Arbeit in allen zwölf Bezirken gemeinsam lernen, was Wirkung bedeutet, wie man "
    "sie ohne großen Aufwand misst und warum Zahlen allein dabei nicht genügen können"
)
WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesänderungsverord"
NOON = moment(date(2023, 6, 14), time(12))


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What runs when a transaction is certain runs at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def stored(thing):
    return Path(default_storage.path(thing.social_image.name))


@pytest.mark.parametrize("make", [make_article, make_event])
def test_everything_saved_has_an_image(make, client):
    response = client.get(make(title=SOURCE).social_image.url)
    assert response["Content-Type"] == "image/png"
    content = b"".join(response.streaming_content)
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(content) <= 60_000


def test_a_draft_has_one_too():
    assert stored(make_article(published_at=None)).exists()


def test_a_new_title_and_a_new_date_replace_it(committed):
    article = make_article(title="Erster Titel", published_at=datetime(2023, 7, 10, 12, tzinfo=UTC))
    for change in ({"title": "Zweiter Titel"}, {"published_at": datetime(2023, 7, 11, 12, tzinfo=UTC)}):
        before = stored(article)
        with committed():
            for name, value in change.items():
                setattr(article, name, value)
            article.save()
        article.refresh_from_db()
        assert stored(article) != before
        assert stored(article).exists()
        assert not before.exists()


def test_saving_one_field_saves_the_image_with_it():
    article = make_article()
    before = article.social_image.name
    article.title = "Ein anderer Titel"
    article.save(update_fields=["title"])
    article.refresh_from_db()
    assert article.social_image.name != before


def test_nothing_is_drawn_when_nothing_changed():
    article = make_article()
    stored(article).unlink()
    article.lead = "Ein anderer Satz."
    article.save()
    assert not stored(article).exists()


def test_deleting_removes_it(committed):
    event = make_event()
    file = stored(event)
    with committed():
        Event.objects.filter(pk=event.pk).delete()
    assert not file.exists()


def test_two_that_say_the_same_share_it(committed):
    at = datetime(2023, 7, 10, 12, tzinfo=UTC)
    one, other = (make_article(title="Gleicher Titel", published_at=at) for _ in range(2))
    assert one.social_image.name == other.social_image.name
    with committed():
        one.delete()
    file = stored(other)
    assert file.exists()
    with committed():
        other.delete()
    assert not file.exists()


def test_a_venue_with_a_new_name_is_drawn_anew(committed):
    venue = Venue.objects.create(name="Altes Haus")
    event, online = make_event(venue=venue), make_event(venue=venue, format=Event.Format.ONLINE)
    before = stored(event)
    with committed():
        venue.name = "Neues Haus"
        venue.save()
    new = Event.objects.get(pk=event.pk)
    assert new.preview().place == "Neues Haus"
    assert stored(new).exists()
    assert not before.exists()
    assert Event.objects.get(pk=online.pk).social_image.name == online.social_image.name


def test_other_facts_of_a_venue_draw_nothing():
    venue = Venue.objects.create(name="Ein Haus")
    stored(make_event(venue=venue)).unlink()
    venue.lift = True
    venue.save()
    assert not stored(Event.objects.get()).exists()


def test_a_storage_that_fails_stops_nobody(settings, tmp_path, committed, caplog):
    article = make_article()
    (tmp_path / "voll").touch()
    settings.MEDIA_ROOT = tmp_path / "voll"  # no folder can be made below a file
    with committed():
        article.title = "Trotzdem gespeichert"
        article.save()
    article.refresh_from_db()
    assert article.title == "Trotzdem gespeichert"
    assert not article.social_image
    assert "No preview image for news.Article" in caplog.text
    settings.MEDIA_ROOT = tmp_path
    article.save()
    assert stored(article).exists(), "the next save makes up for it"


def test_half_an_image_is_never_kept(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (8_000, limits[1])
    )  # bytes of a file: writing breaks off as on a full disk
    try:
        article = make_article(title=SOURCE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not article.social_image
    article.save()
    with Image.open(stored(article)) as image:
        image.load()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ("Veranstaltung", "Mittwoch, 14. Juni 2023", "")),
        ({"status": "cancelled"}, ("Veranstaltung abgesagt", "Mittwoch, 14. Juni 2023", "")),
        (
            {"status": "postponed", "previous_starts_at": moment(date(2023, 5, 3), time(9))},
            ("Veranstaltung verschoben", "Mittwoch, 14. Juni 2023", ""),
        ),
        ({"status": "postponed"}, ("Veranstaltung verschoben", "Termin noch offen", "")),
        ({"ends_at": moment(date(2023, 6, 16), time(12))}, ("Veranstaltung", "14. bis 16. Juni 2023", "")),
        (
            {"starts_at": midnight(date(2023, 12, 30)), "ends_at": midnight(date(2024, 1, 3)), "all_day": True},
            ("Veranstaltung", "30. Dezember 2023 bis 2. Januar 2024", ""),
        ),
        ({"starts_at": None, "published_at": None}, ("Veranstaltung", "", "")),
        ({"venue": "Haus der Parität"}, ("Veranstaltung", "Mittwoch, 14. Juni 2023", "Haus der Parität")),
        ({"venue": "Haus", "format": "online"}, ("Veranstaltung", "Mittwoch, 14. Juni 2023", "Online")),
        ({"venue": "Haus", "format": "hybrid"}, ("Veranstaltung", "Mittwoch, 14. Juni 2023", "Haus und online")),
        ({"format": "hybrid"}, ("Veranstaltung", "Mittwoch, 14. Juni 2023", "Vor Ort und online")),
    ],
)
def test_what_the_image_of_an_event_says(facts, expected):
    facts = {"starts_at": NOON} | facts
    if "venue" in facts:
        facts["venue"] = Venue.objects.create(name=facts["venue"])
    shown = make_event(title="Teilhabe", **facts).preview()
    assert shown == Preview(expected[0], "Teilhabe", expected[1], expected[2])


def test_what_the_image_of_an_article_says():
    late = datetime(2023, 7, 10, 22, 30, tzinfo=UTC)  # already the next day in Berlin
    assert make_article(title="KI", published_at=late).preview() == Preview("Aktuelles", "KI", "11. Juli 2023")
    assert make_article(title="KI", published_at=None).preview() == Preview("Aktuelles", "KI")


@pytest.mark.parametrize(
    "title", ["KI", "Teilhabe digital denken", SOURCE, LONG, WORD, "Öffentliche Übung: Größe", "Łódź und İzmir"]
)
def test_titles_are_set_in_full(title):
    size, lines = set_title(title, 300)
    assert 1 <= len(lines) <= 4
    assert max(map(width, lines)) * size <= RIGHT - LEFT
    if title == WORD:
        assert "".join(line.removesuffix("-") for line in lines) == WORD
    else:
        assert " ".join(lines) == title


def test_a_short_title_is_as_large_as_can_be():
    assert set_title("KI", 300) == (TITLE_SIZES[0], ["KI"])
    assert set_title(LONG, 300)[0] < set_title(SOURCE, 300)[0] < TITLE_SIZES[0]


def test_lines_are_of_similar_length():
    _, lines = set_title(SOURCE, 300)
    assert lines == ["Paritätisch Nachhaltig:", "Zukunftsfähige Lösungen", "für die Soziale Arbeit"]
    assert set_title("Sommerfest der Berliner Mitgliedsorganisationen", 300)[1] == [
        "Sommerfest der Berliner",
        "Mitgliedsorganisationen",
    ]

    even = ["Neue Förderung für", "Vereine in Pankow", "und Mitte ab März"]
    assert set_title(" ".join(even), 300)[1] == even


def test_no_line_begins_with_a_dash():
    assert set_title("Pflege neu denken – gemeinsam mit Angehörigen", 300)[1] == [
        "Pflege neu denken –",
        "gemeinsam mit",
        "Angehörigen",
    ]


@pytest.mark.parametrize("title", ["W" * 200, "MMMMMMMMMM " * 18])
def test_only_what_fits_nowhere_is_cut(title):
    size, lines = set_title(title.strip(), 300)
    assert size == TITLE_SIZES[-1]
    assert len(lines) == 4
    assert lines[-1].endswith("…")


def test_whatever_is_typed_can_be_drawn():
    for title in ("☺", "Привет", "Sommer ☀ Fest", "a\u0308ndern", "x" * 200, "– – –", "A/B-Test"):
        assert draw_preview(Preview("Aktuelles", title, place="Ein Haus mit sehr langem Namen " * 4)).size == SIZE


def test_each_letter_comes_from_the_file_that_has_it():
    assert {font_of(letter) for letter in "AzÄöüß„“–…€0@"} == {"atkinson-german.woff2"}
    assert {font_of(letter) for letter in "çñØœ"} == {"atkinson-latin.woff2"}
    assert {font_of(letter) for letter in "ẞŁčşğ"} == {"atkinson-latin-ext.woff2"}
    assert font_of("☺") is None
    with_stroke, without = (encoded(draw_preview(Preview("Aktuelles", title))) for title in ("Łódź", "ódź"))
    assert with_stroke != without


def address(thing):
    request = RequestFactory().get("/")
    template = Template("{% social_image thing as address %}{{ address }}")
    return template.render(Context({"request": request, "thing": thing}))


def test_the_address_is_absolute():
    article = make_article()
    assert address(article) == f"http://testserver{article.social_image.url}"


def test_whatever_has_no_image_shows_the_general_one():
    Article.objects.bulk_create([Article(title="Viele", slug="viele")])
    general = "http://testserver/static/img/social.png"
    assert address(Article.objects.get()) == address(None) == general


def test_a_link_is_described():
    page = render_to_string(
        "components/social.html",
        {
            "title": "Tee & Kekse",
            "description": "Wir laden ein.",
            "url": "https://portal.example.org/aktuelles/tee/",
            "image_url": "https://portal.example.org/medien/vorschau/tee.png",
            "type": "article",
        },
    )
    for name, content in {
        "og:title": "Tee &amp; Kekse",
        "og:description": "Wir laden ein.",
        "og:type": "article",
        "og:url": "https://portal.example.org/aktuelles/tee/",
        "og:image": "https://portal.example.org/medien/vorschau/tee.png",
        "og:image:width": str(SIZE[0]),
        "og:image:height": str(SIZE[1]),
        "og:image:alt": "Tee &amp; Kekse",
        "og:site_name": "Innovationsforum",
        "og:locale": "de_DE",
    }.items():
        assert f'<meta property="{name}" content="{content}">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
