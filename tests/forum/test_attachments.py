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


CONTENT_TYPES, MACRO = "[Content_Types].xml", "application/vnd.ms-word.document.macroEnabled.main+xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def typed(kind, before="", encoding="utf-8"):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{before}<Types><Override ContentType="{kind}"/></Types>'
    return text.encode(encoding)


def related(kind, mode="", target="x", encoding="utf-8"):
    """A .rels as Office writes it, with one relationship."""
    mode = f' TargetMode="{mode}"' if mode else ""
    one = f'<Relationship Id="r1" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/>'
    return f'<?xml version="1.0" encoding="{encoding}"?><Relationships>{one}</Relationships>'.encode(encoding)


def word(**parts):
    return archive(**{CONTENT_TYPES: "<x/>", "word/document.xml": "<x/>"} | parts)


DOING = {
    "OLE object": word(**{"word/embeddings/oleObject1.bin": "x"}),
    "OLE under another name": word(**{"word/embeddings/paket.BIN": "x"}),
    "OLE by its relationship": word(**{"word/_rels/document.xml.rels": related("oleObject", target="media/bild.png")}),
    "ActiveX": word(**{"word/_rels/document.xml.rels": related("control")}),
    "template from elsewhere": word(
        **{"word/_rels/settings.xml.rels": related("attachedTemplate", "External", "https://boese.example/x.dotm")}
    ),
    "template in UTF-16": word(
        **{"word/_rels/settings.xml.rels": related("attachedTemplate", "External", encoding="utf-16")}
    ),
    "template in entities": word(
        **{"word/_rels/settings.xml.rels": related("attachedTemplat&#101;", "&#69;xternal")}
    ),
    "template in capitals": word(**{"word/_rels/settings.xml.RELS": related("attachedTemplate", "External")}),
    "frame": word(**{"word/_rels/webSettings.xml.rels": related("frame", "External")}),
    "macros behind blanks": word(**{CONTENT_TYPES: typed(MACRO, " " * 1_100_000)}),
    "macros in UTF-16": word(**{CONTENT_TYPES: typed(MACRO, encoding="utf-16")}),
    "relationships behind blanks": word(
        **{"word/_rels/x.xml.rels": b"<Relationships/>" + b" " * 1_100_000}
    ),
    "DTD": word(**{CONTENT_TYPES: b'<!DOCTYPE x [<!ENTITY m "macroEnabled">]><x ContentType="&m;"/>'}),
    "no XML": word(**{"word/_rels/document.xml.rels": "kein XML"}),
    "OLE in OpenDocument": archive(
        **{"mimetype": OFFICE["odt"][1], "content.xml": "<x/>",
           "META-INF/manifest.xml": '<x type="application/vnd.sun.star.oleobject"/>'}
    ),
    "file in a PDF": b"%PDF-1.7 1 0 obj <</Type/EmbeddedFile>> %%EOF",
    "file in a PDF, hidden": b"%PDF-1.7 1 0 obj <</Type/#45mbeddedFile>> %%EOF",
}  # fmt: skip


@pytest.mark.parametrize("what", DOING)
def test_files_that_do_something_or_hold_others_are_refused(what):
    assert detect(ContentFile(DOING[what])) is None


def test_links_pictures_and_tables_of_charts_are_no_danger():
    parts = {
        CONTENT_TYPES: typed(OFFICE["docx"][1] + ".main+xml"),
        "word/_rels/document.xml.rels": related("hyperlink", "External", "https://verein.example/"),
        "word/_rels/settings.xml.rels": related("attachedTemplate", target="Normal.dotx"),
        "word/charts/_rels/chart1.xml.rels": related("package", target="../embeddings/Microsoft_Excel_Sheet1.xlsx"),
        "word/embeddings/Microsoft_Excel_Sheet1.xlsx": "x",
    }
    assert detect(ContentFile(word(**parts))) == "docx"


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
