"""What `example`, `sheet` and `exam` write: papers, solutions, keys and the seal."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from layerquiz import __version__, engine, files, tables
from layerquiz.data import folder
from layerquiz.engine import boxes, cut
from layerquiz.errors import ExamError, LayerquizError, OutsideError
from layerquiz.exam import exam as exams
from layerquiz.exam import library
from layerquiz.exam.assumptions import sentences
from layerquiz.exam.difficulty import BAND
from layerquiz.exam.question import Question
from layerquiz.exam.seal import Sealed, is_sealed_as, seal, unseal
from layerquiz.exam.source import SourceText
from layerquiz.exam.template import Template
from layerquiz.exam.template import parse as parse_template
from layerquiz.exam.translation import Translation
from layerquiz.grading.policy import Policy, policies
from layerquiz.languages import LANGUAGES, Words
from layerquiz.render import html, interactive, latex, markdown, papers, text
from layerquiz.render.document import Paper, Sheet
from layerquiz.render.mathtext import in_words
from layerquiz.tables.workbook import workbook

SEAL = "exam.json"
SEAL_LIMIT = 200_000_000
"""The most bytes of a sealed exam: it grows with the class, by some thousands for each paper."""

DEVICES = ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)))
"""Names that Windows keeps for itself, whatever their ending."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a command did to its folder: the files that changed, and what the user should know."""

    folder: str
    changed: tuple[str, ...]
    notes: tuple[str, ...] = ()


def write_example(target: str, force: bool) -> Written:
    """Copy the example: an exam file, a roster and submissions to start from."""
    collected = files.Target(Path(target), force=force)
    for entry in sorted(folder("example").iterdir(), key=lambda entry: entry.name):
        if isinstance(entry, Traversable) and entry.is_file() and not entry.name.startswith(("_", ".")):
            collected.add(entry.name, entry.read_bytes())
    return Written(target, tuple(collected.commit()))


def write_exam(exam_file: str, roster_file: str, target: str, force: bool) -> Written:
    """Draw every student's paper, print papers and solutions, and seal the exam."""
    if exam_file == roster_file == files.STANDARD_INPUT:
        raise ExamError("exam file and roster cannot both come from the standard input")
    written, roster = files.read_text(exam_file), tables.roster(roster_file)
    exam = _parsed(written, exam_file, target)
    _check_policies(exam, SourceText(exam_file, written, 1, ExamError))
    drawn = exams.papers(exam, roster.students, _kept(exam, target))
    sealed = seal(exam, drawn, __version__)
    notes = list(roster.notes)
    notes.append(_balanced(exam, drawn))
    collected = files.Target(Path(target), last=SEAL, force=force)
    collected.add(SEAL, _json(sealed))
    collected.add("key.csv", files.csv_text(_key_rows(drawn)))
    collected.add("answers.csv", files.csv_text(_answer_rows(drawn)))
    collected.add("answers.xlsx", workbook(_answer_rows(drawn), sealed["hash"], "answers"))
    names = file_names([paper.student.id for paper in drawn])
    pdfs, same = _pdf_names(names), files.read_bytes(Path(target) / SEAL) == collected.files[SEAL]
    if not engine.available():
        notes.append(unprinted(Path(target), pdfs, same))
    elif not (same and are_there(Path(target), pdfs)):
        exact = Policy.of(exam.policy).asks_exact
        numbered = [question for paper in drawn for question in paper.numbered]
        said = sentences(numbered, exact, exam.aids, Words(exam.language))
        documents = [papers.paper(exam, paper, paper.number, said) for paper in drawn]
        for name, content in _printed(documents, names).items():
            collected.add(name, content)
    notes += _left_over(Path(target), pdfs)
    return Written(target, tuple(collected.commit()), tuple(notes))


def _parsed(written: str, exam_file: str, target: str) -> exams.Exam:
    """Return the exam of a file; one without a seed keeps the seed that it was sealed with, or gets one."""
    templates = Templates(exam_file)
    exam = exams.parse(written, exam_file, "", templates)
    if exam.seed != "":
        return exam
    return exams.parse(written, exam_file, _sealed_seed(target) or secrets.token_hex(16), templates)


