"""Settings of the audited portal: production, but reached without the proxy that ends TLS."""

from forum.settings import *  # noqa: F403
from forum.settings import LOGGING

SECURE_SSL_REDIRECT = False
LOGGING["loggers"]["gunicorn.access"]["level"] = "WARNING"  # nobody empties the pipe that a line per request would fill
