"""Addresses of views that ask to be stored and may not be."""

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.views.decorators.vary import vary_on_cookie

from forum.caching.marks import stored


def answering(**headers):
    return stored()(lambda request: HttpResponse("x" * 300, headers=headers))


@stored()
def cookie(request):
    response = HttpResponse("x")
    response.set_cookie("a", "b")
    return response


@stored()
def nonce(request):
    return HttpResponse(f"<script nonce={request.csp_nonce}></script>")


urlpatterns = [
    path("cookie/", cookie),
    path("token/", stored()(lambda request: HttpResponse(get_token(request)))),
    path("private/", answering(**{"Cache-Control": "private"})),
    path("vary/", stored()(vary_on_cookie(lambda request: HttpResponse("x")))),
    path("nonce/", nonce),
    path("broken/", stored()(lambda request: HttpResponse("x", status=500))),
    path("plain/", answering()),
]
