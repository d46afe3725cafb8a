"""Settings of the yardstick: the portal's own server and middleware before a view that does nothing."""

from django.http import HttpResponse
from django.urls import path

from forum.settings import *  # noqa: F403

ROOT_URLCONF, PAGE_CACHE = __name__, False
TEXT = "<!doctype html>" + "x" * 20_000

urlpatterns = [path("", lambda request: HttpResponse(TEXT))]
