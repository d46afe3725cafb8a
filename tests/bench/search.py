"""Print the milliseconds of the search itself for each of its questions: median of all, and the slowest twentieth."""

import os
import re
import statistics
import sys
import time

import django

ROUNDS = 5
QUESTIONS = [
    "Nachhaltigkeitsdialog", "Dialog", "Projekt", "Pflege", "Köpenick", "Müllprojekt", "Jugendberatung Bericht",
    "Mitarbeitende Anträge", '"enger Abstimmung"', "Senat -Werkstatt", "Kita oder Jugendhilfe", "Digitalisierung",
    "Björn", "Quartiersfonds", "Nachhaltigkietsdialog", "Wohnungsbündniss", "xyzzy", "Zusammenhalt im Kiez",
    "Teilhabe Förderung Konzept", "Eltern",
]  # fmt: skip


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "forum.settings"
    django.setup()
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    client.get("/suche/?q=warm")
    medians = []
    for question in QUESTIONS:
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            answer = client.get("/suche/", {"q": question})
            times.append(1000 * (time.perf_counter() - start))
            assert answer.status_code == 200
        if "verbose" in sys.argv:
            said = re.search("<title>([0-9.]+)", answer.content.decode())
            print(f"{statistics.median(times):8.1f} {said[1] if said else '?':>7} {question}")
        medians.append(statistics.median(times))
    print(f"{statistics.median(medians):.1f} {sorted(medians)[int(0.95 * len(medians))]:.1f}")


if __name__ == "__main__":
    main()
