"""Read an export as what it is: files from outside, of which nothing is believed before it has been looked at."""

import hashlib
import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError

from forum.attachments import MAX_BYTES as LARGEST_ATTACHMENT
from forum.attachments import check_attachment
from forum.backup.failures import explained
from forum.management.moving.kinds import KINDS, Kind, Part
from forum.management.moving.leaving import FILES, FORMAT
from forum.pictures import MAX_BYTES as LARGEST_PICTURE
from forum.pictures import safe_picture

FAILED = "Der Export ließ sich nicht lesen"
OWN_NAME = re.compile(r".*-([0-9a-f]{16})\.(?:jpg|png)")


def read_export(folder: Path) -> dict[Kind, list[dict]]:
    """All entries of all kinds, of the shape they must have; raises CommandError naming file and entry."""
    if read_json(folder / "export.json").get("format") != FORMAT:
        raise CommandError("Der Export stammt aus einer neueren Version des Portals. Bitte nehmen Sie diese Version.")
    return {kind: list(entries_of(kind, folder)) for kind in KINDS}


def entries_of(kind: Kind, folder: Path) -> Iterator[dict]:
    path, known = folder / f"{kind.name}.json", names_of(kind)
    entries = read_json(path)
    if not isinstance(entries, list):
        raise CommandError(f"{path.name}: Erwartet wird eine Liste von Einträgen.")
    seen = set()
    for number, entry in enumerate(entries, 1):
        check_names(entry, known, f"{path.name}, Eintrag {number}")
        for part in kind.parts:
            check_parts(entry.get(part.name, []), part, f"{path.name}, Eintrag {number}, {part.name}")
        if kind.key and not (isinstance(entry.get(kind.key), str) and entry[kind.key]):
            raise CommandError(f"{path.name}, Eintrag {number}: {kind.key} fehlt.")
        if kind.key and entry[kind.key] in seen:
            raise CommandError(f"{path.name}: {kind.key} „{entry[kind.key]}“ steht zweimal darin.")
        seen.add(entry.get(kind.key))
        yield entry


def names_of(kind: Kind) -> set[str]:
    found = {one.name for one in [*kind.fields, *kind.plain_relations, *kind.parts]} | set(kind.topics)
    return found | ({"target"} if kind.name == "redirects" else set())


def check_parts(rows, part: Part, where: str):
    if not isinstance(rows, list):
        raise CommandError(f"{where}: Erwartet wird eine Liste.")
    for row in rows:
        if part.is_list_of_names:
            if not isinstance(row, str):
                raise CommandError(f"{where}: Erwartet wird ein Name, nicht {row!r}.")
            continue
        check_names(row, {one.name for one in [*part.fields, *part.parts]}, where)
        for inner in part.parts:
            check_parts(row.get(inner.name, []), inner, f"{where}, {inner.name}")


def check_names(entry, known: Collection[str], where: str):
    if not isinstance(entry, dict):
        raise CommandError(f"{where}: Erwartet wird ein Eintrag mit Feldern.")
    if unknown := sorted(entry.keys() - known):
        raise CommandError(f"{where}: Das Feld „{unknown[0]}“ gibt es nicht.")


def read_json(path: Path):
    with explained(FAILED):
        try:
            return json.loads(path.read_text())
        except ValueError as error:
            raise CommandError(f"{path.name} ist kein gültiges JSON: {error}.") from error


def checked_file(folder: Path, name: str, is_picture: bool) -> bytes:
    """The content of a file of an export, as the portal may keep it; raises ValidationError."""
    place, parts = folder / FILES / name, PurePosixPath(name).parts
    beginning = "bilder" if is_picture else "downloads"
    if len(parts) < 2 or parts[0] != beginning or ".." in parts or "\x00" in name or place.is_symlink():
        raise ValidationError({"file": f"Dateinamen beginnen mit „{beginning}/“."})
    if not place.is_file():
        raise ValidationError({"file": f"Die Datei {FILES}/{name} fehlt."})
    if place.stat().st_size > max(LARGEST_PICTURE, LARGEST_ATTACHMENT):
        raise ValidationError({"file": "Die Datei ist zu groß."})
    content = place.read_bytes()
    upload = SimpleUploadedFile(parts[-1], content)
    if not is_picture:
        if not name.endswith(f".{check_attachment(upload)}"):
            raise ValidationError({"file": "Die Datei ist etwas anderes, als ihr Name sagt."})
        return content
    safe = safe_picture(upload)
    own = OWN_NAME.fullmatch(name)
    return content if own and own[1] == hashlib.sha256(content).hexdigest()[:16] else safe.read()
