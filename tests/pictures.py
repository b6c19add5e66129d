"""Makes the pictures of the README from the example that `make exam` wrote: paper, solution, class report."""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2

import browser

DOTS_PER_INCH, POINTS_PER_INCH = 80, 72
PAGES = {"cover": ("papers", 0), "paper": ("papers", 1), "solution": ("solutions", 1)}
"""Each picture of a page: the folder of its PDF, and the page, counted from 0."""

STUDENT = "s01"
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


def main() -> None:
    """Write the pictures: the folder of the example's exam, then the folder for the pictures."""
    exam, target = map(Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    for name, (folder, number) in PAGES.items():
        page(exam / folder / f"{STUDENT}.pdf", number, target / f"{name}.png")
    report(exam / "grades" / "report.html", target / "report.png")
    print(f"wrote {len(PAGES) + 1} pictures into {target}")  # noqa: T201 - this is what it says


if __name__ == "__main__":
    main()
