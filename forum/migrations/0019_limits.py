from django.db import migrations

# Unlogged: worth nothing after a crash. See forum/limits.py.
CREATE = """
CREATE UNLOGGED TABLE forum_limit (
    key bytea NOT NULL PRIMARY KEY,
    ends integer NOT NULL,
    count integer NOT NULL
);
CREATE INDEX forum_limit_ends ON forum_limit (ends);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0016_content_version"),
    ]

    operations = [
        migrations.RunSQL(CREATE, "DROP TABLE forum_limit"),
    ]
