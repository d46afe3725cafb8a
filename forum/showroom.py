"""The showroom: every component of the pages in all its states, with its parameters; only while PORTAL_DEBUG is on.

The samples are real records, made in a transaction that is always rolled back: looking changes nothing.
"""

from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import render
from django.template import loader
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from contacts.finder import find
from contacts.models import District, Person, Representation
from contacts.responsibility import represented_districts
from events.models import Event, Participation, ProgrammeItem, Venue
from events.programme import cast, timeline
from forum.barriers import statement
from forum.filters import Filter, Filters
from forum.models import Attachment, Barrier, Picture, Topic
from forum.publishing import State
from forum.qr import qr_code
from forum.searching.excerpts import Marks, marked
from forum.searching.finding import Hit
from forum.searching.sources import SOURCES
from forum.templatetags.portal import placeholder as mark_for
from news.models import Article, ArticleType

LIST_ITEMS = {"article_row", "event_row", "menu_item", "search_hit", "footer_pages"}  # they stand in a list
COMPONENTS = settings.ROOT / "templates" / "components"


@require_safe
def showroom(request):
    """All components, each with the parameters its first line names."""
    if not settings.DEBUG:
        raise Http404
    with transaction.atomic():
        shown = [
            {"name": name, "parameters": first_line(name), "samples": [(state, drawn(name, context, request)) for state, context in states]}
            for name, states in sorted(samples(request).items())
        ]  # fmt: skip
        transaction.set_rollback(True)
    return render(request, "forum/showroom.html", {"components": shown})


def first_line(name: str) -> str:
    """What a component's first line says about its parameters."""
    comment = (COMPONENTS / f"{name}.html").read_text().partition("\n")[0]
    return comment.removeprefix("{#").removesuffix("#}").strip().partition(" – ")[2]


def drawn(name: str, context: dict, request: HttpRequest) -> str:
    html = loader.render_to_string(f"components/{name}.html", context, request)
    return format_html('<ul class="rows">{}</ul>', html) if name in LIST_ITEMS else html


def hits() -> dict[str, Hit]:
    """Things found: with everything, and with what is least."""
    marks, at = Marks(("nachhalt",)), timezone.now()
    title, text = (
        marked("Nachhaltigkeit & wir", marks, whole=True),
        marked("Ein Gespräch über nachhaltige Arbeit.", marks),
    )
    return {
        "mit allem": Hit(SOURCES["veranstaltungen"], title, "en", "abgesagt", text, at, "/veranstaltungen/"),
        "nur Titel": Hit(SOURCES["themen"], title, "", "", marked("", marks), None, "/themen/"),
    }


