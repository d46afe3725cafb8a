"""Make a backup: database and uploads as they were at one moment, in one file that appears when it is whole.

The moment is a snapshot of the database (pg_export_snapshot), shared by `pg_dump` and by the question which files there
must be. Uploads are held before and after it is taken, so that what is deleted while the backup runs is in it.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from forum.backup import archive
from forum.backup.failures import BackupFailure, NoSpace, explained
from forum.backup.holding import (
    HELD,
    NOTE,
    RESTORED,
    abandoned,
    hold,
    is_free,
    regular_files,
    size_of,
    upload_folders,
    workshop,
)
from forum.backup.programs import Programs, explain
from forum.backup.stamp import note_backup
from forum.health import pending_migrations
from forum.leftovers import names_in_rows, names_in_versions

ROUNDS = 5  # how often the moment is taken anew because a file vanished just before it
PREFIX, ENDING, SEALED, HALF = "innovationsforum", ".tar", ".age", ".part"
WORTHLESS = "forum_cache"  # its rows are not in a backup
FAILED = "Die Sicherung ließ sich nicht schreiben"
OF_ARCHIVE = 1_000  # bytes that a tar takes for a file beside its content, at most about


@dataclass
class Backup:
    path: Path
    size: int  # bytes
    files: int
    missing: list[str]  # files that rows name and that were gone before


def make_backup(folder: Path, passphrase: str, report: Callable[[str, int, int], None]) -> Backup:
    """Write a backup into a folder.

    Args:
        passphrase: empty for a file that anybody can read.
        report: is told what is going on, the bytes done and all bytes.
    """
    programs = Programs()
    if any((one / NOTE).exists() for one in abandoned(RESTORED)):
        raise BackupFailure("Eine Wiederherstellung ist nicht zu Ende: Bitte rufen Sie „restore“ noch einmal auf.")
    with explained(FAILED):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_halves(folder)
        for dead in abandoned(HELD):
            shutil.rmtree(dead, ignore_errors=True)
        check_space(folder, sum(size_of(one) for one in upload_folders().values() if one.exists()))
        with workshop(HELD) as held:
            report("Datenbank", 0, 0)
            facts, missing = take(held, programs)
            names = sorted(map(str, regular_files(held)), key=lambda name: (name != archive.DUMP, name))
            total = size_of(held)
            check_space(folder, total + OF_ARCHIVE * len(names))
            done = Counter(lambda sum_: report("Dateien", sum_, total))
            path = final_name(folder, passphrase)
            with appearing(path) as target:
                archive.write(target, passphrase, held, names, facts, done)
        made = Backup(path, path.stat().st_size, len(names) - 1, missing)
    note_backup(path.name, made.size)
    return made


class Counter:
    def __init__(self, tell: Callable[[int], None]):
        self.sum, self.tell = 0, tell

    def __call__(self, size: int):
        self.sum += size
        self.tell(self.sum)


def take(held: Path, programs: Programs) -> tuple[dict, list[str]]:
    """Hold files and dump the database, both of one moment.

    Returns:
        What the list shall say, and the files that rows name but nobody has any more.
    """
    gone_before = None
    for _ in range(ROUNDS):
        hold(held)
        with moment() as snapshot:
            hold(held)
            missing = sorted(missing_files(held))
            if missing and missing != gone_before:  # perhaps deleted between the two: look once more
                gone_before = missing
                continue
            facts = facts_of_the_moment() | {"missing": missing}
            dumped = programs.run(
                "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--exclude-table-data={WORTHLESS}",
                "--no-password", f"--file={held / archive.DUMP}",
            )  # fmt: skip
            if dumped.returncode:
                raise explain("Die Datenbank ließ sich nicht lesen", dumped.stderr)
            return facts, missing
    raise BackupFailure("Es verschwinden zu viele Dateien zugleich: Bitte sichern Sie in einer ruhigeren Minute.")


@contextmanager
def moment() -> Iterator[str]:
    """The database as it is now, for the length of a `with` block; gives the name other connections share it by."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def missing_files(held: Path) -> set[str]:
    """Files that the moment names and that are not held; those of old versions may lie in either folder.

    None where the tables are not those of this version of the code: nobody can ask them.
    """
    if pending_migrations(connection):
        return set()
    public = {name for name in names_in_rows() if not (held / "media" / name).exists()}
    old = {name for name in names_in_versions() if not any((held / one / name).exists() for one in upload_folders())}
    return public | old


def facts_of_the_moment() -> dict:
    return {
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "site": settings.SITE_URL,
        "postgresql": connection.pg_version // 10_000,
        "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
    }


def final_name(folder: Path, passphrase: str) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return folder / f"{PREFIX}-{site_name()}-{stamp}{ENDING}{SEALED if passphrase else ''}"


def site_name() -> str:
    """Tells backups of several portals in one folder apart."""
    host = urlsplit(settings.SITE_URL).hostname or "portal"
    return "".join(letter for letter in host if letter.isalnum() or letter in ".-")


@contextmanager
def appearing(path: Path):
    """A file for writing that has its name when it is whole and on the disk; locked until then."""
    half = path.with_name(f".{path.name}{HALF}")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as target:
            fcntl.flock(target, fcntl.LOCK_EX)
            yield target
            target.flush()
            os.fsync(target.fileno())
            os.link(half, path)  # unlike a renaming it replaces nothing
    finally:
        half.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


def remove_halves(folder: Path):
    """Remove what killed backups of this portal have left."""
    for half in folder.glob(f".{PREFIX}-{site_name()}-*{HALF}"):
        if is_free(half):
            half.unlink(missing_ok=True)


def check_space(folder: Path, needed: int):
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NoSpace(
            f"In {folder} reicht der Platz nicht: Nötig sind {needed // 1_000_000 + 1} MB, frei {free // 1_000_000} MB."
        )
