"""Who did what at the desk: rows that are only ever added.

The database itself refuses to change a row, to delete one before its time (migration 0010) and to empty the table
(0021). An entry names the person in words and points at no account, so that it outlives the account. It holds no
address, only its network, and never a password or a code.
"""

import ipaddress
from datetime import timedelta

from allauth.core import context
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from forum import metrics
from forum.caching.content import never_shown
from forum.visitors import client_address

KEPT = timedelta(days=365)  # the trigger of migration 0010 knows this number too


class Kind(models.TextChoices):
    SIGN_IN = "sign-in", "Anmeldung"
    REFUSED = "refused", "Fehlgeschlagene Anmeldung"
    SIGN_OUT = "sign-out", "Abmeldung"
    FACTOR = "factor", "Zweiter Faktor"
    PASSWORD = "password", "Passwort"
    ROLE = "role", "Rollen und Rechte"
    ADDED = "added", "Angelegt"
    CHANGED = "changed", "Geändert"
    DELETED = "deleted", "Gelöscht"


class AuditQuerySet(models.QuerySet):
    def expired(self):
        """Entries past their time, by the clock of the database: by another it would refuse (migration 0010)."""
        return self.filter(at__lt=Now() - KEPT - timedelta(days=1))


@never_shown
class AuditEntry(models.Model):
    at = models.DateTimeField("Wann", default=timezone.now)
    kind = models.CharField("Art", max_length=20, choices=Kind)
    person = models.CharField("Wer", max_length=200)
    what = models.CharField("Was", max_length=1000, blank=True)
    network = models.GenericIPAddressField("Netz", null=True, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "Eintrag im Protokoll"
        verbose_name_plural = "Protokoll"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="audit_newest")]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.person}"


def named(user) -> str:
    """“Robin Redaktion (redaktion)”."""
    full = user.get_full_name()
    return f"{full} ({user.get_username()})" if full else user.get_username()


def record(kind: Kind, what: str = "", user=None, request=None, person: str = "") -> AuditEntry:
    """Add an entry; without a user or request, those of the page being served (none: a command on the server).

    Args:
        person: who did it, in words, when it was nobody with an account.
    """
    metrics.count("desk", kind.value)
    request = request or context.request
    if (
        not person
        and user is None
        and request is not None
        and getattr(request, "user", None)
        and request.user.is_authenticated
    ):
        user = request.user
    return AuditEntry.objects.create(
        kind=kind,
        person=(person or (named(user) if user else "unbekannt" if request else "Befehl auf dem Server"))[:200],
        what=what.replace("\x00", "")[:1000],
        network=network(client_address(request) if request else "") or None,
    )


def network(address: str) -> str:
    """The network of an address instead of the address: /24 for IPv4, /48 for IPv6; empty for what is none."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 48}", strict=False).network_address)
