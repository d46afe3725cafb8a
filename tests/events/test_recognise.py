"""Pages as organisations write them: what is found, and what is left alone."""

import time

import pytest
from django.core.exceptions import ValidationError

from events.proposal import Known
from events.recognise import recognise

LEAD = (
    "Am 21.09.2022 kamen achtzig Fachleute zusammen, um über neue Wege in der Pflege zu reden, über Geduld und darüber, "
    "was ein gutes Team zusammenhält."
)
BODY = "Hier steht ein ganzer Absatz, der erzählt, was in diesem Teil geschah und warum es für die Arbeit wichtig ist."

# the shape of a look-back: labels, title, picture, lead, keynote, workshops with guest and host, contacts
PAGE = f"""Ein Verband für alle

Aktuelles

  • Schlagwort Aus den Häusern
  • Art Berichte
  • Veröffentlichungsdatum 04.10.2022

Pflege neu denken: Ideen für kleine Träger

Zwei Frauen stehen an einer Tafel mit bunten Zetteln
Gespräch im Foyer © Foto Muster / Verband Nord

{LEAD}

Geduld lernen: Was Teams zusammenhält

{BODY}

{BODY} Den Impulsvortrag hielt Cem Öztürk.

  • Referent: Dr. Cem Öztürk, Berater für Pflege-, Team- und Schichtplanung, Büro Morgen GbR

Arbeitsgruppen am Nachmittag

{BODY}

Zeit haben: Schichten, die passen

{BODY}

  • Dr. Cem Öztürk, Berater für Pflege-, Team- und Schichtplanung, Büro Morgen GbR,
  • Maria Muster, Pflege und Alter, Verband Nord e.V.

Zuhören: Angehörige einbeziehen

{BODY}

  • Jo Beispiel, Trainerin für Gesprächsführung,
  • Toni Haus, Ehrenamt, Verband Nord e.V.

Wer wir sind

{BODY}

Kontakt

Maria Muster
Bezirksbeauftragte für Pankow und Steglitz-Zehlendorf / Pflege / Alter
Telefon: 030 12 34 56-17
E-Mail: muster[at]verband-nord.example.org
Toni Haus
Referent der Leitung / Bezirksbeauftragter für Mitte / Ehrenamt
Telefon: 030 12 34 56-18
E-Mail: haus[at]verband-nord.example.org

Aktuelles"""

PAGE_HTML = f"""<meta charset="utf-8"><nav>Ein Verband für alle</nav><h2>Aktuelles</h2>
<ul><li><span>Schlagwort</span> Aus den Häusern</li><li>Art Berichte</li><li>Veröffentlichungsdatum 04.10.2022</li></ul>
<h1 style="color:red" onclick="alert(1)">Pflege neu denken: Ideen für kleine Träger</h1>
<figure><img src="x.jpg" alt="Zwei Frauen stehen an einer Tafel mit bunten Zetteln">
<figcaption>Gespräch im Foyer © Foto Muster / Verband Nord</figcaption></figure>
<p>{LEAD}</p><h2>Geduld lernen: Was Teams zusammenhält</h2><p>{BODY}</p>
<p>{BODY} Den <b>Impulsvortrag</b> hielt Cem Öztürk.</p>
<ul><li>Referent: Dr. Cem Öztürk, Berater für Pflege-, Team- und Schichtplanung, Büro Morgen GbR</li></ul>
<h2>Arbeitsgruppen am Nachmittag</h2><p>{BODY}</p>
<h3>Zeit haben: Schichten, die passen</h3><p>{BODY}</p>
<ul><li>Dr. Cem Öztürk, Berater für Pflege-, Team- und Schichtplanung, Büro Morgen GbR,</li>
<li>Maria Muster, Pflege und Alter, Verband Nord e.V.</li></ul>
<h3>Zuhören: Angehörige einbeziehen</h3><p>{BODY}</p>
<ul><li>Jo Beispiel, Trainerin für Gesprächsführung,</li><li>Toni Haus, Ehrenamt, Verband Nord e.V.</li></ul>
<h2>Wer wir sind</h2><p>{BODY} <a href="https://example.org/">Mehr</a></p><ul><li>offen</li><li>neugierig</li></ul>
<h2>Kontakt</h2>
<p>Maria Muster<br>Bezirksbeauftragte für Pankow und Steglitz-Zehlendorf / Pflege / Alter<br>Telefon: 030 12 34 56-17
<br>E-Mail: muster[at]verband-nord.example.org</p>
<p>Toni Haus<br>Referent der Leitung / Bezirksbeauftragter für Mitte / Ehrenamt<br>Telefon: 030 12 34 56-18<br>
E-Mail: haus[at]verband-nord.example.org</p>"""

