"""Every type of page of the editing desk: nothing for axe to find, nothing wider than a phone."""

import pytest

from tests.browser.axe import violations

LISTS = [
    "news/article", "news/articletype", "events/event", "events/programmeitem", "events/venue", "events/series",
    "contacts/person", "contacts/district", "contacts/postcode", "contacts/quarter", "forum/topic", "forum/picture",
    "forum/attachment", "forum/page", "forum/barrier", "forum/formeraddress", "forum/missingaddress",
    "forum/internallink", "forum/searchmiss", "forum/synonym", "forum/auditentry", "contacts/contactcorrection", "auth/user", "auth/group",
]  # fmt: skip


def test_all_registered_models_are_walked():
    from django.contrib import admin

    registered = {f"{model._meta.app_label}/{model._meta.model_name}" for model in admin.site._registry}
    assert registered == set(LISTS)


def pages_of(page, name):
    """The addresses of all pages of one model, as a person finds them: list, a form, its history and deletion, a new one."""
    page.goto(f"/redaktion/{name}/")
    yield page.url
    add = page.locator(".object-tools a.addlink").first
    links = page.locator("#result_list tbody th a").first
    addresses = [one.get_attribute("href") for one in (add, links) if one.count()]
    for address in addresses:
        yield address.partition("?")[0]
        if address.partition("?")[0].endswith("/change/"):
            base = address.partition("?")[0].removesuffix("change/")
            yield f"{base}history/"
            yield f"{base}delete/"


def problems(page) -> list:
    """What axe finds on a wide light page and on a narrow dark one, and whether a page is wider than its window."""
    found = []
    for width, scheme in ((1280, "light"), (360, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(200)  # colours fade
        for rule, nodes in violations(page):
            found.append((width, scheme, rule, nodes))
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append((width, scheme, "zu breit", [str(needed)]))
    return found


@pytest.mark.parametrize("name", LISTS)
def test_pages_of_a_model_are_accessible_and_fit_a_phone(desk_page, name):
    found = {}
    for address in list(pages_of(desk_page, name)):
        if desk_page.goto(address).status == 200:
            found[address] = problems(desk_page)
    assert found
    assert {address: ones for address, ones in found.items() if ones} == {}


@pytest.mark.parametrize("path", ["/redaktion/", "/redaktion/password_change/", "/redaktion/password_change/done/"])
def test_other_pages_are_accessible_and_fit_a_phone(desk_page, path):
    assert desk_page.goto(path).status == 200
    assert problems(desk_page) == []


def test_signing_in_is_accessible(open_page):
    assert problems(open_page("/redaktion/login/")) == []
