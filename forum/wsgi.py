"""What gunicorn serves: Django, and before it the pages that are stored."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum.settings")


def make_application():
    django = get_wsgi_application()
    from django.conf import settings

    from forum import errors, waiting
    from forum.caching.pages import PageCache
    from forum.caching.shared import Shared

    errors.listen()
    waiting.listen()
    return (
        PageCache(django, Shared(settings.CACHE_URL) if settings.CACHE_URL else None) if settings.PAGE_CACHE else django
    )


application = make_application()
