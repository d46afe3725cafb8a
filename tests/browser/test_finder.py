"""Finding and creating inside a form, with the keyboard alone where it matters."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.desk import choose, create, field, save, search

OPTIONS = ".finder__list:popover-open [role=option]"


@pytest.fixture
def form(desk_page):
    desk_page.goto("/redaktion/news/article/add/")
    return desk_page


def mine(found):
    """Of what breaks a rule, the parts of the finder."""
    return [one for one in found if "finder" in str(one) or "panel" in str(one)]


def chips(page, name):
    return page.locator(f".field-{name} .finder__chip")


def test_an_article_is_filled_with_tab_and_typing_alone(form):
    page = form
    keyboard = page.keyboard
    expect(field(page, "Titel")).to_be_focused()
    keyboard.type("Nur mit Tasten")
    for _ in range(2):
        keyboard.press("Tab")  # past the language of the title
    expect(field(page, "Art")).to_be_focused()
    keyboard.type("Ber")
    keyboard.press("Enter")  # at once: it waits for the answer
    expect(field(page, "Art")).to_have_value("Berichte")
    keyboard.press("Tab")
    expect(field(page, "Schlagworte")).to_be_focused()
    keyboard.type("wirk")
    keyboard.press("Enter")
    expect(chips(page, "topics")).to_have_text([re.compile("Wirkung")])
    keyboard.type("Ganz neues Thema")
    keyboard.press("Enter")
    expect(chips(page, "topics")).to_have_count(2)
    keyboard.press("Tab")
    expect(field(page, "Einleitung")).to_be_focused()
    keyboard.type("Ohne Maus.")
    keyboard.press("Tab")
    expect(field(page, "Bild")).to_be_focused()
    save(page, "Entwurf speichern")
    expect(field(page, "Art")).to_have_value("Berichte")
    expect(chips(page, "topics")).to_have_text([re.compile("Wirkung"), re.compile("Ganz neues Thema")])


def test_the_combobox_says_what_it_does(form):
    page = form
    box = search(page, "Art", "m")
    expect(box).to_have_attribute("role", "combobox")
    expect(page.locator(".field-type [role=status]")).to_have_text(re.compile(r"\d+ Treffer"))
    active = box.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") != active
    assert mine(violations(page)) == []
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("m")  # typed text is never lost


def test_what_is_typed_and_not_chosen_stops_the_form(form):
    page = form
    field(page, "Titel").fill("Unentschieden")
    search(page, "Rückblick auf", "Gibt es nicht")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Entwurf speichern").click()
    expect(page.locator(".field-event .finder__problem")).to_contain_text("„Gibt es nicht“ ist noch nicht ausgewählt")
    expect(field(page, "Rückblick auf")).to_be_focused()
    field(page, "Rückblick auf").fill("")
    save(page, "Entwurf speichern")


def test_chips_go_by_keyboard(form):
    page = form
    for name in ("Wirkung", "Innovation"):
        choose(page, "Schlagworte", name)
    expect(chips(page, "topics")).to_have_count(2)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("button", name="Innovation entfernen")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Delete")
    expect(chips(page, "topics")).to_have_text([re.compile("Innovation")])
    expect(field(page, "Schlagworte")).to_be_focused()
    page.keyboard.press("Backspace")
    expect(chips(page, "topics")).to_have_count(0)


def test_a_venue_is_created_in_place_and_a_double_is_shown(desk_page):
    page = desk_page
    page.goto("/redaktion/events/event/add/")
    create(page, "Ort", "Haus am Kai", **{"Straße und Hausnummer": "Kaiweg 1", "Postleitzahl": "10115"})
    expect(field(page, "Ort")).to_have_value("Haus am Kai")
    expect(field(page, "Ort")).to_be_focused()
    expect(page.locator(".field-venue .finder__line").first).to_have_text("Kaiweg 1, 10115 Berlin")
    search(page, "Ort", "Haus am Kay")
    page.locator(f"{OPTIONS}.finder__option--create").click()
    take = page.get_by_role("button", name="Haus am Kai nehmen")
    expect(take).to_be_focused()
    assert mine(violations(page)) == []
    page.keyboard.press("Enter")
    expect(field(page, "Ort")).to_have_value("Haus am Kai")
    expect(page.locator(".panel:not([hidden])")).to_have_count(0)
