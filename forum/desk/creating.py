"""Create a person, a venue, a topic … without leaving the form in which it is missing."""

from datetime import timedelta

from django import forms
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpRequest, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from forum.desk.finder import Findable, findable_admin
from forum.desk.finding import named_like, plain, words_in
from forum.publishing import Publishable

MOST_DOUBLES = 3
REPEATED = timedelta(minutes=5)  # the same order sent again within this time means the same thing
LOCK = 0x0F0F0001  # one order at a time for each account


class Creatable(Findable):
    """For admins: what is asked, and what happens, when a thing is created in place."""

    quick_form: type[forms.ModelForm] = forms.ModelForm

    def form_in_place(self, request: HttpRequest, *args, **kwargs) -> forms.ModelForm:
        form_class = self.get_form(request, None, change=False, fields=self.quick_fields, form=self.quick_form)
        return form_class(*args, auto_id="neu_%s", **kwargs)

    def doubles(self, values: dict[str, str]) -> list[Model]:
        """Known things that may be meant, the likeliest first.

        Args:
            values: the fields of the name, as typed.
        """
        title = " ".join(words_in(" ".join(str(values.get(name) or "") for name in self.fields_of_name())))
        return list(named_like(self.findable(), title, self.fields_of_name())[:MOST_DOUBLES]) if title else []

    def create_in_place(self, request: HttpRequest, form: forms.ModelForm, order: str) -> Model:
        """Store a new thing as its own form would, and write it into the log with the order's key."""
        thing = form.save(commit=False)
        self.save_model(request, thing, form, change=False)
        form.save_m2m()
        self.log_addition(request, thing, [{"added": {}, "order": order}])
        return thing


@require_http_methods(["GET", "HEAD", "POST"])
def create_in_place(request, app_label, model_name, site):
    """The panel that asks (GET, `?q=` what was typed), and what makes a thing of the answers (POST).

    A POST is answered by the new thing as JSON (201, see Findable.hit), or by the panel with errors or likely doubles
    (200, which no browser reports as an error). `anyway` creates in spite of doubles; `order`, any word, makes
    repeating the POST harmless; `at_once` takes all fields from `q`.
    """
    admin = findable_admin(site, app_label, model_name)
    if not admin.quick_fields or not admin.has_add_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        initial = admin.quick_initial(plain(request.GET.get("q", "")))
        return panel(request, admin, admin.form_in_place(request, initial=initial), admin.doubles(initial))
    return make(request, admin)


@transaction.atomic
def make(request, admin):
    order = "".join(filter(str.isalnum, request.POST.get("order", "")[:60]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, request.user.pk % 2**31])
    if order and (made := made_before(request, admin, order)):
        return JsonResponse(admin.hit(made), status=201)
    data = admin.quick_initial(plain(request.POST.get("q", ""))) if "at_once" in request.POST else request.POST
    form = admin.form_in_place(request, data, request.FILES)
    doubles = [] if "anyway" in request.POST else admin.doubles(data)
    if doubles or not form.is_valid():
        return panel(request, admin, form, doubles)
    return JsonResponse(admin.hit(admin.create_in_place(request, form, order)), status=201)


def made_before(request, admin, order):
    entries = LogEntry.objects.filter(
        user=request.user,
        content_type=ContentType.objects.get_for_model(admin.model),
        action_flag=ADDITION,
        action_time__gt=timezone.now() - REPEATED,
    ).order_by("-pk")[:20]
    keys = [entry.object_id for entry in entries if f'"order": "{order}"' in entry.change_message]
    return admin.findable().filter(pk__in=keys).first()


def panel(request, admin, form, doubles):
    context = {
        "form": form,
        "kind": admin.opts.verbose_name,
        "at_once_public": isinstance(form.instance, Publishable) and form.instance.is_published,
        "doubles": [admin.hit(thing) for thing in doubles],
        "same": bool(doubles) and doubles[0].finder_likeness > 0.99,
    }
    return render(request, "admin/create_in_place.html", context)
