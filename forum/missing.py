"""Addresses that answered 404: how often and on which days, and nothing about who asked."""

import re
import time
from collections import defaultdict
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from django.apps import apps
from django.conf import settings
from django.db import Error, models
from django.db.models import Q

from forum.addresses import Addressed, is_storable, tidy
from forum.caching.content import never_shown
from forum.internal_links import dead
from forum.logs import KEY
from forum.tally import count_once

MOST_ADDRESSES = 2_000
MOST_A_MINUTE = 120  # in one process; who asks for nonsense all day must not make us write all day
WORTH_A_LOOK = 3  # requests; below that it is a slip of somebody's fingers
ENDINGS = {"", ".html", ".htm", ".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".jpg", ".jpeg", ".png", ".webp", ".ics"}
SCANNED_FOR = re.compile(r"/(\.|wp-|cgi-bin|phpmyadmin|(vendor|admin|administrator|login|typo3)(/|$))", re.IGNORECASE)
BROKEN_ENCODING = re.compile("%[0-9a-f]{2}", re.IGNORECASE)
LIKE_ENOUGH = 0.75  # share of a slug, as SequenceMatcher counts
MOST_COMPARED = 300  # things of one kind
SAME_BEGINNING = 10  # characters: links are cut at their end, and titles are changed there


class MissingAddressQuerySet(models.QuerySet):
    def worth_a_look(self):
        """Keep what was asked for several times, is not ignored, and still leads nowhere."""
        asked = self.filter(ignored=False, count__gte=WORTH_A_LOOK)
        return asked.filter(path__in=dead(set(asked.order_by().values_list("path", flat=True))))

    def count_request(self, path: str):
        """Count one request for an address, in one statement; the rarest make room when there are too many."""
        count_once(self.model, "path", path, MOST_ADDRESSES)


@never_shown
class MissingAddress(models.Model):
    path = models.CharField("Adresse", max_length=500, unique=True)
    count = models.PositiveIntegerField("Aufrufe", default=1)
    first_day = models.DateField("zuerst am")
    last_day = models.DateField("zuletzt am")
    ignored = models.BooleanField(
        "übergangen", default=False, help_text="Die Adresse steht nicht mehr unter „Zu tun“, wird aber weiter gezählt."
    )

    objects = MissingAddressQuerySet.as_manager()

    class Meta:
        verbose_name = "Vermisste Adresse"
        verbose_name_plural = "Vermisste Adressen"
        ordering = ["-count", "-last_day", "-pk"]
        indexes = [
            models.Index(fields=["-ignored", "-count", "-last_day", "-id"], name="missing_address_most_first"),
        ]

    def __str__(self):
        return self.path


API = "/api/"  # asked by programs, which get their answer there


def is_worth_counting(path: str) -> bool:
    """Tell whether a person may have followed a link to an address: no scanner's guess, no mail address in it."""
    return (
        is_storable(path)
        and path.isprintable()
        and "@" not in path
        and not KEY.search(path)
        and PurePosixPath(path).suffix.lower() in ENDINGS
        and not SCANNED_FOR.search(path)
        and not BROKEN_ENCODING.search(path)
        and not path.startswith((settings.STATIC_URL, API))
    )


class Throttle:
    """At most so many in a minute, for one process; being off by a few where threads meet does no harm."""

    def __init__(self, most: int):
        self.most, self.minute, self.used = most, 0, 0

    def lets_through(self) -> bool:
        minute = time.monotonic() // 60
        if minute != self.minute:
            self.minute, self.used = minute, 0
        self.used += 1
        return self.used <= self.most


class MissingMiddleware:
    """Counts what readers asked for in vain; stands outside of MovedMiddleware, which has found nothing either."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.throttle = Throttle(MOST_A_MINUTE)

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 404 and request.method == "GET" and is_worth_counting(request.path):
            try:
                if not is_staff(request) and self.throttle.lets_through():
                    MissingAddress.objects.count_request(tidy(request.path))
            except Error:  # an answer without being counted is better than none
                pass
        return response


def is_staff(request) -> bool:
    """Readers have no session cookie; for them nobody is looked up."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_staff


def slug_in(path: str) -> str:
    """The last part of an address, without an ending."""
    return PurePosixPath(path).stem.lower()


def suggestions(paths: list[str]) -> dict[str, models.Model]:
    """For each path the public thing whose slug is most like it, where one is like enough; a query for each kind.

    Compared is only what begins in the same way: links are cut at their end, and an index answers.
    """
    slugs = {path: slug for path in paths if len(slug := slug_in(path)) >= 4}
    if not slugs:
        return {}
    alike = Q()
    for slug in set(slugs.values()):
        alike |= Q(slug__startswith=slug[:SAME_BEGINNING])
    found = defaultdict(list)
    for model in apps.get_models():
        if issubclass(model, Addressed):
            for thing in model.objects.published().filter(alike).select_related()[:MOST_COMPARED]:
                found[thing.slug[:SAME_BEGINNING]].append(thing)
    best = {}
    for path, slug in slugs.items():
        rivals = found[slug[:SAME_BEGINNING]]
        thing = max(rivals, key=lambda one: likeness(slug, one.slug), default=None)
        if thing is not None and likeness(slug, thing.slug) >= LIKE_ENOUGH:
            best[path] = thing
    return best


def likeness(asked: str, slug: str) -> float:
    """How much two slugs have in common, from 0 to 1; a long beginning of a slug is as good as the whole."""
    if len(asked) >= SAME_BEGINNING * 2 and (slug.startswith(asked) or asked.startswith(slug)):
        return 0.99
    return SequenceMatcher(None, asked, slug).ratio()
