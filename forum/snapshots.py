"""A thing with all its parts as it is, or as a version holds it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import reversion
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import models
from reversion.models import Revision, Version

from forum.versions import PARTS, is_generic, kept_fields, parts_of


@dataclass
class Row:
    """One row of the database as it was."""

    model: type[models.Model]
    key: str
    values: dict  # field name → value as in JSON

    @property
    def place(self) -> tuple:
        return self.model, self.key

    def value(self, of: models.Field):
        """A value as Python knows it; what the field no longer understands stays as it was stored."""
        stored = self.values.get(of.name)
        try:
            target = of.target_field if of.many_to_one else of
            return stored if of.many_to_many else target.to_python(stored)
        except ValidationError:
            return stored

    def keys(self, of: models.Field) -> list[str]:
        """The keys a relation of this row points to, without any that could be none."""
        stored = self.values.get(of.name)
        found = stored if isinstance(stored, list) else [stored]
        return [str(key) for key in found if key is not None and str(key).isdecimal() and len(str(key)) < 19]

    @property
    def owner_place(self) -> tuple | None:
        """Model and key of what a part belongs to; None where the row itself names the model."""
        if is_generic(self.model):
            return None
        owner = self.model._meta.get_field(PARTS[self.model].owner)
        return owner.related_model, str(self.values[owner.name])


@dataclass
class Snapshot:
    """A thing and its parts; `rows[0]` is the thing itself."""

    rows: list[Row]
    revision: Revision | None = None
    things: list[models.Model] = field(default_factory=list)  # the rows themselves, where it shows today

    @classmethod
    def of(cls, thing: models.Model) -> "Snapshot":
        """Read a thing as it is today."""
        things = list(with_parts(thing))
        return cls([row_of(one) for one in things], things=things)

    @classmethod
    def at(cls, revision: Revision, model: type[models.Model], key) -> "Snapshot":
        """Read what a version holds of a thing; two queries."""
        versions = revision.version_set.select_related("content_type").order_by("pk")
        rows = [row for version in versions if (row := row_at(version))]
        rows.sort(key=lambda row: row.place != (model, str(key)))
        return cls(rows, revision)

    @property
    def root(self) -> Row:
        return self.rows[0]

    @cached_property
    def rows_that_count(self) -> dict:
        """Place → values, in a form that can be compared; traces do not count."""
        return {
            row.place: {name: sorted(map(str, v)) if isinstance(v, list) else v for name, v in row.values.items()}
            for index, row in enumerate(self.rows)
            if index == 0 or not PARTS[row.model].trace
        }

    def parts(self, of: Row, model: type[models.Model]) -> list[Row]:
        return [row for row in self.rows[1:] if row.model is model and row.owner_place == of.place]

    def store(self, comment: str, user=None):
        """Write a version of a thing that was read as it is."""
        with reversion.create_revision(manage_manually=True):
            reversion.set_user(user)
            reversion.set_comment(comment)
            for thing in self.things:
                reversion.add_to_revision(thing)


def with_parts(thing: models.Model) -> Iterator[models.Model]:
    """A thing and everything that belongs to it, owners first; one query for each kind of part."""
    level = [(type(thing), [thing])]
    yield thing
    while level:
        model, owners = level.pop(0)
        for part in parts_of(model):
            rows = list(rows_of(part, model, owners))
            yield from rows
            if rows:
                level.append((part, rows))


def rows_of(part, model, owners) -> models.QuerySet:
    keys = [owner.pk for owner in owners]
    related = [one.name for one in part._meta.fields if one.many_to_one]
    rows = part._base_manager.order_by("pk").select_related(*related)
    if is_generic(part):
        return rows.filter(content_type=ContentType.objects.get_for_model(model), object_id__in=keys)
    return rows.filter(**{f"{PARTS[part].owner}__in": keys})


def row_of(thing: models.Model) -> Row:
    names = [one.name for one in kept_fields(type(thing))]
    data = json.loads(serializers.serialize("json", [thing], fields=names))[0]
    return Row(type(thing), str(thing.pk), data["fields"])


def row_at(version: Version) -> Row | None:
    """What a version holds of one row; None when its model is no longer kept."""
    try:
        data = json.loads(version.serialized_data)[0]
        model = apps.get_model(data["model"])
    except (LookupError, ValueError, TypeError):
        return None
    return Row(model, version.object_id, data["fields"])


def history(model: type[models.Model], key) -> models.QuerySet[Version]:
    """The versions of a thing, the latest first, with who."""
    return Version.objects.get_for_object_reference(model, key).select_related("revision__user")


def latest(model: type[models.Model], key) -> Snapshot | None:
    version = history(model, key).first()
    return Snapshot.at(version.revision, model, key) if version else None
