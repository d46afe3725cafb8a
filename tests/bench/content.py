"""Fill with 1,000 articles and 100 events, the first twenty rows with four topics, one event with ten workshops.

Prints the addresses of an article and of that event.
"""

import os
from datetime import timedelta
from itertools import cycle, islice

import django


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "forum.settings"
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from contacts.models import Person
    from events.models import Event, EventTopic
    from forum.models import Topic
    from news.models import Article, ArticleTopic
    from tests.factories import make_item

    call_command("fill", articles=1_000, events=100, seed=4, stdout=open(os.devnull, "w"))  # noqa: PTH123, SIM115
    topics = list(Topic.objects.order_by("pk")[:12])
    articles = list(Article.objects.published().pinned_first()[:20])
    for through, things in ((ArticleTopic, articles), (EventTopic, Event.objects.published().upcoming()[:20])):
        for number, thing in enumerate(things):
            through.objects.filter(content_object=thing).delete()
            thing.topics.add(*islice(cycle(topics), number % 12, number % 12 + 4))
    starts = timezone.now() + timedelta(days=30)
    event = Event.objects.create(
        title="Werkstatttag", lead="Zehn Werkstätten.", text=articles[0].text, starts_at=starts,
        ends_at=starts + timedelta(hours=7), published_at=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    event.topics.add(*topics[:4])
    people = list(Person.objects.published().order_by("pk")[:20])
    for number in range(10):
        at = starts + timedelta(minutes=30 * number)
        make_item(
            event, people[2 * number :][:2], title=f"Werkstatt {number}", text="<p>Wir arbeiten zusammen.</p>" * 3,
            starts_at=at, ends_at=at + timedelta(minutes=30), position=number,
        )  # fmt: skip
    print(articles[3].get_absolute_url(), event.get_absolute_url())


if __name__ == "__main__":
    main()
