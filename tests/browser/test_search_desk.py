"""The search for everything at the desk, and the link by which somebody chooses a password."""

from playwright.sync_api import expect

from tests.browser.axe import violations


def test_anything_is_found_while_typing_and_opened_with_the_keyboard(desk_page):
    page = desk_page
    box = page.get_by_role("combobox", name="Überall suchen")
    box.fill("winnig")
    options = page.locator("#search-hits [role=option]")
    expect(options.first).to_contain_text("Lea Winnig")
    expect(page.locator(".menu__search [role=status]")).to_have_text("Ein Treffer")
    page.keyboard.press("ArrowDown")
    assert options.first.get_attribute("aria-selected") == "true"
    assert violations(page, within=[".menu", "#search-hits"]) == []
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("winnig")
    box.fill("Winnig Lea")
    expect(page.locator("#search-hits")).to_have_attribute("data-words", "Winnig Lea")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/person/*/change/")
    assert page.problems == []


def test_enter_leads_to_the_page_of_hits_on_a_phone_in_the_dark(desk_page):
    page = desk_page
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme="dark")
    box = page.get_by_role("combobox", name="Überall suchen")
    box.fill("beispiel")
    page.keyboard.press("Enter")
    page.wait_for_url("**/suche/?q=beispiel")
    expect(page.get_by_role("heading", level=1)).to_have_text("Suche nach „beispiel“")
    expect(page.locator(".search-page__kind").first).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_new_account_gets_a_link_and_chooses_a_password(desk_page, open_page):
    page = desk_page
    page.goto("/redaktion/auth/user/add/")
    page.get_by_label("Benutzername").fill("nele")
    page.get_by_label("Vorname").fill("Nele")
    page.get_by_label("Redaktion", exact=True).check()
    page.get_by_role("button", name="Speichern").click()
    page.wait_for_url("**/einladung/")
    assert violations(page) == []
    page.get_by_role("button", name="Link anzeigen").click()
    link = page.get_by_label("Nele").input_value()
    assert violations(page) == []
    path = link[link.index("/redaktion/") :]
    other = open_page(path)
    assert violations(other) == []
    other.get_by_label("Passwort:", exact=True).fill("vier Wörter stehen hier")
    other.get_by_label("Passwort noch einmal").fill("vier Wörter stehen hier")
    other.get_by_role("button", name="Passwort speichern").click()
    other.get_by_label("Benutzername").fill("nele")
    other.get_by_label("Passwort").fill("vier Wörter stehen hier")
    other.get_by_role("button", name="Anmelden").click()
    other.wait_for_url("**/redaktion/")
    expect(other.get_by_text("Nele").first).to_be_visible()
    other.goto(path)
    expect(other.get_by_role("heading", level=1)).to_have_text("Dieser Link gilt nicht mehr")
    other.context.clear_cookies()