def _kept(exam: exams.Exam, target: str) -> dict[str, exams.Paper]:
    """Return the papers that were sealed into a folder for the same exam; they may have been printed."""
    try:
        sealed = unsealed(Path(target) / SEAL)
    except LayerquizError:
        return {}
    return {paper.student.id: paper for paper in sealed.papers} if is_sealed_as(exam, sealed) else {}


def _balanced(exam: exams.Exam, drawn: Sequence[exams.Paper]) -> str:
    """Return the note on how many papers are as hard as the others."""
    alike = sum(exams.is_alike(exam, paper) for paper in drawn)
    by_hand = ", with numbers of the usual length" if exam.by_hand else ""
    within = f"every question within {float(BAND):.0%} of its usual difficulty{by_hand}"
    return f"{alike} of {len(drawn)} papers ({alike / len(drawn):.0%}) have {within}"


def _left_over(target: Path, pdfs: Sequence[str]) -> list[str]:
    """Return a note on papers that stand in the folder and are not of this exam."""
    there = {name for kind in ("papers", "solutions") for name in files.names_below(target / kind, ".pdf")}
    strange = sorted(there - {name.partition("/")[2] for name in pdfs})
    shown = ", ".join(strange[:3]) + (", ..." if strange[3:] else "")
    return [f"not of this exam, and left as they are: {shown} in papers/ and solutions/"] if strange else []


class Templates(Mapping[str, Template]):
    """The templates that an exam may name: the library's, and files of its author such as `strided.md`.

    A file is looked for from the folder of the exam file.
    """

    def __init__(self, exam_file: str) -> None:
        self.folder = Path(exam_file).parent

    def __getitem__(self, name: str) -> Template:
        if not name.endswith(".md"):
            return library.templates()[name]
        path = self.folder / name
        if path.stem in library.templates():
            cure = "Give the file a name of its own"
            raise ExamError(f'a template of the library is called "{path.stem}" too', where=str(path), cure=cure)
        return parse_template(files.read_text(path), path.stem, str(path), translations_beside(path))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name.endswith(".md") or name in library.templates())

    def __iter__(self) -> Iterator[str]:
        return iter(library.templates())

    def __len__(self) -> int:
        return len(library.templates())


def translations_beside(template: str | Path) -> tuple[Translation, ...]:
    """Return what stands beside a template in other languages: `strided.de.md` beside `strided.md`."""
    path = Path(template)
    there = [(language, path.with_suffix(f".{language}.md")) for language in LANGUAGES]
    return tuple(
        Translation(language, files.read_text(place), str(place)) for language, place in there if files.is_file(place)
    )


def _check_policies(exam: exams.Exam, written: SourceText) -> None:
    """Refuse a policy that cannot be, that of the exam with its line, those of questions with their numbers."""
    try:
        Policy.of(exam.policy)
    except LayerquizError as error:
        raise written.located(error, ("policy",)) from None
    try:
        policies(exam)
    except LayerquizError as error:
        raise error.at(written.name) from None


def _sealed_seed(target: str) -> Any:
    """Return the seed that an exam without one got when it was first drawn into this folder."""
    path = Path(target) / SEAL
    return unsealed(path).exam.seed if files.is_file(path) else None


def unsealed(path: Path) -> Sealed:
    """Return the sealed exam of a file."""
    try:
        return unseal(json.loads(files.read_text(path, SEAL_LIMIT)))
    except ExamError as error:
        raise error.at(str(path)) from None
    except (ValueError, RecursionError) as error:
        cure = "Put back the file as layerquiz wrote it, or make the exam again into another folder"
        raise ExamError(f"this is no sealed exam ({error})", where=str(path), cure=cure, slug="seal") from None


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _pdf_names(names: Sequence[str]) -> list[str]:
    """Return where the PDFs of an exam stand in its folder."""
    return [f"{kind}s/{name}.pdf" for kind in ("paper", "solution") for name in (*names, f"{kind}s")]


