"""The health board: what needs somebody's attention, each with its number and the list of exactly these rows.

A check belongs to the admin of its model (`to_do`), so each app brings its own. The board counts the rows of the list
that its figure leads to: both ask the admin for its rows and the check for those in question.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import admin
from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

PARAMETER = "pruefen"
OLD_DRAFT = timedelta(days=30)
SOON = timedelta(days=14)


@dataclass(frozen=True)
class Check:
    """One question to a list.

    Args:
        name: value of the parameter `pruefen` in the list's address, unique within its list.
        title: as the filter of the list names it, such as „ohne Bildnachweis“.
        one: what is said of one row, such as „hat keinen Bildnachweis“.
        many: what is said of several, such as „haben keinen Bildnachweis“.
        rows: keeps the rows in question; must not multiply rows.
    """

    name: str
    title: str
    one: str
    many: str
    rows: Callable[[QuerySet], QuerySet]


@dataclass
class Figure:
    """How many rows of one list a check finds, and where they are."""

    check: Check
    count: int
    things: str  # German, of the right number
    url: str

    @property
    def says(self) -> str:
        return self.check.one if self.count == 1 else self.check.many


class CheckFilter(admin.SimpleListFilter):
    title = "zu tun"
    parameter_name = PARAMETER

    def __init__(self, request, params, model, model_admin):
        self.checks = {check.name: check for check in model_admin.to_do}
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        return [(check.name, check.title) for check in model_admin.to_do]

    def queryset(self, request, queryset):
        check = self.checks.get(self.value())
        return check.rows(queryset) if check else queryset


def figures(site: admin.AdminSite, request: HttpRequest) -> list[Figure]:
    """Count for every check on lists the person may see, in the order of the desk; one query, whatever it finds.

    A check that has to look elsewhere first, as for broken links, costs what it asks.
    """
    asked = [
        (model_admin, check)
        for model_admin in site.ordered(request)
        for check in getattr(model_admin, "to_do", ())
        if model_admin.has_view_permission(request)
    ]
    counts = count_all([check.rows(model_admin.get_queryset(request)) for model_admin, check in asked])
    return [
        Figure(check, count, things(model_admin.model, count), list_url(model_admin.model, check))
        for (model_admin, check), count in zip(asked, counts, strict=True)
    ]


def count_all(querysets: list[QuerySet]) -> list[int]:
    """The numbers of rows of several querysets, in one query."""
    if not querysets:
        return []
    counts = [
        rows.order_by().prefetch_related(None).annotate(place=Value(place)).values("place").annotate(n=Count("pk"))
        for place, rows in enumerate(querysets)
    ]
    found = {row["place"]: row["n"] for row in counts[0].union(*counts[1:], all=True)}
    return [found.get(place, 0) for place in range(len(querysets))]


def things(model, count: int) -> str:
    return str(model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural)


def list_url(model, check: Check) -> str:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{url}?{PARAMETER}={check.name}"


OLD_DRAFTS = Check(
    "alte-entwuerfe",
    "Entwurf seit mehr als 30 Tagen",
    "liegt seit mehr als 30 Tagen als Entwurf",
    "liegen seit mehr als 30 Tagen als Entwurf",
    lambda rows: rows.filter(published_at=None, created_at__lt=timezone.now() - OLD_DRAFT),
)
EXPIRING = Check(
    "laeuft-ab",
    "verschwindet in den nächsten 14 Tagen",
    "verschwindet in den nächsten 14 Tagen von der Website",
    "verschwinden in den nächsten 14 Tagen von der Website",
    lambda rows: rows.published().filter(expires_at__lte=timezone.now() + SOON),
)
