"""Style and script of another version of the portal, asked of this one (tests/forum/test_rolling.py does it for real)."""

import json
import re

import pytest
from django.contrib.staticfiles.finders import get_finders
from django.test import Client

OTHER = "0123456789ab"  # a hash of no file of ours


@pytest.fixture
def folder(settings, tmp_path):
    """Files as in production: hashed, in a folder that is read when the process begins."""
    settings.STATIC_ROOT = str(tmp_path)
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    for name in ("css", "img"):
        (tmp_path / name).mkdir()
    (tmp_path / f"img/icon-512.{'1' * 12}.png").write_text("a picture")
    (tmp_path / f"css/portal.{'1' * 12}.css").write_text("own {}")
    found = [name for finder in get_finders() for name, _ in finder.list(None)]
    names = {name: re.sub(r"(\.\w+)$", rf".{'1' * 12}\1", name) for name in found}
    (tmp_path / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": names, "hash": ""}))
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    return tmp_path


@pytest.fixture
def browser(folder):
    client = Client()
    client.get("/healthz")  # the process begins
    return lambda path: client.get(f"/static/{path}")


def text(answer):
    try:
        return b"".join(answer.streaming_content).decode()
    finally:
        answer.close()


def test_a_file_that_came_later_is_found(folder, browser):
    (folder / f"css/portal.{OTHER}.css").write_text("later {}")
    answer = browser(f"css/portal.{OTHER}.css")
    assert (answer.status_code, text(answer)) == (200, "later {}")


def test_where_it_is_not_there_our_own_stands_in_and_is_kept_by_nobody(browser):
    own, answer = browser(f"css/portal.{'1' * 12}.css"), browser(f"css/portal.{OTHER}.css")
    assert (answer.status_code, text(answer), answer["Cache-Control"]) == (200, text(own), "no-store")
    assert "immutable" in own["Cache-Control"]


def test_a_name_without_a_hash_lasts(browser):
    """Others keep the address of our logo (forum.linked_data)."""
    assert text(browser("img/icon-512.png")) == "a picture"


@pytest.mark.parametrize(
    "path",
    [f"css/nichts.{OTHER}.css", "css/", "css", "css/../../etc/passwd", "%2e%2e/settings.py", "a%00b.css", "x\\y", "//",
     f"{'x' * 5000}.css"],
)  # fmt: skip
def test_what_is_nowhere_is_not_found_and_not_kept(browser, path):
    answer = browser(path)
    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")
