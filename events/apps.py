from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Veranstaltungen"

    def ready(self):
        from events.calendar import KEPT
        from events.models import Event
        from events.search import register_all
        from forum.caching.moments import register_moments

        register_all()
        register_moments(Event, "starts_at", "over_at")
        register_moments(Event, "over_at", later=KEPT)
