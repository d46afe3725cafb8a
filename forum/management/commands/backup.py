"""Back up database and uploads into one file; see docs/backup.md."""

import signal
import sys
from pathlib import Path

from django.core.management.base import BaseCommand
from django.template.defaultfilters import filesizeformat

from forum.backup.failures import BackupFailure, explained
from forum.backup.making import make_backup
from forum.backup.passphrase import passphrase_for_writing
from forum.backup.progress import Progress
from forum.backup.retention import PERIODS, thin_out


class Command(BaseCommand):
    help = "Sichert Datenbank und Dateien in eine Datei des genannten Ordners."
    requires_system_checks = []  # what they find is no reason to go without a backup

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="ORDNER")
        parser.add_argument(
            "--encrypt",
            action="store_true",
            help="mit einer Passphrase verschlüsseln; sie steht in BACKUP_PASSPHRASE oder wird gefragt",
        )
        for period, german in zip(PERIODS, ("Tage", "Wochen", "Monate"), strict=True):
            parser.add_argument(
                f"--keep-{period}",
                type=int,
                metavar="ANZAHL",
                help=f"ältere Sicherungen löschen, bis auf die letzte jedes der letzten {german}",
            )

    def handle(self, **options):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leave tidily
        keep = {period: options[f"keep_{period}"] for period in PERIODS if options[f"keep_{period}"] is not None}
        if any(number < 0 for number in keep.values()) or (keep and not any(keep.values())):
            raise BackupFailure("--keep-…: Bitte nennen Sie, wie viele bleiben, mindestens eine.")
        passphrase = passphrase_for_writing(options["encrypt"])
        progress = Progress()
        try:
            made = make_backup(options["folder"], passphrase, progress)
        finally:
            progress.end()
        if made.missing:
            self.stderr.write(
                f"Achtung: {len(made.missing)} Dateien, die Einträge nennen, gibt es im Portal nicht mehr: "
                + ", ".join(made.missing[:5])
            )
        with explained("Ältere Sicherungen ließen sich nicht löschen"):
            gone = thin_out(options["folder"], keep) if keep else []
        if sys.stdout.isatty() or options["verbosity"] > 1:
            self.stdout.write(f"Gesichert: {made.path} ({made.files} Dateien, {filesizeformat(made.size)})")
            self.stdout.write("".join(f"Gelöscht: {path.name}\n" for path in gone), ending="")
