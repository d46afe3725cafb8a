"""Files to download: PDF and office documents, checked by what they contain, not by what they are called."""

import re
import secrets
import zipfile
from pathlib import PurePosixPath
from xml.parsers import expat

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.template.defaultfilters import filesizeformat

from forum.files import FileOwner, check_room, looks_like_file_name, owns_file
from forum.languages import TitleLanguageField
from forum.ordering import Positioned
from forum.text import german_slug
from forum.versions import versioned

MAX_BYTES = 30_000_000
# extension → (what readers see, media type, a part that only this kind of file has)
OFFICE = {
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word/document.xml"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xl/workbook.xml"),
    "pptx": (
        "PowerPoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "ppt/presentation.xml",
    ),
    "odt": ("OpenDocument-Text", "application/vnd.oasis.opendocument.text", "content.xml"),
    "ods": ("OpenDocument-Tabelle", "application/vnd.oasis.opendocument.spreadsheet", "content.xml"),
    "odp": ("OpenDocument-Präsentation", "application/vnd.oasis.opendocument.presentation", "content.xml"),
}
# parts that hold programs: Word and Excel, Excel 4, OpenDocument; and objects of other programs (OLE)
ACTIVE = re.compile(
    r"vbaproject|^xl/macrosheets/|^Basic/|^Scripts/|/activex/|/embeddings/(ole|[^/]*\.bin$)", re.IGNORECASE
)
# The same by what a part is to another (ECMA-376, part 1, 15), whatever it is called
ACTIVE_RELATIONS = ("/oleObject", "/control", "/vbaProject", "/xlMacrosheet", "/xlIntlMacrosheet")
FETCHED = ("/attachedTemplate", "/frame", "/subDocument")  # what Word loads from elsewhere when it opens the file
MOST_OF_PART = 1_000_000  # bytes of a part that says what the others are
PDF_ACTIVE = (b"/Encrypt", b"/JavaScript", b"/Launch", b"/EmbeddedFile")
MOST_UNPACKED = 500_000_000  # bytes; nobody's program shall choke on what we hand on
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a letter in a name of PDF (ISO 32000-1, 7.3.5)
LABELS = {"pdf": "PDF"} | {extension: label for extension, (label, _, _) in OFFICE.items()}
MEDIA_TYPES = {"pdf": "application/pdf"} | {extension: media for extension, (_, media, _) in OFFICE.items()}


def detect(upload) -> str | None:
    """Tell from its content what an uploaded file is.

    Args:
        upload: an open file of any content.

    Returns:
        `pdf` or one of OFFICE; None for anything else, for files with macros or files inside, and for damaged ones.
    """
    upload.seek(0)
    if upload.read(5) == b"%PDF-":
        upload.seek(0)
        content = upload.read()
        names = ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), content)
        active = any(word in names for word in PDF_ACTIVE)
        return "pdf" if b"%%EOF" in content[-2048:] and not active else None
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as archive:
            names = set(archive.namelist())
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > MOST_UNPACKED or any(ACTIVE.search(name) for name in names):
                return None
            if "META-INF/manifest.xml" in names and any(
                word in part(archive, "META-INF/manifest.xml") for word in (b"encryption-data", b"star.oleobject")
            ):
                return None
            if "mimetype" in names and "content.xml" in names and archive.getinfo("mimetype").file_size < 100:
                media = archive.read("mimetype").decode("ascii", "replace").strip()
                return next((kind for kind in ("odt", "ods", "odp") if OFFICE[kind][1] == media), None)
            if "[Content_Types].xml" in names and not does_something(archive):
                return next((kind for kind in ("docx", "xlsx", "pptx") if OFFICE[kind][2] in names), None)
    except Exception:  # noqa: S110 - not a zip archive, or one made to annoy, in any way it likes
        pass
    return None


def does_something(archive) -> bool:
    """Tell whether a document of Word, Excel or PowerPoint holds programs, or fetches something when it is opened."""
    kinds = [one.get("ContentType", "").lower() for one in elements(archive, "[Content_Types].xml")]
    relations = [
        (one.get("Type", ""), one.get("TargetMode") == "External")
        for name in archive.namelist()
        if name.lower().endswith(".rels")
        for one in elements(archive, name)
    ]
    return any("macroenabled" in kind for kind in kinds) or any(
        kind.endswith(ACTIVE_RELATIONS) or (outside and kind.endswith(FETCHED)) for kind, outside in relations
    )


def elements(archive, name) -> list[dict[str, str]]:
    """The attributes of all elements of a small XML file, whatever its encoding; raises for one with a DTD."""
    found, parser = [], expat.ParserCreate()

    def refuse(*_):
        raise ValueError("DTD")

    parser.StartElementHandler = lambda _, attributes: found.append(attributes)
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(part(archive, name), True)
    return found


