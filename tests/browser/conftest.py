"""A real Chromium in front of a real portal with demo content, started as a newcomer starts it."""

import contextlib

import pytest
from playwright.sync_api import sync_playwright

from forum.bootstrap import find_chromium
from tests.servers import Portal, open_to_servers

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def _database():
    """The site has a database of its own."""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    portal = Portal(open_to_servers(tmp_path_factory.mktemp("site"))).wait_until_ready()
    yield portal
    portal.stop()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, site):
    """Open an address of the site in a window of its own; `open_page("/", width=360, scheme="dark", script=False)`."""
    with contextlib.ExitStack() as windows:

        def open_page(path="/", width=1280, height=900, scheme="light", script=True, **options):
            context = browser.new_context(
                base_url=site.address,
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                java_script_enabled=script,
                locale="de-DE",
                timezone_id="Europe/Berlin",
                **options,
            )
            windows.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.problems = []
            page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: page.problems.append(str(error)))
            page.asked = []
            page.on("request", lambda request: page.asked.append(request.url))
            page.answer = page.goto(path)
            return page

        yield open_page


@pytest.fixture
def desk_page(open_page, site):
    """The desk, signed in with the demo login, as `make run` prints it."""
    page = open_page("/redaktion/")
    name, password = site.login
    page.get_by_label("Benutzername").fill(name)
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url("**/redaktion/")
    return page
