"""Relations at the desk: found while typing, created in place, no window ever opens."""

from django import forms
from django.apps import apps
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from forum.desk.finding import (
    MOST_HITS,
    contains_all,
    folded_fields,
    matching,
    recently_used,
    sounding_like,
    uses,
    words_in,
)
from forum.publishing import Publishable, State
from forum.topics import TopicsField

MOST_WITHOUT_SCRIPT = 60  # what a plain select offers; with a script everything can be found


class Findable:
    """For admins: how things of a model are found while typing, and what is asked when one is created in place."""

    name_fields: tuple[str, ...] = ()  # make up the name; hits in it come first; the first search field by default
    found_with: tuple[str, ...] = ()  # relations that the second line of a hit needs
    offered = True  # whether forms may search for such things
    sought = False  # whether the search for everything finds them
    found_by_use = False  # also found by the names of what uses it
    grid = False  # hits are pictures
    uploads = False  # creating one begins with a file
    quick_fields: tuple[str, ...] = ()  # asked when one is created in place; none: it cannot be

    def second_line(self, thing: Model) -> str:
        """What tells a hit from others with the same name."""
        return ""

    def thumbnail_address(self, thing: Model) -> str:
        return ""

    def quick_initial(self, typed: str) -> dict[str, str]:
        """Spread over the fields what was typed into the search."""
        return {self.quick_fields[0]: typed} if self.quick_fields else {}

    @property
    def created_at_once(self) -> bool:
        return len(self.quick_fields) == 1

    def hit(self, thing: Model) -> dict[str, str]:
        """A thing as the finder shows it."""
        state = thing.state if isinstance(thing, Publishable) else State.LIVE
        return {
            "id": str(thing.pk),
            "label": str(thing),
            "line": self.second_line(thing),
            "state": "" if state == State.LIVE else state.label,
            "thumb": self.thumbnail_address(thing),
        }

    def searched_fields(self) -> list[str]:
        return [name.lstrip("^=@") for name in self.search_fields]

    def fields_of_name(self) -> list[str]:
        return list(self.name_fields or self.searched_fields()[:1])

    def findable(self) -> QuerySet:
        return self.model._default_manager.select_related(*self.found_with)

    def find(self, typed: str) -> tuple[list[Model], bool]:
        """Return at most MOST_HITS things, and whether they are only nearly what was typed."""
        words = words_in(typed)
        if not words:
            return self.suggestions(MOST_HITS), False
        used = self.keys_by_use(words) if self.found_by_use else set()
        names, text = self.fields_of_name(), self.searched_fields()
        hits = list(matching(self.findable(), words, names, text, used)[:MOST_HITS])
        return (hits, False) if hits else (list(sounding_like(self.findable(), words, names)[:MOST_HITS]), True)

    def suggestions(self, limit: int) -> list[Model]:
        """What was used last, then the rest."""
        keys = recently_used(self.model, limit)
        found = self.findable().in_bulk(keys)
        latest = [found[key] for key in keys if key in found]
        return latest + list(self.findable().exclude(pk__in=keys)[: max(0, limit - len(latest))])

    def keys_by_use(self, words: list[str]) -> set[int]:
        """Keys of things used in something whose name contains all words; one query for each relation."""
        keys = set()
        for rows, field, path in uses(self.model):
            owner = rows
            for step in filter(None, path.split("__")):
                owner = owner._meta.get_field(step).related_model
            admin = self.admin_site._registry.get(owner)
            if isinstance(admin, Findable):
                names = folded_fields([path + name for name in admin.fields_of_name()])
                found = rows._base_manager.annotate(finder_name=names).filter(contains_all("finder_name", words))
                keys.update(found.values_list(field, flat=True)[: 5 * MOST_HITS])
        return keys


class Shelf:
    """What one field of a form offers; shared by the rows of a formset, which together cost one query.

    Args:
        stored: everything that the rows of the form refer to.
        bare: offer nothing but what is chosen.
    """

    def __init__(self, admin: Findable, stored: QuerySet | None = None, bare: bool = False):
        self.admin, self.stored, self.bare = admin, stored, bare

    @cached_property
    def known(self) -> dict[str, Model]:
        return {str(thing.pk): thing for thing in self.stored} if self.stored is not None else {}

    @cached_property
    def newest(self) -> list[Model]:
        return list(self.admin.findable().order_by("-pk")[:MOST_WITHOUT_SCRIPT])

    def others(self, chosen: list[Model]) -> list[Model]:
        """What can be chosen instead without a script; a row that holds something is removed, not changed."""
        return [] if self.bare or (chosen and self.stored is not None) else self.newest

    def chosen(self, keys: list[str]) -> list[Model]:
        """The things with these keys, whatever was sent as a key."""
        missing = [key for key in keys if key not in self.known and key.isascii() and key.isdigit() and len(key) < 19]
        if missing:
            found = self.admin.findable().filter(pk__in=missing)
            self.known.update({str(thing.pk): thing for thing in found})
        return [self.known[key] for key in keys if key in self.known]


