"""How gunicorn serves the portal; read by itself when gunicorn starts in this folder."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

from forum import environment as env
from forum.logs import logging_config

wsgi_app = "forum.wsgi"
bind = f"{env.text('HOST', '127.0.0.1')}:{env.number('PORT', 8000)}"
limit_request_line = 8190  # the most there is; questions in addresses may be long
workers = env.number("WEB_WORKERS", 2)
worker_class = "forum.serving.Worker"  # with threads: a slow reader occupies a thread, not a worker
threads = 4
timeout = 60
graceful_timeout = 8  # container engines kill after 10 seconds
keepalive = 5
max_requests, max_requests_jitter = 200_000, 20_000  # a leak never grows for ever; a new worker has no stored pages
forwarded_allow_ips = ""  # nobody's: forum.visitors reads what proxies say
control_socket_disable = True  # would lie in the home folder, which may be read-only or shared
accesslog = "-"
preload_app = True  # what is loaded before the workers begin is in memory once
logconfig_dict = logging_config(env.choice("PORTAL_MODE", "production", "development") == "production")
MEMORY = Path("/dev/shm")  # noqa: S108
if MEMORY.is_dir():  # heartbeats of the workers and what they count belong in memory
    worker_tmp_dir = str(MEMORY)


def when_ready(server):
    """Once, before the first worker begins: no collection touches what they share."""
    from django.db import connections
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - loads all views
    connections.close_all()
    gc.collect()
    gc.freeze()


def on_starting(server):
    """A folder for what the workers count (forum.metrics); what a killed portal left behind goes."""
    parent = MEMORY if MEMORY.is_dir() else Path(tempfile.gettempdir())
    for left in parent.glob("portal-metrics-*"):
        gone = Path("/proc/self").exists() and not Path("/proc", left.name.split("-")[2]).exists()
        if gone and left.stat().st_uid == os.geteuid():
            shutil.rmtree(left, ignore_errors=True)
    server.metrics_folder = tempfile.mkdtemp(prefix=f"portal-metrics-{os.getpid()}-", dir=parent)


def pre_fork(server, worker):
    """Give each worker a place of its own among those alive; a successor takes over the place and its sums."""
    taken = {one.place for one in server.WORKERS.values()}
    worker.place = next(place for place in range(len(taken) + 1) if place not in taken)
    worker.metrics_folder = server.metrics_folder


def post_worker_init(worker):
    from django.conf import settings

    from forum import metrics
    from forum.caching import purging, withdrawn

    metrics.share(worker.metrics_folder, worker.place)
    if settings.PURGE_URL:
        purging.start()  # a thread does not survive the fork
    if settings.PAGE_CACHE:
        withdrawn.start(worker.wsgi)


def child_exit(server, worker):
    for file in Path(server.metrics_folder).glob(f"gauge_live*_{worker.place}.db"):
        file.unlink()


def on_exit(server):
    shutil.rmtree(server.metrics_folder, ignore_errors=True)
