"""The API against its own description, as schemathesis reads it: questions it allows and questions it forbids."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import given
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from events.models import Series, Venue
from forum.limits import API
from forum.models import Topic
from forum.wsgi import application
from tests.factories import make_article, make_event, make_item, make_person
from tests.fuzzing import bounded


@pytest.fixture
def described(monkeypatch):
    monkeypatch.setattr(API, "most", 1_000_000)
    topic = Topic.objects.create(name="Wirkung")
    person = make_person(in_directory=True, topics=[topic], districts=["Pankow"])
    event = make_event(title="Forum", topics=[topic], contacts=[person], venue=Venue.objects.create(name="Haus"),
                       series=Series.objects.create(title="Reihe"))  # fmt: skip
    make_item(event, [person])
    make_article(title="Bericht", topics=[topic], contacts=[person], event=event)
    signals = (request_started, request_finished)
    for signal in signals:  # as Django's own client does: the connection belongs to the test
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_the_api_keeps_what_it_describes(described, mode):
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) == 6
    if mode.is_negative:  # any text may be the name of a thing: nothing in those addresses is forbidden
        operations = [one for one in operations if "{" not in one.path]
    for operation in operations:

        @bounded(12)
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            case.call_and_validate(
                headers={"Accept-Encoding": "identity"},  # it does not unpack what it asks for
                excluded_checks=[positive_data_acceptance],  # which topics there are stands in no description
            )

        ask()
