from django.db import migrations

import forum.languages


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0005_article_visible_index"),
    ]

    operations = [
        migrations.RenameField("externallink", "language", "title_language"),
        migrations.AlterField("externallink", "title_language", forum.languages.TitleLanguageField()),
        migrations.AddField("article", "title_language", forum.languages.TitleLanguageField()),
    ]
