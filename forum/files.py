"""Stored files go with their record: what staff delete or replace is no longer public.

Where a version still needs the file, the original moves to the storage `kept`, which no address leads to, and comes
back when the version does. Renditions go; they are made anew.
"""

import logging
import os
import re
import tempfile
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.move import file_move_safe
from django.core.files.storage import default_storage, storages
from django.db import models, transaction
from django.db.models.signals import post_delete

from forum.text import german_slug

logger = logging.getLogger("forum.files")

# what cameras, phones and screens call their files, with numbers and dates behind it
CALLED_BY_MACHINES = re.compile(
    r"(img|dsc[a-z]?|dcim|pxl|mvi|gopr|pict?|bild|foto|image|photo|picture|grafik|logo|scan|screenshot|bildschirmfoto|"
    r"unbenannt|untitled|download|whatsapp image|datei|dokument|document)"
    r"([\W\d_]|(um|at|vom|uhr|am|pm|kopie|copy|neu|final)\b)*",
    re.IGNORECASE,
)
ENDS_LIKE_A_FILE = re.compile(
    r"\.(jpe?g|jfif|png|webp|gif|heic|heif|tiff?|bmp|svg|avif|pdf|docx?|xlsx?|pptx?|od[tsp])$", re.IGNORECASE
)


def looks_like_file_name(text: str, name: str = "") -> bool:
    """Tell whether somebody wrote a file's name where words were asked for.

    Args:
        name: the name of the very file, with or without its ending.
    """
    text = text.strip()
    stem = german_slug(ENDS_LIKE_A_FILE.sub("", name))
    joined = " " not in text and ("_" in text or re.search(r"[a-z]-?\d{3,}", text, re.IGNORECASE))
    return bool(
        ENDS_LIKE_A_FILE.search(text)
        or CALLED_BY_MACHINES.fullmatch(text)
        or joined
        or (text and stem and german_slug(text) == stem)
    )


def check_room(upload):
    """Raise ValidationError, in German, where an upload could not be stored: disk full, folder not to be written.

    Asked while the form is checked, because later there would be no field left to say it at. Room for twice the size
    is reserved for a moment and given back, for renditions as well.
    """
    try:
        folder = Path(default_storage.path(""))
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as room:
            if hasattr(os, "posix_fallocate"):  # not on macOS
                os.posix_fallocate(room.fileno(), 0, max(2 * upload.size, 1))
    except NotImplementedError:  # a storage that is no folder says so itself
        return
    except OSError as error:
        logger.error("Upload nicht möglich: %s", error.strerror)
        raise ValidationError(
            "Die Datei lässt sich gerade nicht speichern: Auf dem Server ist kein Platz, oder der Ordner für Dateien "
            "ist gesperrt. Bitte sagen Sie der Technik Bescheid. Was Sie geschrieben haben, steht noch im Formular."
        ) from error


class FileGone(Exception):
    """A version needs a file that nobody has any more."""


class FileOwner(models.Model):
    """Base of records that own what is stored in one of their fields."""

    file_field = "file"

    class Meta:
        abstract = True

    @property
    def stored_file(self) -> models.fields.files.FieldFile:
        return getattr(self, self.file_field)

    def save(self, *args, **kwargs):
        before = type(self)._base_manager.filter(pk=self.pk).first() if self.pk else None
        super().save(*args, **kwargs)
        if before is not None and before.stored_file.name != self.stored_file.name:
            remove_file(before)


def remove_file(record: FileOwner):
    """Remove the file once the change is certain: a rolled back deletion must find it in its place."""
    file, key = record.stored_file, record.pk

    def remove():
        if type(record)._base_manager.filter(**{record.file_field: file.name}).exists():
            return
        if is_remembered(type(record), key, file.name):
            keep_file(file.storage, file.name)
        file.delete(save=False)

    if file.name:
        # What is saved is saved: a storage that refuses is logged, not shown as an error.
        transaction.on_commit(remove, robust=True)


def owns_file(model: type[FileOwner]) -> type[FileOwner]:
    """Class decorator: deleting a record, in whatever way, removes its file."""
    post_delete.connect(lambda instance, **_: remove_file(instance), sender=model, weak=False, dispatch_uid=model)
    return model


def is_remembered(model: type[FileOwner], key, name: str) -> bool:
    """Tell whether a version of a record shows a file."""
    from reversion.models import Version
    from reversion.revisions import is_registered

    if not is_registered(model):
        return False
    versions = Version.objects.get_for_object_reference(model, key)
    return versions.filter(serialized_data__contains=f'"{name}"').exists()


def keep_file(storage, name: str):
    """Move an original to where nobody finds it."""
    place = Path(storages["kept"].path(name))
    place.parent.mkdir(parents=True, exist_ok=True)
    file_move_safe(storage.path(name), place, allow_overwrite=True)  # the same name means the same content


def bring_back(storage, name: str) -> bool:
    """Make a file public again.

    Args:
        storage: where it belongs.

    Returns:
        Whether it had to be copied; if the change fails, the copy must be removed again.

    Raises:
        FileGone: it is in neither place.
    """
    kept = storages["kept"]
    if storage.exists(name):
        return False
    if not kept.exists(name):
        raise FileGone(name)
    with kept.open(name) as content:
        storage.save(name, content)
    transaction.on_commit(lambda: kept.delete(name), robust=True)
    return True
