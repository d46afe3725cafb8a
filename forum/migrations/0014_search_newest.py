"""Indexes that let the search find the newest hits without reading all."""

from django.db import migrations, models

from forum.searching.newest import INDEX, NO_STATISTICS, WORDS_OF

# Values that are read for every hit lie in the row; PostgreSQL moves the largest of the others out of it.
IN_THE_ROW = """
    ALTER TABLE forum_searchentry
        ALTER kind SET STORAGE MAIN, ALTER reference SET STORAGE MAIN, ALTER title SET STORAGE MAIN,
        ALTER note SET STORAGE MAIN, ALTER title_key SET STORAGE MAIN, ALTER visible SET STORAGE MAIN,
        ALTER topics SET STORAGE MAIN
"""


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0013_search"),
    ]

    operations = [
        migrations.AddField("searchentry", "period", models.CharField(default="", db_default="", max_length=40)),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(fields=["kind", "date"], include=["visible"], name="search_entry_newest"),
        ),
        migrations.RunSQL(IN_THE_ROW, migrations.RunSQL.noop),
        migrations.RunSQL(
            [WORDS_OF, INDEX, NO_STATISTICS],
            ["DROP INDEX search_entry_words", "DROP FUNCTION forum_words_of"],
        ),
    ]
