"""Addresses live for ever: a changed slug leaves a permanent redirect behind.

A former address points at the thing itself, not at another address. So several changes in a row cost one hop, and going
back to an old slug makes no loop: a page that exists is never redirected.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from itertools import chain

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import Error, IntegrityError, models, transaction
from django.db.models import Q
from django.http import HttpResponsePermanentRedirect
from django.urls import reverse

from forum.text import german_slug
from forum.versions import part_of, versioned

SLUG_ATTEMPTS = 5
MOST_HOPS = 10  # a folder that leads into itself would grow for ever


@versioned
@part_of("target", edited=False, trace=True)
class FormerAddress(models.Model):
    """An address that once worked, or worked on another site, and where it leads today."""

    path = models.CharField(
        "alte Adresse",
        max_length=500,
        unique=True,
        help_text="Der Teil hinter dem Namen der Website, zum Beispiel /aktuelles/detail/alter-titel/.",
    )
    content_type = models.ForeignKey(ContentType, models.CASCADE, null=True, blank=True, editable=False)
    object_id = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    target = GenericForeignKey()
    target_path = models.CharField(
        "neue Adresse",
        max_length=500,
        blank=True,
        help_text="Eine Adresse dieser Website, zum Beispiel /aktuelles/neuer-titel/.",
    )
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)

    class Meta:
        verbose_name = "Weiterleitung"
        verbose_name_plural = "Weiterleitungen"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="former_address_target")]
        constraints = [
            models.CheckConstraint(
                condition=Q(object_id__isnull=False, content_type__isnull=False, target_path="")
                | Q(object_id__isnull=True, content_type__isnull=True) & ~Q(target_path=""),
                name="former_address_leads_somewhere",
                violation_error_message="Bitte geben Sie an, wohin die Weiterleitung führt.",
            ),
            models.CheckConstraint(
                condition=Q(path__startswith="/"),
                name="former_address_is_a_path",
                violation_error_message="Die alte Adresse beginnt mit einem Schrägstrich.",
            ),
        ]

    def __str__(self):
        return self.path

    def clean(self):
        super().clean()
        self.path = with_slash(self.path)
        if not self.path.startswith("/") or self.path.startswith("//"):
            raise ValidationError({"path": "Die alte Adresse beginnt mit einem einzelnen Schrägstrich."})
        if self.path == "/":
            raise ValidationError({"path": "Die Startseite selbst lässt sich nicht weiterleiten."})
        if self.target_path and (not self.target_path.startswith("/") or self.target_path.startswith("//")):
            raise ValidationError({"target_path": "Die neue Adresse beginnt mit einem einzelnen Schrägstrich."})
        if self.target_path:
            self.target_path = with_slash(self.target_path)
        if self.target_path.startswith(self.path):
            raise ValidationError({"target_path": "Die neue Adresse liegt unter der alten: Das ergäbe einen Kreis."})

    def leads_to(self) -> str | None:
        """Today's address, or None when the thing is gone or not published."""
        if self.target_path:
            return self.target_path
        if self.target is None or not self.target.is_published:
            return None
        return self.target.get_absolute_url()


class Addressed(models.Model):
    """Adds a German slug, made from the title when left empty and remembered when changed.

    Saving a changed slug costs one query more than usual. `bulk_create` and `update` bypass all of this.
    """

    slug = models.SlugField(
        "Adresse",
        max_length=120,
        unique=True,
        blank=True,
        help_text="Letzter Teil der Internetadresse. Leer lassen: Die Adresse entsteht aus dem Titel. "
        "Nach einer Änderung führt die alte Adresse weiter hierher.",
    )
    former_addresses = GenericRelation(FormerAddress)

    reserved_slugs: frozenset[str] = frozenset()  # names that lead to another page of the same folder

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.slug:
            self.save_and_remember(*args, **kwargs)
            return
        for attempt in range(SLUG_ATTEMPTS):  # two people may save the same title in the same moment
            self.slug = self.free_slug()
            try:
                with transaction.atomic():
                    self.save_and_remember(*args, **kwargs)
            except IntegrityError:
                if attempt == SLUG_ATTEMPTS - 1 or not self.slug_rivals().filter(slug=self.slug).exists():
                    raise
            else:
                return

    def save_and_remember(self, *args, **kwargs):
        with transaction.atomic():
            before = None if self._state.adding else type(self)._base_manager.filter(pk=self.pk).first()
            noted = self.note_changes(before, kwargs.get("update_fields"))
            if noted and kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], *noted}
            super().save(*args, **kwargs)
            path = self.get_absolute_url()
            FormerAddress.objects.filter(path=path).delete()
            if before is not None and before.get_absolute_url() != path:
                remember(before.get_absolute_url(), self)
                move_former_addresses_below(before.get_absolute_url(), path)

    def note_changes(self, before, update_fields) -> list[str]:
        """Compare with what is stored, just before saving.

        Args:
            before: the stored row, None for a new one.
            update_fields: names of the fields that will be written, None for all.

        Returns:
            Names of fields that were set here and must be written as well.
        """
        return []

    def clean(self):
        super().clean()
        if self.slug in self.reserved_slugs:
            raise ValidationError({"slug": "Diese Adresse ist vergeben: Hier liegt schon eine andere Seite."})
        if self.slug and self.leads_elsewhere(self.slug):
            raise ValidationError(
                {
                    "slug": "Diese Adresse gehörte einem anderen Eintrag, und alte Links führen noch dorthin. Bitte "
                    "nehmen Sie eine andere, oder löschen Sie zuerst die Weiterleitung."
                }
            )

    def validate_constraints(self, exclude=None):
        """An empty slug is no mistake: saving fills it."""
        super().validate_constraints({*(exclude or ()), *([] if self.slug else ["slug"])})

    def slug_text(self) -> str:
        """What the slug is made from."""
        return self.title

    def slug_rivals(self):
        """The other things among which the slug must be unique."""
        return type(self)._base_manager.exclude(pk=self.pk)

    def free_slug(self) -> str:
        base = german_slug(self.slug_text()) or german_slug(str(self._meta.verbose_name))
        taken = set(self.slug_rivals().filter(slug__startswith=base).values_list("slug", flat=True))
        slug, number = base, 1
        while slug in taken or slug in self.reserved_slugs or self.leads_elsewhere(slug):
            number += 1
            slug = f"{base}-{number}"
        return slug

    def leads_elsewhere(self, slug: str) -> bool:
        """Tell whether an old link to this address is promised to something else."""
        current, self.slug = self.slug, slug
        path = self.get_absolute_url()
        self.slug = current
        former = FormerAddress.objects.filter(path=path).first()
        return former is not None and (former.content_type_id, former.object_id) != (content_type_of(self).pk, self.pk)


