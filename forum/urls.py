from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path
from django.views.decorators.http import conditional_page

from forum import media, showroom, views, views_api, views_following, views_topics
from forum.caching.marks import stored
from forum.desk.dates import read_date
from forum.limits import too_many
from forum.searching.views import search, suggest
from forum.shared import shared
from forum.sitemaps import SECTIONS

urlpatterns = [
    path("", views.home, name="home"),
    path("aktuelles/", include("news.urls")),
    path("veranstaltungen/", include("events.urls")),
    path("", include("contacts.urls")),
    path("themen/", views_topics.topic_list, name="topic_list"),
    path("themen/<slug:slug>/", views_topics.topic, name="topic"),
    path("folgen/", views_following.follow, name="follow"),
    path("api/", views_api.about, name="api_page"),
    path("api/v1/", views_api.urls),
    path("suche/", search, name="search"),
    path("suche/vorschlaege/", suggest, name="search_suggest"),
    path("redaktion/", include("forum.desk.account_urls")),
    path("redaktion/datum/", admin.site.admin_view(read_date), name="read_date"),
    path("redaktion/", admin.site.urls),
    path(
        "sitemap.xml",
        stored()(conditional_page(sitemaps.index)),
        {"sitemaps": SECTIONS, "sitemap_url_name": "sitemap"},
        name="sitemaps",
    ),
    path(
        "sitemap-<section>.xml",
        stored("p")(conditional_page(sitemaps.sitemap)),
        {"sitemaps": SECTIONS, "template_name": "forum/sitemap.xml"},
        name="sitemap",
    ),
    path("robots.txt", views.robots),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("favicon.ico", views.favicon),
    path("site.webmanifest", views.manifest, name="manifest"),
    path("medien/<path:name>", media.uploaded_file, name="media"),
    path("gegenlesen/<str:token>/", shared, name="shared"),
    path("gegenlesen/<str:token>/<path:below>", shared),
    path("bausteine/", showroom.showroom, name="showroom"),
    path("<slug:slug>/", views.PageView.as_view(), name="page"),
    path("<slug:slug>/leicht/", views.EasyPageView.as_view(), name="page_easy"),
]

handler400 = views.bad_request
handler429 = too_many  # asked for by allauth
handler404 = views.not_found
handler500 = views.server_error
