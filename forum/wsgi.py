"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum.settings")
application = get_wsgi_application()

from forum import errors, waiting  # noqa: E402 - need the settings

errors.listen()
waiting.listen()