def content_type_of(thing: models.Model) -> ContentType:
    return ContentType.objects.get_for_model(thing)


def remember(path: str, thing: models.Model) -> FormerAddress:
    """Let an address that a thing had lead to the thing from now on, wherever it led before."""
    target = {"content_type": content_type_of(thing), "object_id": thing.pk, "target_path": ""}
    return FormerAddress.objects.update_or_create(path=path, defaults=target)[0]


def move_former_addresses_below(old: str, new: str):
    """Keep what is remembered below a folder that moves, so that the steps of its things can be taken in any order."""
    for former in FormerAddress.objects.filter(path__startswith=old).exclude(path=old):
        target = {"content_type_id": former.content_type_id, "object_id": former.object_id}
        FormerAddress.objects.get_or_create(
            path=new + former.path[len(old) :], defaults=target | {"target_path": former.target_path}
        )


def moved_to(path: str) -> str | None:
    """Find where an address leads today.

    A folder that moved takes everything below it along: after an event's slug has changed, the old addresses of its
    programme items lead on as well.

    Args:
        path: a path that answered 404, without query string.

    Returns:
        A path of this site, or None when nothing is known of this address.
    """
    seen = [tidy(path)]
    for _ in range(MOST_HOPS):
        step = next_address(seen[-1])
        if step is None:
            return seen[-1] if len(seen) > 1 else None
        if step in seen:
            return None
        seen.append(step)
    return None


def next_address(path: str) -> str | None:
    return next_addresses([path]).get(path)


def next_addresses(paths: Collection[str]) -> dict[str, str]:
    """The next step from each address that is known to have moved: one query, and one for each kind of thing led to."""
    prefixes = set(chain.from_iterable(map(itself_and_folders, paths)))
    known = FormerAddress.objects.filter(path__in=prefixes).prefetch_related("target")
    former = {address.path: address for address in known}
    steps = {}
    for path in paths:
        longest = max(itself_and_folders(path) & former.keys(), key=len, default=None)
        target, rest = longest and former[longest].leads_to(), path[len(longest or "") :]
        if target and (not rest or target.endswith("/")):  # below a file or a filtered list there is nothing
            steps[path] = target + rest
    return steps


def itself_and_folders(path: str) -> set[str]:
    places = [index + 1 for index, character in enumerate(path) if character == "/"]
    return {path, *(path[:place] for place in places[1:])}


@lru_cache(maxsize=4_096)
def address_of(name: str, *parts: str) -> str:
    """`reverse`, remembered: a page names the same things again and again."""
    return reverse(name, args=parts)


def tidy(path: str) -> str:
    """The one way of writing an address; `//name` would be an address of another site."""
    return with_slash(re.sub("/{2,}", "/", path))


def with_slash(path: str) -> str:
    """Close a page's address with its slash; files such as termin.ics and addresses with a query have none."""
    last = path.rpartition("/")[2]
    return path if not last or "." in last or "?" in last else path + "/"


def is_storable(path: str) -> bool:
    """Tell whether an address could be in the database at all: PostgreSQL refuses the character NUL."""
    return len(path) <= FormerAddress._meta.get_field("path").max_length and "\x00" not in path


def moved_to_if_known(path: str) -> str | None:
    """The same while the database is away: then nothing is known, and a page that is not there stays a 404."""
    try:
        return moved_to(path)
    except Error:
        return None


class MovedMiddleware:
    """Turns a 404 into a permanent redirect where the address is known to have moved."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 404 and request.method in ("GET", "HEAD") and is_storable(request.path):
            target = moved_to_if_known(request.path)
            if target is not None:
                query = request.META.get("QUERY_STRING")
                joint = "&" if "?" in target else "?"
                answer = HttpResponsePermanentRedirect(f"{target}{joint}{query}" if query else target)
                answer["Cache-Control"] = "no-cache"  # a browser that kept it would go in circles when it is taken back
                return answer
        return response
