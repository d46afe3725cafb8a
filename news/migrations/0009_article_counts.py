from django.db import migrations

from news import counting


class Migration(migrations.Migration):
    dependencies = [("news", "0007_article_pictures"), ("forum", "0013_search")]

    operations = [migrations.RunSQL(counting.install(), counting.remove())]
