from django.db import migrations

from forum.caching.content import TABLE


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0014_search_newest"),
    ]

    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE forum_contentchange"),
    ]
