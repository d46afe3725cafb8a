"""Texts in Leichter Sprache, and known barriers. Nobody has tested the texts with a group yet; both say so."""

from datetime import timedelta

UNTESTED = "<p>Dieser Text ist ein Beispiel.<br>Eine Prüf-Gruppe hat den Text noch nicht gelesen.</p>"

PAGE = {
    "text": '<p><a href="/leichte-sprache/leicht/">Diese Website, erklärt in Leichter Sprache</a></p>'
    "<p>Einige Beiträge, Veranstaltungen und Seiten gibt es auch in Leichter Sprache. In den Listen steht dann „auch in Leichter "
    "Sprache“, und oben auf der Seite wechseln Sie zwischen Alltagssprache und Leichter Sprache.</p>"
    '<p>Fehlt Ihnen ein Text? Bitte schreiben Sie einer unserer <a href="/kontakt/">Ansprechpersonen</a>.</p>'
    "<p>Beispiel: Die Leichten Texte auf diesen Seiten hat noch keine Prüfgruppe gelesen.</p>",
    "easy_title": "Das ist unsere Internet-Seite",
    "easy_text": "<p>Diese Internet-Seite ist vom Innovations-Forum.<br>Im Innovations-Forum arbeiten Vereine aus Berlin zusammen.<br>"
    "Die Vereine helfen Menschen.<br>Zusammen finden die Vereine neue Ideen.</p>"
    "<h2>Das finden Sie hier</h2>"
    "<p>Oben auf jeder Seite ist das Menü.<br>Im Menü stehen zum Beispiel diese Wörter:</p>"
    "<ul><li>Aktuelles<br>Hier lesen Sie: Was ist neu?</li>"
    "<li>Veranstaltungen<br>Hier lesen Sie: Was machen wir wann und wo?</li>"
    "<li>Kontakt<br>Hier lesen Sie: Wer hilft Ihnen?</li></ul>"
    "<h2>So kommen Sie weiter</h2>"
    "<p>Manche Wörter sind unterstrichen.<br>Ein unterstrichenes Wort heißt: Link.<br>Klicken Sie auf einen Link.<br>"
    "Dann sehen Sie eine andere Seite.</p>"
    "<p>Oben auf jeder Seite steht: Innovationsforum.<br>Klicken Sie auf dieses Wort.<br>Dann sind Sie wieder am Anfang.</p>"
    "<h2>Leichte Sprache</h2>"
    "<p>Manche Texte gibt es in Leichter Sprache.<br>Dann steht oben auf der Seite: Leichte Sprache.<br>"
    "Klicken Sie auf diese Wörter.<br>Dann sehen Sie den Text in Leichter Sprache.</p>"
    "<h2>Haben Sie eine Frage?</h2>"
    "<p>Berlin hat 12 Bezirke.<br>Ein Bezirk ist ein Teil von Berlin.<br>Unsere Bezirks-Beauftragten kennen sich dort gut aus.<br>"
    "Sie beantworten Ihre Fragen.<br>"
    '<a href="/kontakt/">Hier finden Sie Namen und Telefon-Nummern</a>.</p>'
    "<h2>Ist etwas schwierig?</h2>"
    "<p>Vielleicht können Sie etwas nicht lesen.<br>Oder etwas geht nicht.<br>Das heißt: Barriere.<br>Bitte sagen Sie uns das.<br>"
    "Unten auf jeder Seite steht: Barriere melden.<br>Klicken Sie auf diese Wörter.<br>Dann schreiben Sie uns eine E-Mail.</p>"
    + UNTESTED,
}

