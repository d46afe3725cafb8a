"""German-like texts in any amount, the same for the same seed.

Words are put together as German puts them together: compounds, umlauts, long words. Topics are spread as in real
vocabularies: a few nearly everywhere, most of them rare (Zipf's law).
"""

import random

FIRST_PARTS = [
    "Nachhaltigkeits",
    "Bezirks",
    "Jugend",
    "Teilhabe",
    "Pflege",
    "Nachbarschafts",
    "Wirkungs",
    "Öffentlichkeits",
    "Ehrenamts",
    "Familien",
    "Flüchtlings",
    "Gesundheits",
    "Inklusions",
    "Kinder",
    "Lern",
    "Mitglieder",
    "Müll",
    "Überbrückungs",
    "Quartiers",
    "Schüler",
    "Senioren",
    "Stadtteil",
    "Straßen",
    "Sucht",
    "Wohnungs",
    "Zukunfts",
    "Bürger",
    "Frühförder",
    "Qualitäts",
    "Gewalt",
    "Suchthilfe",
    "Eltern",
    "Übergangs",
    "Bildungs",
    "Begegnungs",
    "Beratungs",
]
SECOND_PARTS = (
    ("dialog", "der"), ("projekt", "das"), ("beratung", "die"), ("förderung", "die"), ("konzept", "das"),
    ("netzwerk", "das"), ("werkstatt", "die"), ("bericht", "der"), ("gespräch", "das"), ("maßnahme", "die"),
    ("hilfe", "die"), ("zentrum", "das"), ("tag", "der"), ("fonds", "der"), ("bündnis", "das"), ("schlüssel", "der"),
    ("größe", "die"), ("lösung", "die"), ("träger", "der"), ("übersicht", "die"), ("schulung", "die"), ("büro", "das"),
)  # fmt: skip
VERBS = (
    "stärkt den Zusammenhalt im Kiez",
    "zeigt nach zwei Jahren erste Ergebnisse",
    "öffnet im Frühjahr seine Türen für alle",
    "verbindet Fachkräfte aus der ganzen Stadt",
    "sucht weitere Verbündete aus den Mitgliedsorganisationen",
    "braucht eine verlässliche Finanzierung über das Haushaltsjahr hinaus",
    "entlastet Mitarbeitende bei Anträgen und Nachweisen",
    "macht Angebote für Menschen mit wenig Geld leichter auffindbar",
    "führt Menschen zusammen, die sich sonst nicht begegnen",
    "überzeugt auch diejenigen, die zunächst gezögert haben",
)
OPENINGS = (
    "Seit dem Sommer", "Mit Unterstützung der Mitglieder", "Über alle Bezirke hinweg", "Nach langer Vorbereitung", "Ganz ohne großes Budget",
    "In enger Abstimmung mit dem Senat", "Trotz knapper Mittel", "Schon im ersten Monat", "Für viele überraschend",
)  # fmt: skip
TOPIC_WORDS = [
    "Innovation",
    "Wirkung",
    "Nachhaltigkeit",
    "Teilhabe",
    "Pflege",
    "Stadtteilarbeit",
    "Ehrenamt",
    "Digitalisierung",
    "Kita",
    "Jugendhilfe",
    "Migration",
    "Wohnen",
    "Armut",
    "Inklusion",
    "Gesundheit",
    "Sucht",
    "Frauen",
    "Queer",
    "Europa",
    "Finanzierung",
    "Recht",
    "Personal",
    "Ausbildung",
    "Fortbildung",
    "Klima",
    "Mobilität",
    "Ernährung",
    "Kultur",
    "Sport",
    "Senioren",
    "Selbsthilfe",
    "Schuldnerberatung",
    "Hospiz",
    "Psychiatrie",
    "Eingliederungshilfe",
    "Gemeinnützigkeit",
    "Datenschutz",
    "Öffentlichkeitsarbeit",
    "Qualität",
    "Vernetzung",
]
GIVEN_NAMES = [
    "Änne",
    "Björn",
    "Çağla",
    "Dörte",
    "Émile",
    "Friederike",
    "Günther",
    "Hülya",
    "Ines",
    "Jörg",
    "Käthe",
    "Łukasz",
    "Mehmet",
    "Nuray",
    "Özlem",
    "Paula",
    "Rüya",
    "Søren",
    "Thaddäus",
    "Ute",
]
FAMILY_NAMES = [
    "Ahlgrimm",
    "Büşra",
    "Çelik",
    "Dürrenmatt",
    "Eßer",
    "Föhr",
    "Großmann",
    "Häußler",
    "Ihßen",
    "Jäckel",
    "Köpp",
    "Löwenstein",
    "Müller",
    "Nußbaum",
    "Öztürk",
    "Pfützner",
    "Rößler",
    "Schäuffelen",
    "Töpfer",
    "Überall",
    "Völkel",
    "Weiß",
    "Yıldız",
    "Zöllner",
]


class Writer:
    """Writes words, sentences and texts; every choice comes from one seeded source."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        pick = self.random.choice
        self.sentences = [self.sentence() for _ in range(2_000)]
        self.leads = [f"{pick(self.sentences)} {pick(self.sentences)}" for _ in range(500)]

    def compound(self) -> tuple[str, str]:
        """A German compound and its article: (Bezirksförderung, die)."""
        end, article = self.random.choice(SECOND_PARTS)
        return self.random.choice(FIRST_PARTS) + end, article

    def sentence(self) -> str:
        word, article = self.compound()
        verb = self.random.choice(VERBS)
        if self.random.random() < 0.4:
            finite, rest = verb.split(" ", 1)
            return f"{self.random.choice(OPENINGS)} {finite} {article} {word} {rest}."
        return f"{article.capitalize()} {word} {verb}."

    def title(self) -> str:
        word, _ = self.compound()
        other, article = self.compound()
        return self.random.choice(
            (
                f"{word}: Was {article} {other} verändert",
                f"{word} und {other} im Überblick",
                f"Neue {word}? Fünf Fragen zum Thema {other}",
                f"{word} für ganz Berlin",
                f"Rückblick: {word} trifft {other}",
            )
        )

    def lead(self) -> str:
        return self.random.choice(self.leads)

    def text(self) -> str:
        """Three to five paragraphs, some with a heading or a list: about 1.5 kB of HTML."""
        parts = []
        for number in range(self.random.randint(3, 5)):
            sentences = self.random.choices(self.sentences, k=4)
            if number and self.random.random() < 0.4:
                parts.append(f"<h2>{self.compound()[0]}</h2>")
            if self.random.random() < 0.15:
                parts.append("<ul>" + "".join(f"<li>{sentence}</li>" for sentence in sentences) + "</ul>")
            else:
                parts.append(f"<p>{' '.join(sentences)}</p>")
        return "".join(parts)

    def topics(self, names: list, most: int = 4) -> list:
        """One to `most` different names, the first ones far more often than the last."""
        weights = [1 / rank for rank in range(1, len(names) + 1)]
        chosen = self.random.choices(names, weights, k=self.random.randint(1, most))
        return list(dict.fromkeys(chosen))
