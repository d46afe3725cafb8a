"""Preview images of articles and events, as messengers and social networks show them beside a link."""

import hashlib
import io
import logging
import math
import re
import unicodedata
from dataclasses import astuple, dataclass
from functools import cache, lru_cache

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models
from PIL import Image, ImageColor, ImageDraw, ImageFont

from forum import mark
from forum.files import FileOwner
from forum.rehearsal import is_rehearsal

DRAWING = 1  # raise it when the drawing changes: the next save of a record then draws its image anew
SIZE = (1200, 630)
SAND = "#f2e8d8"  # the large dots; ink on them has a contrast of 11:1
ARC = {"scale": 15.5, "centre": (1112, 378), "turn": -35}  # the ornament; its accent stays above all text
LEFT, RIGHT = 64, 1136
KIND_HIGHEST, BOTTOM = 172, 574  # baselines
TITLE_SIZES = range(150, 39, -2)
TITLE_LINES = 4
LINE_WORTH = 0.84  # share of the largest size a title may lose to save a line
LINE_HEIGHT = 1.08  # em
ASCENDERS = 0.86  # em, the tallest letters, such as Ü
FONTS = ("atkinson-german.woff2", "atkinson-latin.woff2", "atkinson-latin-ext.woff2")
REGULAR, BOLD = 400, 700
# colours that meet at an edge, and in how many steps one becomes the other
BLENDS = ((mark.PAPER, mark.INK, 16), (SAND, mark.INK, 16), (mark.PAPER, mark.ACCENT, 16), (mark.PAPER, SAND, 3))

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preview:
    """What a preview image says; empty texts are left out."""

    kind: str
    title: str
    date: str = ""
    place: str = ""

    @property
    def digest(self) -> str:
        facts = "\x00".join([str(DRAWING), *astuple(self)])
        return hashlib.sha256(facts.encode()).hexdigest()[:20]


class SocialImage(FileOwner):
    """Adds a preview image, drawn when the record is saved and what it says has changed.

    `bulk_create` and `update` bypass this; pages then show the general image.
    """

    social_image = models.FileField("Vorschaubild", upload_to="vorschau/", max_length=200, blank=True, editable=False)

    file_field = "social_image"

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.draw_social_image()
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "social_image"}
        super().save(*args, **kwargs)

    def preview(self) -> Preview:
        """What the image of this record says."""
        raise NotImplementedError

    def draw_social_image(self):
        """Draw and store the image unless it is there. A failure is logged: staff must not lose what they typed."""
        if is_rehearsal():
            return  # drawing takes longer than all the rest of a preview
        field, storage = self._meta.get_field("social_image"), self.social_image.storage
        try:
            preview = self.preview()
            name = field.generate_filename(self, f"{preview.digest}.png")
            if self.social_image.name == name:
                return
            if not storage.exists(name):  # the same facts make the same image
                name = store(storage, name, encoded(draw_preview(preview)))
        except Exception:
            logger.exception("No preview image for %s %s", self._meta.label, self.pk)
            name = ""
        self.social_image = name


def store(storage, name: str, content: bytes) -> str:
    """Store a file under a free name; a disk that fills up meanwhile must not leave half of it there."""
    try:
        return storage.save(name, ContentFile(content))
    except OSError:
        storage.delete(name)
        raise


def draw_preview(preview: Preview) -> Image.Image:
    """Draw a preview image; the text is set from the bottom to the top."""
    image = draw_paper()
    draw = ImageDraw.Draw(image)
    baseline = BOTTOM
    for text, weight in ((preview.place, REGULAR), (preview.date, BOLD)):
        if text:
            write(draw, (LEFT, baseline), shortened(printable(text), 36, weight), 36, weight, mark.INK)
            baseline -= 46
    baseline -= 24 if baseline < BOTTOM else 0
    size, lines = set_title(printable(preview.title), baseline - KIND_HIGHEST - 20)
    for line in reversed(lines):
        write_flush(draw, baseline, line, size)
        baseline -= size * LINE_HEIGHT
    baseline += size * (LINE_HEIGHT - ASCENDERS) - 20
    write(draw, (LEFT, baseline), preview.kind, 34, BOLD, mark.ACCENT)
    return image


def draw_paper() -> Image.Image:
    image = Image.new("RGB", SIZE, mark.PAPER)
    draw_mark(image, **ARC, ink=SAND)
    draw_mark(image, scale=1.2, centre=(96, 82))
    write(ImageDraw.Draw(image), (142, 86), "Innovationsforum", 34, BOLD, mark.INK)
    return image


def encoded(image: Image.Image) -> bytes:
    """A PNG of the few colours our images have."""
    content = io.BytesIO()
    image.quantize(palette=palette(), dither=Image.Dither.NONE).save(content, "PNG")
    return content.getvalue()


@cache
def palette() -> Image.Image:
    shades = []
    for *colours, steps in BLENDS:
        one, other = map(ImageColor.getrgb, colours)
        for step in range(steps + 1):
            shades += [round(a + (b - a) * step / steps) for a, b in zip(one, other, strict=True)]
    image = Image.new("P", (1, 1))
    image.putpalette(shades)
    return image


def draw_mark(image: Image.Image, scale: float, centre: tuple[float, float], turn: float = 0, ink: str = mark.INK):
    """Draw the half circle of dots.

    Args:
        scale: pixels for one unit of forum.mark.
        centre: where the centre of the circle lies, in pixels.
        turn: degrees clockwise.
        ink: colour of the dots but one.
    """
    turn = math.radians(turn)
    for number, (x, y) in enumerate(mark.DOTS):
        right, down = (x - mark.CENTRE[0]) * scale, (y - mark.CENTRE[1]) * scale
        place = (
            centre[0] + right * math.cos(turn) - down * math.sin(turn),
            centre[1] + right * math.sin(turn) + down * math.cos(turn),
        )
        draw_dot(image, *place, mark.RADIUS * scale, mark.ACCENT if number == mark.ONE else ink)


