import csv
from decimal import Decimal
from pathlib import Path

import contacts
from contacts.models import District, Postcode, PostcodeShare, Quarter

DATA = Path(contacts.__file__).parent / "data"

OFFICIAL = {
    "01": "Mitte",
    "02": "Friedrichshain-Kreuzberg",
    "03": "Pankow",
    "04": "Charlottenburg-Wilmersdorf",
    "05": "Spandau",
    "06": "Steglitz-Zehlendorf",
    "07": "Tempelhof-Schöneberg",
    "08": "Neukölln",
    "09": "Treptow-Köpenick",
    "10": "Marzahn-Hellersdorf",
    "11": "Lichtenberg",
    "12": "Reinickendorf",
}


def test_the_twelve_with_official_key_and_outline():
    assert dict(District.objects.values_list("key", "name")) == OFFICIAL
    for district in District.objects.all():
        assert district.ags == f"110000{district.key}"
        assert district.outline.startswith("M")
        assert district.outline.endswith("z")
        assert 0 < district.label_x < 800
        assert 0 < district.label_y < 650
    assert District.objects.get(name="Treptow-Köpenick").slug == "treptow-koepenick"


def test_neighbours_are_mutual():
    for district in District.objects.all():
        assert district.neighbours.exists()
        for neighbour in district.neighbours.all():
            assert district in neighbour.neighbours.all()


def test_every_postcode_and_quarter_is_loaded_as_the_data_says():
    with (DATA / "plz-bezirk.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert Postcode.objects.count() == len({row["plz"] for row in rows}) == 190
    loaded = set(PostcodeShare.objects.values_list("postcode__code", "district__key", "address_share"))
    assert loaded == {(row["plz"], row["bezirk_key"], Decimal(row["address_share"])) for row in rows}
    with (DATA / "ortsteil-bezirk.csv").open(encoding="utf-8") as file:
        quarters = list(csv.DictReader(file))
    assert Quarter.objects.count() == len(quarters) == 97
    for row in quarters:
        quarter = Quarter.objects.get(key=row["ortsteil_key"])
        assert (quarter.name, quarter.district.key) == (row["ortsteil_name"], row["bezirk_key"])
        codes = set(quarter.postcodes.values_list("code", flat=True))
        assert codes == set(row["plz"].split()), row


def test_the_source_of_the_data_is_named_where_it_is_shown(client):
    for path in ("/", "/kontakt/", "/kontakt/pankow/"):
        page = client.get(path).content.decode()
        assert "Geoportal Berlin" in page
        assert "dl-de/by-2-0" in page
        assert "CC BY 3.0 DE" in page
