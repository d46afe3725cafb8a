"""Pages shared through a real Redis: what lies there, what may be away, what others keep there."""

import pickle

import pytest
from redis import Redis

from forum.caching.reach import reach
from forum.caching.shared import Shared, fingerprint
from tests.backups import Installation
from tests.factories import make_article
from tests.readers import Reader, committed, looked
from tests.redis import redis_server


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with redis_server(tmp_path_factory.mktemp("redis")) as (url, _):
        yield url


@pytest.fixture
def redis(address):
    """The server as others see it, emptied."""
    with Redis.from_url(address) as server:
        server.flushdb()
        yield server


@pytest.fixture
def reader(address, redis):
    return Reader(Shared(address))


@pytest.fixture
def process(address, redis):
    """Call it: a process that begins with the settings of this moment."""
    return lambda: Reader(Shared(address))


def test_another_process_has_the_page_and_it_lies_there_compressed(reader, redis, address):
    path = make_article(text="<p>Ein langer Text.</p>" * 500).get_absolute_url()
    made = reader(path)  # by somebody who reads no compression
    assert redis.strlen(only(redis)) < len(made.content) / 3
    other = Reader(Shared(address))(path)
    assert other["Cache-Status"] == "innovationsforum; hit; detail=shared"
    assert other.content == made.content


def only(redis):
    (name,) = redis.keys()
    return name


def test_what_somebody_else_wrote_there_is_not_read(reader, redis, address):
    class Trap:
        def __reduce__(self):
            return pytest.fail, ("unpickled",)

    reader("/")
    name, there = only(redis), redis.get(only(redis))
    reader("/impressum/")
    (other,) = set(redis.keys()) - {name}
    for content in (pickle.dumps(Trap()), b"\0" * 32 + pickle.dumps(Trap()), b"", b"x", redis.get(other)):
        redis.set(name, content)
        assert Reader(Shared(address))("/")["Cache-Status"] == "innovationsforum; fwd=miss; stored"
    redis.set(name, there)
    assert Reader(Shared(address))("/").was_stored


def test_names_tell_nothing_and_are_not_those_of_another_portal(reader, redis, address, settings):
    reader("/impressum/")
    assert b"impressum" not in only(redis)
    settings.SITE_URL = "https://anderes.example"
    assert not Reader(Shared(address))("/impressum/").was_stored
    assert len(redis.keys()) == 2


def test_clearing_removes_the_pages_of_this_portal_only(reader, redis, address, settings):
    redis.set("fremd", "bleibt")
    for path in ("/", "/impressum/"):
        reader(path)
    Shared(address).clear()
    assert redis.keys() == [b"fremd"]


def test_without_it_each_process_makes_its_pages(tmp_path):
    with redis_server(tmp_path) as (url, process):
        reader = Reader(Shared(url))
        reader("/")
        process.kill()
        process.wait()
    assert reader("/").was_stored
    assert reader("/impressum/").status == 200
    assert reader.cache.shared.rests_until > 0
    Shared(url).clear()


@pytest.fixture
def elsewhere(tmp_path):
    made = Installation("shared_elsewhere", tmp_path / "elsewhere").create().fill_as_new()
    yield made
    made.drop()


def test_restoring_clears_our_pages_and_needs_no_redis(elsewhere, reader, redis, address, tmp_path, settings):
    own = {"SITE_URL": settings.SITE_URL, "SECRET_KEY": settings.SECRET_KEY}
    elsewhere.manage("backup", tmp_path / "backups")
    redis.set("fremd", "bleibt")
    reader("/")
    elsewhere.manage("restore", tmp_path / "backups", "--replace", CACHE_URL=address, **own)
    assert redis.keys() == [b"fremd"]
    with redis_server(tmp_path) as (url, process):
        process.kill()
        process.wait()
        elsewhere.manage("restore", tmp_path / "backups", "--replace", CACHE_URL=url)


# Only what both would have made the same is shared

SECURITY = "/.well-known/security.txt"


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
