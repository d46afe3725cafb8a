"""Bring back what `backup` has written; see docs/backup.md."""

import signal
import sys
from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format

from contacts.models import Person
from events.models import Event
from forum.backup.failures import BackupFailure, explained
from forum.backup.passphrase import passphrase_for_reading
from forum.backup.progress import Progress
from forum.backup.retention import backups_in
from forum.backup.returning import checked, restore_backup
from forum.models import Attachment, Picture
from news.models import Article


class Command(BaseCommand):
    help = "Spielt eine Sicherung ein: eine Datei, oder die jüngste eines Ordners. Das Portal darf dabei nicht laufen."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("source", type=Path, metavar="DATEI_ODER_ORDNER")
        parser.add_argument("--replace", action="store_true", help="auch wenn es Inhalte gibt: sie gehen verloren")
        parser.add_argument("--check", action="store_true", help="nur prüfen, ob die Sicherung ganz und lesbar ist")

    def handle(self, **options):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leave tidily
        path, progress = chosen(options["source"]), Progress()
        try:
            if options["check"]:
                with explained("Die Sicherung ließ sich nicht lesen"):
                    contents = checked(path, passphrase_for_reading, None, progress)
            else:
                contents = restore_backup(path, passphrase_for_reading, options["replace"], progress)
        finally:
            progress.end()
        made = date_format(timezone.localtime(datetime.fromisoformat(contents.facts["made_at"])), "j. F Y, H:i")
        size = filesizeformat(sum(size for size, _ in contents.files.values()))
        self.stdout.write(
            f"{path.name}: {contents.facts['site']}, {made} Uhr, {len(contents.files) - 1} Dateien, {size}."
        )
        self.stdout.write("Die Sicherung ist in Ordnung." if options["check"] else f"Eingespielt: {counted()}.")


def chosen(source: Path) -> Path:
    """The file meant, in a folder the latest backup."""
    with explained("Die Sicherung ließ sich nicht lesen"):
        if not source.is_dir():
            source.open("rb").close()
            return source
        found = backups_in(source)
    if not found:
        raise BackupFailure(f"In {source} liegt keine Sicherung.")
    if len({one.path.name.rpartition("-")[0] for one in found}) > 1:
        raise BackupFailure(f"In {source} liegen Sicherungen mehrerer Portale: Bitte nennen Sie die Datei.")
    return found[0].path


def counted() -> str:
    numbers = [
        f"{model._base_manager.count()} {model._meta.verbose_name_plural}"
        for model in (Article, Event, Person, Picture, Attachment)
    ]
    return ", ".join([*numbers, f"{User.objects.count()} Konten"])
