import io
import zipfile

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from forum.attachments import MAX_BYTES, OFFICE, detect
from forum.models import Attachment
from tests.factories import make_article, make_attachment, make_event, make_item, pdf_file


def archive(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return content.getvalue()


def office(kind):
    _, media_type, part = OFFICE[kind]
    if kind.startswith("od"):
        return archive(**{"mimetype": media_type, part: "<x/>"})
    return archive(**{"[Content_Types].xml": "<x/>", part: "<x/>"})


@pytest.mark.parametrize("kind", OFFICE)
def test_office_files_are_known_by_their_content(kind):
    attachment = make_attachment(file=ContentFile(office(kind), "falscher-name.exe"))
    assert attachment.file.name.endswith(f"/falscher-name.{kind}")
    assert attachment.kind == OFFICE[kind][0]


def test_pdf_with_type_and_size():
    attachment = make_attachment(file=pdf_file("Größe & Maß.pdf"))
    assert attachment.file.name.endswith("/groesse-und-mass.pdf")
    assert attachment.description == "PDF, 45\xa0Bytes"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.7 abgeschnitten",
        b"PK\x03\x04 kein Archiv",
        archive(**{"irgendwas.txt": "x"}),
        archive(mimetype="application/x-msdownload"),
        archive(**{"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>", "word/vbaProject.bin": "x"}),
        archive(**{"mimetype": OFFICE["odt"][1], "Basic/Standard/script-lb.xml": "x"}),
        archive(**{"[Content_Types].xml": "<x/>"}),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,  # the old binary format of Word
    ],
)
def test_everything_else_is_refused(content):
    assert detect(ContentFile(content)) is None
    with pytest.raises(ValidationError) as error, transaction.atomic():
        make_attachment(file=ContentFile(content, "harmlos.pdf"))
    assert "PDF, Word (docx)" in error.value.messages[0]
    assert not Attachment.objects.exists()


def test_too_many_bytes_are_refused():
    with pytest.raises(ValidationError) as error, transaction.atomic():
        make_attachment(file=ContentFile(b"\0" * (MAX_BYTES + 1), "gross.pdf"))
    assert "30 MB" in error.value.messages[0]


def test_the_desk_refuses_beside_the_field(desk):
    page = desk.post(
        "/redaktion/forum/attachment/add/", {"title": "Folien", "file": SimpleUploadedFile("folien.pdf", b"MZ")}
    ).content.decode()
    assert "Diese Datei nehmen wir nicht an" in page
    assert 'value="Folien"' in page


def test_pages_show_title_type_and_size(client):
    attachment = make_attachment(title="Ergebnisse")
    article, event = make_article(), make_event()
    item = make_item(event)
    for thing in (article, event, item):
        thing.attachment_rows.create(attachment=attachment)
        page = client.get(thing.get_absolute_url()).content.decode()
        assert (
            f'<a href="{attachment.file.url}" data-address="{settings.SITE_URL}{attachment.file.url}" download><span class="downloads__title">Ergebnisse</span> '
            '<span class="downloads__facts">PDF, 45\xa0Bytes</span></a>' in page
        )


def test_the_order_is_the_chosen_one(client):
    article = make_article()
    for title, position in (("Zweite", 2), ("Erste", 1)):
        article.attachment_rows.create(attachment=make_attachment(title=title), position=position)
    page = client.get(article.get_absolute_url()).content.decode()
    assert page.index("Erste") < page.index("Zweite")


def macro_word():
    kind = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    return archive(**{"[Content_Types].xml": kind, "word/document.xml": "<x/>"})


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\ntrailer << /Encrypt 5 0 R >>\n%%EOF",
        b"%PDF-1.7\n<< /S /JavaScript /JS (app.alert(1)) >>\n%%EOF",
        macro_word(),
        archive(**{"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>", "xl/macrosheets/sheet1.xml": "<x/>"}),
        archive(mimetype=OFFICE["odt"][1], **{"content.xml": "<x/>", "Scripts/python/a.py": "x"}),
        archive(mimetype=OFFICE["odt"][1], **{"content.xml": "x", "META-INF/manifest.xml": "<m:encryption-data/>"}),
        archive(mimetype=OFFICE["odt"][1]),
        office("odt").replace(b"opendocument", b"\x00\xff\x00\xff\x00\xff\x00\xff\x00\xff\x00\xff"),
    ],
    ids=[
        "encrypted PDF",
        "PDF with script",
        "macro type",
        "Excel 4",
        "ODF script",
        "encrypted ODF",
        "no content",
        "damaged",
    ],
)
def test_programs_passwords_and_damage_are_refused(content):
    assert detect(SimpleUploadedFile("datei", content)) is None


def test_the_file_goes_with_its_record(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        attachment = make_attachment()
    url = attachment.file.url
    assert b"".join(client.get(url).streaming_content).startswith(b"%PDF")
    with django_capture_on_commit_callbacks(execute=True):
        attachment.delete()
    assert client.get(url).status_code == 404


def test_the_form_says_where_a_file_is_offered(desk):
    attachment, article, item = make_attachment(), make_article(title="Nachlese"), make_item(title="Werkstatt")
    address = f"/redaktion/forum/attachment/{attachment.pk}/change/"
    assert "noch nirgends" in desk.get(address).content.decode()
    article.attachment_rows.create(attachment=attachment)
    item.attachment_rows.create(attachment=attachment)
    page = desk.get(address).content.decode()
    assert f'<a href="/redaktion/news/article/{article.pk}/change/">Nachlese</a>' in page
    assert f'<a href="/redaktion/events/programmeitem/{item.pk}/change/">Werkstatt</a>' in page
    assert "an allen 2 Stellen" in page
    assert "Wird verwendet in" not in desk.get("/redaktion/forum/attachment/add/").content.decode()
