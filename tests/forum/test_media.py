from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from tests.factories import make_attachment, make_picture


def body(response):
    return b"".join(response.streaming_content)


def test_pictures_are_shown_and_kept(client):
    picture = make_picture()
    for address, kind in (
        (picture.file.wide_webp, "image/webp"),
        (picture.file.wide_400_avif, "image/avif"),
        (picture.file.url, "image/jpeg"),
    ):
        response = client.get(address)
        assert (response.status_code, response["Content-Type"]) == (200, kind)
        assert "immutable" in response["Cache-Control"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert "attachment" not in response.get("Content-Disposition", "")
        assert body(response)


def test_files_are_downloaded_never_opened(client):
    attachment = make_attachment()
    response = client.get(attachment.file.url)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="protokoll.pdf"'
    assert body(response).startswith(b"%PDF")


@pytest.mark.parametrize(
    "name",
    [
        "gibt-es-nicht.png",
        "../settings.py",
        "..%2f..%2fmanage.py",
        "%00.png",
        "bilder/",
        "a.png/b.png",
        "x" * 5000 + ".png",
        "böse.svg",
        "",
    ],
)
def test_nothing_else_exists(client, name):
    assert client.get(f"/medien/{name}").status_code in (400, 404)


def test_other_files_in_the_folder_are_not_served(client):
    for name in ("seite.html", "skript.js", "bild.svg", "ohne"):
        Path(default_storage.path(name)).write_text("<script>alert(1)</script>")
        assert client.get(f"/medien/{name}").status_code == 404


def test_files_outside_the_folder_are_not_served(client, tmp_path):
    secret = settings.ROOT / "static" / "img"
    assert client.get(f"/medien/{secret}/mark.png").status_code == 404
    assert client.post(make_picture().file.url).status_code == 405
