"""Undo: every change at the desk is a version."""

from events.models import Event
from forum.snapshots import history
from forum.versions import recording
from tests.factories import make_event, make_item, make_person, make_picture


def test_smoke(staff):
    person = make_person(given_name="Anika", family_name="Göbel")
    event = make_event(title="Alt", topics=["Eins", "Zwei"], contacts=[person], picture=make_picture())
    item = make_item(event, people=[person])
    with recording(staff):
        event.title = "Neu"
        event.save()
        item.participations.all().delete()
    versions = list(history(Event, event.pk))
    assert [v.revision.comment for v in versions] == []