def samples(request: HttpRequest) -> dict[str, list[tuple[str, dict]]]:
    """Return for every component its states: a German name and the context it is drawn with."""
    now = timezone.now()
    picture = Picture.objects.first()
    topics = [
        Topic.objects.get_or_create(name=name)[0] for name in ("Wirkung", "Freiwilliges Engagement", "Innovation")
    ]
    people = sample_people(topics, picture)
    full, absent, bare, _ = people
    venue = Venue.objects.create(
        name="Beispielhaus", street="Musterstraße 1", postcode="10115", district=District.objects.first(),
        step_free=True, lift=True, induction_loop=False, route="U-Bahn Musterplatz.", way_in="Durch das Tor, dann links.",
    )  # fmt: skip
    events = sample_events(now, venue, picture, topics)
    event = events["kommt"]
    items = sample_programme(event, people)
    articles = sample_articles(now, picture, topics)
    districts = represented_districts()
    file = Attachment(title="Protokoll der Werkstatt", file="protokoll.pdf", size=1_250_000)
    slides = Attachment(
        title="What Counts",
        title_language="en",
        file="slides.pptx",
        size=4_100_000,
        summary="Zwölf Folien zum Vortrag, mit beschriebenen Bildern.",
    )
    pages = Paginator(range(400), 20)
    themes = Filter(
        request, "thema", "Thema", "alle Themen", {topic.slug: topic.name for topic in topics}, wanted="wirkung"
    )
    themes.counts.update({topic.slug: 1200 + number for number, topic in enumerate(topics)})
    wrong = Filter(request, "jahr", "Jahr", "alle Jahre", {"2027": "2027"}, wanted="abc")
    wrong.counts["2027"] = 4
    easy = articles["mit Bild"]
    facts = [("stufenlos erreichbar", True), ("Aufzug", True), ("Induktionsschleife", False)]
    return {
        "absence": [("abwesend mit Vertretung", {"person": absent})],
        "access_facts": [("alles", {"facts": facts}), ("nichts bekannt", {"facts": []})],
        "article_row": [
            (f"{name}, {look or 'üblich'}", {"article": article, "look": look})
            for name, article in articles.items()
            for look in ("", "lead", "small")
        ],
        "attachments": [("zwei Dateien", {"rows": [{"attachment": file}, {"attachment": slides}]})],
        "barriers": [
            ("keine bekannt", {"page_title": "Bausteine", "barriers": {"as_of": now, "mail": settings.REPORTS_MAIL}}),
            ("eine offen, eine behoben", {"page_title": "Bausteine", "barriers": sample_barriers()}),
        ],
        "breadcrumb": [
            ("zwei Stufen", {"url": "/", "label": "Aktuelles", "current": "Ein Beitrag"}),
            ("drei Stufen", {"url": "/", "label": "Veranstaltungen", "url2": "/", "label2": "Ein langer Tag", "current": "Werkstatt"}),
        ],
        "cast": [("Mitwirkende", {"cast": cast(items)})],
        "contacts": [("zwei Personen", {"rows": [{"person": full}, {"person": absent}]})],
        "copy": [("üblich", {"id": "adresse", "label": "Adresse des Feeds", "text": "http://127.0.0.1/aktuelles/feed/?thema=wirkung"})],
        "date_block": [(name, {"event": one}) for name, one in events.items()],
        "districts": [("zwölf Bezirke", {"districts": districts})],
        "doors": [("immer gleich", {})],
        "empty": [("leere Liste", {"text": "Zu dieser Auswahl gibt es nichts.", "url": "/", "label": "Alles ansehen"})],
        "event_facts": [(name, {"event": one}) for name, one in events.items()],
        "event_row": [(name, {"event": one}) for name, one in events.items()],
        "event_status": [(name, {"event": one}) for name, one in events.items()],
        "easy_links": [("unsichtbar", {"item": easy})],
        "easy_note": [("normaler Text ist neuer", {"item": easy})],
        "easy_switch": [("auf der normalen Seite", {"item": easy}), ("auf der leichten", {"item": easy, "easy": True})],
        "event_facts_easy": [(name, {"event": one}) for name, one in events.items()],
        "event_status_easy": [(name, {"event": one}) for name, one in events.items()],
        "filters": [
            ("ein Filter gewählt, einer falsch", {"filters": Filters(request, [themes, wrong], 1200), "label": "Filtern", "things": "Beitrag,Beiträge"}),
            ("nichts zu filtern", {"filters": Filters(request, [], 0), "label": "Filtern", "things": "Beitrag,Beiträge"}),
        ],
        "search": [("leer", {}), ("mit Frage", {"text": "Nachhaltigkeit"})],
        "search_hit": [(name, {"hit": hit}) for name, hit in hits().items()],
        "finder": [("leer", {}), ("mit Frage", {"text": "10119"})],
        "finding": [(finding.text, {"finding": finding}) for finding in (find("10119"), find("Prenzlauer Berg"), find("Köpenik"), find("gibt es nicht"), find("Wirkung"))],
        "footer": [("immer gleich", {"page_title": "Bausteine"})],
        "footer_claim": [("immer gleich", {})],
        "footer_pages": [("immer gleich", {})],
        "gallery": [("drei Bilder", {"rows": [{"picture": picture}] * 3}), ("ein Bild", {"rows": [{"picture": picture}]})] if picture else [],
        "header": [("Startseite", {"path": "/"})],
        "icons": [("unsichtbar", {})],
        "map": [("kein Bezirk gewählt", {"districts": districts}), ("ein Bezirk gewählt", {"districts": districts, "current": districts[4]})],
        "mark": [("sieben Plätze", {}), ("ein Platz fehlt", {"empty": True})],
        "menu_item": [
            ("hier", {"url": "/aktuelles/", "label": "Aktuelles", "path": "/aktuelles/"}),
            ("darunter", {"url": "/aktuelles/", "label": "Aktuelles", "path": "/aktuelles/beitrag/"}),
            ("anderswo", {"url": "/aktuelles/", "label": "Aktuelles", "path": "/kontakt/"}),
        ],
        "next_event": [(name, {"event": one}) for name, one in events.items()],
        "pagination": [(f"Seite {number}", {"page": pages.page(number), "label": "Beiträge"}) for number in (1, 9, 20)],
        "participants": [("mit Rollen", {"participations": items[0].participations.all()})],
        "person_card": [(person.name, {"person": person, "show_topics": True}) for person in people],
        "picture": [("mit Unterschrift", {"picture": picture, **picture.sources("wide"), "sizes": "40rem", "figure": True})] if picture else [],
        "placeholder": [(slug, mark_for(slug)) for slug in ("wirkung", "teilhabe", "nachhaltig", "zukunft", "nachbarschaft", "ki")],
        "portrait": [("üblich", {"person": full}), ("klein", {"person": bare, "small": True})],
        "preview_banner": [
            (state.label, {"for_staff": True, "state": state, "published_at": now, "expires_at": now, "change_url": "/"})
            for state in State
        ],
        "programme": [("zwei Tage, Pause, gleichzeitig", {"days": timeline(items)})],
        "programme_item": [(item.get_kind_display(), {"item": item}) for item in items],
        "qr": [("nur auf Papier", {"address": request.build_absolute_uri("/"), "code": qr_code(request.build_absolute_uri("/"))})],
        "reach": [("üblich", {"person": full}), ("groß", {"person": full, "large": True}), ("nichts", {"person": bare})],
        "report": [("mit Titel und Adresse", {"page_title": "Bausteine"})],
        "social": [("unsichtbar", {"title": "Titel", "url": "/", "image_url": "/", "type": "article"})],
        "take_along": [("üblich", {"address": "/veranstaltungen/kalender.ics", "subscribe": "webcal://127.0.0.1/veranstaltungen/kalender.ics", "follow": "/folgen/"})],
        "topic_counts": [("alles", {"counts": {"people": 1, "events": 2, "articles": 3}}), ("nur Beiträge", {"counts": {"articles": 1}})],
        "topics": [
            ("mit Links", {"topics": topics, "at": "news:article_list"}),
            ("groß", {"topics": topics, "at": "news:article_list", "large": True}),
            ("zur Seite des Themas", {"topics": topics}),
            ("nur Worte", {"topics": topics, "plain": True}),
        ],
        "way": [("bekannt", {"venue": venue})],
    }  # fmt: skip


