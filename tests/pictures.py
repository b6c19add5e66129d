"""Makes the pictures of the README from the example that `make exam` wrote: paper, solution, class report."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
from PIL import Image

import browser
from layerquiz.network.network import Network
from layerquiz.render.picture import picture

DOTS_PER_INCH, POINTS_PER_INCH = 80, 72
PAGES = {"cover": ("papers", 0), "paper": ("papers", 1), "solution": ("solutions", 1)}
"""Each picture of a page: the folder of its PDF, and the page, counted from 0."""

STUDENT = "s01"
NETWORK = "unet"
PIXELS = 96 / 25.4
"""What a browser shows of a millimetre."""

REPORT_WIDTH = 900
COLOURS = 32
"""Enough for print and charts; it keeps the pictures small."""


def page(pdf: Path, number: int, target: Path) -> None:
    """Draw one page of a PDF."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[number].render(scale=DOTS_PER_INCH / POINTS_PER_INCH).to_pil()
    picture.quantize(COLOURS).save(target, optimize=True)


def report(html: Path, target: Path) -> None:
    """Draw what a browser shows first of the class report."""
    with browser.opened() as driver:
        browser.sized(driver, REPORT_WIDTH)
        browser.shown(driver, html)
        driver.save_screenshot(str(target))


def network(name: str, target: Path) -> None:
    """Draw the picture of a known network."""
    made = picture(Network.named(name))
    with browser.opened() as driver, TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.html"
        file.write_text(f'<body style="margin:0">{made.svg}</body>', encoding="utf-8")
        size = {"width": int(made.scene.width * PIXELS) + 2, "height": int(made.scene.height * PIXELS) + 2}
        metrics = {**size, "deviceScaleFactor": 2, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        browser.shown(driver, file)
        driver.save_screenshot(str(target))
    with Image.open(target) as drawn:
        drawn.convert("RGB").quantize(COLOURS).save(target, optimize=True)


def main() -> None:
    """Write the pictures: the folder of the example's exam, then the folder for the pictures."""
    exam, target = map(Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    for name, (folder, number) in PAGES.items():
        page(exam / folder / f"{STUDENT}.pdf", number, target / f"{name}.png")
    report(exam / "grades" / "report.html", target / "report.png")
    network(NETWORK, target / f"{NETWORK}.png")
    print(f"wrote {len(PAGES) + 2} pictures into {target}")  # noqa: T201 - this is what it says


if __name__ == "__main__":
    main()
