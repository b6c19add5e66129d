"""The figures of practice pages: how large they are, how soon a browser can use them, how soon an answer is told."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

from browser import missing, opened, shown, until
from layerquiz.exam.choosing import Wanted
from layerquiz.practise import practice_questions
from layerquiz.render import interactive
from layerquiz.render.questions import sheet

QUESTIONS = 10
RUNS = 9
TELL = """
const [done, text] = [arguments[1], arguments[0]], form = document.querySelector("form.blank");
const told = form.querySelector(".told"), start = performance.now();
new MutationObserver(() => told.textContent && done(performance.now() - start)).observe(told, { childList: true });
form.elements.answer.value = text;
form.requestSubmit();
"""


def practice_pages() -> Iterator[str]:
    """A page of the library's first questions: made, opened, answered."""
    drawn = practice_questions(Wanted(), QUESTIONS, inf, "0")
    start = time.process_time()
    page = interactive.page(sheet("Practice sheet", drawn, solutions=False), drawn)
    made = time.process_time() - start
    size = len(page.encode())
    yield f"practice page of {QUESTIONS} questions: {size / 1000:.0f} kB (at most 150), made in {made:.2f} s of CPU"
    if missing():
        yield f"  (without a browser, no times: {' '.join(missing())})"
        return
    with tempfile.TemporaryDirectory() as name, opened() as driver:
        file = Path(name) / "practice.html"
        file.write_text(page, encoding="utf-8")
        ready, told = zip(*(_opened(driver, file) for _ in range(RUNS)), strict=True)
    yield (
        f"  in Chromium ready after {min(ready):.0f} ms (at most 300), an answer told after {min(told):.0f} ms "
        f"(at most 100); fastest of {RUNS} openings"
    )


def _opened(driver: Any, file: Path) -> tuple[float, float]:
    """Return the milliseconds until a page can be used, and until its first answer is told."""
    shown(driver, file)
    ready = until(lambda: driver.execute_script("return document.documentElement.dataset.ready"))
    return float(ready), driver.execute_async_script(TELL, "12")
