"""The typeface: our own files, light enough to come with the first page."""

from django.conf import settings

FONTS = settings.ROOT / "static" / "fonts"


def test_the_typeface_is_light_and_may_be_passed_on():
    files = list(FONTS.glob("*.woff2"))
    latin = ["atkinson-latin", "atkinson-latin-ext", "atkinson-latin-italic"]
    assert sorted(path.stem for path in files) == ["atkinson-german", *latin]
    assert sum(path.stat().st_size for path in files) <= 60_000
    in_one_round_trip = 10 * 1460 - 600  # RFC 6928, less the headers of the answer
    assert (FONTS / "atkinson-german.woff2").stat().st_size <= in_one_round_trip
    assert "SIL OPEN FONT LICENSE" in (FONTS / "LICENSE-Atkinson-Hyperlegible-Next.txt").read_text()
