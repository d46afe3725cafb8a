"""The old site kept its articles below /aktuelles/detail/: lead the whole folder to ours."""

from django.db import migrations


def create(apps, schema_editor):
    apps.get_model("forum", "FormerAddress").objects.get_or_create(
        path="/aktuelles/detail/", defaults={"target_path": "/aktuelles/"}
    )


class Migration(migrations.Migration):
    dependencies = [("news", "0001_initial")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
