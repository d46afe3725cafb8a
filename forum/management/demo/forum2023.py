"""The real event of 14 June 2023 and the article of 10 July 2023 that looks back at it.

Titles, dates, roles and credits are quoted as the association published them; times and the place are not known and
stay empty. The texts are written for this portal.
"""

from datetime import datetime

from django.utils import timezone

from forum.management.demo.people import ASSOCIATION


def berlin(*parts):
    return datetime(*parts, tzinfo=timezone.get_default_timezone())


SERIES = {
    "title": "Innovationsforum",
    "text": "<p>2019 hat der Paritätische Berlin zusammen mit der Paritätischen Akademie das Innovationsforum gegründet. "
    "Es lädt die Mitgliedsorganisationen ein, über soziale Innovationen, die Wirkung sozialer Arbeit und neue "
    "Arbeitswelten zu sprechen, vor Ort und im Netz, mit Gästen aus Wissenschaft, Wirtschaft und Einrichtungen.</p>",
}

EVENT = {
    "slug": "paritaetisch-nachhaltig",
    "title": "Paritätisch Nachhaltig",
    "subtitle": "Zukunftsfähige Lösungen für die Soziale Arbeit",
    "lead": "Ein Impulsvortrag und drei Workshops zu Nachhaltigkeit, Wirkung und Künstlicher Intelligenz in sozialen "
    "Organisationen.",
    "text": "<p>Was heißt Nachhaltigkeit, wenn die Mittel knapp sind? Wie zeigen wir, was unsere Arbeit bewirkt? Und was "
    "macht Künstliche Intelligenz mit unserem Alltag? Das Innovationsforum bringt dazu Erfahrungen aus den "
    "Mitgliedsorganisationen und Wissen von außen an einen Tisch.</p>",
    "starts_at": berlin(2023, 6, 14),
    "ends_at": berlin(2023, 6, 15),
    "all_day": True,
    "audience": "Paritätische Mitgliedsorganisationen",
    "published_at": berlin(2023, 5, 2, 9),
}
EVENT_TOPICS = ["Nachhaltigkeit", "Wirkung", "Künstliche Intelligenz"]

# (slug, kind, title as announced, text, result, [(person, part, credited as)])
PROGRAMME = [
    (
        "soziale-nachhaltigkeit-gestalten",
        "keynote",
        "Soziale Nachhaltigkeit gestalten: Visionen und Strategien für soziale Organisationen",
        "<p>Der Vortrag führt in das Thema ein: Was bedeutet Nachhaltigkeit für soziale Organisationen, wo liegen Hürden, "
        "wo Chancen? Ein roter Faden sind die 17 Ziele für nachhaltige Entwicklung der Vereinten Nationen und die Frage, "
        "was sie im eigenen Haus verändern können.</p>",
        "",
        [
            (
                "steve-grundig",
                "speaker",
                "Coach und Berater für CSR-, Werte- und Nachhaltigkeitsmanagement, plant values GbR",
            )
        ],
    ),
    (
        "nachhaltigkeitsdialog",
        "workshop",
        "Nachhaltigkeitsdialog: Relevante Herausforderungen und inspirierende Beispiele in sozialen Organisationen",
        "<p>Ein Austausch darüber, was im eigenen Betrieb und gemeinsam mit den Menschen gelingt, für die wir arbeiten.</p>",
        "<p>Die Beispiele reichten von der langfristigen Entwicklung der Organisation bis zum Kleinen: Tauschmärkte, und "
        "gespendete Tassen aus der Nachbarschaft, damit beim nächsten Fest kein Einweggeschirr gebraucht wird. Besonders "
        "viel Raum nahm die soziale Seite ein, also gute Arbeitsbedingungen und die seelische Gesundheit der "
        "Mitarbeitenden.</p>",
        [
            (
                "steve-grundig",
                "speaker",
                "Coach und Berater für CSR-, Werte- und Nachhaltigkeitsmanagement, plant values GbR",
            ),
            ("lea-winnig", "host", f"Innovation und Nachhaltigkeit, {ASSOCIATION}"),
        ],
    ),
    (
        "weil-soziale-arbeit-wirkt",
        "workshop",
        "Weil Soziale Arbeit wirkt: Nachhaltigkeit trotz Projektitis",
        "<p>Wirkungsorientierung fängt beim Ergebnis an: Was soll sich für die Menschen ändern, und woran merken wir das? "
        "Der Workshop ist ein gemeinsamer Lernraum für Methoden und Erfahrungen.</p>",
        "<p>Mit Design Thinking entstanden Ideen, wie sich Wirkung planen, prüfen und verständlich darstellen lässt, auch "
        "wenn ein Projekt auf das nächste folgt.</p>",
        [
            ("lisa-opel", "speaker", "Coachin und Dozentin für Wirkungsorientierung"),
            ("anika-goebel", "host", f"Wirkung, {ASSOCIATION}"),
        ],
    ),
    (
        "zukunft-gestalten",
        "workshop",
        "Zukunft gestalten: Künstliche Intelligenz und innovative Praxisbeispiele in sozialen Organisationen",
        "<p>Was ändert Künstliche Intelligenz an der sozialen Arbeit, was kann sie erleichtern, und wo ist Vorsicht "
        "geboten?</p>",
        "<p>Wer sich einarbeiten möchte, findet beim KI-Campus kostenfreie Lernangebote für alle Vorkenntnisse. Die "
        "Lernplattform wird vom Bundesministerium für Bildung und Forschung (BMBF) gefördert.</p>",
        [
            ("stefan-goellner", "speaker", "Innovation Manager bei KI-Campus (Stifterverband)"),
            ("anika-haussner", "host", f"New Work, {ASSOCIATION}"),
        ],
    ),
]

