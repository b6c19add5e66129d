"""The code in the foot of each page of a paper: which exam, paper and page it is, for whoever scans the pages.

A QR code of version 2 with correction level Q: 25 by 25 modules, of which a quarter may be lost. It holds between 17
and 29 capitals, digits and spaces, so its size is the same for every paper.
"""

from __future__ import annotations

from typing import Any

MARK = "LQ1"
MODULES = 25
LEVEL = "Q"
MASK = 0
"""The pattern laid over the modules. Which of the eight, is read alike, and choosing is most of making a code."""
ROW = 32
DIGITS = bytes([48, *[49] * 255])
"""0 for a dark module, which is black, and 1 for every other."""


NOTHING = "f" * (ROW // 4 * MODULES)
"""The modules of a paper that is of no exam: all are light."""


def text(exam: str, paper: int, page: int) -> str:
    """Return what a code says: `LQ1 3F2A91BC07 17 3`. `exam` is the identity of the exam, in hexadecimal digits."""
    return f"{MARK} {exam.upper()} {paper} {page}"


def picture(said: str) -> str:
    """Return the modules of a code as hexadecimal digits: rows from the top, 0 for dark, each filled up to 32 bits."""
    import zxingcpp  # needed where papers are printed, and by nothing else

    code = zxingcpp.create_barcode(said, zxingcpp.BarcodeFormat.QRCode, ec_level=LEVEL, data_mask=MASK)
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    modules = memoryview(image).tobytes().translate(DIGITS)
    if len(modules) != MODULES**2:
        raise ValueError(f"{said!r} does not fit the codes of papers")
    rows = [modules[start : start + MODULES] for start in range(0, MODULES**2, MODULES)]
    return "".join([f"{int(row.ljust(ROW, b'1'), 2):08x}" for row in rows])
