"""Pages for everyone: keyboard only, more contrast, less motion, paper."""

import io
import re

import pytest
import zxingcpp
from PIL import Image

from tests.browser.axe import violations
from tests.browser.pages import PAGES
from tests.browser.walk import unseen_steps

every_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)


@every_page
def test_a_keyboard_reaches_everything_and_shows_where_it_is(open_page, path):
    page = open_page(path, width=360, height=780, painted=False)
    assert unseen_steps(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})  # filters are open, facts stay in sight, the map is large
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert unseen_steps(page) == []


@pytest.mark.parametrize("path", [PAGES["home"], PAGES["event"], PAGES["news list, filtered"]])
def test_main_actions_are_easy_to_hit(open_page, path):
    page = open_page(path, width=360)
    for summary in page.locator(".filters__summary").all():
        summary.click()
    small = page.locator(".menu a, .button, .chosen a, .brand, .pagination a").evaluate_all(
        "all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"
    )
    assert small == []


@pytest.mark.parametrize("name", ["article", "event", "district", "news list, filtered"])
def test_more_contrast_leaves_nothing_unread(open_page, name):
    page = open_page(PAGES[name], contrast="more", painted=False)
    assert violations(page, only_colours=True, strict=True) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, only_colours=True, strict=True) == []


def test_more_contrast_is_given_to_who_asks(open_page):
    page = open_page("/", contrast="more", painted=False)
    assert page.evaluate("getComputedStyle(document.documentElement).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('.row__meta')).color") == "rgb(0, 0, 0)"


def test_pages_change_without_motion_for_who_wants_none(open_page):
    for wish, allowed in (("reduce", False), ("no-preference", True)):
        page = open_page("/", motion=wish, painted=False)
        rules = page.evaluate(
            """() => { const found = []; const walk = list => { for (const rule of list) {
                if (rule instanceof CSSMediaRule && !matchMedia(rule.conditionText).matches) continue
                if (rule.constructor.name === 'CSSViewTransitionRule') found.push(rule.navigation)
                if (rule.cssRules) walk(rule.cssRules) } }
            for (const sheet of document.styleSheets) walk(sheet.cssRules); return found }"""
        )
        assert rules == (["auto"] if allowed else [])


@pytest.mark.parametrize("name", ["article", "event", "directory", "person", "district", "programme item", "series"])
def test_on_paper_it_is_a_notice_with_the_way_back(open_page, site, name):
    page = open_page(PAGES[name], width=794)
    page.emulate_media(media="print")
    for part in (".site-header nav", ".site-footer", ".breadcrumb", ".skip-link"):
        assert not page.locator(part).first.is_visible(), part
    colours = page.locator("main *:visible").evaluate_all(
        "all => [...new Set(all.map(one => getComputedStyle(one).color))]"
    )
    assert set(colours) == {"rgb(0, 0, 0)"}, "black on white"
    code = Image.open(io.BytesIO(page.locator(".qr svg").screenshot()))
    assert [found.text for found in zxingcpp.read_barcodes(code)] == [site.address + PAGES[name]]
    assert page.locator(".qr__address").inner_text() == site.address + PAGES[name]
    pdf = page.pdf(format="A4", print_background=False)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4


@pytest.mark.parametrize("name", ["article", "event", "event, past", "programme item", "page"])
def test_addresses_of_links_are_written_out_on_paper(open_page, site, name):
    page = open_page(PAGES[name], width=794)
    page.emulate_media(media="print")
    shown = page.locator(
        "main :is(.prose, .facts, .plain-list, .downloads, .row__title) a:visible:not(.topics a)"
    ).evaluate_all("all => all.map(one => [one.getAttribute('href'), getComputedStyle(one, '::after').content])")
    for href, after in shown:
        if href.startswith(("#", "mailto:", "tel:")):
            assert after in ("none", '""'), href
        else:
            assert (site.address + href if href.startswith("/") else href) in after
    assert shown or name == "page"


def test_browsers_may_fetch_ahead_what_anybody_may_read(open_page):
    page = open_page("/")
    rules = page.evaluate("JSON.parse(document.querySelector('script[type=speculationrules]').textContent)")
    (rule,) = rules["prefetch"]
    assert {"not": {"href_matches": ["/redaktion/*", "/medien/*"]}} in rule["where"]["and"]
    other = page.locator("script:not([type='application/ld+json'])").evaluate_all(
        "all => all.map(one => one.src || one.type)"
    )
    assert [name.rpartition("/")[2].split(".")[0] for name in other] == ["search", "speculationrules"]
