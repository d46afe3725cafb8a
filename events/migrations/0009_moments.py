"""When events appear and vanish next is asked after every change of the content."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("events", "0008_item_result_index")]

    operations = [
        migrations.AddIndex(
            "event",
            models.Index(fields=["published_at"], name="event_visible", condition=Q(published_at__isnull=False)),
        ),
        migrations.AddIndex(
            "event",
            models.Index(fields=["expires_at"], name="event_expiring", condition=Q(expires_at__isnull=False)),
        ),
    ]
