"""The typeface: our own files, light enough to come with the first page."""

from django.conf import settings

FONTS = settings.ROOT / "static" / "fonts"


def test_the_typeface_is_light_and_may_be_passed_on():
    files = list(FONTS.glob("*.woff2"))
    assert {path.stem for path in files} == {"atkinson-latin", "atkinson-latin-ext", "atkinson-latin-italic"}
    assert sum(path.stat().st_size for path in files) <= 70_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "LICENSE-Atkinson-Hyperlegible-Next.txt").read_text()
