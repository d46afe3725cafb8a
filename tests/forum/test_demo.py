"""Demo content: every fact of the source page, found where a reader would look for it."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from contacts.models import ContactCorrection, Person
from events.models import Event, Participation, ProgrammeItem, Series
from forum.management.demo import forum2023
from forum.models import Attachment, Barrier, Page, Picture
from forum.publishing import State
from news.models import Article

ARTICLE = "/aktuelles/paritaetisch-nachhaltig-zukunftsfaehige-loesungen-fuer-die-soziale-arbeit/"
EVENT = "/veranstaltungen/paritaetisch-nachhaltig/"
KEYNOTE = EVENT + "soziale-nachhaltigkeit-gestalten/"
DIALOGUE = EVENT + "nachhaltigkeitsdialog/"
IMPACT = EVENT + "weil-soziale-arbeit-wirkt/"
FUTURE = EVENT + "zukunft-gestalten/"

TITLE = "Paritätisch Nachhaltig: Zukunftsfähige Lösungen für die Soziale Arbeit"
KEYNOTE_TITLE = "Soziale Nachhaltigkeit gestalten: Visionen und Strategien für soziale Organisationen"
DIALOGUE_TITLE = (
    "Nachhaltigkeitsdialog: Relevante Herausforderungen und inspirierende Beispiele in sozialen Organisationen"
)
IMPACT_TITLE = "Weil Soziale Arbeit wirkt: Nachhaltigkeit trotz Projektitis"
FUTURE_TITLE = "Zukunft gestalten: Künstliche Intelligenz und innovative Praxisbeispiele in sozialen Organisationen"
GRUNDIG = "Steve Grundig, Coach und Berater für CSR-, Werte- und Nachhaltigkeitsmanagement, plant values GbR"
OPEL = "Lisa Opel, Coachin und Dozentin für Wirkungsorientierung"
GOELLNER = "Stefan Göllner, Innovation Manager bei KI-Campus (Stifterverband)"
WINNIG = "Lea Winnig, Innovation und Nachhaltigkeit, Paritätischer LV Berlin e.V."
GOEBEL = "Anika Göbel, Wirkung, Paritätischer LV Berlin e.V."
HAUSSNER = "Anika Haußner, New Work, Paritätischer LV Berlin e.V."


def on_own_page(*credits_and_parts):
    """People as the page of an item shows them: name and credit in two lines, then the part."""
    named, parts = credits_and_parts[::2], credits_and_parts[1::2]
    return " ".join(f"{credit.replace(', ', ' ', 1)} {part}" for credit, part in zip(named, parts, strict=True))


# (page, what a reader must find there), in the words of the page without its markup
FACTS = [
    # the article: kind, tag, dates, picture
    (ARTICLE, TITLE),
    (ARTICLE, "Art Meldungen"),
    (ARTICLE, "Schlagworte Aus dem Verband"),
    (ARTICLE, "Veröffentlichungsdatum 10.07.2023"),
    (ARTICLE, "14.06.2023"),
    (ARTICLE, "Workshop beim Innovationsforum"),
    (ARTICLE, "© Boaz Arad / Paritätischer Berlin"),
    (ARTICLE, "17 Zielen"),
    (ARTICLE, "2019"),
    (ARTICLE, "Paritätischen Akademie"),
    (ARTICLE, "Innovationsforum – Gestern, heute, morgen: Gemeinsam die soziale Arbeit prägen"),
    # the article joins the event: programme and people
    (ARTICLE, "Paritätisch Nachhaltig Mittwoch, 14. Juni 2023"),
    *[(ARTICLE, title) for title in (KEYNOTE_TITLE, DIALOGUE_TITLE, IMPACT_TITLE, FUTURE_TITLE)],
    *[(ARTICLE, credit) for credit in (GRUNDIG, OPEL, GOELLNER, WINNIG, GOEBEL, HAUSSNER)],
    # the article's contact box
    (ARTICLE, "Anika Haußner Bezirksbeauftragte Bezirke Pankow, Reinickendorf Freiwilliges Engagement Innovation"),
    (
        ARTICLE,
        "Anika Göbel Referentin der Leitung, Bezirksbeauftragte Bezirke Mitte, Steglitz-Zehlendorf Stadtteilarbeit Wirkung",
    ),
    (ARTICLE, "Lea Winnig Bezirksbeauftragte Bezirke Charlottenburg-Wilmersdorf, Neukölln Innovation"),
    *[(ARTICLE, f"Telefon 030 86 001-{number}") for number in (615, 617, 618)],
    *[(ARTICLE, f"E-Mail {name}@paritaet-berlin.de") for name in ("haussner", "goebel", "winnig")],
    # the event
    (EVENT, "Paritätisch Nachhaltig"),
    (EVENT, "Innovationsforum"),
    (EVENT, "Wann Mittwoch, 14. Juni 2023"),
    (EVENT, f"Rückblick Meldungen 10.07.2023 auch in Leichter Sprache {TITLE}"),
    (EVENT, "Paritätische Mitgliedsorganisationen"),
    *[(EVENT, f"Impulsvortrag {KEYNOTE_TITLE}")],
    *[(EVENT, f"Workshop {title}") for title in (DIALOGUE_TITLE, IMPACT_TITLE, FUTURE_TITLE)],
    # keynote and workshops, each with its people in the printed order
    (KEYNOTE, on_own_page(GRUNDIG, "Referat")),
    (KEYNOTE, "17 Ziele"),
    (DIALOGUE, on_own_page(GRUNDIG, "Referat", WINNIG, "Begleitung")),
    (DIALOGUE, "Tauschmärkte"),
    (IMPACT, on_own_page(OPEL, "Referat", GOEBEL, "Begleitung")),
    (IMPACT, "Design Thinking"),
    (FUTURE, on_own_page(GOELLNER, "Referat", HAUSSNER, "Begleitung")),
    (FUTURE, "Bundesministerium für Bildung und Forschung (BMBF)"),
    # the people
    ("/personen/anika-haussner/", "Bezirke Pankow, Reinickendorf Themen Freiwilliges Engagement Innovation"),
    ("/personen/anika-haussner/", FUTURE_TITLE),
    ("/personen/anika-haussner/", TITLE),
    ("/personen/anika-goebel/", "Referentin der Leitung, Bezirksbeauftragte, Paritätischer LV Berlin e.V."),
    ("/personen/anika-goebel/", "Bezirke Mitte, Steglitz-Zehlendorf Themen Stadtteilarbeit Wirkung"),
    ("/personen/anika-goebel/", IMPACT_TITLE),
    ("/personen/lea-winnig/", "Bezirke Charlottenburg-Wilmersdorf, Neukölln"),
    ("/personen/lea-winnig/", DIALOGUE_TITLE),
    ("/personen/steve-grundig/", KEYNOTE_TITLE),
    ("/personen/steve-grundig/", DIALOGUE_TITLE),
    ("/personen/steve-grundig/", "plant values GbR"),
    ("/personen/lisa-opel/", "Coachin und Dozentin für Wirkungsorientierung"),
    ("/personen/stefan-goellner/", "Innovation Manager, KI-Campus (Stifterverband)"),
    # the directory and the districts
    *[("/kontakt/", name) for name in ("Anika Haußner", "Anika Göbel", "Lea Winnig")],
    ("/kontakt/pankow/", "Anika Haußner"),
    ("/kontakt/reinickendorf/", "Anika Haußner"),
    ("/kontakt/mitte/", "Anika Göbel"),
    ("/kontakt/steglitz-zehlendorf/", "Anika Göbel"),
    ("/kontakt/charlottenburg-wilmersdorf/", "Lea Winnig"),
    ("/kontakt/neukoelln/", "Lea Winnig"),
    # the lists
    ("/aktuelles/", TITLE),
    ("/aktuelles/?art=meldungen&thema=aus-dem-verband&jahr=2023", TITLE),
    ("/veranstaltungen/?zeitraum=vergangen", "Paritätisch Nachhaltig"),
    ("/ueber-uns/", "2019"),
    ("/ueber-uns/", "Paritätischen Akademie"),
]


def words(page):
    """What a reader sees, in one line."""
    page = re.sub(r"(?s)<head>.*?</head>|<!--.*?-->|<div class=\"portrait[^>]*>\w+</div>", "", page)
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return re.sub(r"\s+", " ", text).replace(" ,", ",").replace("( ", "(")


IMPRINT = "<p>Der richtige Verband e. V.</p>"


@pytest.fixture(scope="module")
def demo(once):
    """The demo content, loaded where staff had already written the imprint."""
    Page.objects.filter(slug="impressum").update(text=IMPRINT)
    call_command("demo", verbosity=0)


def test_every_fact_is_where_a_reader_would_look(demo, client):
    pages = {}
    missing = []
    for address, fact in FACTS:
        if address not in pages:
            response = client.get(address)
            assert response.status_code == 200, address
            pages[address] = words(response.content.decode())
        if fact not in pages[address]:
            missing.append((address, fact))
    assert missing == []
    assert len(FACTS) >= 75


def test_links_dial_and_write(demo, client):
    page = client.get(ARTICLE).content.decode()
    for number in (615, 617, 618):
        assert f'href="tel:+493086001{number}"' in page
    assert 'href="mailto:winnig@paritaet-berlin.de"' in page
    assert "[at]" not in page


def test_one_human_is_one_record(demo):
    assert (
        Person.objects.filter(family_name__in=["Haußner", "Göbel", "Winnig", "Grundig", "Opel", "Göllner"]).count() == 6
    )
    both = Person.objects.annotate(items=Count("participations")).get(family_name="Grundig")
    assert both.items == 2


def test_nothing_unknown_was_invented(demo):
    event = Event.objects.get(slug="paritaetisch-nachhaltig")
    assert event.all_day
    assert event.venue is None
    assert not event.programme.filter(starts_at__isnull=False).exists()


def test_six_districts_have_somebody_six_say_who_helps(demo, client):
    assert client.get("/kontakt/").content.decode().count("zurzeit nicht besetzt</span>") == 6
    page = words(client.get("/kontakt/spandau/").content.decode())
    assert "Zurzeit nicht besetzt" in page
    assert "030 86 001-61" in page


def test_every_state_can_be_seen(demo):
    assert {article.state for article in Article.objects.all()} == set(State)
    assert {event.status for event in Event.objects.all()} == set(Event.Status.values)
    upcoming = Event.objects.published().upcoming()
    assert upcoming.filter(format=Event.Format.HYBRID).exists()
    assert any(event.is_running for event in upcoming)
    assert Article.objects.published().filter(picture=None).exists()
    assert any(len(event.title) > 100 for event in upcoming)
    assert [row.attachment.kind for event in upcoming for row in event.attachment_rows.all()] == ["OpenDocument-Text"]
    assert {item.kind for item in ProgrammeItem.objects.all()} >= {"keynote", "workshop", "break", "plenary"}
    for thing in [*Article.objects.all(), *Event.objects.all()]:
        assert default_storage.exists(thing.social_image.name), thing


def test_there_is_work_to_be_saved(demo, desk):
    assert Series.objects.get().events.published().count() == 2
    correction = ContactCorrection.objects.waiting().get()
    page = desk.get(f"/redaktion/contacts/contactcorrection/{correction.pk}/change/")
    assert page.context["may_decide"]
    assert page.context["rows"]


def test_leichte_sprache_is_there_and_once_behind(demo, client):
    for things, outdated in ((Article.objects, 0), (Event.objects, 1), (Page.objects, 0)):
        assert things.published().in_easy_state("vorhanden").count() == 1
        assert things.in_easy_state("veraltet").count() == outdated
    for thing in [*Article.objects.exclude(easy_text=""), *Event.objects.exclude(easy_text="")]:
        assert client.get(thing.get_easy_url()).status_code == 200
    assert "Bezirks-Beauftragten" in client.get("/leichte-sprache/leicht/").content.decode()
    assert (Barrier.objects.open().count(), Barrier.objects.fixed().count()) == (2, 1)


def test_short_words_find_what_they_stand_for(demo, client):
    page = client.get("/suche/", {"q": "KI", "bereich": "themen"}).content.decode()
    assert "<mark>Künstliche</mark> <mark>Intelligenz</mark>" in page


def test_examples_are_marked(demo):
    real = {forum2023.ARTICLE["slug"], forum2023.RELATED_ARTICLE["slug"], forum2023.EVENT["slug"]}
    for thing in [*Article.objects.exclude(slug__in=real), *Event.objects.exclude(slug__in=real)]:
        assert thing.title.startswith("Beispiel:")


def test_everything_passes_its_own_rules(demo):
    refused = []
    for model in (Article, Event, ProgrammeItem, Person, Picture, Participation, Page, Barrier, Attachment):
        for thing in model.objects.all():
            try:
                thing.full_clean()
            except ValidationError as error:
                refused.append((thing, error.messages))
    assert refused == []


def test_loading_twice_changes_nothing(demo, client):
    def content():
        return {
            model: list(model.objects.order_by("pk").values())
            for model in (Article, Event, ProgrammeItem, Participation, Person, Picture, Page, Barrier, Attachment)
        }

    before = content()
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        call_command("demo", verbosity=0)
    assert content() == before


def test_what_staff_have_changed_stays(demo):
    Article.objects.filter(slug="beispiel-ohne-bild").delete()
    Person.objects.filter(slug="lea-winnig").update(phone="030 1234567")
    call_command("demo", verbosity=0)
    assert not Article.objects.filter(slug="beispiel-ohne-bild").exists()
    assert Person.objects.get(slug="lea-winnig").phone == "030 1234567"


def test_pages_written_by_staff_stay(demo):
    assert Page.objects.get(slug="impressum").text == IMPRINT
    assert "2019" in Page.objects.get(slug="ueber-uns").text
