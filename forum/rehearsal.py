"""Saving as a rehearsal: everything happens, nothing stays, neither rows nor files nor what runs after the commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files.storage import FileSystemStorage
from django.db import transaction

_stored: ContextVar[list | None] = ContextVar("stored in this rehearsal", default=None)  # (storage, name)
_written: ContextVar[list | None] = ContextVar("written and perhaps to be undone", default=None)


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


@contextmanager
def files_go_on_failure() -> Iterator[None]:
    """Remove what is written to the storage inside if it fails; the database is the caller's matter."""
    token = _written.set([])
    try:
        yield
    except BaseException:
        for storage, name in _written.get():
            storage.delete(name)
        raise
    finally:
        _written.reset(token)


class MediaStorage(FileSystemStorage):
    """The storage of uploads; notes what is written while somebody may have to undo it."""

    def _save(self, name, content):
        name = super()._save(name, content)
        for noted in (_stored.get(), _written.get()):
            if noted is not None:
                noted.append((self, name))
        return name
