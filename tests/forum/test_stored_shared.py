"""Pages that several processes share through a real Redis: only if they would have made the same."""

import pytest

from forum.caching.reach import reach
from forum.caching.shared import Shared, fingerprint
from tests.factories import make_article
from tests.forum.test_withdrawn import looked
from tests.readers import Reader, committed
from tests.redis import redis_server

SECURITY = "/.well-known/security.txt"


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    with redis_server(tmp_path_factory.mktemp("redis")) as (url, _):
        yield url


@pytest.fixture
def process(redis):
    """Call it: a process that begins with the settings of this moment."""
    Shared(redis).clear()
    return lambda: Reader(Shared(redis))


def how(answer):
    return answer["Cache-Status"].partition("; ")[2]


def test_two_processes_with_other_settings_share_no_page(process, settings):
    first, second = process(), process()
    assert [how(one("/impressum/")) for one in (first, second)] == ["fwd=miss; stored", "hit; detail=shared"]
    settings.HSTS_SUBDOMAINS_OF_TOMORROW = True  # any setting there will ever be
    assert how(process()("/impressum/")) == "fwd=miss; stored"


def test_what_a_page_shows_of_a_setting_is_of_this_process(process, settings):
    settings.SECURITY_CONTACT = "alt@example.org"
    old = process()
    assert "alt@example.org" in old(SECURITY).text
    settings.SECURITY_CONTACT = "neu@example.org"
    assert "neu@example.org" in process()(SECURITY).text
    assert "alt@example.org" in old(SECURITY).text


def test_machines_of_one_portal_have_one_fingerprint(settings):
    before = fingerprint()
    settings.PORT, settings.TRUSTED_PROXIES, settings.DATABASE_URL = 4711, ["10.0.0.7"], "postgresql://x"
    assert fingerprint() == before


def test_another_version_of_a_library_counts(monkeypatch, tmp_path):
    before = fingerprint()
    (tmp_path / "nh3-99.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert fingerprint() != before


def test_who_begins_during_an_outage_shows_lists_and_what_is_of_the_last_version(process, monkeypatch):
    first, article = process(), make_article()
    paths = ["/aktuelles/", article.get_absolute_url()]

    def seen_by_a_new_process():
        """(status of the list, of the article) while the database is away."""
        with monkeypatch.context() as moment:
            moment.setattr(reach, "away", True)
            new = process()
            return [new(path).status for path in paths]

    for path in paths:
        first(path)
    looked(first)
    assert seen_by_a_new_process() == [200, 200]
    committed()
    make_article()
    looked(first)  # the article is still public, and who has it knows that
    assert seen_by_a_new_process() == [200, 503]
