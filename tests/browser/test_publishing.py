"""Publishing by hand: labels that follow the date, what is missing, the preview beside the form, a link to share."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.desk import choose
from tests.browser.test_desk import field

OURS = [".publication-state", ".problems", ".publishing", ".preview"]


def violations_in(page, parts):
    """What breaks a rule inside our parts of a form."""
    return violations(page, within=[part for part in parts if page.locator(part).count()])


def buttons(page):
    return [one.inner_text() for one in page.locator(".publishing button[type=submit]").all() if one.is_visible()]


def type_date(page, day, clock=""):
    page.locator("[name=published_at]").fill(f"{day} {clock}".strip())


def new_draft(page, title):
    page.goto("/redaktion/news/article/add/")
    field(page, "Titel").fill(title)
    page.keyboard.press("Enter")  # harmless: saves the draft
    expect(page.locator(".messagelist .success")).to_contain_text("ist als Entwurf gespeichert")


def test_the_button_names_the_date_that_is_typed(desk_page):
    page = desk_page
    page.goto("/redaktion/news/article/add/")
    expect(field(page, "Titel")).to_be_focused()
    assert buttons(page) == ["Entwurf speichern", "Jetzt veröffentlichen"]
    for day, clock, label in (
        ("3.3.2099", "9 Uhr", "Am 3. März 2099 um 9 Uhr veröffentlichen"),
        ("3.3.2099", "9.30", "Am 3. März 2099 um 9:30 Uhr veröffentlichen"),
        ("03.03.2099", "", "Am 3. März 2099 veröffentlichen"),
        ("10.07.2023", "", "Mit Datum 10.07.2023 veröffentlichen"),
        ("31.02.2099", "", "Ab dem eingetragenen Datum veröffentlichen"),
    ):
        type_date(page, day, clock)
        assert buttons(page) == ["Entwurf speichern", label]
    type_date(page, "")
    assert buttons(page) == ["Entwurf speichern", "Jetzt veröffentlichen"]
    type_date(page, "heute")
    expect(page.locator(".publishing button[name=_date]")).to_contain_text("Mit Datum")


def test_from_draft_to_scheduled_to_public_and_back(desk_page, open_page):
    page = desk_page
    new_draft(page, "Von Hand veröffentlicht")
    form = page.url
    type_date(page, "3.3.2099", "9 Uhr")
    page.get_by_role("button", name="Am 3. März 2099 um 9 Uhr veröffentlichen").click()

    summary = page.locator(".problems")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text(["Art", "Einleitung"])
    assert violations_in(page, OURS) == []
    summary.get_by_role("link", name="Einleitung").press("Enter")
    expect(field(page, "Einleitung")).to_be_focused()
    missing = page.locator(".publishing__missing")
    expect(missing).to_contain_text("Einleitung")
    page.keyboard.type("Worum es geht.")
    expect(missing).not_to_contain_text("Einleitung", use_inner_text=True)
    choose(page, "Art", "Meldungen")
    expect(missing).to_be_hidden()
    page.get_by_role("button", name="Am 3. März 2099 um 9 Uhr veröffentlichen").click()
    expect(page.locator(".messagelist .success")).to_contain_text("wird am 3. März 2099 um 9 Uhr öffentlich")

    field(page, "Titel").press("Enter")
    expect(page.locator(".publication-state")).to_contain_text("Wird am 3. März 2099 um 9 Uhr öffentlich.")
    type_date(page, "4.3.2099", "10")
    assert buttons(page)[0] == "Speichern, Veröffentlichung am 4. März 2099 um 10 Uhr"
    field(page, "Titel").press("Enter")
    expect(page.locator(".publication-state")).to_contain_text("Wird am 4. März 2099 um 10 Uhr öffentlich.")
    address = "/aktuelles/von-hand-veroeffentlicht/"
    assert open_page(address, painted=False).answer.status == 404

    page.get_by_role("button", name="Jetzt veröffentlichen").dblclick()
    expect(page.locator(".publication-state")).to_contain_text("Öffentlich seit")
    assert open_page(address, painted=False).answer.status == 200
    assert buttons(page) == ["Änderungen veröffentlichen", "Zurückziehen"]
    page.get_by_role("button", name="Zurückziehen").click()
    expect(page.locator(".publication-state")).to_contain_text("Nur die Redaktion sieht diesen Entwurf.")
    assert open_page(address, painted=False).answer.status == 404
    assert page.url.startswith(form.partition("?")[0])


def test_links_reach_what_is_folded_and_the_text_editor(desk_page):
    page = desk_page
    page.goto("/redaktion/forum/page/add/")
    field(page, "Titel").fill("Leere Seite")
    page.evaluate("document.querySelector('#id_slug').value = 'kein Slug!'")
    page.get_by_role("button", name="Jetzt veröffentlichen").click()
    summary = page.locator(".problems")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Text", exact=True).click()
    expect(page.locator(".field-text .ProseMirror[contenteditable]")).to_be_focused()
    summary.get_by_role("link", name="Adresse").click()
    expect(page.locator("#id_slug")).to_be_focused()
    expect(page.locator("#id_slug")).to_be_visible()


def preview_of(page):
    return page.frame_locator(".preview__page")


def test_the_preview_follows_what_is_typed_and_saves_nothing(desk_page, open_page):
    page = desk_page
    page.goto("/redaktion/news/article/add/")
    field(page, "Titel").fill("Nur in der Vorschau")
    opener = page.locator(".publishing__preview")
    opener.click()
    shown = preview_of(page)
    expect(shown.locator("h1")).to_have_text("Nur in der Vorschau")
    expect(page.locator(".preview__status")).to_contain_text("Vorschau aktualisiert")
    expect(opener).to_have_attribute("aria-expanded", "true")
    assert page.problems == []
    assert violations_in(page, OURS) == []
    page.problems.clear()  # the judge writes styles of its own

    page.locator(".field-text .ProseMirror[contenteditable]").click()
    page.keyboard.type("Kommt von selbst.")
    expect(shown.locator(".prose")).to_have_text("Kommt von selbst.")
    field(page, "Titel").fill("")
    expect(page.locator(".preview__problems a")).to_have_text("Titel: Dieses Feld ist zwingend erforderlich.")
    expect(shown.locator("h1")).to_have_text("Nur in der Vorschau")
    page.locator(".preview__problems a").click()
    expect(field(page, "Titel")).to_be_focused()
    page.keyboard.type("Wieder da")
    expect(shown.locator("h1")).to_have_text("Wieder da")
    expect(page.locator(".preview__problems")).to_be_hidden()

    frame = page.locator(".preview__page")
    assert frame.evaluate("one => one.contentWindow.innerWidth") == 360
    page.get_by_label("Rechner").check()
    assert frame.evaluate("one => one.contentWindow.innerWidth") == 1280
    shown.get_by_text("Impressum").first.click(force=True)  # leads nowhere
    expect(shown.locator("h1")).to_have_text("Wieder da")
    edge, panel = page.get_by_role("separator", name="Breite der Vorschau"), page.locator(".preview")
    before = panel.bounding_box()["width"]
    edge.press("ArrowLeft")
    assert panel.bounding_box()["width"] > before
    panel.press("Escape")
    expect(panel).to_be_hidden()
    expect(opener).to_be_focused()
    assert page.problems == []
    assert open_page("/aktuelles/wieder-da/", painted=False).answer.status == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_preview_on_a_telephone(desk_page, scheme):
    page = desk_page
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme=scheme)
    page.goto("/redaktion/events/event/add/")
    field(page, "Titel").fill("Unterwegs")
    page.locator(".publishing__preview").click()
    expect(preview_of(page).locator("h1")).to_have_text("Unterwegs")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations_in(page, OURS) == []


def test_without_script_everything_can_be_done(site, browser):
    context = browser.new_context(base_url=site.address, java_script_enabled=False, locale="de-DE")
    page = context.new_page()
    name, password = site.login
    page.goto("/redaktion/")
    page.get_by_label("Benutzername").fill(name)
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("button", name="Anmelden").click()
    page.goto("/redaktion/news/article/add/")
    field(page, "Titel").fill("Ohne Skript")
    page.get_by_role("button", name="Entwurf speichern und ansehen").click()
    expect(page.locator("h1")).to_have_text("Ohne Skript")
    page.get_by_role("link", name="Bearbeiten").click()
    field(page, "Art").select_option(label="Meldungen")
    field(page, "Einleitung").fill("Kurz.")
    type_date(page, "3.3.2099", "9")
    page.get_by_role("button", name="Ab dem eingetragenen Datum veröffentlichen").click()
    expect(page.locator(".messagelist .success")).to_contain_text("wird am 3. März 2099 um 9 Uhr öffentlich")
    context.close()


def test_a_draft_is_shared_read_and_taken_back(desk_page, open_page):
    page = desk_page
    new_draft(page, "Zum Gegenlesen")
    page.get_by_role("link", name="Zum Gegenlesen teilen").click()
    page.get_by_label("Für wen?").fill("Frau Beispiel")
    page.get_by_role("button", name="Link anlegen").click()
    link = page.get_by_role("textbox", name="Adresse").input_value()
    expect(page.get_by_role("button", name="Link kopieren")).to_be_visible()
    assert violations(page) == []

    for scheme, width in (("light", 360), ("dark", 1280)):
        reader = open_page(link, width=width, scheme=scheme, painted=False)
        expect(reader.locator("h1")).to_have_text("Zum Gegenlesen")
        expect(reader.locator(".banner")).to_contain_text("Entwurf zum Gegenlesen, gültig bis")
        assert violations(reader) == []
    assert reader.context.cookies() == []

    page.get_by_role("button", name="Link zurücknehmen").click()
    expect(page.locator(".messagelist .success")).to_contain_text("öffnet nichts mehr")
    reader = open_page(link, width=360, painted=False)
    assert reader.answer.status == 404
    expect(reader.locator("h1")).to_have_text("Dieser Link gilt nicht mehr")
    assert violations(reader) == []
