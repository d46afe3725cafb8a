"""The front door: home, pages kept by staff, errors, uploaded files."""

from django.http import HttpResponseNotFound, HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.views.decorators.http import require_safe

from contacts.responsibility import represented_districts
from events.models import Event
from forum.models import Page
from forum.preview import ItemView
from news.models import Article


@require_safe
def home(request):
    upcoming = Event.objects.published().upcoming().for_rows()[:4]
    return render(
        request,
        "forum/home.html",
        {
            "events": upcoming,
            "articles": Article.objects.published().pinned_first().for_rows()[:5],
            "districts": represented_districts(),
        },
    )


class PageView(ItemView):
    template_name = "forum/page.html"
    context_object_name = "page"
    queryset = Page.objects.all()


def not_found(request, exception):
    return HttpResponseNotFound(loader.render_to_string("404.html", request=request))


def server_error(request):
    """Needs neither database nor template inheritance: both may be what is broken."""
    return HttpResponseServerError(loader.render_to_string("500.html"))
