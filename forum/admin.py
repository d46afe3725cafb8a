from django import forms
from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.utils.html import format_html

from forum.checks import LEADS_NOWHERE, NO_ALT_TEXT, NO_CREDIT, UNUSED
from forum.desk import users  # noqa: F401 - registers accounts, roles and the log
from forum.desk.addresses import InternalLinkAdmin, MissingAddressAdmin
from forum.desk.admin import ADDRESS, DeskAdmin
from forum.desk.easy import EasyAdmin, EasyFilter
from forum.desk.errors import ErrorKindAdmin
from forum.desk.pictures import PictureForm, where_used
from forum.desk.publishing import PUBLISHING, StateFilter
from forum.desk.synonyms import SearchMissAdmin, SynonymAdmin
from forum.models import (
    Attachment,
    AuditEntry,
    Barrier,
    ErrorKind,
    FormerAddress,
    InternalLink,
    MissingAddress,
    Page,
    Picture,
    SearchMiss,
    Synonym,
    Topic,
)
from forum.pages import STANDARD_PAGES
from forum.topics import merge_topics, uses_of_topic


class MergeForm(forms.Form):
    kept = forms.ModelChoiceField(
        Topic.objects.none(), label="Dieses Thema bleibt", widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, topics, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kept"].queryset = topics


@admin.register(Topic)
class TopicAdmin(DeskAdmin):
    sought = True
    subject = "Website"
    list_display = ["name", "slug", "uses"]
    search_fields = ["name"]
    fields = ["name", "slug"]
    quick_fields = ["name"]
    actions = ["merge"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(use_count=uses_of_topic())

    @admin.display(description="Verwendungen", ordering="use_count")
    def uses(self, topic):
        return topic.use_count

    @admin.action(description="Ausgewählte Themen zusammenführen …", permissions=["delete"])
    def merge(self, request, topics):
        if topics.count() < 2:
            self.message_user(request, "Bitte wählen Sie mindestens zwei Themen aus.", messages.WARNING)
            return None
        form = MergeForm(topics, request.POST if "kept" in request.POST or "confirmed" in request.POST else None)
        if form.is_valid():
            kept = form.cleaned_data["kept"]
            names = ", ".join(f"„{topic}“" for topic in topics)
            merged = merge_topics(kept, topics)
            self.log_change(request, kept, f"zusammengeführt aus {names}")
            self.message_user(request, f"{merged + 1} Themen sind jetzt eines: {kept}.", messages.SUCCESS)
            return None
        context = self.admin_site.each_context(request) | {
            "title": "Themen zusammenführen",
            "form": form,
            "topics": topics,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/merge_topics.html", context)


@admin.register(Picture)
class PictureAdmin(DeskAdmin):
    sought = True
    start = "Bild hochladen"
    subject = "Bilder und Dateien"
    to_do = (NO_CREDIT, NO_ALT_TEXT, UNUSED)
    list_display = ["thumbnail", "__str__", "credit", "missing", "created_at"]
    list_display_links = ["__str__"]
    list_filter = ["decorative", "created_at"]
    search_fields = ["alt_text", "caption", "credit"]
    name_fields = ["caption", "alt_text"]
    found_by_use = grid = uploads = True
    form = quick_form = PictureForm
    quick_fields = ["file", "file_ppoi", "decorative", "alt_text", "caption", "credit"]
    fieldsets = [
        (None, {"fields": ["file", "file_ppoi"]}),
        ("Was zu sehen ist", {"fields": ["decorative", "alt_text"]}),
        ("Unter dem Bild", {"fields": ["caption", "credit"]}),
    ]
    readonly_fields = ["where_used"]

    def get_fieldsets(self, request, obj=None):
        used = [("Wo es vorkommt", {"fields": ["where_used"]})] if obj else []
        return [*used, *super().get_fieldsets(request, obj)]

    def quick_initial(self, typed):
        return {}

    def doubles(self, values):
        return []  # words do not tell whether two pictures are the same

    def second_line(self, picture):
        credit = f"© {picture.credit}" if picture.credit else ""
        return ", ".join(filter(None, [credit, picture.what_is_missing]))

    def thumbnail_address(self, picture):
        return picture.file.wide_400_avif

    @admin.display(description="Bild")
    def thumbnail(self, picture):
        return format_html('<img src="{}" alt="" width="90" loading="lazy">', picture.file.wide_400_avif)

    @admin.display(description="Fehlt noch")
    def missing(self, picture):
        return picture.what_is_missing or "–"

    @admin.display(description="Wird verwendet in")
    def where_used(self, picture):
        return where_used(picture)


@admin.register(Attachment)
class AttachmentAdmin(DeskAdmin):
    sought = True
    subject = "Bilder und Dateien"
    to_do = (UNUSED,)
    list_display = ["title", "description", "created_at"]
    search_fields = ["title", "title_language", "file", "summary"]
    quick_fields = ["file", "title"]
    found_by_use = uploads = True
    readonly_fields = ["where_used"]

    def get_fields(self, request, obj=None):
        return [*(["where_used"] if obj else []), "title", "title_language", "file", "summary"]

    @admin.display(description="Wird verwendet in")
    def where_used(self, attachment):
        return where_used(attachment)

    def second_line(self, attachment):
        return attachment.description

    def quick_initial(self, typed):
        return {"title": typed}

    @admin.display(description="Art und Größe")
    def description(self, attachment):
        return attachment.description


@admin.register(Page)
class PageAdmin(EasyAdmin):
    subject = "Website"
    list_display = ["title", "state_in_words", "slug", "changed_at"]
    list_filter = [StateFilter, EasyFilter]
    search_fields = ["title", "lead", "text"]
    fieldsets = [(None, {"fields": ["title", "lead", "text"]}), PUBLISHING, ADDRESS]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj and obj.is_standard else []

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.is_standard)

    def must_stay_public(self, thing):
        return bool(thing and thing.is_standard)

    def get_deleted_objects(self, objs, request):
        """The list's bulk action asks here; the standard pages are linked at the foot of every page."""
        deleted, count, permissions, protected = super().get_deleted_objects(objs, request)
        protected += [f"{page} (steht am Fuß jeder Seite)" for page in objs if page.slug in STANDARD_PAGES]
        return deleted, count, permissions, protected


class FixedFilter(admin.SimpleListFilter):
    title = "Stand"
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return [("offen", "offen"), ("behoben", "behoben")]

    def queryset(self, request, queryset):
        if self.value() == "offen":
            return queryset.open()
        return queryset.fixed() if self.value() == "behoben" else queryset


@admin.register(Barrier)
class BarrierAdmin(DeskAdmin):
    subject = "Website"
    list_display = ["what", "where", "since", "fixed_on", "changed_at"]
    list_filter = [FixedFilter]
    search_fields = ["what", "where", "alternative", "planned"]
    fieldsets = [
        (None, {"fields": ["what", "where", "since"]}),
        ("Was wir tun", {"fields": ["alternative", "planned", "fixed_on"]}),
    ]


@admin.register(FormerAddress)
class FormerAddressAdmin(DeskAdmin):
    subject = "Website"
    to_do = (LEADS_NOWHERE,)
    list_display = ["path", "leads_to_today", "created_at"]
    search_fields = ["path", "target_path"]
    fields = ["path", "target_path"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("target")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "target_path" and "path" in request.GET:
            field.widget.attrs["autofocus"] = True  # the old address is filled in already
        return field

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        MissingAddress.objects.filter(path=obj.path).delete()

    def has_change_permission(self, request, obj=None):
        """What follows from a changed slug needs no care; it goes with the thing it leads to."""
        return super().has_change_permission(request, obj) and not (obj and obj.object_id)

    @admin.display(description="führt heute zu")
    def leads_to_today(self, address):
        return address.leads_to() or "nichts Öffentlichem"


@admin.register(AuditEntry)
class AuditEntryAdmin(DeskAdmin):
    """To read, for everybody who may; to write for nobody."""

    list_display = ["at", "person", "kind", "what"]
    list_filter = ["kind", "at", "person"]
    search_fields = ["person", "what"]
    date_hierarchy = "at"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


admin.site.register(MissingAddress, MissingAddressAdmin)
admin.site.register(InternalLink, InternalLinkAdmin)
admin.site.register(ErrorKind, ErrorKindAdmin)
admin.site.register(SearchMiss, SearchMissAdmin)
admin.site.register(Synonym, SynonymAdmin)
