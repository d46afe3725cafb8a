"""pytest plugin, loaded before the settings: development mode, a shared folder, and the embedded server for the whole run."""

import gc
import os
import pathlib
import tempfile

os.environ["PORTAL_MODE"] = "development"
os.environ.setdefault("PORTAL_DATA", str(pathlib.Path(__file__).resolve().parent.parent / "var" / "tests"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's synchronous interface runs a loop beside us


def pytest_configure(config):
    from django.conf import settings

    if not hasattr(config, "workerinput"):  # one folder for all workers, see tests.servers.prepared
        os.environ["PORTAL_PREPARED"] = tempfile.mkdtemp(prefix="portal-prepared-")
    settings.MEDIA_ROOT = tempfile.mkdtemp(prefix="portal-media-")
    settings.STORAGES["kept"]["OPTIONS"]["location"] = tempfile.mkdtemp(prefix="portal-kept-")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if settings.EMBEDDED_SERVER:
        settings.EMBEDDED_SERVER.acquire()
        wait_for_no_disk(settings.EMBEDDED_SERVER)


def wait_for_no_disk(server):
    """What tests write may be lost when the power fails; also in the databases of portals (tests.servers.prepared)."""
    import psycopg

    from forum.database import USER

    with psycopg.connect(host=str(server.sockets), user=USER, dbname="postgres", autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


def pytest_collection_finish(session):
    """What is loaded by now stays: the collector of garbage needs not look at it again, nor as often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_unconfigure(config):
    import shutil

    from django.conf import settings

    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["PORTAL_PREPARED"], ignore_errors=True)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    shutil.rmtree(settings.STORAGES["kept"]["OPTIONS"]["location"], ignore_errors=True)
    if settings.EMBEDDED_SERVER:
        settings.EMBEDDED_SERVER.release()
