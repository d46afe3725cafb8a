"""Whatever stands in an address: an answer in words, never an error of ours, and nothing of it as code on the page."""

import json
import re
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Postcode
from events.models import Series, Venue
from forum.models import Page, Topic
from tests.factories import make_article, make_event, make_item, make_person
from tests.forum.test_doors import ROUTES, address, for_whom
from tests.fuzzing import TEXTS, bounded

NAMES = [
    "q", "seite", "thema", "art", "jahr", "format", "zeitraum", "reihe", "ort", "bereich", "anzahl", "farben", "bezirk",
    "leicht", "next", "rueckblick", "p", "_facets",
]  # fmt: skip
READABLE = [route for route in ROUTES if for_whom(route) in ("public", "api", "key", "signing in")]
MARK = "<fuzz\"'>"


@pytest.fixture
def content():
    """A little of everything; returns addresses of lists and things."""
    topic = Topic.objects.create(name="Wirkung")
    person = make_person(in_directory=True, topics=[topic], districts=["Pankow"])
    venue, series = Venue.objects.create(name="Haus"), Series.objects.create(title="Reihe")
    event = make_event(topics=[topic], contacts=[person], venue=venue, series=series)
    item, article = make_item(event, [person]), make_article(topics=[topic], contacts=[person], event=event)
    things = [thing.get_absolute_url() for thing in (person, event, series, item, article, topic)]
    assert Postcode.objects.exists()
    assert Page.objects.exists()
    return [address(route) for route in READABLE if "<" not in route] + things + ["/impressum/", "/kontakt/pankow/"]


def is_sound(answer, asked) -> bool:
    assert answer.status_code in (200, 301, 302, 304, 400, 404, 405, 410), asked
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.get("Content-Type", "")
    if kind.startswith("text/html"):
        page = text.decode()
        assert MARK not in page, asked
        assert not re.search("<script>alert|Traceback", page), asked
    elif "json" in kind:
        json.loads(text)
    assert "\n" not in "".join(answer.headers.values()), asked
    assert "Set-Cookie" not in answer.headers, asked
    return True


@bounded(80)
@given(data=st.data())
def test_every_parameter(content, data):
    place = data.draw(st.sampled_from(content))
    query = data.draw(st.lists(st.tuples(st.sampled_from(NAMES), TEXTS), min_size=1, max_size=5))
    pairs = [(name, value.encode("utf-8", "surrogatepass")) for name, value in query] + [("q", MARK), ("ort", MARK)]
    asked = f"{place}?{urlencode(pairs)}"
    assert is_sound(Client(REMOTE_ADDR=data.draw(st.ip_addresses().map(str))).get(asked), asked)


@bounded(25)
@given(data=st.data())
def test_every_byte_of_a_query(content, data):
    place, query = data.draw(st.sampled_from(content)), data.draw(st.binary(max_size=60))
    raw = data.draw(st.sampled_from([quote_from_bytes(query), query.decode("latin-1"), "&".join("q" * 400)]))
    assert is_sound(Client().get(place, QUERY_STRING=raw), (place, raw))


@bounded(40)
@given(data=st.data())
def test_every_path(content, data):
    route = data.draw(st.sampled_from(READABLE))
    parts = [data.draw(TEXTS) for _ in range(route.count("<"))]
    path = re.sub(r"<[^>]*>", lambda _: parts.pop().replace("?", "").replace("#", "") or "x", f"/{route}")
    asked = quote_from_bytes(path.encode("utf-8", "surrogatepass"), safe=data.draw(st.sampled_from(["/", "/%", "/<>"])))
    assert is_sound(Client().get(asked), asked)


@bounded(25)
@given(
    path=st.binary(max_size=60), before=st.sampled_from(["/", "//", "/redaktion/", "/static/", "/medien/", "/%2e%2e/"])
)
def test_every_byte_of_a_path(path, before):
    assert is_sound(Client().get(before + quote_from_bytes(path)), path)


@bounded(25)
@given(data=st.data())
def test_every_header(content, data):
    names = ["accept", "accept-language", "accept-encoding", "cookie", "if-none-match", "if-modified-since", "range", "referer",
             "user-agent", "origin", "x-forwarded-for", "content-type", "x-requested-with"]  # fmt: skip
    latin = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60)
    headers = data.draw(st.dictionaries(st.sampled_from(names), latin, max_size=5))
    place = data.draw(st.sampled_from(content))
    assert is_sound(Client().get(place, headers=headers), (place, headers))


@bounded(25)
@given(data=st.data())
def test_forms_of_readers(data):
    fields = [
        "login",
        "password",
        "next",
        "code",
        "credential",
        "confirm",
        "seen",
        "phone",
        "new_password1",
        "csrfmiddlewaretoken",
    ]
    form = data.draw(
        st.dictionaries(st.sampled_from(fields), TEXTS.filter(lambda text: "\ud800" not in text), max_size=5)
    )
    place = data.draw(st.sampled_from(["/redaktion/login/", "/redaktion/login/passkey/", f"/eintrag-pruefen/{'x' * 43}/",
                                       "/redaktion/einladung/1/x-y/", "/suche/", "/"]))  # fmt: skip
    kind = data.draw(st.sampled_from(["", "application/json", "text/plain", "application/x-www-form-urlencoded"]))
    client = Client(REMOTE_ADDR=data.draw(st.ip_addresses().map(str)))
    body = data.draw(st.binary(max_size=80))
    answer = client.post(place, body, content_type=kind) if kind else client.post(place, form)
    assert answer.status_code in (200, 302, 400, 403, 404, 405, 410, 429), (place, form, body)
    assert not re.search(r"<script>alert", answer.content.decode()), (place, form)
    assert "evil" not in answer.get("Location", "")


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example",
                                    "http:evil.example", "///evil.example", "/redaktion/@evil.example/..//evil.example"])  # fmt: skip
def test_signing_in_leads_nowhere_else(staff, target):
    form = {"login": "chefin", "password": "geheim-und-lang", "next": target}
    answer = Client().post("/redaktion/login/", form)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/redaktion/")
