from django.db import migrations

from forum.caching.content import TABLE


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0013_search"),
    ]

    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE forum_contentchange"),
    ]
