"""Pictures: a record with alt text, caption, credit and focal point, and a file that is always our own.

Nothing of an uploaded file reaches a reader: it is checked before it is decoded, decoded, turned upright, stripped of
its metadata (place, camera, owner) and encoded again. Renditions are made when the picture is saved, so that no page
ever waits for one.
"""

import hashlib
import io
import re
import threading
import warnings
from pathlib import PurePosixPath

import imagefield.fields
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.db.models import Q
from imagefield.processing import register as register_processor
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from forum.files import FileOwner, check_room, looks_like_file_name, owns_file
from forum.ordering import Positioned
from forum.publishing import State
from forum.text import german_slug
from forum.versions import versioned

MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000  # a 50-megapixel camera; JPEG shrinks while it is read
MAX_PIXELS_WHOLE = 25_000_000  # PNG and WebP are decoded as a whole: about 300 MB for a moment
DECODING = threading.Lock()  # one large picture at a time in each process
MAX_SIDE = 2400  # pixels kept on the longer side
FORMATS = ("JPEG", "PNG", "WEBP")
ACCEPT = "image/jpeg,image/png,image/webp"  # makes phones convert HEIC by themselves

# name → (widths, height/width or None for the picture's own shape)
SHAPES = {
    "wide": ((400, 800, 1200, 1800), None),
    "card": ((400, 800, 1200), 2 / 3),
    "square": ((160, 320), 1),
}
FALLBACK_WIDTHS = {"wide": 800, "card": 800, "square": 320}


NO_FILE_NAME = (
    "Das ist ein Dateiname. Bitte beschreiben Sie in einem Satz, was zu sehen ist, zum Beispiel: „Drei Menschen ordnen "
    "Zettel an einer Wand.“"
)


class PictureError(ValidationError):
    """An upload that is not taken; the message is German and says what to do."""


def safe_picture(upload) -> SimpleUploadedFile:
    """Make our own file of an uploaded picture.

    Args:
        upload: an open file of any content, hostile ones included.

    Returns:
        A JPEG, or a PNG when there is transparency: upright, sRGB, without metadata, at most MAX_SIDE pixels long.

    Raises:
        PictureError: not a picture of a known format, too many bytes or pixels, or damaged.
    """
    if upload.size > MAX_BYTES:
        raise PictureError(f"Die Datei ist zu groß: höchstens {MAX_BYTES // 1_000_000} MB sind möglich.")
    upload.seek(0)
    with DECODING:
        return encode(clean_pixels(decode(upload)), upload.name)


def decode(upload) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(upload, formats=FORMATS)  # reads the header only
            if image.width * image.height > (MAX_PIXELS if image.format == "JPEG" else MAX_PIXELS_WHOLE):
                raise Image.DecompressionBombError
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # lets the JPEG decoder shrink while it reads
            image.load()
            return image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(
            f"Das Bild ist zu groß: höchstens {MAX_PIXELS // 1_000_000} Megapixel (PNG und WebP "
            f"{MAX_PIXELS_WHOLE // 1_000_000}). Bitte verkleinern Sie es vorher."
        ) from error
    except UnidentifiedImageError as error:
        raise PictureError(
            "Diese Datei ist kein Bild, das wir kennen: Bitte nehmen Sie JPEG, PNG oder WebP."
        ) from error
    except Exception as error:  # hostile files make decoders fail in any way they like
        raise PictureError(
            "Das Bild ist beschädigt: Bitte speichern Sie es neu und laden es noch einmal hoch."
        ) from error


def clean_pixels(image: Image.Image) -> Image.Image:
    """Upright, in sRGB, small enough, and a fresh picture that carries nothing but its pixels."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits of grey: a plain conversion would cut them off instead of scaling
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGB", "RGBA", "CMYK", "L"):
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    image = upright(image)
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        image = to_srgb(image, profile)
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return fresh


def upright(image):
    """As EXIF says; where that is broken, as it lies."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ImageOps.exif_transpose(image)
    except Exception:  # made to annoy, in any way it likes
        return image


def to_srgb(image, profile):
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):  # a broken profile is no reason to refuse the picture
        return image


def encode(image, name):
    extension, options = (".png", {"optimize": True}) if image.mode == "RGBA" else (".jpg", {"quality": 90})
    content = io.BytesIO()
    image.save(content, {".png": "PNG", ".jpg": "JPEG"}[extension], **options)
    stem = german_slug(PurePosixPath(name or "").stem, 60) or "bild"
    upload = SimpleUploadedFile(stem + extension, content.getvalue(), f"image/{extension[1:]}")
    upload.is_safe = True
    return upload


