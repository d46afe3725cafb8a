from django.contrib import admin
from django.urls import include, path

from forum import media, showroom, views

urlpatterns = [
    path("", views.home, name="home"),
    path("aktuelles/", include("news.urls")),
    path("veranstaltungen/", include("events.urls")),
    path("", include("contacts.urls")),
    path("redaktion/", admin.site.urls),
    path("favicon.ico", views.favicon),
    path("site.webmanifest", views.manifest, name="manifest"),
    path("medien/<path:name>", media.uploaded_file, name="media"),
    path("bausteine/", showroom.showroom, name="showroom"),
    path("<slug:slug>/", views.PageView.as_view(), name="page"),
    path("<slug:slug>/leicht/", views.EasyPageView.as_view(), name="page_easy"),
]

handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.server_error
