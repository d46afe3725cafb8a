"""Invented items, marked as examples, so that every state can be seen on any day."""

from datetime import timedelta

PICTURE = {
    "alt_text": "Zeichnung: bunte Zettel hängen in drei Reihen an einer Wand.",
    "caption": "Ideen aus einem Workshop (Beispiel)",
    "credit": "Innovationsforum",
}

FURTHER_PICTURE = {
    "alt_text": "Zeichnung von oben: Acht Menschen sitzen um einen runden Tisch, auf dem Zettel liegen.",
    "caption": "Am runden Tisch (Beispiel)",
    "credit": "Zeichnung: Innovationsforum",
}

VENUE = {
    "name": "Beispielhaus am Park",
    "street": "Beispielstraße 1",
    "postcode": "10115",
    "district": "Mitte",
    "route": "U-Bahn Beispielplatz, von dort drei Minuten zu Fuß. Ein Parkplatz für Menschen mit Behinderung liegt vor der Tür.",
    "step_free": True,
    "lift": True,
    "accessible_toilet": True,
    "induction_loop": False,
    "way_in": "Vom Bahnsteig führt ein Aufzug zur Straße. Der Eingang ist ebenerdig, die Tür öffnet auf Knopfdruck; "
    "die Klingel ist 85 cm hoch. Der Saal liegt im ersten Stock, der Aufzug ist rechts neben dem Empfang.",
}

TEXT = "<p>Dies ist ein Beispiel. Es zeigt, wie eine solche Veranstaltung auf der Website aussieht.</p>"

# Days and hours count from midnight of the day the demo content is loaded.
EVENTS = [
    {
        "slug": "beispiel-teilhabe-digital-denken",
        "title": "Beispiel: Teilhabe digital denken",
        "subtitle": "Werkstatt für soziale Organisationen",
        "easy": True,
        "series": True,
        "lead": "Ein Tag, drei Werkstätten: Wir probieren aus, was Mitarbeitende entlastet und niemanden ausschließt.",
        "start": timedelta(days=24, hours=10),
        "end": timedelta(days=24, hours=16),
        "format": "hybrid",
        "venue": True,
        "online_url": "https://example.org/werkstatt",
        "audience": "Fachkräfte und Leitungen sozialer Organisationen",
        "cost": "kostenfrei",
        "sign_language": True,
        "live_captions": True,
        "access_note": "Weitere Unterstützung organisieren wir gern, wenn wir zwei Wochen vorher davon wissen.",
        "topics": ["Teilhabe", "Künstliche Intelligenz"],
        "contacts": ["lea-winnig"],
        "programme": [
            ("keynote", "Warum Teilhabe digital beginnt", 10, 11, "Saal", [("beispiel-ada-oelmann", "speaker")]),
            ("workshop", "Leichte Sprache mit Werkzeugen", 11.25, 13, "Raum 1", [("beispiel-tarik-muster", "speaker")]),
            ("workshop", "Termine ohne Telefonschleife", 11.25, 13, "Raum 2", [("beispiel-ada-oelmann", "moderation")]),
            ("workshop", "Barrieren finden, bevor sie jemand meldet", 11.25, 13, "online", []),
            ("break", "Mittagspause", 13, 14, "Foyer", []),
            ("plenary", "Was nehmen wir mit?", 14, 16, "Saal", [("beispiel-ada-oelmann", "moderation")]),
        ],
        "file": {
            "title": "Beispiel: Programm zum Mitnehmen",
            "summary": "Eine Seite Text mit Überschrift und Liste; Vorlese-Programme können sie lesen.",
        },
    },
    {
        "slug": "beispiel-aktionswoche",
        "title": "Beispiel: Aktionswoche Nachbarschaft",
        "lead": "Eine Woche lang offene Türen in den Stadtteilzentren.",
        "start": timedelta(days=-1),
        "end": timedelta(days=5),
        "all_day": True,
        "topics": ["Stadtteilarbeit"],
        "contacts": ["anika-goebel"],
    },
    {
        "slug": "beispiel-abgesagt",
        "title": "Beispiel: Sprechstunde Wirkungsmessung",
        "lead": "Fragen mitbringen, Antworten mitnehmen.",
        "start": timedelta(days=12, hours=15),
        "end": timedelta(days=12, hours=16, minutes=30),
        "format": "online",
        "status": "cancelled",
        "status_reason": "Die Referentin ist erkrankt.",
        "topics": ["Wirkung"],
    },
    {
        "slug": "beispiel-verschoben",
        "title": "Beispiel: Fachgespräch Freiwilliges Engagement",
        "lead": "Wie gewinnen Vereine Menschen, die sich nur für kurze Zeit engagieren möchten?",
        "start": timedelta(days=38, hours=9, minutes=30),
        "end": timedelta(days=38, hours=12),
        "venue": True,
        "status": "postponed",
        "status_reason": "Der Saal war doppelt vergeben.",
        "previous_start": timedelta(days=17, hours=9, minutes=30),
        "topics": ["Freiwilliges Engagement"],
    },
    {
        "slug": "beispiel-langer-titel",
        "title": "Beispiel: Rechtsdienstleistungsregistrierungsverfahrensvereinfachung und was sie für ehrenamtliche "
        "Beratungsstellen in Berlin bedeutet",
        "lead": "Ein sehr langer Titel mit einem sehr langen Wort.",
        "start": timedelta(days=60, hours=18),
        "topics": [],
    },
]

