"""Read an export into this portal: everything or nothing, and no two opinions on one thing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db import Error, models, transaction

from events.models import ProgrammeItem
from forum.management.moving.kinds import BY_MODEL, KINDS, Kind, Part
from forum.management.moving.leaving import Names, describe, things_of
from forum.management.moving.reading import checked_file, read_export
from forum.models import FormerAddress, Picture, Topic
from forum.rehearsal import files_go_on_failure

NO_ROOM = 5  # conflicts that are named
MAKES_IT_LIVED_IN = ("articles", "events", "people", "pictures", "attachments")


@dataclass
class Arrival:
    """One import at work.

    Args:
        update: overwrite what is there and differs.
        keys: (model, name) → key of the row.
    """

    folder: Path
    update: bool
    keys: dict[tuple, int] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    later: list[tuple] = field(default_factory=list)
    made: int = 0
    changed: int = 0
    same: int = 0

    def key_of(self, model, name, where: str) -> int | None:
        if name is None:
            return None
        if (model, name) not in self.keys:
            raise CommandError(f"{where}: „{name}“ gibt es weder im Export noch im Portal.")
        return self.keys[model, name]


def import_from(folder: Path, update: bool = False) -> Arrival:
    """Put what an export holds into the portal, in one transaction; raises CommandError and leaves all as it was."""
    entries, arrival = read_export(folder), Arrival(folder, update)
    with files_go_on_failure(), transaction.atomic():
        names = names_here()
        arrival.keys = {(model, name): key for (model, key), name in names.names.items()}
        lived_in = any(model_of(name)._base_manager.exists() for name in MAKES_IT_LIVED_IN)
        arrival.update = update or not lived_in  # pages and topics that come with the tables are no opinion
        for kind in KINDS:
            for entry in entries[kind]:
                put(arrival, kind, entry, names)
        join(arrival)
        if arrival.conflicts:
            refuse(arrival)
    return arrival


def names_here() -> Names:
    return Names({kind: things_of(kind, published_only=False) for kind in KINDS})


def model_of(name: str) -> type[models.Model]:
    return next(kind.model for kind in KINDS if kind.name == name)


def refuse(arrival: Arrival):
    named = ", ".join(arrival.conflicts[:NO_ROOM])
    more = f" und {len(arrival.conflicts) - NO_ROOM} weitere" if len(arrival.conflicts) > NO_ROOM else ""
    raise CommandError(
        f"Im Portal gibt es schon anderes unter denselben Namen: {named}{more}. "
        "Wenn es überschrieben werden soll: --update."
    )


def put(arrival: Arrival, kind: Kind, entry: dict, names: Names):
    """Make or change one thing."""
    name = entry.get(kind.key)
    where = f"{kind.name}.json, {name or 'Eintrag ' + str(entry)[:40]}"
    thing = there_already(arrival, kind, entry, names)
    if thing and is_same(describe(thing, kind, names), entry, kind, arrival.update):
        arrival.same += 1
        return
    if thing and not arrival.update:
        arrival.conflicts.append(f"{kind.name}/{name}")
        return
    if kind.always_there and not thing:
        raise CommandError(f"{where}: Das gibt es hier nicht.")
    arrival.changed, arrival.made = arrival.changed + bool(thing), arrival.made + (not thing)
    thing = thing or kind.model()
    with explained_in(where):
        fill(arrival, thing, kind, entry, where)
        save(thing)
        arrival.keys[kind.model, name] = thing.pk
        for one in kind.topics:
            topics = [arrival.key_of(Topic, slug, where) for slug in entry.get(one, [])]
            getattr(thing, one).set(Topic.objects.filter(pk__in=topics))
        for part in kind.parts:
            put_parts(arrival, thing, part, entry.get(part.name, []), where)
        date(thing, kind.fields, entry)
    arrival.later += [(thing, one, entry[one], where) for one in kind.later if entry.get(one) is not None]


def is_same(there: dict, entry: dict, kind: Kind, with_dates: bool) -> bool:
    """Compare two descriptions; when somebody saved a thing is no difference worth a refusal."""
    noted = set() if with_dates else {one.name for one in kind.fields if not one.editable}
    return all(there.get(name) == entry.get(name) for name in (there.keys() | entry.keys()) - noted)


class explained_in:  # noqa: N801 - reads as the words it is
    """Say where in the export something was refused."""

    def __init__(self, where):
        self.where = where

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, ValidationError):
            raise CommandError(f"{self.where}: {'; '.join(told(error))}") from error
        if isinstance(error, Error | ObjectDoesNotExist | LookupError | ValueError | TypeError | AttributeError):
            raise CommandError(f"{self.where}: Das passt nicht zusammen ({str(error).splitlines()[0]}).") from error


def told(error: ValidationError) -> Iterator[str]:
    if not hasattr(error, "error_dict"):
        yield from error.messages
        return
    for name, messages in error.message_dict.items():
        yield " ".join([*([f"{name}:"] if name != "__all__" else []), *messages])


def there_already(arrival: Arrival, kind: Kind, entry: dict, names: Names) -> models.Model | None:
    if kind.key:
        key = arrival.keys.get((kind.model, entry[kind.key]))
        return kind.model._base_manager.get(pk=key) if key else None
    return next((one for one in kind.model._base_manager.all() if describe(one, kind, names) == entry), None)


def fill(arrival: Arrival, thing: models.Model, kind: Kind, entry: dict, where: str):
    for one in kind.fields:
        if one.name == "file":
            put_file(arrival, thing, entry["file"])
        elif one.name in entry and one.name not in kind.later:
            set_value(arrival, thing, one, entry[one.name], where)
    if isinstance(thing, FormerAddress):
        thing.target = target_of(arrival, entry["target"], where) if entry.get("target") else None


def set_value(arrival: Arrival, row: models.Model, one: models.Field, value, where: str):
    if one.many_to_one:
        setattr(row, one.attname, arrival.key_of(one.related_model, value, where))
        return
    try:
        setattr(row, one.name, one.to_python(value))
    except ValidationError as error:
        raise ValidationError({one.name: error.messages}) from error


def target_of(arrival: Arrival, said: dict, where: str) -> models.Model:
    if not isinstance(said, dict) or said.get("kind") not in {kind.name for kind in KINDS}:
        raise CommandError(f"{where}: Das Ziel ist nicht zu verstehen.")
    model = model_of(said["kind"])
    target = model._base_manager.get(pk=arrival.key_of(model, said.get("name"), where))
    return ProgrammeItem.objects.get(event=target, slug=said["item"]) if "item" in said else target


def put_file(arrival: Arrival, thing: models.Model, name: str):
    """Give a thing its file, put into the storage unless the same is there."""
    path = name.partition("#")[0]
    content = checked_file(arrival.folder, path, isinstance(thing, Picture))
    if default_storage.exists(path):
        with default_storage.open(path) as there:
            if there.read() == content:
                thing.file = path
                return
    thing.file = default_storage.save(path, ContentFile(content))


def save(row: models.Model):
    row.full_clean(exclude=["file"] if hasattr(row, "file") else None)
    row.save()


def put_parts(arrival: Arrival, owner: models.Model, part: Part, rows: list, where: str):
    """Write all parts of one name anew."""
    part.model._base_manager.filter(**{part.owner: owner}).delete()
    for position, said in enumerate(rows):
        said = {part.fields[0].name: said} if part.is_list_of_names else said
        row = part.model(**{part.owner: owner, "position": position})
        for one in part.fields:
            if one.name in said:
                set_value(arrival, row, one, said[one.name], f"{where}, {part.name}")
        save(row)
        for inner in part.parts:
            put_parts(arrival, row, inner, said.get(inner.name, []), where)


def date(thing: models.Model, fields: list[models.Field], entry: dict):
    """Set the moments that saving itself has noted."""
    moments = {one.name: one.to_python(entry[one.name]) for one in fields if not one.editable and one.name in entry}
    if moments := {name: value for name, value in moments.items() if name != "file"}:
        models.QuerySet(type(thing)).filter(pk=thing.pk).update(**moments)


def join(arrival: Arrival):
    """Connect things with others of their own kind, now that all are there."""
    for thing, name, said, where in arrival.later:
        one = BY_MODEL[type(thing)].model._meta.get_field(name)
        with explained_in(where):
            if one.many_to_many:
                getattr(thing, name).set([arrival.key_of(one.related_model, other, where) for other in said])
            else:
                key = arrival.key_of(one.related_model, said, where)
                models.QuerySet(type(thing)).filter(pk=thing.pk).update(**{one.attname: key})
