"""Every type of page of the editing desk: nothing for axe to find, nothing wider than a phone, nothing the policy blocks."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations

LISTS = [
    "news/article", "news/articletype", "events/event", "events/programmeitem", "events/venue", "events/series",
    "contacts/person", "contacts/district", "contacts/postcode", "contacts/quarter", "forum/topic", "forum/picture",
    "forum/attachment", "forum/page", "forum/barrier", "forum/formeraddress", "forum/missingaddress",
    "forum/internallink", "forum/searchmiss", "forum/synonym", "forum/auditentry", "forum/errorkind", "contacts/contactcorrection", "auth/user", "auth/group",
]  # fmt: skip
# history and deletion come from the same templates for all: with parts and without, with references, with a file
REPRESENTATIVE = {"news/article", "events/event", "contacts/person", "forum/picture"}


def test_all_registered_models_are_walked():
    from django.contrib import admin

    registered = {f"{model._meta.app_label}/{model._meta.model_name}" for model in admin.site._registry}
    assert registered == set(LISTS)


def linked(page, name):
    """What a person finds in the list that is open: the way to a new one, to the first one, its history and deletion."""
    found = []
    for link in (".object-tools a.addlink", "#result_list tbody th a, #result_list td.field-thumbnail a"):
        found += page.evaluate(
            "link => [...document.querySelectorAll(link)].slice(0, 1).map(one => one.pathname)", link
        )
    for address in found:
        yield address
        if address.endswith("/change/") and name in REPRESENTATIVE:
            yield address.replace("/change/", "/history/")
            yield address.replace("/change/", "/delete/")


def problems(page, address) -> list | None:
    """What is wrong with a page, None when it is forbidden: nobody may delete official data.

    Asked are the policy and the console, axe on a wide light page and a narrow dark one, and their width.
    """
    page.problems.clear()  # axe tries to measure with styles of its own, which the policy refuses
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    answer = page.goto(address)
    if answer.status == 403:
        return None
    assert answer.status == 200, address
    assert ("/login/" in page.url) == ("/login/" in address), "signed out"
    if page.evaluate("document.querySelector('.prose-editor') !== null"):
        expect(page.locator(".ProseMirror[contenteditable]").first).to_be_attached()
    found = [*page.evaluate("blocked"), *page.problems]
    for width, scheme in ((1280, "light"), (360, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for rule, nodes in violations(page):
            found.append((width, scheme, rule, nodes))
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append((width, scheme, "zu breit", [str(needed)]))
    return found


@pytest.mark.parametrize("name", LISTS)
def test_pages_of_a_model_are_right_and_fit_a_phone(desk_to_read, name):
    page, found = desk_to_read, {}
    found["list"] = problems(page, f"/redaktion/{name}/")
    assert found["list"] is not None
    for address in list(linked(page, name)):
        found[address] = problems(page, address)
    assert {address: ones for address, ones in found.items() if ones} == {}


@pytest.mark.parametrize("path", ["/redaktion/", "/redaktion/password_change/", "/redaktion/password_change/done/"])
def test_other_pages_are_right_and_fit_a_phone(desk_to_read, path):
    assert problems(desk_to_read, path) == []


def test_signing_in_is_right_and_fits_a_phone(open_page):
    assert problems(open_page("/redaktion/login/", painted=False), "/redaktion/login/") == []
