"""The programme of an event as staff enter it: dates in words, cards, a pasted page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import field, save
from tests.browser.test_work_saved import judge
from tests.events.test_recognise import PAGE, PAGE_HTML


def accept(page):
    page.locator(".found").get_by_role("button", name="Übernehmen").click()
    expect(page.locator(".recognise__status")).to_contain_text("Übernommen, noch nicht gespeichert.")


def add_person(page, card, typed, number):
    card.get_by_role("button", name="Person hinzufügen").click()
    box = card.locator(".people__row").nth(number).locator(".finder__input")
    expect(box).to_be_focused()
    box.fill(typed)
    expect(page.locator(".finder__list:popover-open")).to_have_attribute("data-words", typed)
    page.locator(".finder__list:popover-open [role=option]", has_text=typed).first.click()


def test_a_programme_entered_by_hand(desk_page):
    page = desk_page
    page.goto("/redaktion/events/event/add/")
    field(page, "Titel").fill("Von Hand eingetragen")
    start = page.locator("#id_starts_at")
    start.press_sequentially("14.06.2028 9–16 Uhr")
    words = page.locator("output[for=id_starts_at]")
    expect(words).to_have_text("Mittwoch, 14. Juni 2028, 9 bis 16 Uhr")
    start.fill("31.2.2028")
    expect(words).to_have_text("Das ist kein Datum: Im Kalender gibt es keinen 31. Februar.")
    start.fill("14.06.2028 9–16 Uhr")
    for title, clock in (("Zweiter", "11"), ("Erster", "10 Uhr")):
        page.get_by_role("button", name="Programmpunkt hinzufügen").click()
        page.keyboard.type(title)
        card = page.locator(".card").last
        card.get_by_label("Beginn:").fill(clock)
    expect(card.locator(".card__summary")).to_contain_text("10 Uhr")
    add_person(page, card, "Lea Winnig", 0)
    add_person(page, card, "Steve Grundig", 1)
    card.get_by_role("button", name="nach oben").last.click()
    expect(card.locator(".card__summary")).to_contain_text("Erster Steve Grundig, Lea Winnig")
    expect(card.locator(".prose-editor")).to_have_count(0)
    card.get_by_text("Worum geht es?").first.click()
    card.locator(".field-text .ProseMirror[contenteditable]").click()
    page.keyboard.type("Es geht los.")
    page.locator(".card").first.locator(".card__delete").last.get_by_label("Programmpunkt löschen").check()
    assert judge(page) == []
    save(page, "Entwurf speichern")
    expect(page.locator("#id_starts_at")).to_have_value("14.06.2028, 9 Uhr")
    expect(words).to_have_text("Mittwoch, 14. Juni 2028, 9 Uhr")
    expect(page.locator(".card__summary")).to_have_text("10:00 Erster Steve Grundig, Lea Winnig")
    expect(page.locator(".card")).not_to_have_attribute("open", "")
    assert page.problems == []


def paste(page, text, html):
    page.locator("#pasted_text").evaluate(
        """(area, [text, html]) => {
            const data = new DataTransfer()
            data.setData("text/plain", text)
            if (html) data.setData("text/html", html)
            area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
            area.value = text
        }""",
        [text, html],
    )


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_a_pasted_page_becomes_an_event(desk_page, width, scheme):
    page = desk_page
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto("/redaktion/events/event/add/")
    page.get_by_text("Text einfügen und Programm erkennen").click()
    paste(page, PAGE, PAGE_HTML)
    page.get_by_role("button", name="Programm erkennen").click()
    expect(page.locator(".recognise__status")).to_have_text("Gefunden. Bitte prüfen Sie die Vorschläge.")
    for details in page.locator(".found details").all():
        details.evaluate("one => { one.open = true }")
    assert judge(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    accept(page)
    expect(page.locator("output[for=id_starts_at]")).to_have_text("Mittwoch, 21. September 2022")
    expect(page.locator(".field-text .ProseMirror[contenteditable] a").first).to_have_text("Mehr")
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator(".field-topics .finder__chip")).to_have_text(["Aus den Häusern×"])
    contacts = page.locator("#contact_rows-group .picks__label:visible")
    expect(contacts).to_have_text(["Maria Muster", "Toni Haus"])
    page.locator(".card__summary").nth(1).click()
    assert judge(page) == []
    save(page, "Entwurf speichern")
    expect(page.locator(".card__summary").nth(1)).to_have_text(
        "Zeit haben: Schichten, die passen Dr. Cem Öztürk, Maria Muster"
    )
    expect(page.locator(".field-topics .finder__chip")).to_have_text(["Aus den Häusern×"])
    expect(contacts).to_have_text(["Maria Muster", "Toni Haus"])
    stored = page.locator("#contact_rows-group .picks__row:visible input[name$='-id']")
    assert all(key.isdecimal() for key in stored.evaluate_all("all => all.map(one => one.value)"))
    assert page.problems == []


def test_an_article_and_its_event_from_one_page(desk_page, open_page):
    page = desk_page
    page.goto("/redaktion/news/article/add/")
    page.get_by_text("Text einfügen und Programm erkennen").click()
    paste(page, PAGE.replace("Art Berichte", "Art Meldungen"), "")
    page.get_by_role("button", name="Programm erkennen").click()
    expect(page.locator(".found")).to_be_focused()
    assert judge(page) == []
    accept(page)
    save(page, "Mit Datum 04.10.2022 veröffentlichen")
    expect(page.locator(".field-topics .finder__chip")).to_have_text(["Aus den Häusern×"])
    expect(page.locator(".field-event .finder__input")).to_have_value(re.compile("^Pflege neu denken"))
    expect(page.locator("#contact_rows-group .picks__label:visible")).to_have_text(["Maria Muster", "Toni Haus"])
    reader = open_page("/aktuelles/pflege-neu-denken-ideen-fuer-kleine-traeger/", painted=False)
    expect(reader.locator("h1")).to_have_text("Pflege neu denken: Ideen für kleine Träger")
    expect(reader.locator("main")).to_contain_text("Toni Haus")