@register_processor
def portal_rendition(get_image, width, ratio, file_format):
    """A processor of django-imagefield: fit into a width, or crop around the focal point, and encode."""

    def processor(image, context):
        image = get_image(image, context)
        size = (min(width, image.width), round(min(width, image.width) * (ratio or image.height / image.width)) or 1)
        if ratio:
            image = ImageOps.fit(image, size, Image.Resampling.LANCZOS, centering=centering(image, ratio, context.ppoi))
        else:
            image = image.resize(size, Image.Resampling.LANCZOS)
        context.save_kwargs.update({"AVIF": {"quality": 60, "speed": 8}, "WEBP": {"quality": 80}}[file_format])
        context.save_kwargs["format"] = file_format
        return image

    return processor


def centering(image, ratio: float, focal_point) -> tuple[float, float]:
    """Where ImageOps.fit has to cut so that the focal point comes as near to the middle as possible.

    Args:
        ratio: height/width of the cut.
        focal_point: (x, y), each between 0 and 1.
    """

    def share(point, cut):  # cut: length of the kept part, in shares of the side
        return 0.5 if cut >= 1 else min(max((point - cut / 2) / (1 - cut), 0), 1)

    cut_width = min(1, image.height / ratio / image.width)
    cut_height = min(1, image.width * ratio / image.height)
    return share(focal_point[0], cut_width), share(focal_point[1], cut_height)


def rendition(shape, width, file_format):
    def spec(fieldfile, context):
        context.extension = f".{file_format.lower()}"
        context.processors = [("portal_rendition", width, SHAPES[shape][1], file_format)]

    return spec


def renditions():
    specs = {
        f"{shape}_{width}_avif": rendition(shape, width, "AVIF")
        for shape, (widths, _) in SHAPES.items()
        for width in widths
    }
    specs |= {f"{shape}_webp": rendition(shape, width, "WEBP") for shape, width in FALLBACK_WIDTHS.items()}
    return specs | {"preview": specs["wide_400_avif"]}  # what the picture's form shows


class PictureFieldFile(imagefield.fields.ImageFieldFile):
    def save(self, name, content, save=True):
        """Every way into the storage leads through here, forms and code alike."""
        if not getattr(content, "is_safe", False):
            content = safe_picture(content)
        # The name changes with the content, so that browsers may keep the file for ever.
        content.seek(0)
        stem, _, extension = content.name.rpartition(".")
        super().save(f"{stem}-{hashlib.sha256(content.read()).hexdigest()[:16]}.{extension}", content, save=save)

    save.alters_data = True


class PictureFormField(forms.ImageField):
    """Replaces what was uploaded by our own file before anything else looks at it."""

    def to_python(self, data):
        if data in self.empty_values:
            return super().to_python(data)
        picture = safe_picture(data)
        check_room(picture)
        return super().to_python(picture)


class PictureField(imagefield.fields.ImageField):
    attr_class = PictureFieldFile

    def formfield(self, **kwargs):
        field = super().formfield(form_class=PictureFormField, **kwargs)
        field.widget.attrs["accept"] = ACCEPT
        return field


