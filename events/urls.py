from django.urls import path

from events import calendar_views, embed_views, views

app_name = "events"
# /veranstaltungen/…
urlpatterns = [
    path("", views.EventList.as_view(), name="event_list"),
    path("kalender.ics", calendar_views.subscription, name="calendar"),
    path("einbetten/", embed_views.embed, name="embed"),
    path("reihe/<slug:slug>/", views.SeriesPage.as_view(), name="series"),
    path("<slug:slug>/", views.EventPage.as_view(), name="event"),
    path("<slug:slug>/termin.ics", calendar_views.single, name="event_calendar"),
    path("<slug:slug>/leicht/", views.EasyEventPage.as_view(), name="event_easy"),
    path("<slug:event_slug>/<slug:item_slug>/", views.ProgrammeItemPage.as_view(), name="programme_item"),
]
