"""Staff enter a page of the shape of the source by hand, on an empty portal; every click is counted."""

import re
import subprocess
import sys
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser.counting import Hand, copy
from tests.browser.desk import field
from tests.browser.test_pictures_desk import picture_file
from tests.events.test_recognise import BODY, LEAD, PAGE_HTML
from tests.servers import ROOT, Portal, open_to_servers, prepared

TITLE = "Pflege neu denken: Ideen für kleine Träger"
ADDRESS = "pflege-neu-denken-ideen-fuer-kleine-traeger"
ALT = "Zwei Frauen stehen an einer Tafel mit bunten Zetteln"
THIRD_WORKSHOP = f"""<h3>Weiterlernen: Wissen, das bleibt</h3><p>{BODY}</p>
<ul><li>Kim Probe, Coach,</li><li>Alex Garten, Bildung, Verband Nord e.V.</li></ul>"""
THIRD_CONTACT = """<p>Alex Garten<br>Bezirksbeauftragte für Spandau / Bildung<br>Telefon: 030 12 34 56-19<br>
E-Mail: garten[at]verband-nord.example.org</p>"""
SOURCE = (
    PAGE_HTML.replace("04.10.2022", "10.07.2023")
    .replace("21.09.2022", "14.06.2023")
    .replace("<h2>Wer wir sind</h2>", f"{THIRD_WORKSHOP}<h2>Wer wir sind</h2>")
    + THIRD_CONTACT
)
CONTACTS = {
    "Maria Muster": ("Pankow", "Steglitz-Zehlendorf", "Pflege", "Alter", "030 12 34 56-17", "muster@verband-nord"),
    "Toni Haus": ("Mitte", "Ehrenamt", "030 12 34 56-18", "haus@verband-nord"),
    "Alex Garten": ("Spandau", "Bildung", "030 12 34 56-19", "garten@verband-nord"),
}
DISTRICTS = {
    "pankow": "Maria Muster",
    "steglitz-zehlendorf": "Maria Muster",
    "mitte": "Toni Haus",
    "spandau": "Alex Garten",
}
KEYNOTE = "Geduld lernen: Was Teams zusammenhält"
WORKSHOPS = {
    "Zeit haben: Schichten, die passen": ("Cem Öztürk", "Maria Muster"),
    "Zuhören: Angehörige einbeziehen": ("Jo Beispiel", "Toni Haus"),
    "Weiterlernen: Wissen, das bleibt": ("Kim Probe", "Alex Garten"),
}
# what remains of a new portal: accounts, districts, postcodes
EMPTY = """
from django.apps import apps
for name in ("news.Article", "news.ArticleType", "events.Event", "events.Series", "events.Venue",
             "contacts.Representation", "contacts.Person",
             "forum.Picture", "forum.Attachment", "forum.Barrier", "forum.Topic", "reversion.Revision", "admin.LogEntry"):
    apps.get_model(name).objects.all().delete()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A portal of its own in which nothing was entered yet."""
    portal = Portal(prepared(open_to_servers(tmp_path_factory.mktemp("empty")))).wait_until_ready()
    try:
        empty = [sys.executable, "manage.py", "shell", "-c", EMPTY]
        done = subprocess.run(empty, cwd=ROOT, env=portal.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        yield portal
    finally:
        portal.stop()


@pytest.fixture(scope="module")
def window(browser, site):
    """A window of staff, signed in."""
    context = browser.new_context(base_url=site.address, locale="de-DE", timezone_id="Europe/Berlin")
    page = context.new_page()
    page.goto("/redaktion/")
    page.get_by_label("Benutzername").fill("verwaltung")  # a role, no superuser
    page.get_by_label("Passwort").fill(site.login[1])
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url("**/redaktion/")
    page.close()
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture(scope="module")
def reader(browser, site):
    context = browser.new_context(base_url=site.address, locale="de-DE")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def work(window):
    """The page entered from beginning to end, as counted."""
    copy(window.context, SOURCE)
    hand = Hand(window)
    hand.open("/redaktion/")
    hand.click(window.get_by_role("link", name="Beitrag schreiben"))
    hand.click(window.get_by_text("Text einfügen und Programm erkennen"))
    hand.click(window.locator("#pasted_text"))
    hand.paste()
    hand.click(window.get_by_role("button", name="Programm erkennen"))
    hand.click(window.get_by_role("button", name="Übernehmen"))
    expect(window.locator(".recognise__status")).to_contain_text("Übernommen, noch nicht gespeichert.")
    expect(window.locator(".recognise__status")).to_contain_text("1 Veranstaltung (Entwurf)")
    expect(window.locator("#contact_rows-group .picks__label")).to_have_text([re.compile(name) for name in CONTACTS])

    hand.click(field(window, "Art"))
    hand.type("Berichte")
    hand.click(window.locator(".finder__list:popover-open .finder__option--create", has_text="Berichte"))
    picture = window.locator(".field-picture")
    hand.upload(picture.get_by_role("button", name="Bild hochladen"), picture_file())
    panel = picture.locator(".panel:not([hidden])")
    expect(field(panel, "Bildbeschreibung")).to_have_value(ALT)
    hand.click(panel.get_by_role("button", name="Anlegen"))
    expect(field(window, "Bild")).to_have_value("Gespräch im Foyer", timeout=20_000)
    hand.click(window.get_by_role("button", name="Mit Datum 10.07.2023 veröffentlichen"))
    expect(window.locator(".messagelist .success")).to_contain_text("ist gespeichert und öffentlich")

    hand.click(window.locator(".messagelist .warning").get_by_role("link", name="Zur Veranstaltung"))
    hand.click(window.get_by_role("button", name="Jetzt veröffentlichen"))
    expect(window.locator(".messagelist .success")).to_contain_text("ist gespeichert und öffentlich")
    return replace(hand.work)


def test_the_source_page_is_entered_with_few_steps(work, reader):
    assert work.clicks <= 30, str(work)
    assert work.loads <= 6, str(work)
    assert work.dialogs <= 1, str(work)
    assert work.keys <= 250, str(work)
    assert work.clicks >= 10, f"uncounted: {work}"
    assert work.keys >= 9, f"uncounted: {work}"

    reader.goto(f"/aktuelles/{ADDRESS}/")
    main = reader.locator("main")
    expect(reader.locator("h1")).to_have_text(TITLE)
    expect(main.locator(".meta")).to_contain_text(re.compile("Berichte.*10.07.2023.*Aus den Häusern", re.DOTALL))
    expect(main.locator(".lead")).to_have_text(LEAD.replace("21.09.2022", "14.06.2023"))
    expect(main.get_by_role("img", name=ALT)).to_be_visible()
    expect(main.locator("figcaption")).to_contain_text("Gespräch im Foyer")
    expect(main.locator("figcaption")).to_contain_text("Foto Muster / Verband Nord")
    expect(main.locator(".with-aside__rest")).to_contain_text(re.compile(".*".join(CONTACTS), re.DOTALL))
    expect(main.locator(".item__title")).to_have_count(4)
    text = main.locator(".prose").first
    for heading in ("Arbeitsgruppen am Nachmittag", "Wer wir sind"):
        expect(text.get_by_role("heading", name=heading)).to_be_visible()
    expect(text.get_by_text(BODY)).to_have_count(2)
    expect(text.get_by_role("listitem")).to_have_text(["offen", "neugierig"])
    expect(text.get_by_role("link", name="Mehr")).to_have_attribute("href", "https://example.org/")
    for name, facts in CONTACTS.items():
        card = main.locator(".person", has_text=name)
        for fact in facts:
            expect(card).to_contain_text(fact)
    expect(main.get_by_role("heading", name="Rückblick auf die Veranstaltung")).to_be_visible()

    reader.locator("#rueckblick").locator("xpath=ancestor::section").get_by_role("link", name=TITLE).click()
    expect(reader).to_have_url(re.compile("/veranstaltungen/"))
    expect(main).to_contain_text("14. Juni 2023")
    expect(main.locator(".item__title")).to_have_count(4)
    for title, people in {KEYNOTE: ("Cem Öztürk",), **WORKSHOPS}.items():
        item = main.locator(".item", has_text=title)
        for person in people:
            expect(item.locator(".participants")).to_contain_text(person)
    expect(main.get_by_role("heading", name="Rückblick")).to_be_visible()

    for title in (KEYNOTE, *WORKSHOPS):
        main.locator(".item__title").get_by_role("link", name=title).click()
        expect(reader.locator("h1")).to_have_text(title)
        expect(main.locator(".prose").get_by_text(BODY, exact=True)).to_be_visible()
        reader.go_back()

    reader.goto("/personen/maria-muster/")
    expect(main).to_contain_text("Zeit haben: Schichten, die passen")
    for district, name in DISTRICTS.items():
        reader.goto(f"/kontakt/{district}/")
        expect(main.locator(".person__name")).to_have_text([name])
    reader.goto("/themen/aus-den-haeusern/")
    expect(main).to_contain_text(TITLE)


def test_what_was_entered_lives_on(work, window, reader):
    page = window
    page.goto("/redaktion/events/event/")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name="Zum Rückblick").click()
    page.locator("[name=published_at]").fill("3.3.2099 9 Uhr")
    page.get_by_role("button", name="Am 3. März 2099 um 9 Uhr veröffentlichen").click()
    expect(page.locator(".publication-state")).to_contain_text("Wird am 3. März 2099 um 9 Uhr öffentlich.")
    assert reader.goto(f"/aktuelles/{ADDRESS}/").status == 404

    page.locator(".publishing__preview").click()
    shown = page.frame_locator(".preview__page")
    field(page, "Einleitung").fill("Vorerst nur in der Vorschau.")
    expect(shown.locator(".lead")).to_have_text("Vorerst nur in der Vorschau.")
    expect(shown.locator(".item__title")).to_have_count(4)
    page.get_by_role("button", name="Vorschau schließen").click()
    page.get_by_role("button", name="Speichern, Veröffentlichung am 3. März 2099 um 9 Uhr bleibt").click()

    page.get_by_role("link", name="Zum Gegenlesen teilen").click()
    page.get_by_role("button", name="Link anlegen").click()
    link = page.get_by_role("textbox", name="Adresse").input_value()
    reader.goto(link)
    expect(reader.locator("h1")).to_have_text(TITLE)
    expect(reader.locator(".lead")).to_have_text("Vorerst nur in der Vorschau.")
    page.get_by_role("button", name="Link zurücknehmen").click()
    expect(page.locator(".messagelist .success")).to_contain_text("öffnet nichts mehr")
    assert reader.goto(link).status == 404

    page.get_by_role("link", name="Zurück zum Formular").click()
    page.get_by_role("button", name="Jetzt veröffentlichen").click()
    expect(page.locator(".publication-state")).to_contain_text("Öffentlich seit")
    page.locator("summary", has_text="Adresse").click()
    page.locator("#id_slug").fill("pflege-neu")
    page.get_by_role("button", name="Änderungen veröffentlichen").click()
    expect(page.locator(".messagelist .success")).to_contain_text("ist gespeichert und öffentlich")
    reader.goto(f"/aktuelles/{ADDRESS}/")
    expect(reader).to_have_url(re.compile("/aktuelles/pflege-neu/$"))
    expect(reader.locator("h1")).to_have_text(TITLE)

    page.get_by_role("link", name="Verlauf").click()
    page.locator(".versions__open").last.click()
    page.get_by_role("button", name="Diese Fassung zurückholen").click()
    expect(field(page, "Einleitung")).to_have_value(LEAD.replace("21.09.2022", "14.06.2023"))
    for slug in ("pflege-neu", ADDRESS):
        reader.goto(f"/aktuelles/{slug}/")
        expect(reader.locator(".lead").first).to_have_text(LEAD.replace("21.09.2022", "14.06.2023"))

    page.get_by_role("link", name="Zur Veranstaltung", exact=True).click()
    page.get_by_role("link", name="Kopieren").click()
    page.get_by_label("Neue Termine").fill("14.6.2028")
    page.get_by_role("button", name="Vorschau").click()
    page.get_by_role("button", name="1 Entwurf anlegen").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto("/redaktion/")
    page.locator("section", has=page.locator("#entwuerfe")).get_by_role("link", name=TITLE).click()
    expect(page.locator("output[for=id_starts_at]")).to_contain_text("14. Juni 2028")
    expect(page.locator(".card")).to_have_count(4)
