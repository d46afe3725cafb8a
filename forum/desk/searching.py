"""One search for everything of the desk, by name; as suggestions while typing and as a page."""

from dataclasses import dataclass

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from forum.desk.finder import Findable
from forum.desk.finding import matching, plain, sounding_like, words_in

MOST_ON_PAGE = 10  # of each kind
MOST_SUGGESTED = 3


@dataclass
class Found:
    """What one list holds of what was looked for.

    Args:
        admin: of the list.
        things: at most MOST_ON_PAGE, the best first.
        more: whether the list holds further ones.
        url: of the list, searched for the same words.
    """

    admin: Findable
    things: list[Model]
    more: bool
    url: str

    @property
    def kind(self) -> str:
        meta = self.admin.opts
        return capfirst(meta.verbose_name if len(self.things) == 1 else meta.verbose_name_plural)

    @property
    def hits(self) -> list[dict[str, str]]:
        return [self.hit(thing) for thing in self.things]

    def hit(self, thing: Model) -> dict[str, str]:
        """As Findable.hit, with its kind and the address of its form."""
        meta = self.admin.opts
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])
        return self.admin.hit(thing) | {"kind": capfirst(meta.verbose_name), "url": url}


def find_everywhere(site: admin.AdminSite, request: HttpRequest, typed: str) -> tuple[list[Found], bool]:
    """What the person may see and is named so, list by list, and whether it is only nearly what was typed.

    One query for each list; a second one where nothing is named exactly so.
    """
    words = words_in(typed)
    admins = [one for one in site.ordered(request) if getattr(one, "sought", False)]
    admins = [one for one in admins if one.has_view_permission(request)]
    if not words:
        return [], False
    exact = [found_in(one, words, typed, nearly=False) for one in admins]
    if any(one.things for one in exact):
        return [one for one in exact if one.things], False
    alike = [found_in(one, words, typed, nearly=True) for one in admins]
    return [one for one in alike if one.things], True


def found_in(one: Findable, words: list[str], typed: str, *, nearly: bool) -> Found:
    names = one.fields_of_name()
    rows = (
        sounding_like(one.findable(), words, names) if nearly else matching(one.findable(), words, names, names, set())
    )
    things = list(rows[: MOST_ON_PAGE + 1])
    listed = reverse(f"admin:{one.opts.app_label}_{one.opts.model_name}_changelist")
    url = f"{listed}?{urlencode({'q': typed})}"
    return Found(one, things[:MOST_ON_PAGE], len(things) > MOST_ON_PAGE and not nearly, url)


@require_safe
def search(request: HttpRequest, site: admin.AdminSite) -> HttpResponse:
    """The page of hits for `?q=`; a script that accepts JSON gets suggestions: `hits` (see Found.hit) and `nearly`."""
    typed = plain(request.GET.get("q", ""))
    found, nearly = find_everywhere(site, request, typed)
    if request.headers.get("Accept") == "application/json":
        hits = [hit for one in found for hit in one.hits[:MOST_SUGGESTED]]
        return JsonResponse({"hits": hits, "nearly": nearly})
    context = site.each_context(request) | {
        "title": f"Suche nach „{typed}“" if typed else "Suche",
        "typed": typed,
        "found": found,
        "nearly": nearly,
    }
    return TemplateResponse(request, "admin/search.html", context)