# of the article of 2023
ARTICLE = {
    "easy_title": "Ein Treffen über die Arbeit von morgen",
    "easy_text": "<p>Am 14. Juni 2023 war ein Treffen.<br>Das Treffen war vom Innovations-Forum.<br>"
    "Dort waren Menschen aus sozialen Vereinen.<br>Die Vereine sind in Berlin.</p>"
    "<h2>Darum ging es</h2>"
    "<p>Das Thema war: Nachhaltigkeit.<br>Nachhaltigkeit heißt:<br>Wir denken heute schon an morgen.<br>Wir machen wenig Müll.<br>"
    "Und wir achten auf die Menschen bei der Arbeit.</p>"
    "<p>Zuerst war ein Vortrag.<br>Den Vortrag hat Steve Grundig gehalten.<br>Er hat über 17 Ziele gesprochen.<br>"
    "Die Ziele gelten für die ganze Welt.<br>Jeder Verein kann etwas dafür tun.</p>"
    "<h2>Das haben 3 Gruppen gemacht</h2>"
    "<p>Danach haben die Menschen in 3 Gruppen gearbeitet.<br>Eine Gruppe heißt auch: Workshop.<br>Das spricht man so: Wörk-schop.</p>"
    "<ul><li>Gruppe 1: Nachhaltigkeit im Alltag<br>Ein Beispiel: Nachbarn haben Tassen verschenkt.<br>Die Tassen sind für ein Fest.<br>"
    "So gibt es keinen Müll.</li>"
    "<li>Gruppe 2: Hilft unsere Arbeit?<br>Die Gruppe hat gefragt:<br>Was ist für die Menschen besser geworden?<br>Woran merken wir das?</li>"
    "<li>Gruppe 3: Künstliche Intelligenz<br>Die Abkürzung ist: KI.<br>KI ist ein Computer-Programm.<br>Das Programm lernt selbst.<br>"
    "Die Gruppe hat gefragt:<br>Wobei hilft KI?<br>Wo müssen wir vorsichtig sein?</li></ul>"
    "<h2>Was ist das Innovations-Forum?</h2>"
    "<p>Das Innovations-Forum gibt es seit 2019.<br>Der Paritätische Berlin hat damit angefangen.<br>Das ist ein Verband.<br>"
    "Ein Verband ist eine große Gruppe von Vereinen.<br>Die Paritätische Akademie hat auch damit angefangen.<br>Eine Akademie ist eine Schule für Erwachsene.</p>"
    "<p>Im Innovations-Forum lernen die Vereine voneinander.<br>Sie probieren neue Ideen aus.</p>" + UNTESTED,
}

# of the example “Teilhabe digital denken”; its text has been changed since
EVENT = {
    "easy_title": "Beispiel: Mitmachen mit dem Computer",
    "easy_text": "<p>Wir treffen uns für einen Tag.<br>Das Thema ist: Teilhabe.<br>Teilhabe heißt: Alle Menschen machen mit.<br>"
    "Wir sprechen über Computer und das Internet.<br>Wie helfen sie beim Mitmachen?</p>"
    "<h2>Das machen wir</h2>"
    "<ul><li>Um 10 Uhr hören wir einen Vortrag.</li><li>Um 11 Uhr und 15 Minuten gibt es 3 Gruppen.<br>Sie suchen eine Gruppe aus.</li>"
    "<li>Um 13 Uhr machen wir Pause.</li><li>Um 14 Uhr sprechen alle zusammen.</li></ul>"
    "<h2>Brauchen Sie Hilfe?</h2>"
    "<p>Bitte sagen Sie uns das.<br>Sagen Sie es uns 2 Wochen vorher.<br>Unten steht ein Name.<br>Diese Person hilft Ihnen.</p>"
    + UNTESTED,
}
EASY_WRITTEN, TEXT_CHANGED = timedelta(days=-9), timedelta(days=-2)  # counted from the day the demo content is loaded

BARRIERS = [
    {
        "what": "Es gibt keine Videos in Deutscher Gebärdensprache.",
        "where": "gesamte Website",
        "since": timedelta(days=-160),
        "alternative": "Ihre Fragen beantworten wir auch schriftlich. Bitte schreiben Sie einer unserer Ansprechpersonen.",
    },
    {
        "what": "Die Texte in Leichter Sprache sind noch nicht von einer Prüfgruppe gelesen.",
        "where": "Seiten in Leichter Sprache",
        "since": timedelta(days=-30),
        "alternative": "Wenn etwas schwer zu verstehen ist, erklären unsere Ansprechpersonen es gern am Telefon.",
        "planned": "Beispiel: Eine Prüfgruppe liest die Texte, bevor die Website für alle öffnet.",
    },
    {
        "what": "Beispiel: Bei 400 % Vergrößerung ragten breite Tabellen aus der Seite.",
        "where": "Beiträge mit Tabellen",
        "since": timedelta(days=-90),
        "alternative": "Ohne Vergrößerung war alles zu sehen; den Inhalt haben wir auf Wunsch als Text geschickt.",
        "fixed_on": timedelta(days=-20),
    },
]
