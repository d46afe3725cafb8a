"""The judge of packages: licences hold in every run of the tests, what it says of releases is tried without a net."""

from datetime import UTC, datetime

import pytest

from tests.audit import packages

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_every_locked_package_may_be_used():
    fresh = datetime.now(UTC)
    assert len(packages.locked()) > 40
    assert {name: misses for name, _ in packages.locked() if (misses := packages.judge(name, fresh))} == {}


def test_no_reason_outlives_its_package():
    explained = set(packages.ACCEPTED) | set(packages.QUIET)
    assert explained
    assert [name for name in explained if not packages.licence(name)] == []


@pytest.mark.parametrize(
    ("name", "licence", "released", "says"),
    [
        ("neu", "MIT", datetime(2026, 1, 1, tzinfo=UTC), []),
        ("alt", "MIT", datetime(2025, 11, 24, tzinfo=UTC), ["Seit dem 24.11.2025 ist nichts erschienen."]),
        ("six", "MIT", datetime(2020, 1, 1, tzinfo=UTC), []),
        ("fremd", "GPL-3.0-only", NOW, ["Die Lizenz „GPL-3.0-only“ ist nicht freizügig."]),
        ("beides", "MIT AND LGPL-3.0-only", NOW, ["Die Lizenz „MIT AND LGPL-3.0-only“ ist nicht freizügig."]),
        ("stumm", "", NOW, ["Die Lizenz „keine genannt“ ist nicht freizügig."]),
        ("psycopg", "LGPL-3.0-only", NOW, []),
        ("fehlt", "MIT", None, ["Wann die letzte Ausgabe erschien, ließ sich nicht feststellen."]),
    ],
)
def test_what_is_neither_free_nor_fresh_is_named(monkeypatch, name, licence, released, says):
    monkeypatch.setattr(packages, "licence", lambda name: licence)
    assert packages.judge(name, released, NOW) == says


def test_the_latest_file_of_a_release_counts():
    lock = {
        "package": [
            {"name": "Ein_Paket", "version": "1", "sdist": {"upload-time": "2026-01-02T00:00:00Z"},
             "wheels": [{"upload-time": "2026-01-03T00:00:00.5Z"}, {"url": "x"}]},
            {"name": "eigenes", "version": "1"},
        ]
    }  # fmt: skip
    assert packages.uploads(lock) == {"ein-paket": datetime(2026, 1, 3, 0, 0, 0, 500_000, tzinfo=UTC)}
