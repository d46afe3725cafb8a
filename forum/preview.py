"""Pages of one thing: for everybody when it is published, for staff also before and after."""

from django.conf import settings
from django.contrib.auth import get_permission_codename
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.views.generic import DetailView

from forum.access import may_work


def may_preview(request: HttpRequest, thing: Model) -> bool:
    """Tell whether the visitor is a member of staff who may see such things in the desk.

    Readers have no session cookie; for them no session is opened and the page does not vary by cookie.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    permission = f"{thing._meta.app_label}.{get_permission_codename('view', thing._meta)}"
    return may_work(request.user) and request.user.has_perm(permission)


class ItemView(DetailView):
    """The page of something that has `is_published`; what is not is shown to staff only.

    Staff see a banner (`for_staff` in the context) that says what readers see; such a page is never stored.
    """

    def get_object(self, queryset=None):
        item = super().get_object(queryset)
        self.for_staff = may_preview(self.request, item)
        if not item.is_published and not self.for_staff:
            raise Http404
        return item

    def get_context_data(self, **kwargs):
        return super().get_context_data(for_staff=self.for_staff, **kwargs)

    def render_to_response(self, context, **options):
        response = super().render_to_response(context, **options)
        if self.for_staff:
            response["Cache-Control"] = "private, no-store"
            response["X-Robots-Tag"] = "noindex"
        return response
