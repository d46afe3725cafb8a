from django.db.migrations.recorder import MigrationRecorder
from django.test import Client


def test_the_process_answers_whatever_the_host_name():
    for address in ("/healthz", "/readyz"):
        answer = Client().get(address, headers={"host": "10.0.0.7:8000"})
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert answer["Cache-Control"] == "no-store"


def test_not_ready_while_a_migration_is_missing(client):
    MigrationRecorder.Migration.objects.filter(app="news").order_by("-pk").first().delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "migrations"})
    assert client.get("/healthz").status_code == 200


def test_to_be_asked_each_second_costs_one_query(count_queries):
    assert count_queries("/readyz") == 1
