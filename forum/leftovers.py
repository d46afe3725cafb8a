"""What nothing refers to any more: stored files, old versions, expired sessions."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

import imagefield.fields
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.storage import Storage, default_storage, storages
from django.db import connection, models
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from reversion.models import Revision, Version

from forum.files import keep_file
from forum.restoring import deleted
from forum.versions import PARTS, THINGS, kept_fields


@dataclass(frozen=True)
class StoredFile:
    storage: str  # alias of the storage
    name: str
    size: int  # bytes
    still_kept: bool = False  # a version shows it, so that it moves to the kept files instead of going


def names_in_rows() -> set[str]:
    """Every stored file that a row refers to, renditions of pictures included."""
    names = set()
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, imagefield.fields.ImageField):
                for row in model._base_manager.exclude(**{field.name: ""}).iterator():
                    names |= renditions(getattr(row, field.name))
            elif isinstance(field, models.FileField):
                names |= set(model._base_manager.values_list(field.name, flat=True).iterator())
    return names - {"", None}


def renditions(file) -> set[str]:
    return {file.name, *(file._process_context(spec).name for spec in file.field.formats.values())}


def names_in_versions(versions: models.QuerySet[Version] | None = None) -> set[str]:
    """Every stored file that versions show; reads each version of things that have files."""
    versions = Version.objects.all() if versions is None else versions
    names = set()
    for model in THINGS:
        fields = [field.name for field in kept_fields(model) if isinstance(field, models.FileField)]
        if fields:
            kind = ContentType.objects.get_for_model(model)
            for data in versions.filter(content_type=kind).values_list("serialized_data", flat=True).iterator():
                values = json.loads(data)[0]["fields"]
                names |= {values[field] for field in fields if values.get(field)}
    return names


def drop_unneeded(names: Collection[str]):
    """Remove kept files that no version shows any more."""
    for name in set(names) - names_in_versions():
        storages["kept"].delete(name)


def unneeded_files(older_than: datetime, without: Collection[int] = ()) -> list[StoredFile]:
    """Stored files that no row refers to, and kept ones that no version shows.

    Args:
        older_than: what was stored later may belong to a form that is just being saved.
        without: keys of revisions that are about to go.
    """
    public = [file for file in walk("default") if default_storage.get_modified_time(file.name) < older_than]
    kept = list(walk("kept"))
    in_versions = names_in_versions(Version.objects.exclude(revision__in=without))  # after the files, never before
    in_rows = names_in_rows()
    unneeded = [file for file in kept if file.name not in in_versions]
    unneeded += [
        StoredFile("default", file.name, file.size, still_kept=file.name in in_versions)
        for file in public
        if file.name not in in_rows
    ]
    return unneeded


def walk(alias: str, folder: str = "") -> Iterator[StoredFile]:
    storage = storages[alias]
    if folder and not storage.exists(folder):
        return
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        path = str(PurePosixPath(folder, name))
        yield StoredFile(alias, path, storage.size(path))
    for name in folders:
        yield from walk(alias, str(PurePosixPath(folder, name)))


def remove_files(files: Collection[StoredFile]):
    for file in files:
        if file.still_kept:
            keep_file(default_storage, file.name)
        else:
            storages[file.storage].delete(file.name)
    for alias in ("default", "kept"):
        remove_empty_folders(storages[alias])


def remove_empty_folders(storage: Storage, folder: str = "") -> bool:
    """Remove folders without a file in them; tells whether this one is empty now."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return False
    empty = [remove_empty_folders(storage, str(PurePosixPath(folder, name))) for name in folders]
    if folder and not files and all(empty):
        storage.delete(folder)
        return True
    return False


def old_revisions(days: int, keep: int) -> set[int]:
    """Keys of versions older than some days, but of each thing the latest ones stay."""
    ranked = things_in_versions().annotate(
        place=Window(RowNumber(), partition_by=[F("content_type"), F("object_id")], order_by=F("pk").desc())
    )
    old = ranked.filter(place__gt=keep, revision__date_created__lt=timezone.now() - timedelta(days=days))
    return set(old.values_list("revision_id", flat=True))


def revisions_of_deleted(days: int) -> set[int]:
    """Keys of all versions of what was deleted more than some days ago."""
    found = set()
    for model in THINGS:
        long_gone = deleted(model).filter(revision__date_created__lt=timezone.now() - timedelta(days=days))
        for key in long_gone.values_list("object_id", flat=True):
            versions = Version.objects.get_for_object_reference(model, key)
            found |= set(versions.values_list("revision_id", flat=True))
    return found


def things_in_versions() -> models.QuerySet[Version]:
    """Of each revision the version of the thing itself, not those of its parts."""
    kinds = [ContentType.objects.get_for_model(model) for model in THINGS]
    traces = [ContentType.objects.get_for_model(model) for model in THINGS if model in PARTS]
    left_behind = Version.objects.filter(content_type__in=traces).exclude(serialized_data__contains='"object_id": null')
    return Version.objects.filter(content_type__in=kinds).exclude(pk__in=left_behind)


def empty_revisions() -> models.QuerySet[Revision]:
    return Revision.objects.filter(version=None)


def forget_expired_counts():
    """Remove counted attempts whose time is over: of signing in, and of what has limits."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM forum_cache WHERE expires < now()")
        cursor.execute("DELETE FROM forum_limit WHERE ends < extract(epoch FROM now())")


def expired_sessions() -> models.QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=timezone.now())
