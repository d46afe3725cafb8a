"""Which backups stay: the latest of each of the last days, weeks and months that have one."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone

from forum.backup.age import MAGIC
from forum.backup.archive import README
from forum.backup.making import ENDING, PREFIX, SEALED, site_name

PERIODS: dict[str, Callable[[datetime], tuple]] = {
    "daily": lambda moment: (moment.year, moment.month, moment.day),
    "weekly": lambda moment: moment.isocalendar()[:2],
    "monthly": lambda moment: (moment.year, moment.month),
}


@dataclass(frozen=True, order=True)
class Made:
    at: datetime
    path: Path


def backups_in(folder: Path, site: str | None = None) -> list[Made]:
    """What this command has made in a folder, the latest first.

    Args:
        site: only those of one portal.
    """
    of = re.escape(site) if site else ".+"
    name = re.compile(rf"{PREFIX}-({of})-(\d{{8}}T\d{{6}}Z){re.escape(ENDING)}({re.escape(SEALED)})?")
    found = []
    for path in folder.iterdir():
        match = name.fullmatch(path.name)
        if match and path.is_file() and not path.is_symlink() and is_ours(path):
            moment = datetime.strptime(match[2], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            found.append(Made(moment, path))
    return sorted(found, reverse=True)


def is_ours(path: Path) -> bool:
    """Whatever it is called: only what begins as a backup begins."""
    with path.open("rb") as file:
        beginning = file.read(100)
    return beginning.startswith((MAGIC, README.encode() + b"\x00"))


def superfluous(made: Iterable[Made], keep: dict[str, int]) -> list[Made]:
    """Backups that no rule keeps; the latest of all always stays.

    Args:
        made: the latest first.
        keep: name of a period → how many of them count.
    """
    made = list(made)
    kept = set(made[:1])
    for period, number in keep.items():
        latest = {}
        for one in made:
            latest.setdefault(PERIODS[period](timezone.localtime(one.at)), one)
        kept |= set(list(latest.values())[:number])
    return [one for one in made if one not in kept]


def thin_out(folder: Path, keep: dict[str, int]) -> list[Path]:
    """Delete the superfluous backups of this portal; returns their paths."""
    gone = superfluous(backups_in(folder, site_name()), keep)
    for one in gone:
        one.path.unlink(missing_ok=True)
    return [one.path for one in gone]
