"""Links to share: somebody without login reads one thing that is not published yet, until a day or until revoked.

The token is signed, not stored: who reads the database cannot open anything, while the desk can show a link again.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.signing import Signer
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from forum.caching.content import never_shown

NOTE_KEPT = timedelta(days=90)  # whom a link was for is forgotten so long after its end


def make_key() -> str:
    return secrets.token_urlsafe(16)


class ShareLinkQuerySet(models.QuerySet):
    def active(self):
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def of(self, thing: models.Model):
        return self.filter(content_type=ContentType.objects.get_for_model(thing), object_id=thing.pk)

    def opened_by(self, token: str) -> "ShareLink | None":
        """The active link a token belongs to. Every token costs the same: one query and one comparison."""
        key, _, signature = token.partition(".")
        link = self.active().filter(key=key.replace("\x00", "")).first()
        real = constant_time_compare(signature, signature_of(key))
        return link if link and real else None


@never_shown
class ShareLink(models.Model):
    """Opens one publishable thing for whoever has the address."""

    key = models.CharField(max_length=30, unique=True, default=make_key, editable=False)
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey()
    note = models.CharField("für wen", max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="angelegt von"
    )
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)
    expires_at = models.DateTimeField("gültig bis")
    revoked_at = models.DateTimeField("zurückgenommen am", null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "Link zum Gegenlesen"
        verbose_name_plural = "Links zum Gegenlesen"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="share_link_target")]

    def __str__(self):
        return f"Link zum Gegenlesen{f' für {self.note}' if self.note else ''}"

    @property
    def token(self) -> str:
        return f"{self.key}.{signature_of(self.key)}"

    def get_absolute_url(self):
        return reverse("shared", args=[self.token])


def signature_of(key: str) -> str:
    return Signer(salt="forum.sharing").signature(key)


def forget_ended():
    """Delete links that ended long ago, with the names in them."""
    ShareLink.objects.filter(expires_at__lt=timezone.now() - NOTE_KEPT).delete()
