"""Search: what is found first for what people type."""

import re

import pytest
from django.db import connection
from django.utils import timezone

from contacts.models import District
from events.models import Series, Venue
from forum.models import Page, Synonym, Topic
from forum.searching.finding import Wanted, find
from forum.searching.words import fold, parse
from tests.factories import make_article, make_attachment, make_event, make_item, make_person

DAY = timezone.timedelta(days=1)
NOW = timezone.now()


def plain(marked):
    return re.sub("</?mark>", "", str(marked))


def found(text, **wanted):
    """Titles of what is found, best first."""
    hits = find(parse(text), Wanted(**wanted)).hits
    return [plain(hit.title) for hit in hits]


ARTICLES = [  # title, lead, text
    ("Paritätisch Nachhaltig: Lösungen für die Soziale Arbeit", "Wie soziale Organisationen klimaneutral werden.", "Der Nachhaltigkeitsdialog brachte 80 Fachkräfte zusammen. Workshops zu Mobilität und Beschaffung."),
    ("Künstliche Intelligenz in der Beratung", "Was Chatbots können und was nicht.", "Datenschutz bleibt die wichtigste Frage."),
    ("Fördermittel für Stadtteilzentren", "Der Senat schreibt neue Mittel aus.", "Anträge nehmen die Bezirksämter entgegen."),
    ("Neue Räume in Köpenick", "Das Nachbarschaftshaus zieht um.", "Ab Mai in der Bölschestraße."),
    ("Kita-Personal: Zwischenruf aus der Praxis", "Erzieherinnen und Erzieher fehlen überall.", "Fachkräftemangel in Kindertagesstätten."),
    ("Ehrenamt braucht Anerkennung", "Ein Gespräch mit Freiwilligen.", "Ehrenamtliche begleiten Geflüchtete zu Ämtern."),
    ("Wohnungslosigkeit beenden", "Housing First zeigt Wirkung.", "Wohnungslose Menschen erhalten zuerst eine Wohnung."),
    ("Bericht zur Pflegekonferenz", "Pflegende Angehörige kamen zu Wort.", "Mitarbeitende aus 30 Einrichtungen diskutierten."),
    ("Hitzeschutz im Sommer", "Was Einrichtungen jetzt vorbereiten.", "Trinkwasser, Schatten, Ansprechpersonen."),
    ("Schuldnerberatung wird digital", "Online-Beratung erreicht neue Menschen.", "Die Berater:innen sind geschult."),
    ("Straßensozialarbeit am Alexanderplatz", "Unterwegs mit dem Team.", "Streetwork für Jugendliche."),
    ("Inklusion im Sportverein", "Barrierefreie Angebote entstehen.", "Rollstuhlbasketball in Spandau."),
]  # fmt: skip
EVENTS = [
    ("Digitaltag für Vereine", "Werkzeuge für die Vereinsarbeit.", 20),
    ("Innovationsforum Teilhabe", "Ideen für mehr Beteiligung.", 40),
    ("Fachtag Kinderschutz", "Schutzkonzepte in der Jugendhilfe.", -30),
    ("Netzwerktreffen Migration", "Austausch der Migrationsberatungsstellen.", -400),
    ("Sommerfest der Mitglieder", "Musik und Begegnung. Der Beirat lädt ein.", 60),
]
ITEMS = ["Nachhaltigkeitsdialog", "Wirkungsmessung leicht gemacht", "Design Thinking für soziale Träger", "Spenden sammeln im Netz"]  # fmt: skip


