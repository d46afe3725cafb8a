"""Hostile pictures and files into every upload: refused in German, or stored as something that can do nothing."""

import io
import re
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from forum.attachments import OFFICE, check_attachment
from forum.models import Attachment, Picture
from forum.pictures import FORMATS, MAX_SIDE, PictureError, safe_picture
from tests.factories import image_bytes, pdf_file
from tests.forum.test_attachments import archive, office
from tests.forum.test_pictures import photograph, png_claiming
from tests.fuzzing import bounded

PDF = pdf_file().read()
PICTURES = [image_bytes((9, 7), image_format=kind) for kind in ("PNG", "JPEG", "WEBP")] + [photograph((24, 16))]
FILES = [PDF, *(office(kind) for kind in OFFICE)]
SCRIPT = b"<script>alert(1)</script><?php system('x'); ?>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
XXE = b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>"
PNG_CHUNKS = image_bytes((9, 7))
NAME = re.compile(r"[a-z0-9-]{1,60}\.(jpg|png|pdf|docx|xlsx|pptx|odt|ods|odp)")


def bomb() -> bytes:
    """A Word file of some bytes that says one of its parts unpacks to 4 GB."""
    content = bytearray(office("docx"))
    place = content.index(b"PK\x01\x02") + 24  # the size in the list of contents
    content[place : place + 4] = (0xFFFFFF00).to_bytes(4, "little")
    return bytes(content)


def damaged(content, data):
    """A file with something cut off, changed, put in or hung on."""
    place = data.draw(st.integers(0, len(content)))
    extra = data.draw(st.one_of(st.binary(max_size=40), st.sampled_from([SCRIPT, SVG, b"\0" * 500, PDF, PICTURES[0]])))
    return data.draw(
        st.sampled_from([content[:place], content[:place] + extra + content[place:], content + extra, extra + content,
                         content[:place] + extra[:1] + content[place + 1 :]])
    )  # fmt: skip


@bounded(150)
@given(data=st.data())
def test_a_picture_is_made_anew_or_refused(data):
    content = damaged(data.draw(st.sampled_from(PICTURES)), data)
    try:
        made = safe_picture(SimpleUploadedFile("bild.jpg", content))
    except PictureError as error:
        assert str(error.message).startswith(("Das Bild ist", "Diese Datei ist"))
        return
    stored = made.read()
    image = Image.open(io.BytesIO(stored))
    image.load()
    assert image.format in ("JPEG", "PNG")
    assert max(image.size) <= MAX_SIDE
    assert not image.getexif()
    for trace in (b"<script", b"<?php", b"Geheim", b"%PDF", b"Exif"):
        assert trace not in stored


@bounded(150)
@given(data=st.data())
def test_a_file_is_what_its_content_says_or_refused(data):
    content = damaged(data.draw(st.sampled_from(FILES)), data)
    try:
        kind = check_attachment(SimpleUploadedFile("datei.pdf", content))
    except ValidationError as error:
        assert error.message.startswith("Diese Datei nehmen wir nicht an")
        return
    if kind == "pdf":
        assert content.startswith(b"%PDF-")
    else:
        assert zipfile.is_zipfile(io.BytesIO(content))


@bounded(80)
@given(name=st.one_of(st.text(min_size=1, max_size=300), st.sampled_from(["../../x.png", "..\\x.png", "x.png\x00.php", "ä" * 300,
                      "CON", ".htaccess", "-rf.png", "a.php.png", "x" * 300 + ".png", "\u202egnp.exe", "%2e%2e%2f", "日本.png"])))  # fmt: skip
def test_names_become_plain(name):
    upload = SimpleUploadedFile("x", PICTURES[0])
    upload._name = name  # past Django's own cleaning
    assert NAME.fullmatch(safe_picture(upload).name)


HOSTILE = {
    "nothing": b"",
    "truncated picture": photograph()[:400],
    "truncated PDF": PDF[:20],
    "bomb of pixels": png_claiming(60_000, 60_000),
    "bomb in an archive": bomb(),
    "wide": png_claiming(2**31 - 1, 1),
    "SVG": SVG,
    "entities": XXE,
    "HTML": b"<!doctype html>" + SCRIPT,
    "GIF with script": b"GIF89a/*" + SCRIPT + b"*/",
    "TIFF": image_bytes((4, 4), image_format="TIFF"),
    "ICO": image_bytes((16, 16), image_format="ICO"),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "archive": archive(**{"../../etc/x": "x"}),
    "macros": archive(**{"[Content_Types].xml": "<x/>", "word/document.xml": "", "word/VBAPROJECT.BIN": "x"}),
    "PDF with script": PDF.replace(b"<<>>", b"<</S/JavaScript/JS(app.alert(1))>>"),
    "PDF with hidden script": PDF.replace(b"<<>>", b"<</S/Java#53cript/JS(app.alert(1))>>"),
    "PDF that starts a program": PDF.replace(b"<<>>", b"<</S/L#61unch/F(cmd.exe)>>"),
    "program": b"\x7fELF" + b"\0" * 200,
}
PLACES = ["/redaktion/forum/picture/add/", "/redaktion/anlegen/forum/picture/", "/redaktion/forum/attachment/add/",
          "/redaktion/anlegen/forum/attachment/"]  # fmt: skip
NAMES = [
    "bild.png",
    "../../bild.jpg",
    "x.pdf\x00.html",
    "größe.pdf",
    "n" * 300 + ".pdf",
    "datei.html",
    '"><script>alert(1)</script>.pdf',
]


@pytest.mark.parametrize("place", PLACES)
def test_every_upload_refuses_them_in_words(desk, place):
    for number, (what, content) in enumerate(HOSTILE.items()):
        file = SimpleUploadedFile("x", content, "image/png")
        file._name = NAMES[number % len(NAMES)]
        form = {
            "alt_text": "Ein Bild von etwas",
            "credit": "Erika",
            "file_ppoi": "0.5x0.5",
            "title": "Titel",
            "file": file,
        }
        answer = desk.post(place, form)
        page = answer.content.decode()
        assert answer.status_code == 200, what
        assert re.search("Das Bild ist|Diese Datei|Die (übermittelte )?Datei|ist leer", page), what
        assert "<script>alert" not in page, what
    assert not Picture.objects.exists()
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_file_is_only_ever_downloaded(desk, client, name):
    file = SimpleUploadedFile("x", PDF + SCRIPT + b"\n%%EOF", "text/html")
    file._name = name
    answer = desk.post("/redaktion/forum/attachment/add/", {"title": "Titel", "file": file})
    assert answer.status_code == 302
    stored = Attachment.objects.get().file
    assert re.fullmatch(r"downloads/[0-9a-f]{16}/[a-z0-9-]{1,60}\.pdf", stored.name)
    answer = client.get(stored.url)
    assert answer["Content-Type"] == "application/pdf"
    assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.pdf"', answer["Content-Disposition"])
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_only_three_formats_are_ever_decoded():
    assert set(FORMATS) == {"JPEG", "PNG", "WEBP"}
