"""The search in a browser: without script, and with what it proposes to a keyboard."""

from playwright.sync_api import expect


def test_without_script_one_finds_and_narrows(open_page, site):
    page = open_page("/", script=False, width=360)
    page.get_by_role("link", name="Suche", exact=True).click()
    page.get_by_label("Wonach suchen Sie?").fill("Dialog")
    page.get_by_role("button", name="Suchen").click()
    expect(page.locator("mark").first).to_have_text("Nachhaltigkeitsdialog")
    page.get_by_label("Wonach suchen Sie?").fill("Nachhaltigkeit")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_text("Filtern nach").click()
    page.get_by_role("link", name="Programmpunkte").first.click()
    expect(page).to_have_url(f"{site.address}/suche/?bereich=programm&q=Nachhaltigkeit")
    page.get_by_role("link", name="Bereich: Programmpunkte").click()
    expect(page).to_have_url(f"{site.address}/suche/?q=Nachhaltigkeit")


def test_home_finds_at_once(open_page, site):
    page = open_page("/", width=1280)
    page.get_by_role("combobox", name="Wonach suchen Sie?").press_sequentially("göbel")
    expect(page.get_by_role("option")).to_contain_text("Anika Göbel")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.address}/suche/?q=g%C3%B6bel")


def test_the_field_proposes_to_a_keyboard(open_page, site):
    page = open_page("/suche/")
    field = page.get_by_role("combobox", name="Wonach suchen Sie?")
    field.press_sequentially("nachh")
    expect(page.get_by_role("option").first).to_contain_text("Nachhaltigkeit")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_contain_text("Vorschläge")
    field.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_count(1)
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert_accessible(page)
    field.press("ArrowUp")
    expect(chosen).to_have_count(0)
    field.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    field.press_sequentially("altigkeit")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("Enter")
    expect(page).to_have_url(f"{site.address}/suche/?q=nachhaltigkeit")


def test_a_proposal_is_one_press_or_click_away(open_page, site):
    for act in (lambda page: page.keyboard.press("Enter"), lambda page: page.get_by_role("option").first.click()):
        page = open_page("/suche/", width=360)
        page.get_by_role("combobox").press_sequentially("göbel")
        expect(page.get_by_role("option")).to_contain_text("Anika Göbel")
        page.keyboard.press("ArrowDown")
        act(page)
        expect(page).to_have_url(f"{site.address}/personen/anika-goebel/")


def assert_accessible(page):
    from tests.browser.axe import violations

    assert violations(page) == []
