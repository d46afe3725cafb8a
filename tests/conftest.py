import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


@pytest.fixture(autouse=True)
def _database(db):
    """Every test may use the database."""


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
