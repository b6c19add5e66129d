"""The code in the foot of each page of a paper: which exam, paper and page it is, for whoever scans the pages.

A QR code of version 2 with correction level Q: 25 by 25 modules, of which a quarter may be lost. It holds between 17
and 29 capitals, digits and spaces, so its size is the same for every paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

MARK = "LQ1"
MODULES = 25
LEVEL = "Q"
DARK = re.compile(b"\x00+")


def text(exam: str, paper: int, page: int) -> str:
    """Return what a code says: `LQ1 3F2A91BC07 17 3`. `exam` is the identity of the exam, in hexadecimal digits."""
    return f"{MARK} {exam.upper()} {paper} {page}"


def rectangles(said: str) -> str:
    """Return a code as operators of PDF: its dark modules as rectangles, 1 by 1, from the lower left corner on."""
    import zxingcpp  # needed where papers are printed, and by nothing else

    code = zxingcpp.create_barcode(said, zxingcpp.BarcodeFormat.QRCode, ec_level=LEVEL)
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    modules = memoryview(image).tobytes()
    if len(modules) != MODULES**2:
        raise ValueError(f"{said!r} does not fit the codes of papers")
    return " ".join(_runs(modules))


def _runs(modules: bytes) -> Iterator[str]:
    """Yield neighbours in a row as one rectangle. All are filled as one path, so no seam shows between rows."""
    for row in range(MODULES):
        below = MODULES - 1 - row
        for run in DARK.finditer(modules, row * MODULES, (row + 1) * MODULES):
            yield f"{run.start() - row * MODULES} {below} {run.end() - run.start()} 1 re"
