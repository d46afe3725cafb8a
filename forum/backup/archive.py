"""What a backup file is: a plain tar of dump, uploads and a list of checksums, in the envelope of age if wished.

The list comes last, as `manifest-<SHA-256 of itself>.json`: a file without it was not finished. Nothing here needs this
program to be opened again: `age --decrypt`, `tar`, `sha256sum` and `pg_restore` do.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from forum.backup import age
from forum.backup.failures import DamagedBackup, NewerBackup, WrongKey

FORMAT = 1
FACTS = {"made_at", "site", "migrations", "files"}
DUMP, README = "database.dump", "LIESMICH.txt"
LIST = re.compile(r"manifest-([0-9a-f]{64})\.json")
LONGEST_LIST = 200_000_000  # bytes
PIECE = 1 << 20
OPEN_BY_HAND = """Sicherung des Innovationsforums. So geht es auch ohne das Portal:

  age --decrypt DATEI.tar.age > DATEI.tar      (nur wenn verschlüsselt)
  tar -xf DATEI.tar                            (packt alles aus)
  pg_restore --no-owner --dbname=… database.dump
  media/ und kept/ gehören in den Ordner PORTAL_DATA

manifest-….json nennt zu jeder Datei Größe und SHA-256; ihr Name nennt die Prüfsumme der Liste selbst.
"""


@dataclass
class Contents:
    """What the list of a backup says.

    Args:
        files: name in the archive → (bytes, SHA-256).
        facts: moment, version, migrations and so on.
    """

    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    facts: dict = field(default_factory=dict)


class Summing:
    """A file that is being read, with the checksum of what has been read."""

    def __init__(self, file, report: Callable[[int], None]):
        self.file, self.sum, self.report = file, hashlib.sha256(), report

    def read(self, size=-1):
        data = self.file.read(size)
        self.sum.update(data)
        self.report(len(data))
        return data


def write(target, passphrase: str, folder: Path, names: list[str], facts: dict, report=lambda size: None):
    """Write a whole backup.

    Args:
        target: a binary file, opened for writing.
        names: files below `folder`, as they shall be called.
        report: is told the bytes of each step.
    """
    sink = age.Sealing(target, passphrase) if passphrase else target
    files = {}
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT, bufsize=PIECE) as tar:
        tar.addfile(member(README, len(OPEN_BY_HAND.encode())), io.BytesIO(OPEN_BY_HAND.encode()))
        for name in names:
            with (folder / name).open("rb") as file:
                stat, summed = os.fstat(file.fileno()), Summing(file, report)
                tar.addfile(member(name, stat.st_size, int(stat.st_mtime)), summed)
                files[name] = {"size": stat.st_size, "sha256": summed.sum.hexdigest()}
        listed = json.dumps({"format": FORMAT, **facts, "files": files}, ensure_ascii=False, indent=1).encode()
        tar.addfile(member(f"manifest-{hashlib.sha256(listed).hexdigest()}.json", len(listed)), io.BytesIO(listed))
    if passphrase:
        sink.finish()


def member(name: str, size: int, moment: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, moment, 0o600
    return info


def is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(age.MAGIC)) == age.MAGIC


def unpack(path: Path, passphrase: str, into: Path | None, report=lambda size: None) -> Contents:
    """Check a backup wholly and, unless `into` is None, unpack it there.

    Raises:
        WrongKey, NewerBackup: it cannot be read here.
        DamagedBackup: names the file in question; what has been unpacked is worth nothing.
    """
    found, listed, last = {}, None, "gleich am Anfang"
    with path.open("rb") as source, damage_named(lambda: last):
        opened = age.Opening(source, passphrase) if is_sealed(path) else source
        with tarfile.open(fileobj=opened, mode="r|", bufsize=PIECE) as tar:
            for info in tar:
                last = info.name
                if match := LIST.fullmatch(info.name):
                    listed = read_list(tar.extractfile(info), match[1])
                    break
                name = checked_name(info)  # before anything is written
                found[name] = unpack_one(tar.extractfile(info), info, into, report)
            if listed is not None and opened is not source:
                while opened.read(PIECE):  # the seal of the last chunk
                    pass
    if listed is None:
        raise DamagedBackup(f"Die Sicherung ist nicht vollständig: Sie endet hinter {last}.")
    return compared(found, listed)


@contextmanager
def damage_named(last: Callable[[], str]) -> Iterator[None]:
    try:
        yield
    except age.WrongPassphrase as error:
        raise WrongKey("Die Passphrase passt nicht zu dieser Sicherung.") from error
    except (age.Damaged, tarfile.TarError, EOFError, UnicodeError, ValueError) as error:
        raise DamagedBackup(f"Die Sicherung ist beschädigt: {last()}. Bitte nehmen Sie eine andere.") from error


def checked_name(info: tarfile.TarInfo) -> str:
    parts = PurePosixPath(info.name).parts
    known = info.name in (README, DUMP) or (len(parts) > 1 and parts[0] in ("media", "kept"))
    if not info.isreg() or not known or ".." in parts or "\x00" in info.name:
        raise tarfile.TarError(info.name)
    return info.name


def unpack_one(file, info: tarfile.TarInfo, into: Path | None, report) -> tuple[int, str]:
    """Returns bytes and SHA-256."""
    summed = Summing(file, report)
    if into is None or info.name == README:
        while summed.read(PIECE):
            pass
    else:
        place = into / info.name
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as target:
            while data := summed.read(PIECE):
                target.write(data)
        os.utime(place, (info.mtime, info.mtime))
    return info.size, summed.sum.hexdigest()


def read_list(file, wanted: str) -> dict:
    text = file.read(LONGEST_LIST)
    if hashlib.sha256(text).hexdigest() != wanted:
        raise tarfile.TarError
    return json.loads(text)


def compared(found: dict, listed: dict) -> Contents:
    """Compare what was read with the list; README is not in it."""
    if listed.get("format") != FORMAT:
        raise NewerBackup("Die Sicherung hat ein neueres Format als dieses Portal. Bitte nehmen Sie dessen Version.")
    if not listed.keys() >= FACTS:
        raise DamagedBackup("Die Sicherung ist beschädigt: In ihrer Liste fehlen Angaben.")
    found.pop(README, None)
    wanted = {name: (one["size"], one["sha256"]) for name, one in listed.pop("files").items()}
    if wrong := sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)):
        more = f" und {len(wrong) - 3} weitere" if len(wrong) > 3 else ""
        raise DamagedBackup(
            f"Die Sicherung ist beschädigt: {', '.join(wrong[:3])}{more}. Bitte nehmen Sie eine andere."
        )
    return Contents(wanted, listed)
