import django.utils.timezone
from django.db import migrations, models

# Not even the account of the portal changes what is written; old rows pass. TRUNCATE is refused by 0021.
PROTECT = """
CREATE FUNCTION forum_keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '365 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Einträge im Protokoll lassen sich nicht ändern und erst nach 365 Tagen löschen.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER forum_keep_audit BEFORE UPDATE OR DELETE ON forum_auditentry
    FOR EACH ROW EXECUTE FUNCTION forum_keep_audit();
"""
RELEASE = "DROP TRIGGER forum_keep_audit ON forum_auditentry; DROP FUNCTION forum_keep_audit();"


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0009_missing_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="Wann")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sign-in", "Anmeldung"),
                            ("refused", "Fehlgeschlagene Anmeldung"),
                            ("sign-out", "Abmeldung"),
                            ("factor", "Zweiter Faktor"),
                            ("password", "Passwort"),
                            ("role", "Rollen und Rechte"),
                            ("added", "Angelegt"),
                            ("changed", "Geändert"),
                            ("deleted", "Gelöscht"),
                        ],
                        max_length=20,
                        verbose_name="Art",
                    ),
                ),
                ("person", models.CharField(max_length=200, verbose_name="Wer")),
                ("what", models.CharField(blank=True, max_length=1000, verbose_name="Was")),
                ("network", models.GenericIPAddressField(blank=True, null=True, verbose_name="Netz")),
            ],
            options={
                "verbose_name": "Eintrag im Protokoll",
                "verbose_name_plural": "Protokoll",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["-at", "-id"], name="audit_newest")],
            },
        ),
        migrations.RunSQL(PROTECT, RELEASE),
    ]