KNOWN = Known(districts=["Pankow", "Mitte", "Steglitz-Zehlendorf"])


def programme(found):
    return [(item.kind, item.title, item.day, item.starts_at, item.ends_at, item.room) for item in found.items]


def people(item):
    return [(one.part, f"{one.title} {one.name}".strip(), one.position, one.organisation) for one in item.people]


@pytest.mark.parametrize("form", ["text", "html"])
def test_a_look_back_in_the_shape_of_the_source_page(form):
    found = recognise(known=KNOWN, **{form: PAGE if form == "text" else PAGE_HTML})
    assert (found.title, found.date, found.published) == (
        "Pflege neu denken: Ideen für kleine Träger",
        "21.09.2022",
        "04.10.2022",
    )
    assert (found.type, found.topics, found.lead) == ("Berichte", ["Aus den Häusern"], LEAD)
    assert (found.caption, found.credit) == ("Gespräch im Foyer", "Foto Muster / Verband Nord")
    assert found.alt_text == "Zwei Frauen stehen an einer Tafel mit bunten Zetteln"
    assert programme(found) == [
        ("keynote", "Geduld lernen: Was Teams zusammenhält", "", "", "", ""),
        ("workshop", "Zeit haben: Schichten, die passen", "", "", "", ""),
        ("workshop", "Zuhören: Angehörige einbeziehen", "", "", "", ""),
    ]
    cem = ("Dr. Cem Öztürk", "Berater für Pflege-, Team- und Schichtplanung", "Büro Morgen GbR")
    assert [people(item) for item in found.items] == [
        [("speaker", *cem)],
        [("speaker", *cem), ("host", "Maria Muster", "Pflege und Alter", "Verband Nord e.V.")],
        [
            ("speaker", "Jo Beispiel", "Trainerin für Gesprächsführung", ""),
            ("host", "Toni Haus", "Ehrenamt", "Verband Nord e.V."),
        ],
    ]
    assert [one.name for one in found.people] == ["Cem Öztürk", "Maria Muster", "Jo Beispiel", "Toni Haus"]
    maria, toni = found.contacts
    assert (maria.person.credit, maria.districts, maria.topics) == (
        "Bezirksbeauftragte",
        ["Pankow", "Steglitz-Zehlendorf"],
        ["Pflege", "Alter"],
    )
    assert (toni.person.credit, toni.districts, toni.topics) == (
        "Referent der Leitung, Bezirksbeauftragter",
        ["Mitte"],
        ["Ehrenamt"],
    )
    assert (toni.phone, toni.email) == ("030 12 34 56-18", "haus@verband-nord.example.org")
    assert found.doubts == {}
    assert BODY in found.items[0].text
    assert "Öztürk, Berater" not in found.items[0].text + found.text
    assert found.text.startswith(f"<h2>Arbeitsgruppen am Nachmittag</h2><p>{BODY}</p><h2>Wer wir sind</h2>")
    for gone in (LEAD, "Kontakt", "Aktuelles", "Pflege neu denken", "©"):
        assert gone not in found.text


def test_html_keeps_headings_lists_and_links():
    found = recognise(html=PAGE_HTML)
    assert '<a href="https://example.org/">Mehr</a>' in found.text
    assert "<ul><li><p>offen</p></li><li><p>neugierig</p></li></ul>" in found.text
    assert "<strong>Impulsvortrag</strong>" in found.items[0].text
    for rubbish in ("style", "onclick", "<nav", "<h1"):
        assert rubbish not in found.text


