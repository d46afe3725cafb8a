"""When the portal was last backed up by its own command: a small file beside the uploads, which the desk reads."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

TOO_OLD = timedelta(hours=26)  # made daily, and a slow one has two hours


def stamp_file() -> Path:
    return settings.DATA / "last-backup.json"


def note_backup(name: str, size: int):
    """Remember a backup that is whole; a folder that cannot be written must not spoil it."""
    facts = {"at": timezone.now().isoformat(timespec="seconds"), "name": name, "size": size}
    half = stamp_file().with_suffix(".part")
    try:
        half.write_text(json.dumps(facts))
        half.replace(stamp_file())
    except OSError:
        pass


def last_backup() -> datetime | None:
    """None where this command never made one: others may back up in their own way."""
    try:
        moment = datetime.fromisoformat(json.loads(stamp_file().read_text())["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return moment if moment.tzinfo else None


def backup_age() -> float | None:
    """Seconds since the last backup; 0 where another machine's clock is ahead of ours."""
    last = last_backup()
    return max((timezone.now() - last).total_seconds(), 0) if last else None


def overdue_since() -> datetime | None:
    """The moment of the last backup if that is too long ago."""
    last = last_backup()
    return last if last and timezone.now() - last > TOO_OLD else None
