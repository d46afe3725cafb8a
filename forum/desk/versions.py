"""Versions at the desk: what has changed, what differs, back to an earlier state, back from the dead."""

from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from forum.audit import Kind, record
from forum.differences import compare
from forum.forgetting import forget
from forum.media import stored_version
from forum.restoring import PUBLICATION, CannotRestore, deleted, in_words, missing_from, recover, restore
from forum.snapshots import Snapshot, history
from forum.versions import PARTS, THINGS, is_thing, thing_of

PER_PAGE = 20
TODAY = "heute"
FORGET = "reversion.delete_revision"


class VersionsAdmin(admin.ModelAdmin):
    """History, comparison, restoring and recovering for every model that is versioned."""

    def get_urls(self):
        if self.model not in THINGS:
            return super().get_urls()
        name, view = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        return [
            path("geloescht/", view(self.deleted_view), name=f"{name}_deleted"),
            path("geloescht/<int:key>/", view(self.recover_view), name=f"{name}_recover"),
            path("geloescht/<int:key>/endgueltig/", view(self.forget_view), name=f"{name}_forget"),
            path("fassung/<int:number>/datei/", view(self.file_view), name=f"{name}_version_file"),
            path("<path:object_id>/history/vergleich/", view(self.compare_view), name=f"{name}_compare"),
            path("<path:object_id>/history/<int:number>/", view(self.restore_view), name=f"{name}_restore"),
            *super().get_urls(),
        ]

    def version_url(self, page, *arguments) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=arguments)

    def version_page(self, request, template, title, **context):
        context |= self.admin_site.each_context(request) | {"title": title, "subtitle": None, "opts": self.opts}
        return TemplateResponse(request, f"admin/{template}.html", context)

    def thing_with_history(self, request, object_id):
        """A thing whose history may be seen, or the answer to give instead."""
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            raise Http404("Diesen Eintrag gibt es nicht (mehr).")
        if not self.has_view_or_change_permission(request, thing):
            raise PermissionDenied
        return thing

    def history_view(self, request, object_id, extra_context=None):
        thing = self.get_object(request, unquote(object_id))
        if thing is None or (type(thing) not in PARTS and type(thing) not in THINGS):
            return super().history_view(request, object_id, extra_context)
        if not self.has_view_or_change_permission(request, thing):
            raise PermissionDenied
        if not is_thing(thing):
            return self.history_of_owner(request, thing, extra_context)
        versions = Paginator(history(self.model, thing.pk), PER_PAGE)
        page = versions.get_page(request.GET.get("seite"))
        for version in page:
            version.who, version.when = who(version), in_words(version.revision.date_created)
            version.url = self.version_url("restore", thing.pk, version.pk)
        outside = page.number == 1 and changed_outside(thing, page)
        offers_today = outside or page.number > 1 or len(page) < 2
        chosen = [version.pk for version in page][:2] if not offers_today else [TODAY, *(v.pk for v in page)][:2]
        return self.version_page(
            request,
            "versions",
            f"Was sich geändert hat: {thing}",
            thing=thing,
            versions=page,
            pages=versions.get_elided_page_range(page.number) if versions.num_pages > 1 else [],
            newer=chosen[0] if chosen else None,
            older=chosen[-1] if chosen else None,
            compare_url=self.version_url("compare", thing.pk),
            changed_outside=outside,
            offers_today=offers_today,
        )

    def history_of_owner(self, request, part, extra_context):
        """What happened to a part is told by the thing it belongs to."""
        if PARTS[type(part)].trace:
            return super().history_view(request, str(part.pk), extra_context)
        model, key = thing_of(type(part), part.pk)
        return HttpResponseRedirect(self.admin_site.get_model_admin(model).version_url("history", key))

    def compare_view(self, request, object_id):
        thing = self.thing_with_history(request, object_id)
        chosen = [self.version_snapshot(thing, request.GET.get(name, "")) for name in ("alt", "neu")]
        if None in chosen or request.GET["alt"] == request.GET["neu"]:
            self.message_user(request, "Bitte wählen Sie zwei verschiedene Fassungen aus.", messages.WARNING)
            return HttpResponseRedirect(self.version_url("history", thing.pk))
        old, new = sorted(chosen, key=lambda snapshot: snapshot.revision.pk if snapshot.revision else float("inf"))
        return self.version_page(
            request,
            "version_compare",
            f"Zwei Fassungen im Vergleich: {thing}",
            thing=thing,
            change=compare(old, new),
            old=described(old),
            new=described(new),
            files=self.version_files(old, new),
            older_url=self.version_url("restore", thing.pk, old.version.pk),
        )

    def version_snapshot(self, thing, chosen: str) -> Snapshot | None:
        """A version of a thing by its number, or the thing as it is today; None for anything else."""
        if chosen == TODAY:
            return Snapshot.of(thing)
        version = history(self.model, thing.pk).filter(pk=chosen).first() if is_number(chosen) else None
        return self.read_version(version) if version else None

    def read_version(self, version) -> Snapshot:
        snapshot = Snapshot.at(version.revision, self.model, version.object_id)
        snapshot.version = version
        return snapshot

    def version_files(self, *snapshots) -> list[dict]:
        """The files of versions to look at, where they differ."""
        field = getattr(self.model, "file_field", None)
        names = [snapshot.root.values.get(field) for snapshot in snapshots]
        if field is None or len(set(names)) < 2:
            return []
        today = [snapshot.things[0].stored_file.url if snapshot.things else "" for snapshot in snapshots]
        return [
            {
                "label": described(snapshot)["when"],
                "url": url or self.version_url("version_file", snapshot.version.pk),
                "is_picture": getattr(self.model, "is_picture", False),
            }
            for snapshot, url in zip(snapshots, today, strict=True)
        ]

    def restore_view(self, request, object_id, number):
        thing = self.thing_with_history(request, object_id)
        snapshot = self.version_snapshot(thing, str(number))
        if snapshot is None:
            raise Http404("Diese Fassung gibt es nicht (mehr).")
        today = Snapshot.of(thing)
        closed = self.closed_parts(request, today, snapshot)
        may_restore = self.has_change_permission(request, thing) and not closed
        if request.method == "POST":
            if not may_restore:
                raise PermissionDenied
            done = self.bring_version_back(request, snapshot, partial(restore, thing, snapshot), "ist wieder wie am")
            if done:
                return HttpResponseRedirect(self.version_url("change", thing.pk))
            thing = self.get_object(request, unquote(object_id))  # what failed left its marks on the other one
            today = Snapshot.of(thing)
        return self.version_page(
            request,
            "version_restore",
            f"Fassung vom {in_words(snapshot.revision.date_created)}: {thing}",
            thing=thing,
            change=compare(today, snapshot, without=PUBLICATION),
            version=described(snapshot),
            files=self.version_files(today, snapshot),
            missing=self.version_missing(request, snapshot),
            may_restore=may_restore,
            closed=closed,
            publishable=hasattr(thing, "published_at"),
        )

    def closed_parts(self, request, today, snapshot) -> list[str]:
        """German names of the parts that restoring would add, change or delete and this person may not."""
        rows, wanted = today.rows_that_count, snapshot.rows_that_count
        closed = set()
        for model, key in rows.keys() | wanted.keys():
            old, new, opts = rows.get((model, key)), wanted.get((model, key)), model._meta
            if model not in PARTS or not PARTS[model].edited or old == new:
                continue
            action = "add" if old is None else "delete" if new is None else "change"
            if not request.user.has_perm(f"{opts.app_label}.{action}_{opts.model_name}"):
                closed.add(str(opts.verbose_name_plural))
        return sorted(closed)

    def bring_version_back(self, request, snapshot, bring_back, words):
        """Restore or recover, and say in German what became of it; None when it could not be done."""
        wanted = set(request.POST.getlist("mit"))
        along = [one.place for one in self.version_missing(request, snapshot) if one.allowed and one.label in wanted]
        try:
            restored = bring_back(along)
        except CannotRestore as error:
            self.message_user(request, f"Das geht so nicht, nichts wurde geändert. {error}", messages.ERROR)
            return None
        when = in_words(snapshot.revision.date_created)
        noted = [f"Zurückgeholt: Stand vom {when}.", *(f"Mit zurückgekommen: {name}." for name in restored.along)]
        self.log_change(request, restored.thing, " ".join(noted))
        self.message_user(request, f"„{restored.thing}“ {words} {when}.", messages.SUCCESS)
        if restored.along:
            self.message_user(request, f"Mit zurückgekommen: {', '.join(restored.along)}.", messages.SUCCESS)
        for sentence in restored.left_out:
            self.message_user(request, sentence, messages.WARNING)
        return restored

    def version_missing(self, request, snapshot) -> list:
        """What a version points to and nobody has any more, with whether this person may recover it along."""
        found = missing_from(snapshot)
        for one in found:
            model, key = one.place
            desk = self.admin_site._registry.get(model)
            one.allowed = bool(one.version and desk and desk.has_add_permission(request))
            one.label = f"{model._meta.label_lower}:{key}"
        return found

    def deleted_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        pages = Paginator(deleted(self.model), PER_PAGE)
        page = pages.get_page(request.GET.get("seite"))
        for version in page:
            version.who, version.when = who(version), in_words(version.revision.date_created)
            version.url = self.version_url("recover", version.object_id)
            version.forget_url = self.version_url("forget", version.object_id) if self.may_forget(request) else ""
        return self.version_page(
            request,
            "deleted",
            f"{self.opts.verbose_name_plural}: Gelöschtes wiederherstellen",
            versions=page,
            pages=pages.get_elided_page_range(page.number) if pages.num_pages > 1 else [],
        )

    def last_version_of(self, key) -> Snapshot:
        """The last state of something deleted."""
        version = deleted(self.model).filter(object_id=str(key)).first()
        if version is None:
            raise Http404("Hier gibt es nichts wiederherzustellen.")
        return self.read_version(version)

    def may_recover(self, request, snapshot) -> bool:
        """Adding is allowed, and adding everything staff enter as part of it."""
        parts = {row.model._meta for row in snapshot.rows[1:] if PARTS[row.model].edited}
        needed = [f"{opts.app_label}.add_{opts.model_name}" for opts in parts]
        return self.has_add_permission(request) and request.user.has_perms(needed)

    def recover_view(self, request, key):
        snapshot = self.last_version_of(key)
        if not self.may_recover(request, snapshot):
            raise PermissionDenied
        if request.method == "POST":
            restored = self.bring_version_back(
                request, snapshot, partial(recover, snapshot), "ist wieder da, Stand vom"
            )
            if restored:
                if hasattr(restored.thing, "published_at"):
                    self.message_user(request, "Der Eintrag ist jetzt ein Entwurf.", messages.INFO)
                return HttpResponseRedirect(self.version_url("change", restored.thing.pk))
        return self.version_page(
            request,
            "deleted_recover",
            f"Wiederherstellen: {snapshot.version}",
            change=compare(None, snapshot, without=PUBLICATION),
            version=described(snapshot),
            missing=self.version_missing(request, snapshot),
            file_url=self.version_file_url(snapshot),
            is_picture=getattr(self.model, "is_picture", False),
            publishable=any(field.name == "published_at" for field in self.opts.fields),
            deleted_url=self.version_url("deleted"),
        )

    def version_file_url(self, snapshot) -> str:
        owns = hasattr(self.model, "file_field") and snapshot.root.values.get(self.model.file_field)
        return self.version_url("version_file", snapshot.version.pk) if owns else ""

    def may_forget(self, request) -> bool:
        return self.has_delete_permission(request) and request.user.has_perm(FORGET)

    def forget_view(self, request, key):
        snapshot = self.last_version_of(key)
        if not self.may_forget(request):
            raise PermissionDenied
        name = str(snapshot.version)
        if request.method == "POST":
            count = forget(self.model, key)
            what = f"{self.opts.verbose_name} Nr. {key}: endgültig gelöscht, mit allen Fassungen ({count})"
            record(Kind.DELETED, what, request=request)  # without the name, which is what had to go
            self.message_user(request, f"Alle Fassungen von „{name}“ sind endgültig gelöscht.", messages.SUCCESS)
            return HttpResponseRedirect(self.version_url("deleted"))
        return self.version_page(
            request,
            "deleted_forget",
            f"Endgültig löschen: {name}",
            version=described(snapshot),
            count=history(self.model, key).count(),
            deleted_url=self.version_url("deleted"),
        )

    def file_view(self, request, number):
        """The file that a version shows; for eyes of the desk only."""
        from reversion.models import Version

        version = Version.objects.get_for_model(self.model).filter(pk=number).first()
        field = getattr(self.model, "file_field", None)
        thing = version and self.get_object(request, version.object_id)
        if not self.has_view_or_change_permission(request, thing):
            raise PermissionDenied
        name = self.read_version(version).root.values.get(field) if version and field else None
        if not name:
            raise Http404
        return stored_version(name)

    def changelist_view(self, request, extra_context=None):
        offers = self.model in THINGS and self.has_add_permission(request)
        context = {"deleted_url": self.version_url("deleted") if offers else ""}
        return super().changelist_view(request, context | (extra_context or {}))

    def response_delete(self, request, obj_display, obj_id):
        response = super().response_delete(request, obj_display, obj_id)
        if self.model in THINGS and self.has_add_permission(request) and not hasattr(response, "is_rendered"):
            self.offer_recovery(request, self.version_url("recover", obj_id), "Löschen rückgängig machen")
        return response

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        if self.model in THINGS and self.has_add_permission(request):
            self.offer_recovery(request, self.version_url("deleted"), "Gelöschtes wiederherstellen")

    def offer_recovery(self, request, url, words):
        self.message_user(request, format_html('Ein Versehen? <a href="{}">{}</a>', url, words), messages.INFO)


def who(version) -> str:
    user = version.revision.user
    return (user.get_full_name() or user.get_username()) if user else "–"


def described(snapshot: Snapshot) -> dict:
    """When and by whom a version was made, and what was said of it."""
    if snapshot.revision is None:
        return {"when": "Heute", "who": "", "what": "Stand von heute"}
    version = snapshot.version
    return {
        "when": in_words(snapshot.revision.date_created),
        "who": who(version),
        "what": snapshot.revision.comment,
        "name": str(version),
    }


def changed_outside(thing, page) -> bool:
    """Tell whether a thing is no longer as its last version says: a command or an import has changed it."""
    first = next(iter(page), None)
    if first is None:
        return False
    return Snapshot.at(first.revision, type(thing), thing.pk).rows_that_count != Snapshot.of(thing).rows_that_count


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
