"""Draw the icons and the general preview image from the numbers of the mark."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from PIL import Image, ImageDraw

from forum import mark
from forum.social import Preview, draw_mark, draw_preview, encoded

WIDTH = mark.DOTS[-1][0] - mark.DOTS[0][0] + 2 * mark.RADIUS
HEIGHT = mark.CENTRE[1] - mark.DOTS[3][1] + 2 * mark.RADIUS
GENERAL = Preview(kind="", title="Gemeinsam Neues entwickeln")


class Command(BaseCommand):
    help = "Zeichnet die Symbole der Website und das allgemeine Vorschaubild neu."

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=settings.ROOT / "static" / "img", help="wohin")

    def handle(self, folder, **options):
        (folder / "favicon.svg").write_text(svg())
        sides = (48, 32, 16)
        small = [tile(side) for side in sides]
        small[0].save(folder / "favicon.ico", sizes=[(side, side) for side in sides], append_images=small[1:])
        for name, side, share in (
            ("apple-touch-icon", 180, 0.74),
            ("icon-192", 192, 0.74),
            ("icon-512", 512, 0.74),
            ("icon-maskable-512", 512, 0.6),  # its corners too lie in the safe circle, 80 % of the side
        ):
            (folder / f"{name}.png").write_bytes(encoded(square(side, share)))
        (folder / "social.png").write_bytes(encoded(draw_preview(GENERAL)))


def svg() -> str:
    """The mark in a square, dark or light with the browser."""
    side, height = mark.BOX
    style = (
        f"circle{{fill:{mark.INK}}}.one{{fill:{mark.ACCENT}}}@media (prefers-color-scheme:dark)"
        f"{{circle{{fill:{mark.DARK_INK}}}.one{{fill:{mark.DARK_ACCENT}}}}}"
    )
    classes = [' class="one"' if number == mark.ONE else "" for number in range(len(mark.DOTS))]
    dots = "".join(
        f'<circle{name} cx="{x:g}" cy="{y:g}" r="{mark.RADIUS:g}"/>'
        for name, (x, y) in zip(classes, mark.DOTS, strict=True)
    )
    box = f"0 {(height - side) / 2:g} {side} {side}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><style>{style}</style>{dots}</svg>\n'


def square(side: int, share: float) -> Image.Image:
    """The mark on paper.

    Args:
        side: pixels.
        share: width of the mark divided by the side.
    """
    image = Image.new("RGB", (side, side), mark.PAPER)
    scale = side * share / WIDTH
    lowest = side / 2 + HEIGHT * scale / 2
    draw_mark(image, scale, (side / 2, lowest - mark.RADIUS * scale))
    return image


def tile(side: int) -> Image.Image:
    """The mark on paper with round corners, for the tabs of browsers light and dark."""
    image = square(side, 0.94)
    corners = Image.new("L", (side * 8, side * 8))
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, side * 8 - 1, side * 8 - 1), radius=side * 8 // 5, fill=255)
    image.putalpha(corners.reduce(8))
    return image