def sample_barriers() -> dict:
    today = timezone.localdate()
    known = {
        "what": "Ein älteres PDF ist ohne Überschriften.",
        "where": "Beiträge bis 2023",
        "since": today,
        "alternative": "Der Text auf Anfrage.",
    }
    Barrier.objects.bulk_create([Barrier(**known), Barrier(**known, fixed_on=today)])
    return statement(today)


def sample_people(topics, picture) -> list[Person]:
    """Somebody with everything, somebody away, a guest with nothing, and a name of eighty characters."""
    today = timezone.localdate()
    full = Person(
        slug="bausteine-ada", title="Dr.", given_name="Ada", family_name="Öztürk-Weiß", position="Bezirksbeauftragte",
        organisation="Beispiel e. V.", phone="030 1234567", email="ada@example.org", portrait=picture, in_directory=True,
    )  # fmt: skip
    absent = Person(
        slug="bausteine-bo", given_name="Bo", family_name="Muster", position="Referent", phone="030 7654321",
        email="bo@example.org", in_directory=True, absent_from=today, absent_until=today + timedelta(days=7), deputy=full,
    )  # fmt: skip
    bare = Person(slug="bausteine-gast", family_name="Gast")
    long_name = Person(
        slug="bausteine-lang", given_name="Maximiliane", family_name="von-und-zu-" * 5 + "Hohenbeispielhausen"
    )
    Person.objects.bulk_create([full])
    Person.objects.bulk_create([absent, bare, long_name])
    for person, district in zip([full, full, absent], District.objects.all(), strict=False):
        Representation.objects.create(person=person, district=district)
    full.topics.add(*topics)
    slugs = ["bausteine-ada", "bausteine-bo", "bausteine-gast", "bausteine-lang"]
    found = {person.slug: person for person in Person.objects.with_contact_details().filter(slug__in=slugs)}
    return [found[slug] for slug in slugs]