def draw_dot(image: Image.Image, x: float, y: float, radius: float, colour: str):
    """Draw a smooth dot; what lies outside the image is cut off."""
    fine = 8 if radius < 40 else 4
    left, top, side = math.floor(x - radius), math.floor(y - radius), math.ceil(2 * radius) + 2
    mask = Image.new("L", (side * fine, side * fine))
    box = [(place + sign * radius - edge) * fine for sign in (-1, 1) for place, edge in ((x, left), (y, top))]
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    image.paste(colour, (left, top), mask.reduce(fine))


def set_title(title: str, height: float) -> tuple[int, list[str]]:
    """Find the largest size at which a title fits, in at most four lines of similar length.

    Words are broken only when they are wider than the image at the smallest size; what then still does not fit ends
    in an ellipsis.

    Args:
        height: pixels from the top of the first line to the last baseline.

    Returns:
        The size in pixels, and the lines.
    """
    found = [(size, lines) for size in TITLE_SIZES if (lines := lines_at(title, size, height))]
    if found:
        largest = found[0][0]
        return min(found, key=lambda option: (option[0] < largest * LINE_WORTH, len(option[1]), -option[0]))
    smallest = TITLE_SIZES[-1]
    parts = pieces(title, smallest)
    while len(lines := balanced([*parts, " …"], title_width(smallest))) > TITLE_LINES:
        parts.pop()
    return smallest, lines


def lines_at(title: str, size: int, height: float) -> list[str]:
    """The lines of a title at a size; empty when it does not fit."""
    lines = balanced(pieces(title, size), title_width(size))
    return lines if len(lines) <= min(TITLE_LINES, (height / size - ASCENDERS) // LINE_HEIGHT + 1) else []


def title_width(size: int) -> float:
    """Width of the title's lines in em."""
    return (RIGHT - LEFT) / size


def pieces(title: str, size: int) -> list[str]:
    """What a line may begin with: words (no dash), parts after a hyphen, parts of words too long for any line."""
    found = []
    for piece in re.findall(r" ?[^ ]+?(?: [–—](?= ))?(?:[-/–](?=\w)|(?= )|$)", title):
        if width(piece.strip()) <= title_width(TITLE_SIZES[-1]):
            found.append(piece)
            continue
        count = math.ceil(width(piece) / title_width(size))
        while max(map(width, parts := broken(piece, count))) > title_width(size):
            count += 1
        found += parts
    return found


def broken(word: str, count: int) -> list[str]:
    step = math.ceil(len(word) / count)
    parts = [word[start : start + step] for start in range(0, len(word), step)]
    return [part + "-" for part in parts[:-1]] + parts[-1:]


def balanced(parts: list[str], limit: float) -> list[str]:
    """Lines no wider than the limit (in em), as few as possible and as even as possible; empty if one part is wider."""
    lines = wrapped(parts, limit)
    while lines:
        narrower = wrapped(parts, max(map(width, lines)) - 0.01)
        if not narrower or len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def wrapped(parts: list[str], limit: float) -> list[str]:
    lines = []
    for part in parts:
        if width(part.strip()) > limit:
            return []
        if lines and width(lines[-1] + part) <= limit:
            lines[-1] += part
        else:
            lines.append(part.strip())
    return lines


def shortened(text: str, size: int, weight: int) -> str:
    if width(text, weight) * size <= RIGHT - LEFT:
        return text
    while text and width(text + " …", weight) * size > RIGHT - LEFT:
        text = text.rpartition(" ")[0] or text[:-1]
    return text + " …"


def printable(text: str) -> str:
    """Keep what our font can show: emoji and other scripts are left out."""
    text = unicodedata.normalize("NFC", text).replace("\u2011", "-")
    return " ".join("".join(letter for letter in text if letter.isspace() or font_of(letter)).split())


@lru_cache(maxsize=1024)
def font_of(letter: str) -> str | None:
    """The font file that has a letter."""
    return next((name for name in FONTS if font(name, 40, REGULAR).getmask(letter).getbbox()), None)


@lru_cache(maxsize=64)
def font(name: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    opened = ImageFont.truetype(settings.ROOT / "static" / "fonts" / name, size)
    opened.set_variation_by_axes([weight])
    return opened


def runs(text: str) -> list[tuple[str, str]]:
    """Split a text where the font file changes: (file, text)."""
    found = []
    for letter in text:
        name = font_of(letter) or FONTS[0]
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1] + letter)
        else:
            found.append((name, letter))
    return found


@lru_cache(maxsize=1024)
def width(text: str, weight: int = BOLD) -> float:
    """Width of a text in em."""
    return sum(font(name, 200, weight).getlength(run) for name, run in runs(text)) / 200


def write(draw: ImageDraw.ImageDraw, start: tuple[float, float], text: str, size: int, weight: int, colour: str):
    """Write one line; `start` is where its baseline begins."""
    x, y = start
    for name, run in runs(text):
        draw.text((x, y), run, font=font(name, size, weight), fill=colour, anchor="ls")
        x += font(name, size, weight).getlength(run)


def write_flush(draw: ImageDraw.ImageDraw, baseline: float, line: str, size: int):
    """Write a line of the title; its first letter, not the space before it, stands at the edge."""
    edge = font(font_of(line[:1]) or FONTS[0], size, BOLD).getbbox(line[:1], anchor="ls")[0]
    write(draw, (LEFT - edge, baseline), line, size, BOLD, mark.INK)
