"""What operators see: figures, ids, slow queries."""

import json
import logging
import re
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.utils import timezone

from forum import metrics
from forum.backup.stamp import note_backup
from forum.logs import AccessFormatter, JsonFormatter
from forum.missing import Throttle
from forum.watching import id_of, shape
from tests.factories import make_article

TOKEN = "nur-fuer-die-messung-0123456789"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
LINE = re.compile(r"^([a-z_]+)(?:\{(.*)\})? ([\d.e+-]+)$")


@pytest.fixture
def figures(settings):
    """{(name, labels): value} of /metrics, as text of a scrape."""
    settings.METRICS_TOKEN = TOKEN

    def read():
        answer = Client().get("/metrics", headers=HEADERS)
        assert answer.status_code == 200
        lines = (LINE.match(line) for line in answer.content.decode().splitlines() if not line.startswith("#"))
        return {(line[1], line[2] or ""): float(line[3]) for line in lines}

    return read


def growth(before, after, name, **labels):
    """By how much the figures of a name with these labels have grown."""
    wanted = [f'{label}="{value}"' for label, value in labels.items()]

    def total(figures):
        return sum(v for (n, shown), v in figures.items() if n == name and all(one in shown for one in wanted))

    return total(after) - total(before)


def test_without_a_token_the_address_does_not_exist(client):
    assert settings.METRICS_TOKEN == ""
    for headers in ({}, {"Authorization": "Bearer "}):
        assert client.get("/metrics", headers=headers, follow=True).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer falsch", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"])
def test_who_does_not_know_the_token_learns_nothing(client, settings, given):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": given})
    assert (answer.status_code, answer.content, answer["WWW-Authenticate"]) == (401, b"", "Bearer")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


def test_prometheus_needs_neither_host_name_nor_https_and_may_only_read(client, settings):
    settings.METRICS_TOKEN = TOKEN
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get("/metrics", headers=HEADERS | {"Host": "10.0.0.7:8000"})
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert client.post("/metrics", headers=HEADERS).status_code == 405


def test_requests_are_counted_by_kind_of_page(figures, client):
    article = make_article()
    before = figures()
    client.get(article.get_absolute_url())
    client.get("/aktuelles/gibt-es-nicht/")
    client.get("/weder/noch/")
    client.generic("BREW", "/")
    after = figures()
    assert growth(before, after, "portal_requests_total", page="news:article", method="GET", status="200") == 1
    assert growth(before, after, "portal_requests_total", page="news:article", method="GET", status="404") == 1
    assert growth(before, after, "portal_requests_total", page="none", status="404") == 1
    assert growth(before, after, "portal_requests_total", page="none", method="other", status="405") == 1
    assert growth(before, after, "portal_request_seconds_count", page="news:article") == 2
    assert growth(before, after, "portal_database_queries_total", page="news:article") >= 2
    assert growth(before, after, "portal_database_seconds_total", page="news:article") > 0
    assert after["portal_requests_in_flight", 'part="site"'] == 1  # the scrape itself
    assert after["portal_database_up", ""] == 1
    assert after["portal_free_bytes", ""] > 0


def test_what_else_happens_is_counted(figures, client, monkeypatch):
    monkeypatch.setattr("forum.searching.views.throttle", Throttle(10))
    get_user_model().objects.create_user("leser", password="ein-langes-passwort")
    before = figures()
    client.get("/suche/?q=xyzxyz")
    client.post("/redaktion/login/", {"login": "leser", "password": "falsch"})
    metrics.count("pagecache", "hit")
    after = figures()
    assert growth(before, after, "portal_events_total", subject="search", event="vain") == 1
    assert growth(before, after, "portal_events_total", subject="desk", event="refused") == 1
    assert growth(before, after, "portal_events_total", subject="pagecache", event="hit") == 1


def test_nobody_can_fill_the_memory_with_names(figures, client):
    client.get("/a/")
    few = figures()
    for n in range(30):
        client.get(f"/erfunden-{n}/?x={n}")
        client.get(f"/aktuelles/erfunden-{n}/")
        client.generic(f"M{n}", "/")
        client.get("/", headers={"X-Request-ID": f"abcdefgh-{n}"})
    many = figures()
    assert len(many) - len(few) < 60
    assert not any("erfunden" in labels or "M7" in labels for _, labels in many)


def test_a_figure_that_cannot_be_had_is_left_out(figures, settings, tmp_path):
    settings.DATA = tmp_path / "gibt-es-nicht"
    assert ("portal_free_bytes", "") not in figures()


def test_the_age_of_the_last_whole_backup_is_told(figures, settings, tmp_path):
    settings.DATA, age = tmp_path, ("portal_backup_age_seconds", "")
    assert age not in figures()  # never made one
    note_backup("neu.tar", 1)
    assert 0 <= figures()[age] < 60
    yesterday = timezone.now() - timedelta(hours=27)
    for says, seconds in (({"at": yesterday.isoformat()}, 27 * 3600), ({"at": "2999-01-01T00:00:00+00:00"}, 0)):
        (tmp_path / "last-backup.json").write_text(json.dumps(says))
        assert figures()[age] == pytest.approx(seconds, abs=60)
    (tmp_path / "last-backup.json").write_text('{"at": ')
    assert age not in figures()


