"""Berlin: twelve districts, their quarters (Ortsteile) and postcodes, loaded by a migration.

Source: Geoportal Berlin / ALKIS Berlin and Amt für Statistik Berlin-Brandenburg, see contacts/data/SOURCES.md.
"""

from django.db import models
from django.urls import reverse

from forum.text import by_name
from forum.versions import versioned

ATTRIBUTION = (
    "Karte und Zuordnung: Geoportal Berlin / ALKIS Berlin – Bezirke, Ortsteile und Adressen Berlin (dl-de/by-2-0); "
    "Amt für Statistik Berlin-Brandenburg, PLZ-Gebiete (CC BY 3.0 DE); Daten vereinfacht und zusammengeführt."
)

# Keys; small districts are drawn over large ones.
LARGEST_FIRST = ("09", "05", "03", "06", "12", "10", "11", "07", "04", "08", "01", "02")


@versioned(fields=["name", "stand_in"])
class District(models.Model):
    key = models.CharField("Schlüssel", max_length=2, unique=True, help_text="Amtlicher Bezirksschlüssel, 01 bis 12.")
    ags = models.CharField("Gemeindeschlüssel", max_length=8, unique=True)
    name = models.CharField("Name", max_length=60, unique=True)
    slug = models.SlugField("Adresse", max_length=60, unique=True)
    outline = models.TextField("Umriss", help_text="SVG-Pfad in einem Feld von 800 × 650.")
    label_x = models.FloatField("Beschriftung x")
    label_y = models.FloatField("Beschriftung y")
    neighbours = models.ManyToManyField("self", verbose_name="Nachbarbezirke", blank=True)
    stand_in = models.ForeignKey(
        "contacts.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stands_in_for",
        verbose_name="hilft, solange niemand zuständig ist",
        help_text="Wird gezeigt, wenn der Bezirk keine Ansprechperson hat. Leer lassen: Dann nennt die Seite die "
        "Ansprechpersonen der nächstgelegenen Bezirke.",
    )

    class Meta:
        verbose_name = "Bezirk"
        verbose_name_plural = "Bezirke"
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("contacts:district", args=[self.slug])

    @property
    def name_lines(self) -> list[str]:
        """The name as it stands on the map, broken after its hyphen: `Charlottenburg-`, `Wilmersdorf`."""
        return self.name.replace("-", "-\n").split("\n")

    @property
    def layer(self) -> int:
        """When it is drawn on the map."""
        return LARGEST_FIRST.index(self.key)


class Quarter(models.Model):
    key = models.CharField("Schlüssel", max_length=4, unique=True)
    name = models.CharField("Name", max_length=60)
    district = models.ForeignKey(District, models.PROTECT, related_name="quarters", verbose_name="Bezirk")
    postcodes = models.ManyToManyField("contacts.Postcode", related_name="quarters", verbose_name="Postleitzahlen")

    class Meta:
        verbose_name = "Ortsteil"
        verbose_name_plural = "Ortsteile"
        ordering = by_name("name")

    def __str__(self):
        return self.name


class Postcode(models.Model):
    code = models.CharField("Postleitzahl", max_length=5, unique=True)
    districts = models.ManyToManyField(
        District, through="contacts.PostcodeShare", related_name="postcodes", verbose_name="Bezirke"
    )

    class Meta:
        verbose_name = "Postleitzahl"
        verbose_name_plural = "Postleitzahlen"
        ordering = ["code"]

    def __str__(self):
        return self.code


class PostcodeShare(models.Model):
    """How much of a postcode lies in a district: postcodes do not stop at district borders."""

    postcode = models.ForeignKey(Postcode, models.CASCADE, related_name="shares", verbose_name="Postleitzahl")
    district = models.ForeignKey(District, models.CASCADE, related_name="+", verbose_name="Bezirk")
    address_share = models.DecimalField("Anteil der Adressen", max_digits=5, decimal_places=4)

    class Meta:
        verbose_name = "Anteil eines Bezirks"
        verbose_name_plural = "Anteile der Bezirke"
        ordering = ["-address_share"]
        constraints = [
            models.UniqueConstraint(fields=["postcode", "district"], name="postcode_share_once"),
            models.CheckConstraint(
                condition=models.Q(address_share__gte=0, address_share__lte=1), name="postcode_share_is_a_share"
            ),
        ]

    def __str__(self):
        return f"{self.postcode} {self.district}"
