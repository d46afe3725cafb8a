"""Pages shared through a real Redis: what lies there, what may be away, what others keep there."""

import pickle

import pytest
from redis import Redis

from forum.caching.shared import Shared
from tests.backups import Installation
from tests.factories import make_article
from tests.readers import Reader
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
