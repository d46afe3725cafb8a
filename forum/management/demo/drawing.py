"""Pictures for the demo content, drawn from a few numbers."""

import io
import math

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

SIZE = (1800, 1200)
PAPER, FLOOR, INK, ACCENT, SUN = "#e3efec", "#cfe0da", "#0f2f38", "#c02f1d", "#ffd95a"
COATS = [INK, "#2d6a6a", "#7a4a00", ACCENT, "#41566b", "#5b3a5e", "#2d6a6a"]


def half_circle() -> ContentFile:
    """A stand-in for the photograph of the event: people on chairs in a half circle."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    draw.ellipse([-300, height * 0.55, width + 300, height * 1.8], fill=FLOOR)
    draw.ellipse([width * 0.72, 90, width * 0.72 + 210, 300], fill=SUN)
    for index, coat in enumerate(COATS):
        angle = math.pi * index / (len(COATS) - 1)
        x = width / 2 - math.cos(angle) * 680
        y = height * 0.86 - math.sin(angle) * 430
        person(draw, x, y, 0.75 + 0.25 * (1 - math.sin(angle)), coat)
    return file(image, "halbkreis.png")


def wall_of_notes() -> ContentFile:
    """What a workshop leaves behind: notes on a wall, some of them moved together."""
    image = Image.new("RGB", SIZE, FLOOR)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle([140, 120, 1660, 1080], 24, fill="#ffffff")
    for index in range(18):
        column, row = index % 6, index // 6
        x = 230 + column * 232 + 26 * math.sin(index * 2.1)
        y = 200 + row * 285 + 30 * math.cos(index * 1.7)
        colour = SUN if index in (1, 2, 7, 8, 13) else COATS[index % len(COATS)]
        draw.rounded_rectangle([x, y, x + 185, y + 185], 10, fill=colour)
        for line in range(3):
            end = x + 150 - 28 * ((index + line) % 3)
            draw.line(
                [x + 28, y + 55 + line * 38, end, y + 55 + line * 38], fill=INK if colour == SUN else PAPER, width=9
            )
    return file(image, "zettelwand.png")


def round_table() -> ContentFile:
    """People around a table, seen from above."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    x, y = SIZE[0] / 2, SIZE[1] / 2
    for index in range(8):
        angle = math.tau * index / 8
        left, top = x + math.cos(angle) * 470 - 90, y + math.sin(angle) * 470 - 90
        draw.ellipse([left, top, left + 180, top + 180], fill=COATS[index % len(COATS)])
        draw.ellipse([left + 45, top + 45, left + 135, top + 135], fill="#d9a987")
    draw.ellipse([x - 330, y - 330, x + 330, y + 330], fill="#b8926a")
    for index, colour in enumerate((SUN, "#ffffff", ACCENT, "#ffffff", SUN)):
        left, top = x - 230 + index * 95, y - 60 + 40 * math.sin(index * 2)
        draw.rounded_rectangle([left, top, left + 75, top + 100], 8, fill=colour)
    return file(image, "runder-tisch.png")


def file(image, name) -> ContentFile:
    content = io.BytesIO()
    image.save(content, "PNG")
    return ContentFile(content.getvalue(), name)


def person(draw, x, y, scale, coat):
    def box(left, top, right, bottom):
        return [x + left * scale, y + top * scale, x + right * scale, y + bottom * scale]

    draw.rounded_rectangle(box(-80, -130, 80, 150), 20 * scale, fill="#b8926a")  # the chair
    draw.rounded_rectangle(box(-70, -60, 70, 130), 60 * scale, fill=coat)
    draw.rounded_rectangle(box(-62, 90, 62, 170), 30 * scale, fill=INK)
    draw.ellipse(box(-52, -170, 52, -66), fill="#d9a987")
