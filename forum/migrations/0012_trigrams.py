from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("forum", "0011_cache")]

    operations = [
        TrigramExtension(),  # finds misspelt names; PostgreSQL lets the owner of a database install it
    ]
