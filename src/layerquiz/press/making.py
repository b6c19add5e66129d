"""One exam on its way into one folder: what is made, in which order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layerquiz import __version__, csv_files, data, engine, files, themed
from layerquiz.engine import boxes
from layerquiz.errors import LayerquizError
from layerquiz.exam.accommodation import accommodation
from layerquiz.exam.difficulty import BAND
from layerquiz.exam.exam import Exam
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import reopened, seal, seal_of
from layerquiz.grading.policy import assumed
from layerquiz.languages import Words
from layerquiz.press import opened
from layerquiz.press.chunks import Chunk, Layout, check_room, layout, printed
from layerquiz.press.draw import PIECE, remember
from layerquiz.press.drawing import Class, Orders, drawn_class, planned
from layerquiz.press.helpers import Helpers, helpers
from layerquiz.press.looks import documents, in_latex, look_of
from layerquiz.press.moving import Finished, is_whole
from layerquiz.press.names import (
    ANSWERS,
    KEY,
    KINDS,
    SEAL,
    TYPED_ANSWERS,
    are_there,
    file_names,
    left_over,
    pdf_name,
    pdf_names,
    unprinted,
)
from layerquiz.press.opened import Earlier
from layerquiz.press.sealing import is_written, layout_of, pretty
from layerquiz.press.show import progress
from layerquiz.press.whole import Span, ordered, put_together
from layerquiz.press.work import PARTIAL, Work, digest
from layerquiz.render.look import Look
from layerquiz.render.themes import USUAL_THEME, Theme
from layerquiz.tables.workbook import workbook

if TYPE_CHECKING:
    from layerquiz import lists


@dataclass(frozen=True, slots=True)
class Press:
    """How an exam is made, which its files do not tell: `jobs` processes, or a Dask cluster at `scheduler`.

    `order` is that of papers.pdf: roster, seat or room. `lists` says whether lists for rooms and graders are made.
    `theme` is the file of another look. `tex` are the numbers of papers whose LaTeX is wanted too. `spare` papers have
    no name. `makeup` is the folder of an exam whose numbers are avoided.
    """

    jobs: int | None = None
    scheduler: str | None = None
    order: str = "roster"
    lists: bool = True
    theme: str | None = None
    tex: tuple[int, ...] = ()
    spare: int = 0
    makeup: str | None = None


USUAL = Press()

OF_PAPERS = ("papers", "parts", "hash")
"""What a seal says about its papers; all else is about the exam."""


class Making:
    """One exam on its way into one folder."""

    def __init__(
        self,
        exam: Exam,
        students: tuple[Student, ...],
        target: Path,
        force: bool,
        press: Press,
        work: Work,
        theme: Theme = USUAL_THEME,
        first: Earlier | None = None,
    ) -> None:
        self.exam, self.target, self.theme, self.first = exam, target, theme, first
        self.force, self.press, self.work = force, press, work
        self.old = opened.kept(exam, target)
        self.wanted = planned(exam, students, self.old.get("papers", ()), press.spare)
        self.students = students = tuple(each.student for each in self.wanted)
        self.head = json.dumps(seal(exam, (), __version__), ensure_ascii=False)
        self.names = file_names([student.id for student in students])
        self.named: dict[int, str] = {}
        self.finished = Finished(work, target)
        self.pieces = -(-len(students) // PIECE)

    def make(self) -> tuple[list[str], list[str]]:
        """Make the exam; return the names of the files that changed, and what the user should know."""
        remember(self.head, self.exam)
        self.work.begin(digest(self.head, [student.id for student in self.students], [__version__, *data.stamp()]))
        scratch = str(self.work.path(PARTIAL))
        lent = helpers(self.press.jobs, self.press.scheduler, self.pieces, (self.work.lock,), scratch)
        with lent as found, progress("papers", 2 * self.pieces + 2) as step:
            drawn = drawn_class(self._orders(), self.work, found, step)
            return self._finish(drawn, found, step)

    def _orders(self) -> Orders:
        return Orders(self.head, self.exam.versions, self.wanted, self.old.get("papers", ()), self.first)

    def _finish(self, drawn: Class, lent: Helpers, step: Callable[[], None]) -> tuple[list[str], list[str]]:
        self.named = dict(zip(drawn.numbers, self.names, strict=True))
        sealed = seal_of(self.exam, drawn.papers, __version__)
        self._seal(sealed, self.old.get("layout"))
        self._add_tables(drawn, sealed["hash"])
        around = self._around(drawn)
        replaceable = self._replaceable(sealed)
        try:
            self.finished.changed(force=self.force, replaceable=replaceable)  # refused before TeX has run for hours
        except LayerquizError as error:
            raise self._explained(error, sealed) from None
        pdfs = pdf_names(self.names)
        wanted = [*pdfs, *(around.pdfs if around else ())]
        for name, kept in themed.kept(self.theme).items():
            self.finished.add(name, kept)
        same = files.read_bytes(self.target / SEAL) == self.finished.places[SEAL].read_bytes()
        same = same and themed.is_kept(self.target, self.theme) and not self.press.tex
        notes = [_balanced(self.exam, drawn), *_repeated(drawn), *left_over(self.target, pdfs)]
        if not engine.available():
            notes.insert(1, unprinted(self.target, wanted, same))
        elif not (same and are_there(self.target, wanted)):
            self._print(drawn, sealed, around, lent, step)
        changed = self.finished.changed(force=self.force, replaceable=replaceable)
        self.finished.move(changed, SEAL)
        return changed, notes

    def _explained(self, error: LayerquizError, sealed: Mapping[str, Any]) -> LayerquizError:
        """Say of files that would be replaced that this only adds papers, where nothing else is new."""
        before = {paper["student"] for paper in self.old.get("papers", ())}
        now = {student.id for student in self.students}
        is_same_exam = all(self.old.get(key) == part for key, part in sealed.items() if key not in OF_PAPERS)
        if before and before < now and is_same_exam:
            late = len(now - before)
            error.why = f"{late} {'paper is' if late == 1 else 'papers are'} new, all others stay as they are"
            error.cure = "Give --force to add what is new"
        return error

    def _print(
        self,
        drawn: Class,
        sealed: Mapping[str, Any],
        around: lists.Documents | None,
        lent: Helpers,
        step: Callable[[], None],
    ) -> None:
        """Make all PDFs ready, and the seal with their layout."""
        said = assumed(self.exam, drawn.said)
        wanted = layout(drawn.numbers, said, layout_of(self.old))
        look = look_of(self.exam, self.theme, reopened(self.exam, drawn.papers))
        check_room(drawn, wanted, self.work, {paper["student"] for paper in self.old.get("papers", ())}, look)
        done, chunks = printed(drawn, wanted, self.work, lent, self._is_whole, step, look)
        self._seal(sealed, done.plain())
        self._collect(drawn, chunks)
        self._add_looks(drawn, done, look)
        for name, content in (around.printed(said) if around else {}).items():
            self.finished.add(name, content)
        step()

    def _add_looks(self, drawn: Class, done: Layout, look: Look) -> None:
        """Make the papers ready that are wanted in another form: for a screen reader, or as LaTeX."""
        heard = {student.id for student in self.students if accommodation(student).html}
        whole = reopened(self.exam, drawn.papers) if heard else ()
        spoken = (paper for paper in whole if paper.student.id in heard)
        found: dict[str, str | bytes] = {**documents(self.exam, spoken, self.named, done.said, look)}
        for number in self.press.tex:
            found |= in_latex(drawn, done, self.work, number, self.named.get(number, ""), look)
        for name, content in found.items():
            self.finished.add(name, content)

    def _seal(self, sealed: Mapping[str, Any], done: Any) -> None:
        """Make the seal ready, with the layout that was printed, if any was."""
        self.finished.add_pieces(SEAL, pretty({**sealed, "layout": done} if done else sealed))

    def _replaceable(self, sealed: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the seal's name where the old one says the same, but for the layout that was printed."""
        same = all(self.old.get(key) == sealed[key] for key in ("hash", "layerquiz"))
        return (SEAL,) if same and is_written(self.target / SEAL, self.old) else ()

    def _add_tables(self, drawn: Class, seal_hash: str) -> None:
        """Make the key and the empty sheets for answers ready."""
        ids = [student.id for student in self.students]
        answers = [["student", *drawn.blanks], *([student, *("" for _ in drawn.blanks)] for student in ids)]
        has_versions = self.exam.versions is not None
        keys = [["student", *(["version"] if has_versions else []), *drawn.blanks]]
        for each, key in zip(self.wanted, drawn.keys, strict=True):
            keys.append([each.student.id, *([each.version] if has_versions else []), *key])
        self.finished.add(KEY, csv_files.csv_text(keys))
        self.finished.add(ANSWERS, csv_files.csv_text(answers))
        self.finished.add(TYPED_ANSWERS, workbook(answers, seal_hash, "answers"))

    def _around(self, drawn: Class) -> lists.Documents | None:
        """Make the tables around the exam ready; return what is printed around it.

        The one place where further documents of the folder are added.
        """
        if not self.press.lists:
            return None
        from layerquiz import lists  # with them comes the grader, which foretells mistakes

        around = lists.Documents(self.exam, list(reopened(self.exam, drawn.papers)), Words(self.exam.language))
        for name, content in around.tables.items():
            self.finished.add(name, content)
        return around

    def _is_whole(self, folder: Path) -> bool:
        """Say whether a chunk is finished, where parts of it may stand in the target already."""
        return is_whole(folder, self.target, self._name_of)

    def _name_of(self, part: str) -> str:
        """Return where a part, such as `paper/1`, stands in the target."""
        kind, _, number = part.partition("/")
        return pdf_name(kind, self.named[int(number)])

    def _collect(self, drawn: Class, chunks: Sequence[Chunk]) -> None:
        """Make the PDFs ready: one for each student, and all of each kind in one file."""
        spans: dict[str, Span] = {}
        for chunk in chunks:
            self.finished.add_parts(chunk, {part: self._name_of(part) for part in chunk.pages})
            spans |= chunk.spans()
        told = next((chunk.told for chunk in chunks if boxes.read(chunk.told)), "")
        self.finished.add(boxes.FILE, boxes.document(told))
        numbers = [drawn.numbers[place] for place in ordered(self.students, self.press.order)]
        for kind in KINDS:
            whole = self.finished.room(pdf_name(kind, f"{kind}s"))
            with files.outside(self.work.folder):
                put_together([spans[f"{kind}/{number}"] for number in numbers], whole, duplex=kind == KINDS[0])


def _repeated(drawn: Class) -> list[str]:
    """Return a note on the questions that somebody may have met in the first exam of a make-up."""
    again = ", ".join(map(str, sorted(drawn.repeated)))
    return [f"with numbers of the first exam, as there are no others: question {again}"] if again else []


def _balanced(exam: Exam, drawn: Class) -> str:
    """Return the note on how many papers are as hard as the others."""
    count = len(drawn.papers)
    by_hand = ", with numbers of the usual length" if exam.by_hand else ""
    within = f"every question within {float(BAND):.0%} of its usual difficulty{by_hand}"
    return f"{drawn.alike} of {count} papers ({drawn.alike / count:.0%}) have {within}"
