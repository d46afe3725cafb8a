"""Old versions become today's again, and deleted things come back: whole, or not at all."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from reversion.models import Version

from forum.differences import pointing_fields
from forum.files import FileGone, FileOwner, bring_back
from forum.snapshots import Row, Snapshot, history, row_of, with_parts
from forum.versions import PARTS, kept_fields, recorder

PUBLICATION = ("published_at", "expires_at")  # restoring neither publishes nor withdraws
MOMENTS = ("created_at", "text_changed_at", "easy_changed_at")  # saving something new sets them to today

Place = tuple[type[models.Model], str]  # model and key


class CannotRestore(Exception):
    """A version cannot be made today's; the message says why, in German."""


@dataclass
class Missing:
    """Something a version points to that has been deleted since; `version` is the last one of it, if there is any."""

    place: Place
    version: Version | None

    @property
    def name(self) -> str:
        kind = str(self.place[0]._meta.verbose_name)
        return f"{kind} „{self.version.object_repr}“" if self.version else f"{kind} (Name nicht mehr bekannt)"

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot.at(self.version.revision, *self.place)


@dataclass
class Restored:
    thing: models.Model | None
    along: list[str] = field(default_factory=list)  # names of deleted things that came back as well
    left_out: list[str] = field(default_factory=list)  # German sentences about what could not


def missing_from(snapshot: Snapshot, known: Collection[Place] = ()) -> list[Missing]:
    """What a version points to and nobody has any more, and what that points to; two queries for each model.

    Other articles it is joined with (plain many-to-many) are not asked for: they stand for themselves.
    """
    wanted = {}
    for row in snapshot.rows:
        for one in pointing_fields(row):
            if one.many_to_one:
                wanted.setdefault(one.related_model, set()).update(row.keys(one))
    known = {*known, *(row.place for row in snapshot.rows)}
    found = []
    for model, keys in wanted.items():
        there = set(map(str, model._base_manager.filter(pk__in=keys).values_list("pk", flat=True)))
        places = [(model, key) for key in sorted(keys - there) if (model, key) not in known]
        found += [Missing(place, history(*place).first()) for place in places]
    for missing in [one for one in found if one.version]:
        found += missing_from(missing.snapshot, {*known, *(one.place for one in found)})
    return found


def restore(thing: models.Model, snapshot: Snapshot, along: Collection[Place] = ()) -> Restored:
    """Put a thing back to an earlier version, with its parts; when it is published stays as it is today.

    Args:
        along: deleted things it points to that shall come back as well; anything else deleted is left out.

    Raises:
        CannotRestore: nothing has been changed then.
    """
    return Work(snapshot, thing, along).whole("Wiederhergestellt")


def recover(snapshot: Snapshot, along: Collection[Place] = ()) -> Restored:
    """Bring a deleted thing back as a draft, with its parts, its file and its former addresses (see `restore`)."""
    return Work(snapshot, None, along).whole("Nach dem Löschen wiederhergestellt")


def in_words(at) -> str:
    return date_format(timezone.localtime(at), "j. F Y, H:i") + " Uhr"


def explained(error: Exception) -> str:
    """Why a version cannot come back; empty for a mistake of our own."""
    if isinstance(error, CannotRestore):
        return str(error)
    if isinstance(error, ValidationError):
        named = getattr(error, "error_dict", None)
        return " ".join(m for messages in error.message_dict.values() for m in messages) if named else error.messages[0]
    if isinstance(error, FileGone):
        return f"Die Datei „{error}“ gibt es nicht mehr."
    if isinstance(error, DatabaseError | SuspiciousFileOperation | ValueError | TypeError | OverflowError):
        return (
            "Diese Fassung passt nicht mehr zu dem, was heute gespeichert werden kann: Sie ist zu alt, oder etwas "
            "anderes steht inzwischen an ihrer Stelle."
        )
    return ""


