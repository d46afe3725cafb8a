from django.db import migrations, models

from news import counting


class Migration(migrations.Migration):
    dependencies = [("news", "0007_article_pictures"), ("forum", "0016_content_version")]

    operations = [
        migrations.AddIndex(
            "article",
            models.Index(
                fields=["expires_at"],
                name="article_expiring",
                condition=models.Q(expires_at__isnull=False),
            ),
        ),
        migrations.RunSQL(counting.install(), counting.remove()),
    ]
