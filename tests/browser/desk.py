"""What staff do at the desk, as helpers for the tests that play them."""

import re

from playwright.sync_api import expect


def field(page, label):
    """A field of the form itself, not one of a row that waits to be added."""
    return page.get_by_label(re.compile(f"^{label}:?$")).and_(page.locator(":not([name*=__prefix__])"))


def follow(page, target):
    """Click what leads to another page, and wait for it."""
    with page.expect_navigation():
        target.click()


def save(page, button="Speichern"):
    page.get_by_role("button", name=button).click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def search(page, label, typed):
    """Type into a search and wait for its answer; returns the search.

    Args:
        label: name of the field, or a locator of its input.
    """
    box = field(page, label) if isinstance(label, str) else label
    box.click()
    box.fill(typed)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".finder__list:popover-open")).to_have_attribute("data-words", typed)
    return box


def choose(page, label, typed):
    """Find something while typing, and take the first hit (see `search`)."""
    box = search(page, label, typed)
    page.locator(".finder__list:popover-open [role=option]", has_text=typed).first.click()
    expect(box).to_have_attribute("aria-expanded", "false")


def create(page, label, typed, **answers):
    """Create in place what is not there yet (see `search`).

    Args:
        answers: German name of a field in the panel → what is typed into it. Words (topics, kinds of articles, series)
            need no panel.
    """
    search(page, label, typed)
    option = page.locator(".finder__list:popover-open .finder__option--create")
    asks = option.evaluate("one => !('atOnce' in one.closest('.finder-box').previousElementSibling.dataset)")
    with page.expect_response("**/redaktion/anlegen/**"):
        option.click()
    if asks:
        panel = page.locator(".panel:not([hidden])")
        for name, answer in answers.items():
            field(panel, name).fill(answer)
        panel.locator("[type=submit]").click()
        expect(panel).to_have_count(0)


def wait_for(page, expression, seconds=10):
    """Wait until an expression holds; our policy forbids the eval of Playwright's own way."""
    for _ in range(seconds * 20):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)