def sample_events(now, venue, picture, topics) -> dict[str, Event]:
    shared = {
        "published_at": now,
        "venue": venue,
        "lead": "Ein Vormittag, drei Werkstätten.",
        "format": Event.Format.ON_SITE,
    }
    day, hour = timedelta(days=1), timedelta(hours=1)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    states = {
        "kommt": {"starts_at": now + 9 * day, "ends_at": now + 10 * day, "audience": "Fachkräfte", "cost": "kostenfrei", "sign_language": True, "picture": picture},
        "läuft": {"starts_at": now - hour, "ends_at": now + hour, "format": Event.Format.HYBRID},
        "vergangen": {"starts_at": now - 9 * day, "ends_at": now - 9 * day + hour},
        "abgesagt": {"starts_at": now + 9 * day, "status": Event.Status.CANCELLED, "status_reason": "Die Referentin ist erkrankt."},
        "verschoben": {"starts_at": now + 30 * day, "status": Event.Status.POSTPONED, "previous_starts_at": now + 9 * day},
        "Termin offen": {"starts_at": now + 9 * day, "status": Event.Status.POSTPONED},
        "ganztägig, mehrere Tage": {"starts_at": midnight + 40 * day, "ends_at": midnight + 43 * day, "all_day": True, "format": Event.Format.ONLINE},
        "langes Wort": {"starts_at": now + 50 * day, "title": "Rechtsdienstleistungsregistrierungsverfahrensvereinfachung"},
    }  # fmt: skip
    Event.objects.bulk_create(
        Event(**{"title": f"Veranstaltung: {name}", "slug": f"bausteine-{number}"} | shared | facts)
        for number, (name, facts) in enumerate(states.items())
    )
    events = dict(
        zip(states, Event.objects.for_rows().filter(slug__startswith="bausteine-").order_by("slug"), strict=True)
    )
    events["kommt"].topics.add(*topics)
    return events


def sample_programme(event, people) -> list[ProgrammeItem]:
    start, hour, kind = event.starts_at, timedelta(hours=1), ProgrammeItem.Kind
    planned = [
        ("Woran wir merken, dass es wirkt", kind.KEYNOTE, 0, 1),
        ("Nachhaltigkeitsdialog", kind.WORKSHOP, 1, 2),
        ("Künstliche Intelligenz im Alltag", kind.WORKSHOP, 1, 2),
        ("Ohne Projektitis", kind.WORKSHOP, 1, 2),
        ("Mittagspause", kind.BREAK, 2, 3),
        ("Was nehmen wir mit?", kind.PLENARY, 23, 24),
    ]
    ProgrammeItem.objects.bulk_create(
        ProgrammeItem(
            event=event, slug=f"punkt-{number}", title=title, kind=one, starts_at=start + first * hour,
            ends_at=start + last * hour, position=number, room="" if one == kind.BREAK else "Saal",
        )
        for number, (title, one, first, last) in enumerate(planned)
    )  # fmt: skip
    items = list(event.programme.all())
    Participation.objects.bulk_create(
        Participation(item=item, person=person, position=number)
        for item in items[:3]
        for number, person in enumerate(people[:2])
    )
    return list(event.programme.with_people())


def sample_articles(now, picture, topics) -> dict[str, Article]:
    kind = ArticleType.objects.get_or_create(name="Meldungen")[0]
    shared = {"type": kind, "published_at": now, "lead": "Worum es geht, in einem oder zwei Sätzen."}
    states = {
        "mit Bild": {
            "title": "Drei Werkstätten, ein gemeinsamer Vormittag",
            "picture": picture,
            "pinned": True,
            "easy_text": "<p>Es gab 3 Werkstätten.</p>",
            "text_changed_at": now,
        },
        "ohne Bild": {"title": "Neue Sprechzeiten für die Stadtteilzentren"},
        "langes Wort": {"title": "Rechtsdienstleistungsregistrierungsverfahrensvereinfachung", "lead": ""},
    }
    Article.objects.bulk_create(
        Article(slug=f"bausteine-{number}", **shared | facts) for number, facts in enumerate(states.values())
    )
    articles = dict(
        zip(states, Article.objects.for_rows().filter(slug__startswith="bausteine-").order_by("slug"), strict=True)
    )
    articles["mit Bild"].topics.add(*topics)
    return articles
