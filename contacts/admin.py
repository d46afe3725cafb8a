from django.contrib import admin
from django.db.models import Prefetch

from contacts.check_desk import CheckAdmin, CorrectionAdmin
from contacts.checks import OUT_OF_REACH, UNCHECKED, VACANT
from contacts.forms import QuickPersonForm, name_parts
from contacts.models import ContactCorrection, District, Person, Postcode, PostcodeShare, Quarter, Representation
from forum.desk.admin import ADDRESS, DeskAdmin, RowInline
from forum.desk.bulk import BulkTopics
from forum.desk.picks import PickInline
from forum.desk.publishing import PUBLISHING, PublishableAdmin, StateFilter


class RepresentationInline(PickInline):
    model = Representation
    fields = ["district", "position"]


@admin.register(Person)
class PersonAdmin(CheckAdmin, BulkTopics, PublishableAdmin):
    start = "Person anlegen"
    to_do = (UNCHECKED, OUT_OF_REACH, *PublishableAdmin.to_do)
    list_display = [
        "listed_name",
        "state_in_words",
        "position",
        "organisation",
        "district_names",
        "in_directory",
        "checked",
    ]
    list_filter = [StateFilter, "in_directory", "districts"]
    search_fields = ["title", "given_name", "name_prefix", "family_name", "position", "organisation", "email"]
    name_fields = ["given_name", "name_prefix", "family_name"]
    quick_fields = ["title", "given_name", "name_prefix", "family_name", "position", "organisation"]
    quick_form = QuickPersonForm
    inlines = [RepresentationInline]
    fieldsets = [
        ("Name", {"fields": [("title", "given_name"), ("name_prefix", "family_name")]}),
        ("Wofür steht die Person?", {"fields": ["position", "organisation", "topics"]}),
        ("Erreichbar", {"fields": ["in_directory", "phone", "email", "website", "address", "languages"]}),
        ("Vorstellung", {"fields": ["portrait", "biography"]}),
        ("Vertretung", {"fields": ["deputy", ("absent_from", "absent_until")]}),
        PUBLISHING,
        ADDRESS,
    ]

    def get_queryset(self, request):
        rows = Representation.objects.select_related("district")
        return super().get_queryset(request).prefetch_related(Prefetch("representations", rows))

    def second_line(self, person):
        return person.role

    def quick_initial(self, typed):
        return name_parts(typed)

    @admin.display(description="Name", ordering="family_name")
    def listed_name(self, person):
        return person.sorted_name

    @admin.display(description="Bezirke")
    def district_names(self, person):
        return ", ".join(district.name for district in person.represented) or "–"


admin.site.register(ContactCorrection, CorrectionAdmin)


@admin.register(District)
class DistrictAdmin(DeskAdmin):
    sought = True
    """The twelve are given; staff decide who stands in."""

    to_do = (VACANT,)
    list_display = ["name", "represented_by", "stand_in"]
    search_fields = ["name"]
    fields = ["name", "key", "stand_in"]
    readonly_fields = ["name", "key"]
    list_select_related = ["stand_in"]

    def get_queryset(self, request):
        rows = Representation.objects.responsible().select_related("person")
        return super().get_queryset(request).prefetch_related(Prefetch("representations", rows))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="vertreten durch")
    def represented_by(self, district):
        return ", ".join(row.person.name for row in district.representations.all()) or "niemand"


class GivenAdmin(DeskAdmin):
    """Official data: to look at, not to change."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ShareInline(RowInline):
    model = PostcodeShare


@admin.register(Postcode)
class PostcodeAdmin(GivenAdmin):
    list_display = ["code", "district_names"]
    search_fields = ["code"]
    inlines = [ShareInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("districts")

    @admin.display(description="Bezirke")
    def district_names(self, postcode):
        return ", ".join(district.name for district in postcode.districts.all())


@admin.register(Quarter)
class QuarterAdmin(GivenAdmin):
    list_display = ["name", "district"]
    list_filter = ["district"]
    list_select_related = ["district"]
    search_fields = ["name"]
