"""`/.well-known/security.txt` as RFC 9116 wants it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

ADDRESS = "/.well-known/security.txt"


def fields(client):
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    lines = answer.content.decode().splitlines()
    named = dict(line.split(": ", 1) for line in lines)
    assert len(named) == len(lines)  # Expires and Preferred-Languages must not occur twice
    return named


@pytest.mark.parametrize("today", ["2026-11-25", "2028-02-29", "2099-12-31"])
def test_it_names_a_contact_and_never_runs_out(client, settings, today):
    settings.SITE_URL = "https://forum.example.org"
    with time_machine.travel(today, tick=False):
        named = fields(client)
    assert list(named) == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert named["Contact"] == "mailto:barrieren@example.org"
    assert named["Canonical"] == f"https://forum.example.org{ADDRESS}"
    ahead = datetime.fromisoformat(named["Expires"]) - datetime.fromisoformat(today).replace(tzinfo=UTC)
    assert timedelta(days=30) < ahead < timedelta(days=365)  # a year at most is advised (RFC 9116, 2.5.5)


def test_the_contact_may_be_a_page(client, settings):
    settings.SECURITY_CONTACT = "https://forum.example.org/sicherheit/"
    assert fields(client)["Contact"] == "https://forum.example.org/sicherheit/"
