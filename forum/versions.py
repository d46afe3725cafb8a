"""Versions: whatever changes at the desk is kept, with who, when and what.

A *thing* (an event, a person, a picture …) is kept together with its *parts* (its programme, people, topics, files).
Models say so with one line: `@versioned` a thing, `@part_of("event")` a row that belongs to the thing its foreign key
leads to.

While a recording is on, every thing is read before its first change and after the last one; if it differs, its new
state is stored. Without a recording (commands, imports, tests) nothing is read or written.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models, transaction
from django.db.models import signals
from django.urls import reverse

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
FIRST = "Stand vor der ersten Änderung"
OUTSIDE = "Stand vor der nächsten Änderung"  # somebody or something changed it outside the desk
CREATED = "Angelegt"
DELETED = "Gelöscht"


@dataclass(frozen=True)
class Part:
    """How a model belongs to its owner.

    Args:
        owner: name of the foreign key, a generic one included.
        edited: whether staff edit these rows as such; restoring them then needs the permission to add them.
        trace: left behind by changes rather than entered: no version is made for it, and only recovering a deleted
            thing brings it back.
    """

    owner: str
    edited: bool = True
    trace: bool = False


THINGS: dict[type[models.Model], frozenset[str] | None] = {}
PARTS: dict[type[models.Model], Part] = {}
_recorder: ContextVar["Recorder | None"] = ContextVar("recorder", default=None)


def versioned(model=None, *, fields=None):
    """Class decorator: keep versions of a thing, of all its fields or of some."""

    def mark(model):
        THINGS[model] = frozenset(fields) if fields else None
        return model

    return mark(model) if model else mark


def part_of(owner: str, **facts):
    """Class decorator: keep a row with the thing it belongs to; see `Part`."""

    def mark(model):
        PARTS[model] = Part(owner, **facts)
        return model

    return mark


def parts_of(model: type[models.Model]) -> list[type[models.Model]]:
    """The models whose rows belong to rows of a model."""
    found = [
        relation.related_model
        for relation in model._meta.related_objects
        if relation.related_model in PARTS and PARTS[relation.related_model].owner == relation.field.name
    ]
    generic = [field.related_model for field in model._meta.private_fields if hasattr(field, "object_id_field_name")]
    return found + [related for related in generic if related in PARTS]


def kept_fields(model: type[models.Model]) -> list[models.Field]:
    """What a version holds of a row: nothing that is computed, drawn, or noted by saving itself."""
    only = THINGS.get(model)
    fields = [
        field
        for field in model._meta.local_fields
        if not field.generated
        and not getattr(field, "auto_now", False)
        and (field.editable or not isinstance(field, models.FileField))
    ]
    fields += [field for field in model._meta.local_many_to_many if is_plain_many_to_many(field)]
    return [field for field in fields if only is None or field.name in only or field.primary_key]


def is_plain_many_to_many(field) -> bool:
    """Tell whether the rows behind a field have no model of their own, so that the field itself is kept."""
    through = getattr(field.remote_field, "through", None)
    return bool(through and through._meta.auto_created)


def is_thing(row: models.Model) -> bool:
    """A redirect somebody entered is a thing, one left behind by a changed address is a trace of another."""
    if type(row) not in THINGS:
        return False
    part = PARTS.get(type(row))
    return part is None or getattr(row, part.owner) is None


class Recorder:
    """Writes a version of each thing that changes during a recording.

    Cost: a thing that is touched is read twice, in as many queries as it has kinds of parts.
    """

    def __init__(self, user=None):
        self.user = user
        self.before = {}  # (model, key) → Snapshot, None for what was not there
        self.comments = {}  # (model, key) → what to say instead of the differences

    def note(self, model, key):
        """Remember a thing as it is, before it changes; what no version shows yet is stored at once."""
        from forum.snapshots import Snapshot, latest

        if key is None or (model, key) in self.before:
            return
        thing = model._base_manager.filter(pk=key).first()
        snapshot = self.before[model, key] = thing and Snapshot.of(thing)
        if snapshot:
            last = latest(model, key)
            if last is None or last.rows_that_count != snapshot.rows_that_count:
                snapshot.store(OUTSIDE if last else FIRST)

    def note_deletion(self, thing):
        from forum.snapshots import Snapshot

        self.note(type(thing), thing.pk)
        Snapshot.of(type(thing)._base_manager.get(pk=thing.pk)).store(DELETED, self.user)

    def write(self):
        """Store what has become of everything noted."""
        from forum.differences import summary
        from forum.snapshots import Snapshot

        for (model, key), before in self.before.items():
            thing = model._base_manager.filter(pk=key).first()
            if thing is None:
                continue
            after = Snapshot.of(thing)
            if before is None or before.rows_that_count != after.rows_that_count:
                words = self.comments.get((model, key)) or (summary(before, after) if before else CREATED)
                after.store(words, self.user)


@contextmanager
def recording(user=None):
    """Record what changes inside, in one transaction with the changes themselves.

    Args:
        user: who acts, None for nobody in particular.
    """
    recorder = Recorder(user)
    token = _recorder.set(recorder)
    try:
        with transaction.atomic():
            yield recorder
            if not transaction.get_rollback():
                recorder.write()
    finally:
        _recorder.reset(token)


class VersionsMiddleware:
    """Records every request to the desk that may change something, whichever view answers it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in SAFE_METHODS or not request.path.startswith(reverse("admin:index")):
            return self.get_response(request)
        with recording(request.user if request.user.is_authenticated else None):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def recorder() -> Recorder | None:
    return _recorder.get()


