"""How gunicorn serves the portal; read by itself when gunicorn starts in this folder."""

import gc
import os

from forum import environment as env
from forum.logs import logging_config

wsgi_app = "forum.wsgi"
bind = f"{env.text('HOST', '127.0.0.1')}:{env.number('PORT', 8000)}"
workers = env.number("WEB_WORKERS", 2)
worker_class = "gthread"  # a slow reader occupies a thread, not a worker
threads = 4
timeout = 60
graceful_timeout = 8  # container engines kill after 10 seconds
keepalive = 5
max_requests, max_requests_jitter = 20_000, 2_000  # a leak in a library never grows for ever
forwarded_allow_ips = "*" if env.flag("BEHIND_PROXY") else "127.0.0.1"
control_socket_disable = True  # would lie in the home folder, which may be read-only or shared
accesslog = "-"
preload_app = True  # what is loaded before the workers begin is in memory once
logconfig_dict = logging_config(env.choice("PORTAL_MODE", "production", "development") == "production")


def when_ready(server):
    """Once, before the first worker begins: no collection touches what they share."""
    from django.db import connections
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - loads all views
    connections.close_all()
    gc.collect()
    gc.freeze()


if os.path.isdir("/dev/shm"):  # noqa: PTH112, S108 - heartbeats of the workers belong in memory
    worker_tmp_dir = "/dev/shm"  # noqa: S108
