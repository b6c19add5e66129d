"""What the engine's log says: where each part begins, how many pages there are, and what went wrong where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from layerquiz.errors import OutsideError

PART = re.compile(r"^LAYERQUIZ-PART (\S+) (\d+)$", re.MULTILINE)
PLACE = re.compile(r"^LAYERQUIZ-AT (.+)$", re.MULTILINE)
SIZE = re.compile(r"^LAYERQUIZ-SIZE (\S+) ([0-9.]+pt)$", re.MULTILINE)
TOLD = re.compile(r"^LAYERQUIZ-(?!AT ).*$", re.MULTILINE)
PAGES = re.compile(r"^Output written on .*\((\d+) pages?\b", re.MULTILINE)
ERROR = re.compile(r"^(?:! |\./\S+:\d+: )(.+)$", re.MULTILINE)
TALL = re.compile(r"Question \d+ is taller than a page")
UNDEFINED = re.compile(r"(Undefined control sequence)\.\n[^\n]*?(\\[A-Za-z@]+) *$", re.MULTILINE)
LACKING = re.compile(r"^Missing character: There is no (.+?) in font ", re.MULTILINE)
OVERFULL = re.compile(r"^Overfull \\([hv])box \(([0-9.]+)pt too (?:wide|high)\)[^\n]*\n([^\n]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Overfull:
    """A box that sticks out: where it stands, which way, by how many points, and what the log shows of it."""

    place: str
    is_wide: bool
    points: float
    shown: str


def overfull(record: str) -> list[Overfull]:
    """Return the boxes that stick out, each with the last place that the log names before it."""
    return [Overfull(place(record, box), box[1] == "h", float(box[2]), box[3]) for box in OVERFULL.finditer(record)]


def read(path: Path) -> str:
    """Return the log; an engine that was stopped may have left none, or a broken end."""
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def check(record: str, *, failed: bool) -> None:
    """Raise `OutsideError` for the first TeX error or missing character, naming the paper and question concerned."""
    error, lacking = ERROR.search(record), LACKING.search(record)
    if error and (tall := TALL.match(error[1])):
        cure = "Give it less space, or part it into several questions"
        raise OutsideError(tall[0], where=place(record, error), cure=cure, slug="too-tall")
    if failed or error:
        what = _what(record, error) if error else "the engine ended without a word"
        raise OutsideError(f"TeX stopped: {what}", where=place(record, error), slug="tex")
    if lacking:
        why = "It would be left out of the page."
        what = f"no typeface for the character {lacking[1]}"
        raise OutsideError(what, where=place(record, lacking), why=why, slug="missing-character")


def _what(record: str, error: re.Match[str]) -> str:
    """Return an error in TeX's words; a command that it does not know is named."""
    unknown = UNDEFINED.match(record, error.start(1))
    return f"{unknown[1]} {unknown[2]}" if unknown else error[1].strip()


def place(record: str, before: re.Match[str] | None = None) -> str:
    """Return the last place that the log names before an event, or at all."""
    names = PLACE.findall(record, 0, before.start() if before else len(record))
    return names[-1] if names else ""


def ranges(record: str, parts: Sequence[str]) -> dict[str, range]:
    """Return the pages of each part, counted from 0; the log must tell exactly the parts asked for, in their order."""
    found = PART.findall(record)
    written = PAGES.search(record)
    if written is None or [name for name, _ in found] != list(parts):
        raise OutsideError("the printed parts are not those that were asked for", slug="tex-parts")
    starts = [int(first) - 1 for _, first in found]
    return {
        name: range(start, end) for name, start, end in zip(parts, starts, [*starts[1:], int(written[1])], strict=True)
    }


def told(record: str) -> str:
    """Return the lines that the source itself wrote, places left out."""
    return "\n".join(TOLD.findall(record))


def sizes(told: str) -> dict[str, str]:
    """Return the sizes of pieces by their keys, as TeX writes them."""
    return dict(SIZE.findall(told))