@versioned
@owns_file
class Picture(FileOwner):
    file = PictureField(
        "Datei",
        upload_to="bilder/",
        max_length=200,
        auto_add_fields=True,
        formats=renditions(),
        help_text="JPEG, PNG oder WebP, höchstens 20 MB. Nach dem Speichern: Klicken Sie im Bild auf die Stelle, "
        "die bei jedem Zuschnitt sichtbar bleiben soll.",
    )
    alt_text = models.CharField(
        "Bildbeschreibung",
        max_length=300,
        blank=True,
        help_text="Was ist zu sehen? Ein Satz für Menschen, die das Bild nicht sehen.",
    )
    decorative = models.BooleanField(
        "nur Schmuck",
        default=False,
        help_text="Das Bild sagt nichts, was nicht auch im Text steht; Vorleseprogramme übergehen es.",
    )
    caption = models.CharField(
        "Bildunterschrift",
        max_length=300,
        blank=True,
        help_text="Steht unter dem Bild: Wer oder was ist wann und wo zu sehen?",
    )
    credit = models.CharField(
        "Bildnachweis",
        max_length=200,
        blank=True,
        help_text="Wer hat das Bild gemacht? Zum Beispiel: Vorname Name / Verein.",
    )
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)

    is_picture = True  # lets forum.publishing find pictures without importing this module

    class Meta:
        verbose_name = "Bild"
        verbose_name_plural = "Bilder"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decorative=False) | Q(alt_text=""),
                name="picture_decorative_or_described",
                violation_error_message="Entweder eine Beschreibung oder „nur Schmuck“, nicht beides.",
            )
        ]

    def __str__(self):
        return self.caption or self.alt_text or PurePosixPath(self.file.name or "Bild").stem

    def clean(self):
        super().clean()
        if self.decorative and self.alt_text:
            raise ValidationError(
                {"alt_text": "Das Bild ist als „nur Schmuck“ markiert: Bitte leeren Sie die Beschreibung."}
            )
        if looks_like_file_name(self.alt_text, self.file_stem):
            raise ValidationError({"alt_text": NO_FILE_NAME})
        if not self.is_complete and (uses := self.public_uses()):
            names = ", ".join(map(str, uses[:3]))
            message = f"Bitte ausfüllen: Das Bild ist veröffentlicht oder dafür geplant ({names})."
            described = self.alt_text or self.decorative
            raise ValidationError({"credit": message} if described else {"alt_text": message})

    @property
    def file_stem(self) -> str:
        """The uploaded file's name without our additions."""
        return re.sub(r"-[0-9a-f]{16}$", "", PurePosixPath(self.file.name or "").stem)

    @property
    def what_is_missing(self) -> str:
        """What stands between this picture and the public, as part of a German sentence; empty when nothing does."""
        missing = []
        if not self.alt_text and not self.decorative:
            missing.append("die Bildbeschreibung (oder „nur Schmuck“)")
        if not self.credit:
            missing.append("der Bildnachweis")
        return "es fehlt " + " und ".join(missing) if missing else ""

    @property
    def is_complete(self) -> bool:
        return not self.what_is_missing

    def uses(self) -> list[models.Model]:
        """Everything that shows this picture, each thing once; one query for each relation."""
        found = {}
        for relation in self._meta.related_objects:
            for row in self.related(relation):
                thing = row.owner if isinstance(row, PictureRow) else row
                found[type(thing), thing.pk] = thing
        return list(found.values())

    def public_uses(self) -> list[models.Model]:
        """Everything that shows this picture to the public, today or on the day it is planned for."""
        return [thing for thing in self.uses() if thing.state in (State.LIVE, State.SCHEDULED)]

    def related(self, relation):
        if not self.pk:
            return []
        rows = relation.related_model._base_manager.filter(**{relation.field.name: self.pk})
        return rows.select_related(rows.model.owner_name()) if issubclass(rows.model, PictureRow) else rows

    def sources(self, shape: str) -> dict:
        """What a `<picture>` element needs.

        Args:
            shape: one of SHAPES.

        Returns:
            `srcset` (AVIF, no width larger than the original), `src` (WebP), `width` and `height` in pixels.
        """
        widths, ratio = SHAPES[shape]
        ratio = ratio or self.file_height / self.file_width
        usable = [width for width in widths if width <= self.file_width] or widths[:1]
        if usable[-1] < self.file_width and usable[-1] != widths[-1]:
            usable = widths[: len(usable) + 1]  # the next one is as wide as the original
        real = {width: min(width, self.file_width) for width in usable}
        fallback = min(FALLBACK_WIDTHS[shape], self.file_width)
        return {
            "srcset": ", ".join(f"{getattr(self.file, f'{shape}_{width}_avif')} {real[width]}w" for width in usable),
            "src": getattr(self.file, f"{shape}_webp"),
            "width": fallback,
            "height": round(fallback * ratio) or 1,
        }


class PictureRow(Positioned):
    """Base of an app's through model for further pictures; the app adds the foreign key to what shows them."""

    picture = models.ForeignKey(
        Picture,
        models.PROTECT,
        related_name="%(app_label)s_%(class)ss",
        verbose_name="Bild",
        help_text="Suchen, oder mit „Bild hochladen“ ein neues nehmen.",
    )

    class Meta(Positioned.Meta):
        abstract = True
        verbose_name = "weiteres Bild"
        verbose_name_plural = "Weitere Bilder"

    def __str__(self):
        return f"{self.picture} bei „{self.owner}“"

    @classmethod
    def owner_name(cls) -> str:
        """Name of the foreign key to what shows the picture."""
        return next(field.name for field in cls._meta.fields if field.many_to_one and field.name != "picture")

    @property
    def owner(self) -> models.Model:
        return getattr(self, self.owner_name())
