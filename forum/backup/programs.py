"""PostgreSQL's own programs for this database; passwords reach them through the environment, never as arguments."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg.pq import Conninfo

from forum import environment as env
from forum.backup.failures import BackupFailure, NoPrograms, NoSpace
from forum.database import DatabaseUnavailable, packaged_programs

NEEDED = ("pg_dump", "pg_restore", "psql")


class Programs:
    """The programs of one folder that are new enough for the server; raises NoPrograms where there are none."""

    def __init__(self):
        connection.ensure_connection()
        wanted, found = connection.pg_version // 10_000, []
        for folder in folders():
            version = version_of(folder / "pg_dump")
            if version >= wanted and all((folder / name).exists() for name in NEEDED):
                self.folder, self.environment = folder, os.environ | connection_variables()
                return
            if version:
                found.append(f"{version} in {folder}")
        there = f"Gefunden wurde nur {', '.join(found)}." if found else "Gefunden wurden keine."
        raise NoPrograms(
            f"Zum Sichern fehlen die Programme {', '.join(NEEDED)} von PostgreSQL {wanted}. {there} Bitte installieren "
            f"Sie postgresql-client-{wanted}, oder nennen Sie ihren Ordner in PORTAL_PG_BIN."
        )

    def run(self, name: str, *arguments: str, **options) -> subprocess.CompletedProcess:
        command = [str(self.folder / name), *arguments]
        return subprocess.run(command, env=self.environment, stderr=subprocess.PIPE, check=False, **options)

    def start(self, name: str, *arguments: str, **options) -> subprocess.Popen:
        return subprocess.Popen([str(self.folder / name), *arguments], env=self.environment, **options)


def folders() -> Iterator[Path]:
    """Where the programs may lie, the most deliberate place first; those that come along know no TLS."""
    if chosen := env.text("PORTAL_PG_BIN"):
        yield Path(chosen)
        return
    installed = shutil.which("pg_dump")
    if installed and not settings.EMBEDDED_SERVER:
        yield Path(installed).parent
    with suppress(DatabaseUnavailable):
        yield packaged_programs()


def version_of(program: Path) -> int:
    """Major version; 0 where there is no such program."""
    try:
        printed = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\b(\d+)\.?\d*", printed.partition(")")[2])
    return int(found[1]) if found else 0


def connection_variables() -> dict[str, str]:
    """How libpq finds the portal's database, in its own variables."""
    names = {one.keyword.decode(): one.envvar.decode() for one in Conninfo.get_defaults() if one.envvar}
    facts = connection.get_connection_params()
    return {
        names[key]: str(value)
        for key, value in facts.items()
        if key in names and value not in (None, "") and key != "client_encoding"
    } | {"LC_ALL": "C"}


def explain(doing: str, complaint: bytes | str) -> BackupFailure:
    """What one of the programs said on its last lines, without the database's content."""
    text = complaint.decode(errors="replace") if isinstance(complaint, bytes) else complaint
    lines = [line for line in text.strip().splitlines() if line.strip()]
    if "SSL support is not compiled in" in text:
        return NoPrograms(
            f"{doing}: Die Verbindung ist verschlüsselt, und das können nur die Programme Ihres Systems. Bitte "
            "installieren Sie postgresql-client in der Version des Servers."
        )
    if "No space left" in text or "could not extend file" in text:
        return NoSpace(f"{doing}: Der Platz reicht nicht. Bitte geben Sie Speicher frei.")
    told = [line for line in lines if "error" in line.lower()] or lines[-1:] or ["ohne Angabe eines Grundes"]
    return BackupFailure(f"{doing}: {told[0]}")
