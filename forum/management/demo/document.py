"""A file to download for the demo content: the smallest OpenDocument text with a heading and a list (ODF 1.3)."""

import io
import zipfile
from html import escape

from django.core.files.base import ContentFile

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
NAMES = "urn:oasis:names:tc:opendocument:xmlns"
CONTENT = (
    f'<office:document-content xmlns:office="{NAMES}:office:1.0" xmlns:text="{NAMES}:text:1.0" office:version="1.3">'
    '<office:body><office:text><text:h text:outline-level="1">{heading}</text:h><text:list>{lines}</text:list>'
    "</office:text></office:body></office:document-content>"
)
LINE = "<text:list-item><text:p>{}</text:p></text:list-item>"
MANIFEST = (
    f'<manifest:manifest xmlns:manifest="{NAMES}:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MEDIA_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def text_document(name: str, heading: str, lines: list[str]) -> ContentFile:
    content = CONTENT.format(heading=escape(heading), lines="".join(LINE.format(escape(line)) for line in lines))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", MEDIA_TYPE)  # first and uncompressed, as the format demands
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
        archive.writestr("META-INF/manifest.xml", MANIFEST, zipfile.ZIP_DEFLATED)
    return ContentFile(packed.getvalue(), name)
