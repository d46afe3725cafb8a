"""The half circle of seven chairs in numbers, for whatever draws it: pages, icons, placeholders, preview images."""

import hashlib
import math
from itertools import pairwise

BOX = (56, 32)  # width and height around the dots
DOTS = ((6, 27), (8.9, 16), (17, 7.9), (28, 5), (39, 7.9), (47.1, 16), (50, 27))
CENTRE = (28, 27)  # of the circle the dots lie on
RADIUS = 4.5  # of a dot
ONE = 4  # the dot in the accent

PAPER, INK, ACCENT = "#fbf7f0", "#0f2f38", "#b52a19"
DARK_INK, DARK_ACCENT = "#f3eee4", "#ff8f78"

PLACEHOLDER_BOX = (120, 80)
PLACEHOLDER_COLOURS = 6
MARGIN = 9  # between the dots and the edge of a placeholder
OPENINGS = (80, 110, 145, 180, 210, 245)  # degrees from the first dot to the last
GROWTHS = (1, 1, 1.6, 2.2, 1 / 1.6, 1 / 2.2)  # last dot : first dot
STEEPEST = 35  # degrees of tilt to either side; flat arcs less, or they look like a fall


def placeholder(slug: str) -> dict:
    """Seven dots on an arc, the same for the same slug for ever.

    Args:
        slug: any text.

    Returns:
        `dots`: seven (x, y, radius) inside PLACEHOLDER_BOX, no two of them touching; `one`: which of them has the
        accent; `colours`: a number below PLACEHOLDER_COLOURS.
    """
    chance = hashlib.sha256(slug.encode()).digest()
    opening = OPENINGS[chance[0] % len(OPENINGS)]
    tilt = (chance[1] / 255 * 2 - 1) * STEEPEST * min(1, opening / 180) ** 2
    dots = arc(opening, tilt, GROWTHS[chance[2] % len(GROWTHS)], fullness=0.66 + chance[3] / 255 * 0.2)
    return {
        "dots": fitted(dots, size=0.88 + chance[4] / 255 * 0.12, place=(0.25 + chance[5] / 510, 0.5)),
        "one": chance[7] % len(dots),
        "colours": chance[8] % PLACEHOLDER_COLOURS,
    }


def arc(opening: float, tilt: float, growth: float, fullness: float) -> list[tuple[float, float, float]]:
    """Seven (x, y, radius) on a circle of radius 1; the gaps grow with the dots.

    Args:
        opening: degrees from the first dot to the last.
        tilt: degrees clockwise.
        growth: radius of the last dot divided by that of the first.
        fullness: share of the way between two centres that the dots take up, below 1.
    """
    sizes = [growth ** (step / 6) for step in range(7)]
    gaps = [(one + other) / 2 for one, other in pairwise(sizes)]
    unit = math.radians(opening) / sum(gaps)
    angle = math.radians(tilt - 90 - opening / 2)
    dots = []
    for size, gap in zip(sizes, [*gaps, 0], strict=True):
        dots.append((math.cos(angle), math.sin(angle), size * unit / 2 * fullness))
        angle += gap * unit
    return dots


def fitted(dots, size: float, place: tuple[float, float]) -> list[tuple[float, float, float]]:
    """Lay dots into PLACEHOLDER_BOX.

    Args:
        size: share of the largest size that leaves MARGIN free.
        place: where in the free space, from (0, 0), at the upper left, to (1, 1).
    """
    left, top = min(x - r for x, _, r in dots), min(y - r for _, y, r in dots)
    width, height = max(x + r for x, _, r in dots) - left, max(y + r for _, y, r in dots) - top
    free = [side - 2 * MARGIN for side in PLACEHOLDER_BOX]
    scale = size * min(free[0] / width, free[1] / height)
    dx = MARGIN + (free[0] - width * scale) * place[0] - left * scale
    dy = MARGIN + (free[1] - height * scale) * place[1] - top * scale
    return [(round(x * scale + dx, 1), round(y * scale + dy, 1), round(r * scale, 1)) for x, y, r in dots]