# Ids


def test_every_answer_names_its_request(client):
    ids = {client.get(path)["X-Request-ID"] for path in ("/", "/", "/gibt-es-nicht/", "/healthz", "/static/x")}
    assert len(ids) == 5
    assert all(re.fullmatch("[0-9a-f]{12}", one) for one in ids)


@pytest.mark.parametrize(
    ("given", "taken"),
    [("0af7651916cd43dd", True), ("a-b_c.d-0123", True), ("kurz", False), ("x" * 65, False), ("abc def ghi", False),
     ("abcdefgh\nx", False), ("<script>12", False), ("", False)],
)  # fmt: skip
def test_an_id_is_taken_only_from_our_proxy_and_only_well_formed(rf, given, taken):
    request = rf.get("/", HTTP_X_REQUEST_ID=given)
    request.from_proxy = False
    assert id_of(request) != given
    request.from_proxy = True
    assert (id_of(request) == given) is taken


def record(name="x", args=(), **extra):
    made = logging.LogRecord(name, logging.INFO, "x.py", 1, "Text", args, None)
    vars(made).update(extra)
    return made


def test_log_lines_of_a_request_name_it(client):
    answer = client.get("/")
    assert json.loads(JsonFormatter().format(record()))["request"] == answer["X-Request-ID"]
    atoms = {"m": "GET", "U": "/", "s": "200", "b": "1", "M": 1}
    assert json.loads(AccessFormatter().format(record(args=(atoms,))))["request"] == answer["X-Request-ID"]


def test_the_page_that_says_an_error_happened_names_it(monkeypatch):
    def broken(*args):
        raise RuntimeError("geheim")

    monkeypatch.setattr("forum.views.represented_districts", broken)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert f"Kennung <code>{answer['X-Request-ID']}</code>, bitte bei Rückfragen nennen" in answer.content.decode()


# What takes long


def test_a_slow_query_is_logged_without_what_was_asked(settings, caplog, client):
    settings.SLOW_QUERY_MS = 20
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.03), %s, 'Erika 4711' WHERE 42 IN (%s, %s, %s)", ["geheim", 1, 2, 42])
    (line,) = [one for one in caplog.records if one.name == "forum.slow"]
    assert line.facts["statement"] == "SELECT pg_sleep(?), %s, … WHERE ? IN (%s, …)"
    assert line.facts["ms"] >= 30
    content = json.loads(JsonFormatter().format(line))
    assert content["ms"] == line.facts["ms"]
    assert "geheim" not in str(content)
    caplog.clear()
    settings.SLOW_QUERY_MS = 200
    client.get("/")
    assert not [one for one in caplog.records if one.name == "forum.slow"]


def test_a_slow_request_is_logged_by_its_kind(settings, caplog, client):
    settings.SLOW_REQUEST_MS = 0
    client.get("/suche/?q=geheim")
    line = [one for one in caplog.records if one.name == "forum.slow"][-1]
    assert line.facts["page"] == "search"
    assert line.facts.keys() == {"page", "ms", "queries", "query_ms", "status"}
    assert "geheim" not in JsonFormatter().format(line)


def test_the_shape_of_a_statement_holds_no_values():
    assert shape("SELECT  1,\n 'a''b', $$x'y$$ FROM t1 WHERE x = 'o' || 12.5") == "SELECT ?, … FROM t1 WHERE x = ? || ?"
    assert len(shape("x " * 5000)) == 1000


def test_watching_costs_next_to_nothing(rf):
    """CPU of the watching alone, generously: 200 µs here stand for about 20 on an idle machine."""
    from django.http import HttpResponse

    from forum.watching import WatchMiddleware

    watch = WatchMiddleware(lambda request: HttpResponse())
    request = rf.get("/")
    request.from_proxy = False
    watch(request)
    started = time.process_time()
    for _ in range(500):
        watch(request)
    assert (time.process_time() - started) / 500 < 200e-6


# What operators are given to read them with


def test_dashboard_and_alerts_ask_only_for_figures_there_are(figures, client, settings, tmp_path):
    settings.DATA = tmp_path
    note_backup("neu.tar", 1)
    client.get("/")
    metrics.count("x", "y")
    metrics.ERRORS.labels("x", "y")
    there = {name for name, _ in figures()} | {"portal_workers"}
    folder = settings.ROOT / "docs"
    dashboard = json.loads((folder / "grafana-dashboard.json").read_text())
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"]) >= 6
    for text in (json.dumps(dashboard), (folder / "prometheus-alerts.yml").read_text()):
        asked = set(re.findall(r"\bportal_[a-z_]+", text))
        assert len(asked) >= 4
        assert asked <= there
