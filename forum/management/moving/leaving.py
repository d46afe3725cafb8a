"""Write everything staff own as JSON and files: the same content gives the same bytes."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db import models, transaction
from django.utils import timezone

from events.models import ProgrammeItem
from forum.backup.failures import explained
from forum.management.moving.kinds import BY_MODEL, KINDS, Kind, Part
from forum.management.moving.readme import readme
from forum.models import FormerAddress

FORMAT = 1
FILES = "files"
FAILED = "Der Umzug ließ sich nicht schreiben"


class Names:
    """What each row is called in an export; a row without a name is not in it."""

    def __init__(self, rows: dict[Kind, list[models.Model]]):
        self.names: dict[tuple, str] = {}
        for kind, things in rows.items():
            seen = Counter()
            for thing in things:
                name = str(getattr(thing, kind.key)) if kind.key else ""
                seen[name] += 1  # two pictures may share one file
                self.names[kind.model, thing.pk] = name if seen[name] == 1 else f"{name}#{seen[name]}"

    def of(self, model, key) -> str | None:
        return self.names.get((model, key))


def export_to(folder: Path, published_only: bool = False) -> dict[str, int]:
    """Write an export into a folder that must not hold anything yet.

    Args:
        published_only: leave out what readers cannot see today, and all that speaks of it.

    Returns:
        Name of each kind → how many things.
    """
    with explained(FAILED):
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CommandError(f"{folder} ist nicht leer: Bitte nennen Sie einen neuen Ordner.")
        with transaction.atomic():
            rows = {kind: things_of(kind, published_only) for kind in KINDS}
            if published_only:
                drop_unused(rows)
            names = Names(rows)
            for kind, things in rows.items():
                described = [describe(thing, kind, names) for thing in things]
                write_json(folder / f"{kind.name}.json", [one for one in described if one is not None])
            copy_files(folder, rows)
        write_json(folder / "export.json", {"format": FORMAT})
        (folder / "README.md").write_text(readme())
    return {kind.name: len(things) for kind, things in rows.items()}


def things_of(kind: Kind, published_only: bool) -> list[models.Model]:
    """In the order of their names, which is the same whatever the database sorts by."""
    things = kind.model._base_manager.order_by("pk")
    if published_only and hasattr(kind.model.objects, "published"):
        things = things.filter(pk__in=kind.model.objects.published().values("pk"))
    return sorted(things, key=lambda thing: str(getattr(thing, kind.key)) if kind.key else "")


def drop_unused(rows: dict[Kind, list]):
    """Leave out pictures and files that no published thing shows: they may belong to drafts."""
    shown = {(type(thing), thing.pk) for things in rows.values() for thing in things}
    for kind, things in rows.items():
        if kind.name in ("pictures", "attachments"):
            rows[kind] = [one for one in things if any((type(use), use.pk) in shown for use in users_of(one))]


def users_of(thing) -> list[models.Model]:
    return [getattr(use, "event", use) if isinstance(use, ProgrammeItem) else use for use in thing.uses()]


def describe(thing: models.Model, kind: Kind, names: Names) -> dict | None:
    """A thing with all that belongs to it; None for a redirect to what does not move along."""
    said = {} if not kind.key else {kind.key: names.of(kind.model, thing.pk)}
    if isinstance(thing, FormerAddress) and thing.object_id:
        said["target"] = target_of(thing, names)
        if said["target"] is None:
            return None
    said |= {one.name: value_of(thing, one, names) for one in kind.fields if one.name != kind.key}
    for name in kind.topics:
        said[name] = sorted(getattr(thing, name).values_list("slug", flat=True))
    for one in kind.plain_relations:
        related = getattr(thing, one.name).values_list("pk", flat=True)
        said[one.name] = sorted(filter(None, (names.of(one.related_model, key) for key in related)))
    return said | {part.name: list(describe_parts(thing, part, names)) for part in kind.parts}


def describe_parts(owner: models.Model, part: Part, names: Names) -> Iterator[dict | str]:
    for row in part.model._base_manager.filter(**{part.owner: owner}).order_by("position", "pk"):
        said = {one.name: value_of(row, one, names) for one in part.fields}
        if any(said[one.name] is None and getattr(row, one.attname) for one in part.fields if one.many_to_one):
            continue  # speaks of what does not move along
        said |= {inner.name: list(describe_parts(row, inner, names)) for inner in part.parts}
        yield next(iter(said.values())) if part.is_list_of_names else said


def value_of(row: models.Model, field: models.Field, names: Names):
    value = getattr(row, field.attname)
    if field.many_to_one:
        return names.of(field.related_model, value)
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


def target_of(former: FormerAddress, names: Names) -> dict | None:
    target = former.target
    if isinstance(target, ProgrammeItem):
        event = names.of(type(target.event), target.event_id)
        return event and {"kind": "events", "name": event, "item": target.slug}
    name = target and names.of(type(target), target.pk)
    return name and {"kind": BY_MODEL[type(target)].name, "name": name}


def write_json(path: Path, content):
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def copy_files(folder: Path, rows: dict[Kind, list]):
    for kind, things in rows.items():
        for thing in things if kind.key == "file" else ():
            place = folder / FILES / thing.file.name
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                with default_storage.open(thing.file.name) as source, place.open("wb") as target:
                    shutil.copyfileobj(source, target)
