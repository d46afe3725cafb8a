"""Create the pages every footer links to, with what is true of any installation; staff complete them."""

from django.db import migrations
from django.utils import timezone

PAGES = [
    (
        "ueber-uns",
        "Über uns",
        "<p>Das Innovationsforum vernetzt soziale Organisationen in Berlin. Diese Seite wird noch geschrieben.</p>",
    ),
    (
        "impressum",
        "Impressum",
        "<p>Hier stehen bald Name, Anschrift, Vertretungsberechtigte und Registereintrag des Verbands.</p>",
    ),
    (
        "datenschutz",
        "Datenschutz",
        "<p>Wer diese Website liest, wird nicht beobachtet: Sie setzt dabei keine Cookies, speichert nichts auf Ihrem "
        "Gerät und lädt nichts von anderen Anbietern.</p>"
        "<p>Das Protokoll des Servers enthält Zeitpunkt, Adresse der Seite und Ergebnis eines Abrufs, aber weder "
        "IP-Adressen noch Suchbegriffe.</p>"
        "<p>Nur wer sich als Mitglied der Redaktion anmeldet, erhält dafür notwendige Cookies.</p>",
    ),
    (
        "barrierefreiheit",
        "Barrierefreiheit",
        "<p>Diese Website soll für alle Menschen nutzbar sein. Maßstab sind die Web Content Accessibility Guidelines "
        "(WCAG) 2.2, Stufe AA.</p>"
        "<p>Ist Ihnen eine Barriere aufgefallen? Bitte schreiben Sie einer unserer Ansprechpersonen.</p>",
    ),
    (
        "leichte-sprache",
        "Leichte Sprache",
        "<p>Hier erklären wir das Innovationsforum bald in Leichter Sprache.</p>",
    ),
]


def create(apps, schema_editor):
    page_model = apps.get_model("forum", "Page")
    for slug, title, text in PAGES:
        page_model.objects.get_or_create(
            slug=slug, defaults={"title": title, "text": text, "published_at": timezone.now()}
        )


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_initial")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
