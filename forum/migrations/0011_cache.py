from django.db import migrations

# What `createcachetable` makes, without anybody having to call it. Unlogged: worth nothing after a crash.
CREATE = """
CREATE UNLOGGED TABLE IF NOT EXISTS forum_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS forum_cache_expires ON forum_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0010_audit"),
    ]

    operations = [
        migrations.RunSQL(CREATE, "DROP TABLE forum_cache"),
    ]
