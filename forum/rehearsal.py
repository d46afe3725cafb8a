"""Saving as a rehearsal: everything happens, nothing stays, neither rows nor files nor what runs after the commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files.storage import FileSystemStorage
from django.db import transaction

_stored: ContextVar[list | None] = ContextVar("stored in this rehearsal", default=None)  # (storage, name)


@contextmanager
def rehearsal() -> Iterator[None]:
    """Undo at its end what is written to the database and to the storage inside."""
    token = _stored.set([])
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        stored = _stored.get()
        _stored.reset(token)
        for storage, name in stored:
            storage.delete(name)


def is_rehearsal() -> bool:
    return _stored.get() is not None


class MediaStorage(FileSystemStorage):
    """The storage of uploads; notes what a rehearsal writes."""

    def _save(self, name, content):
        name = super()._save(name, content)
        if is_rehearsal():
            _stored.get().append((self, name))
        return name
