"""Undo at the desk, with mouse and keyboard: what changed, back to what was, back from the dead."""

import re

from playwright.sync_api import expect

from tests.browser.desk import field, follow, save
from tests.browser.test_work_saved import judge


def check_page(page):
    """Fits a phone, in light and dark, and breaks no rule."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
        assert judge(page, only_colours=scheme == "dark") == [], page.url
    page.set_viewport_size({"width": 1280, "height": 900})
    assert judge(page) == [], page.url


def test_compare_bring_back_delete_and_recover(desk_page):
    page = desk_page
    page.goto("/redaktion/events/series/add/")
    field(page, "Titel").fill("Stadtgespräche am Abend")
    save(page)
    page.locator(".messagelist a").first.click()
    form = page.url
    field(page, "Titel").fill("Stadtgespräche am Vormittag")
    save(page)

    page.goto(form)
    page.get_by_role("link", name="Verlauf", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Was sich geändert hat")
    check_page(page)
    page.get_by_role("radio", name=re.compile("^neu ?: Fassung")).first.focus()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Vergleichen").press("Enter")
    expect(page.locator("del")).to_contain_text(["entfernt", "Abend"])
    expect(page.locator("ins")).to_contain_text(["neu", "Vormittag"])
    check_page(page)
    follow(page, page.get_by_role("link", name="Die alte Fassung ansehen und zurückholen"))
    check_page(page)
    page.get_by_role("button", name="Diese Fassung zurückholen").click()
    expect(field(page, "Titel")).to_have_value("Stadtgespräche am Abend")

    page.get_by_role("link", name="Löschen", exact=True).click()
    page.get_by_role("button", name=re.compile("^Ja")).click()
    follow(page, page.get_by_role("link", name="Gelöschtes wiederherstellen"))
    check_page(page)
    follow(page, page.get_by_role("link", name=re.compile("^Endgültig löschen … ?: Stadtgespräche am Abend")))
    check_page(page)
    page.get_by_role("link", name="Abbrechen").click()
    follow(page, page.get_by_role("link", name=re.compile("^Ansehen und wiederherstellen ?: Stadtgespräche am Abend")))
    check_page(page)
    page.get_by_role("button", name="Wiederherstellen").click()
    expect(field(page, "Titel")).to_have_value("Stadtgespräche am Abend")
    assert page.url == form
    assert page.problems == []

    page.get_by_role("link", name="Löschen", exact=True).click()  # the site is as other tests expect it
    page.get_by_role("button", name=re.compile("^Ja")).click()
    page.get_by_role("link", name="Gelöschtes wiederherstellen").click()
    page.get_by_role("link", name=re.compile("^Endgültig löschen")).click()
    page.get_by_role("button", name="Endgültig löschen").click()
    expect(page.get_by_text("Hier ist nichts Gelöschtes")).to_be_visible()