LAYOUTS = {
    "times in lines": (
        """Fachtag Pflege

Mittwoch, 14. Juni 2028, 9:30–16:00 Uhr
Ort: Haus der Vielfalt

Programm

9:30–10:00 Uhr Ankommen und Kaffee
10:00 Uhr Begrüßung durch die Leitung
10:15–11:00 Uhr Impulsvortrag: Was trägt? mit Dr. Ada Beispiel (Hochschule Nord)
11:00 Uhr Pause
11:30–13:00 Uhr Workshop 1: Daten sammeln – Bert Muster, Trainer, Zahlenwerk gGmbH
Moderation: Cem Öztürk
14 – 15.30 Uhr Podium: Ada Beispiel, Bert Muster und Cem Öztürk
16 Uhr Ende""",
        "Mittwoch, 14. Juni 2028, 9:30–16:00 Uhr",
        [
            ("plenary", "Ankommen und Kaffee", "", "09:30", "10:00", ""),
            ("plenary", "Begrüßung durch die Leitung", "", "10:00", "", ""),
            ("keynote", "Impulsvortrag: Was trägt?", "", "10:15", "11:00", ""),
            ("break", "Pause", "", "11:00", "", ""),
            ("workshop", "Workshop 1: Daten sammeln", "", "11:30", "13:00", ""),
            ("panel", "Podium", "", "14:00", "15:30", ""),
            ("plenary", "Ende", "", "16:00", "", ""),
        ],
        {
            2: [("speaker", "Dr. Ada Beispiel", "", "Hochschule Nord")],
            4: [("speaker", "Bert Muster", "Trainer", "Zahlenwerk gGmbH"), ("moderation", "Cem Öztürk", "", "")],
            5: [("panellist", name, "", "") for name in ("Ada Beispiel", "Bert Muster", "Cem Öztürk")],
        },
    ),
    "two days in bullets": (
        """Zwei Tage Zukunft

14.–15. Juni 2028 in Berlin

Tag 1: Mittwoch, 14. Juni 2028

• 10.00 Uhr Eröffnung
• 10.30 Uhr Vortrag: Neue Arbeit (Ada Beispiel, Verein Morgen e.V.)

Tag 2: Donnerstag, 15. Juni 2028

• 9 – 12 Uhr Workshops, Saal 2
• 12 Uhr Abschluss""",
        "14.–15. Juni 2028",
        [
            ("plenary", "Eröffnung", "", "10:00", "", ""),
            ("keynote", "Vortrag: Neue Arbeit", "", "10:30", "", ""),
            ("workshop", "Workshops", "Donnerstag, 15. Juni 2028", "09:00", "12:00", "Saal 2"),
            ("plenary", "Abschluss", "Donnerstag, 15. Juni 2028", "12:00", "", ""),
        ],
        {1: [("speaker", "Ada Beispiel", "", "Verein Morgen e.V.")]},
    ),
    "table": (
        """<h1>Netzwerktreffen</h1><p>Termin: 3. März 2028</p><table><tr><th>Zeit</th><th>Was</th><th>Wer</th><th>Wo</th></tr>
<tr><td>9.00–9.30</td><td>Begrüßung</td><td>Ada Beispiel (Verein Morgen e.V.)</td><td>Foyer</td></tr>
<tr><td>9.30–11.00</td><td>Workshop: Räume öffnen</td><td>Bert Muster</td><td>Raum 3</td></tr>
<tr><td>11.00</td><td>Kaffeepause</td><td></td><td></td></tr></table>""",
        "3. März 2028",
        [
            ("plenary", "Begrüßung", "", "09:00", "09:30", "Foyer"),
            ("workshop", "Workshop: Räume öffnen", "", "09:30", "11:00", "Raum 3"),
            ("break", "Kaffeepause", "", "11:00", "", ""),
        ],
        {0: [("speaker", "Ada Beispiel", "", "Verein Morgen e.V.")], 1: [("speaker", "Bert Muster", "", "")]},
    ),
    "numbered workshops without times": (
        f"""Werkstatttag

Datum: 5.5.2028
Uhrzeit: 10–15 Uhr

Workshop 1: Anfangen

{BODY}

Leitung: Ada Beispiel, Coachin

Workshop 2: Aufhören

{BODY}""",
        "5.5.2028 10–15 Uhr",
        [("workshop", "Anfangen", "", "", "", ""), ("workshop", "Aufhören", "", "", "", "")],
        {0: [("speaker", "Ada Beispiel", "Coachin", "")], 1: []},
    ),
    "Word paragraphs with dots": (
        f"""<h2>Fortbildung Recht</h2><p>{LEAD}</p><h3>Podium: Wer darf was?</h3><p>{BODY}</p>
<p class="MsoListParagraph">·  Ada Beispiel, Juristin, Kanzlei Nord</p>
<p class="MsoListParagraph">·  Moderation: Bert Muster</p>""",
        "21.09.2022",
        [("panel", "Podium: Wer darf was?", "", "", "", "")],
        {0: [("panellist", "Ada Beispiel", "Juristin", "Kanzlei Nord"), ("moderation", "Bert Muster", "", "")]},
    ),
    "gender forms and double names": (
        f"""Abend der Ideen

{LEAD}

Keynote: Mut

{BODY}

• Referent*in: Prof. Dr. Anna-Lena von der Heide (Universität West)
• Referent/in: Jean-Luc Müller-Lüdenscheidt – Trainer""",
        "21.09.2022",
        [("keynote", "Keynote: Mut", "", "", "", "")],
        {
            0: [
                ("speaker", "Prof. Dr. Anna-Lena von der Heide", "", "Universität West"),
                ("speaker", "Jean-Luc Müller-Lüdenscheidt", "Trainer", ""),
            ]
        },
    ),
    "one line a paragraph": (
        """<p>Infoabend</p><p>Wann: 7.9.2028</p><p>18:00 Uhr Einlass</p><p>18:30 Uhr Vortrag von Ada Beispiel</p>""",
        "7.9.2028",
        [("plenary", "Einlass", "", "18:00", "", ""), ("keynote", "Vortrag", "", "18:30", "", "")],
        {1: [("speaker", "Ada Beispiel", "", "")]},
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_other_layouts(name):
    page, day, items, cast = LAYOUTS[name]
    found = recognise(**{"html" if page.startswith("<") else "text": page})
    assert found.date == day
    assert programme(found) == items
    assert {place: people(found.items[place]) for place in cast} == cast


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\n ",
        "\x00",
        "<",
        "Nur ein Satz ohne alles.",
        "• Gute Räume, helles Licht\n• Brot",
        "9 Freunde, 3 Ideen",
    ],
)
def test_nothing_is_invented(text):
    found = recognise(text=text)
    assert (found.items, found.contacts, found.date, found.published) == ([], [], "", "")


