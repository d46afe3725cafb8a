"""Pictures at the desk: uploaded where they are missing, pointed at, put in order, all without a mouse too."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.desk import choose, field, save, search
from tests.browser.test_finder import OPTIONS, mine

PANEL = ".panel:not([hidden])"


def picture_file(name="IMG_0815.jpg", size=(900, 600)):
    content = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(content, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}


@pytest.fixture
def form(desk_page):
    desk_page.goto("/redaktion/news/article/add/")
    return desk_page


def labels(page, group):
    return page.locator(f"#{group}-group .picks__row:visible .picks__label").all_inner_texts()


def test_a_picture_is_uploaded_described_and_pointed_at_while_writing_goes_on(form):
    page = form
    field(page, "Titel").fill("Mit neuem Bild")
    page.locator(".field-picture input[type=file]").set_input_files(picture_file())
    panel = page.locator(f".field-picture {PANEL}")
    expect(panel.get_by_role("radio").first).to_be_focused()
    expect(panel.locator(".focal__picture")).to_be_visible()
    assert mine(violations(page)) == []

    panel.get_by_role("button", name="Anlegen").click()
    expect(panel.locator(".errorlist")).to_contain_text("oder wählen Sie oben „Nur Schmuck“")
    expect(panel.locator("input[type=file]")).to_have_value(re.compile("IMG_0815.jpg"))  # the file is still there
    field(panel, "Bildbeschreibung").fill("IMG_0815")
    panel.get_by_role("button", name="Anlegen").click()
    expect(panel.locator(".errorlist")).to_contain_text("Das ist ein Dateiname.")

    box = panel.locator(".focal__picture").bounding_box()
    panel.locator(".focal__picture").click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    panel.get_by_label("von oben").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert re.fullmatch(r"0\.2[45]\d*x0\.6", panel.locator("[name=file_ppoi]").input_value())
    field(panel, "Bildbeschreibung").fill("Ein Verlauf von Schwarz nach Weiß")
    field(panel, "Bildnachweis").fill("Erika Beispiel")
    panel.get_by_role("button", name="Anlegen").click()
    field(page, "Einleitung").fill("Inzwischen weitergeschrieben.")
    expect(field(page, "Bild")).to_have_value("Ein Verlauf von Schwarz nach Weiß", timeout=20_000)
    expect(field(page, "Einleitung")).to_be_focused()
    save(page, "Entwurf speichern")


def test_a_picture_is_dropped_or_pasted(form):
    page = form
    give = """(target, kind) => fetch("/static/img/social.png").then(answer => answer.blob()).then(blob => {
      const files = new DataTransfer()
      files.items.add(new File([blob], "kopiert.png", { type: "image/png" }))
      const data = kind === "paste" ? { clipboardData: files } : { dataTransfer: files }
      const Kind = kind === "paste" ? ClipboardEvent : DragEvent
      target.dispatchEvent(new Kind(kind, { bubbles: true, cancelable: true, ...data }))
    })"""
    for kind in ("drop", "paste"):
        field(page, "Bild").evaluate(give, kind)
        expect(page.locator(f"{PANEL} input[type=file]")).to_have_value(re.compile("kopiert.png"))
        page.keyboard.press("Escape")
        expect(page.locator(PANEL)).to_have_count(0)
        expect(field(page, "Bild")).to_be_focused()


def test_too_large_a_file_is_not_even_sent(form):
    page = form
    page.locator(".field-picture input[type=file]").evaluate("""picker => {
      const files = new DataTransfer()
      files.items.add(new File([new Uint8Array(21_000_000)], "riesig.jpg", { type: "image/jpeg" }))
      picker.files = files.files
      picker.dispatchEvent(new Event("change"))
    }""")
    expect(page.locator(f"{PANEL} .upload__problem")).to_contain_text("höchstens 20 MB")


def test_pictures_are_chosen_from_a_grid_with_arrows(form):
    page = form
    box = search(page, "Bild", "")
    expect(page.locator(f"{OPTIONS} img").first).to_be_visible()
    assert mine(violations(page)) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    second = page.locator(OPTIONS).nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    name = second.locator(".finder__label").inner_text()
    page.keyboard.press("Enter")
    expect(box).to_have_value(name)


def test_pictures_are_put_in_order_without_a_mouse(form, open_page):
    page = form
    field(page, "Titel").fill("Galerie ohne Maus")
    for typed in ("Ideen", "Workshop beim", "runden Tisch"):
        choose(page, "Bild hinzufügen", typed)
    first, second, third = labels(page, "picture_rows")
    up = page.get_by_role("button", name=f"{third} nach oben")
    up.focus()
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    expect(page.locator("#picture_rows-group .sorting__status")).to_have_text(f"{third}: Platz 2 von 3.")
    page.keyboard.press("Enter")
    assert labels(page, "picture_rows") == [third, first, second]
    page.get_by_role("button", name=f"{first} entfernen").click()
    choose(page, "Ansprechperson hinzufügen", "Winnig")
    assert mine(violations(page)) == []
    save(page, "Entwurf speichern")
    assert labels(page, "picture_rows") == [third, second]
    choose(page, "Bild hinzufügen", first)
    page.get_by_role("button", name=f"{third} entfernen").click()
    choose(page, "Bild hinzufügen", third)  # what is taken out can come back at once
    save(page, "Entwurf speichern")
    assert labels(page, "picture_rows") == [second, first, third]
    assert labels(page, "contact_rows") == ["Lea Winnig"]


def test_links_are_sorted_with_buttons_too(form):
    page = form
    field(page, "Titel").fill("Mit Links")
    for number, title in enumerate(("Erster", "Zweiter")):
        page.get_by_role("button", name="Link hinzufügen").click()
        page.locator(f"#id_links-{number}-title").fill(title)
        page.locator(f"#id_links-{number}-url").fill("https://example.org")
    page.get_by_role("button", name="Zweiter nach oben").click()
    save(page, "Entwurf speichern")
    assert page.locator("#id_links-0-title").input_value() == "Zweiter"


def test_a_download_gets_a_title_from_its_file(form):
    page = form
    group = page.locator("#attachment_rows-group")
    group.locator("input[type=file]").first.set_input_files(
        {
            "name": "ergebnisse_der-werkstatt.pdf",
            "mimeType": "application/pdf",
            "buffer": b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
        }
    )
    panel = group.locator(PANEL)
    expect(field(panel, "Titel")).to_have_value("Ergebnisse der werkstatt")
    field(panel, "Titel").fill("Ergebnisse der Werkstatt")
    panel.get_by_role("button", name="Anlegen").click()
    expect(group.locator(".picks__label")).to_have_text("Ergebnisse der Werkstatt")


def test_the_form_of_a_picture_says_where_it_is_used_and_hides_what_is_not_asked(desk_page):
    page = desk_page
    page.goto("/redaktion/forum/picture/")
    page.get_by_role("link", name="Ideen aus einem Workshop").click()
    expect(page.locator(".used a").first).to_be_visible()
    expect(page.locator(".focal__picture")).to_be_visible()
    expect(field(page, "Bildbeschreibung")).to_be_visible()
    page.get_by_label("Nur Schmuck").check()
    expect(field(page, "Bildbeschreibung")).to_be_hidden()
    page.get_by_label("Es zeigt etwas").check()
    expect(field(page, "Bildbeschreibung")).to_have_value(re.compile("Zeichnung"))
    assert mine(violations(page)) == []


def test_the_first_mistake_has_the_focus(form):
    page = form
    field(page, "Titel").fill("Mit Fehler")
    page.locator(".field-published_at input").first.fill("32.13.2026")
    page.get_by_role("button", name="Entwurf speichern").click()
    expect(page.locator(".problems")).to_be_focused()  # it leads to all mistakes
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".field-published_at input").first).to_be_focused()