class Work:
    """One thing on its way back.

    Args:
        thing: as it is today, None when it is deleted.
        along: places of deleted things that may come back as well.
    """

    def __init__(self, snapshot: Snapshot, thing: models.Model | None, along: Collection[Place]):
        self.snapshot, self.thing = snapshot, thing
        self.along = set(along) - {snapshot.root.place}  # two that point to each other come to an end
        self.restored = Restored(thing)
        self.copied = []  # (storage, name) of files made public by this work
        self.gone = set()  # places that nothing can point to

    def whole(self, word: str) -> Restored:
        try:
            with transaction.atomic():
                self.bring_along()
                thing = self.restored.thing = self.saved_root()
                self.drop_later_parts(thing)
                self.save_parts()
        except Exception as error:
            for storage, name in self.copied:
                storage.delete(name)
            if reason := explained(error):
                raise CannotRestore(reason) from error
            raise
        if recorder():
            words = f"{word}: Stand vom {in_words(self.snapshot.revision.date_created)}"
            recorder().comments[type(thing), thing.pk] = words
        return self.restored

    def bring_along(self):
        """Recover what this thing points to, where it can be done and is wanted."""
        for missing in missing_from(self.snapshot):
            if missing.place[0]._base_manager.filter(pk=missing.place[1]).exists():
                continue  # came along with another
            reason = "" if missing.version else "Auch von früher ist nichts mehr davon da."
            if missing.version and missing.place in self.along:
                work = Work(missing.snapshot, None, self.along)
                try:
                    brought = work.whole("Mit etwas anderem wiederhergestellt")
                except CannotRestore as error:
                    reason = str(error)
                else:
                    self.copied += work.copied
                    self.restored.along += [missing.name, *brought.along]
                    self.restored.left_out += brought.left_out
                    continue
            self.gone.add(missing.place)
            if points_to(self.snapshot, missing.place):
                self.restored.left_out.append(f"Fehlt jetzt, weil gelöscht: {missing.name}. {reason}".strip())

    def saved_root(self) -> models.Model:
        row = self.snapshot.root
        thing = self.thing or row.model(pk=row.model._meta.pk.to_python(row.key))
        if self.thing is None and hasattr(thing, "published_at"):
            thing.published_at = thing.expires_at = None
        self.bring_file(row)
        self.fill(thing, row, PUBLICATION)
        self.settle_address(thing)
        thing.full_clean(exclude={thing._meta.pk.name})
        thing.save()
        self.join(thing, row)
        if self.thing is None:
            self.set_moments(thing, row)
        return thing

    def fill(self, thing, row: Row, without: Collection[str] = ()):
        for one in kept_fields(row.model):
            if one.name in without or one.primary_key or one.many_to_many or one.name not in row.values:
                continue
            value = row.value(one)
            setattr(thing, one.attname, None if self.is_gone(one, value) else value)

    def is_gone(self, one: models.Field, value) -> bool:
        return bool(one.many_to_one and (one.related_model, str(value)) in self.gone)

    def join(self, thing, row: Row):
        """Plain many-to-many relations, without what is gone."""
        for one in kept_fields(row.model):
            if one.many_to_many and one.name in row.values:
                getattr(thing, one.name).set(one.related_model._base_manager.filter(pk__in=row.keys(one)))

    def settle_address(self, thing):
        """Take the old address again, unless it is somebody else's by now."""
        if not getattr(thing, "slug", "") or not hasattr(thing, "leads_elsewhere"):
            return
        if thing.slug_rivals().filter(slug=thing.slug).exists() or thing.leads_elsewhere(thing.slug):
            stored = type(thing)._base_manager.filter(pk=thing.pk).values_list("slug", flat=True).first()
            self.restored.left_out.append(
                f"Die Adresse „{thing.slug}“ ist inzwischen anders vergeben: „{thing}“ hat eine andere."
            )
            thing.slug = stored or ""

    def bring_file(self, row: Row):
        if not issubclass(row.model, FileOwner) or not row.values.get(row.model.file_field):
            return
        storage = row.model._meta.get_field(row.model.file_field).storage
        name = row.values[row.model.file_field]
        if bring_back(storage, name):
            self.copied.append((storage, name))

    def set_moments(self, thing, row: Row):
        kept = [one for one in kept_fields(row.model) if one.name in MOMENTS and one.name in row.values]
        if kept:
            type(thing)._base_manager.filter(pk=thing.pk).update(**{one.name: row.value(one) for one in kept})

    def drop_later_parts(self, thing):
        """Remove the parts that this version does not have, the lowest first."""
        wanted = {row.place for row in self.snapshot.rows}
        for part in reversed(list(with_parts(thing))[1:]):
            if not PARTS[type(part)].trace and (type(part), str(part.pk)) not in wanted:
                part.delete()

    def save_parts(self):
        """Owners come before what belongs to them; what belongs to nothing any more is left out."""
        there = {self.snapshot.root.place}
        for row in self.snapshot.rows[1:]:
            if PARTS[row.model].trace:
                self.save_trace(row)
            elif row.owner_place in there and not self.points_into_the_void(row):
                self.save_part(row)
                there.add(row.place)

    def points_into_the_void(self, row: Row) -> bool:
        return any(
            not one.null and self.is_gone(one, row.values.get(one.name))
            for one in pointing_fields(row)
            if one.many_to_one
        )

    def save_part(self, row: Row):
        part = row.model._base_manager.filter(pk=row.key).first()
        if part and row_of(part).values == row.values:
            return
        part = part or row.model(pk=row.model._meta.pk.to_python(row.key))
        self.fill(part, row)
        self.settle_address(part)
        part.save()
        self.join(part, row)

    def save_trace(self, row: Row):
        """A former address leads to what has come back, unless it leads somewhere else by now."""
        if self.thing is None and not row.model._base_manager.filter(path=row.values["path"]).exists():
            trace = row.model()
            self.fill(trace, row)
            trace.save()


def points_to(snapshot: Snapshot, place: Place) -> bool:
    return any(
        (one.related_model, str(row.values.get(one.name))) == place
        for row in snapshot.rows
        for one in pointing_fields(row)
    )


def deleted(model: type[models.Model]) -> models.QuerySet[Version]:
    """The last version of each deleted thing, the latest deletion first, with who."""
    found = Version.objects.get_deleted(model).select_related("revision__user").order_by("-pk")
    return found.filter(serialized_data__contains='"object_id": null') if model in PARTS else found