def test_an_ordinary_list_is_no_cast_and_a_doubtful_name_is_doubted():
    page = f"Titel\n\n{LEAD}\n\nWas hilft\n\n{BODY}\n\n• Gute Arbeitsbedingungen, mentale Gesundheit\n• Brot und Salz"
    found = recognise(text=page)
    assert [one.doubt for one in found.people] == ["Ist „Gute Arbeitsbedingungen“ eine Person?"]
    assert found.items[0].doubt == "Unsicher, ob das ein Programmpunkt ist."
    known = recognise(text=page, known=Known(people=["gute-arbeitsbedingungen"]))
    assert known.people[0].doubt == ""


def test_two_dates_are_doubted():
    found = recognise(text=f"Titel\n\n{LEAD} Weiter geht es am 3. März 2023.")
    assert (found.date, found.doubts) == ("21.09.2022", {"date": "Im Text stehen auch: 3. März 2023."})


def test_the_house_accompanies():
    page = f"Titel\n\n{LEAD}\n\nWorkshop 1: Anfangen\n\n• Ada Beispiel, Beraterin, Verband Nord e.V."
    assert recognise(text=page).items[0].people[0].part == "speaker"
    assert recognise(text=page, known=Known(house=["Verband Nord e.V."])).items[0].people[0].part == "host"


HOSTILE = {
    "one word": "a" * 250_000,
    "names": "Ada Beispiel, " * 20_000,
    "dashes": "9 Uhr " + "– A " * 60_000,
    "dates": "14.06.2023 " * 25_000,
    "open tags": "<p>" * 90_000,
    "nested lists": "<ul><li>" * 30_000 + "x",
    "brackets": "<" * 250_000,
    "comments": "<!--" * 60_000,
    "ats": "a@" * 100_000,
    "digits": "1" * 250_000,
    "breaks": "x<br>" * 50_000,
    "clocks": "9:00 Uhr A\n" * 2_500,
    "capitals": "Aa-" * 80_000,
    "colons": "Referent: " * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_longer_than_its_length(name):
    started = time.monotonic()
    for form in ("text", "html"):
        try:
            recognise(**{form: HOSTILE[name]})
        except ValidationError as error:
            assert error.messages[0].startswith("Dieser Text")
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("form", ["text", "html"])
def test_ten_megabytes_are_refused(form):
    with pytest.raises(ValidationError, match="zu lang"):
        recognise(**{form: "x " * 5_000_000})
    with pytest.raises(ValidationError, match="zu viele Absätze"):
        recognise(**{form: "x\n\n<p>" * 10_000})