class FinderWidget:
    """A select that holds what is chosen and a little more; the script makes a search of it."""

    shelf: Shelf = None

    @property
    def media(self):
        scripts = {"finder": True, "upload": self.shelf.admin.uploads, "picture": self.shelf.admin.grid}
        return forms.Media(
            js=[forms.Script(f"js/desk/{name}.js", type="module") for name, used in scripts.items() if used]
        )

    def optgroups(self, name, value, attrs=None):
        chosen = self.shelf.chosen([str(key) for key in value if key not in ("", None)])
        keys = {thing.pk for thing in chosen}
        others = [thing for thing in self.shelf.others(chosen) if thing.pk not in keys]
        empty = [] if self.allow_multiple_selected else [self.create_option(name, "", "---------", not chosen, 0)]
        options = [*empty, *(self.option_of(name, thing, thing.pk in keys) for thing in [*chosen, *others])]
        return [(None, [option], index) for index, option in enumerate(options)]

    def option_of(self, name, thing, selected):
        hit = self.shelf.admin.hit(thing)
        option = self.create_option(name, hit["id"], hit["label"], selected, 0)
        option["attrs"] |= {f"data-{key}": hit[key] for key in ("line", "state", "thumb") if hit[key]}
        return option


class FinderSelect(FinderWidget, forms.Select):
    pass


class FinderSelectMultiple(FinderWidget, forms.SelectMultiple):
    pass


def finder_attrs(admin: Findable, label: str, *, creates: bool) -> dict[str, str]:
    """What the script must know of a search.

    Args:
        label: names the search where the page shows no label.
        creates: whether what is not found may be created in place.
    """
    names = {"app_label": admin.opts.app_label, "model_name": admin.opts.model_name}
    attrs = {
        "class": "finder",
        "data-find": reverse("admin:find", kwargs=names),
        "data-label": label,
        "data-kind": admin.opts.verbose_name,
    }
    if admin.quick_fields and creates:
        attrs["data-create"] = reverse("admin:create_in_place", kwargs=names)
        attrs |= {"data-at-once": ""} if admin.created_at_once else {}
    return attrs | ({"data-grid": ""} if admin.grid else {}) | ({"data-uploads": ""} if admin.uploads else {})


def finder_widget(
    admin: Findable, request: HttpRequest, label: str, *, many=False, stored=None, bare=False
) -> FinderWidget:
    """Make the widget of a relation.

    Args:
        admin: the admin of the things that can be chosen.
        label: names the search where the page shows no label.
        stored, bare: see Shelf.
    """
    attrs = finder_attrs(admin, label, creates=admin.has_add_permission(request))
    widget = (FinderSelectMultiple if many else FinderSelect)(attrs)
    widget.shelf = Shelf(admin, stored, bare)
    return widget


class FinderFields:
    """For admins and inlines: the form fields of relations are finders."""

    def finder_for(self, db_field, request, **options) -> FinderWidget | None:
        admin = self.admin_site._registry.get(db_field.related_model)
        if not isinstance(admin, Findable) or not admin.search_fields:
            return None
        return finder_widget(admin, request, str(db_field.verbose_name), **options)

    def stored_for(self, db_field, request) -> QuerySet | None:
        """Everything the form's rows refer to, when it has several."""
        return None

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        finder = self.finder_for(db_field, request, stored=self.stored_for(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **({"widget": finder} if finder else {}) | kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        finder = self.finder_for(db_field, request, many=True)
        field = super().formfield_for_manytomany(db_field, request, **({"widget": finder} if finder else {}) | kwargs)
        if finder and field:
            field.help_text = db_field.help_text  # without Django's words about the control key
        return field

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, TopicsField):
            return db_field.formfield(widget=self.finder_for(db_field, request, many=True), **kwargs)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        wrapped = field and isinstance(field.widget, RelatedFieldWidgetWrapper) and field.widget.widget
        if isinstance(wrapped, FinderWidget):
            field.widget = wrapped
        return field


def findable_admin(site, app_label: str, model_name: str) -> Findable:
    try:
        admin = site._registry.get(apps.get_model(app_label, model_name))
    except LookupError:
        admin = None
    if not isinstance(admin, Findable) or not admin.search_fields or not admin.offered:
        raise Http404
    return admin


@require_safe
def find(request, app_label, model_name, site):
    """Hits for what is typed (`?q=`), as JSON: `hits` (see Findable.hit) and `nearly` (nothing matches exactly)."""
    admin = findable_admin(site, app_label, model_name)
    if not admin.has_view_permission(request):
        raise PermissionDenied
    things, nearly = admin.find(request.GET.get("q", ""))
    return JsonResponse({"hits": [admin.hit(thing) for thing in things], "nearly": nearly})
