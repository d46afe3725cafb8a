"""Staff at the editing desk, with mouse and keyboard."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.desk import choose, field, save


@pytest.fixture
def photo(tmp_path):
    data = io.BytesIO()
    Image.linear_gradient("L").resize((1800, 1200)).convert("RGB").save(data, "JPEG")
    return {"name": "IMG_0815.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def test_from_an_empty_form_to_the_public_article(desk_page, open_page, photo):
    page = desk_page
    page.get_by_role("link", name="Bilder").first.click()
    page.get_by_role("link", name="Bild hinzufügen").click()
    field(page, "Datei").set_input_files(photo)
    field(page, "Bildbeschreibung").fill("Verlauf von Schwarz nach Weiß")
    field(page, "Bildnachweis").fill("Foto: Beispiel")
    save(page)

    page.goto("/redaktion/news/article/add/")
    field(page, "Titel").fill("Große Öffnung in Köpenick")
    choose(page, "Art", "Meldungen")
    choose(page, "Schlagworte", "Wirkung")
    field(page, "Einleitung").fill("Der Laden ist offen.")
    choose(page, "Bild", "Verlauf")
    text = page.locator(".field-text .ProseMirror[contenteditable]")
    text.click()
    page.keyboard.type("Es geht los.")
    page.keyboard.press("Enter")
    page.locator(".field-text").get_by_role("button", name="Überschrift", exact=True).click()
    page.keyboard.type("Wann?")
    save(page, "Jetzt veröffentlichen")

    reader = open_page("/aktuelles/grosse-oeffnung-in-koepenick/", width=360)
    expect(reader.locator("h1")).to_have_text("Große Öffnung in Köpenick")
    expect(reader.locator("main h2", has_text="Wann?")).to_be_visible()
    expect(reader.get_by_role("img", name="Verlauf von Schwarz nach Weiß")).to_be_visible()
    reader.get_by_role("link", name="Wirkung", exact=True).first.click()
    expect(reader.locator(".row__title", has_text="Große Öffnung")).to_be_visible()


def test_a_draft_shows_its_banner_to_staff_and_nothing_to_others(desk_page, open_page):
    page = desk_page
    page.goto("/redaktion/news/article/add/")
    field(page, "Titel").fill("Noch nicht fertig")
    choose(page, "Art", "Meldungen")
    field(page, "Einleitung").fill("Kommt noch.")
    save(page, "Entwurf speichern")
    page.get_by_role("link", name="Auf der Website anzeigen").click()
    expect(page.locator("h1")).to_have_text("Noch nicht fertig")
    expect(page.locator(".banner")).to_contain_text("Entwurf")
    assert violations(page) == []
    assert open_page("/aktuelles/noch-nicht-fertig/", painted=False).answer.status == 404


def test_what_was_typed_survives_a_mistake(desk_page):
    page = desk_page
    page.goto("/redaktion/news/article/add/")
    field(page, "Titel").fill("Mit einem Fehler")
    page.locator(".field-text .ProseMirror[contenteditable]").click()
    page.keyboard.type("Mühsam geschrieben.")
    page.locator(".field-published_at input").first.fill("32.13.2026")
    page.evaluate("document.querySelector('#article_form').noValidate = true")
    page.get_by_role("button", name="Entwurf speichern").click()
    expect(page.locator(".field-published_at .errorlist")).to_have_text(
        "Das ist kein Datum: Einen 13. Monat gibt es nicht."
    )
    expect(page.locator(".field-published_at input").first).to_have_value("32.13.2026")
    expect(field(page, "Titel")).to_have_value("Mit einem Fehler")
    expect(page.locator(".field-text .ProseMirror[contenteditable]")).to_have_text("Mühsam geschrieben.")


def test_the_text_editor_speaks_german_and_knows_other_languages(desk_page):
    page = desk_page
    page.goto("/redaktion/news/article/add/")
    expect(page.locator(".prose-menubar button").first).to_be_visible()
    names = page.locator(".prose-menubar button[title]").evaluate_all("all => all.map(one => one.title)")
    assert {"Fett", "Kursiv", "Liste", "Zitat", "Link setzen", "Tabelle einfügen", "Rückgängig"} <= set(names)
    assert [
        name for name in names if re.search(r"\b(bold|italic|list|link|table|row|column|undo|redo|heading)\b", name)
    ] == []
    assert page.locator(".field-text .ProseMirror[contenteditable]").get_attribute("aria-labelledby")

    page.locator(".field-text .ProseMirror[contenteditable]").click()
    page.keyboard.type("Save the date")
    page.keyboard.press("Control+A")
    page.locator(".field-text .prose-menubar__selected", has_text="Sprache").click()
    page.locator(".prose-menubar__option:visible", has_text="Englisch").click()
    expect(page.locator('.field-text .ProseMirror[contenteditable] span[lang="en"]')).to_have_text("Save the date")


@pytest.mark.parametrize(
    "path", ["/redaktion/", "/redaktion/news/article/", "/redaktion/events/event/", "/redaktion/contacts/person/"]
)
def test_the_desk_has_no_script_errors_and_serves_everything_itself(desk_to_read, site, path):
    desk_to_read.goto(path)
    assert desk_to_read.problems == []
    assert [url for url in desk_to_read.asked if not url.startswith((site.address, "data:", "blob:"))] == []


@pytest.mark.parametrize("theme", ["auto", "dark", "light"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_links_of_the_desk_are_legible_in_every_theme(desk_to_read, scheme, theme):
    page = desk_to_read
    page.emulate_media(color_scheme=scheme)
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    assert violations(page, only_colours=True) == []


def test_a_wide_table_scrolls_by_itself(desk_page, open_page):
    page = desk_page
    page.goto("/redaktion/news/article/add/")
    field(page, "Titel").fill("Mit breiter Tabelle")
    choose(page, "Art", "Meldungen")
    field(page, "Einleitung").fill("Viele Spalten.")
    page.locator(".field-text .ProseMirror[contenteditable]").click()
    page.locator(".field-text").get_by_role("button", name="Tabelle einfügen").click()
    page.locator(".prose-editor-dialog [type=submit]").click()
    page.keyboard.type("Donaudampfschifffahrtsgesellschaft")
    for _ in range(2):
        page.keyboard.press("Tab")
        page.keyboard.type("Rechtsschutzversicherungsgesellschaften")
    save(page, "Jetzt veröffentlichen")
    reader = open_page("/aktuelles/mit-breiter-tabelle/", width=320)
    assert reader.evaluate("document.documentElement.scrollWidth") <= 320
    region = reader.get_by_role("region", name="Tabelle")
    region.focus()
    assert region.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
