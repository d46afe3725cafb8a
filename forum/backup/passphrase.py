"""The passphrase of a backup: from the environment or typed, never an argument, which every account could read."""

import getpass
import os
import sys

from forum.backup.failures import BackupFailure

SHORTEST = 12
VARIABLE = "BACKUP_PASSPHRASE"


def passphrase_for_writing(wanted: bool) -> str:
    """Empty where nothing is to be encrypted; with the variable set, everything is."""
    found = os.environ.get(VARIABLE, "")
    if not found and wanted:
        found = asked("Passphrase der Sicherung: ")
        if found != asked("Noch einmal: "):
            raise BackupFailure("Die beiden Eingaben sind verschieden. Bitte versuchen Sie es noch einmal.")
    if (found or wanted) and len(found) < SHORTEST:
        raise BackupFailure(f"Die Passphrase ist zu kurz: Bitte nehmen Sie mindestens {SHORTEST} Zeichen.")
    return found


def passphrase_for_reading() -> str:
    return os.environ.get(VARIABLE, "") or asked("Passphrase der Sicherung: ")


def asked(question: str) -> str:
    if not sys.stdin.isatty():
        raise BackupFailure(f"Die Passphrase fehlt: Bitte setzen Sie {VARIABLE}.")
    return getpass.getpass(question)
