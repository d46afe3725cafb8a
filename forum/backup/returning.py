"""Bring a backup back: wholly or not at all, the database in one transaction, the folders changed just before its end.

Order: check and unpack everything; in one transaction drop what is there and load the dump; move the old folders aside
and the new ones in; commit. Whoever dies in between leaves a note in the workshop, and the next restore finishes or
undoes it: a comment on the schema, written in the same transaction, says whether that was committed.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader

from forum.backup import archive
from forum.backup.failures import BackupFailure, DamagedBackup, InUse, NewerBackup, NoSpace, NotEmpty, explained
from forum.backup.holding import NOTE, RESTORED, abandoned, regular_files, upload_folders, workshop
from forum.backup.making import WORTHLESS
from forum.backup.programs import Programs, explain
from forum.caching.shared import Shared

OLD = "old"
FAILED = "Die Datenbank ließ sich nicht wiederherstellen; sie ist, wie sie war"
OWN_CONTENT = (  # rows of these are somebody's work; all others come with the tables
    "auth_user", "news_article", "events_event", "contacts_person", "forum_picture", "forum_attachment",
)  # fmt: skip
# The server's own processes have no account; the kind of a process is hidden from ordinary accounts.
OTHERS = "datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
BEGIN = """
SET statement_timeout = 0; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = 0;
SET client_min_messages = warning;
BEGIN;
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
SET lock_timeout = 0;
"""


def restore_backup(path: Path, ask: Callable[[], str], replace: bool, report) -> archive.Contents:
    """Put a backup in the place of what is there.

    Args:
        ask: gives the passphrase; called only for an encrypted file.
        replace: also where there is content.
        report: is told what is going on, the bytes done and all bytes.

    Raises:
        BackupFailure: and everything is as it was.
    """
    programs = Programs()
    with explained("Die Sicherung ließ sich nicht einspielen"):
        refuse_when_in_use()
        heal()
        if not replace:
            refuse_when_not_empty()
        check_space(path)
        with workshop(RESTORED) as folder:
            contents = checked(path, ask, folder, report)
            refuse_foreign_tables(programs, folder / archive.DUMP)
            report("Datenbank", 0, 0)
            refuse_when_in_use()
            connections.close_all()
            load(programs, folder, contents)
    report("Tabellen und Suche", 0, 0)
    fit()
    return contents


def checked(path: Path, ask, into: Path | None, report) -> archive.Contents:
    """Read a backup wholly, with all its checksums, and unpack it unless `into` is None."""
    passphrase = ask() if archive.is_sealed(path) else ""
    total, done = path.stat().st_size, 0

    def count(size):
        nonlocal done
        done += size
        report("Prüfen", min(done, total), total)

    contents = archive.unpack(path, passphrase, into, count)
    if archive.DUMP not in contents.files:
        raise DamagedBackup(f"Die Sicherung ist beschädigt: {archive.DUMP} fehlt.")
    known = MigrationLoader(None).disk_migrations.keys()
    if newer := sorted({tuple(one) for one in contents.facts["migrations"]} - set(known)):
        raise NewerBackup(
            f"Die Sicherung stammt aus einer neueren Version des Portals (sie kennt {'.'.join(newer[0])}). "
            "Bitte nehmen Sie mindestens diese Version."
        )
    return contents


def check_space(path: Path):
    settings.DATA.mkdir(parents=True, exist_ok=True)
    needed, free = path.stat().st_size, shutil.disk_usage(settings.DATA).free
    if free < needed:
        raise NoSpace(
            f"In {settings.DATA} reicht der Platz nicht: Nötig sind {needed // 1_000_000 + 1} MB, "
            f"frei {free // 1_000_000} MB."
        )


def refuse_when_in_use():
    """Raise InUse while a portal or another command is connected."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {OTHERS}")  # noqa: S608 - own words
        number = cursor.fetchone()[0]
    if number or (settings.EMBEDDED_SERVER and settings.EMBEDDED_SERVER.has_other_users()):
        raise InUse(
            "Die Datenbank wird gerade benutzt, vermutlich vom laufenden Portal: Bitte halten Sie es an, und versuchen "
            "Sie es noch einmal."
        )


def refuse_when_not_empty():
    there = set(connection.introspection.table_names())
    for table in OWN_CONTENT:
        if table in there and has_rows(table):
            raise NotEmpty("In der Datenbank gibt es schon Inhalte. Wenn sie ersetzt werden sollen: --replace.")
    if any(next(regular_files(folder), None) for folder in upload_folders().values()):
        raise NotEmpty("Es gibt schon hochgeladene Dateien. Wenn sie ersetzt werden sollen: --replace.")


