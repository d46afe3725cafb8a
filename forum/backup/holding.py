"""Keep every uploaded file for the length of a backup, whatever is deleted meanwhile.

Files of the portal are written once and never changed in place, so a hard link holds one at no cost; where the file
system knows none (or forbids them) it is copied.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

HELD, RESTORED = "backup", "restore"
NOTE = "note.json"  # what lies beside it is somebody's uploads, whose place is not decided yet
NO_LINKS = {errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS}


def upload_folders() -> dict[str, Path]:
    """The folders with what people have uploaded, by the name they have in a backup."""
    return {"media": Path(settings.MEDIA_ROOT), "kept": Path(settings.STORAGES["kept"]["OPTIONS"]["location"])}


@contextmanager
def workshop(kind: str) -> Iterator[Path]:
    """A folder in PORTAL_DATA for the time of a command, closed to others.

    What a killed command left is removed by the next; whether somebody works in a folder tells a lock (flock(2)), which
    the system lets go of even after `kill -9`.
    """
    settings.DATA.mkdir(parents=True, exist_ok=True)
    folder = settings.DATA / f".{kind}-{os.getpid()}-{os.urandom(4).hex()}"
    folder.mkdir(mode=0o700)
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        if not (folder / NOTE).exists():
            shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def abandoned(kind: str) -> list[Path]:
    """Folders of commands that have died."""
    return [one for one in sorted(settings.DATA.glob(f".{kind}-*-*")) if is_free(one)]


def is_free(path: Path) -> bool:
    """Tell whether nobody holds the lock of a file or folder."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def hold(folder: Path):
    """Hold all uploads that are there now and not yet held below a folder."""
    for name, source in upload_folders().items():
        for file in regular_files(source):
            held = folder / name / file
            if not held.exists():
                held.parent.mkdir(parents=True, exist_ok=True)
                hold_one(source / file, held)


def hold_one(source: Path, held: Path):
    try:
        os.link(source, held, follow_symlinks=False)
    except FileNotFoundError:  # deleted since it was listed
        pass
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        half = held.with_name(held.name + ".part")
        try:
            shutil.copy2(source, half)
            half.rename(held)
        except FileNotFoundError:
            half.unlink(missing_ok=True)


def regular_files(folder: Path) -> Iterator[Path]:
    """Paths of all files below a folder, relative to it; links are not followed."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum((folder / one).stat().st_size for one in regular_files(folder))
