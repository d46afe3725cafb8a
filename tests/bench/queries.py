"""Print how many database queries each of the given addresses takes."""

import os
import sys

import django


def main(paths):
    os.environ["DJANGO_SETTINGS_MODULE"] = "forum.settings"
    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "127.0.0.1"})
    for path in paths:
        client.get(path)  # connection and caches of the first request
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200, path
        print(len(queries))


if __name__ == "__main__":
    main(sys.argv[1:])