def has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')  # noqa: S608 - own names
        return cursor.fetchone()[0]


def refuse_foreign_tables(programs: Programs, dump: Path):
    """Raise NotEmpty when somebody else's tables would go: the schema is dropped as a whole."""
    listed = programs.run("pg_restore", "--list", str(dump), stdout=subprocess.PIPE)
    if listed.returncode:
        raise explain("Die Sicherung der Datenbank ist nicht lesbar", listed.stderr)
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    ours |= {"django_migrations", WORTHLESS} | {
        line.split()[5] for line in listed.stdout.decode().splitlines() if " TABLE public " in line
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('public') AND relkind = 'r'")
        foreign = sorted({name for (name,) in cursor.fetchall()} - ours)
    if foreign:
        raise NotEmpty(
            f"In der Datenbank liegen fremde Tabellen ({', '.join(foreign[:3])}), die verloren gingen: Bitte nehmen "
            "Sie eine eigene Datenbank."
        )


def load(programs: Programs, folder: Path, contents: archive.Contents):
    """Put dump and folders in the place of what is there; on any failure all of it is as it was."""
    mark = folder.name
    with (folder / "complaints").open("w+b") as complaints:
        server = programs.start(
            "psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--output=/dev/null",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
        )  # fmt: skip
        try:
            feed(server, programs, folder / archive.DUMP, mark)
            os.sync()  # files first: what is committed must not name what is lost with the power
            exchange(folder)
            server.stdin.write(b"COMMIT;\n")
        except BrokenPipeError:
            pass  # it has complained
        finally:
            with suppress(BrokenPipeError):
                server.stdin.close()
            failed = server.wait()
            server.stdout.close()
            committed = settle(folder)
        if failed or not committed:
            complaints.seek(0)
            raise explain(FAILED, complaints.read())


def feed(server, programs: Programs, dump: Path, mark: str):
    """Send everything but the end of the transaction, and wait until it is done."""
    server.stdin.write(BEGIN.encode())
    restored = programs.start(
        "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--file=-", str(dump),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        shutil.copyfileobj(restored.stdout, server.stdin, archive.PIECE)
    finally:
        restored.stdout.close()
        unreadable = restored.wait()
    if unreadable:
        raise BackupFailure(f"{FAILED}: Der Auszug der Datenbank ist nicht lesbar.")
    server.stdin.write(f"COMMENT ON SCHEMA public IS '{mark}';\n\\echo {mark}\n".encode())
    server.stdin.flush()
    if server.stdout.readline().strip() != mark.encode():
        raise BrokenPipeError


def exchange(folder: Path):
    """Move the old folders into the workshop and the new ones out of it."""
    (folder / OLD).mkdir()
    note = {name: str(place) for name, place in upload_folders().items()}
    (folder / NOTE).write_text(json.dumps(note))
    os.sync()
    for name, place in upload_folders().items():
        if place.exists():
            place.rename(folder / OLD / name)
        place.parent.mkdir(parents=True, exist_ok=True)
        new = folder / name
        new.mkdir(exist_ok=True)
        new.chmod(0o755)
        new.rename(place)


def settle(folder: Path) -> bool:
    """After the end of the transaction, whichever it was: keep the new folders or bring the old ones back.

    Returns:
        Whether it was committed.
    """
    if not (folder / NOTE).exists():
        return False
    committed = schema_comment() == folder.name
    if not committed:
        for name, place in json.loads((folder / NOTE).read_text()).items():
            old, new = folder / OLD / name, folder / name
            if new.exists():  # never moved in
                if old.exists() and not Path(place).exists():
                    old.rename(place)
                continue
            if Path(place).exists():
                Path(place).rename(new)
            if old.exists():
                old.rename(place)
    (folder / NOTE).unlink()
    return committed


def schema_comment() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regnamespace('public')::oid, 'pg_namespace')")
        return cursor.fetchone()[0] or ""


def heal():
    """Finish or undo what a killed restore has left."""
    for folder in abandoned(RESTORED):
        settle(folder)
        shutil.rmtree(folder)


def fit():
    """Make a database of an older version one of this version; roles and search follow, caches are emptied."""
    connections.close_all()
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except (DatabaseError, CommandError) as error:
        raise BackupFailure(
            f"Die Sicherung ist eingespielt, aber ihre Tabellen ließen sich nicht anpassen ({error}). "
            "Bitte rufen Sie „manage.py migrate“ auf."
        ) from error
    cache.clear()
    if settings.CACHE_URL:
        Shared(settings.CACHE_URL).clear()
