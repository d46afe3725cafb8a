"""The API against its own description, as schemathesis reads it: questions it allows and questions it forbids."""

import pytest
import schemathesis
from hypothesis import given
from schemathesis import GenerationMode

from events.models import Series, Venue
from forum.limits import API
from forum.models import Topic
from forum.wsgi import application
from tests.factories import make_article, make_event, make_item, make_person, make_picture
from tests.fuzzing import bounded


@pytest.fixture
def described(monkeypatch):
    monkeypatch.setattr(API, "most", 1_000_000)
    topic = Topic.objects.create(name="Wirkung")
    person = make_person(in_directory=True, topics=[topic], districts=["Pankow"])
    event = make_event(title="Forum", topics=[topic], contacts=[person], venue=Venue.objects.create(name="Haus"),
                       series=Series.objects.create(title="Reihe"), picture=make_picture())  # fmt: skip
    make_item(event, [person])
    make_article(title="Bericht", topics=[topic], contacts=[person], event=event)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_the_api_keeps_what_it_describes(described, mode):
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) == 6
    for operation in operations:

        @bounded(12)
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            case.call_and_validate()

        ask()
