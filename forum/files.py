"""Stored files go with their record: what staff delete or replace is no longer public."""

import re

from django.db import models, transaction
from django.db.models.signals import post_delete

from forum.text import german_slug

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

    def remove():
        if not type(record)._base_manager.filter(**{record.file_field: record.stored_file.name}).exists():
            record.stored_file.delete(save=False)

    if record.stored_file.name:
        # What is saved is saved: a storage that refuses is logged, not shown as an error.
        transaction.on_commit(remove, robust=True)


def owns_file(model: type[FileOwner]) -> type[FileOwner]:
    """Class decorator: deleting a record, in whatever way, removes its file."""
    post_delete.connect(lambda instance, **_: remove_file(instance), sender=model, weak=False, dispatch_uid=model)
    return model
