"""Databases of their own beside the test database, and the portal's commands run on them as operators run them."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection

from forum.backup.programs import Programs
from tests.servers import NOT_INHERITED, ROOT

ACCOUNT = "portal_backup"  # owns its databases and may do nothing else, as with a hoster


def server(name="postgres"):
    found = settings.DATABASES["default"]
    return psycopg.connect(
        host=found["HOST"], user=found["USER"], password=found.get("PASSWORD") or None, dbname=name, autocommit=True
    )


@dataclass
class Installation:
    """A database and a folder; neither needs to hold anything."""

    name: str
    folder: Path

    def create(self, like: "Installation | None" = None):
        """Make database and folder, empty or as those of another."""
        with server() as admin:
            admin.execute(f"DO $$ BEGIN CREATE ROLE {ACCOUNT} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
            admin.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
            template = like.name if like else "template1"
            admin.execute(f'CREATE DATABASE "{self.name}" OWNER {ACCOUNT} TEMPLATE "{template}"')
        self.folder.mkdir(parents=True)
        for name in ("media", "kept") if like else ():
            if (like.folder / name).exists():
                shutil.copytree(like.folder / name, self.folder / name)
        return self

    def fill_as_new(self):
        """Give the database what migrations make: the test database, in which nothing else has been committed."""
        programs, name = Programs(), connection.settings_dict["NAME"]
        dump = self.folder / "new.dump"
        made = programs.run("pg_dump", "--format=custom", "--dbname", name, f"--file={dump}")
        assert made.returncode == 0, made.stderr
        return self.load(dump)

    def load(self, dump: Path):
        """Load a dump into the empty database and remove it."""
        made = Programs().run("pg_restore", "--no-owner", "--username", ACCOUNT, "--dbname", self.name, str(dump))
        assert made.returncode == 0, made.stderr
        dump.unlink()
        return self

    def drop(self):
        with server() as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    @property
    def environment(self) -> dict:
        return {
            **{name: value for name, value in os.environ.items() if name not in NOT_INHERITED},
            "PORTAL_MODE": "development",
            "PORTAL_DATA": str(self.folder),
            "DATABASE_URL": f"postgresql://{ACCOUNT}@{quote(settings.DATABASES['default']['HOST'], safe='')}/{self.name}",
        }

    def start(self, *arguments, **variables) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT, env=self.environment | variables, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def manage(self, *arguments, code=0, **variables) -> str:
        """Run a command that must end with an exit code; returns what it said."""
        process = self.start(*arguments, **variables)
        said, complained = process.communicate(timeout=120)
        assert process.returncode == code, said + complained
        return said + complained

    def query(self, sql, *values) -> list:
        with server(self.name) as connection:
            return connection.execute(sql, values).fetchall()

    def rows(self) -> dict:
        """Table → number and checksum of all rows with all columns."""
        tables = self.query(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        return {
            name: self.query(
                f"SELECT count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM \"{name}\" t"  # noqa: S608
            )[0]
            for (name,) in tables
            if name != "forum_cache"  # worth nothing, see forum.backup.making
        }

    def files(self) -> dict:
        """Path of each upload → checksum of its bytes."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for name in ("media", "kept")
            for path in (self.folder / name).rglob("*")
            if path.is_file()
        }

    @property
    def state(self) -> tuple:
        return self.rows(), self.files()
