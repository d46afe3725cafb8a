"""What stands on the front page of the desk; the number of queries does not grow with what there is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, Model, OuterRef
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from forum.backup.stamp import overdue_since
from forum.desk.board import SOON, figures
from forum.publishing import Publishable, State

MOST_ROWS = 8
LOG_READ = 60  # entries; several of them are often about the same thing


@dataclass
class Start:
    """One of the big buttons."""

    label: str
    url: str


@dataclass
class Row:
    """One thing in one of the lists."""

    title: str
    kind: str  # Beitrag, Veranstaltung …
    url: str  # empty when there is nothing to open
    at: datetime
    says: str = ""  # „erscheint“, „geändert“ …
    who: str = ""
    key: tuple = ()  # model and primary key as text


def front_page(site, request: HttpRequest) -> dict:
    """The context of the front page."""
    admins = [one for one in site.ordered(request) if one.has_view_permission(request)]
    publishable = [one for one in admins if issubclass(one.model, Publishable)]
    drafts, drafts_are_mine = my_drafts(publishable, request)
    found = figures(site, request)
    return {
        "starts": starts(site, request),
        "coming": coming(publishable),
        "drafts": drafts,
        "drafts_are_mine": drafts_are_mine,
        "changes": recent_changes(admins),
        "to_do": [figure for figure in found if figure.count],
        "in_order": [figure for figure in found if not figure.count],
        "backup_overdue": overdue_since() if request.user.has_perm("auth.change_user") else None,
    }


def starts(site, request) -> list[Start]:
    """What staff begin most often, by what the person may add."""
    marked = ((one, getattr(one, "start", "")) for one in site.ordered(request))
    return [
        Start(label, reverse(f"admin:{one.opts.app_label}_{one.opts.model_name}_add"))
        for one, label in marked
        if label and one.has_add_permission(request)
    ]


def coming(admins) -> list[Row]:
    """What appears on the website by itself, and what disappears within two weeks, the next first."""
    now = timezone.now()
    rows = []
    for one in admins:
        things = one.model._default_manager.order_by()
        scheduled = things.in_state(State.SCHEDULED).order_by("published_at")[:MOST_ROWS]
        rows += [row_of(thing, one, thing.published_at, "erscheint") for thing in scheduled]
        expiring = things.published().filter(expires_at__lte=now + SOON).order_by("expires_at")[:MOST_ROWS]
        rows += [row_of(thing, one, thing.expires_at, "verschwindet") for thing in expiring]
    return sorted(rows, key=lambda row: row.at)[:MOST_ROWS]


def my_drafts(admins, request) -> tuple[list[Row], bool]:
    """Drafts the person has worked on, else those of everybody with who began them; the latest first."""
    touched = LogEntry.objects.filter(user=request.user, object_id=Cast(OuterRef("pk"), CharField()))
    rows, mine = [], []
    for one in admins:
        is_mine = Exists(touched.filter(content_type=ContentType.objects.get_for_model(one.model)))
        drafts = one.model._default_manager.in_state(State.DRAFT).annotate(is_mine=is_mine)
        for draft in drafts.order_by("-is_mine", "-changed_at")[:MOST_ROWS]:
            row = row_of(draft, one, draft.changed_at)
            rows.append(row)
            mine += [row] if draft.is_mine else []
    chosen = sorted(mine or rows, key=lambda row: row.at, reverse=True)[:MOST_ROWS]
    if not mine:
        name_makers(chosen)
    return chosen, bool(mine)


def name_makers(rows: Iterable[Row]):
    """Set who added each thing, as far as the log knows."""
    entries = LogEntry.objects.filter(action_flag=ADDITION, object_id__in=[row.key[1] for row in rows])
    makers = {(entry.content_type_id, entry.object_id): entry.user for entry in entries.select_related("user")}
    for row in rows:
        model, key = row.key
        row.who = name_of(makers.get((ContentType.objects.get_for_model(model).pk, key)))


def recent_changes(admins) -> list[Row]:
    """What was changed last, each thing once, with who and when; what has been deleted leads nowhere."""
    by_type = {ContentType.objects.get_for_model(one.model).pk: one for one in admins}
    says = {ADDITION: "angelegt", CHANGE: "geändert", DELETION: "gelöscht"}
    log = LogEntry.objects.filter(content_type__in=by_type).select_related("user").order_by("-action_time", "-pk")
    rows = {}
    for entry in log[:LOG_READ]:
        one = by_type[entry.content_type_id]
        url = "" if entry.action_flag == DELETION else form_url(one, entry.object_id)
        row = Row(
            entry.object_repr,
            str(one.opts.verbose_name),
            url,
            entry.action_time,
            says.get(entry.action_flag, "geändert"),
            name_of(entry.user),
        )
        rows.setdefault((entry.content_type_id, entry.object_id), row)
    return list(rows.values())[:MOST_ROWS]


def row_of(thing: Model, one: ModelAdmin, at: datetime, says="") -> Row:
    key = (one.model, str(thing.pk))
    return Row(str(thing), str(one.opts.verbose_name), form_url(one, thing.pk), at, says, key=key)


def form_url(one, key) -> str:
    try:
        return reverse(f"admin:{one.opts.app_label}_{one.opts.model_name}_change", args=[key])
    except NoReverseMatch:  # an entry of the log without a thing
        return ""


def name_of(user) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""
