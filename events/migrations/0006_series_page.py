from django.db import migrations, models

from forum.text import german_slug


def give_addresses(apps, schema_editor):
    series = apps.get_model("events", "Series")
    taken = set()
    for one in series.objects.order_by("pk"):
        base = german_slug(one.title) or "reihe"
        slug, number = base, 1
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        taken.add(slug)
        series.objects.filter(pk=one.pk).update(slug=slug)


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0005_event_pictures"),
    ]

    operations = [
        migrations.AddField(
            model_name="series",
            name="slug",
            field=models.SlugField(default="", max_length=120, db_index=False),
            preserve_default=False,
        ),
        migrations.RunPython(give_addresses, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="series",
            name="slug",
            field=models.SlugField(
                blank=True,
                help_text="Letzter Teil der Internetadresse. Leer lassen: Die Adresse entsteht aus dem Titel. Nach einer Änderung führt die alte Adresse weiter hierher.",
                max_length=120,
                unique=True,
                verbose_name="Adresse",
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug", ""), _negated=True), name="series_has_address"
            ),
        ),
    ]
