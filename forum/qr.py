"""QR codes: the way from a printed page back to the page."""

from functools import lru_cache
from itertools import groupby

import zxingcpp
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET_ZONE = 4  # modules of white around the code, ISO/IEC 18004, 6.3.8


@lru_cache(maxsize=512)
def qr_code(text: str) -> SafeString:
    """Draw a text as a QR code (ISO/IEC 18004) with error correction M, one unit of the view box per module.

    Raises:
        ValueError: the text is longer than a QR code holds (2,331 bytes at level M).
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    rows = memoryview(code.to_image(scale=1, add_quiet_zones=False)).tolist()
    side = len(rows) + 2 * QUIET_ZONE
    path = "".join(dark_runs(row, y + QUIET_ZONE) for y, row in enumerate(rows))
    return format_html(
        '<svg viewBox="0 0 {} {}" width="{}" height="{}" shape-rendering="crispEdges" aria-hidden="true" '
        'focusable="false"><path fill="none" stroke="#000" d="{}" /></svg>',
        side, side, side, side, path,
    )  # fmt: skip


def dark_runs(row: list[int], y: int) -> str:
    """The dark modules of a row as strokes of a path: absolute to the first, relative from there on."""
    path, x, end = "", QUIET_ZONE, None
    for light, run in groupby(row, key=lambda value: value > 127):
        length = len(list(run))
        if not light:
            path += (f"M{x} {y}.5" if end is None else f"m{x - end} 0") + f"h{length}"
            end = x + length
        x += length
    return path
