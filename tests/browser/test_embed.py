"""Another site shows our next events in a frame, reads our data, and can frame nothing else."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Nothing to read."""


@pytest.fixture
def other_site(tmp_path, site):
    """A site on another port; its page frames the event frame, as copied from ours, and an ordinary page."""
    frames = {"gut": f"{site.address}/veranstaltungen/einbetten/?anzahl=3", "schlecht": f"{site.address}/kontakt/"}
    rows = "".join(
        f'<iframe name="{name}" title="{name}" src="{address}" width="240" height="500"></iframe>'
        for name, address in frames.items()
    )
    (tmp_path / "index.html").write_text(f"<!doctype html><html lang=de><title>Verein</title><h1>Verein</h1>{rows}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_foreign_page_frames_the_next_events_and_nothing_else(browser, site, other_site):
    context = browser.new_context(locale="de-DE", timezone_id="Europe/Berlin")
    try:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(other_site)
        frame = page.frame_locator("[name=gut]")
        expect(frame.get_by_role("heading", level=2)).to_have_count(3)
        inside = page.frame(name="gut")
        assert inside.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert inside.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Atkinson Next\"'))")
        refused = page.frame(name="schlecht")
        assert refused.url.startswith("chrome-error:")

        answer = page.evaluate(
            "address => fetch(address).then(answer => answer.json())", f"{site.address}/api/v1/events/?anzahl=1"
        )
        assert len(answer["results"]) == 1
        assert (
            page.evaluate(
                "address => fetch(address).then(() => 'read', () => 'refused')", f"{site.address}/veranstaltungen/"
            )
            == "refused"
        )

        name = frame.get_by_role("heading", level=2).first.inner_text()
        frame.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        assert page.url.startswith(f"{site.address}/veranstaltungen/")
        assert context.cookies() == []
    finally:
        context.close()


def test_a_site_without_dark_gets_a_light_frame(open_page):
    def ground(query):
        page = open_page(f"/veranstaltungen/einbetten/{query}", width=240, scheme="dark", painted=False)
        return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    assert ground("?farben=hell") == "rgb(251, 247, 240)"
    assert ground("") == ground("?farben=dunkel") == "rgb(13, 27, 32)"


def test_choosing_needs_no_script_and_no_mouse(open_page):
    page = open_page("/folgen/", width=360, script=False)
    page.get_by_label("Wirkung").focus()
    page.keyboard.press("Space")
    page.get_by_label("online", exact=True).press("Space")
    page.get_by_role("button", name="Adressen zeigen").press("Enter")
    page.wait_for_url("**/folgen/?thema=wirkung&format=online#adressen")
    expect(page.get_by_label("Adresse zum Abonnieren")).to_have_value(
        f"{page.url.partition('/folgen')[0]}/veranstaltungen/kalender.ics?thema=wirkung&format=online"
    )
    expect(page.get_by_label("Wirkung")).to_be_checked()
