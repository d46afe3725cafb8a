"""A real Chromium in front of a real portal with demo content, started as a newcomer starts it."""

from collections import defaultdict

import pytest
from playwright.sync_api import sync_playwright

from forum.bootstrap import find_headless
from tests.browser.axe import LATER
from tests.servers import Portal, open_to_servers, prepared

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # pages live for a second: to optimise their scripts, on threads beside, takes longer than to run them
    "--js-flags=--always-sparkplug --no-maglev --no-opt --single-threaded",
]
# what the Content-Security-Policy of a page refuses, in `blocked`
WATCH = """
window.blocked = []
document.addEventListener("securitypolicyviolation", event =>
  window.blocked.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))
"""


@pytest.fixture(autouse=True)
def _database():
    """The site has a database of its own."""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    portal = Portal(prepared(open_to_servers(tmp_path_factory.mktemp("site")))).wait_until_ready()
    yield portal
    portal.stop()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_headless(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def still(browser):
    """A browser that lays pages out but paints no frames, for pages that are only read: a click would wait for a frame."""
    flags = [*FLAGS, "--disable-threaded-compositing"]
    chromium = browser.browser_type.launch(executable_path=find_headless(), args=flags)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def idle(browser, still):
    """Open windows nobody uses: a new one costs as much as two pages, and reading pages leave nothing behind."""
    return defaultdict(list)


@pytest.fixture
def open_page(browser, still, site, idle):
    """Open an address of the site; `open_page("/", width=360, scheme="dark", script=False)`.

    Each call within a test gives another window. Readers and staff have windows of their own. Who neither clicks nor
    waits for what scrolling brings saves half the work by `painted=False` (see `still`).
    """
    used = []

    def open_page(
        path="/",
        *,
        width=1280,
        height=900,
        scheme="light",
        script=True,
        density=1,
        staff=False,
        painted=True,
        motion="null",
        contrast="null",
        forced="null",
    ):
        windows = idle[script, density, staff, painted]
        page = windows.pop() if windows else new_page(script, density, painted)
        used.append((page, windows))
        page.problems, page.asked = [], []
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(
            media="null",
            color_scheme=scheme,
            reduced_motion=motion,
            contrast=contrast,
            forced_colors=forced,
        )
        page.answer = page.goto(path)
        return page

    def new_page(script, density, painted):
        context = (browser if painted else still).new_context(
            base_url=site.address,
            java_script_enabled=script,
            device_scale_factor=density,
            locale="de-DE",
            timezone_id="Europe/Berlin",
        )
        if script:
            context.add_init_script(WATCH + LATER)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        return page

    yield open_page
    for page, windows in used:
        windows.append(page)


def signed_in(page, site):
    if "/login/" in page.url:
        name, password = site.login
        page.get_by_label("Benutzername").fill(name)
        page.get_by_label("Passwort").fill(password)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert page.url == f"{site.address}/redaktion/"
    return page


@pytest.fixture
def desk_page(open_page, site):
    """The desk, signed in with the demo login, as `make run` prints it."""
    return signed_in(open_page("/redaktion/", staff=True), site)


@pytest.fixture
def desk_to_read(open_page, site):
    """The desk for who does not click (see `still`)."""
    return signed_in(open_page("/redaktion/", staff=True, painted=False), site)
