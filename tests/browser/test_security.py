"""A strict policy in a real browser: signing in works to the end."""

import base64
import hashlib
import hmac
import struct
import time

import pytest
from playwright.sync_api import expect

from tests.browser.axe import LATER, violations
from tests.browser.conftest import WATCH
from tests.servers import Portal, open_to_servers, prepared


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A portal where a second factor is required, as in production."""
    portal = Portal(prepared(open_to_servers(tmp_path_factory.mktemp("guarded"))), SECOND_FACTOR="1").wait_until_ready()
    yield portal
    portal.stop()


@pytest.fixture
def window(browser):
    """Open a window of its own: `window(address)`; what the policy blocks is in `page.blocked`."""
    contexts = []

    def window(address, **options):
        context = browser.new_context(
            base_url=address,
            locale="de-DE",
            timezone_id="Europe/Berlin",
            viewport={"width": 1280, "height": 900},
            **options,
        )
        contexts.append(context)
        context.add_init_script(WATCH + LATER)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.errors = []
        page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        return page

    yield window
    for context in contexts:
        context.close()


def sign_in(page, name, password):
    page.goto("/redaktion/")
    page.get_by_label("Benutzername").fill(name)
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("button", name="Anmelden", exact=True).click()


def code(secret):
    """The six digits an app shows now (RFC 6238), computed without the library under test."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_first_sign_in_with_an_app(window, guarded):
    page = window(guarded.address)
    sign_in(page, "beitraege", guarded.login[1])
    expect(page.get_by_role("heading", name="Zweiter Faktor: einmalig einrichten")).to_be_visible()
    assert violations(page) == []
    page.goto("/redaktion/news/article/")
    expect(page.get_by_role("heading", name="Zweiter Faktor: einmalig einrichten")).to_be_visible()
    page.get_by_role("link", name="App einrichten").click()
    secret = page.locator(".account-secret").inner_text()
    expect(page.get_by_role("img", name="QR-Code")).to_be_visible()
    page.get_by_label("Code").fill(code(secret))
    page.get_by_role("button", name="Fertig").click()
    expect(page.locator(".account-codes li")).to_have_count(10)
    assert page.evaluate("blocked") == []
    spare = page.locator(".account-codes li").first.inner_text()
    assert violations(page) == []
    page.get_by_role("link", name="Gesichert, weiter zur Redaktion").click()
    page.wait_for_url("**/redaktion/")
    page.get_by_role("button", name="Abmelden").click()
    sign_in(page, "beitraege", guarded.login[1])
    expect(page.get_by_role("heading", name="Zweiter Faktor")).to_be_visible()
    assert violations(page) == []
    expect(page.get_by_role("button", name="Passkey verwenden")).to_have_count(0)  # there is none to use
    page.get_by_label("Code").fill(spare)
    page.get_by_role("button", name="Weiter").click()
    page.wait_for_url("**/redaktion/")


def test_a_passkey_is_set_up_and_then_signs_in_alone(window, guarded):
    page = window(guarded.address.replace("127.0.0.1", "localhost"))  # browsers want a name
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, "veranstaltungen", guarded.login[1])
    page.get_by_role("link", name="Passkey einrichten").click()
    page.get_by_label("Name").fill("Laptop Büro")
    page.get_by_role("button", name="Passkey einrichten").click()
    expect(page.locator(".account-codes li")).to_have_count(10)
    page.goto("/redaktion/konto/passkeys/")
    expect(page.get_by_text("Laptop Büro", exact=True)).to_be_visible()
    assert violations(page) == []
    page.goto("/redaktion/")
    page.get_by_role("button", name="Abmelden").click()
    page.get_by_role("button", name="Passkey verwenden").click()
    page.wait_for_url("**/redaktion/")
    page.get_by_role("button", name="Abmelden").click()
    sign_in(page, "veranstaltungen", guarded.login[1])
    page.wait_for_url("**/login/code/")
    page.get_by_role("button", name="Passkey verwenden").click()  # as second factor after the password
    page.wait_for_url("**/redaktion/")
    assert page.evaluate("blocked") == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_account_pages_are_accessible(desk_to_read, width, scheme):
    page = desk_to_read
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    for path in ("konto/", "konto/app/", "konto/passkeys/neu/", "konto/geraete/", "konto/passwort/", "logout/",
                 "auth/user/", "auth/user/2/change/", "auth/user/add/", "forum/auditentry/"):  # fmt: skip
        page.goto(f"/redaktion/{path}")
        assert (path, page.evaluate("blocked")) == (path, [])
        assert (path, violations(page)) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
