"""Every page type stays within the budgets of the brief, and the scales show what does not."""

import functools
import http.server
import secrets
import threading

import pytest

from tests.browser.pages import PAGES
from tests.browser.weight import misses, sizes, weigh


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_it_is_light(browser, site, path):
    assert misses(weigh(browser, site.address + path, compress=True)) == []


@pytest.fixture
def heavy_site(tmp_path):
    """A page that breaks every budget, its files in `tmp_path`."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(tmp_path)))
    port = server.server_port
    (tmp_path / "medien").mkdir()
    (tmp_path / "index.html").write_text(
        "<!doctype html><title>Schwer</title><link rel=icon href=/symbol.svg>"
        "<link rel=stylesheet href=/a.css><link rel=stylesheet href=/b.css><script src=/a.js></script>"
        "<p style='font-family: Schwer'>Text<img src=/medien/a.svg><img src=/b.svg><img src=/fehlt.png>"
        f"<div style='height: 9000px'></div><img loading=lazy src='http://localhost:{port}/medien/c.svg'>"
        f"<!--{secrets.token_hex(7_000)}-->"
    )
    (tmp_path / "a.css").write_text(f"/*{secrets.token_hex(7_000)}*/")
    (tmp_path / "b.css").write_text("@font-face { font-family: Schwer; src: url(/a.woff2) }")
    (tmp_path / "a.js").write_text(f"//{secrets.token_hex(10_000)}")
    (tmp_path / "a.woff2").write_bytes(secrets.token_bytes(80_000))
    for name, comment in (
        ("medien/a.svg", secrets.token_hex(45_000)),
        ("medien/c.svg", ""),
        ("b.svg", ""),
        ("symbol.svg", ""),
    ):
        (tmp_path / name).write_text(
            f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><!--{comment}--></svg>"
        )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def test_whatever_is_too_much_is_named(browser, heavy_site, tmp_path):
    answers = weigh(browser, f"{heavy_site}/")
    total = sizes(answers)
    for kind, names in (
        ("HTML", ["index.html"]),
        ("CSS", ["a.css", "b.css"]),
        ("Skript", ["a.js"]),
        ("Schrift", ["a.woff2"]),
        ("größtes Bild", ["medien/a.svg"]),
    ):
        assert total[kind] == sum((tmp_path / name).stat().st_size for name in names), kind
    foreign = heavy_site.replace("127.0.0.1", "localhost")
    assert sorted(misses(answers)) == sorted(
        [
            f"HTML: {total['HTML']} Bytes, höchstens 12288",
            f"CSS: {total['CSS']} Bytes, höchstens 12288",
            "CSS: 2 Abfragen statt einer",
            f"Skript: {total['Skript']} Bytes, höchstens 18432",
            f"hält den Aufbau auf: {heavy_site}/a.js",
            f"Schrift: {total['Schrift']} Bytes, höchstens 71680",
            f"größtes Bild: {total['größtes Bild']} Bytes, höchstens 81920",
            f"überzählig: {heavy_site}/b.svg",
            f"überzählig: {heavy_site}/fehlt.png",
            f"nicht geladen: {heavy_site}/fehlt.png",
            f"fremd: {foreign}/medien/c.svg",
        ]
    )


def test_text_that_comes_unpacked_can_be_counted_packed(browser, heavy_site):
    raw, packed = sizes(weigh(browser, f"{heavy_site}/")), sizes(weigh(browser, f"{heavy_site}/", compress=True))
    for kind in ("HTML", "CSS", "Skript"):
        assert 0.4 < packed[kind] / raw[kind] < 0.7  # random hexadecimal digits carry half their length
    assert packed["Schrift"] == raw["Schrift"]
