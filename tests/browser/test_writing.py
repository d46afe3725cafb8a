"""The text editor takes text from elsewhere cleanly, and gives hints while somebody writes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.desk import wait_for

OURS = [".prose-editor", ".hints", ".keeping", ".comparison"]
AREA = ".field-text .ProseMirror[contenteditable]"
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin:0}</style></head><body>
<!--StartFragment--><h1 style='mso-list:none'><span lang=DE>Nachhaltigkeit<o:p></o:p></span></h1>
<p class=MsoNormal style='margin-bottom:8pt'><span style='font-family:"Calibri"'>Ein <b>fetter</b> und ein <i>schräger</i>
Satz,<br>weiche Umbrüche bleiben.<a class=msocomanchor id="_anchor_1" href="#_msocom_1">[AG1]</a><o:p></o:p></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<h2>Ablauf</h2>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;
</span></span></span><![endif]>Begrüßung<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>o<span>
&nbsp; </span></span><![endif]>Grußwort<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;</span></span>Pause</p>
<h3>Anmeldung</h3>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.<span>&nbsp; </span></span>Schreiben</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2.<span>&nbsp; </span></span>Kommen</p>
<table class=MsoTableGrid border=1><tr><td width=100><p class=MsoNormal>Ort</p></td><td><p class=MsoNormal>Mitte</p></td></tr></table>
<!--EndFragment--></body></html>"""
WORD_CLEAN = (
    "<h2>Nachhaltigkeit</h2><p>Ein <strong>fetter</strong> und ein <em>schräger</em> Satz,<br>weiche Umbrüche bleiben.</p>"
    "<h3>Ablauf</h3><ul><li><p>Begrüßung</p><ul><li><p>Grußwort</p></li></ul></li><li><p>Pause</p></li></ul>"
    "<h3>Anmeldung</h3><ol><li><p>Schreiben</p></li><li><p>Kommen</p></li></ol>"
    "<table><tbody><tr><td><p>Ort</p></td><td><p>Mitte</p></td></tr></tbody></table>"
)
GOOGLE = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-size:11pt;
font-weight:400">Normal, </span><span style="font-weight:700">fett</span><span style="font-style:italic"> kursiv</span></p><br>
<ul><li dir="ltr"><p dir="ltr" role="presentation"><span>eins</span></p></li><ul><li><p><span>tiefer</span></p></li></ul></ul>
<p><a href="https://www.google.com/url?q=https://verein.de/a?utm_source%3Dx%26b%3D1&amp;sa=D"><span>Seite</span></a></p></b>"""
GOOGLE_CLEAN = (
    "<p>Normal, <strong>fett</strong><em> kursiv</em></p><ul><li><p>eins</p><ul><li><p>tiefer</p></li></ul></li></ul>"
    '<p><a href="https://verein.de/a?b=1">Seite</a></p>'
)
LIBRE = """<html><head><style type="text/css">p { margin-bottom: 0.25cm }</style></head><body lang="de-DE" dir="ltr">
<h1 class="western">Titel</h1><p style="line-height: 115%"><font face="Arial"><font size="2"><b>Fett</b> und normal</font></font></p>
<ol><li><p>a</p></li><li><p>b</p></li></ol></body></html>"""
WEB = """<div class="content"><div><div style="color:red">Erster <span>Absatz</span></div><div>Zweiter<br><br>Dritter</div></div>
<script>alert(1)</script><img src="https://x.de/bild.jpg" alt="Bild"><h4>Kasten</h4><section><p>Text <a href="/kontakt/?utm_campaign=x">intern</a>
<a href="javascript:alert(1)">böse</a><a href="https://x.de/?fbclid=1&amp;id=2#a">außen</a></p></section></div>"""
WEB_CLEAN = (
    "<p>Erster Absatz</p><p>Zweiter</p><p>Dritter</p><h2>Kasten</h2>"
    '<p>Text <a href="/kontakt/">intern</a> böse<a href="https://x.de/?id=2#a">außen</a></p>'
)
PLAIN = "Erster Absatz\nmit Zeile\n\n- eins\n- zwei\n\n1. erstens\n2. zweitens\n\n– Gedankenstrich <b>\n\n• allein"
PLAIN_CLEAN = (
    "<p>Erster Absatz<br>mit Zeile</p><ul><li><p>eins</p></li><li><p>zwei</p></li></ul>"
    "<ol><li><p>erstens</p></li><li><p>zweitens</p></li></ol><p>– Gedankenstrich &lt;b&gt;</p><ul><li><p>allein</p></li></ul>"
)
PASTE = """([area, html, text, files, times]) => {
  const data = new DataTransfer()
  if (html) data.setData("text/html", html.repeat(times))
  if (text) data.setData("text/plain", text.repeat(html ? 1 : times))
  for (let i = 0; i < files; i++) data.items.add(new File(["x"], "bild.png", { type: "image/png" }))
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
  document.querySelector(area).dispatchEvent(event)
}"""


@pytest.fixture
def article_form(desk_page):
    """An empty form of an article, with the editor ready; leaving it asks nobody."""
    page = desk_page
    page.on("dialog", agree)
    page.goto("/redaktion/news/article/add/")
    expect(page.locator(AREA)).to_be_visible()
    yield page
    page.evaluate("localStorage.clear()")
    page.goto("/redaktion/")
    page.remove_listener("dialog", agree)


def agree(dialog):
    dialog.accept()


def paste(page, html="", text="", files=0, times=1):
    """What the field holds after pasting.

    Args:
        times: how often the HTML, or the text when there is none, repeats itself.
    """
    page.locator(AREA).click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.evaluate(PASTE, [AREA, html, text, files, times])
    return page.locator("#id_text").input_value().replace(' data-type="decimal"', "")  # which is not stored


def test_text_from_elsewhere_keeps_its_structure_and_nothing_else(article_form):
    page = article_form
    assert paste(page, WORD, "ohne Bedeutung") == WORD_CLEAN
    assert paste(page, GOOGLE) == GOOGLE_CLEAN
    assert (
        paste(page, LIBRE)
        == "<h2>Titel</h2><p><strong>Fett</strong> und normal</p><ol><li><p>a</p></li><li><p>b</p></li></ol>"
    )
    assert paste(page, WEB) == WEB_CLEAN
    expect(page.locator(".field-text .paste-notice")).to_contain_text("Bilder werden nicht mit eingefügt")
    assert paste(page, "", PLAIN) == PLAIN_CLEAN
    expect(page.locator(".field-text .paste-notice")).to_have_text("")
    assert paste(page, "", "ein Wort") == "<p>ein Wort</p>"
    assert (
        paste(page, "<p>Grüße</p><p>·&nbsp; a</p><p>· b</p>")
        == "<p>Grüße</p><ul><li><p>a</p></li><li><p>b</p></li></ul>"
    )
    assert paste(page, "", "", files=1) == ""
    expect(page.locator(".field-text .paste-notice")).to_contain_text("Bilder werden nicht mit eingefügt")


def test_a_paste_of_ten_megabytes_is_refused_and_the_window_lives(article_form):
    page = article_form
    assert paste(page, "", "Wort ", times=2_000_000) == ""
    expect(page.locator(".field-text .paste-notice")).to_contain_text("Nicht eingefügt: Das sind 10.000.000 Zeichen")
    assert paste(page, "<p>Wort</p>", "kurz", times=1_000_000) == "<p>kurz</p>"
    expect(page.locator(".field-text .paste-notice")).to_contain_text("ohne Formatierung")
    page.evaluate("""() => {
      const lead = document.querySelector("#id_lead")
      lead.hidden = true  // or its lines are laid out for ten seconds
      lead.value = "Wort ".repeat(2_400_000)
    }""")
    page.locator("#id_title").fill("Bleibt")
    page.get_by_role("button", name="Entwurf speichern").click()
    expect(page.locator("[data-message=size]")).to_contain_text("zu viel Text auf einmal")
    expect(page.locator("#id_title")).to_have_value("Bleibt")
    wait_for(page, "Object.values(localStorage).some(text => text.includes('Bleibt'))")


def test_hints_lead_to_their_place_and_never_block(article_form):
    page = article_form
    paste(page, "<h2>Titel</h2><p>Alle Mitarbeiter:innen lesen hier.</p>")
    hints = page.locator(".field-text .hints")
    expect(hints.locator("summary")).to_contain_text("Hinweise (1)")
    hints.locator("summary").click()
    expect(hints.locator("li")).to_contain_text("„Mitarbeiter*innen“")
    hints.get_by_role("button").click()
    wait_for(page, "getSelection().toString() === 'Mitarbeiter:innen'")
    page.locator("#id_lead").fill("ACHTUNG, alle!")
    expect(page.locator(".field-lead .hints summary")).to_contain_text("Hinweise (1)")
    page.locator(".field-lead .hints summary").click()
    page.locator(".field-lead .hints li button").click()
    chosen = (
        "document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)"
    )
    assert page.evaluate(chosen) == "ACHTUNG"
    assert violations(page, within=OURS) == []


def test_the_toolbar_and_its_list_of_languages_are_reached_by_keys(article_form):
    page = article_form
    paste(page, "", "Save the date")
    page.keyboard.press("Control+A")
    page.keyboard.press("Alt+F10")
    expect(
        page.locator(".field-text .prose-menubar").get_by_role("button", name="Überschrift", exact=True)
    ).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    opener = page.locator(".field-text .prose-menubar__selected")
    for _ in range(12):
        if opener.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("ArrowLeft")
    expect(opener).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#id_text").input_value() == '<p><span lang="en">Save the date</span></p>'
    names = page.locator(".field-text .prose-menubar button").evaluate_all(
        "all => all.map(one => one.title || one.textContent)"
    )
    assert [
        name for name in names if re.search(r"\b(bold|italic|list|link|table|row|column|undo|redo|heading)\b", name)
    ] == []


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("<ul><li>Eins</li><li>Zwei</li></ul>", 1),
        ("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td><td>D</td></tr></table>", 4),  # cell by cell, as in Word
    ],
)
def test_tab_leaves_the_text_from_lists_and_tables(article_form, text, most):
    page = article_form
    paste(page, text)
    before = page.locator("#id_text").input_value()
    inside = "document.activeElement.closest('.field-text .ProseMirror') !== null"
    for key in ("Tab", "Shift+Tab"):
        page.locator(".field-text .ProseMirror :is(li, td)").first.click()
        for _ in range(most):
            if page.evaluate(inside):
                page.keyboard.press(key)
        assert not page.evaluate(inside)
    assert page.locator("#id_text").input_value() == before


def test_points_of_a_list_have_keys_for_their_level(article_form):
    page = article_form
    paste(page, "<ul><li>Eins</li><li>Zwei</li></ul>")
    page.keyboard.press("Alt+Shift+ArrowRight")
    flat, nested = (
        "<ul><li><p>Eins</p></li><li><p>Zwei</p></li></ul>",
        "<ul><li><p>Eins</p><ul><li><p>Zwei</p></li></ul></li></ul>",
    )
    assert page.locator("#id_text").input_value() == nested
    page.keyboard.press("Alt+Shift+ArrowLeft")
    assert page.locator("#id_text").input_value() == flat


def test_reading_ease_names_its_source(article_form):
    page = article_form
    hints = page.locator(".field-text .hints")
    paste(page, f"<p>{'Wir lesen gern ein gutes Buch. ' * 8}</p>")
    expect(hints.locator("summary")).to_contain_text("Lesbarkeit: leicht")
    hints.locator("summary").press("Enter")
    expect(hints.locator(".hints__source")).to_contain_text("Amstad (1978)")
    expect(hints.locator(".hints__source")).to_contain_text("Bamberger und Vanecek, 1984")


@pytest.fixture
def site_page(open_page):
    return open_page("/", painted=False)


def ask(page, code, *values):
    return page.evaluate(f"values => import('/static/js/desk/german.js').then(german => {code})", values)


SYLLABLES = """
1 und Haus Text grün sie neu Brief Dienst
2 Schule heute Beispiel Arbeit feiern Quartier sieben Verein Bezirk beide Geige Ziele
3 Theater Berliner Museum Studie Nation arbeiten beenden Ideen Bezirke geeignet Europa
4 Familie Teilnehmende Verantwortung Entwicklungen
5 Mitarbeitende Innovation Berlinerinnen Materialien
6 Organisation Digitalisierung Bezirksbeauftragte
7 Nachhaltigkeitsdialog
"""


def test_syllables_of_german_words(site_page):
    known = {word: int(line[0]) for line in SYLLABLES.split("\n") if line for word in line[2:].split()}
    counted = dict(zip(known, ask(site_page, "values.map(german.syllables)", *known), strict=True))
    assert counted == known


SENTENCES = [
    ("Am 14. Juni um 9.30 Uhr kommt Dr. J. Weber z. B. mit. Wir auch!", 2),
    ("Das kostet ca. 5 Euro. „Wirklich?“ Ja.", 3),
    ("Eine Zeile\nnoch eine", 2),
    ("Kein Ende", 1),
    ("…", 0),
]


def test_sentences_end_where_they_end(site_page):
    counts = ask(site_page, "values.map(text => german.sentences(text).length)", *(text for text, _ in SENTENCES))
    assert dict(zip((text for text, _ in SENTENCES), counts, strict=True)) == dict(SENTENCES)


HINTS = [
    (
        "Die Bürger:innen, Kolleg_innen und Leser/-innen",
        "*",
        ["gender: „Bürger:innen“", "gender: „Kolleg_innen“", "gender: „Leser/-innen“"],
    ),
    (
        "LeserInnen, Leser*innen, Lehrer(innen), jede:r",
        "*",
        ["gender: „LeserInnen“", "gender: „Lehrer(innen)“", "gender: „jede:r“"],
    ),
    ("Leser*innen und Leser:innen", ":", ["gender: „Leser*innen“"]),
    ("Leser*innen", "neutral", ["gender: „Leser*innen“"]),
    ("Um 9:30 Uhr: in Berlin, und/oder online, https://a.de/in, WLAN-Zugang", "*", ["abbreviation: „WLAN“"]),
    ("Die BVG fährt. Die BVG kommt.", "*", ["abbreviation: „BVG“"]),
    ("Die Berliner Verkehrsbetriebe (BVG) und die BVG; die EU, Teil III, PDFs", "*", []),
    ("Das ist WICHTIG und GANZ WICHTIGE SACHE", "*", ["capitals: „WICHTIG“", "capitals: „GANZ WICHTIGE SACHE“"]),
    (
        "Wort " * 25 + "Ende.",
        "*",
        ["sentence: Satz mit 26 Wörtern: „Wort Wort Wort Wort Wort Wort Wort Wort Wort Wort Wort Wort …“"],
    ),
    ("Wort " * 24 + "Ende.", "*", []),
]


def test_what_the_hints_find(site_page):
    code = "values.map(([text, gender]) => german.hintsFor([{ type: 'paragraph', text, links: [] }], { gender, abbreviations: ['EU'] }).map(one => `${one.kind}: ${one.what}`))"
    found = ask(site_page, code, *([text, house] for text, house, _ in HINTS))
    for (text, _, expected), hints in zip(HINTS, found, strict=True):
        assert hints == expected, text


def test_hints_about_headings_links_and_easy_language(site_page):
    blocks = [
        {"type": "heading", "level": 3, "text": "Zu klein"},
        {"type": "heading", "level": 2, "text": " "},
        {
            "type": "paragraph",
            "text": "Klicken Sie hier oder https://a.de",
            "links": [{"start": 0, "end": 16}, {"start": 22, "end": 34}],
        },
        {"type": "paragraph", "text": "Das ist ein Satz mit mehr als zwölf Wörtern für die Leichte Sprache hier."},
        {"type": "paragraph", "text": "Bezirksbeauftragte und Bezirks-Beauftragte"},
    ]
    code = (
        "german.hintsFor(values[0], { gender: '*', abbreviations: [], easy: true }).map(one => [one.kind, one.block])"
    )
    assert ask(site_page, code, blocks) == [
        ["heading", 0],
        ["heading", 1],
        ["link", 2],
        ["link", 2],
        ["sentence", 3],
        ["word", 4],
    ]


def test_reading_ease_by_amstad(site_page):
    text = "Das Haus ist neu. Der Hof ist groß. " * 6  # 48 words, 4 in a sentence, one syllable in a word
    code = "german.readingEase([{ type: 'paragraph', text: values[0] }])"
    assert ask(site_page, code, "Das Haus ist neu.") is None
    ease = ask(site_page, code, text)
    assert (ease["length"], ease["weight"], ease["flesch"], ease["school"]) == (4, 1, 100, 4)
    hard = (
        "Die Nachhaltigkeitsberichterstattung mitgliedschaftlicher Organisationen erfordert Verantwortungsübernahme, Koordinierungsfähigkeit sowie kontinuierliche Qualifizierungsmaßnahmen. "
        * 4
    )
    ease = ask(site_page, code, hard)
    assert (ease["flesch"], ease["school"]) == (0, 15)
    assert ask(site_page, "german.easeInWords(values[0])", ease).startswith(
        "Lesbarkeit: schwer: lange Wörter (Flesch-Wert 0"
    )
