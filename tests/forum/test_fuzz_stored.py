"""Whatever is asked of stored pages: what is kept is what Django itself would answer, and never an error of ours."""

from urllib.parse import urlencode

from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from forum.caching.marks import storable_at
from tests.forum.test_fuzz_addresses import content  # noqa: F401 - a fixture
from tests.fuzzing import TEXTS, bounded
from tests.readers import Reader

KNOWN = ["vergangen", "wirkung", "reihe", "2", "1", "online", "hell", "pankow", "20", "leicht"]  # what leads somewhere
VALUES = st.one_of(TEXTS, st.sampled_from(KNOWN))
OUR_OWN = {"X-Request-ID", "Cache-Status", "Last-Modified"}


def sent(answer) -> tuple:
    return answer.status, {name: value for name, value in answer.headers.items() if name not in OUR_OWN}, answer.content


@bounded(40)
@given(data=st.data())
def test_what_is_stored_is_what_everybody_would_get(content, settings, data):  # noqa: F811
    """Every view that is stored, with the parameters that it says it knows and some that nobody knows."""
    settings.RATE_LIMITS = False
    place = data.draw(st.sampled_from([one for one in content if storable_at(one)]))
    storable = storable_at(place)
    names = [*storable.parameters, *storable.unless, "utm_source", "q"]
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(names), VALUES), max_size=5))
    pairs = [(name, value.encode("utf-8", "surrogatepass")) for name, value in pairs]
    asked = f"{place}?{urlencode(pairs)}"
    reader, coding = Reader(), data.draw(st.sampled_from(["", "br", "gzip", "br;q=0, gzip"]))
    first, second = (reader(asked, accept_encoding=coding) for _ in range(2))
    assert first.status in (200, 301, 302, 400, 404), asked
    assert "Set-Cookie" not in first.headers, asked
    if second.was_stored:
        assert first.status == 200, asked
        assert sent(second) == sent(first), asked
        alone = urlencode([(name, value) for name, value in pairs if name in storable.parameters])
        assert reader(asked).content == Client().get(f"{place}?{alone}").content, asked
    if first.status != 200 or {name for name, _ in pairs} & set(storable.unless):
        assert not second.was_stored, asked
        assert not reader.cache.pages.entries, asked
        assert not reader.cache.queried.entries, asked


@bounded(25)
@given(data=st.data())
def test_the_way_of_writing_makes_no_other_page(content, settings, data):  # noqa: F811
    """One page is stored once, however its parameters are shuffled among what is not its own."""
    settings.RATE_LIMITS = False
    place = data.draw(st.sampled_from([one for one in content if storable_at(one)]))
    names = storable_at(place).parameters or ("utm_source",)
    pairs = data.draw(st.dictionaries(st.sampled_from(names), st.sampled_from(KNOWN), max_size=4))
    reader = Reader()
    for _ in range(3):
        shuffled = data.draw(st.permutations([*pairs.items(), ("fbclid", "x"), ("utm_medium", "mail")]))
        answer = reader(f"{place}?{urlencode(shuffled)}")
    if not pairs and not place.startswith("/api/"):
        assert answer.was_stored, place
    assert len(reader.cache.pages.entries) + len(reader.cache.queried.entries) <= 1


@bounded(40)
@given(place=st.binary(max_size=40), query=st.binary(max_size=60), host=st.sampled_from(["testserver", "x", ""]))
def test_every_byte(place, query, host):
    environ = {"QUERY_STRING": query.decode("latin-1")}
    answer = Reader()("/", host=host, environ=environ | {"PATH_INFO": f"/{place.decode('latin-1')}"})
    assert answer.status in (200, 301, 302, 400, 404, 410), (place, query, host)