ARTICLES = [
    {
        "slug": "beispiel-wirkung-zeigen",
        "title": "Beispiel: Wirkung zeigen, ohne Zahlen zu jagen",
        "lead": "Drei Einrichtungen berichten, wie sie mit einfachen Mitteln herausfinden, ob ihre Arbeit ankommt.",
        "published": timedelta(days=-3),
        "topics": ["Wirkung"],
        "type": "Berichte",
        "picture": True,
        "gallery": True,
    },
    {
        "slug": "beispiel-ohne-bild",
        "title": "Beispiel: Neue Sprechzeiten für Stadtteilzentren",
        "lead": "Ein Beitrag ohne Bild, wie er im Alltag oft vorkommt.",
        "published": timedelta(days=-10),
        "topics": ["Stadtteilarbeit", "Aus dem Verband"],
        "type": "Meldungen",
    },
    {
        "slug": "beispiel-geplant",
        "title": "Beispiel: Geplanter Beitrag zum Jahresprogramm",
        "lead": "Dieser Beitrag erscheint in einer Woche von selbst.",
        "published": timedelta(days=7),
        "topics": ["Aus dem Verband"],
        "type": "Meldungen",
    },
    {
        "slug": "beispiel-abgelaufen",
        "title": "Beispiel: Abgelaufener Hinweis auf eine Frist",
        "lead": "Dieser Beitrag ist nicht mehr zu sehen.",
        "published": timedelta(days=-60),
        "expires": timedelta(days=-30),
        "topics": ["Aus dem Verband"],
        "type": "Meldungen",
    },
    {
        "slug": "beispiel-entwurf",
        "title": "Beispiel: Entwurf über Tauschmärkte",
        "lead": "Diesen Beitrag sieht nur die Redaktion.",
        "topics": ["Nachhaltigkeit"],
        "type": "Berichte",
    },
]

PAGES = {
    "ueber-uns": "<p>Das Innovationsforum ist das Innovationsnetzwerk der sozialen Organisationen im Paritätischen Berlin. "
    "Gegründet wurde es 2019 gemeinsam mit der Paritätischen Akademie.</p><h2>Worum es geht</h2><ul><li>soziale "
    "Innovationen</li><li>Wirkung sozialer Arbeit</li><li>neue Arbeitswelten</li></ul>",
    "impressum": "<p>Beispiel: Diese Angaben ersetzt der Verband durch seine eigenen.</p>",
}

SYNONYMS = ["KI = Künstliche Intelligenz", "Ehrenamt = Freiwilliges Engagement"]
