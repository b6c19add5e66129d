"""Grades a simulated class and says, for each mistake, how often it was named and how often what was named is so."""

from __future__ import annotations

import argparse
import functools
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import Question
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.grading.story import Story
from simulated.arithmetic import TEMPLATES
from simulated.students import Planted, sheet

PAPERS = 50
FEW, ALL = 300, 10_000


@dataclass
class Tally:
    """Counts of answers: by what was planted, and by what was said of it."""

    planted: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    justly: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)

    def add(self, planted: Planted, story: Story) -> None:
        """Count one answer."""
        sets = [set(slugs) for slugs in (story.mistakes, *story.rivals) if slugs]
        told = set().union(*sets) if sets else set()
        expected = {"right": ("correct",), "blank": ("blank",), "carried": ("carried", "correct"), "slip": ("slip",)}
        expected |= {"alien": ("wrong", "unreadable"), "mistake": ("mistake", "convention", "slip")}
        self.kinds[planted.kind] += 1
        self.kept[planted.kind] += story.verdict in expected[planted.kind]
        if story.verdict not in expected[planted.kind] and len(self.odd) < 40:
            self.odd.append(f"{planted} {story.quantity} {story.expected} {story.verdict} {told}")
        for slug in planted.mistakes:
            self.planted[slug] += 1
            self.named[slug] += slug in told
        for slug in told if story.verdict == "mistake" else ():
            self.said[slug] += 1
            self.justly[slug] += slug in planted.mistakes or bool(planted.mistakes & told)


@functools.cache
def question(template: str, paper: int) -> Question:
    """A template's question on one of the papers."""
    return draw(library.named(template), f"simulated-{paper}")


def simulate(students: int) -> Tally:
    """Grade a class; the same number of students gives the same counts."""
    tally = Tally()
    for number in range(students):
        for template in TEMPLATES:
            asked = question(template, number % PAPERS)
            answers = sheet(template, asked.drawn, number)
            texts = {blank.quantity: answers[blank.place].text for blank in asked.blanks}
            stories = diagnose_sheet(asked.network, texts, rounding=False)
            for blank in asked.blanks:
                tally.add(answers[blank.place], stories[blank.quantity])
    return tally


def percent(part: int, whole: int) -> str:
    """A share in percent, with one digit behind the point."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def lines(tally: Tally, students: int) -> Iterator[str]:
    """Give the table in Markdown."""
    yield f"{students:,} students, {sum(tally.kinds.values()):,} answers to {len(TEMPLATES)} questions"
    yield "| answers | n | verdict as planted |"
    yield "|---|---|---|"
    for kind in ("right", "blank", "carried", "slip", "mistake", "alien"):
        yield f"| {kind} | {tally.kinds[kind]:,} | {percent(tally.kept[kind], tally.kinds[kind])} |"
    yield ""
    yield "| mistake | made | recall | precision |"
    yield "|---|---|---|---|"
    for slug in sorted(tally.planted, key=lambda slug: (-tally.planted[slug], slug)):
        recall = percent(tally.named[slug], tally.planted[slug])
        precision = percent(tally.justly[slug], tally.said[slug])
        yield f"| `{slug}` | {tally.planted[slug]:,} | {recall} | {precision} |"
    others = [slug for slug in tally.said if slug not in tally.planted]
    justly, said = sum(tally.justly[slug] for slug in others), sum(tally.said[slug] for slug in others)
    yield f"| others, which nobody makes here | 0 | - | {percent(justly, said)} of {said:,} |"
    recall = percent(sum(tally.named.values()), sum(tally.planted.values()))
    precision = percent(sum(tally.justly.values()), sum(tally.said.values()))
    yield f"| all | {sum(tally.planted.values()):,} | {recall} | {precision} |"


def main() -> None:
    """Print the table of a class."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=FEW, help="how many (10,000 takes some minutes)")
    parser.add_argument("--odd", action="store_true", help="show the first answers whose verdict is another")
    wanted = parser.parse_args()
    tally = simulate(wanted.students)
    sys.stdout.writelines(f"{line}\n" for line in [*lines(tally, wanted.students), *(tally.odd if wanted.odd else [])])


if __name__ == "__main__":
    main()