@pytest.fixture(scope="module")
def content(once):
    topics = {name: Topic.objects.create(name=name) for name in ("Digitalisierung", "Nachhaltigkeit", "Gesundheit")}
    goebel = make_person(given_name="Anika", family_name="Göbel", position="Referentin für Bezirke", in_directory=True, districts=["Treptow-Köpenick"], topics=[topics["Gesundheit"]])  # fmt: skip
    make_person(
        given_name="Jürgen", family_name="Weiß", position="Fachreferent Suchthilfe", organisation="Paritätischer"
    )
    make_person(title="Dr.", given_name="Ada", name_prefix="von der", family_name="Heide", organisation="Haus der Ideen gGmbH")  # fmt: skip
    for number, (title, lead, text) in enumerate(ARTICLES):
        chosen = [topics["Digitalisierung"]] if "digital" in title or "Intelligenz" in title else []
        make_article(
            title=title, lead=lead, text=f"<p>{text}</p>", published_at=NOW - number * 40 * DAY - DAY, topics=chosen
        )
    events = [
        make_event(title=title, lead=lead, starts_at=NOW + days * DAY, published_at=NOW - 500 * DAY)
        for title, lead, days in EVENTS
    ]
    events[1].series = Series.objects.create(title="Zukunftswerkstatt")
    events[1].venue = Venue.objects.create(name="Refugio Neukölln", district=District.objects.get(name="Neukölln"))
    events[1].save()
    events[1].topics.add(topics["Nachhaltigkeit"])
    items = [make_item(events[1], title=title) for title in ITEMS]
    items[1].participations.create(person=goebel)
    attachment = make_attachment(title="Leitfaden Öffentlichkeitsarbeit", summary="Zwölf Seiten für Vereine.")
    events[0].attachment_rows.create(attachment=attachment)
    Page.objects.create(title="Mitglied werden", text="<p>So treten Organisationen bei.</p>", published_at=NOW - DAY)
    Synonym.objects.create(words="KI = Künstliche Intelligenz = AI")
    Synonym.objects.create(words="Hort = Kita = Kindertagesstätte")
    Synonym.objects.create(words="Obdachlosigkeit = Wohnungslosigkeit")


NACHHALTIG, KI, FUNDING, RAUM, KITA, EHRENAMT, WOHNUNG, PFLEGE, HITZE, SCHULDEN, STRASSE, SPORT = (
    title for title, _, _ in ARTICLES
)
DIGITAL, TEILHABE, KINDER, MIGRATION, FEST = (title for title, _, _ in EVENTS)
DIALOG, WIRKUNG, DESIGN, SPENDEN = ITEMS
GOEBEL, WEISS, HEIDE = "Anika Göbel", "Jürgen Weiß", "Dr. Ada von der Heide"
LEITFADEN, MITGLIED = "Leitfaden Öffentlichkeitsarbeit", "Mitglied werden"

