"""How gunicorn serves the portal; read by itself when gunicorn starts in this folder."""

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
max_requests, max_requests_jitter = 200_000, 20_000  # a leak never grows for ever; a new worker has no stored pages
forwarded_allow_ips = "*" if env.flag("BEHIND_PROXY") else "127.0.0.1"
control_socket_disable = True  # would lie in the home folder, which may be read-only or shared
accesslog = "-"
logconfig_dict = logging_config(env.choice("PORTAL_MODE", "production", "development") == "production")
if os.path.isdir("/dev/shm"):  # noqa: PTH112, S108 - heartbeats of the workers belong in memory
    worker_tmp_dir = "/dev/shm"  # noqa: S108
