"""Pages of one thing: for everybody when it is published, for staff also before and after.

Here alone it is decided whether a request may see something that is not published. It may when a member of staff asks,
or when one of our own views (the preview of a form, a link to share) has the page made: `page_of`.
"""

import io
from functools import partial

from django.conf import settings
from django.contrib.auth import get_permission_codename
from django.core.handlers.wsgi import WSGIRequest
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from django.views.generic import DetailView

from forum.access import may_work
from forum.caching.marks import Storable
from forum.caching.withdrawn import note_subject
from forum.prepared import Prepared
from forum.unfinished import Whole, is_whole, shown


def may_preview(request: HttpRequest, thing: Model | type[Model]) -> bool:
    """Tell whether the visitor is a member of staff who may see such things in the desk.

    Readers have no session cookie; for them no session is opened and the page does not vary by cookie.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    permission = f"{thing._meta.app_label}.{get_permission_codename('view', thing._meta)}"
    return may_work(request.user) and request.user.has_perm(permission)


def page_of(request: HttpRequest, thing: Model, below: str = "", banner: str = "") -> HttpResponse:
    """Make a page of something as a reader without session will see it, published or not.

    Args:
        request: where host and scheme come from; neither its cookies nor its account count.
        thing: the one thing that is opened, with what belongs to it; whatever else is not published stays hidden.
        below: rest of the address behind the thing's own, such as `leicht/`.
        banner: a sentence above the page; without one, each part that is not public yet is marked.

    Returns:
        The page; the `addresses` of its `whole` are of things it names and readers do not find.

    Raises:
        Http404: there is no page of this thing at that address.
    """
    path = thing.get_absolute_url() + below
    left_out = ("HTTP_COOKIE", "HTTP_REFERER", "HTTP_RANGE", "CONTENT_TYPE")
    environ = {name: value for name, value in request.META.items() if name not in left_out}
    environ |= {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "CONTENT_LENGTH": "0"}
    asked = WSGIRequest(environ | {"wsgi.input": io.BytesIO()})
    asked.opened, asked.banner = thing, banner
    match = resolve(path)
    if not issubclass(getattr(match.func, "view_class", object), ItemView):
        raise Http404
    asked.resolver_match = match
    return match.func(asked, *match.args, **match.kwargs).render()


class ItemView(DetailView):
    """The page of something that has `is_published`; what is not is shown to staff only.

    Staff see a banner (`for_staff` in the context) that says what readers see; such a page is never stored. `opened` in
    the context says that the page was made by `page_of`: machines are told nothing about it.
    """

    storable = Storable()
    easy = False
    part_of: str | None = None  # field that leads from an item to the whole it is published with
    question: Prepared | None = None  # the queryset as readers ask it, by the parts of the address

    def get(self, request, *args, **kwargs):
        """For readers as they see it; for staff, and where `page_of` asks, whole: with parts that are yet to come."""
        opened = hasattr(request, "opened")
        self.for_staff = may_preview(request, self.question.model if self.question else self.get_queryset().model)
        if not opened and not self.for_staff:
            return super().get(request, *args, **kwargs)
        may = partial(may_preview, request) if not opened else lambda model: True
        with shown(Whole(may, marked=not getattr(request, "banner", ""))) as whole:
            response = super().get(request, *args, **kwargs).render()
        response.whole = whole
        return response

    def get_object(self, queryset=None):
        item = super().get_object(queryset) if is_whole() or not self.question else self.asked()
        if not item.is_published and not self.for_staff and not self.is_opened(item):
            raise Http404
        note_subject(self.request, item, self.easy)
        return item

    def asked(self) -> Model:
        found = self.question(**self.kwargs)
        if not found:
            raise Http404
        return found[0]

    def is_opened(self, item: Model) -> bool:
        whole = getattr(item, self.part_of) if self.part_of else item
        return getattr(self.request, "opened", None) == whole

    def get_context_data(self, **kwargs):
        opened, banner = hasattr(self.request, "opened"), getattr(self.request, "banner", "")
        return super().get_context_data(for_staff=self.for_staff, opened=opened, opened_banner=banner, **kwargs)

    def render_to_response(self, context, **options):
        response = super().render_to_response(context, **options)
        if self.for_staff:
            response["Cache-Control"] = "private, no-store"
            response["X-Robots-Tag"] = "noindex"
        return response
