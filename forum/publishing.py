"""The one question that decides what the public sees: is it published?

Time decides when the question is asked; no job has to run for an item to appear or to expire.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from forum.versions import note_before_update

MISSING = "missing_to_publish"  # code of the errors that keep nobody from saving a draft
FIELD_MISSING = "Zum Veröffentlichen fehlt noch: "


_moment: ContextVar[datetime | None] = ContextVar("the moment that questions are about", default=None)


def now() -> datetime:
    """The moment that questions are about where none is named."""
    return _moment.get() or timezone.now()


@contextmanager
def fixed_moment(at: datetime) -> Iterator[None]:
    token = _moment.set(at)
    try:
        yield
    finally:
        _moment.reset(token)


class State(models.TextChoices):
    DRAFT = "draft", "Entwurf"
    SCHEDULED = "scheduled", "geplant"
    LIVE = "live", "veröffentlicht"
    EXPIRED = "expired", "abgelaufen"


def state_q(state: State, at: datetime | None = None, prefix: str = "") -> Q:
    """Condition for being in a state.

    Args:
        state: the state asked for.
        at: the moment asked about, now by default.
        prefix: path to the publishable model for questions across a relation, such as `item__event__`.
    """
    at = at or now()
    unexpired = Q(**{f"{prefix}expires_at__isnull": True}) | Q(**{f"{prefix}expires_at__gt": at})
    started = Q(**{f"{prefix}published_at__lte": at})
    return {
        State.DRAFT: Q(**{f"{prefix}published_at__isnull": True}),
        State.SCHEDULED: Q(**{f"{prefix}published_at__gt": at}),
        State.LIVE: started & unexpired,
        State.EXPIRED: started & Q(**{f"{prefix}expires_at__lte": at}),
    }[state]


def published_q(prefix: str = "", at: datetime | None = None) -> Q:
    """Condition for being visible to the public, also across a relation (see `state_q`)."""
    return state_q(State.LIVE, at, prefix)


class PublishableQuerySet(models.QuerySet):
    def published(self, at: datetime | None = None):
        """Keep what the public may see at a moment (now by default)."""
        return self.filter(published_q(at=at))

    def in_state(self, state: State):
        return self.filter(state_q(state))

    def update(self, **values):
        note_before_update(self, values)
        return super().update(**values)


class Publishable(models.Model):
    """Adds a draft, a scheduled, a live and an expired state; both moments include their first instant only."""

    published_at = models.DateTimeField(
        "veröffentlicht ab",
        null=True,
        blank=True,
        help_text="Ab diesem Zeitpunkt ist der Eintrag öffentlich. Leer lassen, solange er ein Entwurf ist.",
    )
    expires_at = models.DateTimeField(
        "sichtbar bis",
        null=True,
        blank=True,
        help_text="Danach verschwindet der Eintrag von der Website. Meist bleibt dieses Feld leer.",
    )
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)
    changed_at = models.DateTimeField("zuletzt geändert", auto_now=True)

    objects = PublishableQuerySet.as_manager()

    required_to_publish: tuple[str, ...] = ()  # fields a draft may leave empty and the public may not miss
    rows_are_posted = False  # a form holds newer rows than the database, and looks at them itself

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("published_at")),
                name="%(app_label)s_%(class)s_expires_after_published",
                violation_error_message="Das Ende der Sichtbarkeit muss nach der Veröffentlichung liegen.",
            )
        ]

    @property
    def state(self) -> State:
        at = timezone.now()
        if self.published_at is None:
            return State.DRAFT
        if self.published_at > at:
            return State.SCHEDULED
        if self.expires_at is not None and self.expires_at <= at:
            return State.EXPIRED
        return State.LIVE

    @property
    def of_the_moment(self) -> tuple:
        """What changes without anybody changing it, for forum.remembered."""
        return (self.state,)

    @property
    def is_published(self) -> bool:
        return self.state == State.LIVE

    def clean(self):
        super().clean()
        errors = {}
        if self.expires_at and self.published_at and self.expires_at <= self.published_at:
            errors["expires_at"] = "Das Ende der Sichtbarkeit muss nach der Veröffentlichung liegen."
        if self.published_at:
            errors |= {name: error_of(message) for name, message in self.missing_fields().items()}
            if not self.rows_are_posted and (rows := self.missing_rows()):
                errors[NON_FIELD_ERRORS] = [error_of(message) for message in rows.values()]
        if errors:
            raise ValidationError(errors)

    def missing_to_publish(self) -> dict[str, str]:
        """Name what an item still needs before the public may see it: field or relation → German sentence."""
        return self.missing_fields() | self.missing_rows()

    def missing_fields(self) -> dict[str, str]:
        """What its own fields lack: field → German sentence."""
        missing = {
            name: f"{FIELD_MISSING}{self._meta.get_field(name).verbose_name}."
            for name in self.required_to_publish
            if not getattr(self, name)
        }
        return missing | missing_pictures(self)

    def missing_rows(self) -> dict[str, str]:
        """What the rows lack that belong to it, such as those of a gallery: relation → German sentence."""
        missing = {}
        if self.pk:
            for relation in rows_with_pictures(type(self)):
                for row in relation.related_model._base_manager.filter(**{relation.field.name: self.pk}):
                    missing |= {relation.get_accessor_name(): message for message in missing_pictures(row).values()}
        return missing


def error_of(message: str) -> ValidationError:
    return ValidationError(message, code=MISSING)


def missing_pictures(thing: models.Model) -> dict[str, str]:
    """The pictures of a record that may not be shown yet: field → German sentence."""
    names = picture_fields(type(thing))
    shown = {name: getattr(thing, name) for name in names if getattr(thing, f"{name}_id")}
    return {
        name: f"Dieses Bild kann noch nicht veröffentlicht werden: {picture.what_is_missing}."
        for name, picture in shown.items()
        if picture and not picture.is_complete
    }


def picture_fields(model: type[models.Model]) -> list[str]:
    return [
        field.name
        for field in model._meta.get_fields()
        if field.many_to_one and getattr(field.related_model, "is_picture", False)
    ]


def rows_with_pictures(model: type[models.Model]) -> Iterator[models.ManyToOneRel]:
    """Relations to rows that live and die with such a thing and show pictures."""
    for relation in model._meta.related_objects:
        owned = relation.one_to_many and relation.on_delete is models.CASCADE
        if owned and not issubclass(relation.related_model, Publishable) and picture_fields(relation.related_model):
            yield relation