PICTURE = {
    "alt_text": "Zeichnung: Menschen sitzen auf Stühlen in einem Halbkreis und sprechen miteinander.",
    "caption": "Workshop beim Innovationsforum",
    "credit": "Boaz Arad / Paritätischer Berlin",
}

ARTICLE = {
    "slug": "paritaetisch-nachhaltig-zukunftsfaehige-loesungen-fuer-die-soziale-arbeit",
    "title": "Paritätisch Nachhaltig: Zukunftsfähige Lösungen für die Soziale Arbeit",
    "lead": "Nachhaltig, wirkungsorientiert und mit Künstlicher Intelligenz: Am 14.06.2023 haben Mitgliedsorganisationen im "
    "Innovationsforum besprochen, was davon ihre Arbeit besser macht.",
    "text": "<p>Den Anfang machte ein kurzer Blick zurück auf die Arbeit des Forums. Danach stellte Steve Grundig in seinem "
    "Impulsvortrag vor, was Nachhaltigkeit für soziale Organisationen bedeutet, und zeigte an den 17 Zielen für "
    "nachhaltige Entwicklung, wo jede Einrichtung ansetzen kann.</p>"
    "<h2>Drei Workshops, drei Zukunftsfragen</h2>"
    "<p>In kleinen Runden ging es weiter: um gelebte Nachhaltigkeit im Alltag, um Wirkung jenseits kurzer "
    "Projekte und um Künstliche Intelligenz in der Praxis. Fachleute von außen und Mitgliedsorganisationen brachten "
    "Beispiele mit, über die sich streiten ließ.</p>"
    "<h2>Was ist das Innovationsforum?</h2>"
    "<p>Seit 2019 gibt es das Innovationsforum, gegründet vom Paritätischen Berlin gemeinsam mit der Paritätischen "
    "Akademie. Es schafft Räume, digitale wie analoge, in denen soziale Organisationen Neues ausprobieren, voneinander "
    "lernen und Verbündete finden. Im Mittelpunkt stehen soziale Innovationen, die Wirkung sozialer Arbeit und neue "
    "Arbeitswelten.</p>",
    "published_at": berlin(2023, 7, 10, 9),
}
ARTICLE_TYPE = "Meldungen"
ARTICLE_TOPICS = ["Aus dem Verband"]

RELATED_ARTICLE = {
    "slug": "innovationsforum-gestern-heute-morgen",
    "title": "Innovationsforum – Gestern, heute, morgen: Gemeinsam die soziale Arbeit prägen",
    "lead": "Woher das Innovationsforum kommt, was es heute tut und was es vorhat.",
    "text": "<p>Dieser Beitrag ist ein Platzhalter: Titel und Verweis stammen von der Seite des Verbands, Text und Datum "
    "sind ein Beispiel.</p>",
    "published_at": berlin(2023, 6, 20, 9),
}