RELEVANCE = [  # question, what is among the first three (or first, where a + stands before)
    # words and their stems
    ("Pflegekonferenz", "+" + PFLEGE), ("Hitzeschutz", "+" + HITZE), ("Fördermittel", "+" + FUNDING),
    ("Ehrenamt", "+" + EHRENAMT), ("ehrenamtlich", EHRENAMT), ("Bericht", PFLEGE), ("Berichte", PFLEGE),
    ("Räume", "+" + RAUM), ("Raum", "+" + RAUM), ("Angehöriger", PFLEGE), ("Spende", "+" + SPENDEN),
    ("wohnungslos", "+" + WOHNUNG), ("Mitgliedschaft", MITGLIED), ("Organisation", MITGLIED), ("jugendlich", STRASSE),
    # compounds, from either end
    ("Dialog", "+" + DIALOG), ("Nachhaltigkeit", DIALOG), ("Konferenz", "+" + PFLEGE), ("Schutz", HITZE), ("Messung", WIRKUNG),
    ("Wirkung", "+" + WIRKUNG), ("Sozialarbeit", "+" + STRASSE), ("Zentrum", "+" + FUNDING), ("Stadtteil", "+" + FUNDING),
    ("Verein", SPORT), ("Zentren", FUNDING), ("Basketball", "+" + SPORT), ("Mangel", "+" + KITA), ("Öffentlichkeit", "+" + LEITFADEN),
    ("Beratung", SCHULDEN), ("Schulden", "+" + SCHULDEN), ("Fachtag", "+" + KINDER), ("Werkstatt", TEILHABE),
    ("Amt", "+" + EHRENAMT), ("Tag", KINDER), ("Rat", FEST),
    # umlauts and ß in all spellings
    ("Köpenick", RAUM), ("Koepenick", RAUM), ("Kopenick", RAUM), ("KÖPENICK", GOEBEL), ("Strassensozialarbeit", "+" + STRASSE),
    ("Straßensozialarbeit", "+" + STRASSE), ("Boelschestrasse", "+" + RAUM), ("Foerdermittel", "+" + FUNDING),
    ("Kuenstliche Intelligenz", "+" + KI), ("Neukoelln", TEILHABE),
    ("Bezirk Neukoelln", "+Neukölln"), ("12043", "+Neukölln"), ("Gropiusstadt", "Neukölln"),
    # gender forms
    ("Mitarbeiter", "+" + PFLEGE), ("Mitarbeiter*innen", "+" + PFLEGE), ("Mitarbeiter:innen", "+" + PFLEGE),
    ("Mitarbeiter_innen", "+" + PFLEGE), ("MitarbeiterInnen", "+" + PFLEGE), ("Mitarbeiterinnen", "+" + PFLEGE),
    ("Beraterinnen", SCHULDEN), ("Berater", SCHULDEN), ("Erzieher*in", "+" + KITA), ("Referent", GOEBEL), ("Referent:innen", GOEBEL),
    # names
    ("Göbel", "+" + GOEBEL), ("Goebel", "+" + GOEBEL), ("anika göbel", "+" + GOEBEL), ("Weiss", "+" + WEISS), ("Jürgen Weiß", "+" + WEISS),
    ("von der Heide", "+" + HEIDE), ("Ada", "+" + HEIDE), ("Haus der Ideen", "+" + HEIDE), ("Bezirksbeauftragte Treptow-Köpenick", GOEBEL),
    # mistyped
    ("Nachhaltigkietsdialog", "+" + DIALOG), ("Kinderschuz", "+" + KINDER), ("Inklussion", "+" + SPORT), ("Migrazion", "+" + MIGRATION),
    ("Göbell", "+" + GOEBEL), ("Köpenik", RAUM), ("Hizteschutz", "+" + HITZE), ("Schuldnerbertung", "+" + SCHULDEN), ("Öffentlichkeitsabreit", "+" + LEITFADEN),
    # synonyms
    ("KI", "+" + KI), ("AI", "+" + KI), ("Hort", KITA), ("Obdachlosigkeit", "+" + WOHNUNG), ("Kindertagesstätte", KITA),
    # several words, phrases, exclusion, alternatives
    ("Netzwerktreffen Migration", "+" + MIGRATION), ('"Soziale Arbeit"', "+" + NACHHALTIG), ("„Design Thinking“", "+" + DESIGN),
    ("Wer hilft bei Schulden?", SCHULDEN), ("Wann ist das nächste Innovationsforum?", "+" + TEILHABE), ("Förderung für Stadtteilzentren", "+" + FUNDING), ("Sommerfest oder Hitzeschutz", FEST),
    ("Digitalisierung", SCHULDEN), ("Digitalisierung -Beratung", "Digitalisierung"), ("Fachtag Kinderschutz 2031", "+" + KINDER),
]  # fmt: skip


@pytest.mark.parametrize(("question", "expected"), RELEVANCE, ids=[question for question, _ in RELEVANCE])
def test_what_is_meant_stands_first(content, question, expected):
    most = 1 if expected.startswith("+") else 3
    assert expected.lstrip("+") in found(question)[:most], found(question)


def test_what_ends_alike_by_chance_is_not_found():
    make_article(title="Zufall", lead="Insgesamt eine Antwort auf Vielfalt und Gewalt am Montag.")
    make_article(title="Beschluss", lead="Bezirksamt, Standort, Betriebsrat und Fachtag.")
    for word in ("Amt", "Ort", "Rat", "Tag"):
        hits = {plain(hit.title): hit for hit in find(parse(word)).hits}
        assert "Zufall" not in hits, word
        assert hits["Beschluss"].excerpt.words[0].lower().endswith(word.lower())
    assert "Zufall" not in found("alt")


def test_the_relevance_set_is_large_enough():
    assert len(RELEVANCE) >= 60


@pytest.mark.parametrize(
    "text",
    ["Köpenick", "Koepenick", "Mitarbeiter*innen", "Mitarbeiter:innen", "Mitarbeiter_innen", "MitarbeiterInnen",
     "Mitarbeiterinnen", "Mitarbeiterin", "Ärzt*innen", "Straße", "Neue Quelle", "Émile & Łódź", "Treptow-Köpenick",
     "Kolleg/-innen", "jede:r", "3D", "ẞ", "Referentin", "Київ", "مرحبا", "a\u0308rztlich", "https://a.de/x_y"],
)  # fmt: skip
def test_database_and_python_fold_alike(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT forum_search_fold(%s)", [text])
        assert cursor.fetchone()[0] == fold(text)
