from django.db import migrations

BEFORE = "<p>Ist Ihnen eine Barriere aufgefallen? Bitte schreiben Sie einer unserer Ansprechpersonen.</p>"


def drop_sentence(apps, schema_editor):
    """The page now says by itself whom to write to; what staff have written in the meantime stays."""
    for page in apps.get_model("forum", "Page").objects.filter(slug="barrierefreiheit", text__contains=BEFORE):
        page.text = page.text.replace(BEFORE, "")
        page.save(update_fields=["text"])


class Migration(migrations.Migration):
    dependencies = [("forum", "0004_barriers")]

    operations = [migrations.RunPython(drop_sentence, migrations.RunPython.noop)]