def note_before_update(rows: models.QuerySet, names):
    """Tell a recording about `QuerySet.update()`, which sends no signal.

    Args:
        names: the fields that are about to be written.
    """
    if recorder() and rows.model in THINGS and any(field.name in names for field in kept_fields(rows.model)):
        for key in list(rows.values_list("pk", flat=True)):
            recorder().note(rows.model, key)


def note_before_save(instance, update_fields=None, **_):
    if recorder() is None or (
        update_fields is not None and not {field.name for field in kept_fields(type(instance))} & set(update_fields)
    ):
        return
    if is_thing(instance):
        recorder().note(type(instance), instance.pk)
    elif not PARTS[type(instance)].trace:
        note_owners(instance)


def note_creation(instance, created, **_):
    if recorder() and created and is_thing(instance):
        recorder().before.setdefault((type(instance), instance.pk), None)


def note_before_delete(instance, **_):
    if recorder() is None:
        return
    if is_thing(instance):
        recorder().note_deletion(instance)
    elif not PARTS[type(instance)].trace:
        note_owners(instance)


def note_owners(row):
    """Note the thing a row belongs to, and the one it belonged to until now."""
    model = type(row)
    field = model._meta.get_field(PARTS[model].owner)
    stored = model._base_manager.filter(pk=row.pk).values_list(field.attname, flat=True).first() if row.pk else None
    for key in {getattr(row, field.attname), stored} - {None}:
        recorder().note(*thing_of(field.related_model, key))


def thing_of(model, key):
    """Follow owners up to the thing: (model, key); the key is None when a row on the way is gone."""
    while model not in THINGS:
        field = model._meta.get_field(PARTS[model].owner)
        key = model._base_manager.filter(pk=key).values_list(field.attname, flat=True).first()
        model = field.related_model
    return model, key


def note_before_joining(instance, action, model, pk_set, reverse, **_):
    """Both ends of a plain many-to-many relation change."""
    if recorder() is None or not action.startswith("pre_"):
        return
    recorder().note(type(instance), instance.pk)
    if model in THINGS:
        for key in pk_set or ():
            recorder().note(model, key)


def connect():
    """Register everything marked, once all models are loaded."""
    import reversion

    for model in THINGS.keys() | PARTS.keys():
        if model._meta.abstract:
            raise TypeError(f"{model} is abstract: mark the models made of it")
        reversion.register(model, fields=[field.name for field in kept_fields(model)])
        signals.pre_save.connect(note_before_save, sender=model)
        signals.post_save.connect(note_creation, sender=model)
        signals.pre_delete.connect(note_before_delete, sender=model)
        for field in kept_fields(model):
            if field.many_to_many:
                signals.m2m_changed.connect(note_before_joining, sender=field.remote_field.through)


def is_generic(model: type[models.Model]) -> bool:
    """Tell whether rows of a part model say themselves what kind of thing they belong to."""
    return any(
        isinstance(field, GenericForeignKey) and field.name == PARTS[model].owner
        for field in model._meta.private_fields
    )
