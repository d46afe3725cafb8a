"""Dates as people write them: read strictly, said in words, never silently changed."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from forum.datetexts import MONTHS, WEEKDAYS, in_words, read

TODAY = date(2027, 3, 3)  # a Wednesday

DAYS = {
    "14.6.2023": date(2023, 6, 14),
    "14.06.23": date(2023, 6, 14),
    "14.06.2023.": date(2023, 6, 14),
    " 14. 6. 2023 ": date(2023, 6, 14),
    "14. Juni 2023": date(2023, 6, 14),
    "14 juni 2023": date(2023, 6, 14),
    "14. JUN. 2023": date(2023, 6, 14),
    "1. Mrz 2023": date(2023, 3, 1),
    "Mi, 14.06.2023": date(2023, 6, 14),
    "Mi. 14.6.2023": date(2023, 6, 14),
    "am Mittwoch, den 14. Juni 2023": date(2023, 6, 14),
    "2023-06-14": date(2023, 6, 14),
    "29.2.2028": date(2028, 2, 29),
    "heute": TODAY,
    "Morgen": date(2027, 3, 4),
    "übermorgen": date(2027, 3, 5),
    "gestern": date(2027, 3, 2),
    "nächsten Montag": date(2027, 3, 8),
    "kommenden Freitag": date(2027, 3, 5),
    "Mittwoch": date(2027, 3, 10),  # never today: then one says “heute”
    "So": date(2027, 3, 7),
    "in 3 Tagen": date(2027, 3, 6),
    "in zwei Wochen": date(2027, 3, 17),
}
ADDED_YEARS = {
    "14.6.": date(2027, 6, 14),
    "3.3.": TODAY,
    "2.3.": date(2028, 3, 2),
    "29. Februar": date(2028, 2, 29),
    "Mo, 14.6.": date(2027, 6, 14),
}
TIMES = {
    "9 Uhr": time(9), "9": time(9), "9:30": time(9, 30), "9.30": time(9, 30), "09:30 Uhr": time(9, 30),
    "9 Uhr 30": time(9, 30), "um 9.05 Uhr": time(9, 5), "9h": time(9), "bis 16 Uhr": time(16), "0:00": time(0),
    "23:59": time(23, 59), "16.45": time(16, 45),
}  # fmt: skip
PERIODS = {
    "14.06.2023 9–16 Uhr": "Mittwoch, 14. Juni 2023, 9 bis 16 Uhr",
    "14.06.2023, 9:00 Uhr bis 16.30 Uhr": "Mittwoch, 14. Juni 2023, 9 bis 16:30 Uhr",
    "Mi 14.06.2023 von 9 - 16": "Mittwoch, 14. Juni 2023, 9 bis 16 Uhr",
    "heute 9-12": "Mittwoch, 3. März 2027, 9 bis 12 Uhr",
    "14.–16.6.2023": "Mittwoch, 14. Juni 2023 bis Freitag, 16. Juni 2023",
    "14-16.6.2023": "Mittwoch, 14. Juni 2023 bis Freitag, 16. Juni 2023",
    "28-30.6.2023": "Mittwoch, 28. Juni 2023 bis Freitag, 30. Juni 2023",
    "14./15.6.2023": "Mittwoch, 14. Juni 2023 bis Donnerstag, 15. Juni 2023",
    "vom 14. bis zum 16. Juni 2023": "Mittwoch, 14. Juni 2023 bis Freitag, 16. Juni 2023",
    "30.5.–2.6.2023": "Dienstag, 30. Mai 2023 bis Freitag, 2. Juni 2023",
    "30.12.–2.1.2024": "Samstag, 30. Dezember 2023 bis Dienstag, 2. Januar 2024",
    "30.12.2023–2.1.": "Samstag, 30. Dezember 2023 bis Dienstag, 2. Januar 2024 (das Jahr haben wir ergänzt)",
    "2.3.–4.3.": "Donnerstag, 2. März 2028 bis Samstag, 4. März 2028 (das Jahr haben wir ergänzt)",
    "2023-06-14 - 2023-06-16": "Mittwoch, 14. Juni 2023 bis Freitag, 16. Juni 2023",
    "14.06.2023 18 Uhr – 15.06.2023 2 Uhr": "Mittwoch, 14. Juni 2023, 18 Uhr bis Donnerstag, 15. Juni 2023, 2 Uhr",
    "14.06.2023 20–2 Uhr": "Mittwoch, 14. Juni 2023, 20 Uhr bis Donnerstag, 15. Juni 2023, 2 Uhr",
    "14.06.2023 18-24 Uhr": "Mittwoch, 14. Juni 2023, 18 Uhr bis Donnerstag, 15. Juni 2023, 0 Uhr",
}
REFUSED = {
    "nonsense": "Das ist kein Datum.",
    "morgen früh": "Das ist kein Datum.",
    "14.06.2023 morgen": "Das ist kein Datum.",
    "--": "Das ist kein Datum.",
    "14.": "Das ist kein Datum.",
    "14. Quintember 2023": "Das ist kein Datum.",
    "1.1.2023-2.2.2023-3.3.2023": "Das ist kein Datum.",
    "31.2.": "Im Kalender gibt es keinen 31. Februar.",
    "31.04.2027": "Im Kalender gibt es keinen 31. April.",
    "29.2.2023": "Im Jahr 2023 gibt es keinen 29. Februar.",
    "0.1.2027": "Im Kalender gibt es keinen 0. Januar.",
    "32.13.2026": "Einen 13. Monat gibt es nicht.",
    "01.01.0001": "Bitte prüfen Sie das Jahr.",
    "31.12.9999": "Bitte prüfen Sie das Jahr.",
    "Do, 14.06.2023": "Der 14. Juni 2023 ist ein Mittwoch, kein Donnerstag.",
    "14.6. 23": "Ist „23“ die Uhrzeit oder das Jahr?",
    "14. Juni 9": "Ist „9“ die Uhrzeit oder das Jahr?",
    "14.06": "Ist das ein Tag oder eine Uhrzeit?",
    "14.06.203": "Das ist keine Uhrzeit.",
    "14.06.2023 25:00": "Das ist keine Uhrzeit.",
    "9:75": "Das ist keine Uhrzeit.",
    "24 Uhr": "24 Uhr ist 0 Uhr des nächsten Tages",
    "14.06.2023 16–10 Uhr": "Das Ende liegt vor dem Beginn.",
    "16.6.–14.6.2023": "Das Ende liegt vor dem Beginn.",
    "14.06.2023 – 16 Uhr": "Bitte geben Sie sie auch beim Beginn an.",
    "9–16 Uhr": "Bitte geben Sie auch das Datum an.",
    "x" * 10_000: "Das ist kein Datum.",
    "1." * 49: "Das ist keine Uhrzeit.",
    "14.06.2023\x00": "Das ist kein Datum.",
}


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_days(text, day):
    written = read(text, TODAY)
    assert (written.day, written.at, written.is_period, written.added) == (day, None, False, "")


@pytest.mark.parametrize(("text", "day"), ADDED_YEARS.items())
def test_a_year_left_out_is_the_next_such_day_and_said(text, day):
    assert read(text, TODAY).day == day
    assert read(text, TODAY).in_words == f"{in_words(day)} (das Jahr haben wir ergänzt)"


@pytest.mark.parametrize(("text", "at"), TIMES.items())
def test_times_alone_and_behind_every_way_of_writing_a_day(text, at):
    assert read(text, TODAY).at == at
    for before, day in (DAYS | {"14.6.2023,": date(2023, 6, 14)}).items():
        if "bis" not in text:
            assert (read(f"{before} {text}", TODAY).day, read(f"{before} {text}", TODAY).at) == (day, at), before
    if not text.isdecimal() and "bis" not in text:  # 14.6. 9 may be a year
        assert read(f"14.6. {text}", TODAY).at == at


@pytest.mark.parametrize(("text", "words"), PERIODS.items())
def test_periods(text, words):
    assert read(text, TODAY).in_words == words


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_what_cannot_be_or_could_be_two_things_is_refused_in_german(text, reason):
    with pytest.raises(ValidationError) as refusal:
        read(text, TODAY)
    assert reason in refusal.value.messages[0]


def test_nothing_is_nothing():
    assert read("  \n ", TODAY).in_words == ""


def test_the_same_day_in_all_spellings_is_the_same_day_and_words_can_be_read_again():
    """Every day of eleven years, among them three leap years."""
    for offset in range(0, 366 * 11, 5):
        day = date(2020, 1, 1) + timedelta(days=offset)
        month, weekday = MONTHS[day.month - 1], WEEKDAYS[day.weekday()]
        spellings = [
            f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day.year}", f"{day:%d.%m.%y}", day.isoformat(),
            f"{day.day}. {month} {day.year}", f"{weekday[:2]}, {day:%d.%m.%Y}", in_words(day),
        ]  # fmt: skip
        assert {read(text, TODAY).day for text in spellings} == {day}
        at = time(offset % 24, offset % 60)
        assert read(in_words(day, at), TODAY) == read(f"{day:%d.%m.%Y} {at:%H:%M}", TODAY)


def test_the_desk_says_how_a_date_is_read_or_why_not(desk, client):
    def asked(text, art="moment"):
        return desk.get("/redaktion/datum/", {"text": text, "art": art}).json()

    assert asked("14.06.2023 9 Uhr") == {"words": "Mittwoch, 14. Juni 2023, 9 Uhr"}
    assert asked("14.06.2023 9–16 Uhr", "period") == {"words": "Mittwoch, 14. Juni 2023, 9 bis 16 Uhr"}
    assert asked("16 Uhr", "end") == {"words": "16 Uhr"}
    assert asked("9.10", "clock") == {"words": "9:10 Uhr"}
    for text, art, reason in (
        ("14.06.2023 9–16 Uhr", "moment", "kein Zeitraum"),
        ("14.06.2023 9 Uhr", "day", "nur ein Datum"),
        ("16 Uhr", "moment", "Bitte geben Sie auch das Datum an."),
        ("28.03.2027 2:30", "moment", "02:30 Uhr gibt es an diesem Tag nicht"),
        ("27.03.2027 22 Uhr – 28.03.2027 2:30", "period", "02:30 Uhr gibt es an diesem Tag nicht"),
        ("zehn", "clock", "Das ist keine Uhrzeit."),
        ("31.2.", "unsinn", "keinen 31. Februar"),
    ):
        assert reason in asked(text, art)["error"], text
    assert client.get("/redaktion/datum/", {"text": "heute"}).status_code == 302