def part(archive, name) -> bytes:
    """A file in an archive that is small in every honest document; raises ValueError for a large one."""
    with archive.open(name) as content:
        found = content.read(MOST_OF_PART + 1)
    if len(found) > MOST_OF_PART:
        raise ValueError(name)
    return found


class AttachmentFormField(forms.FileField):
    def to_python(self, data):
        upload = super().to_python(data)
        if upload is not None:
            check_attachment(upload)
            check_room(upload)
        return upload


def check_attachment(upload) -> str:
    """Return what the file is (a key of LABELS); raise ValidationError, in German, for what is not taken."""
    if upload.size > MAX_BYTES:
        raise ValidationError(f"Die Datei ist zu groß: höchstens {MAX_BYTES // 1_000_000} MB sind möglich.")
    kind = detect(upload)
    if kind is None:
        raise ValidationError(
            "Diese Datei nehmen wir nicht an: Möglich sind PDF, Word (docx), Excel (xlsx), PowerPoint (pptx) und "
            "OpenDocument (odt, ods, odp), jeweils ohne Makros, Skripte, eingebettete Dateien, Vorlagen aus dem "
            "Internet und Kennwort."
        )
    return kind


class AttachmentFieldFile(models.fields.files.FieldFile):
    def save(self, name, content, save=True):
        """Every way into the storage leads through here: check, and name the file by what it really is."""
        kind = check_attachment(content)
        content.seek(0)
        stem = german_slug(PurePosixPath(name).stem, 60) or "datei"
        # A folder of its own: the name stays as it is, and no two records ever share a file.
        super().save(f"{secrets.token_hex(8)}/{stem}.{kind}", content, save=save)

    save.alters_data = True


class AttachmentField(models.FileField):
    attr_class = AttachmentFieldFile

    def generate_filename(self, instance, filename):
        return f"{self.upload_to}{filename}"  # Django's own would drop our folder

    def formfield(self, **kwargs):
        # The file gets a name of ours: one that is too long is no reason to refuse it.
        field = super().formfield(form_class=AttachmentFormField, **(kwargs | {"max_length": None}))
        field.widget.attrs |= {
            "accept": ",".join(f".{extension}" for extension in LABELS),
            "data-max-bytes": MAX_BYTES,
            "data-suggest-title": "",
        }
        return field

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs


@versioned
@owns_file
class Attachment(FileOwner):
    title = models.CharField("Titel", max_length=200, help_text="So heißt der Link zum Herunterladen.")
    title_language = TitleLanguageField()
    summary = models.CharField(
        "Was steht darin?",
        max_length=300,
        blank=True,
        help_text="Ein Satz vor dem Herunterladen, auch darüber, wer die Datei lesen kann: „Alle Vorträge auf zwölf "
        "Folien; das PDF ist barrierefrei.“",
    )
    file = AttachmentField(
        "Datei",
        upload_to="downloads/",
        max_length=200,
        help_text="PDF, Word, Excel, PowerPoint oder OpenDocument, höchstens 30 MB.",
    )
    size = models.PositiveBigIntegerField("Größe", editable=False, default=0)  # bytes
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)

    class Meta:
        verbose_name = "Datei zum Herunterladen"
        verbose_name_plural = "Dateien zum Herunterladen"
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return self.title

    def clean(self):
        super().clean()
        if looks_like_file_name(self.title) or PurePosixPath(self.file.name or "").name == self.title:
            raise ValidationError(
                {"title": "Das ist ein Dateiname. Wie soll der Link heißen? Zum Beispiel „Ergebnisse der Werkstatt“."}
            )

    def save(self, *args, **kwargs):
        self.size = self.file.size
        super().save(*args, **kwargs)

    def uses(self) -> list[models.Model]:
        """Everything that offers this file; one query for each relation."""
        relations = (relation for relation in self._meta.related_objects if relation.many_to_many)
        return [
            thing
            for relation in relations
            for thing in relation.related_model._base_manager.filter(**{relation.field.name: self.pk})
        ]

    @property
    def kind(self) -> str:
        return LABELS[PurePosixPath(self.file.name).suffix[1:]]

    @property
    def description(self) -> str:
        """Type and size as readers want to know them before they click: `PDF, 1,2 MB`."""
        return f"{self.kind}, {filesizeformat(self.size)}"


class AttachmentRow(Positioned):
    """Base of an app's through model; the app adds the foreign key to what the file belongs to."""

    attachment = models.ForeignKey(
        Attachment,
        models.PROTECT,
        related_name="%(app_label)s_%(class)ss",
        verbose_name="Datei",
        help_text="Die ersten Buchstaben des Titels tippen, oder eine neue Datei hochladen.",
    )

    class Meta(Positioned.Meta):
        abstract = True
        verbose_name = "Datei"
        verbose_name_plural = "Dateien zum Herunterladen"
