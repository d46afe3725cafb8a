"""Open forms at the desk: who has one, and what came of it."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone

from forum.caching.content import never_shown

SILENCE = timedelta(minutes=2)  # after this long without a sign of life a form counts as closed
MEMORY = timedelta(days=2)  # how long a form is known, so that sending it again creates nothing twice


class OpenFormQuerySet(models.QuerySet):
    def on(self, thing):
        """Keep the forms that show one stored thing."""
        return self.filter(content_type=ContentType.objects.get_for_model(thing), object_id=str(thing.pk))

    def alive(self):
        """Keep what has shown a sign of life just now, with the names of who has it open."""
        return self.filter(seen_at__gte=timezone.now() - SILENCE).select_related("user").order_by("opened_at")

    def forget_old(self):
        before = timezone.now() - MEMORY
        self.filter(opened_at__lt=before).filter(Q(seen_at=None) | Q(seen_at__lt=before)).delete()

    def claim(self, token: UUID, user, model):
        """Take a form for saving; whoever sends the same form meanwhile waits here.

        Must run inside a transaction, whose end lets the other one in.

        Returns:
            The locked form; None when the token belongs to somebody else.
        """
        kind = ContentType.objects.get_for_model(model)
        self.get_or_create(token=token, defaults={"user": user, "content_type": kind})
        return self.select_for_update().filter(token=token, user=user, content_type=kind).first()


@never_shown
class OpenForm(models.Model):
    """One form in one window. Written by the signs of life its script sends, and when it is saved."""

    token = models.UUIDField(primary_key=True, default=uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=64, blank=True)  # empty until a new thing is stored
    opened_at = models.DateTimeField(default=timezone.now)
    active_at = models.DateTimeField(default=timezone.now)  # last keystroke
    seen_at = models.DateTimeField(null=True)  # last sign of life; empty when the window was left
    digest = models.CharField(max_length=64, blank=True)  # of what was stored from this form; empty until then

    objects = OpenFormQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["content_type", "object_id"], name="forum_openform_thing")]

    def __str__(self):
        return f"{self.content_type} {self.object_id}"

    def in_words(self, reader) -> str:
        """Tell another person, or the same one in another window, that this form is open."""
        since = timezone.localtime(self.opened_at)
        day = "" if since.date() == timezone.localdate() else f"{since:%d.%m.}, "
        minutes = int((timezone.now() - self.active_at).total_seconds() // 60)
        active = "gerade eben" if minutes < 1 else f"vor {minutes} Minute{'n' if minutes > 1 else ''}"
        if self.user_id == reader.pk:
            return f"Sie haben diesen Eintrag seit {day}{since:%H:%M} Uhr auch in einem anderen Fenster geöffnet."
        return f"{name_of(self.user)} bearbeitet diesen Eintrag seit {day}{since:%H:%M} Uhr (zuletzt aktiv {active})."


def name_of(user) -> str:
    return user.get_full_name() or user.get_username()
