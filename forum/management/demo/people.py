"""The people of the real event: three contact persons and three guests."""

ASSOCIATION = "Paritätischer LV Berlin e.V."

# districts and topics in the order the directory prints them
CONTACTS = [
    {
        "slug": "anika-haussner",
        "given_name": "Anika",
        "family_name": "Haußner",
        "position": "Bezirksbeauftragte",
        "phone": "030 86 001-617",
        "email": "haussner@paritaet-berlin.de",
        "districts": ["Pankow", "Reinickendorf"],
        "topics": ["Freiwilliges Engagement", "Innovation"],
    },
    {
        "slug": "anika-goebel",
        "given_name": "Anika",
        "family_name": "Göbel",
        "position": "Referentin der Leitung, Bezirksbeauftragte",
        "phone": "030 86 001-615",
        "email": "goebel@paritaet-berlin.de",
        "districts": ["Mitte", "Steglitz-Zehlendorf"],
        "topics": ["Stadtteilarbeit", "Wirkung"],
    },
    {
        "slug": "lea-winnig",
        "given_name": "Lea",
        "family_name": "Winnig",
        "position": "Bezirksbeauftragte",
        "phone": "030 86 001-618",
        "email": "winnig@paritaet-berlin.de",
        "districts": ["Charlottenburg-Wilmersdorf", "Neukölln"],
        "topics": ["Innovation"],
    },
]

GUESTS = [
    {
        "slug": "steve-grundig",
        "given_name": "Steve",
        "family_name": "Grundig",
        "position": "Coach und Berater für CSR-, Werte- und Nachhaltigkeitsmanagement",
        "organisation": "plant values GbR",
        "topics": ["Nachhaltigkeit"],
    },
    {
        "slug": "lisa-opel",
        "given_name": "Lisa",
        "family_name": "Opel",
        "position": "Coachin und Dozentin für Wirkungsorientierung",
        "topics": ["Wirkung"],
    },
    {
        "slug": "stefan-goellner",
        "given_name": "Stefan",
        "family_name": "Göllner",
        "position": "Innovation Manager",
        "organisation": "KI-Campus (Stifterverband)",
        "topics": ["Künstliche Intelligenz"],
    },
]

EXAMPLES = [
    {
        "slug": "beispiel-ada-oelmann",
        "title": "Dr.",
        "given_name": "Ada",
        "family_name": "Ölmann-Beispiel",
        "position": "Moderatorin",
        "organisation": "Beispiel e. V.",
        "biography": "<p>Diese Person ist erfunden. Sie zeigt, wie ein Eintrag mit Titel und Kurzbiografie aussieht.</p>",
        "topics": ["Teilhabe"],
    },
    {
        "slug": "beispiel-tarik-muster",
        "given_name": "Tarik",
        "name_prefix": "von der",
        "family_name": "Muster-Beispiel",
        "position": "Fachreferent für digitale Teilhabe",
        "organisation": "Muster gGmbH (Beispiel)",
        "topics": ["Teilhabe"],
    },
]

CORRECTION = {
    "slug": "beispiel-tarik-muster",
    "new": {"position": "Leiter der Fachstelle digitale Teilhabe", "phone": "030 12 34 56-78"},
    "notes": {"topics": "Auch Leichte Sprache.", "remark": "Dies ist ein Beispiel."},
}
