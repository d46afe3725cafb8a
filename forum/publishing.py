"""The one question that decides what the public sees: is it published?

Time decides when the question is asked; no job has to run for an item to appear or to expire.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


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
    at = at or timezone.now()
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
    def is_published(self) -> bool:
        return self.state == State.LIVE

    def clean(self):
        super().clean()
        errors = {}
        if self.expires_at and self.published_at and self.expires_at <= self.published_at:
            errors["expires_at"] = "Das Ende der Sichtbarkeit muss nach der Veröffentlichung liegen."
        if self.published_at:
            fields = {field.name for field in self._meta.fields}  # rows answer for themselves, beside the row
            errors |= {name: words for name, words in self.missing_to_publish().items() if name in fields}
        if errors:
            raise ValidationError(errors)

    def missing_to_publish(self) -> dict[str, str]:
        """Name what an item still needs before the public may see it: field, or rows of pictures → German sentence."""
        missing = {
            name: f"Zum Veröffentlichen fehlt noch: {self._meta.get_field(name).verbose_name}."
            for name in self.required_to_publish
            if not getattr(self, name)
        }
        for field in self._meta.get_fields():
            if field.many_to_one and getattr(field.related_model, "is_picture", False):
                picture = getattr(self, field.name)
                if picture and not picture.is_complete:
                    missing[field.name] = (
                        f"Dieses Bild kann noch nicht veröffentlicht werden: {picture.what_is_missing}."
                    )
        return missing | self.missing_in_galleries()

    def missing_in_galleries(self) -> dict[str, str]:
        """The same about stored rows of pictures: name of the relation → German sentence. A query for each gallery."""
        missing = {}
        for relation in self._meta.related_objects if self.pk else []:
            if getattr(relation.related_model, "shows_picture", False):
                rows = getattr(self, relation.get_accessor_name()).select_related("picture")
                for row in rows:
                    if not row.picture.is_complete:
                        missing[relation.get_accessor_name()] = (
                            f"Das weitere Bild „{row.picture}“ kann noch nicht veröffentlicht werden: "
                            f"{row.picture.what_is_missing}."
                        )
        return missing
