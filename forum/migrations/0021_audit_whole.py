from django.db import migrations

# Emptying the table as a whole is refused as deleting one row is. Not even the account of the portal does it by the
# way: it would have to disable the trigger first. Restoring a backup drops the table, with all others.
PROTECT = """
CREATE OR REPLACE FUNCTION forum_keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '365 days' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'Einträge im Protokoll lassen sich nicht ändern und erst nach 365 Tagen löschen.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER forum_keep_audit_whole BEFORE TRUNCATE ON forum_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION forum_keep_audit();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0020_errors"),
    ]

    operations = [
        migrations.RunSQL(PROTECT, "DROP TRIGGER forum_keep_audit_whole ON forum_auditentry"),
    ]