def are_there(target: Path, pdfs: Sequence[str]) -> bool:
    """Say whether a folder holds all its PDFs already: where nothing else has changed, TeX need not run."""
    return all(files.is_file(target / name) for name in pdfs)


def unprinted(target: Path, pdfs: Sequence[str], same: bool) -> str:
    """Return the note that nothing could be printed.

    PDFs that were made from something else are refused: beside new contents they would pass for the right ones, now
    and when TeX is there again.
    """
    install = f"install {' '.join(engine.missing())}"
    if not same and any(files.is_file(target / name) for name in pdfs):
        what = "its PDFs would not fit what is written anew, and none can be printed"
        cure = f"{install.capitalize()}, or write into another folder"
        raise OutsideError(what, where=str(target), cure=cure, slug="old-pdfs")
    return f"no PDFs: {install} and run this again"


def _printed(documents: Sequence[Paper], names: Sequence[str]) -> dict[str, str | bytes]:
    """Return the PDFs by their place in the folder, one per student and all for the printer, and `boxes.json`."""
    runs = [_set(group) for group in latex.by_layout(documents)]
    parts = {name: pdf for run in runs for name, pdf in run.parts.items()}
    usual = next((run for run, group in zip(runs, latex.by_layout(documents), strict=True) if _is_usual(group)), None)
    found: dict[str, str | bytes] = {} if usual is None else {boxes.FILE: boxes.document(usual.told)}
    for kind in ("paper", "solution"):
        single = [parts[f"{kind}/{document.number}"] for document in documents]
        found[f"{kind}s/{kind}s.pdf"] = parts[kind] if len(runs) == 1 else cut.whole(single)
        found |= {f"{kind}s/{name}.pdf": pdf for name, pdf in zip(names, single, strict=True)}
    return found


def _set(documents: Sequence[Paper]) -> engine.Setting:
    source = latex.papers(documents)
    return engine.set_whole(source.text, source.parts, source.files)


def _is_usual(documents: Sequence[Paper]) -> bool:
    return documents[0].look.layout.is_usual


def file_names(ids: Sequence[str]) -> list[str]:
    """Return a file name for each student id: its plain characters, with a number where two would be the same."""
    taken: set[str] = {"papers", "solutions", *DEVICES}
    found = []
    for student in ids:
        plain = re.sub(r"[^A-Za-z0-9._-]+", "_", student).strip("._-")[:80] or "student"
        name, number = plain, 1
        while name.lower() in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name.lower())
        found.append(name)
    return found


def _key_rows(drawn: Sequence[exams.Paper]) -> Iterable[Iterable[object]]:
    yield ["student", *drawn[0].blanks]
    for paper in drawn:
        yield [paper.student.id, *(in_words(blank.right) for blank in paper.blanks.values())]


def _answer_rows(drawn: Sequence[exams.Paper]) -> Iterable[Sequence[str]]:
    yield ["student", *drawn[0].blanks]
    for paper in drawn:
        yield [paper.student.id, *("" for _ in paper.blanks)]


def write_sheet(sheet: Sheet, drawn: Sequence[Question], target: str, force: bool) -> bool:
    """Write a practice sheet of drawn questions in the format that its file's ending names; tell whether it changed."""
    suffix = Path(target).suffix.lower()
    formats: dict[str, Callable[[], str | bytes]] = {
        ".pdf": lambda: _sheet_pdf(sheet),
        ".tex": lambda: latex.sheet(sheet).text,
        ".md": lambda: markdown.sheet(sheet),
        ".html": lambda: interactive.page(sheet, drawn) if sheet.words.is_english else html.sheet(sheet),
        ".txt": lambda: text.sheet(sheet),
    }
    if suffix not in formats:
        what = f'no sheet can be written as "{suffix or target}"'
        raise LayerquizError(what, cure=f"End the file's name with one of {', '.join(formats)}", slug="format")
    return files.write(target, formats[suffix](), force=force)


def _sheet_pdf(sheet: Sheet) -> bytes:
    source = latex.sheet(sheet)
    return engine.typeset(source.text, source.parts)[source.parts[0]]
