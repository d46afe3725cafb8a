"""What saves staff work, by mouse: copies, bulk actions, the contact check-up."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.desk import follow

# axe reads style sheets by means of one of its own, which our Content-Security-Policy refuses
REFUSED_TO_AXE = ("Applying inline style violates", "Couldn't load preload assets")
LOOKS = [("light", 1280), ("dark", 360)]


def judge(page, only_colours=False):
    """What axe finds, once the page itself has no script error; forgets what the page said about axe."""
    assert page.problems == [], page.url
    found = violations(page, only_colours)
    page.problems[:] = [problem for problem in page.problems if not problem.startswith(REFUSED_TO_AXE)]
    return found


def looks_right(page):
    """No barrier, nothing that sticks out, no script error, wide and light, narrow and dark."""
    page.wait_for_load_state("load")
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert judge(page) == [], (page.url, scheme, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.problems == []


def choose_action(page, address, label, *names):
    page.goto(address)
    for name in names:
        page.locator("#result_list tr", has_text=name).locator(".action-select").check()
    page.locator("select[name=action]").first.select_option(label=label)
    follow(page, page.get_by_role("button", name="Ausführen"))


def test_an_event_is_copied_to_two_dates(desk_page):
    page = desk_page
    page.goto("/redaktion/events/event/?q=Paritätisch+Nachhaltig")
    page.get_by_role("link", name="Paritätisch Nachhaltig").first.click()
    follow(page, page.get_by_role("link", name="Kopieren"))
    looks_right(page)
    page.get_by_label("Neue Termine").fill("14.6.2027\n31.2.2027")
    page.get_by_role("button", name="Vorschau").click()
    expect(page.locator(".errorlist")).to_have_text(
        "„31.2.2027“: Das ist kein Datum: Im Kalender gibt es keinen 31. Februar."
    )
    looks_right(page)
    page.get_by_label("Neue Termine").fill("14.6.2027\n15.6.2028")
    page.get_by_role("button", name="Vorschau").click()
    expect(page.get_by_role("status", name="Das entsteht")).to_contain_text("Montag, 14. Juni 2027 – 4 Programmpunkte")
    looks_right(page)
    page.get_by_role("button", name="2 Entwürfe anlegen").click()
    expect(page.locator(".messagelist .success")).to_contain_text("2 Entwürfe sind angelegt")
    page.locator(".messagelist .success").get_by_role("link", name="Montag, 14. Juni 2027").click()
    page.locator(".viewsitelink").click()
    expect(page.locator(".item__title")).to_have_count(4)
    expect(page.locator(".participants").first).to_contain_text("Steve Grundig")
    # leave the desk as it was
    choose_action(
        page, "/redaktion/events/event/?stand=draft&q=Nachhaltig", "Ausgewählte Veranstaltungen löschen", "2027", "2028"
    )
    page.get_by_role("button", name="Ja, löschen").click()
    expect(page.locator(".messagelist .success")).to_contain_text("2 Veranstaltungen")


def test_a_look_back_is_filled_in(desk_page):
    page = desk_page
    page.goto("/redaktion/events/event/?q=Aktionswoche")
    page.get_by_role("link", name="Beispiel: Aktionswoche").click()
    page.get_by_role("link", name="Rückblick anlegen").click()
    expect(page.get_by_label("Titel:", exact=True)).to_have_value("Beispiel: Aktionswoche Nachbarschaft")
    rows = page.locator("#contact_rows-group .picks__row:visible")
    expect(rows).to_have_count(1)
    expect(rows.locator(".picks__label")).to_have_text("Anika Göbel")


@pytest.mark.parametrize("action", ["Jetzt veröffentlichen …", "Themen ergänzen …", "Ansprechperson ändern …"])
def test_what_is_done_to_many_is_shown_first(desk_page, action):
    page = desk_page
    names = ("Beispiel: Entwurf über Tauschmärkte", "Beispiel: Neue Sprechzeiten")
    choose_action(page, "/redaktion/news/article/", action, *names)
    for name in names:
        expect(page.locator(".step__things", has_text=name)).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Abbrechen").click()
    expect(page.locator("#result_list")).to_be_visible()


@pytest.fixture
def link(desk_page):
    """A link to an entry, as staff pass it on."""
    choose_action(desk_page, "/redaktion/contacts/person/", "Link zur Prüfung senden oder anzeigen …", "Winnig")
    looks_right(desk_page)
    follow(desk_page, desk_page.get_by_role("button", name="Link anzeigen, nichts senden"))
    looks_right(desk_page)
    return desk_page.get_by_label("Lea Winnig").input_value()


def test_a_contact_person_confirms_their_entry_without_script(link, open_page, site):
    page = open_page(link, width=360, script=False)
    page.get_by_role("button", name="Alles stimmt").click()
    expect(page).to_have_url(f"{site.address}/eintrag-pruefen/danke/")
    page.goto(link)
    expect(page.locator("h1")).to_have_text("Danke, Ihre Antwort ist da")


def test_a_correction_goes_to_staff(link, open_page, desk_page):
    page = open_page(link)
    looks_right(page)
    page.get_by_label("Telefon").fill("anrufen")
    page.get_by_label("Bemerkung").fill("Bitte prüfen.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # „Korrektur senden“, not „Alles stimmt“
    expect(page.get_by_role("alert")).to_contain_text("noch nicht abgeschickt")
    expect(page.get_by_label("Telefon")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Bemerkung")).to_have_value("Bitte prüfen.")
    looks_right(page)
    page.get_by_role("alert").get_by_role("link", name="Telefon").click()
    expect(page.get_by_label("Telefon")).to_be_focused()
    page.get_by_label("Telefon").fill("030 12 34 56-78")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/eintrag-pruefen/danke-korrektur/"))
    looks_right(page)

    desk = desk_page
    desk.goto("/redaktion/contacts/contactcorrection/")
    expect(desk.locator("#result_list")).to_contain_text("Telefon: 030 12 34 56-78; Hinweis zu Bemerkung")
    looks_right(desk)
    follow(desk, desk.get_by_role("link", name="Lea Winnig"))
    looks_right(desk)
    desk.get_by_role("button", name="Ablehnen").click()
    expect(desk.locator(".messagelist .success")).to_contain_text("Korrektur abgelehnt.")
    assert "030 12 34 56-78" not in open_page("/personen/lea-winnig/", painted=False).content()
