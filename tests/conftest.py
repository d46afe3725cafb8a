from itertools import count

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forum.limits import LIMITS
from tests import factories


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database; at the end nobody may hold it, a vacuum of PostgreSQL's own included."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _database(db):
    """Every test may use the database; what limits counted there is rolled back, so processes forget it too.

    Things made without a title are numbered anew: the same title, and its preview image has been drawn before."""
    factories.number = count(1)
    for limit in LIMITS:
        limit.forget()


@pytest.fixture(scope="module")
def once(django_db_setup, django_db_blocker):
    """For fixtures that write much: rows written once for a file; each test changes them only for itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def staff(db):
    return get_user_model().objects.create_superuser("chefin", password="geheim-und-lang")


@pytest.fixture
def desk(staff):
    """A client signed in as somebody who may do everything."""
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def count_queries(client):
    """Count the queries of a page: `count_queries("/aktuelles/")`; a second client can be given."""

    def count(path, client=client):
        client.get(path)  # whatever is loaded once per process is loaded now
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path)
        assert response.status_code == 200, path
        return len(queries)

    return count
