"""Reads days and times as people write them, strictly: what has two meanings is refused, nothing is guessed unsaid.

Understood are 14.6.2023, 14.06.23, 14. Juni 2023, Mi, 14.06.2023, 2023-06-14T09:00, heute, morgen, nächsten Montag,
each with 9 Uhr, 9:30, 9.30 Uhr or 9 Uhr 30 behind it, and periods: 14.–16.6.2023, 14.06.2023 9–16 Uhr.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from django.core.exceptions import ValidationError

MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTH_NUMBERS = {name.lower()[:length]: index for index, name in enumerate(MONTHS, 1) for length in (3, None)}
MONTH_NUMBERS |= {"jänner": 1, "maerz": 3, "mrz": 3, "sept": 9}
WEEKDAY_NUMBERS = {name.lower()[:length]: index for index, name in enumerate(WEEKDAYS) for length in (2, None)}
WEEKDAY_NUMBERS |= {"sonnabend": 5}
NEAR_DAYS = {"vorgestern": -2, "gestern": -1, "heute": 0, "morgen": 1, "übermorgen": 2, "uebermorgen": 2}
COUNTS = {"einem": 1, "einer": 1, "zwei": 2, "drei": 3, "vier": 4}
LONGEST = 100  # characters; the longest sensible text has about 70
EARLY = time(6)  # 20–2 Uhr ends the next day, 16–10 Uhr is a slip

NO_DATE = "Das ist kein Datum. Bitte schreiben Sie es wie 14.06.2027."
NO_TIME = "Das ist keine Uhrzeit. Bitte schreiben Sie sie wie 9:30."
BACKWARDS = "Das Ende liegt vor dem Beginn."
YEAR_ADDED = "das Jahr haben wir ergänzt"

DASH = re.compile("[\u2010-\u2015\u2212]")
ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?:t(?=\d))?")
TWO_DAYS = re.compile(r"(\d{1,2}\.)\s?/\s?(?=\d{1,2}\.)")
BETWEEN = re.compile(r"\s*-\s*|\s+bis(?:\s+zum)?\s+")
OPENING = re.compile(r"(?:(?:am|vom|von|ab|um|bis|zum|den|dem|der)\s+)*")
WEEKDAY = re.compile(
    rf"(?:(?:nächste|kommende|diese)[nrs]?\s+)?({'|'.join(sorted(WEEKDAY_NUMBERS, key=len, reverse=True))})\b\.?,?\s*"
)
NEAR_DAY = re.compile(rf"({'|'.join(sorted(NEAR_DAYS, key=len, reverse=True))})\b,?\s*")
IN_DAYS = re.compile(r"in (\d{1,3}|[a-z]{4,5}) (tag|woche)(?:en?|n)?\b,?\s*")
NUMBERS = re.compile(
    r"(\d{1,2})\.(?:\s?(\d{1,2})\.(?:(\d{4}|\d{2})(?!\d|:|\.\d|\s?uhr|\s?h\b)|\s?(\d{4})\b)?|(?=,?$))\.?,?\s*"
)
NAMED = re.compile(r"(\d{1,2})\.?\s?([a-zäöü]{3,9})\b\.?(?:\s?(\d{4})\b)?,?\s*")
CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?\s?(?:(uhr|h)\b\s?(\d{2})?)?")


@dataclass(frozen=True)
class Written:
    """What a text says: a day, a time, and where it ends; what it does not say is None.

    Args:
        until_day: last day, where a period runs over several days.
        added: what the text left out and we filled in, in German.
    """

    day: date | None = None
    at: time | None = None
    until_day: date | None = None
    until: time | None = None
    added: str = ""

    @property
    def is_period(self) -> bool:
        return self.until_day is not None or self.until is not None

    @property
    def in_words(self) -> str:
        """`Mittwoch, 14. Juni 2023, 9 bis 16 Uhr`."""
        words = in_words(self.day, self.at)
        if self.until_day is None and self.until is not None:
            words = words.removesuffix(" Uhr")  # 9 bis 16 Uhr
        if self.is_period:
            words += f" bis {in_words(self.until_day, self.until)}"
        return f"{words} ({self.added})" if self.added else words


@dataclass(frozen=True)
class Side:
    """One side of a period, or all of a text, before what is missing is taken from the other side.

    Args:
        numbers: (day, month, year) as written, the latter two None where missing.
        certain: a day that needs no completion.
        bare: whether the time is a number alone, which may as well be a day or a year.
        dotted: whether the time may as well be a day and a month: 14.06.
        ends_day: whether the time is 24 Uhr, the first moment of the next day.
    """

    numbers: tuple[int, int | None, int | None] | None = None
    weekday: int | None = None
    certain: date | None = None
    at: time | None = None
    bare: bool = False
    dotted: bool = False
    ends_day: bool = False

    @property
    def has_day(self) -> bool:
        return self.numbers is not None or self.certain is not None


def in_words(day: date | None, at: time | None = None) -> str:
    """`Mittwoch, 14. Juni 2023, 9:30 Uhr`, or the half that is known."""
    words = f"{WEEKDAYS[day.weekday()]}, {day.day}. {MONTHS[day.month - 1]} {day.year}" if day else ""
    return ", ".join(filter(None, [words, clock(at) if at is not None else ""]))


def clock(at: time) -> str:
    return f"{at.hour} Uhr" if at.minute == 0 else f"{at.hour}:{at.minute:02} Uhr"


def read(text: str, today: date) -> Written:
    """Read a day, a time, both, or a period; nothing where the text is empty.

    Args:
        text: what somebody typed.
        today: where “morgen” and days without a year count from; such a day is the next of its kind, today included.

    Raises:
        ValidationError: in German, for everything that cannot be, or could be two things.
    """
    if len(text) > LONGEST:
        raise ValidationError(NO_DATE)
    line = " ".join(DASH.sub("-", text).casefold().split()).strip(" ,;")
    if not line:
        return Written()
    sides = BETWEEN.split(TWO_DAYS.sub(r"\1-", ISO.sub(r"\3.\2.\1 ", line)))
    if len(sides) > 2:
        raise ValidationError(NO_DATE)
    first, *rest = (side_of(side, today) for side in sides)
    return period(first, rest[0], today) if rest else single(first, today)


def side_of(text: str, today: date) -> Side:
    text = text[OPENING.match(text).end() :]
    side, rest = day_of(text, today)
    rest = rest[OPENING.match(rest).end() :]
    if not rest:
        if not side.has_day:
            raise ValidationError(NO_DATE)
        return side
    written = CLOCK.fullmatch(rest)
    if not written:
        digits = rest[0].isdigit() and side.has_day
        raise ValidationError(NO_TIME if digits else NO_DATE)
    hour, minute, unit, trailing = written.groups()
    hours, minutes = int(hour), int(minute or trailing or 0)
    ends_day = (hours, minutes) == (24, 0)
    if not ends_day and (hours > 23 or minutes > 59):
        if not side.has_day and not minute and not unit:
            return replace(side, numbers=(hours, None, None))  # 28 of 28–30.6.
        raise ValidationError(NO_TIME)
    at = time(0 if ends_day else hours, minutes)
    dotted = "." in rest and not unit and 1 <= minutes <= 12 and hours >= 1
    return replace(side, at=at, bare=not minute and not unit, dotted=dotted, ends_day=ends_day)


def day_of(text: str, today: date) -> tuple[Side, str]:
    """Take the day off the beginning of a text: (what it says, what is left)."""
    if near := NEAR_DAY.match(text):
        return Side(certain=today + timedelta(days=NEAR_DAYS[near[1]])), text[near.end() :]
    if (away := IN_DAYS.match(text)) and (count := COUNTS.get(away[1]) or (away[1].isdecimal() and int(away[1]))):
        return Side(certain=today + timedelta(days=count * (7 if away[2] == "woche" else 1))), text[away.end() :]
    weekday = None
    if named := WEEKDAY.match(text):
        weekday = WEEKDAY_NUMBERS[named[1]]
        text = text[named.end() :]
        text = text[OPENING.match(text).end() :] if OPENING.match(text)[0] != "um " else text
    if (named := NAMED.match(text)) and named[2] in MONTH_NUMBERS:
        return Side((int(named[1]), MONTH_NUMBERS[named[2]], named[3] and int(named[3])), weekday), text[named.end() :]
    if numbers := NUMBERS.match(text):
        day, month, year, spaced_year = numbers.groups()
        year = year or spaced_year
        year = year and int(year) + (2000 if len(year) == 2 else 0)
        return Side((int(day), month and int(month), year), weekday), text[numbers.end() :]
    if weekday is not None:
        ahead = (weekday - today.weekday() - 1) % 7 + 1
        return Side(certain=today + timedelta(days=ahead)), text
    return Side(), text


def single(side: Side, today: date) -> Written:
    if side.bare and side.numbers and side.numbers[2] is None:
        raise ValidationError(
            f"Ist „{side.at.hour}“ die Uhrzeit oder das Jahr? Bitte schreiben Sie „{side.at.hour} Uhr“ oder das Jahr "
            "mit vier Ziffern."
        )
    if not side.has_day:
        if side.ends_day:
            raise ValidationError("24 Uhr ist 0 Uhr des nächsten Tages: Bitte schreiben Sie dessen Datum dazu.")
        if side.dotted:
            raise ValidationError(
                f"Ist das ein Tag oder eine Uhrzeit? Bitte schreiben Sie „{side.at.hour}.{side.at.minute}.“ oder "
                f"„{side.at:%H:%M}“."
            )
        return Written(at=side.at)
    day, added = resolved(side, today)
    return Written(day + timedelta(days=side.ends_day), side.at, added=added)


def period(first: Side, second: Side, today: date) -> Written:
    if not second.has_day:
        return hours_of(first, second, today)
    if not first.has_day and first.bare:  # 14 of 14–16.6.2023
        first = replace(first, numbers=(first.at.hour, None, None), at=None, bare=False)
    if not first.has_day:
        raise ValidationError(NO_DATE)
    first = completed(first, second)
    day, added = resolved(first, today)
    last, also_added = resolved(second, day)
    last += timedelta(days=second.ends_day)
    if (last, second.at or time.max) < (day, first.at or time.min):
        raise ValidationError(BACKWARDS)
    return Written(day, first.at, last, second.at, added or also_added)


def completed(first: Side, second: Side) -> Side:
    """Give the beginning the month and the year that stand only at the end: 14.–16.6.2023, 30.12.–2.1.2024."""
    if not first.numbers or not second.numbers:
        return first
    (day, month, year), (_, last_month, last_year) = first.numbers, second.numbers
    if year is None and last_year and month and last_month and month > last_month:
        return replace(first, numbers=(day, month, last_year - 1))
    return replace(first, numbers=(day, month or last_month, year or last_year))


def hours_of(first: Side, second: Side, today: date) -> Written:
    """A period inside a day, or a night."""
    if first.at is None:
        raise ValidationError("Das Ende hat eine Uhrzeit: Bitte geben Sie sie auch beim Beginn an.")
    if not first.has_day:
        raise ValidationError("Bitte geben Sie auch das Datum an.")
    day, added = resolved(first, today)
    overnight = second.ends_day or (second.at <= first.at and second.at <= EARLY)
    if not overnight and second.at <= first.at:
        raise ValidationError(BACKWARDS)
    return Written(day, first.at, day + timedelta(days=1) if overnight else None, second.at, added)


def resolved(side: Side, earliest: date) -> tuple[date, str]:
    """The day a side means, and what we added to find it.

    Args:
        earliest: where to begin looking for a day without a year.
    """
    if side.certain:
        return side.certain, ""
    day, month, year = side.numbers
    if month is None:
        raise ValidationError(NO_DATE)
    if not 1 <= month <= 12:
        raise ValidationError(f"Das ist kein Datum: Einen {month}. Monat gibt es nicht.")
    if year is not None and not 1900 <= year <= 2200:
        raise ValidationError("Bitte prüfen Sie das Jahr.")
    years = [year] if year is not None else range(earliest.year, earliest.year + 9)  # 29.2. may be eight years off
    found = [on for on in (date_or_none(one, month, day) for one in years) if on]
    found = found if year is not None else [on for on in found if on >= earliest]
    if not found:
        in_year = f"Im Jahr {year}" if year and (month, day) == (2, 29) else "Im Kalender"
        raise ValidationError(f"Das ist kein Datum: {in_year} gibt es keinen {day}. {MONTHS[month - 1]}.")
    if side.weekday is not None and found[0].weekday() != side.weekday:
        raise ValidationError(
            f"Der {day}. {MONTHS[month - 1]} {found[0].year} ist ein {WEEKDAYS[found[0].weekday()]}, kein "
            f"{WEEKDAYS[side.weekday]}. Bitte prüfen Sie Tag und Jahr."
        )
    return found[0], "" if year is not None else YEAR_ADDED


def date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
