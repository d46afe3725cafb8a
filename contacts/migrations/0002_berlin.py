"""Load the twelve districts, 97 quarters and 190 postcodes of Berlin (contacts/data/, provenance in SOURCES.md there)."""

import csv
import json
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load(apps, schema_editor):
    districts = load_districts(apps.get_model("contacts", "District"))
    postcodes = load_postcodes(apps, districts)
    quarter_model = apps.get_model("contacts", "Quarter")
    for row in rows("ortsteil-bezirk.csv"):
        quarter = quarter_model.objects.create(
            key=row["ortsteil_key"], name=row["ortsteil_name"], district=districts[row["bezirk_key"]]
        )
        quarter.postcodes.set([postcodes[code] for code in row["plz"].split() if code in postcodes])


def load_districts(district_model):
    outlines = json.loads((DATA / "berlin-bezirke.svg.json").read_text(encoding="utf-8"))["districts"]
    districts = {
        entry["key"]: district_model.objects.create(
            key=entry["key"],
            ags=entry["ags"],
            name=entry["name"],
            slug=entry["slug"],
            outline=entry["d"],
            label_x=entry["label"][0],
            label_y=entry["label"][1],
        )
        for entry in outlines
    }
    for entry in outlines:
        districts[entry["key"]].neighbours.set([districts[key] for key in entry["neighbours"]])
    return districts


def load_postcodes(apps, districts):
    postcode_model = apps.get_model("contacts", "Postcode")
    share_model = apps.get_model("contacts", "PostcodeShare")
    postcodes = {}
    for row in rows("plz-bezirk.csv"):
        if row["plz"] not in postcodes:
            postcodes[row["plz"]] = postcode_model.objects.create(code=row["plz"])
        share_model.objects.create(
            postcode=postcodes[row["plz"]],
            district=districts[row["bezirk_key"]],
            address_share=row["address_share"],
        )
    return postcodes


def unload(apps, schema_editor):
    for name in ("Quarter", "Postcode", "District"):
        apps.get_model("contacts", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [migrations.RunPython(load, unload)]
