from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0006_series_page")]

    operations = [
        migrations.AddIndex(
            "programmeitem",
            models.Index(
                fields=["event"],
                name="programme_item_result",
                condition=models.Q(("result", ""), _negated=True),
            ),
        )
    ]
